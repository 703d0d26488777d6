"""Resource elements (contract section 13.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulator.vro.store import RESOURCE_CATEGORY
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro
from tests.unit.simulator.vro.uploading import exported, folder, upload

Maker = Callable[..., Vro]
CONTENT = bytes(range(256)) + b"\r\n--not a boundary\r\n"


def made(vro: Vro, name: str = "motd.txt", content: bytes = CONTENT) -> str:
    """Uploads a file; answers the id that its folder tells, because the reply tells none."""
    category = folder(vro, RESOURCE_CATEGORY)
    reply = upload(vro, f"resources?categoryId={category}", name, content)
    assert reply.status in (200, 201, 202), reply.body
    assert reply.body == b""
    return next(row["id"] or "" for row in vro.rows(f"categories/{category}") if row["name"] == name)


@pytest.mark.parametrize("version", VERSIONS)
def test_accept_decides(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    for accept in ("application/octet-stream", "*/*", "application/octet-stream, */*", "text/plain"):
        reply = one.ask("GET", f"resources/{identity}/", accept=accept)
        assert (reply.body, reply.header("content-type")) == (CONTENT, "text/plain")
    assert one.ask("GET", f"resources/{identity}", accept="image/png").status == 406
    document = one.get(f"resources/{identity}")
    assert (document["name"], document["mime-type"], document["version"]) == ("motd.txt", "text/plain", "0.0.0")
    metadata = one.ask("GET", f"resources/{identity}", accept="application/vnd.o11n.resource.metadata+json")
    assert metadata.document() == document


@pytest.mark.parametrize("version", VERSIONS)
def test_where_it_is_only_7_tells(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    category = folder(one, RESOURCE_CATEGORY)
    row = next(each for each in one.rows("resources") if each["id"] == identity)
    document = one.get(f"resources/{identity}")
    if version in MODERN:
        assert set(row) == {"description", "id", "name", "version"}
        assert category not in str(document)
    else:
        assert (row["mime-type"], row["categoryId"]) == ("text/plain", category)
        assert document["category-id"] == category


@pytest.mark.parametrize("version", VERSIONS)
def test_content_is_replaced_by_its_own_address_alone(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    category = folder(one, RESOURCE_CATEGORY)
    again = upload(one, f"resources?categoryId={category}&overwrite=true", "motd.txt", b"new")
    assert again.status == 409
    assert upload(one, f"resources/{identity}", "whatever.bin", b"new").status == 200
    assert exported(one, f"resources/{identity}", "application/octet-stream") == b"new"
    assert one.get(f"resources/{identity}")["name"] == "motd.txt"


def test_the_category_may_be_a_field(vro: Maker) -> None:
    one = vro("9.1")
    category = folder(one, RESOURCE_CATEGORY)
    assert upload(one, "resources", "a.json", b"{}", categoryId=category).status == 201
    assert next(iter(one.store.resources.values())).mime_type == "application/json"
    assert upload(one, "resources", "b.json", b"{}").status == 400
    assert upload(one, "resources", "b.json", b"{}", categoryId="0815").status == 404
    assert upload(one, "resources", "", b"{}", categoryId=category).status == 400


@pytest.mark.parametrize("version", VERSIONS)
def test_metadata(vro: Maker, version: str) -> None:
    one = vro(version)
    identity = made(one)
    body = {"name": "welcome.md", "description": "Words", "version": "1.0.0", "mime-type": "text/markdown"}
    reply = one.post(f"resources/{identity}", body, "PUT")
    if version not in MODERN:
        assert reply.status == 405
        return
    assert reply.status == 200
    assert one.ask("GET", f"resources/{identity}", accept="*/*").header("content-type") == "text/markdown"
    assert one.post(f"resources/{identity}", {"name": "welcome.md"}, "PUT").status == 200
    document = one.get(f"resources/{identity}")
    assert (document["description"], document["version"]) == ("", "1.0.0")
    assert one.post(f"resources/{identity}", {}, "PUT").status == 400


def test_deleting(vro: Maker) -> None:
    one = vro("7.6")
    identity = made(one)
    assert one.ask("DELETE", f"resources/{identity}").status == 200
    assert one.ask("GET", f"resources/{identity}", accept="*/*").status == 404
