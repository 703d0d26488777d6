"""Configuration elements (contract section 13.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.vro import element_files, value_text
from tests.simulator.vro.store import CONFIGURATION_CATEGORY
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro
from tests.unit.simulator.vro.uploading import exported, folder, message, upload

Maker = Callable[..., Vro]
SECRET = "s3cret-Passw0rd"
ATTRIBUTES: list[dict[str, Any]] = [
    {"name": "word", "type": "string", "description": "First", "value": {"string": {"value": "Hello"}}},
    {"name": "times", "type": "number", "value": {"number": {"value": "42"}}},
    {"name": "loud", "type": "boolean", "value": {"boolean": {"value": "true"}}},
    {"name": "password", "type": "SecureString", "value": {"secure-string": {"value": SECRET}}},
    {"name": "nothing", "type": "string"},
]


def made(vro: Vro, name: str = "Greetings", **more: Any) -> str:
    """Makes an element; answers its id."""
    body = {"name": name, "category-id": folder(vro, CONFIGURATION_CATEGORY), "description": "Words", **more}
    reply = vro.post("configurations", {"attributes": ATTRIBUTES, **body})
    assert reply.status == 201, reply.body
    return str(reply.document()["id"])


def values(vro: Vro, identity: str) -> dict[str, Any]:
    """The attributes of an element by name."""
    return {one["name"]: one.get("value") for one in vro.get(f"configurations/{identity}")["attributes"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_values_are_coerced_and_secrets_kept(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    document = one.get(f"configurations/{identity}")
    assert (document["name"], document["description"], document["version"]) == ("Greetings", "Words", "0.0.0")
    assert ("category-id" in document) is (version in MODERN)
    found = values(one, identity)
    assert found["word"] == {"string": {"value": "Hello"}}
    number = found["times"]["number"]["value"]
    assert (number, type(number)) == (42, int if version in MODERN else float)
    assert found["loud"] == {"boolean": {"value": True}}
    assert "value" not in document["attributes"][-1]
    assert SECRET not in str(document)
    row = next(each for each in one.rows("configurations") if each["id"] == identity)
    assert row == {"id": identity, "name": "Greetings", "description": "Words", "version": "0.0.0"}


@pytest.mark.parametrize("version", VERSIONS)
def test_secrets_as_each_release_tells_them(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    told = values(one, identity)["password"]
    if version != "8.18":
        assert told is None
        return
    cipher = told["secure-string"]["value"]
    assert told == {"secure-string": {"value": cipher, "isPlainText": False}}
    assert value_text.reveal(cipher) == SECRET
    # Who sends back what he was told stores the encrypted text.
    document = one.get(f"configurations/{identity}")
    assert one.post(f"configurations/{identity}", document, "PUT").status == 204
    stored = one.store.configurations[identity].attributes[3].value
    assert stored == {"secure-string": {"value": cipher}}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_put_replaces_everything(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    status = 204 if version in MODERN else 200
    assert one.post(f"configurations/{identity}", {"name": "Other"}, "PUT").status == status
    document = one.get(f"configurations/{identity}")
    assert (document["name"], document["description"], document["attributes"]) == ("Other", "", [])
    refused = one.post(f"configurations/{identity}", {"description": "x", "attributes": ATTRIBUTES}, "PUT")
    assert refused.status == 400
    expected = "The configuration element name contains invalid characters (\\, /).Name: null"
    assert message(refused) == expected
    assert one.store.configurations[identity].description is None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "attribute",
    [
        {"name": "a", "type": "SecureString", "value": {"SecureString": {"value": "x"}}},
        {"name": "a", "type": "number", "value": {"number": {"value": "x"}}},
    ],
)
def test_wrong_values_are_a_page(vro: Maker, version: str, attribute: dict[str, Any]) -> None:
    one = vro(version)
    body = {"name": "x", "category-id": folder(one, CONFIGURATION_CATEGORY), "attributes": [attribute]}
    reply = one.post("configurations", body)
    assert reply.status == 400
    assert str(reply.header("content-type")).startswith("text/html")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_singular_is_refused(vro: Maker, version: str) -> None:
    one = vro(version)
    body = {"name": "x", "category-id": folder(one, CONFIGURATION_CATEGORY), "attribute": ATTRIBUTES}
    assert one.post("configurations", body).status == 400
    assert not one.store.configurations


@pytest.mark.parametrize(
    "more",
    [
        {"name": None},
        {"name": "a/b"},
        {"name": "a\\b"},
        {"category-id": None},
        {"attributes": {}},
        {"attributes": [{"name": "a"}]},
        {"attributes": [{"name": "a", "type": "string"}, {"name": "a", "type": "number"}]},
        {"description": 5},
    ],
)
def test_bad_documents(vro: Maker, more: dict[str, Any]) -> None:
    one = vro("9.1")
    body = {"name": "x", "category-id": folder(one, CONFIGURATION_CATEGORY), **more}
    assert one.post("configurations", body).status == 400


def test_where_and_how_often(vro: Maker) -> None:
    one = vro("8.18")
    category = folder(one, CONFIGURATION_CATEGORY)
    first, second = made(one), made(one)
    assert first != second
    query = f"configurations?categoryId={category}&uniqueName=true"
    assert one.post(query, {"name": "Greetings"}).status == 409
    assert one.post(query, {"name": "Unique"}).status == 201
    assert one.post("configurations", {"name": "x", "category-id": "0815"}).status == 404
    elsewhere = folder(one, CONFIGURATION_CATEGORY, "Elsewhere")
    assert one.post(f"configurations/{first}", {"name": "Greetings", "category-id": elsewhere}, "PUT").status == 204
    assert one.store.configurations[first].category_id == elsewhere


@pytest.mark.parametrize("version", ["7.3", "7.6"])
def test_7_exports_and_imports_files(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    reply = one.ask("GET", f"configurations/{identity}/", accept="application/vcoobject+xml")
    assert str(reply.header("content-type")).startswith("application/vcoobject+xml")
    assert SECRET.encode() not in reply.body
    assert one.ask("GET", f"configurations/{identity}", accept="application/zip").status == 406
    other = vro(version)
    category = folder(other, CONFIGURATION_CATEGORY)
    assert upload(other, f"configurations?categoryId={category}", "g.vsoconf", reply.body).status == 202
    stored, again = one.store.configurations[identity], other.store.configurations[identity]
    assert again.attributes == stored.attributes
    assert upload(other, "configurations", "g.vsoconf", reply.body, categoryId=category).status == 409
    assert upload(other, f"configurations?categoryId={category}", "g.vsoconf", b"<nothing/>").status == 400


@pytest.mark.parametrize("version", MODERN)
def test_nothing_exports_one_from_8_on(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    for accept in (
        "application/zip",
        "application/vcoobject+zip",
        "application/octet-stream",
        "application/vcoobject+xml",
    ):
        assert one.ask("GET", f"configurations/{identity}", accept=accept).status == 406
    assert one.ask("GET", f"configurations/{identity}", accept="*/*").document()["id"] == identity
    text = element_files.write_configuration(files.configuration(), 8).encode()
    assert upload(one, f"configurations?categoryId={folder(one, CONFIGURATION_CATEGORY)}", "g", text).status == 415


@pytest.mark.parametrize("version", VERSIONS)
def test_deleting(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    assert one.ask("DELETE", f"configurations/{identity}").status == (204 if version in MODERN else 200)
    assert one.ask("GET", f"configurations/{identity}").status == 404


def test_an_export_of_a_real_file(vro: Maker) -> None:
    """The file that PowervRO tests with, as far as its form goes."""
    one = vro("7.3")
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<config-element id="f548a72d"  version="0.0.0">\n'
        "  <display-name><![CDATA[configuration-element-tests]]></display-name>\n  <atts>\n"
        '    <att name="hello" type="string" read-only="false">\n      <value encoded="n"><![CDATA[world]]></value>\n'
        "    </att>\n  </atts>\n</config-element>"
    )
    category = folder(one, CONFIGURATION_CATEGORY)
    assert upload(one, f"configurations?categoryId={category}", "c.vsoconf", text.encode()).status == 202
    assert values(one, "f548a72d") == {"hello": {"string": {"value": "world"}}}
    assert b"<![CDATA[world]]>" in exported(one, "configurations/f548a72d", "application/vcoobject+xml")
