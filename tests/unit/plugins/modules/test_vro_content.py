"""The module in this process against the simulated orchestrator: folders applied, changed, pruned, and refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts
from ansible_collections.vcpp.vcloud.plugins.modules.vro_category import CategoryOfType
from ansible_collections.vcpp.vcloud.plugins.modules.vro_configuration_element import ConfigurationElement
from ansible_collections.vcpp.vcloud.plugins.modules.vro_content import Content
from ansible_collections.vcpp.vcloud.plugins.modules.vro_resource_element import ResourceElement
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_result import Source, items_of
from tests.unit.plugins.modules import contents, vros
from tests.unit.plugins.modules.contents import EVERYTHING, IDS, SECRET, put, xml

# What 9.1 has of its own is proved in the integration target.
vro = vros.fixture("7.3", "8.18")
WITH = {"secrets": {"Kiwi Cloud/Größe/Backup": {"password": SECRET}}, "wait_timeout": 1, "wait_interval": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, EVERYTHING)
    return tmp_path


def apply(vro: Any, folder: Path, check: bool = False, **options: Any) -> Any:
    return vro.run(Content, check, path=str(folder), **{**WITH, **options})


def both(vro: Any, folder: Path, **options: Any) -> Any:
    """The result of a run, which its prediction equals."""
    predicted, made = apply(vro, folder, True, **options), apply(vro, folder, **options)
    assert predicted == made and not made.get("failed"), made
    return made


def changed(result: Any) -> list[str]:
    return [each["item"] for each in result["outcomes"]]


def workflows(vro: Any) -> dict[str, str]:
    """{id: path and name} of the folder's workflows on the server."""
    store = vro.server.store
    return {
        key: f"{store.path_of(store.categories[each.category_id])}/{each.name}"
        for key, each in store.workflows.items()
        if key in IDS.values()
    }


def test_a_folder_becomes_the_servers_content_in_one_task(vro: Any, folder: Path) -> None:
    made = both(vro, folder)
    assert changed(made)[:3] == [
        "categories/actions/com.kiwi.tenants", "categories/configurations/Kiwi Cloud",
        "categories/resources/Kiwi Cloud",
    ]  # fmt: skip
    assert len(changed(made)) == 7 + 8 and all(each["changed"] for each in made["outcomes"])
    assert len(made["diff"]) == len(made["outcomes"]) and SECRET not in json.dumps(made)
    assert set(workflows(vro).values()) == {
        "Kiwi Cloud/Größe/Add a tenant", "Kiwi Cloud/Größe/Twin", "Kiwi Cloud/Twin",
    }  # fmt: skip
    vro.control.clear_journal()
    again = both(vro, folder)
    assert (again["changed"], again["outcomes"], vro.writes) == (False, [], [])
    # Twice: 3 lists of elements, 4 of categories, 4 categories (those above them where lists tell no paths), 8 items.
    assert len(vro.requests) == 2 * (3 + 4 + 4 + 8 + (2 if vro.version < (8,) else 0))


@pytest.mark.parametrize(
    ("files", "item", "line"),
    [
        ({"actions/com.kiwi.tenants/nameOf.js": "return 2;\n"}, "actions/com.kiwi.tenants/nameOf", "return 2;"),
        ({"actions/com.kiwi.tenants/bare.yml": "output_type: number\n"}, "actions/com.kiwi.tenants/bare",
         "output_type: number"),
        ({"resources/Kiwi Cloud/Briefe/Begrüßung.txt": "Servus\n"}, "resources/Kiwi Cloud/Briefe/Begrüßung.txt",
         "Servus"),
        ({"configurations/Kiwi Cloud/Größe/Backup.yml": "attributes:\n  - {name: url, type: string, value: b}\n"
          "  - {name: password, type: SecureString}\n"}, "configurations/Kiwi Cloud/Größe/Backup", "value: b"),
        ({"workflows/Kiwi Cloud/Twin.xml": xml("Twin", IDS["Other twin"], "System.log('ho');", "1.0.1")},
         "workflows/Kiwi Cloud/Twin", "System.log('ho');"),
    ],
)  # fmt: skip
def test_a_change_of_one_file_is_a_change_of_one_item(
    vro: Any, folder: Path, files: dict[str, str], item: str, line: str
) -> None:
    apply(vro, folder)
    put(folder, files)
    vro.control.clear_journal()
    made = both(vro, folder)
    assert changed(made) == [item] and len(vro.writes) == 1
    (entry,) = made["diff"]
    assert line in entry["after"] and line not in entry["before"] and entry["object"]["name"] == item
    assert apply(vro, folder)["changed"] is False


def test_the_drift_page_tells_every_item_and_its_lines(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    put(folder, {"actions/com.kiwi.tenants/nameOf.js": "return 2;\n"})
    source = Source("vro", "Apply", "vcpp.vcloud.vro_content", check=True)
    items = {item.name: item for item in items_of(source, apply(vro, folder, True), "ok")}
    assert {item.state for item in items.values()} == {"in_sync", "changed"} and len(items) == 8
    (changed,) = [item for item in items.values() if item.state == "changed"]
    assert changed.name == "actions/com.kiwi.tenants/nameOf" and changed.texts


def test_a_box_that_was_moved_is_a_change_because_git_has_it(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    path = folder / "workflows/Kiwi Cloud/Twin.xml"
    path.write_text(path.read_text().replace('x="190.0"', 'x="200.0"'))
    assert changed(both(vro, folder)) == ["workflows/Kiwi Cloud/Twin"]
    assert apply(vro, folder)["changed"] is False


def test_nothing_is_removed_unless_it_is_pruned_and_then_only_where_the_folder_has_files(
    vro: Any, folder: Path
) -> None:
    apply(vro, folder)
    for category in ("Kiwi Cloud/Briefe", "Kiwi Cloud"):
        vro.run(ResourceElement, category=category, name="extra.txt", content="x")
    put(folder, {"actions/com.kiwi.tenants/bare.js": None, "workflows/Kiwi Cloud/Größe/Twin.xml": None})
    path = folder / "configurations/Kiwi Cloud/Größe/Backup.yml"
    path.write_text(path.read_text().replace("  - {name: own, type: number}\n", ""))
    assert apply(vro, folder)["changed"] is False
    made = both(vro, folder, prune=True)
    assert sorted(changed(made)) == [
        "actions/com.kiwi.tenants/bare", "configurations/Kiwi Cloud/Größe/Backup",
        "resources/Kiwi Cloud/Briefe/extra.txt", "workflows/Kiwi Cloud/Größe/Twin",
    ]  # fmt: skip
    gone = next(each for each in made["diff"] if each["object"]["name"].endswith("bare"))
    assert "return 1;" in gone["before"] and gone["after"] == ""
    assert [each.name for each in vro.server.store.resources.values() if each.name == "extra.txt"] == ["extra.txt"]
    assert IDS["Twin"] not in vro.server.store.workflows
    assert apply(vro, folder, prune=True)["changed"] is False


def test_secrets_come_from_the_task_and_none_is_lost(vro: Any, folder: Path) -> None:
    made = apply(vro, folder)
    row = next(each for each in made["vro_content"] if each["item"].endswith("Backup"))
    assert row["secrets"] == ["password"]
    held = next(each for each in vro.server.store.configurations.values() if each.name == "Backup")
    assert SECRET in json.dumps([each.value for each in held.attributes])
    assert apply(vro, folder, secrets=None)["changed"] is False
    path = folder / "configurations/Kiwi Cloud/Größe/Backup.yml"
    path.write_text(path.read_text().replace("https://a", "https://b"))
    vro.control.clear_journal()
    lost = apply(vro, folder, secrets=None)
    assert lost["failed"] and "has the secret 'password'" in lost["msg"] and vro.writes == []
    other = {"Kiwi Cloud/Größe/Backup": {"password": "An0ther"}}
    assert both(vro, folder, secrets=other)["outcomes"][0].get("secrets") is None
    held = next(each for each in vro.server.store.configurations.values() if each.name == "Backup")
    assert "An0ther" in json.dumps([each.value for each in held.attributes])
    always = both(vro, folder, update_secrets="always")
    assert always["outcomes"][0]["secrets"] == ["password"] and "secret password: written" in always["diff"][0]["after"]


def test_each_server_keeps_the_values_that_the_folder_leaves_out_and_null_clears(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    place = {"category": "Kiwi Cloud/Größe", "name": "Backup"}
    secret = {"name": "password", "value": SECRET}
    vro.run(ConfigurationElement, **place, attributes=[{"name": "own", "value": 7}, secret])
    assert apply(vro, folder)["changed"] is False
    path = folder / "configurations/Kiwi Cloud/Größe/Backup.yml"
    path.write_text(path.read_text().replace("{name: own, type: number}", "{name: own, type: number, value: null}"))
    made = both(vro, folder)
    assert changed(made) == ["configurations/Kiwi Cloud/Größe/Backup"]
    assert apply(vro, folder)["changed"] is False


def test_a_workflow_is_known_by_its_id_wherever_its_file_lies(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    put(folder, {
        "workflows/Kiwi Cloud/Größe/Add a tenant.xml": None,
        "workflows/Kiwi Cloud/Neu/Add a customer.xml": xml("Add a customer", IDS["Add"], version="1.0.1"),
    })  # fmt: skip
    made = both(vro, folder, prune=True, force=True)
    assert changed(made) == ["categories/workflows/Kiwi Cloud/Neu", "workflows/Kiwi Cloud/Neu/Add a customer"]
    assert workflows(vro)[IDS["Add"]] == "Kiwi Cloud/Neu/Add a customer"
    assert apply(vro, folder, prune=True)["changed"] is False


def test_a_newer_version_on_the_server_is_not_replaced_unless_it_is_allowed(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    put(folder, {"workflows/Kiwi Cloud/Twin.xml": xml("Twin", IDS["Other twin"], "x", "0.9.0")})
    path = folder / "actions/com.kiwi.tenants/nameOf.yml"
    path.write_text(path.read_text().replace("1.0.2", "1.0.1"))
    vro.control.clear_journal()
    failed = apply(vro, folder)
    assert failed["failed"] and vro.writes == []
    assert "actions/com.kiwi.tenants/nameOf (1.0.1, there 1.0.2)" in failed["msg"] and "there 1.0.0" in failed["msg"]
    assert len(changed(both(vro, folder, allow_downgrade=True))) == 2


def test_packages_come_first_and_are_compared_by_what_is_in_them(vro: Any, folder: Path) -> None:
    put(folder, {"packages/com.kiwi.lib.package": contents.package("com.kiwi.lib")})
    made = both(vro, folder)
    assert "packages/com.kiwi.lib" in changed(made) and vro.writes[0].startswith("POST /vco/api/packages")
    assert apply(vro, folder)["changed"] is False
    # Members of the folder's packages are no stray content.
    put(folder, {"actions/com.kiwi.lib/two.js": "return 2;\n"})
    assert changed(both(vro, folder, prune=True)) == ["actions/com.kiwi.lib/two"]
    put(folder, {"packages/com.kiwi.lib.package": contents.package("com.kiwi.lib", "return 11;", "1.1.0")})
    made = both(vro, folder)
    assert changed(made) == ["packages/com.kiwi.lib"] and "one 1.1.0" in made["diff"][0]["after"]
    put(folder, {"packages/com.kiwi.lib.package": contents.package("com.kiwi.lib", "return 1;", "1.0.0")})
    failed = apply(vro, folder)
    assert failed["failed"] and "packages/com.kiwi.lib (action one) (1.0.0, there 1.1.0)" in failed["msg"]


def test_what_a_package_brings_may_lie_in_the_folder_as_well(vro: Any, tmp_path: Path) -> None:
    put(tmp_path, {
        "packages/com.kiwi.lib.package": contents.package("com.kiwi.lib"),
        "actions/com.kiwi.lib/one.js": "return 1;\n",
        "actions/com.kiwi.lib/one.yml": "output_type: number\n",
    })  # fmt: skip
    made = both(vro, tmp_path, secrets=None)
    assert set(changed(made)) == {
        "packages/com.kiwi.lib", "categories/actions/com.kiwi.lib", "actions/com.kiwi.lib/one",
    }  # fmt: skip
    assert apply(vro, tmp_path, secrets=None)["changed"] is False
    # A configuration element comes without its values.
    put(tmp_path, {
        "packages/com.kiwi.conf.package": contents.configured("com.kiwi.conf"),
        "configurations/Kiwi Cloud/Backup.yml": "attributes:\n  - {name: url, type: string, value: a}\n"
        "  - {name: password, type: SecureString}\n",
    })  # fmt: skip
    made = both(vro, tmp_path, secrets={"Kiwi Cloud/Backup": {"password": SECRET}})
    assert "configurations/Kiwi Cloud/Backup" in changed(made)
    assert apply(vro, tmp_path, secrets=None)["changed"] is False
    put(tmp_path, {"actions/com.kiwi.lib/one.yml": "output_type: string\n"})
    assert "in another form than" in apply(vro, tmp_path, secrets=None)["msg"]


def test_what_cannot_be_done_is_told_by_item_and_the_rest_is_done(vro: Any, folder: Path) -> None:
    vro.control.add_fault("refuse_role", service="*/vro", method="POST", path="/vco/api/resources*", times=1)
    failed = apply(vro, folder)
    assert failed["failed"] and failed["changed"] and "1 of 15 changes failed, 14 were made" in failed["msg"]
    (wrong,) = [each for each in failed["outcomes"] if not each["changed"]]
    assert wrong["item"].startswith("resources/") and wrong["error"]
    repaired = apply(vro, folder)
    assert changed(repaired) == [wrong["item"]]
    assert apply(vro, folder)["changed"] is False


def test_what_lies_in_a_category_that_could_not_be_made_says_so(vro: Any, folder: Path) -> None:
    vro.control.add_fault("refuse_role", service="*/vro", method="POST", path="/vco/api/categories*", times=99)
    failed = apply(vro, folder)
    errors = {each["item"]: each.get("error", "") for each in failed["outcomes"]}
    assert "could not be made" in errors["workflows/Kiwi Cloud/Twin"]
    vro.control.clear_faults()
    assert not apply(vro, folder).get("failed") and apply(vro, folder)["changed"] is False


@pytest.mark.parametrize("what", ["categories", "resources", "configurations", "actions", "workflows"])
def test_a_lost_reply_is_looked_up(vro: Any, folder: Path, what: str) -> None:
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path=f"/vco/api/{what}*", times=1)
    made = apply(vro, folder)
    assert not made.get("failed"), made
    names = [each.name for each in vro.server.store.configurations.values()]
    assert names.count("Backup") == 1 and apply(vro, folder)["changed"] is False


TWIN = "workflows/Kiwi Cloud/Twin.xml"
REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"actions/com.kiwi.tenants/nameOf.py": "x"}, {}, "both the script of one action"),
    ({"actions/com.kiwi.tenants/other.py": "x"}, {}, "give the runtime of .py files"),
    ({"actions/com.kiwi.tenants/a-b.js": "x"}, {}, "begins with no digit"),
    ({"actions/com.kiwi.tenants/lost.yml": "version: 1.0.0\n"}, {}, "has no script beside it"),
    ({"actions/com.kiwi.tenants/notes.txt": "x"}, {}, "is no part of an action"),
    ({"actions/com/kiwi/x.js": "x"}, {}, "name it com.kiwi"),
    ({"actions/x.js": "x"}, {}, "lies in no folder"),
    ({"actions/com.kiwi.tenants/bare.js": b"\xff\xfe\0"}, {}, "no text in UTF-8"),
    ({"actions/com.kiwi.tenants/bare.js": "a\n\0"}, {}, "zero byte in line 2"),
    ({"actions/com.kiwi.tenants/bare.yml": "versoin: 1.0.0\n"}, {}, "did you mean 'version'"),
    ({"actions/com.kiwi.tenants/bare.yml": "version: 1.0\n"}, {}, "put it in quotes"),
    ({"actions/com.kiwi.tenants/bare.yml": "a: [\n"}, {}, "no YAML that can be read"),
    ({"actions/com.kiwi.tenants/bare.yml": "version: 1.0.0\nversion: 1.0.1\n"}, {}, "has 'version' twice"),
    ({"actions/com.kiwi.tenants/bare.yml": "inputs: [tenant]\n"}, {}, "list of name, type and description"),
    ({"configurations/Kiwi Cloud/x.json": "{}"}, {}, "which is a .yml file"),
    ({"configurations/Kiwi Cloud/x.yml": "- a\n"}, {}, "is no mapping"),
    ({"configurations/Kiwi Cloud/x.yml": "attributes: [{name: a, type: String}]\n"}, {}, "did you mean 'string'"),
    ({"configurations/Kiwi Cloud/x.yml": f"attributes: [{{name: a, type: SecureString, value: {SECRET}}}]\n"}, {},
     "by the option secrets"),
    ({"workflows/Kiwi Cloud/x.xml": "<a/>"}, {}, "not workflow or dunes-script-module"),
    ({"workflows/Kiwi Cloud/x.workflow": b"PK\x03\x04"}, {}, "no ZIP that can be read"),
    ({"workflows/Kiwi Cloud/x.workflow": contents.package("p")}, {}, "holds a package"),
    ({"workflows/Kiwi Cloud/Wrong.xml": xml("Right", "9" * 32)}, {}, "name it Right.xml"),
    ({"workflows/Elsewhere/Twin.xml": xml("Twin", IDS["Twin"])}, {}, f"have the same id {IDS['Twin']}"),
    ({"workflows/Kiwi Cloud/x.js": "x"}, {}, "is no workflow"),
    ({"workflows/Kiwi%2FCloud/x.xml": "x"}, {}, "no slash and no backslash"),
    ({"workflows/Kiwi Cloud/100%.xml": xml("100%", "9" * 32)}, {}, "write %25"),
    ({"packages/wrong.package": contents.package("right")}, {}, "name it right.package"),
    ({"packages/x.package": "x"}, {}, "it is no ZIP"),
    ({"packages/x.zip": "x"}, {}, "is no package"),
    ({"packages/com.kiwi.lib.package": contents.package("com.kiwi.lib"), "actions/com.kiwi.lib/one.js": "return 2;\n"},
     {}, "in another form than"),
    ({}, {"secrets": {"Kiwi Cloud/Größe/Backpu": {"password": "x"}}}, "did you mean 'Kiwi Cloud/Größe/Backup'"),
    ({}, {"secrets": {"Kiwi Cloud/Größe/Backup": {"url": "x"}}}, "no secret attribute 'url'"),
    ({}, {"path": "/nowhere"}, "which is no folder"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "options", "message"), REFUSED)
def test_what_contradicts_itself_is_refused_before_a_request(
    vro: Any, folder: Path, files: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    if vro.release != "8.18":
        pytest.skip("files are read the same for every release")
    put(folder, files)
    failed = apply(
        vro, Path(options.get("path") or folder), **{key: each for key, each in options.items() if key != "path"}
    )
    assert failed["failed"] and message in failed["msg"], failed["msg"]
    assert SECRET not in json.dumps(failed) and vro.control.journal() == []


def test_a_folder_that_is_spelled_otherwise_a_link_and_an_empty_folder_are_refused(vro: Any, tmp_path: Path) -> None:
    (tmp_path / "Workflow" / "A").mkdir(parents=True)
    assert "did you mean 'workflows'" in apply(vro, tmp_path, secrets=None)["msg"]
    (tmp_path / "Workflow").rename(tmp_path / "src")
    assert "none of the folders" in apply(vro, tmp_path, secrets=None)["msg"]
    (tmp_path / "resources" / "A").mkdir(parents=True)
    (tmp_path / "resources" / "A" / "shadow").symlink_to("/etc/passwd")
    assert "is a link" in apply(vro, tmp_path, secrets=None)["msg"]


def test_what_differs_in_case_only_or_is_another_workflow_of_that_name_is_refused(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    vro.control.clear_journal()
    put(folder, {"resources/Kiwi Cloud/Briefe/LOGO.bin": "x"})
    assert "the server has 'logo.bin'" in apply(vro, folder)["msg"]
    put(folder, {"resources/Kiwi Cloud/Briefe/LOGO.bin": None, "resources/kiwi cloud/x.txt": "x"})
    assert "the server has 'Kiwi Cloud'" in apply(vro, folder)["msg"]
    put(folder, {"resources/kiwi cloud/x.txt": None, TWIN: xml("Twin", "9" * 32)})
    assert f"whose id is {IDS['Other twin']}" in apply(vro, folder)["msg"]
    assert vro.writes == []


def test_two_elements_of_one_name_are_refused_with_their_ids(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    store = vro.server.store
    one = next(each for each in store.configurations.values() if each.name == "Backup")
    store.add(dataclasses.replace(one, id="ffffffff-0000"))
    assert "2 configuration elements named 'Backup'" in apply(vro, folder)["msg"]


def test_other_forms_of_files_say_the_same(vro: Any, folder: Path) -> None:
    apply(vro, folder)
    held = contents.workflow("Twin", IDS["Other twin"])
    put(folder, {TWIN: None, TWIN.replace(".xml", ".workflow"): artifacts.wrap("workflow", artifacts.readable(held))})
    assert apply(vro, folder)["changed"] is False


def test_empty_folders_with_a_mark_for_git_are_categories_too(vro: Any, folder: Path) -> None:
    vro.run(CategoryOfType, type="resource", path="Leer")
    vro.run(ResourceElement, category="Leer", name="x.txt", content="x")
    put(folder, {"resources/Leer/.gitkeep": "", "workflows/Neu/.gitkeep": ""})
    made = both(vro, folder, prune=True)
    assert {"categories/workflows/Neu", "resources/Leer/x.txt"} <= set(changed(made))


def test_runtimes_and_metadata_of_newer_releases(vro: Any, folder: Path) -> None:
    put(folder, {
        "actions/com.kiwi.tenants/py.py": "def handler(context, inputs):\n    return 1\n",
        "actions/com.kiwi.tenants/py.yml": "runtime: python:3.11\noutput_type: number\n",
        "resources/Kiwi Cloud/Briefe/Begrüßung.txt.yml": "mime_type: text/markdown\ndescription: A letter\n",
    })  # fmt: skip
    made = apply(vro, folder)
    if vro.version < (8,):
        assert made["failed"] and "releases before 8" in made["msg"] and vro.writes == []
        return
    assert not made.get("failed"), made
    action = next(each for each in vro.server.store.actions.values() if each.name == "py")
    letter = next(each for each in vro.server.store.resources.values() if each.name == "Begrüßung.txt")
    assert (action.runtime, letter.mime_type, letter.description) == ("python:3.11", "text/markdown", "A letter")
    assert apply(vro, folder)["changed"] is False


@pytest.mark.parametrize("packed", [False, True])
def test_secrets_of_a_workflows_attributes_stay_because_files_have_none(vro: Any, folder: Path, packed: bool) -> None:
    secret = (
        '<attrib name="token" type="SecureString" read-only="false"><value encoded="n"><![CDATA[{}]]></value></attrib>'
    )
    held = xml("Twin", IDS["Other twin"])
    store = vro.server.store
    put(folder, {TWIN: held.replace("<input>", secret.format(SECRET) + "<input>")})
    apply(vro, folder)
    assert SECRET in str(store.workflows[IDS["Other twin"]].content)
    bare = held.replace("<input>", '<attrib name="token" type="SecureString" read-only="false"/><input>')
    put(folder, {TWIN: bare})
    assert apply(vro, folder)["changed"] is False
    edited = bare.replace("System.log('hi');", "System.log('ho');").replace('version="1.0.0"', 'version="1.0.1"')
    put(folder, {TWIN: edited})
    if packed:
        put(folder, {TWIN: None, TWIN.replace(".xml", ".workflow"): artifacts.wrap("workflow", edited)})
    made = both(vro, folder)
    assert made["changed"] and SECRET not in json.dumps(made)
    content = str(store.workflows[IDS["Other twin"]].content)
    assert SECRET in content and "System.log('ho');" in content
