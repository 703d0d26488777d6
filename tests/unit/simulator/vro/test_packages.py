"""Packages on a server: import, dry run, export, members, deletion (contract sections 13.3 and 13.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from tests.simulator.vro import element_files, workflow_model
from tests.simulator.vro.package_files import PackageFile, Signer, open_package, save_package
from tests.simulator.vro.store import (
    CONFIGURATION_CATEGORY,
    MODULE_CATEGORY,
    WORKFLOW_CATEGORY,
    Action,
    Configuration,
    Workflow,
)
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro, attributes
from tests.unit.simulator.vro.uploading import exported, folder, message, upload

Maker = Callable[..., Vro]
NAME = "com.example.greetings"
GREET = files.identity("workflow", "Greet")
SHOUT = files.identity("action", "shout")
SETTINGS = files.identity("configuration", "Greetings")
MOTD = files.identity("resource", "motd.txt")
SIGNER = Signer.of("tests.example.com")


@lru_cache  # signing takes a while
def content(version: str = "1.0.0", name: str = NAME, script: str = files.SCRIPT) -> bytes:
    """The file of a package whose elements have this version."""
    return save_package(files.package(name, version, script, ["REST#1.0.0"]), SIGNER)


def imported(vro: Vro, file: bytes | None = None, query: str = "overwrite=true") -> None:
    """Imports a package."""
    reply = upload(vro, f"packages?{query}", "p.package", content() if file is None else file)
    assert (reply.status, reply.body) == (202, b""), reply.body


def versions(vro: Vro) -> dict[str, str]:
    """Versions of the elements by id."""
    return {one.id: one.version for one in vro.store.elements() if one.id in (GREET, SHOUT, SETTINGS, MOTD)}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_an_import_brings_is_there_at_once(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one)
    document = one.get(f"packages/{NAME}/")
    assert (document["name"], document["description"]) == (NAME, "Greetings for everybody")
    (workflow,) = document["workflows"]
    (action,) = document["actions"]
    (configuration,) = document["configurations"]
    (resource,) = document["resources"]
    assert attributes(workflow["workflow"])["version"] == "1.0.0"
    # Captured: the wrapper of an action is called like the list.
    found = attributes(action["actions"])
    assert (found["fqn"], found["result-type"], found["module"]) == (f"{files.MODULE}/shout", "string", files.MODULE)
    assert action["actions"]["rel"] == "action"
    assert attributes(configuration["configuration"])["id"] == SETTINGS
    assert attributes(resource["resource"])["mimeType"] == "text/plain"
    assert document["usedPlugins"] == [
        {"name": "REST", "version": "1.0.0", "server-version": one.store.plugins["REST"].version}
    ]
    assert ("policyTemplates" in document) is (version != "9.1")
    row = next(each for each in one.rows("packages") if each["name"] == NAME)
    assert (row["id"], row["description"]) == (document["id"], "Greetings for everybody")
    assert one.get(f"workflows/{GREET}")["name"] == "Greet"
    place = one.store.categories[one.store.workflows[GREET].category_id]
    assert one.store.path_of(place) == "Kiwi Cloud/Greetings"
    assert one.get(f"actions/{files.MODULE}/shout")["id"] == SHOUT
    assert exported(one, f"resources/{MOTD}", "*/*") == b"Kia ora\n"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_content_service_is_the_same(vro: Maker, version: str) -> None:
    one = vro(version)
    assert upload(one, "content/packages?overwrite=true", "p.package", content()).status == 202
    assert open_package(exported(one, f"content/packages/{NAME}", "*/*")).name == NAME


@pytest.mark.parametrize("version", VERSIONS)
def test_an_export_can_be_imported_elsewhere(vro: Maker, version: str) -> None:
    one, other = vro(version), vro(version)
    imported(
        one,
        query="overwrite=true&importConfigurationAttributeValues=true&tagImportMode=ImportAndOverwriteExistingValue",
    )
    file = exported(one, f"packages/{NAME}/?exportGlobalTags=true")
    package = open_package(file)
    assert (package.name, package.verified, package.elements[0].tags) == (NAME, True, ["greetings"])
    assert "vRO" in str(package.certificate and package.certificate.subject.rfc4514_string())
    imported(other, file, "overwrite=true&importConfigurationAttributeValues=true")
    for kind in (Workflow.kind, Action.kind, Configuration.kind):
        mine, theirs = one.store.of_kind(kind), other.store.of_kind(kind)
        for identity in {GREET, SHOUT, SETTINGS} & set(mine):
            assert theirs[identity].version == mine[identity].version
    assert other.store.actions[SHOUT].script == one.store.actions[SHOUT].script
    word = other.store.configurations[SETTINGS].attributes[0]
    assert word.value == {"string": {"value": "Hello"}}


@pytest.mark.parametrize("version", VERSIONS)
def test_values_and_secrets_are_imported_when_asked_for(vro: Maker, version: str) -> None:
    def found(query: str) -> tuple[Any, Any]:
        one = vro(version)
        imported(one, query=f"overwrite=true&{query}")
        by_name = {each.name: each.value for each in one.store.configurations[SETTINGS].attributes}
        return by_name["word"], by_name["password"]

    word, password = {"string": {"value": "Hello"}}, {"secure-string": {"value": "s3cret"}}
    modern = version in MODERN
    assert found("") == (None, None)
    assert found("importConfigurationAttributeValues=true") == (word, None if modern else password)
    both = "importConfigurationAttributeValues=true&importConfigSecureStringAttributeValues=true"
    assert found(both) == (word, password)


def test_values_that_are_not_imported_stay(vro: Maker) -> None:
    one = vro("8.18")
    imported(one, query="overwrite=true&importConfigurationAttributeValues=true")
    one.store.configurations[SETTINGS].attributes[0].value = {"string": {"value": "Kia ora"}}
    imported(one, content("1.1.0"))
    attribute = one.store.configurations[SETTINGS].attributes[0]
    assert (attribute.value, versions(one)[SETTINGS]) == ({"string": {"value": "Kia ora"}}, "1.1.0")


@pytest.mark.parametrize("version", VERSIONS)
def test_overwrite_and_versions(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one, content("1.1.0"))
    older = upload(one, "packages", "p.package", content("1.0.0"))
    assert (older.status, "older version" in message(older)) == (409, True)
    assert set(versions(one).values()) == {"1.1.0"}
    # Equal ones stay as they are, newer ones come, without overwrite.
    imported(one, content("1.1.0", script="greeting = 1;"), "overwrite=false")
    assert "greeting = 1;" not in one.store.workflows[GREET].content
    imported(one, content("1.10.0"), "overwrite=false")
    assert set(versions(one).values()) == {"1.10.0"}
    imported(one, content("1.0.0", script="greeting = 1;"))
    assert set(versions(one).values()) == {"1.0.0"}
    assert "greeting = 1;" in one.store.workflows[GREET].content


def test_without_overwrite_a_package_is_added_to(vro: Maker) -> None:
    one = vro("8.18")
    imported(one)
    least = open_package(content())
    least.elements = least.elements[:1]
    file = save_package(least, SIGNER)
    imported(one, file, "overwrite=false")
    assert len(one.get(f"packages/{NAME}")["actions"]) == 1
    imported(one, file)
    assert one.get(f"packages/{NAME}")["actions"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_bad_files(vro: Maker, version: str) -> None:
    one = vro(version)
    for how in files.CORRUPTIONS:
        reply = upload(one, "packages?overwrite=true", "p.package", files.corrupted(content(), how))
        assert reply.status == 400, how
    assert NAME not in one.store.packages
    assert GREET not in one.store.workflows
    assert upload(one, "packages?tagImportMode=Some", "p.package", content()).status == 400
    assert one.post("packages", {}).status == 415


def test_a_name_that_is_taken_in_the_folder(vro: Maker) -> None:
    one = vro("9.1")
    category = folder(one, WORKFLOW_CATEGORY)
    one.store.add(Workflow("w", "Greet", category))
    assert upload(one, "packages?overwrite=true", "p.package", content()).status == 409
    assert not one.store.packages
    rows = upload(one, "packages/import-details", "p.package", content()).document()["importElementDetails"]
    assert [row["hasNameConflict"] for row in rows] == [True, False, False, False]


@pytest.mark.parametrize("version", MODERN)
def test_the_dry_run(vro: Maker, version: str) -> None:
    one = vro(version)
    details = upload(one, "packages/import-details", "p.package", content()).document()
    assert (details["packageName"], details["packageAlreadyExists"], details["contentVerified"]) == (NAME, False, True)
    assert details["certificateInfo"]["commonName"] == "tests.example.com"
    assert (details["certificateValid"], details["certificateTrusted"], details["certificateUnknown"]) == (
        True,
        False,
        True,
    )
    first = details["importElementDetails"][0]
    assert (first["type"], first["fileObjectName"], first["fileCategory"]) == (
        "Workflow",
        "Greet",
        "Kiwi Cloud/Greetings",
    )
    assert (first["serverObjectName"], first["importIt"]) == (None, True)
    assert first["versionComparison"] != "sameVersions"
    assert not one.store.packages
    imported(one)
    # The certificate is known from then on, and equal versions are not looked into.
    details = upload(one, "packages/import-details", "p.package", content(script="greeting = 1;")).document()
    assert (details["packageAlreadyExists"], details["certificateTrusted"]) == (True, True)
    assert {row["versionComparison"] for row in details["importElementDetails"]} == {"sameVersions"}
    assert not any(row["importIt"] for row in details["importElementDetails"])
    details = upload(one, "packages/import-details", "p.package", content("0.9.0")).document()
    assert not any(row["importIt"] for row in details["importElementDetails"])
    assert upload(one, "packages/import-details", "p.package", b"x").status == 400
    # It changes nothing, and everybody who may look may ask.
    one.log_in("auditor@System Domain" if version == "8.18" else "auditor")
    assert upload(one, "packages/import-details", "p.package", content()).status == 200
    assert upload(one, "packages", "p.package", content()).status == 403


@pytest.mark.parametrize("version", ["7.3", "7.6"])
def test_before_8_there_is_no_dry_run(vro: Maker, version: str) -> None:
    assert upload(vro(version), "packages/import-details", "p.package", content()).status in (404, 405)


@pytest.mark.parametrize("version", VERSIONS)
def test_exports_without_values(vro: Maker, version: str) -> None:
    one = vro(version)
    both = "importConfigurationAttributeValues=true&importConfigSecureStringAttributeValues=true"
    imported(one, query=f"overwrite=true&{both}")

    def words(query: str) -> tuple[bool, bool]:
        package = open_package(exported(one, f"packages/{NAME}?{query}", "application/octet-stream, */*"))
        data = next(each.data for each in package.elements if each.type == "ConfigurationElement").decode("utf-16")
        again = element_files.read_configuration(data, "")
        by_name = {each.name: each.value for each in again.attributes}
        return by_name["word"] is not None, by_name["password"] is not None

    modern = version in MODERN
    assert words("") == (True, not modern)
    assert words("exportConfigurationAttributeValues=false") == (False, False)
    assert words("exportConfigSecureStringAttributeValues=true") == (True, True)
    assert one.ask("GET", f"packages/{NAME}", accept="*/*").document()["name"] == NAME
    assert one.ask("GET", "packages/nothing", accept="application/zip").status == 404


def test_a_package_keeps_the_form_that_a_native_export_drops(vro: Maker) -> None:
    one = vro("9.1")
    package = files.package(NAME)
    package.elements[0].form = '{"layout":{}}'
    imported(one, save_package(package, SIGNER))
    assert open_package(exported(one, f"packages/{NAME}")).elements[0].form == '{"layout":{}}'


@pytest.mark.parametrize("version", VERSIONS)
def test_members(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one)
    name = "com.example.project"
    assert one.post(f"packages/{name}", {}, "PUT").status == 201
    assert one.post(f"packages/{name}", {}, "PUT").status == 409
    for path in (f"workflow/{GREET}", f"action/{files.MODULE}/shout", f"configuration/{SETTINGS}", f"resource/{MOTD}"):
        assert one.post(f"packages/{name}/{path}", {}).status in (200, 201), path
    document = one.get(f"packages/{name}")
    assert [len(document[kind]) for kind in ("workflows", "actions", "configurations", "resources")] == [1, 1, 1, 1]
    assert one.post(f"packages/{name}/workflow/nothing", {}).status == 404
    assert one.post(f"packages/{name}/action/{files.MODULE}/nothing", {}).status == 404
    assert one.ask("DELETE", f"packages/{name}/workflow/{GREET}").status in (200, 204)
    assert one.ask("DELETE", f"packages/{name}/workflow/{GREET}").status == 404
    assert one.ask("DELETE", f"packages/{name}/action/{files.MODULE}/shout").status in (200, 204)
    assert not one.get(f"packages/{name}").get("workflows")
    category = folder(one, WORKFLOW_CATEGORY, "Kiwi Cloud")
    assert one.post(f"packages/{name}/workflow_category/{category}", {}).status in (200, 201)
    assert one.post(f"packages/{name}/action/{files.MODULE}/", {}).status in (200, 201)
    assert one.post(f"packages/{name}/configuration_category/Kiwi Cloud.Greetings/", {}).status in (200, 201)
    document = one.get(f"packages/{name}")
    assert [len(document[kind]) for kind in ("workflows", "actions", "configurations")] == [1, 1, 1]


@pytest.mark.parametrize("version", VERSIONS)
def test_folders_as_a_public_client_adds_them(vro: Maker, version: str) -> None:
    """Of configuration and resource elements it names every folder, so that those below one are not meant."""
    one = vro(version)
    imported(one)
    settings = files.configuration("Dotted")
    settings.category_id = folder(one, CONFIGURATION_CATEGORY, "Kiwi Cloud/v1.2")
    one.store.add(settings)
    name = "com.example.project"
    one.post(f"packages/{name}", {}, "PUT")
    for path in (
        "configuration_category/Kiwi%20Cloud/",
        "configuration_category/Kiwi%20Cloud.v1.2/",
        "resource_category/Kiwi%20Cloud.Greetings/",
    ):
        assert one.post(f"packages/{name}/{path}", {}).status in (200, 201)
    assert one.post(f"packages/{name}/resource_category/Nothing/", {}).status == 404
    document = one.get(f"packages/{name}")
    assert [attributes(each["configuration"])["name"] for each in document["configurations"]] == ["Dotted"]
    assert len(document["resources"]) == 1


def test_members_by_put_and_patch(vro: Maker) -> None:
    one = vro("8.18")
    imported(one)
    name = "com.example.project"
    body = {"description": "Mine", "items": {"workflows": [GREET], "actions": [SHOUT]}}
    assert one.post(f"packages/{name}", body, "PUT").status == 201
    assert one.get(f"packages/{name}")["description"] == "Mine"
    change = {"add-items": {"resources": [MOTD]}, "delete-items": {"actions": [SHOUT]}, "name": "com.example.renamed"}
    assert one.post(f"packages/{name}", change, "PATCH").status == 204
    assert one.ask("GET", f"packages/{name}").status == 404
    document = one.get("packages/com.example.renamed")
    assert [len(document[kind]) for kind in ("workflows", "actions", "resources")] == [1, 0, 1]
    assert one.post("packages/com.example.renamed", {"name": NAME}, "PATCH").status == 409
    assert one.post("packages/com.example.renamed", {"items": {"workflows": []}}, "PATCH").status == 204
    assert one.get("packages/com.example.renamed")["resources"] == []
    assert one.post("packages/x", {"items": {"workflows": ["nothing"]}}, "PUT").status == 404
    assert one.post("packages/x", {"items": {"things": []}}, "PUT").status == 400
    assert "x" not in one.store.packages


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rebuild_finds_what_is_needed(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one)
    caller = files.workflow("Caller")
    caller.items["item1"].type, caller.items["item1"].linked_workflow_id = workflow_model.LINK, GREET
    item = workflow_model.Item("item2", workflow_model.TASK, out_name="item0", script_module=f"{files.MODULE}/shout")
    caller.items["item2"] = item
    bound = workflow_model.Attribute("word", "string", configuration=(SETTINGS, "word"))
    caller.attributes = (bound,)
    category = folder(one, WORKFLOW_CATEGORY)
    upload(one, f"workflows?categoryId={category}", "c.workflow", files.workflow_file(caller))
    one.post("packages/com.example.project", {"items": {"workflows": [caller.id]}}, "PUT")
    assert one.post("packages/com.example.project/rebuild", {}).status in (200, 204)
    document = one.get("packages/com.example.project")
    assert [len(document[kind]) for kind in ("workflows", "actions", "configurations")] == [2, 1, 1]


@pytest.mark.parametrize("version", VERSIONS)
def test_members_are_in_use_for_two_seconds_after_their_package(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one)
    assert one.ask("DELETE", f"workflows/{GREET}").status == 409
    assert one.ask("DELETE", f"packages/{NAME}/").status == (204 if version in MODERN else 200)
    assert one.ask("DELETE", f"packages/{NAME}").status == 404
    reply = one.ask("DELETE", f"workflows/{GREET}")
    assert message(reply) == "Workflow 'Greet' is in use. Specify '?force=true' parameter to delete it."
    one.world.advance(2.1)
    assert one.ask("DELETE", f"workflows/{GREET}").status < 300
    assert one.ask("DELETE", f"actions/{SHOUT}").status < 300


@pytest.mark.parametrize("version", VERSIONS)
def test_deleting_with_content(vro: Maker, version: str) -> None:
    one = vro(version)
    imported(one)
    one.post("packages/com.example.project", {"items": {"workflows": [GREET]}}, "PUT")
    assert one.ask("DELETE", f"packages/{NAME}/?option=deletePackageKeepingShared").status < 300
    assert set(versions(one)) == {GREET}
    assert one.store.category_at(MODULE_CATEGORY, files.MODULE) is None
    imported(one)
    assert one.ask("DELETE", f"packages/{NAME}?option=deletePackageWithContent").status < 300
    assert not versions(one)
    assert not one.get("packages/com.example.project").get("workflows")
    assert one.ask("DELETE", "packages/com.example.project?option=all").status == 400


def test_folders_of_an_import_are_made_and_elements_moved(vro: Maker) -> None:
    one = vro("8.18")
    elsewhere = folder(one, CONFIGURATION_CATEGORY, "Elsewhere")
    settings = files.configuration()
    settings.category_id = elsewhere
    one.store.add(settings)
    imported(one)
    place = one.store.categories[one.store.configurations[SETTINGS].category_id]
    assert one.store.path_of(place) == "Kiwi Cloud/Greetings"


def test_an_element_that_is_not_what_its_info_says(vro: Maker) -> None:
    one = vro("8.18")
    package: PackageFile = files.package(NAME)
    package.elements[0].id = "another"
    assert upload(one, "packages", "p.package", save_package(package, SIGNER)).status == 400
    package.elements[0].type = "Nothing"
    assert upload(one, "packages", "p.package", save_package(package, SIGNER)).status == 400
