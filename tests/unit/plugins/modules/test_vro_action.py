"""The module in this process against the simulated orchestrator: documents from release 8 on, built files before."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts, workflow_files
from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from tests.unit.plugins.module_utils._vro.making import workflow
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "7.6", "8.18", "9.1")
KEY = {"module": "com.example.tenants", "name": "shortName"}
INPUTS = [{"name": "tenant", "type": "string", "description": "Whole name"}, {"name": "limit", "type": "number"}]
CONTENT = {
    "script": "return tenant.split('-')[0];\n",
    "output_type": "string",
    "inputs": INPUTS,
    "description": "Short",
}
OPERATORS = {"principal": "VDEV\\operators", "rights": ["view", "execute"]}


def run(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(Action, check, **{**KEY, **options})


def runtime(vro: Any) -> dict[str, str]:
    """The field that only newer releases have."""
    return {"runtime": ""} if vro.version >= (8,) else {}


def test_an_action_is_made_with_its_module_changed_and_removed(vro: Any) -> None:
    predicted, made = run(vro, True, **CONTENT), run(vro, **CONTENT)
    assert predicted == made and made["changed"], made
    assert made["vro_action"] == {
        **KEY, "version": "1.0.0", "description": "Short", "output_type": "string", **runtime(vro),
        "inputs": [INPUTS[0], {**INPUTS[1], "description": ""}], "script": "return tenant.split('-')[0];",
    }  # fmt: skip
    vro.control.clear_journal()
    again = run(vro, **CONTENT)
    assert (again["changed"], again["vro_action"]) == (False, made["vro_action"])
    assert vro.requests == ["GET /vco/api/actions/com.example.tenants/shortName"]
    action = vro.server.store.action_named(*KEY.values())
    changed = run(vro, script="return 1;", version="1.1.0")
    assert changed["diff"][0]["after"] == {"script": "return 1;", "version": "1.1.0"}
    assert vro.server.store.action_named(*KEY.values()).id == action.id
    # What is left out stays, inputs and description too.
    assert run(vro)["vro_action"] == {**made["vro_action"], "script": "return 1;", "version": "1.1.0"}
    turned = run(vro, inputs=INPUTS[::-1])
    assert [each["description"] for each in turned["vro_action"]["inputs"]] == ["", "Whole name"]
    assert run(vro, description="", inputs=[])["diff"][0]["after"] == {"description": "", "inputs": []}
    gone = run(vro, state="absent")
    assert (gone["changed"], gone["vro_action"]) == (True, {})
    assert run(vro, state="absent")["changed"] is False


def test_a_script_may_be_a_file_and_a_whole_action_too(vro: Any, tmp_path: Path) -> None:
    script = tmp_path / "shortName.js"
    script.write_bytes(b"\xef\xbb\xbfvar a = 'gr\xc3\xb6\xc3\x9fe';\r\nreturn a;\r\n")
    made = run(vro, script_file=str(script))
    assert made["vro_action"]["script"] == "var a = 'größe';\nreturn a;"
    assert run(vro, script_file=str(script))["changed"] is False
    file = tmp_path / "x.action"
    file.write_bytes(artifacts.pack(workflow_files.action_file("shortName", "return 2;", version="2.0.0")))
    changed = run(vro, name=None, path=str(file))
    assert changed["vro_action"]["name"] == "shortName" and changed["vro_action"]["version"] == "2.0.0"
    assert run(vro, name=None, path=str(file))["changed"] is False


@pytest.mark.parametrize("suffix", [".action", ".xml"])
def test_an_action_is_exported_when_the_file_does_not_hold_it(vro: Any, tmp_path: Path, suffix: str) -> None:
    run(vro, **CONTENT)
    dest = str(tmp_path / f"export{suffix}")
    predicted = run(vro, True, dest=dest)
    assert not Path(dest).exists()
    assert predicted == run(vro, dest=dest) and predicted["changed"]
    assert run(vro, dest=dest)["changed"] is False
    assert run(vro, script="return 3;", dest=dest)["changed"]
    # What was exported is what is there.
    assert run(vro, name=None, path=dest)["changed"] is False


def test_a_typing_error_in_a_type_is_named(vro: Any) -> None:
    failed = run(vro, **{**CONTENT, "inputs": [{"name": "n", "type": "strin"}]})
    assert failed["failed"] and "inputs, n.type is 'strin'; did you mean 'string'?" in failed["msg"]
    assert vro.control.journal() == []


def test_an_older_version_is_refused_unless_it_is_allowed(vro: Any) -> None:
    run(vro, **CONTENT, version="1.10.0")
    refused = run(vro, version="1.9.0")
    assert "version is '1.9.0', and the server has 1.10.0, which is newer: set allow_downgrade" in refused["msg"]
    assert run(vro, version="1.9.0", allow_downgrade=True)["vro_action"]["version"] == "1.9.0"


def test_permissions_belong_to_an_action(vro: Any) -> None:
    made = run(vro, **CONTENT, permissions=[OPERATORS])
    assert made["vro_action"]["permissions"] == [OPERATORS]
    assert run(vro, permissions=[OPERATORS])["changed"] is False
    assert run(vro, permissions=[])["diff"][0]["before"] == {"permissions": [OPERATORS]}


def test_another_runtime_needs_release_8(vro: Any) -> None:
    made = run(vro, **CONTENT, runtime="python:3.11")
    if vro.version < (8,):
        assert made["failed"] and "releases before 8 do not have" in made["msg"]
        return
    assert made["vro_action"]["runtime"] == "python:3.11"
    assert run(vro, description="Other")["vro_action"]["runtime"] == "python:3.11"
    assert run(vro, runtime="")["changed"] and run(vro)["vro_action"]["runtime"] == ""


def test_what_is_wrong_is_told_before_anything_is_sent(vro: Any, tmp_path: Path) -> None:
    file = tmp_path / "greet.workflow"
    file.write_bytes(artifacts.pack(workflow()))
    wrong = [
        ({"module": "com example"}, "module is 'com example': write names with dots"),
        ({"name": "short-name", "script": ""}, "name is 'short-name'"),
        ({"script": "a\n\x0b"}, "script has the character '\\x0b' in line 2"),
        ({"inputs": [{"name": "a b", "type": "string"}]}, "inputs has the name 'a b'"),
        ({"inputs": [{"name": "a", "type": "string"}] * 2}, "inputs has a twice"),
        ({"script": "a", "script_file": "/b"}, "mutually exclusive"),
        ({"script_file": "/nowhere/x.js"}, "script_file is '/nowhere/x.js', which cannot be read"),
        ({"script_file": "files/x.js"}, f"cannot be read: No such file or directory below {os.getcwd()}. Name a file"),
        ({"script_file": str(file)}, "it is no text in UTF-8"),
        ({"name": None, "path": str(file)}, "which holds a workflow: use vro_workflow"),
        ({"path": str(file)}, "name is set beside path"),
        ({"dest": "/tmp/x.js"}, "end it with .action or .xml"),
        ({"permissions": [{"principal": " ", "rights": ["view"]}]}, "permissions[0].principal is empty"),
    ]
    for options, told in wrong:
        failed = run(vro, **options)
        assert failed["failed"] and told in failed["msg"], failed
    assert vro.requests == []


def test_what_is_not_there_is_told_with_what_may_have_been_meant(vro: Any, tmp_path: Path, warnings: list[str]) -> None:
    run(vro, **CONTENT)
    dest = {"dest": str(tmp_path / "x.xml")}
    assert "there is no action com.example.tenants/other" in run(vro, name="other")["msg"]
    assert "did you mean 'shortName'" in run(vro, name="shrtName", **dest)["msg"]
    assert "did you mean 'com.example.tenants'" in run(vro, module="com.example.tenant", **dest)["msg"]
    assert run(vro, True, name="shrtName", **dest)["changed"]
    assert "there is no such action" in warnings[-1]


def test_a_write_whose_answer_is_lost_is_looked_up(vro: Any) -> None:
    vro.control.add_fault("drop_reply", method="POST", path="*/actions*", times=1)
    made = run(vro, **CONTENT)
    assert made["changed"] and not made.get("failed")
    assert run(vro, **CONTENT)["changed"] is False
