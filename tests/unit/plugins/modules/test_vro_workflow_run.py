"""The module in this process against the simulated orchestrator: values of all types, failures, waiting, once, many."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import executions, logs, run_ledger
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow_run import WorkflowRun
from tests.unit.plugins.module_utils.serving import until
from tests.unit.plugins.modules import vro_runs, vros

vro = vros.fixture("7.3", "9.1")
HOST = {"workflow": "Add a REST host", "category": "Library/HTTP-REST/Configuration"}
PAUSE = executions.FIRST_PAUSE  # as it is before a bench makes it shorter
SECRET = "Very-Secret-2030"


def go(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(WorkflowRun, check, **options)


def run_of(result: Any) -> Any:
    assert not result.get("failed"), result["msg"]
    return result["vro_workflow_run"]


def test_values_of_every_type_go_in_and_come_out_as_plain_yaml(vro: Any) -> None:
    outputs = {f"{name}Out": kind for name, kind in vro_runs.EVERY_TYPE.items()}
    identifier = vro_runs.add(vro, "Echo", vro_runs.ECHO, vro_runs.EVERY_TYPE, outputs)
    host = run_of(go(vro, **HOST, parameters={"name": "avamar", "url": "https://avamar.vdev.local"}))["outputs"][
        "restHost"
    ]
    assert host["type"] == "REST:RESTHost" and host["id"]
    given = {
        "text": "Kia ora ☃", "count": 5, "on": True, "at": "2026-09-11T12:00:00+02:00", "names": ["a", "b"],
        "pairs": {"a": 1, "b": "x"}, "point": {"x": 0.5, "label": "p"}, "rows": [{"a": True}],
        "host": {"type": "REST:RESTHost", "search": {"name": "avamar"}},
    }  # fmt: skip
    result = go(vro, workflow_id=identifier, parameters=given, secure_parameters={"secret": SECRET})
    found = run_of(result)
    assert result["changed"] and found["state"] == "completed" and found["error"] is None
    assert found["workflow"] == "Echo" and found["started_by"] and found["duration"] >= 0
    out = {name.removesuffix("Out"): value for name, value in found["outputs"].items()}
    assert out["at"].startswith("2026-09-11T10:00:00")
    assert (out["host"]["id"], out["secret"]) == (host["id"], None)
    same = ("text", "count", "on", "names", "pairs", "point", "rows")
    assert {name: out[name] for name in same} == {name: given[name] for name in same}
    assert SECRET not in str(result)
    assert result["diff"][0]["after"]["values"]["count"] == 5 and "secret" not in result["diff"][0]["after"]["values"]


def test_a_secret_that_only_its_type_tells_is_shown_nowhere(vro: Any) -> None:
    tells = vro_runs.add(vro, "Tell", "System.log('it is ' + secret); said = secret;", {"secret": "SecureString"},
                         {"said": "string"})  # fmt: skip
    result = go(vro, workflow_id=tells, parameters={"secret": SECRET}, logs="complete")
    assert run_of(result)["outputs"]["said"] and SECRET not in str(result)
    failing = vro_runs.add(vro, "Fail", "throw 'it was ' + secret;", {"secret": "SecureString"})
    failed = go(vro, workflow_id=failing, parameters={"secret": SECRET})
    assert failed["failed"] and SECRET not in str(failed)


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the log is complete at once."""
    monkeypatch.setattr(logs, "SETTLE", 0.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"parameters": {"name": "x", "url": "u", "connectionTimeout": "soon"}},
         ["connectionTimeout is of type number, and a text was given", "It was not started"]),
        ({"parameters": {"name": 5, "url": "u"}}, ["parameter name is of type string, and a number was given"]),
        ({"parameters": {"name": "x", "url": "u", "useProxi": True}}, ["did you mean 'useProxy'?"]),
        ({"parameters": {"name": "x"}}, ["needs a value for url (string)", "was not started"]),
        ({"parameters": {"name": "x", "url": None}}, ["needs a value for url (string)"]),
        ({"runs": [{"parameters": {"name": "x", "url": "u"}}, {"parameters": {"url": "u"}}]},
         ["runs[1]: workflow 'Add a REST host' needs a value for name (string)"]),
        ({"workflow": "Add a RST host"}, ["did you mean 'Add a REST host'?"]),
        ({"category": "Library/HTTP"}, ["there is no such category"]),
        ({"category": "Library/HTTP-RST"}, ["there is no such category of workflows"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_started(vro: Any, options: Any, words: list[str]) -> None:
    failed = go(vro, **{**HOST, **options})
    assert failed["failed"] and all(each in failed["msg"] for each in words), failed["msg"]
    assert vro.writes == [] and not vro_runs.executions(vro)
    predicted = go(vro, check=True, **{**HOST, **options})
    assert predicted.get("failed") or "workflow" in options or "category" in options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "workflow is not set"),
        ({"workflow": "a", "workflow_id": "b"}, "workflow_id is set beside workflow"),
        ({**HOST, "runs": [], "parameters": {"a": 1}}, "parameters is set beside runs"),
        ({**HOST, "parallel": 0}, "1 to 50"),
        ({**HOST, "answers": {"a": 1}, "wait": False}, "wait is false"),
        ({**HOST, "run_once_key": "a/b"}, "without slashes"),
        ({**HOST, "runs": [{"run_once_key": "a"}, {"run_once_key": "a"}]}, "so is that of another"),
        ({**HOST, "parameters": {"a": 1}, "secure_parameters": {"a": "x"}}, "leave it out of one"),
    ],
)
def test_options_that_contradict_are_refused_before_a_request(vro: Any, options: Any, words: str) -> None:
    failed = go(vro, **options)
    assert failed["failed"] and words in failed["msg"] and vro.control.journal() == []


def test_a_name_that_is_not_unique_is_told_with_the_categories(vro: Any) -> None:
    here = vro_runs.add(vro, "Greet", "said = 1;", outputs={"said": "number"}, category="Kiwi Cloud/North")
    there = vro_runs.add(vro, "Greet", "said = 2;", outputs={"said": "number"}, category="Kiwi Cloud/South")
    failed = go(vro, workflow="Greet")
    assert failed["failed"] and "is not unique" in failed["msg"] and "Give category, or workflow_id" in failed["msg"]
    assert all(each in failed["msg"] for each in ("'Kiwi Cloud/North'", "'Kiwi Cloud/South'", here, there))
    assert vro.writes == []
    assert run_of(go(vro, workflow="Greet", category="/Kiwi Cloud/South/"))["outputs"] == {"said": 2}


def test_check_mode_checks_everything_and_runs_nothing(vro: Any) -> None:
    given = {"name": "avamar", "url": "https://avamar.vdev.local"}
    predicted = go(vro, check=True, **HOST, parameters=given)
    assert predicted["changed"] and predicted["vro_workflow_run"]["id"] is None
    assert predicted["diff"][0]["after"]["values"] == given and vro.writes == []
    # Before 8 lists tell no paths, so both categories named Configuration are looked at.
    assert len(vro.requests) <= (4 if vro.version >= (8, 0) else 5) and not vro_runs.executions(vro)
    unknown = go(vro, check=True, workflow="Comes later")
    assert unknown["changed"] and unknown["vro_workflow_run"]["workflow"] == "Comes later"


def test_a_script_error_is_told_with_item_line_and_log(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Broken", "System.log('before');\nvar a = 1;\nfoo.bar();")
    failed = go(vro, workflow_id=identifier)
    found = failed["vro_workflow_run"]
    assert failed["failed"] and failed["changed"] and found["state"] == "failed"
    assert found["error"]["line"] == 3 and "foo" in found["error"]["message"] and found["error"]["item"]
    assert "failed in" in failed["msg"] and "line 3" in failed["msg"]
    texts = [line["text"] for line in found["log"]]
    if vro.version >= (7, 6):
        assert "before" in texts and not any("item_stack" in text for text in texts)
    else:
        assert any("failed" in text for text in texts)


def test_a_run_that_takes_a_second_is_looked_at_a_few_times(vro: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When that is, is proved on a clock of the tests' own (module_utils/_vro/test_executions.py)."""
    monkeypatch.setattr(executions, "FIRST_PAUSE", PAUSE)
    identifier = vro_runs.add(vro, "Slow")
    vro_runs.plan(vro, identifier, seconds=1.0)
    assert run_of(go(vro, workflow_id=identifier))["state"] == "completed"
    assert 2 <= vro_runs.polls(vro) <= 12


def test_a_run_that_takes_too_long_goes_on_or_is_cancelled(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Endless")
    vro_runs.plan(vro, identifier, seconds=600.0)
    late = go(vro, workflow_id=identifier, wait_timeout=1)
    run = late["vro_workflow_run"]
    assert late["failed"] and "after 1 seconds and goes on at the server" in late["msg"]
    assert vro_runs.executions(vro)[run["id"]].state == "running"
    cancelled = go(vro, workflow_id=identifier, wait_timeout=1, cancel_on_timeout=True)
    run = cancelled["vro_workflow_run"]
    assert "was cancelled because of cancel_on_timeout" in cancelled["msg"] and run["state"] == "canceled"
    assert vro_runs.executions(vro)[run["id"]].state == "canceled"


def test_without_waiting_it_returns_at_once(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Endless")
    vro_runs.plan(vro, identifier, seconds=600.0)
    result = go(vro, workflow_id=identifier, wait=False)
    assert result["changed"] and run_of(result)["id"] in vro_runs.executions(vro)
    assert run_of(result)["state"] in ("initializing", "running")


def asking(vro: Any) -> str:
    identifier = vro_runs.add(vro, "Ask")
    vro_runs.plan(
        vro, identifier, questions=[vro_runs.question("approved", "boolean"), vro_runs.question("count", "number")]
    )
    return identifier


def test_a_run_that_asks_is_answered_or_told(vro: Any) -> None:
    identifier = asking(vro)
    done = go(vro, workflow_id=identifier, answers={"approved": True, "count": 3, "unasked": "x"})
    assert run_of(done)["state"] == "completed"
    waits = go(vro, workflow_id=identifier)
    assert waits["failed"] and "needs input and waits for it: approved (boolean), count (number)" in waits["msg"]
    assert [each["name"] for each in waits["vro_workflow_run"]["needs_input"]] == ["approved", "count"]
    left = go(vro, workflow_id=identifier, on_needs_input="return")
    assert run_of(left)["state"] == "waiting" and len(run_of(left)["needs_input"]) == 2
    wrong = go(vro, workflow_id=identifier, answers={"approved": "perhaps", "count": 1})
    assert wrong["failed"] and "parameter approved is of type boolean" in wrong["msg"]
    states = [each.state for each in vro_runs.executions(vro).values()]
    assert states == ["completed", "waiting", "waiting", "waiting"]


def test_a_key_makes_a_run_happen_once_also_when_the_server_has_forgotten_it(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Count", "n = given + 1;", {"given": "number"}, {"n": "number", "s": "SecureString"})
    once = {"workflow_id": identifier, "run_once_key": "tyrell 2026-03"}
    predicted = go(vro, check=True, **once, parameters={"given": 1})
    assert predicted["changed"] and vro.writes == []
    first = go(vro, **once, parameters={"given": 1})
    assert first["changed"] and run_of(first)["outputs"]["n"] == 2 and not run_of(first)["remembered"]
    vro.server.runs.clear()
    vro.control.clear_journal()
    again = go(vro, **once, parameters={"given": 1})
    assert not again["changed"] and run_of(again)["remembered"] and run_of(again)["outputs"] == {"n": 2, "s": None}
    assert run_of(again)["id"] == run_of(first)["id"] and "diff" not in again
    assert go(vro, check=True, **once, parameters={"given": 1}) == again
    assert vro.writes == [] and not vro_runs.executions(vro)
    # Another workflow has keys of its own.
    other = vro_runs.add(vro, "Other")
    assert go(vro, workflow_id=other, run_once_key="tyrell 2026-03")["changed"]


def test_other_parameters_under_the_same_key_are_warned_of(vro: Any, warnings: list[str]) -> None:
    identifier = vro_runs.add(vro, "Count", "", {"given": "number", "secret": "SecureString"})
    once = {"workflow_id": identifier, "run_once_key": "k"}
    go(vro, **once, parameters={"given": 1}, secure_parameters={"secret": SECRET})
    assert go(vro, **once, parameters={"given": 1}, secure_parameters={"secret": "Another-One"})["changed"] is False
    assert warnings == []
    assert go(vro, **once, parameters={"given": 2})["changed"] is False
    assert len(warnings) == 1 and "'k': it has run already, with other parameters" in warnings[0]
    held = list(vro.server.store.configurations.values())
    assert len(held) == 1 and SECRET not in str(held)


def test_a_failed_run_is_made_again_and_one_that_goes_on_is_joined(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Flaky")
    once = {"workflow_id": identifier, "run_once_key": "k"}
    vro_runs.plan(vro, identifier, exception="Error: on purpose")
    assert go(vro, **once)["failed"]
    vro_runs.plan(vro, identifier, seconds=600.0)
    late = go(vro, **once, wait_timeout=1)
    assert late["failed"] and late["changed"]
    going = late["vro_workflow_run"]["id"]
    again = go(vro, **once, wait_timeout=1)
    assert again["failed"] and not again["changed"] and again["vro_workflow_run"]["id"] in (going, None)
    assert len(vro_runs.executions(vro)) == 2
    execution = vro_runs.executions(vro)[going]
    execution.state, execution.ended = "completed", execution.started + 5000
    joined = go(vro, **once)
    assert not joined["changed"] and run_of(joined)["id"] == going and run_of(joined)["state"] == "completed"


def test_what_nobody_knows_is_not_guessed(vro: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = vro_runs.add(vro, "Once")
    once = {"workflow_id": identifier, "run_once_key": "k"}

    def cut_off(*_given: Any) -> None:
        raise _http.HttpError("connection", "POST", "https://x", "/executions", sent=True)

    with monkeypatch.context() as patched:
        patched.setattr(executions, "start", cut_off)
        lost = go(vro, **once)
    assert lost["failed"] and "whether it runs is not known" in lost["msg"] and "vro_execution_info" in lost["msg"]
    refused = go(vro, **once)
    assert refused["failed"] and "nobody knows whether it did" in refused["msg"]
    assert f"'{identifier} k' in '{run_ledger.CATEGORY}'" in refused["msg"]
    with monkeypatch.context() as patched:
        patched.setattr(executions, "start", lambda *given: executions.Run(identifier, "forgotten"))
        go(vro, workflow_id=identifier, run_once_key="l", wait=False)
    gone = go(vro, workflow_id=identifier, run_once_key="l")
    assert gone["failed"] and "no record of it any more" in gone["msg"]


def test_many_runs_go_side_by_side_and_one_that_fails_does_not_keep_the_others(vro: Any) -> None:
    identifier = vro_runs.add(
        vro, "Each", "if (n == 2) { throw 'two'; } said = n;", {"n": "number"}, {"said": "number"}
    )
    runs = [{"name": f"n{n}", "parameters": {"n": n}} for n in range(5)]
    predicted = go(vro, check=True, workflow_id=identifier, runs=runs)
    assert predicted["changed"] and predicted["summary"]["changed"] == 5 and vro.writes == []
    failed = go(vro, workflow_id=identifier, runs=runs, parallel=3, logs="none")
    assert failed["failed"] and "1 of 5 runs failed. First: runs[2] (n2): workflow 'Each' failed" in failed["msg"]
    assert failed["summary"] == {"changed": 5, "already": 0, "failed": 1, "not_begun": 0}
    assert [each["outputs"].get("said") for each in failed["runs"]] == [0, 1, None, 3, 4]
    assert [each["problem"] is None for each in failed["runs"]] == [True, True, False, True, True]
    assert len(failed["diff"]) == 5
    quick = go(vro, workflow_id=identifier, runs=runs[2:], parallel=1, fail_fast=True)
    assert quick["summary"]["failed"] == 1 and quick["summary"]["not_begun"] >= 1
    assert "were not begun because of fail_fast" in quick["msg"] and "not begun" in quick["runs"][2]["problem"]
    keyed = [{"parameters": {"n": n}, "run_once_key": f"k{n}"} for n in (0, 1)]
    assert go(vro, workflow_id=identifier, runs=keyed)["summary"]["changed"] == 2
    again = go(vro, workflow_id=identifier, runs=keyed)
    assert not again["changed"] and again["summary"]["already"] == 2
    assert [each["outputs"] for each in again["runs"]] == [{"said": 0}, {"said": 1}]
    assert go(vro, workflow_id=identifier, runs=[])["runs"] == []


def running(vro: Any) -> int:
    return sum(each.state == "running" for each in list(vro_runs.executions(vro).values()))


def test_ten_are_under_way_at_a_time(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Slow")
    vro_runs.plan(vro, identifier, seconds=600.0)

    def let_them_end() -> None:
        for begun in (10, 20):
            until(lambda begun=begun: running(vro) == 10 and len(vro_runs.executions(vro)) == begun)  # type: ignore[misc]
            vro.control.advance(600)

    other = threading.Thread(target=let_them_end)
    other.start()
    assert go(vro, workflow_id=identifier, runs=[{}] * 20, logs="none")["summary"]["changed"] == 20
    other.join()


def test_an_interrupted_task_cancels_all_that_it_has_begun_and_begins_no_more(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Endless")
    vro_runs.plan(vro, identifier, seconds=600.0)

    def interrupt() -> None:
        until(lambda: running(vro) >= 3)
        os.kill(os.getpid(), signal.SIGTERM)

    seen: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    keyed = [{"run_once_key": f"k{number}"} for number in range(6)]
    try:
        other = threading.Thread(target=interrupt)
        other.start()
        with pytest.raises(BaseException) as ended:
            go(vro, workflow_id=identifier, runs=keyed, parallel=3)
        other.join()
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert seen == [signal.SIGTERM] and "Interrupted" in repr(ended.value)
    assert [each.state for each in vro_runs.executions(vro).values()] == ["canceled"] * 3
    # What was cancelled is no reason not to run it.
    vro_runs.plan(vro, identifier, seconds=0.01)
    assert go(vro, workflow_id=identifier, runs=keyed[:1])["summary"]["changed"] == 1


def test_a_lost_answer_to_the_start_is_told_with_what_is_there(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Once")
    vro.control.add_fault("drop_reply", method="POST", path="*executions*", times=1)
    lost = go(vro, workflow_id=identifier)
    assert lost["failed"] and "whether it runs is not known" in lost["msg"] and "vro_execution_info" in lost["msg"]
    (began,) = vro_runs.executions(vro)
    assert f"The most recent one is {began}" in lost["msg"]
