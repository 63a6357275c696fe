"""The examples of docs/kubernetes.md say what is true of the program: commands, variables, paths, metrics, times."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from app.cli import main
from app.settings.settings import PARSERS, PREFIX
from rest_compat.openapi_operations import OPERATIONS
from tests.support.container import DATA, ROOT, the

TEXT = (ROOT / "docs" / "kubernetes.md").read_text()
DOCUMENTS: list[dict[str, Any]] = [
    document for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) for document in yaml.safe_load_all(block)
]
DRAIN_SECONDS = 30


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the specification of each pod."""
    for document in DOCUMENTS:
        if document["kind"] in ("Deployment", "Job"):
            yield document["metadata"]["name"], document["spec"]["template"]["spec"]


PODS = dict(pods())


def test_there_is_an_example_of_each_kind() -> None:
    kinds = [document["kind"] for document in DOCUMENTS]
    assert kinds == ["Secret", "Deployment", "Service", "PodDisruptionBudget", "Deployment", "ScaledObject", "Job"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_a_command_with_known_settings_as_the_image_wants_it(name: str) -> None:
    pod = PODS[name]
    (container,) = pod["containers"]
    command, *arguments = container["args"]
    main.commands[command].make_context(command, list(arguments))
    (secret,) = [document for document in DOCUMENTS if document["kind"] == "Secret"]
    assert container["envFrom"] == [{"secretRef": {"name": secret["metadata"]["name"]}}]
    for variable in [*secret["stringData"], *(entry["name"] for entry in container.get("env", []))]:
        assert variable.removeprefix(PREFIX).lower() in PARSERS, variable
    assert pod["enableServiceLinks"] is False
    security = pod["securityContext"]
    assert f"{security['runAsUser']}:{security['runAsGroup']}" == the("USER").rest
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == [DATA]


@pytest.mark.parametrize("name", [name for name in PODS if name != "orchestrator-migrate"])
def test_a_pod_is_probed_where_it_answers_and_has_time_to_drain(name: str) -> None:
    (container,) = PODS[name]["containers"]
    assert [port["containerPort"] for port in container["ports"]] == [int(the("EXPOSE").rest)]
    paths = {operation.path for operation in OPERATIONS}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in paths
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"  # a restart mends no database
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    pause = re.findall(r"sleep\((\d+)\)", str(container.get("lifecycle")))
    assert PODS[name]["terminationGracePeriodSeconds"] > DRAIN_SECONDS + sum(map(int, pause))


def test_scaling_asks_for_metrics_that_there_are() -> None:
    (scaled,) = [document for document in DOCUMENTS if document["kind"] == "ScaledObject"]
    (trigger,) = scaled["spec"]["triggers"]
    assert scaled["spec"]["scaleTargetRef"]["name"] in PODS
    asked = re.findall(r"orchestrator_\w+", trigger["metadata"]["query"])
    known = (ROOT / "rest_compat" / "prometheus.py").read_text()
    assert asked == ["orchestrator_executions_live", "orchestrator_executions_at_work"]
    assert all(f'"{name}"' in known for name in asked)
    assert "max(orchestrator_executions_live" in trigger["metadata"]["query"]  # every node tells the same
