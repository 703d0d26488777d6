"""The module in this process against the simulated orchestrator: typed values, what throws, and releases without it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from ansible_collections.vcpp.vcloud.plugins.modules.vro_action_run import ActionRun
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18")
GREET = {"module": "com.kiwi.greetings", "name": "greet"}
SECRET = "Very-Secret-2030"


def go(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(ActionRun, check, **{**GREET, **options})


def make(vro: Any, script: str, output_type: str = "string", **inputs: str) -> None:
    listed = [{"name": name, "type": kind} for name, kind in inputs.items()]
    made = vro.run(Action, **GREET, script=script, output_type=output_type, inputs=listed)
    assert not made.get("failed"), made["msg"]
    vro.control.clear_journal()


def test_values_are_typed_and_the_value_is_plain(vro: Any) -> None:
    make(vro, "return greeting + ' ' + names.length + ' ' + (on ? 'on' : 'off');", greeting="string",
         names="Array/string", on="boolean")  # fmt: skip
    result = go(vro, parameters={"greeting": "Kia ora", "names": ["a", "b"], "on": "true"})
    assert not result.get("failed"), result["msg"]
    row = result["vro_action_run"]
    assert result["changed"] and row["result"] == "Kia ora 2 on" and row["state"] == "completed"
    assert (row["action"], row["type"]) == ("com.kiwi.greetings/greet", "string")
    assert result["diff"][0]["after"]["values"]["greeting"] == "Kia ora"
    assert [each.name for each in vro.server.store.workflows.values() if each.name.startswith("script until")] == []


@pytest.mark.parametrize(
    ("script", "kind", "value"),
    [
        ("return [1, 2];", "Array/number", [1, 2]),
        ("var p = new Properties(); p.put('a', 'b'); return p;", "Properties", {"a": "b"}),
        ("return;", "void", None),
        ("return {a: 1};", "Any", {"a": 1}),
        ("return 'secret';", "SecureString", None),
    ],
)
def test_values_of_many_types(vro: Any, script: str, kind: str, value: Any) -> None:
    make(vro, script, kind)
    result = go(vro)
    assert not result.get("failed"), result["msg"]
    assert result["vro_action_run"]["result"] == value


def test_an_action_that_throws_fails_the_task_though_the_server_answers_200(vro: Any) -> None:
    make(vro, "var a = null;\nreturn a.name;")
    failed = go(vro)
    row = failed["vro_action_run"]
    assert failed["failed"] and row["state"] == "failed" and row["result"] is None
    assert "TypeError" in row["error"]["message"] and "greet failed" in failed["msg"]
    if vro.version >= (8, 0):
        assert (row["error"]["line"], row["error"]["code"]) == (2, "return a.name;")


def test_what_cannot_be_is_refused_before_it_is_run(vro: Any) -> None:
    make(vro, "return n;", "number", n="number", password="SecureString")
    for options, words in (
        ({"parameters": {"n": "many"}}, "parameter n is of type number, and a text was given"),
        ({"parameters": {"m": 1}}, "there is no parameter 'm', it has n, password"),
        ({"name": "great"}, "did you mean 'com.kiwi.greetings/greet'?"),
        ({"name": "a/b"}, "without a slash"),
        ({"parameters": {"n": 1}, "secure_parameters": {"n": "x"}}, "leave it out of one"),
    ):
        failed = go(vro, **options)
        assert failed["failed"] and words in failed["msg"], failed["msg"]
    assert vro.writes == []


def test_check_mode_runs_nothing(vro: Any) -> None:
    make(vro, "return n;", "number", n="number")
    predicted = go(vro, check=True, parameters={"n": 1})
    assert predicted["changed"] and predicted["vro_action_run"]["state"] is None and vro.writes == []
    assert len(vro.requests) == 1
    assert go(vro, check=True, name="later")["changed"]


def test_secrets_are_shown_nowhere(vro: Any) -> None:
    make(vro, "return 'x' + password + '-' + word;", password="SecureString", word="string")
    given = {"parameters": {"password": SECRET}, "secure_parameters": {"word": "Another-Secret-1"}}
    result = go(vro, **given)
    assert result["vro_action_run"]["result"].startswith("x")
    assert SECRET not in str(result) and "Another-Secret-1" not in str(result)


def test_an_action_may_be_run_by_itself(vro: Any) -> None:
    make(vro, "return 7;", "number")
    if vro.version < (8, 0):
        refused = go(vro, wait=False)
        assert refused["failed"] and "before release 8" in refused["msg"]
        return
    result = go(vro, asynchronous=True)
    assert not result.get("failed"), result["msg"]
    assert result["vro_action_run"]["result"] == 7
    begun = go(vro, wait=False)["vro_action_run"]
    assert begun["execution_id"] or begun["state"] == "completed"
