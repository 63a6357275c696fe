"""Who names one of Prometheus' formats gets it; who names JSON as gladly, or nothing at all, gets JSON."""

import pytest

from rest_compat.metrics import OPEN_METRICS, TEXT, preferred
from rest_compat.responses import JSON

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,"
    "*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("application/json, text/plain, */*", JSON),
        ("text/plain", TEXT),
        ("TEXT/Plain; version=0.0.4", TEXT),
        ("text/plain, */*", TEXT),
        ("application/json;q=0.5, text/plain", TEXT),
        ("text/plain;q=0", JSON),
        ("text/plain;q=nonsense", JSON),
        ("text/plain;q=nan", JSON),
        ("application/openmetrics-text", OPEN_METRICS),
        ("application/openmetrics-text;version=nonsense", OPEN_METRICS),
        (PROMETHEUS, OPEN_METRICS),
        (",;,;;", JSON),
    ],
)
def test_the_preferred_format(accept: str, media_type: str) -> None:
    assert preferred(accept) == media_type
