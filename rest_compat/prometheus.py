"""Metrics in Prometheus' text format, collected when they are asked for: counting them costs no request anything."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from engine.retention.keeper import KINDS
from resolvers.context import Services
from resolvers.operations.metrics import ExecutionCounts
from resolvers.operations.traffic import BUCKETS, Durations, Traffic

CHARSET = "; charset=utf-8"
"""The framework adds it to every text."""

BOUNDS = [*map(str, BUCKETS), "+Inf"]


class Exposition:
    """One service's metrics in a registry of its own, beside those of the process."""

    def __init__(self, services: Services) -> None:
        self._registry = CollectorRegistry()
        self._executions = ExecutionCollector(services)
        self._registry.register(self._executions)
        self._registry.register(TrafficCollector(services.vitals.traffic))
        ProcessCollector(registry=self._registry)

    def text(self, counts: ExecutionCounts | None, media_type: str) -> tuple[bytes, str]:
        """The metrics in the format of `media_type`, and its full name.

        Without `counts` only what this process knows by itself is there.
        """
        self._executions.counts = counts
        encode, full_type = choose_encoder(media_type)
        is_text = full_type.startswith("text/")
        return encode(self._registry), full_type.removesuffix(CHARSET) if is_text else full_type


class ExecutionCollector(Collector):
    """What the service is, and its executions. `counts` is set before each collection."""

    def __init__(self, services: Services) -> None:
        self.counts: ExecutionCounts | None = None
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        build = GaugeMetricFamily("orchestrator_build_info", "The version that serves.", labels=["version"])
        build.add_metric([self._services.vitals.version], 1)
        yield build
        yield GaugeMetricFamily(
            "orchestrator_executions_at_work",
            "Executions that this process carries out.",
            value=self._services.dispatcher.running_count,
        )
        deleted = CounterMetricFamily(
            "orchestrator_retention_deleted",
            "What this process has deleted because its time was over, by kind; of many nodes the one that leads does.",
            labels=["kind"],
        )
        for kind in KINDS:
            deleted.add_metric([kind], self._services.retention.deleted[kind])
        yield deleted
        if self._services.vitals.wake_ups is not None:
            yield GaugeMetricFamily(
                "orchestrator_wake_ups_connected",
                "Whether wake-ups of other nodes come through; without them their news come seconds late.",
                value=self._services.vitals.wake_ups(),
            )
        if self.counts is not None:
            yield from _of_all_nodes(self.counts)


def _of_all_nodes(counts: ExecutionCounts) -> Iterator[Metric]:
    live = GaugeMetricFamily(
        "orchestrator_executions_live",
        "Executions that have not ended, by status; the same from every node.",
        labels=["status"],
    )
    live.add_metric(["running"], counts.live.running)
    live.add_metric(["queued"], counts.live.queued)
    live.add_metric(["paused"], counts.live.paused)
    yield live
    yield GaugeMetricFamily(
        "orchestrator_executions_set_aside",
        "Executions that are set aside, because they cannot be read or the service stumbles over them; the same from "
        "every node.",
        value=counts.live.set_aside,
    )
    yield CounterMetricFamily(
        "orchestrator_executions_accepted",
        "Executions that were ever accepted; the same from every node.",
        value=counts.totals.accepted,
    )
    ended = CounterMetricFamily(
        "orchestrator_executions_ended",
        "Executions that have ended, by status; timed out is failed; the same from every node.",
        labels=["status"],
    )
    for status in ("completed", "failed", "cancelled"):
        ended.add_metric([status], getattr(counts.totals, status))
    yield ended


class TrafficCollector(Collector):
    """What the edges of this process were asked."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        yield GaugeMetricFamily(
            "http_connections_open", "Open HTTP requests and WebSockets.", value=self._traffic.connections
        )
        requests = CounterMetricFamily(
            "http_requests", "HTTP requests that were answered.", labels=["method", "status"]
        )
        for (method, status), count in self._traffic.answers.items():
            requests.add_metric([method, str(status)], count)
        yield requests
        durations = HistogramMetricFamily(
            "http_request_duration_seconds",
            "Time from a request to the beginning of its answer, by the template of its path.",
            labels=["method", "route"],
        )
        for labels, histogram in self._traffic.durations.items():
            durations.add_metric(list(labels), _cumulative(histogram), histogram.total_seconds)
        yield durations


def _cumulative(histogram: Durations) -> list[tuple[str, float]]:
    return list(zip(BOUNDS, accumulate(histogram.counts), strict=True))
