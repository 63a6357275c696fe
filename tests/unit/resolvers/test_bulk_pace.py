"""How long bulk operations rest."""

import pytest

from resolvers.bulk.worker import BulkPace

PACE = BulkPace(rest=8.0, rest_alone=1.0, alone_after_seconds=1.0, least_rest_seconds=0.005)


@pytest.mark.parametrize(
    ("step_seconds", "quiet_seconds", "rest_seconds"),
    [(0.01, 0.0, 0.08), (0.01, 1.0, 0.08), (0.01, 1.5, 0.01), (0.01, float("inf"), 0.01), (0.0, 5.0, 0.005)],
)
def test_the_rest_is_long_beside_others_and_short_alone(
    step_seconds: float, quiet_seconds: float, rest_seconds: float
) -> None:
    assert PACE.rest_after(step_seconds, quiet_seconds) == pytest.approx(rest_seconds)
