"""Actions and their modules (contract section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.vro import element_files, workflow_model
from tests.simulator.vro.store import MODULE_CATEGORY, WORKFLOW_CATEGORY, Action
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro
from tests.unit.simulator.vro.uploading import exported, folder, message, upload

Maker = Callable[..., Vro]
SHOUT = files.identity("action", "shout")
MODULE = files.MODULE
BODY: dict[str, Any] = {
    "name": "shout",
    "module": MODULE,
    "version": "1.2.0",
    "script": "return text;",
    "output-type": "string",
    "input-parameters": [{"name": "text", "type": "string", "description": "What"}],
}


def with_module(vro: Vro) -> Vro:
    """The same, with the module there."""
    folder(vro, MODULE_CATEGORY, MODULE)
    return vro


def imported(vro: Vro, version: str = "1.0.0", query: str = f"categoryName={MODULE}") -> int:
    """Imports the action; answers the status."""
    content = element_files.save_action(files.action(version=version))
    return upload(vro, f"actions?{query}", "shout.action", content).status


@pytest.mark.parametrize("version", VERSIONS)
def test_an_import_needs_its_module(vro: Maker, version: str) -> None:
    one = vro(version)
    content = element_files.save_action(files.action())
    refused = upload(one, f"actions?categoryName={MODULE}", "shout.action", content)
    assert (refused.status, message(refused)) == (404, "Action category name not found")
    with_module(one)
    assert imported(one) in (200, 201, 202)
    document = one.get(f"actions/{SHOUT}")
    assert (document["module"], document["fqn"]) == (MODULE, f"{MODULE}/shout")
    assert (document["output-type"], document["script"], document["version"]) == (
        "string",
        "return text.toUpperCase();",
        "1.0.0",
    )
    assert document["input-parameters"] == [{"name": "text", "type": "string", "description": "What is shouted"}]
    assert ("bundleHasContent" in document) is (version in MODERN)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_module_may_be_a_field_of_the_form(vro: Maker, version: str) -> None:
    one = with_module(vro(version))
    content = element_files.save_action(files.action())
    assert upload(one, "actions", "shout.action", content, categoryName=MODULE).status < 300
    assert upload(one, "actions", "shout.action", content).status == 400
    # It is there now.
    assert upload(one, "actions", "shout.action", content, categoryName=MODULE).status == 409
    assert upload(one, "actions", "shout.action", content, categoryName=MODULE, overwrite="true").status < 300
    assert imported(one, "2.0.0", f"categoryName={MODULE}&overwrite=true") < 300
    assert one.store.actions[SHOUT].version == "2.0.0"


def test_a_bad_file_is_refused(vro: Maker) -> None:
    one = with_module(vro("8.18"))
    content = element_files.save_action(files.action())
    for bad in (files.corrupted(content, "content"), files.workflow_file(files.workflow())):
        reply = upload(one, f"actions?categoryName={MODULE}", "shout.action", bad)
        assert (reply.status, message(reply)) == (400, "Not a valid action file")


@pytest.mark.parametrize("version", VERSIONS)
def test_lists_have_no_module(vro: Maker, version: str) -> None:
    one = with_module(vro(version))
    imported(one)
    row = next(each for each in one.rows("actions?conditions=name=nothing") if each["id"] == SHOUT)
    assert row == {"id": SHOUT, "name": "shout", "description": None, "fqn": f"{MODULE}/shout", "version": "1.0.0"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_artifact_is_there_by_id_alone(vro: Maker, version: str) -> None:
    one = with_module(vro(version))
    imported(one)
    by_name = one.get(f"actions/{MODULE}/shout/")
    assert by_name == one.get(f"actions/{SHOUT}/")
    content = exported(one, f"actions/{SHOUT}/")
    again = element_files.open_action(content, "")
    assert (again.name, again.script, again.inputs) == (
        "shout",
        "return text.toUpperCase();",
        one.store.actions[SHOUT].inputs,
    )
    # The artifact does not say its module.
    assert MODULE.encode("utf-16-be") not in content
    refused = one.ask("GET", f"actions/{MODULE}/shout", accept="application/zip")
    assert refused.status == 400
    assert str(refused.header("content-type")).startswith("text/html")
    assert one.ask("GET", f"actions/{MODULE}/nothing").status == 404


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_a_document_makes_an_action_and_its_module(vro: Maker, version: str) -> None:
    one = vro(version)
    reply = one.post("actions", BODY)
    assert reply.status == 201
    made = reply.document()
    assert (made["fqn"], made["version"], made["input-parameters"]) == (
        f"{MODULE}/shout",
        "1.2.0",
        BODY["input-parameters"],
    )
    assert one.store.category_at(MODULE_CATEGORY, MODULE) is not None
    assert one.post("actions", BODY).status == 409
    assert one.post("actions", {**BODY, "name": None}).status == 400
    assert one.post("actions", {**BODY, "module": ""}).status == 400
    assert one.post("actions", {**BODY, "name": "x", "input-parameters": [{"name": "a"}]}).status == 400
    defaults = one.post("actions", {"name": "least", "module": MODULE}).document()
    assert (defaults["version"], defaults["output-type"], defaults["script"]) == ("1.0.0", "void", "")


def test_in_7_3_there_are_no_documents(vro: Maker) -> None:
    one = with_module(vro("7.3"))
    assert one.post("actions", BODY).status == 415
    imported(one)
    assert one.post(f"actions/{SHOUT}", BODY, "PUT").status == 405


def test_polyglot_actions(vro: Maker) -> None:
    one = vro("8.18")
    made = one.post("actions", {**BODY, "runtime": "python:3.11"}).document()
    assert one.get(f"actions/{made['id']}")["runtime"] == "python:3.11"
    assert element_files.open_action(exported(one, f"actions/{made['id']}"), "").runtime == "python:3.11"


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_a_put_answers_an_envelope_and_clears_what_it_leaves_out(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = one.post("actions", {**BODY, "description": "Shouts"}).document()["id"]
    reply = one.post(f"actions/{identity}", {"name": "shout", "module": MODULE, "script": "return 1;"}, "PUT")
    assert (reply.status, reply.document()) == (200, {"errors": []})
    document = one.get(f"actions/{identity}")
    assert (document["script"], document["input-parameters"], document["description"]) == ("return 1;", [], "")
    # A PUT does not force another version.
    assert document["version"] == "1.2.0"


def test_an_action_moves_to_a_module_that_is_there(vro: Maker) -> None:
    one = vro("8.18")
    identity = one.post("actions", BODY).document()["id"]
    moved = {**BODY, "module": "com.example.other"}
    assert one.post(f"actions/{identity}", moved, "PUT").status == 404
    one.post("actions", {"name": "first", "module": "com.example.other"})
    assert one.post(f"actions/{identity}", moved, "PUT").status == 200
    assert one.get(f"actions/{identity}")["module"] == "com.example.other"
    assert one.store.category_at(MODULE_CATEGORY, MODULE) is None
    twin = one.post("actions", BODY).document()["id"]
    assert one.post(f"actions/{twin}", moved, "PUT").status == 409


@pytest.mark.parametrize("version", VERSIONS)
def test_a_module_goes_with_its_last_action(vro: Maker, version: str) -> None:
    one = with_module(vro(version))
    imported(one)
    other = Action("a2", "whisper", one.store.actions[SHOUT].category_id)
    one.store.add(other)
    assert one.ask("DELETE", "actions/a2").status == (204 if version in MODERN else 200)
    assert one.store.category_at(MODULE_CATEGORY, MODULE) is not None
    assert one.ask("DELETE", f"actions/{SHOUT}").status < 300
    assert one.store.category_at(MODULE_CATEGORY, MODULE) is None
    assert one.ask("DELETE", f"actions/{SHOUT}").status == 404


def test_an_action_that_a_workflow_calls_is_in_use(vro: Maker) -> None:
    one = with_module(vro("9.1"))
    imported(one)
    caller = files.workflow("Caller")
    caller.items["item1"].script_module = f"{MODULE}/shout"
    category = folder(one, WORKFLOW_CATEGORY)
    assert upload(one, f"workflows?categoryId={category}", "c.workflow", files.workflow_file(caller)).status == 201
    assert workflow_model.parse(one.store.workflows[caller.id].content).items["item1"].script_module
    reply = one.ask("DELETE", f"actions/{SHOUT}")
    assert (reply.status, "is in use" in message(reply)) == (409, True)
    assert one.ask("DELETE", f"actions/{SHOUT}?force=true").status == 204
