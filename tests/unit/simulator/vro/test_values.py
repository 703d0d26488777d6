"""Values on the wire and in files (contract section 7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.vro import value_text
from tests.simulator.vro.values import BadValue, coerce, composite_fields, is_secret, key_of, shown

POINT = "CompositeType(x:number,tags:Array/string,inner:CompositeType(a:string):A):Point"


def text(value: str) -> dict[str, Any]:
    """A string of the wire."""
    return {"string": {"value": value}}


def number(value: Any) -> dict[str, Any]:
    """A number of the wire."""
    return {"number": {"value": value}}


@pytest.mark.parametrize(
    ("declared", "key"),
    [
        ("string", "string"),
        ("Text", "string"),
        ("number", "number"),
        ("SecureString", "secure-string"),
        ("MimeAttachment", "mime-attachment"),
        ("Regexp", "regex"),
        ("Array/Array/number", "array"),
        (POINT, "composite"),
        ("Properties", "properties"),
        ("VC:VirtualMachine", "sdk-object"),
        ("Workflow", "sdk-object"),
        ("Any", None),
    ],
)
def test_each_type_has_one_key(declared: str, key: str | None) -> None:
    assert key_of(declared) == key


@pytest.mark.parametrize(
    ("declared", "given", "kept"),
    [
        ("number", number("42"), number(42)),
        ("number", number(0.5), number(0.5)),
        ("boolean", {"boolean": {"value": "true"}}, {"boolean": {"value": True}}),
        ("string", {"string": {"value": 5}}, text("5")),
        ("string", None, None),
        ("string", {"string": {}}, None),
        (
            "Date",
            {"date": {"value": "2026-09-11T12:00:00.000+0200"}},
            {"date": {"value": "2026-09-11T10:00:00.000+00:00"}},
        ),
        ("Date", {"date": {"value": "2026-09-11T10:00:00Z"}}, {"date": {"value": "2026-09-11T10:00:00.000+00:00"}}),
        ("Array/number", {"array": {"elements": [number("1")]}}, {"array": {"elements": [number(1)]}}),
        ("Array/number", {"array": {}}, {"array": {"elements": []}}),
        (
            "CompositeType(a:number):C",
            {"composite": {"field": [{"name": "a", "value": number("1")}]}},
            {"composite": {"type": "CompositeType(a:number):C", "property": [{"id": "a", "value": number(1)}]}},
        ),
        (
            "VC:VirtualMachine",
            {"sdk-object": {"href": "https://vro/vco/api/catalog/VC/VirtualMachine/vm-1/"}},
            {"sdk-object": {"type": "VC:VirtualMachine", "id": "vm-1"}},
        ),
        ("Any", number("7"), number(7)),
    ],
)
def test_values_become_what_is_declared(declared: str, given: Any, kept: Any) -> None:
    assert coerce(declared, given, "x") == kept


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        ("SecureString", {"SecureString": {"value": "x"}}),
        ("string", {"Text": {"value": "x"}}),
        ("number", text("5")),
        ("number", number("five")),
        ("number", number(True)),
        ("boolean", {"boolean": {"value": "yes"}}),
        ("Date", {"date": {"value": "tomorrow"}}),
        ("string", {"string": {"value": "x"}, "number": {"value": 1}}),
        ("string", "x"),
        ("string", {"string": "x"}),
        ("string", {"string": {"value": ["x"]}}),
        ("Array/string", {"array": {"elements": "x"}}),
        ("CompositeType(a:number):C", {"composite": {"property": [{"id": "b", "value": number(1)}]}}),
        ("VC:VirtualMachine", {"sdk-object": {"type": "VC:HostSystem", "id": "host-1"}}),
        ("VC:VirtualMachine", {"sdk-object": {"type": "VC:VirtualMachine"}}),
    ],
)
def test_wrong_values_are_refused(declared: str, given: Any) -> None:
    with pytest.raises(BadValue, match="x"):
        coerce(declared, given, "x")


def test_fields_of_composites() -> None:
    assert composite_fields(POINT) == {"x": "number", "tags": "Array/string", "inner": "CompositeType(a:string):A"}


def test_what_answers_show() -> None:
    assert shown(number(326), 7) == number(326.0)
    assert repr(shown(number(326), 7)["number"]["value"]) == "326.0"
    assert repr(shown(number(326), 8)["number"]["value"]) == "326"
    assert shown({"array": {"elements": [number(1)]}}, 7) == {"array": {"elements": [number(1.0)]}}
    assert shown({"secure-string": {"value": "s3cret"}}, 8) == {"secure-string": {}}
    assert is_secret("Array/SecureString")
    assert not is_secret("string")


FILED = [
    ("string", text("")),
    ("string", text("a # b ; c")),
    ("number", number(2.5)),
    ("boolean", {"boolean": {"value": False}}),
    ("Date", {"date": {"value": "2026-09-11T10:00:00.000+00:00"}}),
    ("SecureString", {"secure-string": {"value": "pässword" * 9}}),
    ("Array/string", {"array": {"elements": [text("a"), text("b c, [d] {e}")]}}),
    ("Array/string", {"array": {"elements": []}}),
    (
        "Array/Array/number",
        {"array": {"elements": [{"array": {"elements": [number(1)]}}, {"array": {"elements": []}}]}},
    ),
    ("Properties", {"properties": {"property": [{"key": "k", "value": text("v")}, {"key": "n", "value": number(1)}]}}),
    ("VC:VirtualMachine", {"sdk-object": {"type": "VC:VirtualMachine", "id": "vc.example.com,id:vm-1"}}),
    (
        POINT,
        {
            "composite": {
                "type": POINT,
                "property": [
                    {"id": "x", "value": number(1)},
                    {"id": "tags", "value": {"array": {"elements": [text("t")]}}},
                ],
            }
        },
    ),
]


@pytest.mark.parametrize("generation", [7, 8, 9])
@pytest.mark.parametrize(("declared", "value"), FILED)
def test_files_carry_values(declared: str, value: Any, generation: int) -> None:
    written = value_text.write(value, generation)
    assert value_text.read(declared, written) == value
    assert "pässword" not in written


def test_both_spellings_of_the_vendor() -> None:
    new = value_text.read("Array/string", "[16:string#123312321,16:string#123132312,16:string#qffwfqwfw]")
    assert new == {"array": {"elements": [text("123312321"), text("123132312"), text("qffwfqwfw")]}}
    declared = "CompositeType(field:string,field_1:number):ITest"
    expected = {
        "composite": {
            "type": declared,
            "property": [{"id": "field", "value": text("Stefan")}, {"id": "field_1", "value": number(123)}],
        }
    }
    assert value_text.read(declared, "#[#field#=#string#Stefan#+#field_1#=#number#123.0#]#") == expected
    assert value_text.read(declared, "{5:13:field=string#Stefan\n7:12:field_1=number#123.0}") == expected
    lists = "CompositeType(field1:string,field2:Array/string):ITest"
    nested = value_text.read(lists, "#[#field1#=#string#rabbit#+#field2#=#Array##{#string#Rebecca#;#string#Pedro#}##]#")
    assert nested is not None
    assert nested["composite"]["property"][1]["value"] == {"array": {"elements": [text("Rebecca"), text("Pedro")]}}


@pytest.mark.parametrize("written", ["#{#string", "[9:string", "#[#a", "{1:2", "nothing", "[x]"])
@pytest.mark.parametrize("declared", ["Array/string", "Properties"])
def test_texts_that_are_no_values(declared: str, written: str) -> None:
    with pytest.raises(BadValue):
        value_text.read(declared, written)


def test_what_has_no_value() -> None:
    assert value_text.read("string", "__NULL__") is None
    assert value_text.read("string", None) is None
    assert value_text.write(None, 8) == "__NULL__"
    # How a file writes one is not known.
    assert value_text.write({"mime-attachment": {"name": "a", "mime-type": "b", "content": ""}}, 8) == "__NULL__"


def test_a_text_that_nobody_concealed_is_taken_as_it_is() -> None:
    assert value_text.reveal("plain") == "plain"
    assert value_text.reveal(value_text.conceal("s3cret")) == "s3cret"
