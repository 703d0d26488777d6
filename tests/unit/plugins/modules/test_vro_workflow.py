"""The module in this process against the simulated orchestrator: files in, files out, versions, moves, permissions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts, exports, workflow_files, workflows
from ansible_collections.vcpp.vcloud.plugins.modules.vro_category import CategoryOfType
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow import Workflow
from tests.unit.plugins.module_utils._vro.making import GREETING, workflow
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
oldest = vros.fixture("7.3")
PLACE, ELSEWHERE = "Tenants/Größe & more/Greetings", "Tenants/Old"
OPERATORS = {"principal": "VDEV\\operators", "rights": ["view", "execute"]}


def run(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(Workflow, check, **options)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes the file of a workflow that is built of its options; `suffix` is its form."""

    def made(suffix: str = ".workflow", **more: Any) -> str:
        built = workflow(**more)
        path = tmp_path / f"greet{suffix}"
        content = artifacts.pack(built) if suffix == ".workflow" else artifacts.readable(built).encode()
        path.write_bytes(content)
        return str(path)

    return made


@pytest.fixture
def folders(request: pytest.FixtureRequest) -> None:
    vro = request.getfixturevalue("oldest" if "oldest" in request.fixturenames else "vro")
    for path in (PLACE, ELSEWHERE):
        vro.run(CategoryOfType, type="workflow", path=path)
    vro.control.clear_journal()


@pytest.mark.parametrize("suffix", [".workflow", ".xml"])
@pytest.mark.usefixtures("folders")
def test_a_workflow_is_imported_once_and_again_when_its_content_or_version_differs(
    vro: Any, file: Any, suffix: str
) -> None:
    path = file(suffix)
    predicted, made = run(vro, True, path=path, category=PLACE), run(vro, path=path, category=PLACE)
    assert predicted == made and made["changed"], made
    assert made["vro_workflow"] == {
        "id": GREETING, "name": "Greet", "version": "1.0.0", "category": PLACE, "content": workflow().mark,
    }  # fmt: skip
    vro.control.clear_journal()
    again = run(vro, path=path, category=PLACE)
    assert (again["changed"], again["vro_workflow"], vro.writes) == (False, made["vro_workflow"], [])
    assert len(vro.requests) <= 3
    path = file(suffix, script='said = "good bye " + who;')
    changed = run(vro, path=path, category=PLACE)
    assert (changed["changed"], set(changed["diff"][0]["after"])) == (True, {"content", "xml"})
    assert "good bye" in changed["diff"][0]["after"]["xml"] and "hello" in changed["diff"][0]["before"]["xml"]
    assert run(vro, path=path)["changed"] is False
    path = file(suffix, script='said = "good bye " + who;', version="1.0.1", name="Bid farewell")
    assert set(run(vro, path=path)["diff"][0]["after"]) == {"content", "name", "version", "xml"}
    vro.control.clear_journal()
    gone = run(vro, path=path, state="absent")
    assert (gone["changed"], gone["vro_workflow"], len(vro.writes)) == (True, {}, 1)
    assert run(vro, path=path, state="absent")["changed"] is False


@pytest.mark.usefixtures("folders")
def test_an_older_file_replaces_a_newer_workflow_only_when_that_is_allowed(vro: Any, file: Any) -> None:
    run(vro, path=file(version="1.10.0"), category=PLACE)
    vro.control.clear_journal()
    for check in (True, False):
        refused = run(vro, check, path=file(version="1.9.3"), category=PLACE)
        assert refused["failed"] and "the server has 1.10.0, which is newer: set allow_downgrade" in refused["msg"]
    assert vro.writes == []
    made = run(vro, path=file(version="1.9.3"), category=PLACE, allow_downgrade=True)
    assert made["vro_workflow"]["version"] == "1.9.3"


@pytest.mark.usefixtures("folders")
def test_only_versions_are_compared_where_that_is_asked_for(vro: Any, file: Any) -> None:
    run(vro, path=file(), category=PLACE)
    vro.control.clear_journal()
    again = run(vro, path=file(script="said = 1;"), compare="version")
    assert (again["changed"], vro.requests) == (False, [f"GET /vco/api/workflows/{GREETING}"])
    assert run(vro, path=file(script="said = 1;", version="1.0.1"), compare="version")["changed"]


@pytest.mark.usefixtures("folders")
def test_a_workflow_is_moved_with_its_permissions_and_told_what_goes(vro: Any, file: Any, warnings: list[str]) -> None:
    path = file()
    run(vro, path=path, category=ELSEWHERE, permissions=[OPERATORS])
    predicted, moved = run(vro, True, path=path, category=PLACE), run(vro, path=path, category=PLACE)
    assert predicted == moved
    assert moved["diff"][0]["before"] == {"category": ELSEWHERE}
    assert moved["diff"][0]["after"] == {"category": PLACE}
    assert "moved from 'Tenants/Old' to 'Tenants/Größe & more/Greetings'" in warnings[0]
    again = run(vro, id=GREETING, category=PLACE, permissions=[OPERATORS])
    assert (again["changed"], again["vro_workflow"]["permissions"]) == (False, [OPERATORS])
    assert run(vro, id=GREETING, category=ELSEWHERE)["changed"]
    both = run(vro, path=file(version="2.0.0"), category=PLACE)
    assert set(both["diff"][0]["after"]) == {"category", "version"}
    assert run(vro, path=file(), category=PLACE, allow_downgrade=True)["vro_workflow"]["version"] == "1.0.0"


@pytest.mark.usefixtures("folders")
def test_a_workflow_that_is_lost_on_its_way_is_handed_out(
    oldest: Any, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(oldest, path=file(), category=ELSEWHERE)
    saved = []

    def save(api: Any, artifact: Any, category: str) -> None:
        saved.append(category)
        if len(saved) > 1:
            raise HttpError("status", "POST", "https://vro", "/vco/api/workflows", status=400, message="no")
        genuine(api, artifact, category)

    genuine = workflows.save
    monkeypatch.setattr(workflows, "save", save)
    failed = run(oldest, id=GREETING, category=PLACE)
    assert failed["failed"] and "could not be imported there" in failed["msg"]
    assert failed["xml"] == artifacts.readable(workflow())


@pytest.mark.usefixtures("folders")
def test_permissions_are_compared_as_a_set_whatever_their_spelling(vro: Any, file: Any) -> None:
    run(vro, path=file(), category=PLACE, permissions=[OPERATORS, {"principal": "admins", "rights": ["admin"]}])
    vro.control.clear_journal()
    turned = [
        {"principal": "ADMINS", "rights": ["admin"]},
        {"principal": "vdev\\OPERATORS", "rights": ["execute", "view"]},
    ]
    again = run(vro, name="Greet", category=PLACE, permissions=turned)
    assert (again["changed"], vro.writes) == (False, [])
    fewer = run(vro, name="Greet", permissions=[OPERATORS])
    assert fewer["diff"][0]["after"] == {"permissions": [OPERATORS]}
    assert run(vro, name="Greet", permissions=[])["changed"]


@pytest.mark.parametrize("suffix", [".workflow", ".xml"])
@pytest.mark.usefixtures("folders")
def test_a_workflow_is_exported_when_the_file_does_not_hold_it(
    vro: Any, file: Any, tmp_path: Path, suffix: str
) -> None:
    run(vro, path=file(".workflow"), category=PLACE)
    dest = tmp_path / f"export{suffix}"
    predicted = run(vro, True, id=GREETING, dest=str(dest))
    assert not dest.exists()
    made = run(vro, id=GREETING, dest=str(dest))
    assert predicted == made and made["changed"] and made["vro_workflow"]["dest"] == str(dest)
    before = dest.read_bytes()
    vro.control.clear_journal()
    assert run(vro, id=GREETING, dest=str(dest))["changed"] is False
    assert (dest.read_bytes(), vro.writes) == (before, [])
    found = artifacts.load("dest", str(dest))
    assert isinstance(found, artifacts.Artifact) and found.content == workflow().content
    # What was exported is what is there.
    assert run(vro, path=str(dest))["changed"] is False
    dest.write_bytes(before[:-3])
    assert run(vro, id=GREETING, dest=str(dest))["changed"]
    run(vro, path=file(script="said = 2;"))
    assert run(vro, id=GREETING, dest=str(dest))["changed"]


@pytest.mark.usefixtures("folders")
def test_a_server_that_writes_an_import_in_words_of_its_own_is_believed(
    oldest: Any, file: Any, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def element(*asked: Any) -> Any:
        found = genuine(*asked)
        return replace(found, content=f"<own>{found.content}</own>")

    genuine = exports.element
    monkeypatch.setattr(exports, "element", element)
    made = run(oldest, path=file(), category=PLACE)
    assert made["changed"] and made["vro_workflow"]["content"] == workflow().mark
    assert "in words of its own" in warnings[0] and "set compare to version" in warnings[0]
    assert run(oldest, path=file())["changed"] and len(warnings) == 2
    assert run(oldest, path=file(), compare="version")["changed"] is False
    assert run(oldest, path=file(script="said = 1;"))["changed"]


@pytest.mark.usefixtures("folders")
def test_what_is_wrong_is_told_before_anything_is_sent(vro: Any, file: Any, tmp_path: Path) -> None:
    action = tmp_path / "x.action"
    action.write_bytes(artifacts.pack(workflow_files.action_file("x", "return 1;")))
    wrong = [
        ({"path": "/nowhere/greet.workflow"}, "path is '/nowhere/greet.workflow', which cannot be read"),
        ({"path": __file__}, "it is no ZIP, and it is no XML"),
        ({"path": str(action)}, "which holds an action: use vro_action"),
        ({"path": file(), "category": "a//b"}, "category is 'a//b'"),
        ({"name": "Greet", "dest": "/nowhere/greet.xml"}, "the folder /nowhere does not exist"),
        ({"name": "Greet", "dest": str(tmp_path / "greet.zip")}, "end it with .workflow or .xml"),
        ({"name": "Greet", "permissions": [{"principal": "x", "rights": []}]}, "permissions[0].rights is empty"),
        ({"name": "Greet", "id": "1"}, "mutually exclusive"),
        ({"category": "a"}, "one of the following is required: path, id, name"),
    ]
    for options, told in wrong:
        failed = run(vro, **options)
        assert failed["failed"] and told in failed["msg"], failed
    assert vro.requests == []


@pytest.mark.usefixtures("folders")
def test_what_is_not_there_is_told_with_what_may_have_been_meant(vro: Any, file: Any, warnings: list[str]) -> None:
    run(vro, path=file(), category=PLACE)
    vro.control.clear_journal()
    wrong = [
        ({"name": "Gret"}, "did you mean 'Greet'"),
        ({"name": "Greet", "category": ELSEWHERE}, "but elsewhere; give its id to move it"),
        ({"id": "nothing"}, "there is no such workflow; give path to import it"),
        ({"id": GREETING, "category": "Tenants/Older"}, "Old'?"),
        ({"path": file(identifier="another-one")}, "category is not set, and workflow 'Greet' does not exist"),
    ]
    for options, told in wrong:
        failed = run(vro, **options)
        assert failed["failed"] and told in failed["msg"], failed
    assert vro.writes == []
    # An earlier task of the same check run may make them.
    assert run(vro, True, path=file(identifier="another-one"), category="Tenants/Older")["changed"]
    assert "no such category of workflows" in warnings[-1]


@pytest.mark.usefixtures("folders")
def test_a_name_that_two_workflows_have_needs_the_category(vro: Any, file: Any) -> None:
    run(vro, path=file(), category=PLACE)
    run(vro, path=file(identifier="another-one"), category=ELSEWHERE)
    refused = run(vro, id=GREETING, category=ELSEWHERE)
    assert refused["failed"] and "another workflow is named 'Greet' (id another-one)" in refused["msg"]
    failed = run(vro, name="Greet")
    assert failed["failed"] and "which 2 workflows have" in failed["msg"] and "another-one" in failed["msg"]
    assert run(vro, name="Greet", category=ELSEWHERE)["vro_workflow"]["id"] == "another-one"
    assert run(vro, name="Greet", category=ELSEWHERE, state="absent")["changed"]
    assert run(vro, name="Greet")["vro_workflow"]["id"] == GREETING


@pytest.mark.usefixtures("folders")
def test_an_import_whose_answer_is_lost_is_looked_up(vro: Any, file: Any) -> None:
    vro.control.add_fault("drop_reply", method="POST", path="*/workflows*", times=1)
    made = run(vro, path=file(), category=PLACE)
    assert made["changed"] and not made.get("failed")
    assert run(vro, path=file(), category=PLACE)["changed"] is False
