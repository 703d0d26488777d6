"""The module in this process against the simulated orchestrator: what is exported, the same bytes, and files kept."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts
from ansible_collections.vcpp.vcloud.plugins.modules.vro_action import Action
from ansible_collections.vcpp.vcloud.plugins.modules.vro_configuration_element import ConfigurationElement
from ansible_collections.vcpp.vcloud.plugins.modules.vro_content import Content
from ansible_collections.vcpp.vcloud.plugins.modules.vro_content_export import ContentExport
from ansible_collections.vcpp.vcloud.plugins.modules.vro_resource_element import ResourceElement
from tests.unit.plugins.modules import contents, vros
from tests.unit.plugins.modules.contents import EVERYTHING, IDS, SECRET, put, snapshot

# What 9.1 has of its own is proved in the integration target.
vro = vros.fixture("7.3", "8.18")
OURS = {
    "workflows": ["Kiwi Cloud"], "actions": ["com.kiwi"], "configurations": ["Kiwi Cloud"], "resources": ["Kiwi Cloud"],
}  # fmt: skip
SECRETS = {"Kiwi Cloud/Größe/Backup": {"password": SECRET}}


def export(vro: Any, folder: Path, check: bool = False, **options: Any) -> Any:
    return vro.run(ContentExport, check, dest=str(folder), **{**OURS, **options})


def apply(vro: Any, folder: Path) -> Any:
    known = (folder / "configurations").exists()
    result = vro.run(Content, path=str(folder), secrets=SECRETS if known else None)
    assert not result.get("failed"), result
    return result


@pytest.fixture
def filled(vro: Any, tmp_path: Path) -> Path:
    """A server with content, and the folder that it came from."""
    put(tmp_path / "from", EVERYTHING)
    apply(vro, tmp_path / "from")
    return tmp_path / "from"


def test_export_and_apply_change_nothing_and_are_the_same_bytes_again(vro: Any, filled: Path, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    predicted = export(vro, out, True)
    assert not out.exists()
    made = export(vro, out)
    assert predicted == made and made["changed"] and made["vro_content_export"]["item_count"] == 8
    assert made["vro_content_export"]["written"] == sorted(snapshot(out))
    assert SECRET not in "".join(map(repr, snapshot(out).values())) and SECRET not in json.dumps(made)
    assert apply(vro, out)["changed"] is False
    assert export(vro, out)["changed"] is False
    vro.control.reset()
    assert apply(vro, out)["changed"]
    export(vro, other)
    assert snapshot(other) == snapshot(out)
    assert (out / "workflows/Kiwi Cloud/Größe/Add a tenant.xml").read_text() == contents.xml("Add a tenant", IDS["Add"])
    assert (out / "actions/com.kiwi.tenants/nameOf.js").read_text() == contents.SCRIPT


def test_files_that_say_what_the_server_has_stay_as_people_wrote_them(vro: Any, filled: Path) -> None:
    held = contents.workflow("Twin", IDS["Other twin"])
    put(filled, {
        "workflows/Kiwi Cloud/Twin.xml": None,
        "workflows/Kiwi Cloud/Twin.workflow": artifacts.wrap("workflow", artifacts.readable(held)),
    })  # fmt: skip
    before = snapshot(filled)
    same = export(vro, filled, prune=True)
    assert same["changed"] is False and snapshot(filled) == before


def test_only_what_has_changed_on_the_server_is_written(vro: Any, filled: Path) -> None:
    before = snapshot(filled)
    values = [{"name": "url", "value": "https://b"}, {"name": "own", "value": 7}, {"name": "password", "value": SECRET}]
    place = {"category": "Kiwi Cloud/Größe", "name": "Backup"}
    vro.run(
        ConfigurationElement, **place, attributes=[*values, {"name": "new", "type": "Array/string", "value": ["a"]}]
    )
    vro.run(Action, module="com.kiwi.tenants", name="nameOf", script="return 'x';", version="1.0.3")
    predicted, made = export(vro, filled, True), export(vro, filled)
    assert predicted == made
    after = snapshot(filled)
    assert sorted(path for path in after if after[path] != before.get(path)) == [
        "actions/com.kiwi.tenants/nameOf.js", "actions/com.kiwi.tenants/nameOf.yml",
        "configurations/Kiwi Cloud/Größe/Backup.yml",
    ]  # fmt: skip
    written = yaml.safe_load(after["configurations/Kiwi Cloud/Größe/Backup.yml"])
    assert [each.get("value", "left out") for each in written["attributes"]] == [
        "https://b",
        "left out",
        "left out",
        ["a"],
    ]
    assert "https://a" in made["diff"][1]["before"] and "https://b" in made["diff"][1]["after"]
    assert apply(vro, filled)["changed"] is False and export(vro, filled)["changed"] is False


def test_files_of_what_is_gone_go_only_when_they_are_pruned(vro: Any, filled: Path) -> None:
    vro.run(Action, module="com.kiwi.tenants", name="bare", state="absent")
    vro.run(ResourceElement, category="Kiwi Cloud/Briefe", name="logo.bin", state="absent")
    assert export(vro, filled)["changed"] is False
    predicted, made = export(vro, filled, True, prune=True), export(vro, filled, prune=True)
    assert predicted == made
    assert made["vro_content_export"]["removed"] == [
        "actions/com.kiwi.tenants/bare.js", "resources/Kiwi Cloud/Briefe/logo.bin",
    ]  # fmt: skip
    assert (
        not (filled / "actions/com.kiwi.tenants/bare.js").exists()
        and export(vro, filled, prune=True)["changed"] is False
    )


def test_a_workflow_that_moved_is_moved_in_the_folder(vro: Any, filled: Path) -> None:
    store = vro.server.store
    workflow = store.workflows[IDS["Twin"]]
    other = next(
        each.id for each in store.categories.values() if store.path_of(each) == "Kiwi Cloud" and "Workflow" in each.type
    )
    store.add(dataclasses.replace(workflow, category_id=other, name="Zwilling"))
    store.workflows[IDS["Twin"]].content = workflow.content.replace("Twin", "Zwilling")
    made = export(vro, filled)
    assert made["vro_content_export"]["removed"] == ["workflows/Kiwi Cloud/Größe/Twin.xml"]
    assert made["vro_content_export"]["written"] == ["workflows/Kiwi Cloud/Zwilling.xml"]


def test_awkward_names_are_files_that_every_system_has_and_come_back(vro: Any, tmp_path: Path) -> None:
    names = ["Foo", "foo", "a:b*?", "con.txt", ".hidden", "e\u0301", "100%", "x.yml", "x", " y", "z."]
    for name in names:
        vro.run(ResourceElement, category="Kiwi Cloud", name=name, content=name)
    out = tmp_path / "out"
    export(vro, out, workflows=None, actions=None, configurations=None)
    found = snapshot(out)
    assert len({path.lower() for path in found}) == len(found) == 2 * len(names)
    assert not [path for path in found if set(':*?<>|"\\') & set(path)]
    assert apply(vro, out)["changed"] is False
    vro.control.reset()
    apply(vro, out)
    assert {each.name for each in vro.server.store.resources.values()} >= set(names)


def test_two_workflows_of_one_name_in_one_category_are_two_files(vro: Any, filled: Path) -> None:
    store = vro.server.store
    workflow = store.workflows[IDS["Twin"]]
    copy = "99999999-aaaa-4bbb-8ccc-000000000000"
    store.add(dataclasses.replace(workflow, id=copy, content=workflow.content.replace(IDS["Twin"], copy)))
    made = export(vro, filled)
    (path,) = made["vro_content_export"]["written"]
    assert path in ("workflows/Kiwi Cloud/Größe/Twin~99999999.xml", "workflows/Kiwi Cloud/Größe/Twin~00000002.xml")
    assert apply(vro, filled)["changed"] is False


def test_packages_by_name_and_what_is_chosen(vro: Any, filled: Path, tmp_path: Path) -> None:
    put(filled, {"packages/com.kiwi.lib.package": contents.package("com.kiwi.lib")})
    apply(vro, filled)
    out = tmp_path / "out"
    made = export(vro, out, packages=["com.kiwi.lib"], exclude=["Kiwi Cloud/Größe", "com.kiwi.lib"])
    found = list(snapshot(out))
    assert "packages/com.kiwi.lib.package" not in found  # it is left out by its name, too
    assert not [path for path in found if "Größe" in path] and "workflows/Kiwi Cloud/Twin.xml" in found
    made = export(vro, out, packages=["com.kiwi.lib"])
    assert "packages/com.kiwi.lib.package" in made["vro_content_export"]["written"]
    assert "actions/com.kiwi.lib/one.js" in snapshot(out)
    assert apply(vro, out)["changed"] is False and export(vro, out, packages=["com.kiwi.lib"])["changed"] is False


def test_everything_is_exported_where_nothing_is_chosen(vro: Any, filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = vro.run(ContentExport, dest=str(out), exclude=["Library"])
    assert made["vro_content_export"]["item_count"] >= 8 and not (out / "packages").exists()
    assert apply(vro, out)["changed"] is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workflows": ["Kiwi Clod"]}, "did you mean 'Kiwi Cloud'"),
        ({"actions": ["com.kiwo"]}, "the server has no such module"),
        ({"packages": ["com.kiwi.lob"]}, "the server has no such package"),
    ],
)
def test_what_is_not_there_cannot_be_exported(vro: Any, filled: Path, options: dict[str, Any], message: str) -> None:
    before = snapshot(filled)
    failed = export(vro, filled, **options)
    assert failed["failed"] and message in failed["msg"] and snapshot(filled) == before


def test_in_check_mode_an_earlier_task_may_make_it(vro: Any, filled: Path, warnings: list[str]) -> None:
    assert export(vro, filled, check=True, workflows=["Kiwi Clod"])["changed"]
    assert "did you mean 'Kiwi Cloud'? Predicted as if an earlier task" in warnings[-1]


def test_what_is_left_out_and_is_not_there_is_told(vro: Any, filled: Path, warnings: list[str]) -> None:
    export(vro, filled, exclude=["Kiwi Clod", "Library"])
    assert ["'Kiwi Clod', and nothing of what is exported lies there" in each for each in warnings] == [True]


def test_two_elements_of_one_name_are_no_file(vro: Any, filled: Path) -> None:
    store = vro.server.store
    one = next(each for each in store.configurations.values() if each.name == "Backup")
    store.add(dataclasses.replace(one, id="ffffffff-0000"))
    assert "2 configuration elements named 'Backup'" in export(vro, filled)["msg"]


def test_a_file_in_place_of_the_folder_and_a_broken_folder_are_refused(vro: Any, tmp_path: Path) -> None:
    put(tmp_path, {"it": "x", "out/workflows/A/x.xml": "no"})
    assert "which is a file" in export(vro, tmp_path / "it")["msg"]
    assert "out" not in export(vro, tmp_path / "out")["msg"].partition(":")[0]
    assert vro.control.journal() == []
