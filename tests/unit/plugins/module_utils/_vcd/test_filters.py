"""Filters: what is sent, and what is not because servers misread it."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import filters
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.filters import Filter


def text(found: Filter | None, twice: bool = False) -> str | None:
    return found.text(encoded_twice=twice) if found else None


def test_plain_values_are_carried_as_they_are() -> None:
    assert text(filters.equals("name", "Tyrell-1.$'!")) == "name==Tyrell-1.$'!"
    assert text(filters.equals("isEnabled", False)) == "isEnabled==false"
    assert text(filters.compare("startDate", filters.AT_LEAST, "2026-01-01T00:00:00Z")) == (
        "startDate=ge=2026-01-01T00:00:00Z"
    )


def test_values_are_encoded_once_more_where_the_query_service_wants_that() -> None:
    both = filters.all_of(filters.equals("name", "Müller"), filters.equals("org", "https://vcd/api/org/1"))
    assert text(both, twice=True) == "name==M%C3%BCller;org==https%3A%2F%2Fvcd%2Fapi%2Forg%2F1"
    assert text(filters.equals("name", "a b"), twice=True) == "name==a*b"


@pytest.mark.parametrize(
    ("value", "pattern"),
    [("a,b", "a*b"), ("a;b", "a*b"), ("a  b", "a*b"), ("a*", "a*"), ("a+b", "a*b"), ("a(1)", "a*1*"), ("50%", "50*")],
)
def test_what_servers_misread_becomes_a_pattern_that_includes_it(value: str, pattern: str) -> None:
    assert text(filters.equals("name", value)) == f"name=={pattern}"


@pytest.mark.parametrize("value", ["", "*", ", ;"])
def test_a_value_of_which_nothing_can_be_sent_is_no_filter(value: str) -> None:
    assert filters.equals("name", value) is None


def test_only_an_equality_can_be_a_pattern() -> None:
    assert filters.compare("name", filters.NOT_EQUAL, "a b") is None
    assert text(filters.compare("name", filters.NOT_EQUAL, "ab")) == "name!=ab"


def test_filters_are_joined_with_parentheses_only_where_they_are_needed() -> None:
    a, b, c = (filters.equals("name", letter) for letter in "abc")
    enabled = filters.equals("isEnabled", True)
    assert text(filters.all_of(a, None, enabled)) == "name==a;isEnabled==true"
    assert text(filters.all_of(filters.any_of(a, b, c), enabled)) == "(name==a,name==b,name==c);isEnabled==true"
    assert text(filters.any_of(a)) == "name==a"
    assert filters.all_of(None, None) is None


def test_an_alternative_that_cannot_be_said_leaves_nothing_out() -> None:
    assert filters.any_of(filters.equals("name", "a"), filters.equals("name", "*")) is None
    assert filters.any_of() is None


def test_what_the_user_wrote_is_sent_as_it_is() -> None:
    own = filters.written("name==a*;(status==8,status==4)")
    assert text(own, twice=True) == "name==a*;(status==8,status==4)"
    assert text(filters.all_of(own, filters.equals("isEnabled", True))) == (
        "(name==a*;(status==8,status==4));isEnabled==true"
    )
