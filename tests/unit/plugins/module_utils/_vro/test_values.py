"""Values of every type, there and back (contract 7), and the sentences about those that do not fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import values

COMPOSITE = "CompositeType(a:string,b:Array/number,c:CompositeType(d:boolean):Inner):Outer"
DECLARED = [
    {"name": "count", "type": "number"},
    {"name": "names", "type": "Array/string"},
    {"name": "vm", "type": "VC:VirtualMachine"},
]


@pytest.mark.parametrize(
    ("declared", "plain", "wire"),
    [
        ("string", "abc", {"string": {"value": "abc"}}),
        ("string", "", {"string": {"value": ""}}),
        ("Path", "/tmp", {"string": {"value": "/tmp"}}),
        ("number", 5, {"number": {"value": 5}}),
        ("number", 0.5, {"number": {"value": 0.5}}),
        ("number", " 42 ", {"number": {"value": 42}}),
        ("boolean", True, {"boolean": {"value": True}}),
        ("boolean", "no", {"boolean": {"value": False}}),
        ("Date", "2026-09-11T10:00:00Z", {"date": {"value": "2026-09-11T10:00:00.000+00:00"}}),
        ("Date", "2026-09-11T12:00:00.5+0200", {"date": {"value": "2026-09-11T10:00:00.500+00:00"}}),
        ("SecureString", "s3cret", {"secure-string": {"value": "s3cret"}}),
        ("EncryptedString", "s3cret", {"encrypted-string": {"value": "s3cret"}}),
        ("Regexp", "^a.*", {"regex": {"value": "^a.*"}}),
        ("Array/string", [], {"array": {"elements": []}}),
        ("Array/string", ["a"], {"array": {"elements": [{"string": {"value": "a"}}]}}),
        ("Array", ["a", 1], {"array": {"elements": [{"string": {"value": "a"}}, {"number": {"value": 1}}]}}),
        ("Array/Array/number", [[1], []],
         {"array": {"elements": [{"array": {"elements": [{"number": {"value": 1}}]}}, {"array": {"elements": []}}]}}),
        ("Properties", {"k": "v", "gone": None},
         {"properties": {"property": [{"key": "k", "value": {"string": {"value": "v"}}}]}}),
        (COMPOSITE, {"a": "x", "b": [1], "c": {"d": False}},
         {"composite": {"type": COMPOSITE, "property": [
             {"id": "a", "value": {"string": {"value": "x"}}},
             {"id": "b", "value": {"array": {"elements": [{"number": {"value": 1}}]}}},
             {"id": "c", "value": {"composite": {"type": "CompositeType(d:boolean):Inner", "property": [
                 {"id": "d", "value": {"boolean": {"value": False}}}]}}}]}}),
        ("VC:VirtualMachine", "vc,id:vm-1", {"sdk-object": {"type": "VC:VirtualMachine", "id": "vc,id:vm-1"}}),
        ("Workflow", {"id": "w"}, {"sdk-object": {"type": "Workflow", "id": "w"}}),
        ("Any", {"type": "VC:Datastore", "id": "d"}, {"sdk-object": {"type": "VC:Datastore", "id": "d"}}),
        ("Any", True, {"boolean": {"value": True}}),
        ("MimeAttachment", {"name": "a.txt", "mime_type": "text/plain", "content": "YQ=="},
         {"mime-attachment": {"name": "a.txt", "mime-type": "text/plain", "content": "YQ=="}}),
        ("string", None, None),
    ],
)  # fmt: skip
def test_a_value_is_encoded_by_its_declared_type(declared: str, plain: Any, wire: Any) -> None:
    assert values.encode(declared, plain, "parameter x") == wire


@pytest.mark.parametrize(
    ("declared", "plain", "said"),
    [
        ("string", 5, "parameter x is of type string, and a number was given; give a text: put it in quotes"),
        ("number", "many", "parameter x is of type number, and a text was given"),
        ("number", True, "a boolean was given; give a number"),
        ("number", float("nan"), "give a number"),
        ("boolean", 1, "give true or false"),
        ("Date", "yesterday", "a moment such as"),
        ("Array/number", "1,2", "give a list of number"),
        ("Array/number", [1, "two"], "parameter x[1] is of type number"),
        ("Array/number", [1, None], "parameter x[1] is nothing"),
        ("Properties", ["a"], "a mapping of names and values"),
        (COMPOSITE, {"A": "x"}, "no field 'A', it has a, b, c; did you mean 'a'?"),
        (COMPOSITE, {"b": ["x"]}, "parameter x.b[0] is of type number"),
        ("VC:VirtualMachine", {"type": "VC:Datastore", "id": "d"}, "an object of type VC:Datastore was given"),
        ("VC:VirtualMachine", {"name": "test03"}, "give its id"),
        ("VC:VirtualMachine", "", "give its id"),
        ("MimeAttachment", {"name": "a", "content": "?"}, "parameter x.content is not Base64"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_right_type(declared: str, plain: Any, said: str) -> None:
    with pytest.raises(InputError) as refused:
        values.encode(declared, plain, "parameter x")
    assert said in str(refused.value)


def test_a_secret_that_does_not_fit_is_not_shown() -> None:
    with pytest.raises(InputError) as refused:
        values.encode("SecureString", 271828182, "parameter password")
    assert "271828182" not in str(refused.value)


def test_an_object_can_be_searched_for_where_somebody_finds_it() -> None:
    asked: list[Any] = []

    def resolve(kind: str, search: Any, name: str) -> str:
        asked.append((kind, dict(search), name))
        return "vc,id:vm-7"

    found = values.encode("Array/VC:VirtualMachine", [{"search": {"name": "test03"}}], "parameter vms", resolve)
    assert found == {"array": {"elements": [{"sdk-object": {"type": "VC:VirtualMachine", "id": "vc,id:vm-7"}}]}}
    assert asked == [("VC:VirtualMachine", {"name": "test03"}, "parameter vms[0]")]


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        (None, None),
        ({"number": {"value": 326.0}}, 326),
        ({"number": {"value": 0.5}}, 0.5),
        ({"boolean": {"value": False}}, False),
        ({"array": {}}, []),
        ({"properties": {"property": [{"key": "k", "value": {"number": {"value": 1.0}}}]}}, {"k": 1}),
        ({"composite": {"property": [{"id": "a", "value": {"string": {"value": "x"}}}]}}, {"a": "x"}),
        ({"composite": {"field": [{"name": "a", "value": {"string": {"value": "x"}}}, {"name": "b"}]}},
         {"a": "x", "b": None}),
        ({"sdk-object": {"type": "VC:VirtualMachine", "id": "1", "href": "https://x", "displayValue": "test03"}},
         {"type": "VC:VirtualMachine", "id": "1", "display_name": "test03"}),
        ({"secure-string": {"value": "Y2lwaGVy", "isPlainText": False}}, None),
        ({"date": {"value": "2026-09-11T10:00:00.000+00:00"}}, "2026-09-11T10:00:00.000+00:00"),
    ],
)  # fmt: skip
def test_a_value_of_the_wire_is_read_in_every_shape_that_was_seen(wire: Any, plain: Any) -> None:
    assert values.decode(wire) == plain


LEAVES = st.one_of(st.text(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9))
PLAIN = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


@given(PLAIN)
def test_what_nobody_declared_comes_back_as_it_went(plain: Any) -> None:
    assert values.decode(values.encode("Any", plain, "x")) == plain


def test_parameters_carry_their_declared_types_and_only_those_that_are_given() -> None:
    assert values.parameters(DECLARED, {"count": "5", "vm": None}) == [
        {"name": "count", "type": "number", "scope": "local", "value": {"number": {"value": 5}}},
        {"name": "vm", "type": "VC:VirtualMachine", "scope": "local"},
    ]


def test_a_parameter_that_is_not_declared_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(InputError, match=r"no parameter 'cuont', it has count, names, vm; did you mean 'count'\?"):
        values.parameters(DECLARED, {"cuont": 5})
    with pytest.raises(InputError, match="it has none"):
        values.parameters([], {"cuont": 5})


def test_outputs_are_read_by_name() -> None:
    told = [{"name": "vm", "type": "VC:VirtualMachine"}, {"name": "n", "value": {"number": {"value": 1.0}}}]
    assert values.outputs(told) == {"vm": None, "n": 1}
    assert values.outputs(None) == {}


@pytest.mark.parametrize(("declared", "secret"), [("SecureString", True), ("Array/SecureString", True),
                                                  ("string", False), ("VC:SecureString", False)])  # fmt: skip
def test_types_whose_values_are_shown_nowhere(declared: str, secret: bool) -> None:
    assert values.is_secret(declared) is secret
