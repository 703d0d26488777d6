"""@mgovedarov/mcp-vcf-orchestrator 3.3.0, from which most of what is known of 8.18 and 9.1 comes: it logs in by vRA's
two steps or by the session API, knows which lists ignore which filter, and works with files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.clients import DRIVERS, NODE_MODULES, ClientError, Driver, environment
from tests.conformance.conftest import SITE, missing
from tests.simulator.running import Running

RELEASES = ["8.18", "9.1"]
ADD_A_HOST = "8F8080808080808080808080808080808080808001299080088268176866967b3"
Ask = Callable[..., Any]


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """The orchestrator's release."""
    return str(request.param)


@pytest.fixture
def ask(orchestrator: Callable[[str], Running], release: str, tmp_path: Path) -> Iterator[Ask]:
    """A call of the client by its name, as the administrator: `ask("listWorkflows", "REST")`."""
    program = shutil.which("node")
    if program is None or not (NODE_MODULES / "@mgovedarov" / "mcp-vcf-orchestrator").is_dir():
        missing("The environment of mcp-vcf-orchestrator")
    running = orchestrator(release)
    told = running.vro(SITE)
    user, _at, organization = told["user"].partition("@")
    for folder in ("workflows", "actions", "packages"):
        (tmp_path / folder).mkdir()
    driver = Driver([str(program), str(DRIVERS / "orchestrator_client.mjs")], environment(tmp_path, running.ca_path))
    driver.call(
        "connect",
        host=told["url"].removeprefix("https://"),
        username=user,
        organization=organization,
        password=told["password"],
        targetPlatform="vra8" if release == "8.18" else "vcfa",
        artifactDir=str(tmp_path),
    )
    yield lambda method, *args: driver.call("ask", method=method, args=args)
    driver.close()
    running.control.reset()


def test_lists_are_filtered_whatever_the_server_does(ask: Ask, release: str) -> None:
    everything = ask("listWorkflows")["link"]
    assert ADD_A_HOST in [one["id"] for one in everything]
    found = ask("listWorkflows", "rest h")["link"]
    # 8.18 ignores the filter, and this client knows; 9.1 honours it without regard to case.
    fitting = [one for one in everything if "rest h" in one["name"].lower()]
    assert found == (everything if release == "8.18" else fitting) and len(fitting) < len(everything)
    folder = ask("listWorkflowsByCategory", {"categoryPath": "Library/HTTP-REST/Configuration"})
    assert folder["rootCategory"]["path"] == "/Library/HTTP-REST/Configuration"
    folders = ask("listCategories", "WorkflowCategory")["link"]
    assert {"Library", "HTTP-REST", "Configuration"} <= {one["name"] for one in folders}
    plugins = {one["name"]: one for one in ask("listPlugins")["link"]}
    assert plugins["REST"]["version"].startswith(release)


def test_a_workflow_of_the_library_runs(ask: Ask) -> None:
    given = {
        "name": ("string", "Avamar"),
        "url": ("string", "https://avamar.example.com"),
        "useProxy": ("boolean", False),
    }
    given |= {"authentication": ("string", "NONE"), "connectionTimeout": ("number", 30)}
    inputs = [{"name": name, "type": kind, "value": value} for name, (kind, value) in given.items()]
    started = ask("runWorkflow", ADD_A_HOST, inputs)
    deadline = time.monotonic() + 60
    while (run := ask("getWorkflowExecution", ADD_A_HOST, started["id"]))["state"] not in ("completed", "failed"):
        assert time.monotonic() < deadline
    assert run["state"] == "completed", run
    (output,) = run["output-parameters"]
    assert output["value"]["sdk-object"]["type"] == "REST:RESTHost"
    listed = ask("listWorkflowExecutions", ADD_A_HOST, {"maxResults": 5})["relations"]["link"]
    assert [one["id"] for one in listed] == [started["id"]]


def test_an_action_from_birth_to_death_and_back(ask: Ask) -> None:
    parameters = [{"name": "text", "type": "string"}]
    action = {"moduleName": "com.example", "name": "twice", "script": "return text + text;", "returnType": "string"}
    made = ask("createAction", {**action, "inputParameters": parameters})
    assert made["fqn"] == "com.example/twice"
    assert ask("findAction", "com.example", "twice")["id"] == made["id"]
    changed = ask("updateAction", made["id"], {"script": "return text;"})
    assert changed["script"] == "return text;"
    ask("exportActionFile", made["id"], "twice.action", True)
    told = ask("preflightActionFile", "twice.action")
    assert told["valid"] and told["metadata"]["id"] == made["id"], told
    ask("deleteAction", made["id"], True)
    assert ask("findAction", "com.example", "twice") is None
    with pytest.raises(ClientError, match="category name not found|404"):
        ask("importActionFile", "com.example", "twice.action")
    ask("createAction", {**action, "name": "other"})
    ask("importActionFile", "com.example", "twice.action")
    assert ask("findAction", "com.example", "twice")["script"] == "return text;"


def test_a_configuration_element_is_replaced_as_a_whole(ask: Ask) -> None:
    (folder,) = ask("listCategories", "ConfigurationElementCategory")["link"]
    attributes = [{"name": "host", "type": "string", "value": "a"}, {"name": "port", "type": "number", "value": 22}]
    made = ask("createConfiguration", folder["id"], "Docker", "Hosts", attributes)
    assert {one["name"]: one["type"] for one in made["attributes"]} == {"host": "string", "port": "number"}
    kept = {"name": "Docker", "description": "Hosts", "attributes": attributes[:1]}
    ask("updateConfiguration", made["id"], kept)
    assert [one["name"] for one in ask("getConfiguration", made["id"])["attributes"]] == ["host"]
    with pytest.raises(ClientError, match="406"):
        ask("exportConfigurationFile", made["id"], "docker.vsoconf", True)
    ask("deleteConfiguration", made["id"])
    assert ask("listConfigurations", "Docker")["link"] == []


def test_a_package_out_and_in_again(ask: Ask, orchestrator: Callable[[str], Running], release: str) -> None:
    library = next(one for one in ask("listCategories", "WorkflowCategory")["link"] if one["name"] == "Library")
    shell = ask("createWorkflow", library["id"], "Shell", "Nothing yet")
    ask("exportWorkflowFile", shell["id"], "Shell.workflow", True)
    ask("createPackage", "com.example", "Ours", {})
    ask("addWorkflowToPackage", "com.example", shell["id"])
    ask("rebuildPackage", "com.example")
    assert [one["name"] for one in ask("listPackages")["link"]] == ["com.example"]
    ask("exportPackage", "com.example", "com.example.package", True)
    details = ask("getPackageImportDetails", "com.example.package")
    assert details["packageAlreadyExists"] is True
    (element,) = details["importElementDetails"]
    assert (element["id"], element["versionComparison"]) == (shell["id"], "sameVersions")
    ask("importPackage", "com.example.package", True)
    ask("deletePackage", "com.example")
    # For two seconds an element of a deleted package stays in use; this client tells its user so.
    with pytest.raises(ClientError, match="in use") as caught:
        ask("deleteWorkflow", shell["id"])
    assert "409" in caught.value.text
    orchestrator(release).control.advance(3)
    ask("deleteWorkflow", shell["id"])
    ask("importWorkflowFile", library["id"], "Shell.workflow", True)
    assert ask("getWorkflow", shell["id"])["name"] == "Shell"
