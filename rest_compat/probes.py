"""The controllers of a node that has no API: it answers probes and metrics alone."""

from litestar import Controller

from rest_compat.health import HealthController
from rest_compat.metrics import MetricsController

PROBES: list[type[Controller]] = [HealthController, MetricsController]
