"""The installed action types where nothing is run: to check configurations by, and to describe them."""

from engine.actions.protocol import ActionResources
from engine.actions.registry import ActionRegistry, load_actions
from engine.core.clock import SystemClock
from engine.services.directory import ServiceDirectory
from engine.services.outbound import Outbound
from engine.services.session_transport import SessionTransport


def installed_actions() -> ActionRegistry:
    """Make every installed action type, with no service to call."""
    clock, outbound = SystemClock(), Outbound(SessionTransport())
    return load_actions(ActionResources(outbound, ServiceDirectory({}, clock, outbound), clock))
