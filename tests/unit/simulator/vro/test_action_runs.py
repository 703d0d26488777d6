"""Runs of actions (contract section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.simulator.vro.asking import MODERN, Vro
from tests.unit.simulator.vro.running import add_action, settled, values, wait

Make = Callable[..., Vro]
PLACE = "actions/com.example.test/act/executions"


def result(asked: Vro, target: str, body: Any = None) -> dict[str, Any]:
    reply = settled(asked, asked.post(target, {} if body is None else body))
    assert reply.status == 200, (reply.status, reply.body)
    found: dict[str, Any] = reply.document()
    return found


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_by_id_and_by_name(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = add_action(asked, "return ['a', b];", ["b:string"], "Array/string")
    for target in (f"actions/{identity}/executions", f"{PLACE}/"):
        found = result(asked, target, values(b="c"))
        assert found["type"] == "Array/string" and found["state"] == "completed" and found["execution-id"]
        assert found["value"] == {"array": {"elements": [{"string": {"value": "a"}}, {"string": {"value": "c"}}]}}
        assert not {"error", "errorMessage", "errorLineNumber"} & set(found)
    assert asked.post("actions/com.example.test/none/executions", {}).status == 404


def test_there_is_no_such_call_in_7_3(vro: Make) -> None:
    asked = vro("7.3")
    add_action(asked, "return 1;")
    assert asked.post(PLACE, {}).status in (404, 405)


@pytest.mark.parametrize(("version", "word"), [("7.6", "errorMessage"), ("8.18", "errorMessage"), ("9.1", "error")])
def test_a_script_that_throws_answers_200(vro: Make, version: str, word: str) -> None:
    asked = vro(version)
    add_action(asked, "var a = 1;\nthrow new Error('sorry');", output="string")
    found = result(asked, PLACE)
    assert found["state"] == "failed" and "value" not in found
    assert found[word] == "Error: sorry (Dynamic Script Module name : act#2)"
    assert found["errorLineNumber"] == 2


def test_a_syntax_error_and_a_runtime_that_is_not_there(vro: Make) -> None:
    asked = vro("9.1")
    add_action(asked, "var a = ;")
    found = result(asked, PLACE)
    assert found["error"].startswith("SyntaxError: ") and found["errorLineNumber"] == 1
    add_action(asked, "def handler(context, inputs): pass", name="snake", runtime="python:3.11")
    found = result(asked, PLACE.replace("/act/", "/snake/"))
    assert found["error"] == "The simulator runs JavaScript, and this action is written for python:3.11"


def test_later(vro: Make) -> None:
    asked = vro("8.18")
    add_action(asked, "System.sleep(30); return 5;", output="number")
    reply = asked.post(PLACE, {"async-execution": True, "parameters": []})
    found = reply.document()
    assert reply.status == 200 and found["state"] == "running" and "value" not in found
    path = f"actions/runs/{found['execution-id']}"
    wait(asked, lambda: asked.get(path)["state"] != "running")
    assert asked.get(path)["value"] == {"number": {"value": 5}}
    assert asked.ask("GET", "actions/runs/nothing").status == 404
    assert asked.post(PLACE, {"async-execution": "yes"}).status == 400


def test_wrong_values_and_wrong_results(vro: Make) -> None:
    asked = vro("8.18")
    add_action(asked, "return s;", ["s:string"], "Array/string")
    body = {"parameters": [{"name": "s", "type": "string", "value": {"String": {"value": "x"}}}]}
    reply = asked.post(PLACE, body)
    assert reply.status == 400 and str(reply.header("content-type")).startswith("text/html")
    assert "is no Array/string" in result(asked, PLACE, values(s="x"))["errorMessage"]


def test_nothing_and_secrets(vro: Make) -> None:
    asked = vro("8.18")
    add_action(asked, "return s;", ["s:SecureString"], "SecureString")
    secret = {"secure-string": {"value": "s3cret"}}
    assert "s3cret" not in str(result(asked, PLACE, values(s=secret)))
    add_action(asked, "System.log('x');", output="void", name="quiet")
    found = result(asked, PLACE.replace("/act/", "/quiet/"))
    assert found["state"] == "completed" and "value" not in found


def test_running_takes_the_right_to_execute(vro: Make) -> None:
    asked = vro("8.18", "auditor@System Domain")
    add_action(asked, "return 1;")
    assert asked.post(PLACE, {}).status == 403
