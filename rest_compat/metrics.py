"""The documented path of metrics: JSON, or Prometheus' text where the client asks for it (decision X7)."""

import msgspec
from litestar import Controller, Response, get

from resolvers.operations.metrics import execution_counts, get_metrics
from rest_compat.requests import RestRequest, visitor
from rest_compat.responses import JSON, json_response

TEXT = "text/plain"
OPEN_METRICS = "application/openmetrics-text"


class MetricsController(Controller):
    """`/metrics`."""

    path = "/metrics"

    @get()
    async def read(self, request: RestRequest) -> Response[bytes]:
        """Get system metrics; open without credentials, as they name no tenant."""
        ctx = await visitor(request)
        wanted = preferred(request.headers.get("accept", ""))
        if wanted == JSON:
            return json_response(msgspec.structs.asdict(await get_metrics(ctx)), headers={"Vary": "Accept"})
        # The client library takes a noticeable part of a start, so a start does not import it.
        from rest_compat.prometheus import Exposition

        service = request.scope["state"]["service"]
        if "exposition" not in service:
            service.exposition = Exposition(ctx.services)
        exposition: Exposition = service.exposition
        text, media_type = exposition.text(await execution_counts(ctx), wanted)
        return Response(text, media_type=media_type, headers={"Vary": "Accept"})


def preferred(accept: str) -> str:
    """The media type to answer with: JSON, unless one of Prometheus' is named and JSON is not named as gladly.

    Many clients send `application/json, text/plain, */*`, and mean JSON.
    """
    named = {JSON: 0.0, OPEN_METRICS: 0.0, TEXT: 0.0}
    for item in accept.lower().split(","):
        name, *options = (part.strip() for part in item.split(";"))
        if name in named:
            named[name] = max(named[name], _quality(options))
    return max(named, key=lambda name: named[name])


def _quality(options: list[str]) -> float:
    for option in options:
        if option.startswith("q="):
            try:
                return min(1.0, max(0.0, float(option[2:])))
            except ValueError:
                return 0.0
    return 1.0
