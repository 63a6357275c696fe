"""What the console computes, without a page: its types and the tests of its plain functions, which Node runs."""

import pytest

import hatch_build
from tests.support import javascript

pytestmark = pytest.mark.timeout(300)  # the first time all that the console is made with is installed


@pytest.mark.parametrize("script", ["check", "test"])
def test_the_console_s_own_checks_pass(script: str) -> None:
    javascript.install(hatch_build.SOURCES)
    hatch_build.run_npm(hatch_build.SOURCES, "run", script, "--silent")
