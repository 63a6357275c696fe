"""The root of all mutations: one input, one payload with `userErrors`."""

import strawberry

from schema.mutations.api_keys import ApiKeyMutation
from schema.mutations.approval_links import ApprovalLinkMutation
from schema.mutations.bulk_operations import BulkOperationMutation
from schema.mutations.by_hand import ByHandMutation
from schema.mutations.callbacks import CallbackMutation
from schema.mutations.executions import ExecutionMutation
from schema.mutations.messages import MessageMutation
from schema.mutations.reruns import RerunMutation
from schema.mutations.saved_views import SavedViewMutation
from schema.mutations.secrets import SecretMutation
from schema.mutations.services import ServiceMutation
from schema.mutations.workflows import WorkflowMutation


@strawberry.type(description="All that can be done.")
class Mutation(
    WorkflowMutation,
    ExecutionMutation,
    BulkOperationMutation,
    ByHandMutation,
    RerunMutation,
    CallbackMutation,
    ApiKeyMutation,
    ApprovalLinkMutation,
    MessageMutation,
    SavedViewMutation,
    SecretMutation,
    ServiceMutation,
):
    """Each change is on disk when its answer is sent."""
