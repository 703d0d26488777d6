"""Workflows of the library: found by id or name, given only what they declare, looked after when an answer is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._interrupts import Interrupted, Watch
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import executions, library
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import connect
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.executions import Run
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.runnable import Workflow
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed
from tests.unit.plugins.module_utils._vcd.scripted import Script, Step
from tests.unit.plugins.module_utils._vro.talking import API, basic_login, link, options

Server = Callable[..., Script]
INPUTS: tuple[dict[str, Any], ...] = (
    {"name": "url", "type": "string"}, {"name": "secret", "type": "SecureString"},
    {"name": "host", "type": "REST:RESTHost"},
)  # fmt: skip
ADD = Workflow("w1", "Add", "1.0.0", INPUTS)
WAIT = {"timeout": 5, "interval": 1}
RUNS = f"{API}/workflows/w1/executions"


def ended(state: str, **more: Any) -> Step:
    return Step("GET", f"{RUNS}/t1", {"id": "t1", "state": state, "name": "Add", **more})


def test_a_workflow_is_given_only_what_it_declares_and_its_outputs_are_plain(server: Server) -> None:
    outputs = [{"name": "made", "type": "string", "value": {"string": {"value": "yes"}}}]
    script = server(
        *basic_login(),
        Step("POST", RUNS, {"id": "t1"}, status=202),
        ended("completed", **{"output-parameters": outputs}),
    )
    with connect(options()) as api:
        assert library.run(api, ADD, {"url": "https://a", "newer": True, "secret": None}, WAIT) == {"made": "yes"}
    assert not script.steps


def test_a_run_that_fails_tells_the_servers_reason(server: Server) -> None:
    server(
        *basic_login(),
        Step("POST", RUNS, {"id": "t1"}, status=202),
        ended("failed", **{"content-exception": "exists already"}),
    )
    with connect(options()) as api, pytest.raises(TaskFailed, match="workflow 'Add': exists already"):
        library.run(api, ADD, {"url": "https://a"}, WAIT)


def test_a_run_whose_task_is_told_to_stop_is_cancelled(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def told_to_stop(_watch: Watch, _seconds: float) -> None:
        raise Interrupted

    cancelled: list[Run] = []
    monkeypatch.setattr(Watch, "pause", told_to_stop)
    monkeypatch.setattr(executions, "cancel", lambda api, run: cancelled.append(run))
    server(*basic_login(), Step("POST", RUNS, {"id": "t1"}, status=202))
    with connect(options()) as api, pytest.raises(Interrupted):
        library.run(api, ADD, {"url": "https://a"}, WAIT)
    assert cancelled == [Run("w1", "t1")]


def test_a_lost_answer_waits_for_what_runs_before_anybody_looks(server: Server) -> None:
    rows = {"relations": {"link": [link(id="t1", state="running"), link(id="t0", state="completed")]}}
    server(
        *basic_login(), Step("POST", RUNS, status=502), Step("GET", RUNS, rows), ended("running"), ended("completed")
    )
    with connect(options()) as api, pytest.raises(HttpError) as raised:
        library.run(api, ADD, {"url": "https://a"}, WAIT)
    assert raised.value.outcome_unknown


def test_one_that_is_not_there_is_none_or_refused(server: Server) -> None:
    nothing = [
        Step("GET", f"{API}/workflows/w1", status=404),
        Step("GET", f"{API}/categories?categoryType=WorkflowCategory", {"link": []}),
    ]
    server(*basic_login(), *nothing, *nothing)
    with connect(options()) as api:
        assert library.find(api, "Add", "Library/X", "w1") is None
        with pytest.raises(InputError, match="no workflow 'Add' in Library/X"):
            library.demand(api, "Add", "Library/X", "w1")


def test_inputs_are_found_by_type_and_options_refused_by_input() -> None:
    assert library.input_of(ADD, "REST:RESTHost") == "host"
    with pytest.raises(InputError, match="no input of type VC:Host, it has url, secret, host"):
        library.input_of(ADD, "VC:Host")
    library.refuse_undeclared(ADD, {"address": "url"})
    with pytest.raises(InputError, match="parallel is set, and workflow 'Add' of this server has no input 'par'"):
        library.refuse_undeclared(ADD, {"parallel": "par"})
