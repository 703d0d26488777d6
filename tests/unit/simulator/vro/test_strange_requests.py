"""Requests that no known client sends, at every call of an orchestrator: it answers them in its own words."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulator.vro.package_files import Signer, save_package
from tests.simulator.wire import NoAnswer
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import VERSIONS, Vro
from tests.unit.simulator.vro.uploading import upload

Maker = Callable[..., Vro]
NAME = "com.example.greetings"
IDS = (
    files.identity("workflow", "Greet"),
    files.identity("action", "shout"),
    files.identity("configuration", "Greetings"),
    files.identity("resource", "motd.txt"),
    NAME,
    "VC",
    "%00",
    "a%2Fb",
    "nothing",
)
BODIES = (
    b"",
    b"{",
    b"[]",
    b"{}",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"name":{"a":1}}',
    b'{"name":"x","category-id":[],"version":5}',
    b'{"name":"x","module":"m","input-parameters":[null]}',
    b'{"name":"x","module":"m","input-parameters":{"a":1}}',
    b'{"name":"x","attributes":[5]}',
    b'{"name":"x","attributes":[{"name":"a","type":"string","value":[]}]}',
    b'{"name":"x","attributes":[{"name":"a","type":"Array/string","value":{"array":{"elements":[null,5]}}}]}',
    b'{"name":"x","attributes":[{"name":"a","type":"Properties","value":{"properties":{"property":{"a":1}}}}]}',
    b'{"items":{"workflows":[5,null,{}]},"add-items":{"workflows":"x"}}',
    b'{"id":[],"input":[],"workflow-item":[5],"display-name":{}}',
    b'{"parameters":[null]}',
    b'{"parameters":{"a":1},"permissions":[5]}',
    b'{"recurrence-cycle":5,"workflow":[],"url":5,"enabled":[]}',
)


def calls(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Method and path of every call below a node of the table, `*` for what varies."""
    for method in node.calls:
        yield method, path
    for part, child in node.children.items():
        yield from calls(child, (*path, part))


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_more_than_it_can_bear(vro: Maker, version: str) -> None:
    one = vro(version)
    content = save_package(files.package(NAME), Signer.of("tests.example.com"))
    assert upload(one, "packages?overwrite=true", "p.package", content).status == 202
    known = [*IDS, next(iter(one.store.categories))]
    # What takes away comes last, or there would be nothing to be strange about.
    found = sorted(calls(one.service._routes._root), key=lambda call: (call[0] == "DELETE", call))
    assert len(found) > 100
    for method, path in found:
        if {"login", "sessions", "authorize"} & set(path):
            continue
        for given in itertools.islice(itertools.product(known, repeat=path.count("*")), 6):
            names = iter(given)
            target = "/" + "/".join(next(names) if part == "*" else part for part in path)
            for body in BODIES if method != "GET" else (b"",):
                try:
                    reply = one.ask(method, target, body, content_type="application/json")
                except NoAnswer:
                    continue
                assert reply.status < 500, (method, target, body, reply.body)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"x" * 100])
def test_uploads_of_nothing_in_particular(vro: Maker, version: str, content: bytes) -> None:
    one = vro(version)
    for method, path in calls(one.service._routes._root):
        if method == "POST" and path.count("*") < 2:
            target = "/" + "/".join(IDS[0] if part == "*" else part for part in path)
            reply = upload(one, target, "f\x00\u00e4", content)
            assert reply.status < 500, (target, reply.body)
