"""How the tests of a run are dealt out: none is lost, what computes lies between what waits."""

from collections import OrderedDict

import pytest

from tests.support.distribution import Scheduling, mixed, processes_for

SHARED = ("tests/acceptance/test_sbom.py::test_the_service", "tests/console/test_pages.py::test_a_walk")
ALONE = "tests/unit/models/test_ids.py::test_ids_do_not_repeat"


def test_what_computes_lies_evenly_between_what_waits_and_the_rest_comes_last() -> None:
    rest = [f"tests/unit/test_a.py::test_{number}" for number in range(3)]
    waiting = [f"tests/chaos/test_a.py::test_{number}" for number in range(4)]
    computing = [f"tests/simulation/test_a.py::test_{number}" for number in range(2)]
    units = OrderedDict((id_, {id_: False}) for id_ in (*rest, *waiting, *computing))
    assert list(mixed(units).items()) == [
        (id_, {id_: False}) for id_ in (waiting[0], computing[0], *waiting[1:3], computing[1], waiting[3], *rest)
    ]


def test_a_module_with_a_costly_fixture_is_one_scope_and_any_other_test_is_its_own(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytestconfig.option, "tx", ["popen"])  # a scheduler asks how many processes there are
    scheduling = Scheduling(pytestconfig)
    assert [scheduling._split_scope(id_) for id_ in SHARED] == [id_.partition("::")[0] for id_ in SHARED]
    assert scheduling._split_scope(ALONE) == ALONE


@pytest.mark.parametrize(("processors", "processes"), [(1, 2), (2, 3), (4, 6)])
def test_there_are_more_processes_than_processors(processors: int, processes: int) -> None:
    assert processes_for(processors) == processes
