"""The filter language by itself (contract sections 4.1 and 4.5)."""

from __future__ import annotations

import pytest

from tests.simulator.vcd.fiql import FilterError, exact_values, parse, predicate

FIELDS: dict[str, type] = {"id": str, "name": str, "note": str, "owner.name": str, "size": int, "on": bool}
ROWS = [
    {
        "id": "c196c6f0-0000-4000-8000-000000000001",
        "name": "acme",
        "note": "",
        "owner.name": "ann",
        "size": 3,
        "on": True,
    },
    {
        "id": "c196c6f0-0000-4000-8000-000000000002",
        "name": "Acme-2",
        "note": "a,b(c)",
        "owner.name": "bob",
        "size": 5,
        "on": False,
    },
    {
        "id": "c196c6f0-0000-4000-8000-000000000003",
        "name": "tyrell",
        "note": "x;y*",
        "owner.name": "ann",
        "size": 7,
        "on": True,
    },
]


def sizes(text: str, *, values_encoded: bool = False) -> list[int]:
    test = predicate(parse(text, values_encoded=values_encoded), FIELDS, frozenset({"id"}))
    return [int(str(row["size"])) for row in ROWS if test(row)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name==acme", [3]),
        ("name==ACME", [3]),
        ("name!=acme", [5, 7]),
        ("name==acme*", [3, 5]),
        ("name==*e*", [3, 5, 7]),
        ("name==*2", [5]),
        ("name!=acme*", [7]),
        ("name==ac", []),
        ("size==5", [5]),
        ("size!=5", [3, 7]),
        ("size=gt=5", [7]),
        ("size=ge=5", [5, 7]),
        ("size=lt=5", [3]),
        ("size=le=5", [3, 5]),
        ("name=gt=b", [7]),
        ("on==true", [3, 7]),
        ("on==FALSE", [5]),
        ("on!=true", [5]),
        ("name==acme;on==true", [3]),
        ("name==acme;on==false", []),
        ("name==acme,name==tyrell", [3, 7]),
        ("name==acme,name==tyrell;on==false", [3]),
        ("(name==acme,name==tyrell);size=gt=3", [7]),
        ("((name==acme))", [3]),
        ("(size=gt=3;(on==true,name==x))", [7]),
        ("owner.name==ann;size=gt=3", [7]),
        ("note==", [3]),
        ("id==urn:vcloud:org:c196c6f0-0000-4000-8000-000000000002", [5]),
        ("id==https://vcd.example.test/api/org/c196c6f0-0000-4000-8000-000000000002", [5]),
        ("id==C196C6F0-0000-4000-8000-000000000002", [5]),
        ("id!=c196c6f0-0000-4000-8000-000000000002", [3, 7]),
        (r"note==a\,b\(c\)", [5]),
        (r"note==x\;y\*", [7]),
        (r"note==x\;*", [7]),
    ],
)
def test_filters_choose_these_rows(text: str, found: list[int]) -> None:
    assert sizes(text) == found


def test_values_that_are_encoded_twice_are_decoded_after_the_filter_is_taken_apart() -> None:
    assert sizes("note==a%2Cb%28c%29", values_encoded=True) == [5]
    assert sizes("(note==x%3By%2A,name==acme)", values_encoded=True) == [3, 7]
    assert sizes("note==a%2Cb%28c%29") == []


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "name=acme",
        "==acme",
        "name==a;",
        "name==a,",
        "(name==a",
        "name==a)",
        "name==a b;;size==1",
        "()",
        ";",
        "name=like=a",
        "unknown==1",
        "size==many",
        "on==maybe",
        "on=gt=true",
        "name==a;unknown==1",
    ],
)
def test_bad_filters_and_unknown_fields_are_refused(text: str) -> None:
    with pytest.raises(FilterError):
        sizes(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("name==a", ["a"]),
        ("(name==a,name==B)", ["a", "B"]),
        ("name==a*", None),
        ("name!=a", None),
        ("name==a;on==true", None),
        ("name==a,on==true", None),
        ("id==a", None),
    ],
)
def test_filters_for_names_alone_are_recognised_for_the_index(text: str, values: list[str] | None) -> None:
    assert exact_values(parse(text), "name") == values
