"""The module in this process against the simulated orchestrator: contents by their bytes, types, descriptions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_resource_element import ResourceElement
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
LETTER = {"category": "Kiwi Cloud/Briefe", "name": "Begrüßung.txt"}


def element(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(ResourceElement, check, **{**LETTER, **options})


def stored(vro: Any) -> Any:
    return next(each for each in vro.server.store.resources.values() if each.name == LETTER["name"])


def test_a_text_is_made_compared_changed_and_removed(vro: Any) -> None:
    predicted, made = element(vro, check=True, content="Grüß Gott\n"), element(vro, content="Grüß Gott\n")
    assert predicted == made and made["changed"], made
    assert stored(vro).data == "Grüß Gott\n".encode()
    vro.control.clear_journal()
    again = element(vro, content="Grüß Gott\n")
    assert (again["changed"], vro.writes, len(vro.requests)) == (False, [], 4)
    assert again["vro_resource_element"]["mime_type"] == "text/plain"
    predicted, changed = element(vro, check=True, content="Servus\n"), element(vro, content="Servus\n")
    assert predicted == changed and stored(vro).data == b"Servus\n"
    assert changed["diff"][0]["before"]["content"] == "Grüß Gott\n"
    assert changed["diff"][0]["after"]["content"] == "Servus\n"
    assert element(vro)["changed"] is False
    assert element(vro, state="absent")["changed"] and element(vro, state="absent")["changed"] is False


def test_bytes_of_a_file_are_told_by_their_digest(vro: Any, tmp_path: Path) -> None:
    file = tmp_path / "it"
    file.write_bytes(b"\0\1\2")
    element(vro, path=str(file))
    assert stored(vro).data == b"\0\1\2" and element(vro, path=str(file))["changed"] is False
    file.write_bytes(b"\0\1\3")
    changed = element(vro, path=str(file))
    assert set(changed["diff"][0]["after"]) == {"sha256"} and stored(vro).data == b"\0\1\3"


def test_type_and_description_are_set_from_release_8_on(vro: Any) -> None:
    element(vro, content="x")
    vro.control.clear_journal()
    changed = element(vro, description="A letter", mime_type="text/markdown")
    if vro.version < (8,):
        assert changed["failed"] and "releases before 8 take no description" in changed["msg"] and vro.writes == []
        assert "no mime_type" in element(vro, mime_type="text/markdown")["msg"]
        assert element(vro, mime_type="text/plain", description="")["changed"] is False
        return
    assert changed["changed"] and len(vro.writes) == 1
    assert (stored(vro).description, stored(vro).mime_type) == ("A letter", "text/markdown")
    assert element(vro, mime_type="text/plain")["vro_resource_element"]["description"] == "A letter"
    element(vro, state="absent")
    element(vro, content="x", description="B", mime_type="text/csv")
    assert (stored(vro).description, stored(vro).mime_type) == ("B", "text/csv")


def test_permissions_and_lost_replies(vro: Any) -> None:
    rules = [{"principal": "KIWI\\Operators", "rights": ["view"]}]
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="/vco/api/resources*", times=1)
    assert element(vro, content="x", permissions=rules)["vro_resource_element"]["permissions"] == rules
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="/vco/api/resources/*", times=1)
    assert element(vro, content="y", permissions=[])["vro_resource_element"]["permissions"] == []
    assert stored(vro).data == b"y"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "A/B", "content": "x"}, "no slash"),
        ({"category": "A//B", "content": "x"}, "category is 'A//B'"),
        ({"path": "/nowhere/it"}, "No such file"),
        ({"content": "x", "path": "/nowhere/it"}, "mutually exclusive"),
    ],
)
def test_what_cannot_be_is_refused_before_a_request(vro: Any, options: dict[str, Any], message: str) -> None:
    failed = element(vro, **options)
    assert failed["failed"] and message in failed["msg"] and vro.control.journal() == []


def test_a_new_one_needs_a_content(vro: Any) -> None:
    failed = element(vro)
    assert failed["failed"] and "give path or content" in failed["msg"]
