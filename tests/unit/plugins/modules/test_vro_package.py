"""The module in this process against the simulated orchestrator: what becomes of each element, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts, packages, workflow_files
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.artifacts import Artifact
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.elements import remove
from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from ansible_collections.vcpp.vcloud.plugins.modules.vro_package import Package
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow import Workflow
from tests.unit.plugins.module_utils._vro import package_files
from tests.unit.plugins.module_utils._vro.making import GREETING, workflow
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
modern = vros.fixture("8.18", "9.1")
one = vros.fixture("8.18")
NAME, PLACE, MODULE = "com.example.greetings", "Tenants/Greetings", "com.example.greetings"


def run(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(Package, check, **options)


def action(script: str = "return text;", version: str = "1.0.0") -> Artifact:
    built = workflow_files.action_file("shout", script, identifier="a-1", version=version, output_type="string")
    return replace(built, place=MODULE)


def elements(version: str = "1.0.0", **more: Any) -> list[Artifact]:
    return [
        replace(workflow(version=version, **more), place=PLACE),
        action(version=version),
        package_files.resource("r-1", "logo.png", PLACE, b"\x89PNG", "image/png", version),
    ]


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes a package; one element each of three kinds unless others are given."""

    def made(held: list[Artifact] | None = None, name: str = NAME, **more: Any) -> str:
        path = tmp_path / f"{name}.package"
        path.write_bytes(package_files.package_file(name, elements() if held is None else held, **more).packed)
        return str(path)

    return made


def becomes(result: Any) -> dict[str, str]:
    assert not result.get("failed"), result
    return {each["name"]: each["becomes"] for each in result["elements"]}


def test_a_package_is_imported_once_and_tells_what_becomes_of_each_element(vro: Any, file: Any) -> None:
    path = file()
    predicted, made = run(vro, True, path=path), run(vro, path=path)
    assert predicted == made and made["changed"], made
    assert becomes(made) == {"Greet": "created", "shout": "created", "logo.png": "created"}
    assert made["elements"][0] == {
        "type": "workflow", "id": GREETING, "name": "Greet", "place": PLACE, "version": "1.0.0", "server_version": "",
        "becomes": "created",
    }  # fmt: skip
    assert [each["id"] for each in made["vro_package"]["elements"]] == [GREETING, "a-1", "r-1"]
    vro.control.clear_journal()
    again = run(vro, path=path)
    assert (again["changed"], again["vro_package"], vro.writes) == (False, made["vro_package"], [])
    assert set(becomes(again).values()) == {"unchanged"}
    assert len(vro.requests) == 2
    vro.control.clear_journal()
    assert run(vro, path=path, compare="version")["changed"] is False
    assert len(vro.requests) == 1


def test_versions_and_content_are_compared(vro: Any, file: Any) -> None:
    run(vro, path=file())
    other = [elements()[0], action("return text + '!';"), elements(version="1.0.1")[2]]
    predicted, made = run(vro, True, path=file(other)), run(vro, path=file(other))
    assert predicted == made
    assert becomes(made) == {"Greet": "unchanged", "shout": "replaced", "logo.png": "updated"}
    # The diff has what differs, and nothing else.
    assert [each["name"] for each in made["diff"][0]["after"]["elements"]] == ["shout", "logo.png"]
    assert run(vro, path=file(other))["changed"] is False
    vro.run(Action, module=MODULE, name="shout", script="return 'somebody was here';")
    assert becomes(run(vro, path=file(other)))["shout"] == "replaced"
    # Only versions count, where that is asked for or nothing is to be overwritten.
    vro.run(Action, module=MODULE, name="shout", script="return 'somebody was here';")
    for options in ({"compare": "version"}, {"overwrite": False}):
        assert run(vro, path=file(other), **options)["changed"] is False
    newer = [elements()[0], action("return 2;", "2.0.0"), elements(version="1.0.1")[2]]
    assert becomes(run(vro, path=file(newer), overwrite=False)) == {
        "Greet": "unchanged", "shout": "updated", "logo.png": "unchanged",
    }  # fmt: skip


def test_elements_that_are_there_without_the_package_become_its_own(vro: Any, file: Any, tmp_path: Path) -> None:
    run(vro, path=file(name="com.example.other"))
    vro.control.clear_journal()
    predicted, made = run(vro, True, path=file()), run(vro, path=file())
    assert predicted == made
    assert becomes(made) == {"Greet": "replaced", "shout": "replaced", "logo.png": "replaced"}
    assert [each["server_version"] for each in made["elements"]] == ["1.0.0"] * 3
    assert set(becomes(run(vro, path=file())).values()) == {"unchanged"}
    more = becomes(run(vro, path=file(name="com.example.third"), overwrite=False))
    assert set(more.values()) == {"added"}


def test_what_the_server_has_newer_is_named_and_refused_unless_asked_for(vro: Any, file: Any) -> None:
    run(vro, path=file(elements(version="1.10.0")))
    older = file([*elements(version="1.9.0")[:2], elements(version="1.10.0")[2]], server_version="7.3.0.5521409")
    vro.control.clear_journal()
    for check in (True, False):
        refused = run(vro, check, path=older)
        assert refused["failed"], refused
        assert "workflow Greet (1.9.0 in the file, 1.10.0 on the server), action shout (1.9.0" in refused["msg"]
        assert "logo.png" not in refused["msg"] and "made by release 7.3.0.5521409" in refused["msg"]
    assert vro.writes == []
    made = run(vro, path=older, allow_downgrade=True)
    assert becomes(made) == {"Greet": "downgraded", "shout": "downgraded", "logo.png": "unchanged"}
    assert "overwrite is false" in run(vro, path=older, allow_downgrade=True, overwrite=False)["msg"]


def test_a_package_of_a_newer_server_is_told_of(vro: Any, file: Any, warnings: list[str]) -> None:
    path = file(server_version="12.1.0.1", used_plugins={"Enterprise": "2.0", "REST": "99.0"})
    assert run(vro, True, path=path)["changed"] and run(vro, path=path)["changed"]
    told = " ".join(warnings)
    assert "it was made by release 12.1.0.1, and the server is" in told
    assert "it uses the plug-in Enterprise 2.0, which the server does not have" in told
    assert "it uses the plug-in REST 99.0" in told
    warnings.clear()
    assert run(vro, path=path)["changed"] is False
    assert warnings == []


def test_elements_of_the_server_that_the_file_lacks_are_named(vro: Any, file: Any) -> None:
    run(vro, path=file())
    fewer = run(vro, path=file(elements()[:1]))
    assert fewer["changed"] is False
    assert [each["name"] for each in fewer["not_in_file"]] == ["shout", "logo.png"]


def test_values_are_compared_where_they_are_imported(vro: Any, tmp_path: Path) -> None:
    from tests.tools import make_vro_files

    path = str(make_vro_files.make(tmp_path / "com.example.greetings.package"))
    made = run(vro, path=path)
    assert becomes(made) == dict.fromkeys(["Greet", "shout", "Greetings", "motd.txt"], "created")
    assert run(vro, path=path)["changed"] is False
    valued = run(vro, path=path, import_values=True)
    assert becomes(valued)["Greetings"] == "replaced"
    assert run(vro, path=path, import_values=True)["changed"] is False
    assert run(vro, path=path)["changed"] is False


def test_secure_values_are_imported_where_the_release_tells_them_apart(vro: Any, tmp_path: Path) -> None:
    from tests.tools import make_vro_files

    path = str(make_vro_files.make(tmp_path / "com.example.greetings.package"))
    made = run(vro, path=path, import_values=True, import_secure_values=True, import_tags="overwrite")
    if vro.version < (8,):
        assert made["failed"] and "import_secure_values is set, but releases before 8" in made["msg"]
        return
    assert made["changed"] and "s3cret" not in str(made)
    query = vro.writes[-1].partition("?")[2]
    assert "importConfigSecureStringAttributeValues=true" in query
    assert "tagImportMode=ImportAndOverwriteExistingValue" in query


def test_what_the_dry_run_finds_is_refused_before_the_import(modern: Any, file: Any, tmp_path: Path) -> None:
    from tests.tools import make_vro_files

    broken = make_vro_files.make(tmp_path / "com.example.greetings.package", corrupt="signature")
    failed = run(modern, path=str(broken))
    assert failed["failed"] and "its signatures do not fit its content" in failed["msg"]
    run(modern, path=file(name="com.example.other"))
    modern.control.clear_journal()
    twin = [replace(workflow(identifier="another-one"), place=PLACE)]
    failed = run(modern, path=file(twin))
    assert (
        failed["failed"] and "other elements of the same names" in failed["msg"] and "Workflow Greet" in failed["msg"]
    )
    assert modern.writes == []


def test_a_package_is_exported_when_the_file_does_not_hold_it(vro: Any, file: Any, tmp_path: Path) -> None:
    run(vro, path=file())
    dest = tmp_path / "export.package"
    predicted = run(vro, True, name=NAME, dest=str(dest))
    assert not dest.exists()
    assert predicted == run(vro, name=NAME, dest=str(dest)) and predicted["changed"]
    # Before release 8 secrets are values like others, so the file is for its owner.
    assert (dest.stat().st_mode & 0o077 == 0) is (vro.version < (8,))
    before = dest.read_bytes()
    assert run(vro, name=NAME, dest=str(dest))["changed"] is False
    assert dest.read_bytes() == before
    assert run(vro, path=str(dest))["changed"] is False
    run(vro, path=file(elements(version="1.0.1")))
    assert run(vro, name=NAME, dest=str(dest), export_history=False, export_tags=False)["changed"]
    assert [each["version"] for each in run(vro, name=NAME)["vro_package"]["elements"]] == ["1.0.1"] * 3


def test_a_package_is_removed_with_or_without_its_elements(vro: Any, file: Any) -> None:
    path = file()
    for members, left in (("keep", True), ("remove_unshared", False), ("remove", False)):
        run(vro, path=path)
        predicted = run(vro, True, path=path, members=members, state="absent")
        gone = run(vro, path=path, members=members, state="absent")
        assert predicted == gone and (gone["changed"], gone["vro_package"]) == (True, {})
        assert run(vro, path=path, members=members, state="absent")["changed"] is False
        assert (GREETING in vro.server.store.workflows) is left


def test_an_element_is_removed_when_its_package_has_let_go_of_it(
    one: Any, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.simulator.vro.packages.HELD_SECONDS", 0.3)
    monkeypatch.setitem(remove.__kwdefaults__, "timeout", 2.0)
    run(one, path=file())
    refused = one.run(Workflow, id=GREETING, state="absent")
    assert refused["failed"] and "answered 409" in refused["msg"] and "set force" in refused["msg"]
    run(one, name=NAME, state="absent")
    # It counts as in use for another moment.
    assert one.run(Workflow, id=GREETING, state="absent")["changed"]
    run(one, path=file())
    assert one.run(Workflow, id=GREETING, state="absent", force=True)["changed"]


def test_a_server_that_writes_an_import_in_words_of_its_own_is_believed(
    one: Any, file: Any, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def exported(*asked: Any) -> Any:
        found = genuine(*asked)
        return replace(found, elements=tuple(replace(each, content=f"own {each.content}") for each in found.elements))

    genuine = packages.exported
    monkeypatch.setattr(packages, "exported", exported)
    made = run(one, path=file())
    assert made["changed"] and not made.get("failed")
    assert f"Package {NAME}, workflow Greet, action shout, resource_element logo.png: the server took" in warnings[0]
    assert run(one, path=file(), compare="version")["changed"] is False


def test_what_is_wrong_is_told_before_anything_is_sent(vro: Any, tmp_path: Path) -> None:
    other = tmp_path / "greet.workflow"
    other.write_bytes(artifacts.pack(workflow()))
    wrong = [
        ({"path": "/nowhere/x.package"}, "path is '/nowhere/x.package', which cannot be read"),
        ({"path": str(other)}, "which holds workflow 'Greet': use vro_workflow"),
        ({"name": " "}, "name is ' '"),
        ({"name": NAME, "dest": "/tmp/x.tar"}, "end it with .package or .zip"),
        ({"name": NAME, "path": str(other)}, "mutually exclusive"),
        ({}, "one of the following is required: path, name"),
    ]
    for options, told in wrong:
        failed = run(vro, **options)
        assert failed["failed"] and told in failed["msg"], failed
    assert vro.requests == []


def test_a_package_that_is_not_there_is_told_with_what_may_have_been_meant(
    vro: Any, file: Any, warnings: list[str]
) -> None:
    run(vro, path=file())
    assert f"did you mean '{NAME}'" in run(vro, name="com.example.greeting")["msg"]
    assert run(vro, True, name="com.example.greeting")["changed"]
    assert "there is no such package" in warnings[-1]


def test_an_import_whose_answer_is_lost_is_looked_up(vro: Any, file: Any) -> None:
    vro.control.add_fault("drop_reply", method="POST", path="/vco/api/packages", times=1)
    made = run(vro, path=file())
    assert made["changed"] and not made.get("failed")
    assert set(becomes(made).values()) == {"created"}
