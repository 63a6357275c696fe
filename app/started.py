"""The lines by which a log begins: each part of a service that has started, and what it works with."""

import logging

from sqlalchemy.engine import make_url

from app.settings.settings import Settings
from engine.dispatch.nodes import Membership
from models.log_context import facts

DATABASE = logging.getLogger("orchestrator.database")
ENGINE = logging.getLogger("orchestrator.engine")
SERVICES = logging.getLogger("orchestrator.services")


def tell_database(settings: Settings) -> None:
    """Say which database is open; nothing of its URL is told that could be a password."""
    url = make_url(settings.url)
    if settings.is_embedded:
        DATABASE.info("The database is open", extra=facts(kind="sqlite", file=url.database))
        return
    place = f"{url.host or url.query.get('host', '')}:{url.port or 5432}/{url.database}"
    DATABASE.info("The database is open", extra=facts(kind="postgresql", place=place))


def tell_engine(settings: Settings, membership: Membership, room: int, admins_services: int) -> None:
    """Say as which node this process works, and by which services."""
    known = facts(node_id=membership.id, kind=membership.kind.value, concurrency=room)
    ENGINE.info("The node has joined, and takes what is to be done", extra=known)
    names = ",".join(sorted(settings.services))
    counts = {"operators": len(settings.services), "admins": admins_services}
    SERVICES.info("Services are registered", extra=facts(**counts, **{"names": names} if names else {}))


def tell_stop(running: int, grace_seconds: float) -> None:
    """Say that nothing new is begun, and how long what is at work has."""
    ENGINE.info("The node stops", extra=facts(executions=running, grace_seconds=grace_seconds))


def tell_stopped() -> None:
    """Say that nothing is at work any more, and all is written: what the process still has to do is to end."""
    ENGINE.info("The node has stopped")
