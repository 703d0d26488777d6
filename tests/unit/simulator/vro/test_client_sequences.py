"""Sequences of requests as public clients send them, spelled as they spell them; what each of them reads is there.

PV: PowervRO; BT: VMware's Build Tools for Aria (RestClientVro); VDT: VMware's developer tools (VroRestClient); MCP:
mcp-vcf-orchestrator; TF: terraform-provider-aria. The genuine Build Tools run in tests/conformance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulator.vro import element_files
from tests.simulator.vro.package_files import Signer, open_package, save_package
from tests.simulator.vro.store import CONFIGURATION_CATEGORY, RESOURCE_CATEGORY, WORKFLOW_CATEGORY
from tests.simulator.wire import Reply
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import MODERN, Vro, attributes
from tests.unit.simulator.vro.uploading import exported, folder, upload

Maker = Callable[..., Vro]
NAME = "com.example.greetings-1.0.0"
GREET = files.identity("workflow", "Greet")


def package() -> bytes:
    """A package of the name that the Build Tools give one."""
    return save_package(files.package(NAME), Signer.of("tests.example.com"))


def named(document: Any, name: str) -> Iterator[Any]:
    """BT's `$..[?(@.name == 'name')].value`."""
    if isinstance(document, dict):
        if document.get("name") == name and "value" in document:
            yield document["value"]
        document = list(document.values())
    for one in document if isinstance(document, list) else []:
        yield from named(one, name)


def powervro(vro: Vro, target: str, name: str, content: bytes) -> Reply:
    """PV joins the form as text of ISO-8859-1, without a space behind `Content-Type:`, and ends it with line ends."""
    boundary = "0f8fad5b-d9cb-469f-a165-70867728950e"
    text = "\r\n".join(
        [
            f"--{boundary}",
            f'Content-Disposition: form-data; name="file"; filename="{name}"',
            "Content-Type:application/octet-stream\r\n",
            content.decode("iso-8859-1"),
            f"--{boundary}--\r\n",
        ]
    )
    return vro.ask(
        "POST",
        target,
        text.encode("iso-8859-1"),
        accept="Application/json",
        content_type=f"multipart/form-data; boundary={boundary}",
    )


@pytest.mark.parametrize("version", ["7.3", "7.6"])
def test_powervro(vro: Maker, version: str) -> None:
    one = vro(version)
    category = folder(one, WORKFLOW_CATEGORY, "Test")
    content = files.workflow_file(files.workflow())
    assert (
        powervro(one, f"/vco/api/workflows?categoryId={category}&overwrite=true", "a.workflow", content).status == 202
    )
    rows = one.rows("/vco/api/workflows/?conditions=name=Greet")
    assert [row["id"] for row in rows] == [GREET]

    def zipped(target: str) -> Reply:
        return one.ask("GET", target, accept="Application/zip", content_type="Application/zip;charset=utf-8")

    assert element_files.open_workflow(zipped(f"/vco/api/workflows/{GREET}").body, "").id == GREET
    # What it does with an exported action: the name of the file is what follows the equals sign.
    one.store.ensure_category("ScriptModuleCategory", "com.example")
    action = element_files.save_action(files.action())
    assert powervro(one, "/vco/api/actions?categoryName=com.example", "a.action", action).status == 202
    reply = zipped(f"/vco/api/actions/{files.identity('action', 'shout')}")
    assert str(reply.header("content-disposition")).split("=")[1] == "shout.action"
    settings = folder(one, CONFIGURATION_CATEGORY, "Test")
    text = element_files.write_configuration(files.configuration(), 7).encode()
    assert powervro(one, f"/vco/api/configurations?categoryId={settings}", "c.vsoconf", text).status == 202
    resources = folder(one, RESOURCE_CATEGORY, "Test")
    assert powervro(one, f"/vco/api/resources?categoryId={resources}", "r.json", b'{"a": "\xc3\xa4"}').status == 202
    row = next(row for row in one.rows("/vco/api/resources") if row["name"] == "r.json")
    assert row["mime-type"] == "application/json"
    # It sends a blank before the type.
    assert (
        one.ask("GET", f"/vco/api/resources/{row['id']}", accept=" application/octet-stream").body
        == b'{"a": "\xc3\xa4"}'
    )
    assert powervro(one, f"/vco/api/resources/{row['id']}", "r.json", b"{}").status == 200
    query = "overwrite=true&importConfigurationAttributeValues=true&tagImportMode=DoNotImport"
    assert powervro(one, f"/vco/api/packages?{query}", "p.package", package()).status == 202
    document = one.get(f"/vco/api/packages/{NAME}/")
    assert document["usedPlugins"] == []
    export = f"/vco/api/packages/{NAME}/?exportConfigurationAttributeValues=true&exportGlobalTags=true"
    assert open_package(zipped(export).body).name == NAME
    # Its switch for content sends the option behind a slash.
    assert one.ask("DELETE", f"/vco/api/packages/{NAME}/?option=deletePackageWithContent").status == 200
    assert [item["moduleName"] for item in one.get("/vco/api/plugins")["plugin"]]


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_build_tools(vro: Maker, version: str) -> None:
    one = vro(version)
    query = (
        "overwrite=true&tagImportMode=ImportButPreserveExistingValue&importConfigurationAttributeValues=false"
        "&importConfigSecureStringAttributeValues=false"
    )
    # It adds parts that mean nothing, one of them called Content-Type.
    stray = {"name": NAME, "Content-Type": "application/octet-stream"}
    assert upload(one, f"/vco/api/packages?{query}", f"{NAME}.package", package(), **stray).status == 202
    assert NAME in list(named(one.get("/vco/api/packages", content_type="application/json"), "name"))
    document = one.get(f"/vco/api/packages/{NAME}")
    for family, wrapper in (
        ("workflows", "workflow"),
        ("actions", "actions"),
        ("configurations", "configuration"),
        ("resources", "resource"),
    ):
        (member,) = document[family]
        found = attributes(member[wrapper])
        assert found["id"] and found["name"]
        reply = one.ask("DELETE", f"/vco/api/{family}/{found['id']}?force=true", content_type="application/json")
        assert reply.status in (200, 204)
    export = (
        f"/vco/api/packages/{NAME}/?exportConfigurationAttributeValues=true&exportGlobalTags=true"
        "&exportVersionHistory=true&exportAsZip=true&exportConfigSecureStringAttributeValues=false"
    )
    assert open_package(exported(one, export, "application/octet-stream, */*")).elements == []
    assert one.ask("DELETE", f"/vco/api/packages/{NAME}?option=deletePackageWithContent").status in (200, 204)


@pytest.mark.parametrize("version", MODERN)
def test_what_build_tools_read_of_a_workflow(vro: Maker, version: str) -> None:
    one = vro(version)
    upload(one, "/vco/api/packages?overwrite=true", "p.package", package())
    document = one.get(f"/vco/api/workflows/{GREET}/content")
    assert {each["name"]: each["type"] for each in document["input"]["param"]} == {"name": "string"}


@pytest.mark.parametrize("version", ["7.3", "7.6", *MODERN])
def test_developer_tools(vro: Maker, version: str) -> None:
    one = vro(version)
    assert upload(one, "/vco/api/content/packages?overwrite=true", "exec.package", package()).status == 202
    links = one.get("/vco/api/packages")["link"]
    assert NAME in [attributes(each)["name"] for each in links]
    action = next(row for row in one.rows("/vco/api/actions") if row["name"] == "shout")
    assert str(action["fqn"]).split("/") == [files.MODULE, "shout"]
    assert element_files.open_action(exported(one, f"/vco/api/actions/{action['id']}/"), "").name == "shout"
    assert element_files.open_workflow(exported(one, f"/vco/api/content/workflows/{GREET}/", "*/*"), "").name == "Greet"
    motd = files.identity("resource", "motd.txt")
    assert exported(one, f"/vco/api/resources/{motd}/", "application/octet-stream") == b"Kia ora\n"
    assert one.get(f"/vco/api/resources/{motd}")["name"] == "motd.txt"
    assert exported(one, f"/vco/api/workflows/{GREET}/schema", "*/*").startswith(b"\x89PNG")
    assert one.ask("DELETE", f"/vco/api/packages/{NAME}/?option=deletePackage").status in (200, 204)


@pytest.mark.parametrize("version", MODERN)
def test_mcp(vro: Maker, version: str) -> None:
    one = vro(version)
    # An import of an action fails first, and is made possible by an action of its module.
    artifact = element_files.save_action(files.action())
    assert upload(one, "/vco/api/actions", "a.action", artifact, categoryName="com.example").status == 404
    made = one.post("/vco/api/actions", {"name": "first", "module": "com.example", "script": "return 1;"}).document()
    assert upload(one, "/vco/api/actions", "a.action", artifact, categoryName="com.example").status in (200, 201)
    current = one.get(f"/vco/api/actions/{made['id']}")
    body = {
        "name": current["name"],
        "module": current["module"],
        "id": made["id"],
        "version": current["version"],
        "script": "return 2;",
        "output-type": current["output-type"],
        "input-parameters": [],
    }
    assert one.post(f"/vco/api/actions/{made['id']}", body, "PUT").document() == {"errors": []}
    assert one.get(f"/vco/api/actions/{made['id']}")["script"] == "return 2;"
    resources = folder(one, RESOURCE_CATEGORY, "Test")
    assert upload(one, "/vco/api/resources", "r.txt", b"x", categoryId=resources).status in (200, 201)
    project = "com.example.project"
    assert one.ask("GET", f"/vco/api/packages/{project}").status == 404
    assert one.post(f"/vco/api/packages/{project}", {"description": "Mine"}, "PUT").status == 201
    assert one.post(f"/vco/api/packages/{project}/action/com.example/first", {}).status in (200, 201)
    assert one.post(f"/vco/api/packages/{project}/rebuild", {}).status in (200, 204)
    content = exported(one, f"/vco/api/content/packages/{project}?exportVersionHistory=false")
    assert [each.id for each in open_package(content).elements] == [made["id"]]
    details = upload(one, "/vco/api/packages/import-details", "p.package", content).document()
    assert {each["versionComparison"] for each in details["importElementDetails"]} == {"sameVersions"}
    assert upload(one, "/vco/api/packages?overwrite=true", "p.package", content).status == 202
    assert one.ask("DELETE", f"/vco/api/packages/{project}?option=deletePackage").status == 204
    plugins = one.ask("GET", "/vco/api/plugins?conditions=name~REST&maxResult=100&startIndex=0&queryCount=true")
    assert plugins.status == 200


def test_terraform_provider(vro: Maker) -> None:
    one = vro("8.18")
    category = folder(one, CONFIGURATION_CATEGORY, "Test")
    secret = {
        "name": "p",
        "description": "",
        "type": "SecureString",
        "value": {"secure-string": {"value": "s", "isPlainText": True}},
    }
    body = {
        "name": "Settings",
        "description": "",
        "category-id": category,
        "version": "1.0.0",
        "attributes": [
            {"name": "a", "description": "", "type": "string", "value": {"string": {"value": "x"}}},
            secret,
        ],
    }
    reply = one.post("/vco/api/configurations", body)
    assert reply.status == 201
    made = reply.document()
    assert (made["category-id"], made["version"]) == (category, "1.0.0")
    reply = one.post(f"/vco/api/configurations/{made['id']}", {**body, "id": made["id"], "version": "1.0.1"}, "PUT")
    assert (reply.status, reply.body) == (204, b"")
    assert one.get(f"/vco/api/configurations/{made['id']}")["version"] == "1.0.1"
    shell = one.post("/vco/api/workflows", {"name": "Shell", "category-id": folder(one, WORKFLOW_CATEGORY)})
    assert shell.status == 201
    content = one.get(f"/vco/api/workflows/{shell.document()['id']}/content")
    assert json.dumps(content["restartMode"]) == "1"
    assert content["workflow-item"][0]["type"] == "end"
    assert one.ask("DELETE", f"/vco/api/workflows/{shell.document()['id']}?force=true").status == 204
