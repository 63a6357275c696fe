"""The names of tenants."""

import re

DEFAULT_TENANT = "default"
"""The tenant of a credential that names none (decision X12)."""

TENANT = re.compile(r"[A-Za-z0-9._-]{1,100}")
