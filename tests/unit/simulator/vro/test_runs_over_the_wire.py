"""Runs under a running event loop: scripts go on while nobody asks, and nobody waits for them but who asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.simulator.running import Running, running_simulator
from tests.simulator.vro import element_files, workflow_model
from tests.simulator.vro.store import Workflow, new_id


class Client:
    """A client with its workflows in one folder."""

    def __init__(self, simulator: Running) -> None:
        vro = simulator.vro("A03-Auckland")
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = simulator.ca_path
        self.session.auth = (vro["user"], vro["password"])
        self.base = f"{vro['url']}/vco/api"
        body = {"name": new_id(), "type": "WorkflowCategory"}
        self.folder = self.call("POST", "categories", json=body).json()["id"]

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        reply = self.session.request(method, f"{self.base}/{path}", timeout=30, **more)
        assert reply.status_code < 300, (reply.status_code, reply.text)
        return reply

    def workflow(self, script: str) -> str:
        model = workflow_model.simple(new_id(), "Over the wire", script)
        made = Workflow(model.id, model.name, self.folder, content=workflow_model.dump(model))
        content = element_files.save_workflow(made)
        files = {"file": ("w.workflow", content, "application/octet-stream")}
        self.call("POST", f"workflows?categoryId={self.folder}", files=files)
        return model.id

    def start(self, workflow_id: str) -> str:
        location = self.call("POST", f"workflows/{workflow_id}/executions", json={}).headers["Location"]
        return location.partition("/vco/api/")[2]

    def wait(self, path: str) -> dict[str, Any]:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found: dict[str, Any] = self.call("GET", path).json()
            if found["state"] in ("completed", "failed", "canceled"):
                return found
            time.sleep(0.02)
        raise AssertionError("it takes too long")


@pytest.fixture(scope="module", name="simulator")
def one_simulator() -> Iterator[Running]:
    with running_simulator(vro_version="7.6") as found:
        yield found


@pytest.fixture(name="client")
def any_client(simulator: Running) -> Client:
    return Client(simulator)


def until(done: Callable[[], Any]) -> None:
    """Waits for what happens without a request."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def execution(simulator: Running, path: str) -> Any:
    """An execution as the server holds it, looked at without asking the server."""
    return simulator.simulator.vros["A03-Auckland"].server.runs.executions[path.strip("/").rpartition("/")[2]]


def test_a_script_goes_on_while_nobody_asks(client: Client, simulator: Running) -> None:
    path = client.start(client.workflow("for (var i = 0; i < 5; i++) System.sleep(20);"))
    until(lambda: execution(simulator, path).is_over)
    found = client.call("GET", path).json()
    assert found["state"] == "completed" and found["end-date"] - found["start-date"] >= 100


def test_an_endless_script_keeps_nobody_waiting(client: Client, simulator: Running) -> None:
    path = client.start(client.workflow("for (;;) {}"))
    until(lambda: execution(simulator, path).state == "running")
    assert client.call("GET", f"{path}state").json() == {"value": "running"}
    client.call("DELETE", path)
    assert client.wait(path)["state"] == "canceled"


def test_whoever_runs_an_action_waits_for_it_and_nobody_else(client: Client, simulator: Running) -> None:
    body = {"name": new_id().replace("-", ""), "module": "com.example.wire", "version": "1.0.0",
            "script": "System.sleep(7200000); return 5;", "output-type": "number", "input-parameters": []}  # fmt: skip
    client.call("POST", "actions", json=body)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.call, "POST", f"actions/com.example.wire/{body['name']}/executions", json={})
        client.call("GET", "about")
        assert not waiting.done()
        # Again and again: it may not have begun to sleep.
        until(lambda: simulator.control.advance(7200) is None and waiting.done())
        assert waiting.result().json()["value"] == {"number": {"value": 5.0}}


def test_the_clock_of_a_script_follows_the_control_listener(client: Client, simulator: Running) -> None:
    path = client.start(client.workflow("System.sleep(7200000);"))
    until(lambda: simulator.control.advance(7200) is None and execution(simulator, path).is_over)
    assert client.wait(path)["state"] == "completed"


def test_an_outcome_that_is_planned(client: Client, simulator: Running) -> None:
    identity = client.workflow("throw 'never';")
    plan = {"seconds": 0.05, "logs": ["one"], "exception": "as planned"}
    simulator.control.change("vro-plan", "A03-Auckland", workflow=identity, fields=plan)
    assert client.wait(client.start(identity))["content-exception"] == "as planned"
    simulator.control.change("vro-unplan", "A03-Auckland", workflow=identity)
    assert client.wait(client.start(identity))["content-exception"].startswith("never (Workflow:Over the wire")
    for fields in ({"colour": "red"}, {"outputs": {"nothing": 1}}):
        with pytest.raises(Exception, match="has no"):
            simulator.control.change("vro-plan", "A03-Auckland", workflow=identity, fields=fields)


def test_a_rest_host_reaches_services_by_their_names_in_the_estate(client: Client, simulator: Running) -> None:
    vcd = simulator.state["sites"]["A03-Auckland"]["vcd"]
    simulator.control.change("vro-rest-host-add", "A03-Auckland", host="vcd", url=vcd["estate_url"])
    script = """
        var host = RESTHostManager.getHosts().map(RESTHostManager.getHost)[0];
        var response = host.createRequest('GET', '/api/versions', null).execute();
        System.log(new Date(0).getHours());
        throw response.statusCode + (response.contentAsString.indexOf('SupportedVersions') > 0 ? ' versions' : '');
    """
    done = client.wait(client.start(client.workflow(script)))
    assert done["content-exception"].startswith("200 versions (Workflow:"), done
