"""Attributes merged with what is there, types, secrets inside of other types, and values that change their type."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import attributes, values
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.attributes import CLEAR, Attribute

LOGIN = "CompositeType(user:string,password:SecureString):Login"
URL = Attribute("url", "string", "Where", {"string": {"value": "https://a"}})
PORT = Attribute("port", "number", "", {"number": {"value": 443.0}})
SECRET = Attribute("password", "SecureString", "", {"secure-string": {"value": "0x12", "isPlainText": False}})


def names(merge: attributes.Merge) -> list[str]:
    return [each.name for each in merge.attributes]


def test_what_is_not_named_stays_in_its_place_and_new_ones_come_last() -> None:
    merge = attributes.merged([URL, PORT], [{"name": "port", "value": 80}, {"name": "new", "type": "string"}])
    assert names(merge) == ["url", "port", "new"]
    assert merge.shown()[0] == {"name": "url", "type": "string", "description": "Where", "value": "https://a"}
    assert merge.shown()[1]["value"] == 80
    assert merge.attributes[2].sent() == {"name": "new", "type": "string", "description": ""}
    assert names(attributes.merged([URL, PORT], [{"name": "port"}], purge=True)) == ["port"]


@pytest.mark.parametrize(("value", "wire"), [(None, PORT.wire), ("", None), (CLEAR, None)])
def test_left_out_keeps_and_empty_clears(value: Any, wire: Any) -> None:
    assert attributes.merged([PORT], [{"name": "port", "value": value}]).attributes[0].wire == wire


def test_an_empty_text_is_a_text_and_clearing_it_is_another_thing() -> None:
    assert attributes.merged([URL], [{"name": "url", "value": ""}]).attributes[0].wire == {"string": {"value": ""}}
    assert attributes.merged([URL], [{"name": "url", "value": CLEAR}]).attributes[0].wire is None


def test_secrets_are_written_when_they_are_new_or_always_and_unknown_where_nobody_gives_them() -> None:
    given = {"name": "password", "type": "SecureString", "value": "x"}
    assert attributes.merged([], [given]).written == ("password",)
    assert attributes.merged([SECRET], [given]).written == ()
    assert attributes.merged([SECRET], [given], secrets="always").written == ("password",)
    assert attributes.merged([SECRET, URL], [{"name": "url"}]).unknown == ("password",)
    assert attributes.merged([SECRET, URL], [{"name": "url"}], purge=True).unknown == ()
    # Given beside a change, it is known and sent along.
    merge = attributes.merged([SECRET, URL], [given, {"name": "url", "value": "b"}])
    assert merge.unknown == () and merge.attributes[0].wire == {"secure-string": {"value": "x"}}
    assert merge.shown()[0] == {"name": "password", "type": "SecureString", "description": ""}


def test_secrets_inside_of_other_types_are_neither_shown_nor_compared() -> None:
    value = {"user": "roy", "password": "x"}
    merge = attributes.merged([], [{"name": "login", "type": LOGIN, "value": value}])
    assert merge.shown()[0]["value"] == {"user": "roy"} and merge.written == ("login",)
    present = [Attribute("login", LOGIN, "", merge.attributes[0].wire)]
    assert attributes.merged(present, [{"name": "login", "value": {**value, "password": "y"}}]).written == ()
    assert attributes.merged(present, [{"name": "login", "value": {**value, "user": "pris"}}]).written == ("login",)
    assert values.secret_texts(LOGIN, value) == ["x"]
    assert values.secret_texts(f"Array/{LOGIN}", [value, value]) == ["x", "x"]
    assert values.secret_texts("Array/SecureString", ["a", "", "b"]) == ["a", "b"]
    assert values.secret_texts("SecureString", 4711) == ["4711"]
    assert values.secret_texts("string", "x") == values.secret_texts("SecureString", CLEAR) == []
    assert attributes.visible(f"Array/{LOGIN}", [value]) == [{"user": "roy"}]
    assert attributes.holds_secret(f"Array/Array/{LOGIN}") and not attributes.holds_secret("Array/string")


def test_a_part_of_a_secret_value_does_not_take_the_place_of_the_whole() -> None:
    whole, part = {"user": "roy", "password": "x"}, {"user": "roy"}
    (login,) = attributes.merged([], [{"name": "login", "type": LOGIN, "value": whole}]).attributes
    assert attributes.merged([login], [{"name": "login", "value": part}]).unknown == ("login",)
    assert attributes.merged([login], [{"name": "login", "value": whole}]).unknown == ()
    merge = attributes.merged([SECRET], [{"name": "password", "value": CLEAR}])
    assert merge.unknown == ("password",) and merge.attributes[0].wire == SECRET.wire
    assert attributes.is_complete(f"Array/{LOGIN}", [whole]) and not attributes.is_complete(
        f"Array/{LOGIN}", [whole, part]
    )


@pytest.mark.parametrize(
    ("declared", "meant"),
    [
        ("String", "string"),
        ("bool", "boolean"),
        ("Array/Number", "Array/number"),
        ("Array/", "Array/string"),
        ("securestring", "SecureString"),
        ("CompositeType(a:int):A", "number"),
    ],
)
def test_a_type_that_is_spelled_wrong_is_told_the_right_one(declared: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{meant}'"):
        attributes.check_type("it", declared)


@pytest.mark.parametrize("declared", ["string", "VC:VirtualMachine", "Workflow", "Array/Array/Any", LOGIN, "Regexp"])
def test_types_of_the_product_and_of_plugins_are_taken(declared: str) -> None:
    attributes.check_type("it", declared)


def test_a_document_that_is_none_is_an_error_and_an_attribute_without_value_has_none() -> None:
    assert attributes.read({"attributes": [{"name": "a", "type": "string"}]}) == [Attribute("a", "string")]
    assert attributes.read({}) == []
    with pytest.raises(ValueError, match="no attributes"):
        attributes.read({"attributes": [{"name": "a"}]})
    with pytest.raises(ValueError, match="no attributes"):
        attributes.read({"attributes": ["a"]})


def test_a_value_that_breaks_the_servers_own_rules_is_shown_as_it_is() -> None:
    odd = Attribute("when", "Date", "", {"date": {"value": "soon"}})
    assert odd.shown()["value"] == "soon"
