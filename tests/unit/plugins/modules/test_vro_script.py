"""The module in this process against the simulated orchestrator: results, logs, lines of errors, and nothing left."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import logs, scripts
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import Vro
from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from ansible_collections.vcpp.vcloud.plugins.modules.vro_script import RunScript
from tests.unit.plugins.module_utils.serving import until
from tests.unit.plugins.modules import vro_runs, vros

vro = vros.fixture("7.3", "8.18")
SECRET = "Very-Secret-2030"


def go(vro: Any, script: str | None, check: bool = False, **options: Any) -> Any:
    return vro.run(RunScript, check, script=script, **options)


def found(result: Any) -> Any:
    assert not result.get("failed"), result["msg"]
    return result["vro_script"]


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the log is complete at once."""
    monkeypatch.setattr(logs, "SETTLE", 0.0)


def left(vro: Any) -> list[str]:
    """Workflows that were left behind."""
    store = vro.server.store
    return [
        each.name
        for each in store.workflows.values()
        if store.path_of(store.categories[each.category_id]) == scripts.CATEGORY
    ]


def test_a_script_gives_its_result_and_its_log(vro: Any) -> None:
    script = """
    System.log("begun with " + count);
    System.warn("careful");
    var made = new Properties();
    made.put("a", 1);
    return {count: count + 1, names: names.reverse(), pair: pairs.get("k"), made: made, at: new Date(0), none: null};
    """
    result = go(vro, script, inputs={"count": 2, "names": ["a", "b"], "pairs": {"k": "v"}})
    assert result["changed"] and found(result)["error"] is None and found(result)["duration"] >= 0
    assert found(result)["result"] == {
        "count": 3, "names": ["b", "a"], "pair": "v", "made": {"a": 1}, "at": "1970-01-01T00:00:00.000Z", "none": None,
    }  # fmt: skip
    lines = [(line["severity"], line["origin"], line["text"]) for line in found(result)["log"]]
    assert lines == [("info", "system", "begun with 2"), ("warning", "system", "careful")]
    assert left(vro) == [] and result["diff"][0]["after"]["values"]["count"] == 2
    # The next script finds the category that the first one has made.
    vro.control.clear_journal()
    assert found(go(vro, "return 'x';"))["result"] == "x"
    assert not [each for each in vro.writes if "categories" in each] and len(vro.writes) == 3


def test_nothing_is_returned_by_a_script_that_returns_nothing(vro: Any) -> None:
    assert found(go(vro, "var a = 1; // no result"))["result"] is None


@pytest.mark.parametrize(
    ("script", "line", "code", "words"),
    [
        ("System.log('one');\nvar a = 1;\nfoo.bar();\nreturn a;", 3, "foo.bar();", "foo"),
        ("System.log('one');\nvar a = (1;\nreturn a;", 2, "var a = (1;", "SyntaxError"),
        (
            "System.log('one');\nif (true) {\n  throw 'no such tenant';\n}",
            3,
            "throw 'no such tenant';",
            "no such tenant",
        ),
        ("System.log('one');\nvar x = null;\n\nreturn x.name;", 4, "return x.name;", "TypeError"),
    ],
)
def test_errors_come_with_the_line_of_the_script_and_its_text(
    vro: Any, script: str, line: int, code: str, words: str
) -> None:
    failed = go(vro, script)
    error = failed["vro_script"]["error"]
    assert failed["failed"] and (error["line"], error["code"]) == (line, code)
    assert words in error["message"] and f"in line {line}" in failed["msg"] and code in failed["msg"]
    assert "eval" not in failed["msg"] and left(vro) == []
    logged = [entry["text"] for entry in failed["vro_script"]["log"]]
    assert ("one" in logged) is (words != "SyntaxError")


def test_an_error_of_a_called_action_is_not_taken_for_one_of_the_script(vro: Any) -> None:
    made = vro.run(Action, module="com.kiwi", name="broken", script="\n\n\nvar a = null; return a.name;", inputs=[])
    assert not made.get("failed"), made["msg"]
    error = go(vro, "var x = 1;\nreturn System.getModule('com.kiwi').broken();")["vro_script"]["error"]
    # Only where the task catches it the line of the call is known; later releases name the action and its line.
    assert error["line"] == (2 if vro.version < (7, 4) else None)
    assert vro.version < (7, 4) or "broken#4" in error["message"]


def test_a_file_may_hold_the_script(vro: Any, tmp_path: Path) -> None:
    path = tmp_path / "greet.js"
    path.write_text("// Größe\nreturn 'Kia ora ' + name;", encoding="utf-8")
    assert found(go(vro, None, script_file=str(path), inputs={"name": "Tyrell"}))["result"] == "Kia ora Tyrell"
    missing = go(vro, None, script_file=str(tmp_path / "none.js"))
    assert missing["failed"] and "cannot be read" in missing["msg"]


def test_a_result_keeps_its_type_where_that_is_said(vro: Any) -> None:
    assert found(go(vro, "return [1, 2];", output_type="Array/number"))["result"] == [1, 2]
    assert found(go(vro, "return 'secret';", output_type="SecureString"))["result"] is None
    assert found(go(vro, "return new Date(0);", output_type="Date"))["result"].startswith("1970-01-01T00:00:00")
    refused = go(vro, "return 1;", output_type="Number")
    assert refused["failed"] and "did you mean 'number'?" in refused["msg"]


def test_an_object_is_found_by_a_search_and_is_alive_in_the_script(vro: Any) -> None:
    host = {"type": "REST:RESTHost", "search": {"name": "avamar"}}
    vro.control.change("vro-rest-host-add", vros.HERE, host="avamar", url="https://avamar.vdev.local")
    assert found(go(vro, "return host.url;", inputs={"host": host}))["result"] == "https://avamar.vdev.local"
    told = found(go(vro, "return host;", inputs={"host": host}))["result"]
    assert told["type"] == "REST:RESTHost" and told["id"]
    nobody = {"type": "REST:RESTHost", "search": {"name": "avamra"}}
    refused = go(vro, "return host;", inputs={"host": nobody})
    assert refused["failed"] and "did you mean 'avamar'?" in refused["msg"]


def test_secrets_are_shown_nowhere(vro: Any) -> None:
    inputs = {"password": {"type": "SecureString", "value": SECRET}}
    result = go(vro, "System.log('it is ' + password); return 'x' + password;", inputs=inputs)
    assert found(result)["result"].startswith("x") and SECRET not in str(result)
    failed = go(vro, "throw 'it was ' + password;", inputs=inputs)
    assert failed["failed"] and SECRET not in str(failed)


def test_check_mode_checks_the_inputs_and_imports_nothing(vro: Any) -> None:
    predicted = go(vro, "return count;", check=True, inputs={"count": 1})
    assert predicted["changed"] and predicted["vro_script"]["result"] is None and vro.writes == []
    for inputs, words in (
        ({"for": 1}, "no word of the language"),
        ({"at": {"type": "Date", "value": "soon"}}, "a moment such as"),
        ({"x": None}, "say of which type"),
    ):
        refused = go(vro, "return 1;", check=True, inputs=inputs)
        assert refused["failed"] and words in refused["msg"]
    for options in ({"script": " "}, {"script": None}, {"script": "x", "script_file": "y"}):
        assert vro.run(RunScript, **options)["failed"]


def test_a_script_that_does_not_end_is_cancelled_and_removed(vro: Any) -> None:
    late = go(vro, "System.sleep(600000);", wait_timeout=1)
    assert late["failed"] and "did not end within 1 seconds and was cancelled" in late["msg"]
    assert left(vro) == [] and [each.state for each in vro_runs.executions(vro).values()] == ["canceled"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_script_is_cancelled_and_removed_before_the_signal_takes_effect(
    vro: Any, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        until(lambda: any(each.state == "running" for each in list(vro_runs.executions(vro).values())))
        os.kill(os.getpid(), how)

    seen: list[int] = []
    previous = signal.signal(how, lambda number, _frame: seen.append(number))
    try:
        other = threading.Thread(target=interrupt)
        other.start()
        with pytest.raises(BaseException) as ended:
            # The handler of these tests lets the process live, so the block is left by its own exception.
            go(vro, "System.sleep(600000);")
        other.join()
    finally:
        signal.signal(how, previous)
    assert seen == [how] and "Interrupted" in repr(ended.value)
    assert left(vro) == [] and [each.state for each in vro_runs.executions(vro).values()] == ["canceled"]


def test_what_a_killed_run_has_left_is_removed_by_a_later_one(vro: Any) -> None:
    for name in ("script until 1000000000 ab12", "script until 9999999999 ab12", "somebody's own"):
        vro_runs.add(vro, name, category=scripts.CATEGORY)
    assert found(go(vro, "return 1;"))["result"] == 1
    assert sorted(left(vro)) == ["script until 9999999999 ab12", "somebody's own"]


def test_a_workflow_that_is_in_use_for_a_moment_is_removed_all_the_same(
    vro: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, refused = Vro.send, []

    def in_use(api: Any, method: str, path: str, **more: Any) -> Any:
        if method == "DELETE" and len(refused) < 2:
            refused.append(path)
            raise HttpError("status", method, api.endpoint, path, status=409, message="Workflow is in use")
        return sent(api, method, path, **more)

    monkeypatch.setattr(Vro, "send", in_use)
    assert found(go(vro, "return 1;"))["result"] == 1
    assert left(vro) == [] and len(refused) == 2


def test_the_whole_log_has_what_called_actions_say(vro: Any) -> None:
    listed = [{"name": "n", "type": "number"}]
    made = vro.run(Action, module="com.kiwi", name="say", script="System.log('called ' + n);", inputs=listed)
    assert not made.get("failed"), made["msg"]
    script = "System.log('own'); System.getModule('com.kiwi').say(5); return 1;"
    log = [line["text"] for line in found(go(vro, script, logs="complete"))["log"]]
    # Before 7.4 no address tells what an action has logged.
    assert "own" in log and ("called 5" in log or vro.version < (7, 4))


def test_a_lost_answer_to_the_start_is_made_up_for_by_a_look(vro: Any) -> None:
    vro.control.add_fault("drop_reply", method="POST", path="*executions*", times=1)
    assert found(go(vro, "return 1;"))["result"] == 1
    assert len(vro_runs.executions(vro)) == 1 and left(vro) == []


def test_a_token_that_expires_in_the_middle_is_renewed(vro: Any) -> None:
    vro.control.add_fault("expire_tokens", path="*syslogs*", times=1)
    vro.control.add_fault("service_unavailable", method="GET", path="*/executions/*", times=2)
    assert found(go(vro, "System.sleep(300); return 1;", logs="complete"))["result"] == 1


def test_whatever_a_script_returns_is_made_plain(vro: Any) -> None:
    script = """
    var round = [1];
    round.push(round);
    return [NaN, 1 / 0, Object.create(null), function () { return 1; }, new Error("x"), [undefined], round, "\u2028"];
    """
    result = found(go(vro, script))["result"]
    assert result[:2] == ["NaN", "Infinity"] and result[2] in ({}, "[object Object]")
    assert result[3].startswith("function") and result[4] == "Error: x" and result[5] == [None]
    assert result[6][0] == 1 and result[7] == "\u2028"


def test_what_a_script_does_to_the_log_does_not_reach_the_next(vro: Any) -> None:
    go(vro, "System.log = function () { throw 'broken'; };")
    again = found(go(vro, "System.log('fine'); System.log(Object.create(null)); return 1;"))
    assert [line["text"] for line in again["log"]] == ["fine", "[object Object]"] and again["result"] == 1


def test_a_long_log_comes_whole_and_in_order(vro: Any) -> None:
    result = found(go(vro, "for (var i = 0; i < 3000; i++) { System.log('line ' + i); } return i;"))
    assert result["result"] == 3000
    assert [line["text"] for line in result["log"]] == [f"line {number}" for number in range(3000)]
