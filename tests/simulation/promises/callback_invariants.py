"""What must hold for callbacks: one for each end, never before it, and delivered once the world is whole again."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from models.database.tables import CallbackDeliveryRow, ExecutionRow, table
from models.event_types import TERMINAL_EVENTS
from models.words import DeliveryStatus
from tests.simulation.chance import Trouble
from tests.simulation.world import World

DELIVERIES, EXECUTIONS = table(CallbackDeliveryRow), table(ExecutionRow)


def callback_faults(world: World) -> Iterator[str]:
    """Every promise about callbacks that this world broke."""
    ends = {entry.execution_id: entry.tick for entry in world.witness.commits if entry.kind in TERMINAL_EVENTS}
    asked = select(EXECUTIONS.c.id).where(EXECUTIONS.c.callback_url.is_not(None))
    wanted = set(world.disk.read(lambda connection: connection.execute(asked).scalars().all())) & ends.keys()
    deliveries = world.disk.read(lambda connection: connection.execute(select(DELIVERIES)).all())
    found = Counter(delivery.execution_id for delivery in deliveries)
    if found != Counter(wanted):
        yield f"callbacks were to be made for {sorted(wanted)}, the rows are {dict(found)}"
    for delivery in deliveries:
        calls = [call for call in world.witness.callbacks if call.key == delivery.id]
        if any(call.tick < ends[delivery.execution_id] for call in calls):
            yield f"the callback {delivery.id} was sent before its execution had ended"
        if delivery.status != DeliveryStatus.DELIVERED:
            yield f"the callback {delivery.id} is {delivery.status}"
        elif not any(call.trouble == Trouble.NONE.name for call in calls):
            yield f"the callback {delivery.id} counts as delivered, and nobody got it"
