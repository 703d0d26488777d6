"""Workflows as content: import, export, shells, documents, deletion (contract section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.vro import element_files, workflow_model
from tests.simulator.vro.file_markup import decode
from tests.simulator.vro.store import WORKFLOW_CATEGORY, Package, Workflow
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro, attributes
from tests.unit.simulator.vro.uploading import exported, folder, message, upload

Maker = Callable[..., Vro]
GREET = files.identity("workflow", "Greet")
FORM = '{"layout":{"pages":[]},"schema":{"name":{"constraints":{"required":true}}},"itemId":""}'


def imported(vro: Vro, made: workflow_model.Workflow | None = None, path: str = "Kiwi Cloud/Greetings") -> str:
    """Imports a workflow; answers the id of its folder."""
    category = folder(vro, WORKFLOW_CATEGORY, path)
    reply = upload(
        vro, f"workflows?categoryId={category}", "greet.workflow", files.workflow_file(made or files.workflow())
    )
    assert 200 <= reply.status < 300, (reply.status, reply.body)
    return category


@pytest.mark.parametrize("version", VERSIONS)
def test_an_import_keeps_what_the_file_says(vro: Maker, version: str) -> None:
    one = vro(version)
    category = imported(one)
    document = one.get(f"workflows/{GREET}/")
    assert (document["name"], document["version"]) == ("Greet", "1.0.0")
    assert document["input-parameters"] == [{"name": "name", "type": "string", "description": "Who is greeted"}]
    assert document["output-parameters"] == [{"name": "greeting", "type": "string"}]
    assert document.get("category-id") == (category if version in MODERN else None)
    rels = {link["rel"] for link in document["relations"]["link"]}
    assert {"up", "executions", "presentation", "tasks", "icon", "schema", "permissions", "interactions"} <= rels
    row = next(row for row in one.rows("workflows") if row["id"] == GREET)
    assert (row["name"], row["categoryName"], row["canExecute"], row["type"]) == (
        "Greet",
        "Greetings",
        "true",
        "Workflow",
    )
    assert row["description"] is None
    assert ("categoryId" in row) is (version in MODERN)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("address", ["workflows/{}", "workflows/{}/", "content/workflows/{}"])
def test_an_export_can_be_imported_again(vro: Maker, version: str, address: str) -> None:
    one = vro(version)
    imported(one)
    content = exported(one, address.format(GREET))
    parts = element_files.open_archive(content)
    assert set(parts) == {"workflow-info", "workflow-content"}
    assert b"type=workflow" in parts["workflow-info"]
    assert parts["workflow-content"].startswith(b"\xfe\xff")
    other = vro(version)
    category = folder(other, WORKFLOW_CATEGORY)
    assert upload(other, f"workflows?categoryId={category}", "g.workflow", content).status in (200, 201, 202)
    mine, theirs = one.store.workflows[GREET], other.store.workflows[GREET]
    assert (mine.inputs, mine.outputs, mine.version) == (theirs.inputs, theirs.outputs, theirs.version)
    first, second = (workflow_model.parse(each.content).items for each in (mine, theirs))
    assert first == second


def test_an_export_names_its_file_and_needs_an_accept_that_takes_it(vro: Maker) -> None:
    one = vro("8.18")
    imported(one)
    reply = one.ask("GET", f"content/workflows/{GREET}", accept="*/*")
    assert reply.header("content-disposition") == "attachment; filename=Greet.workflow"
    assert one.ask("GET", f"content/workflows/{GREET}", accept="application/json").status == 406
    # The other address answers with the document.
    assert one.ask("GET", f"workflows/{GREET}", accept="*/*").document()["id"] == GREET


def test_a_native_export_drops_the_form(vro: Maker) -> None:
    one = vro("8.18")
    category = folder(one, WORKFLOW_CATEGORY)
    content = files.workflow_file(files.workflow(), FORM)
    assert upload(one, f"workflows?categoryId={category}", "g.workflow", content).status == 200
    stored = one.store.workflows[GREET]
    assert stored.form == FORM
    # What the form requires is mandatory, though the presentation does not say so.
    assert stored.mandatory == ("name",)
    assert element_files.FORM not in element_files.open_archive(exported(one, f"workflows/{GREET}"))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_existing_one_is_replaced_only_with_overwrite_and_where_it_is(vro: Maker, version: str) -> None:
    one = vro(version)
    category = imported(one)
    elsewhere = folder(one, WORKFLOW_CATEGORY, "Elsewhere")
    newer = files.workflow_file(files.workflow(version="1.1.0"))
    refused = upload(one, f"workflows?categoryId={elsewhere}", "g.workflow", newer)
    assert (refused.status, message(refused)) == (409, f"Workflow with ID '{GREET}' already exists")
    assert upload(one, f"workflows?categoryId={elsewhere}&overwrite=true", "g.workflow", newer).status < 300
    stored = one.store.workflows[GREET]
    assert (stored.version, stored.category_id) == ("1.1.0", category)


def test_a_category_can_be_a_field_of_the_form(vro: Maker) -> None:
    one = vro("9.1")
    category = folder(one, WORKFLOW_CATEGORY)
    reply = upload(one, "workflows", "g.workflow", files.workflow_file(files.workflow()), categoryId=category)
    assert reply.status == 201


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("how", ["archive", "content", "other", "empty"])
def test_a_bad_file_is_refused(vro: Maker, version: str, how: str) -> None:
    one = vro(version)
    category = folder(one, WORKFLOW_CATEGORY)
    content = files.workflow_file(files.workflow())
    bad = {
        "archive": files.corrupted(content, "archive"),
        "content": files.corrupted(content, "content"),
        "other": element_files.save_action(files.action()),
        "empty": b"",
    }[how]
    reply = upload(one, f"workflows?categoryId={category}", "g.workflow", bad)
    assert (reply.status, message(reply)) == (400, "Not a valid workflow file")
    assert GREET not in one.store.workflows


@pytest.mark.parametrize("version", VERSIONS)
def test_an_unknown_category_is_not_found(vro: Maker, version: str) -> None:
    one = vro(version)
    content = files.workflow_file(files.workflow())
    assert upload(one, "workflows?categoryId=0815", "g.workflow", content).status == 404
    module = one.store.ensure_category("ScriptModuleCategory", "com.example").id
    assert upload(one, f"workflows?categoryId={module}", "g.workflow", content).status == 404
    assert upload(one, "workflows", "g.workflow", content).status == 400


def test_names_are_unique_in_a_folder_and_nowhere_else(vro: Maker) -> None:
    one = vro("8.18")
    imported(one)
    twin = files.workflow("Greet")
    twin.id = "another-id"
    category = folder(one, WORKFLOW_CATEGORY)
    reply = upload(one, f"workflows?categoryId={category}&overwrite=true", "g.workflow", files.workflow_file(twin))
    assert reply.status == 409
    imported(one, twin, "Elsewhere")
    assert [row["id"] for row in one.rows("workflows") if row["name"] == "Greet"].count("another-id") == 1


@pytest.mark.parametrize("version", MODERN)
def test_an_empty_shell(vro: Maker, version: str) -> None:
    one = vro(version)
    category = folder(one, WORKFLOW_CATEGORY)
    reply = one.post("workflows", {"name": "Shell", "category-id": category})
    assert reply.status == 201
    made = reply.document()
    assert (made["name"], made["version"], made["input-parameters"]) == ("Shell", "0.0.0", [])
    assert str(reply.header("location")).endswith(f"/vco/api/workflows/{made['id']}/")
    assert one.post("workflows", {"name": "Shell", "category-id": category}).status == 409
    assert one.post("workflows", {"name": "a/b", "category-id": category}).status == 400
    assert one.post("workflows", {"name": "Shell", "category-id": "x"}).status == 404
    # It can be exported: a workflow that ends at once.
    content = element_files.open_archive(exported(one, f"workflows/{made['id']}"))["workflow-content"]
    assert workflow_model.parse(content).items["item0"].type == workflow_model.END


@pytest.mark.parametrize("version", ["7.3", "7.6"])
def test_before_8_there_are_no_shells(vro: Maker, version: str) -> None:
    one = vro(version)
    reply = one.post("workflows", {"name": "Shell", "category-id": folder(one, WORKFLOW_CATEGORY)})
    assert reply.status == 415
    imported(one)
    assert one.ask("GET", f"workflows/{GREET}/content").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_metadata_and_place_change_by_put(vro: Maker, version: str) -> None:
    one = vro(version)
    category = imported(one)
    elsewhere = folder(one, WORKFLOW_CATEGORY, "Elsewhere")
    body = {"name": "Welcome", "description": "Kia ora", "version": "1.2.0", "category-id": elsewhere}
    assert one.post(f"workflows/{GREET}", body, "PUT").status == 200
    stored = one.store.workflows[GREET]
    assert (stored.name, stored.description, stored.version) == ("Welcome", "Kia ora", "1.2.0")
    # 7.x has no call that moves one.
    assert stored.category_id == (elsewhere if version in MODERN else category)
    text = decode(element_files.open_archive(exported(one, f"workflows/{GREET}"))["workflow-content"])
    assert workflow_model.parse(text).name == "Welcome"
    assert one.post(f"workflows/{GREET}", {"name": "Welcome"}, "PUT").status == 200
    assert one.store.workflows[GREET].description is None
    assert one.post(f"workflows/{GREET}", {"description": "x"}, "PUT").status == 400


@pytest.mark.parametrize("version", MODERN)
def test_the_document_of_the_editor(vro: Maker, version: str) -> None:
    one = vro(version)
    category = imported(one)
    document = one.get(f"workflows/{GREET}/content")
    assert (document["id"], document["display-name"], document["restartMode"]) == (GREET, "Greet", 1)
    # It does not say where it is.
    assert category not in str(document)
    assert document["input"]["param"][0] | {"description": ""} == {"name": "name", "type": "string", "description": ""}
    task = next(item for item in document["workflow-item"] if item["type"] == "task")
    task["script"]["value"] = 'greeting = "changed";'
    document["version"] = "1.0.1"
    assert one.post(f"workflows/{GREET}/content", document, "PUT").status == 200
    stored = one.store.workflows[GREET]
    assert (stored.version, stored.category_id) == ("1.0.1", category)
    model = workflow_model.parse(stored.content)
    assert model.items["item1"].script == 'greeting = "changed";'
    assert model.items["item1"].in_bindings == (workflow_model.Binding("name", "string", "name"),)
    assert one.post(f"workflows/{GREET}/content", {**document, "id": "x"}, "PUT").status == 400
    assert one.post(f"workflows/{GREET}/content", {"display-name": ""}, "PUT").status == 400


def test_values_of_attributes_are_those_of_the_wire(vro: Maker) -> None:
    one = vro("8.18")
    made = files.workflow()
    made.attributes = (
        workflow_model.Attribute("times", "number", "", "20.0"),
        workflow_model.Attribute("words", "Array/string", "", "[8:string#a]"),
        workflow_model.Attribute("nothing", "string"),
        workflow_model.Attribute("secret", "SecureString", "", "s3cret"),
    )
    imported(one, made)
    document = one.get(f"workflows/{GREET}/content")
    assert document["attrib"] == [
        {"name": "times", "type": "number", "read-only": False, "value": {"number": {"value": 20}}},
        {
            "name": "words",
            "type": "Array/string",
            "read-only": False,
            "value": {"array": {"elements": [{"string": {"value": "a"}}]}},
        },
        {"name": "nothing", "type": "string", "read-only": False},
        {"name": "secret", "type": "SecureString", "read-only": False},
    ]
    document["attrib"][0]["value"] = {"number": {"value": 21}}
    assert one.post(f"workflows/{GREET}/content", document, "PUT").status == 200
    attributes_now = workflow_model.parse(one.store.workflows[GREET].content).attributes
    assert [each.value for each in attributes_now] == ["21.0", "[8:string#a]", None, None]
    document["attrib"][0]["value"] = {"string": {"value": "x"}}
    assert one.post(f"workflows/{GREET}/content", document, "PUT").status == 400


@pytest.mark.parametrize("version", MODERN)
def test_versions_bring_content_and_forms(vro: Maker, version: str) -> None:
    """As terraform-provider-aria makes a workflow: a shell, a version of it, and what is read of it then."""
    one = vro(version)
    category = folder(one, WORKFLOW_CATEGORY)
    identity = one.post("workflows", {"name": "Shell", "category-id": category}).document()["id"]
    assert len(one.get(f"workflows/{identity}/versions")["commits"]) == 1
    schema = {
        "id": identity,
        "display-name": "Renamed",
        "description": "",
        "category-id": category,
        "version": "0.1.0",
        "allowed-operations": "",
        "attrib": [],
        "object-name": "",
        "position": {"x": 100, "y": 50},
        "presentation": {},
        "restartMode": 0,
        "resumeFromFailedMode": 2,
        "root-name": "",
        "workflow-item": [],
        "input": {"param": [{"name": "a", "type": "string", "description": ""}]},
        "output": {"param": []},
        "api-version": "",
        "editor-version": "",
    }
    forms = [{"layout": {"pages": []}, "schema": {}}, {"layout": {}, "schema": {}, "itemId": "item2"}]
    body = {"inputForms": forms, "parentId": "", "workflowSchema": schema}
    made = one.post(f"workflows/{identity}/versions", body)
    assert made.status == 201
    reply = one.ask("GET", f"workflows/{identity}/content")
    assert reply.header("x-vro-changeset-sha") == made.document()["objectId"]
    document = reply.document()
    assert (document["display-name"], document["restartMode"], document["root-name"]) == ("Renamed", 0, "item0")
    assert (document["allowed-operations"], document["editor-version"]) == ("vef", "2.0")
    assert (document["presentation"], document["workflow-item"]) == ({}, [])
    assert document["position"] == {"x": 100, "y": 50}
    assert one.get(f"forms/?conditions=workflow={identity}&designerMod=true") == forms
    commits = one.get(f"workflows/{identity}/versions")["commits"]
    assert [each["commit"]["objectId"] for each in commits] == [made.document()["objectId"]]
    assert one.store.workflows[identity].category_id == category
    assert one.get(f"workflows/{identity}")["input-parameters"] == [{"name": "a", "type": "string"}]
    wrong: list[dict[str, Any]] = [
        {},
        {"workflowSchema": []},
        {"workflowSchema": {"display-name": ""}},
        {**body, "inputForms": {}},
    ]
    for bad in wrong:
        assert one.post(f"workflows/{identity}/versions", bad).status == 400
    assert one.ask("GET", "forms").status == 400


def test_a_workflow_without_parameters_has_empty_lists_in_its_document(vro: Maker) -> None:
    one = vro("8.18")
    made = one.post("workflows", {"name": "Shell", "category-id": folder(one, WORKFLOW_CATEGORY)}).document()
    document = one.get(f"workflows/{made['id']}/content")
    assert (document["input"], document["output"]) == ({"param": []}, {"param": []})


def test_pictures(vro: Maker) -> None:
    one = vro("7.6")
    imported(one)
    for name in ("icon", "schema"):
        reply = one.ask("GET", f"workflows/{GREET}/{name}", accept="*/*")
        assert reply.header("content-type") == "image/png"
        assert reply.body.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_package_or_a_workflow_uses_is_kept(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one)
    caller = files.workflow("Caller")
    caller.items["item1"].type, caller.items["item1"].linked_workflow_id = workflow_model.LINK, GREET
    imported(one, caller)
    one.store.packages["com.example"] = Package("p", "com.example", members={Workflow.kind: [caller.id]})
    words = "Workflow '{}' is in use. Specify '?force=true' parameter to delete it."
    for identity, name in ((GREET, "Greet"), (caller.id, "Caller")):
        reply = one.ask("DELETE", f"workflows/{identity}")
        assert (reply.status, message(reply)) == (409, words.format(name))
    assert one.ask("DELETE", f"workflows/{caller.id}?force=true").status == (204 if version in MODERN else 200)
    assert one.ask("DELETE", f"workflows/{GREET}").status == (204 if version in MODERN else 200)
    assert one.ask("GET", f"workflows/{GREET}").status == 404
    assert one.store.packages["com.example"].members[Workflow.kind] == []


def test_who_may_only_look_changes_nothing(vro: Maker) -> None:
    one = vro("7.6")
    imported(one)
    one.log_in("auditor@vsphere.local")
    row = next(attributes(each) for each in one.get("workflows")["link"] if attributes(each)["id"] == GREET)
    assert (row["canEdit"], row["canExecute"]) == ("false", "false")
    category = one.store.workflows[GREET].category_id
    content = files.workflow_file(files.workflow(version="2.0.0"))
    assert upload(one, f"workflows?categoryId={category}&overwrite=true", "g.workflow", content).status == 403
    assert one.ask("DELETE", f"workflows/{GREET}").status == 403
    assert one.post(f"workflows/{GREET}", {"name": "x"}, "PUT").status == 403
    assert exported(one, f"workflows/{GREET}")
