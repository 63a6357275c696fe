"""Configurations of service calls, as they are read."""

from typing import Any

# --- the configuration ---------------------------------------------------------------------------


def config(**fields: Any) -> dict[str, Any]:
    return {"service": "analysis", "endpoint": "/analyze", **fields}
