"""The workflow of the role vro_docker_host against scripted engines of other ages than the genuine one of tests/e2e.

The workflow runs in the simulated orchestrator and sends genuine requests; what is scripted is the engine's part of the
conversation (contract vrops-docker-api.md, B1 to B5). A request that the script does not have is a failure.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts
from ansible_collections.vcpp.vcloud.plugins.modules.vro_content import Content
from ansible_collections.vcpp.vcloud.plugins.modules.vro_rest_host import RestHost
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow_run import WorkflowRun
from tests.unit.plugins.modules import vros

vro = vros.fixture("8.18")
CONTENT = Path(__file__).resolve().parents[4] / "roles" / "vro_docker_host" / "files" / "content"
ID = "ab" * 32
IMAGE = "sha256:" + "1" * 64
INSPECT: dict[str, Any] = {
    "Id": ID, "Name": "/web", "Image": IMAGE,
    "State": {"Status": "running", "Running": True, "Paused": False},
    "Config": {"Image": "shop:1", "Env": ["PATH=/bin", "A=1"], "Cmd": ["/serve"], "Labels": {"a": "b"}},
    "HostConfig": {
        "PortBindings": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}, "Binds": ["/srv:/www:rw"],
        "RestartPolicy": {"Name": "", "MaximumRetryCount": 0}, "NetworkMode": "default",
    },
}  # fmt: skip
Script = dict[str, Any]


class Engine:
    """An engine that answers by a script: "GET /path" (the query included) to a document or (status, text)."""

    def __init__(self, script: Script) -> None:
        self.script, self.asked = script, []  # type: tuple[Script, list[str]]
        self.known = False  # to the orchestrator
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                line = f"{self.command} {self.path}"
                engine.asked.append(line)
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                found = engine.script.get(line, (599, f"the script has no {line} {body}"))
                status, text = found if isinstance(found, tuple) else (200, json.dumps(found))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_arguments: Any) -> None:
                """Nothing: the test tells what was asked."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def answering(script: Script) -> Iterator[Engine]:
    engine = Engine(script)
    thread = threading.Thread(target=engine.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        engine.server.shutdown()
        engine.server.server_close()


def run(vro: Any, engine: Engine, **parameters: Any) -> Any:
    """One run of the workflow for the container `web` of `shop:1`."""
    if not engine.known:
        assert not vro.run(Content, path=str(CONTENT)).get("failed")
        assert vro.run(RestHost, name="engine", url=engine.url)["changed"]
        engine.known = True
    host = {"type": "REST:RESTHost", "search": {"name": "engine"}}
    given = {"dockerHost": host, "containerName": "web", "image": "shop:1", **parameters}
    return vro.run(
        WorkflowRun, workflow="Run Docker container (Remote API)", parameters=given, wait_interval=0, logs="none"
    )


def version(newest: str, oldest: str | None = None) -> Script:
    about = {"Version": "x", "ApiVersion": newest, **({"MinAPIVersion": oldest} if oldest else {})}
    return {"GET /version": about}


def test_the_file_is_what_an_export_would_write() -> None:
    (path,) = (CONTENT / "workflows" / "Docker").iterdir()
    held = artifacts.read(path.name, path.read_bytes())
    assert isinstance(held, artifacts.Artifact) and f"{held.name}.xml" == path.name
    assert artifacts.readable(held) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("newest", "oldest", "spoken"),
    [("1.23", None, "1.23"), ("1.9", None, "1.9"), ("1.41", "1.12", "1.41"), ("1.52", "1.44", "1.44")],
)
def test_the_version_is_one_that_the_engine_speaks(vro: Any, newest: str, oldest: str | None, spoken: str) -> None:
    script = version(newest, oldest) | {
        f"GET /v{spoken}/containers/web/json": INSPECT,
        f"GET /v{spoken}/images/shop:1/json": {"Id": IMAGE},
        f"GET /v{spoken}/containers/{ID}/json": INSPECT,
    }
    with answering(script) as engine:
        outputs = run(vro, engine)["vro_workflow_run"]["outputs"]
    assert (outputs["apiVersion"], outputs["changed"], outputs["containerState"]) == (spoken, False, "running")


def test_what_is_given_is_compared_as_an_engine_keeps_it(vro: Any) -> None:
    script = version("1.41", "1.12") | {
        "GET /v1.41/containers/web/json": INSPECT,
        "GET /v1.41/images/shop:1/json": {"Id": IMAGE},
        f"GET /v1.41/containers/{ID}/json": INSPECT,
    }
    same = {
        "environment": {"A": 1}, "labels": {"a": "b"}, "ports": ["8080:80"], "volumes": ["/srv:/www"],
        "command": ["/serve"], "restartPolicy": "no",
    }  # fmt: skip
    with answering(script) as engine:
        assert run(vro, engine, **same)["vro_workflow_run"]["outputs"]["actions"] == []
        for name, other in (("environment", {"A": "2"}), ("labels", {"a": "c"}), ("ports", ["127.0.0.1:8080:80"]),
                            ("volumes", []), ("command", ["/serve", "-v"]), ("networkMode", "host")):  # fmt: skip
            assert f"differs in {name}," in run(vro, engine, **{**same, name: other})["msg"]
        engine.script["GET /v1.41/images/shop:1/json"] = {"Id": "sha256:" + "2" * 64}  # the tag was pulled again
        assert "differs in image," in run(vro, engine, **same)["msg"]
        told = run(vro, engine, **same, recreate=True, lookOnly=True)["vro_workflow_run"]["outputs"]
    assert told["changed"] and told["actions"][0] == "removed web because of image"
    assert not [line for line in engine.asked if not line.startswith("GET ")]


def test_an_engine_of_1_23_tells_its_errors_in_plain_text(vro: Any) -> None:
    script = version("1.23") | {"GET /v1.23/containers/web/json": (500, "server error: disk full\n")}
    with answering(script) as engine:
        assert "was answered 500: server error: disk full" in run(vro, engine)["msg"]


def test_a_pull_may_fail_in_an_answer_that_began_well(vro: Any) -> None:
    pull = "POST /v1.41/images/create?fromImage=shop&tag=1"
    lines = '{"status":"Pulling"}\r\n{"errorDetail":{"message":"denied"},"error":"denied"}\r\n'
    script = version("1.41", "1.12") | {
        "GET /v1.41/containers/web/json": (404, '{"message":"No such container: web"}'),
        "GET /v1.41/images/shop:1/json": (404, '{"message":"No such image"}'),
        pull: (200, lines),
    }
    with answering(script) as engine:
        assert "pulling shop:1: denied" in run(vro, engine)["msg"]
        assert "pullImage is false" in run(vro, engine, pullImage=False)["msg"]
    assert engine.asked.count(pull) == 1


def test_another_name_that_begins_like_an_id_is_not_the_container(vro: Any) -> None:
    script = version("1.41", "1.12") | {
        "GET /v1.41/containers/web/json": {**INSPECT, "Name": "/other"},
    }
    with answering(script) as engine:
        outputs = run(vro, engine, state="absent")["vro_workflow_run"]["outputs"]
    assert outputs["containerState"] == "absent" and not outputs["changed"]


def test_one_that_is_paused_is_resumed_and_one_that_is_to_stand_is_stopped(vro: Any) -> None:
    paused = {**INSPECT, "State": {"Status": "paused", "Running": True, "Paused": True}}
    script = version("1.41", "1.12") | {
        "GET /v1.41/containers/web/json": paused,
        "GET /v1.41/images/shop:1/json": {"Id": IMAGE},
        f"POST /v1.41/containers/{ID}/unpause": (204, ""),
        f"POST /v1.41/containers/{ID}/stop": (304, ""),
        f"GET /v1.41/containers/{ID}/json": INSPECT,
    }
    with answering(script) as engine:
        assert run(vro, engine)["vro_workflow_run"]["outputs"]["actions"] == ["resumed web"]
        assert run(vro, engine, state="stopped")["vro_workflow_run"]["outputs"]["actions"] == ["stopped web"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"state": "gone"}, "give running, stopped or absent"),
        ({"containerName": "a b"}, "containerName is 'a b'"),
        ({"image": ""}, "image is missing"),
        ({"restartPolicy": "always:3"}, "restartPolicy is 'always:3'"),
        ({"ports": ["80-90:80"]}, "ports has '80-90:80'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(vro: Any, wrong: Any, said: str) -> None:
    script = version("1.41", "1.12") | {"GET /v1.41/containers/web/json": (404, "{}")}
    with answering(script) as engine:
        assert said in run(vro, engine, **wrong)["msg"]
    assert not [line for line in engine.asked if not line.startswith("GET ")]
