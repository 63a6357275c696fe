"""Carries what is told of secrets with their values in it: asked for anew at each attempt, and kept nowhere."""

import asyncio
import traceback
from functools import partial

import msgspec

from engine.callbacks.carriers import Carrier
from engine.callbacks.client import Answer, storable_error
from engine.callbacks.rows import DueDelivery
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.expressions.budget import Budget
from engine.secrets.redaction import Redactor
from engine.secrets.scope import RevealedSecrets
from engine.secrets.values import SecretStore
from engine.secrets.withheld import Withheld, with_secrets


class Unsent(Exception):
    """A fault of ours on the way; its text is the trace, without secrets."""


class RevealingCarrier:
    """A way of which all that comes back is without the secrets that went there."""

    def __init__(self, carrier: Carrier, secrets: SecretStore, clock: Clock) -> None:
        self._carrier = carrier
        self._secrets = secrets
        self._clock = clock

    async def carry(self, delivery: DueDelivery) -> Answer:
        """See `Carrier.carry`. Nothing is sent where a secret is gone, or a link to an approval was revoked."""
        if delivery.withheld is None:
            return await self._carrier.carry(delivery)
        started = self._clock.now()
        withheld = msgspec.convert(delivery.withheld, Withheld)
        redactor = Redactor()
        try:
            if revoked := await self._secrets.revoked_links(withheld.links):
                reason = f"'{{{{{min(revoked)}}}}}' has no value: the link was revoked"
                return Answer(started, self._clock.now(), error=storable_error(reason), is_refused_for_good=True)
            whole = await self._whole(delivery, withheld, redactor)
        except ActionFailed as failure:
            reason = redactor.message(failure.message)
            return Answer(started, self._clock.now(), error=storable_error(reason))
        try:
            answer = await self._carrier.carry(whole)
        except Exception as fault:
            raise Unsent(redactor.message("".join(traceback.format_exception(fault)))) from None
        error = answer.error and storable_error(redactor.message(answer.error))
        return msgspec.structs.replace(answer, error=error)

    async def _whole(self, delivery: DueDelivery, withheld: Withheld, redactor: Redactor) -> DueDelivery:
        values = await self._secrets.values(delivery.tenant, withheld.needs, withheld.hides)
        values |= await self._secrets.link_values(withheld.links)
        secrets = RevealedSecrets(values, redactor)
        fill_in = partial(with_secrets, delivery.content or {}, withheld.texts, secrets, Budget())
        content = await asyncio.to_thread(fill_in)
        return msgspec.structs.replace(delivery, content=content, withheld=None)
