"""The entity of the activity feed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from models.words import ActivityType


class Activity(msgspec.Struct, frozen=True):
    """One line of a tenant's activity feed (decision X8).

    `details` always has `workflow_id`, and `workflow_name` or `execution_id` where the line is about one.
    """

    id: str
    type: ActivityType
    timestamp: datetime
    user_id: str
    details: Mapping[str, Any]
