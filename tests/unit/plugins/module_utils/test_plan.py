"""Deciding, held to its laws by generated cases: a faithful server applies plans, and planning again is content."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import (
    CREATE,
    DELETE,
    NONE,
    UPDATE,
    Field,
    ImmutableDifference,
    InputError,
    Plan,
    plan,
    plan_many,
    to_user,
    to_wire,
)
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import (
    given as given_by_user,
)

FIELDS: dict[str, Field] = {
    "name": Field("displayName", immutable=True),
    "rpo": Field("minRpo", default=5),
    "note": Field("description"),
    "enabled": Field("isEnabled", default=True),
    "tags": Field("tagSet", unordered=True),
    "members": Field("memberSet", unordered=True),
    "servers": Field("serverList"),
    "limit": Field("max", read=lambda v: "unlimited" if v == -1 else v, write=lambda v: -1 if v == "unlimited" else v),
    "password": Field("secretText", secret=True),
    "cap": Field("dataCap", readable=False),
}
SECRET = "only-for-the-wire"

texts = st.text("abc ", max_size=3)
members = st.lists(st.fixed_dictionaries({"id": st.integers(0, 3), "roles": st.lists(texts, max_size=2)}), max_size=3)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "rpo": st.integers(0, 9),
    "note": texts,
    "enabled": st.booleans(),
    "tags": st.lists(texts, max_size=4),
    "members": members,
    "servers": st.lists(texts, max_size=3),
    "limit": st.integers(0, 3) | st.just("unlimited"),
    "password": st.just(SECRET),
    "cap": st.integers(900, 999),
}
wants = st.fixed_dictionaries({"name": st.just("gold")}, optional=VALUES)
shown_wants = st.fixed_dictionaries(
    {"name": st.just("gold")}, optional={name: VALUES[name] for name in VALUES if name not in ("password", "cap")}
)


class FaithfulServer:
    """Keeps exactly what it is sent, in wire words. It shuffles sets, drops duplicates in them, forgets empty values
    if it is that kind, adds fields of its own, and never shows a secret or what cannot be read."""

    def __init__(self, forgets_empty: bool = False, seed: int = 0) -> None:
        self.held: dict[str, Any] | None = None
        self._forgets_empty, self._chance = forgets_empty, random.Random(seed)

    def apply(self, step: Plan) -> None:
        if step.action == DELETE:
            self.held = None
        elif step.action in (CREATE, UPDATE):
            self.held = {**(self.held or {}), **to_wire(FIELDS, step.values)}

    def show(self) -> dict[str, Any] | None:
        """What planning sees: the user's words."""
        if self.held is None:
            return None
        wire = {**self.held, "id": "4711", "orgs": self._chance.randrange(9)}
        for name in ("secretText", "dataCap"):
            wire.pop(name, None)
        for name in ("tagSet", "memberSet"):
            if name in wire:
                kept = [item for number, item in enumerate(wire[name]) if item not in wire[name][:number]]
                self._chance.shuffle(kept)
                wire[name] = kept
        if self._forgets_empty:
            wire = {name: value for name, value in wire.items() if value not in ("", [])}
        return to_user(FIELDS, wire)


def is_empty(value: Any) -> bool:
    return value in (None, "", []) and value is not False and value != 0


@given(first=wants, second=wants, forgets=st.booleans(), seed=st.integers(0, 99))
def test_applying_a_plan_and_planning_again_gives_nothing_to_do(
    first: dict[str, Any], second: dict[str, Any], forgets: bool, seed: int
) -> None:
    server = FaithfulServer(forgets, seed)
    for wanted in (first, second, first):
        server.apply(plan(FIELDS, server.show(), wanted))
        again = plan(FIELDS, server.show(), wanted)
        assert (again.action, again.changed, again.values) == (NONE, (), {})
        assert again.before == again.after
    server.apply(plan(FIELDS, server.show(), None))
    assert server.held is None
    assert plan(FIELDS, server.show(), None) == Plan(NONE, {}, {})


@given(first=wants, second=wants)
def test_what_is_left_out_is_left_alone(first: dict[str, Any], second: dict[str, Any]) -> None:
    server = FaithfulServer()
    server.apply(plan(FIELDS, None, first))
    before = dict(server.held or {})
    step = plan(FIELDS, server.show(), second)
    server.apply(step)
    for name, definition in FIELDS.items():
        if name not in second:
            assert (server.held or {}).get(definition.wire) == before.get(definition.wire)
            assert name not in step.changed
            assert step.before.get(name) == step.after.get(name)


@pytest.mark.parametrize(("name", "empty"), [("tags", []), ("servers", []), ("note", ""), ("members", [])])
@pytest.mark.parametrize("forgets", [False, True])
def test_an_empty_value_clears_and_does_so_once(name: str, empty: Any, forgets: bool) -> None:
    server = FaithfulServer(forgets)
    full = {"name": "gold", "tags": ["a"], "servers": ["b"], "note": "c", "members": [{"id": 1}]}
    server.apply(plan(FIELDS, None, full))
    step = plan(FIELDS, server.show(), {"name": "gold", name: empty})
    assert (step.action, step.changed, step.after[name]) == (UPDATE, (name,), empty)
    server.apply(step)
    assert (server.held or {})[FIELDS[name].wire] == empty
    assert not plan(FIELDS, server.show(), {"name": "gold", name: empty}).is_change


@given(wanted=wants, order=st.randoms())
def test_the_order_of_a_set_never_matters(wanted: dict[str, Any], order: random.Random) -> None:
    server = FaithfulServer()
    server.apply(plan(FIELDS, None, wanted))
    turned = dict(wanted)
    for name in ("tags", "members"):
        if name in turned:
            turned[name] = list(turned[name]) * 2
            order.shuffle(turned[name])
    assert not plan(FIELDS, server.show(), turned).is_change


def test_the_order_of_a_list_that_is_no_set_matters() -> None:
    step = plan(FIELDS, {"name": "gold", "servers": ["a", "b"]}, {"servers": ["b", "a"]})
    assert step.difference() == ({"servers": ["a", "b"]}, {"servers": ["b", "a"]})


@given(first=wants, second=wants)
def test_a_secret_is_in_no_side_and_no_representation(first: dict[str, Any], second: dict[str, Any]) -> None:
    server = FaithfulServer()
    create = plan(FIELDS, None, {**first, "password": SECRET})
    server.apply(create)
    update = plan(FIELDS, server.show(), {**second, "password": SECRET, "rpo": 77})
    assert create.values["password"] == update.values["password"] == SECRET
    # Even a client that reads the secret from the server by mistake does not bring it out.
    careless = plan(FIELDS, {"name": "gold", "password": SECRET}, {"password": "another", "note": "x"})
    delete = plan(FIELDS, {"name": "gold", "password": SECRET}, None)
    for step in (create, update, careless, delete):
        for shown in (repr(step), str(step), repr(step.before), repr(step.after), repr(step.difference())):
            assert SECRET not in shown and "another" not in shown
        assert "password" not in step.changed


@given(first=shown_wants, cap=st.integers(900, 999))
def test_what_cannot_be_read_makes_no_change_by_itself_but_rides_along(first: dict[str, Any], cap: int) -> None:
    server = FaithfulServer()
    server.apply(plan(FIELDS, None, first))
    alone = plan(FIELDS, server.show(), {**first, "cap": cap, "password": SECRET})
    assert not alone.is_change
    other = plan(FIELDS, server.show(), {**first, "rpo": 77, "cap": cap, "password": SECRET})
    assert other.changed == ("rpo",)
    assert (other.values["cap"], other.values["password"]) == (cap, SECRET)


@given(first=wants, second=wants)
def test_the_difference_is_sorted_and_holds_what_differs_and_nothing_else(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    server = FaithfulServer()
    server.apply(plan(FIELDS, None, first))
    step = plan(FIELDS, server.show(), second)
    before, after = step.difference()
    assert list(before) == list(after) == sorted(step.changed)
    assert step.is_change == bool(before)
    for name in before:
        assert before[name] != after[name]
        assert not (is_empty(before[name]) and is_empty(after[name]))
        assert after[name] == second[name]


def test_creating_shows_nothing_before_and_everything_after_with_defaults() -> None:
    step = plan(FIELDS, None, {"name": "gold", "note": "n", "password": SECRET})
    assert step.action == CREATE
    assert step.difference() == ({}, {"enabled": True, "name": "gold", "note": "n", "rpo": 5})
    assert step.values == {"name": "gold", "rpo": 5, "note": "n", "enabled": True, "password": SECRET}


def test_updating_shows_the_field_that_differs_and_sends_all_that_was_set() -> None:
    present = {"name": "gold", "rpo": 5, "note": "old", "enabled": True}
    step = plan(FIELDS, present, {"name": "gold", "note": "new", "enabled": True})
    assert step.action == UPDATE
    assert step.difference() == ({"note": "old"}, {"note": "new"})
    assert step.after == {**present, "note": "new"}
    assert step.values == {"name": "gold", "note": "new", "enabled": True}


def test_deleting_shows_everything_before_and_nothing_after() -> None:
    step = plan(FIELDS, {"name": "gold", "rpo": 5, "password": SECRET, "cap": 1, "id": "4711"}, None)
    assert (step.action, step.after, step.values) == (DELETE, {}, {})
    assert step.difference() == ({"name": "gold", "rpo": 5}, {})


def test_falsehood_and_zero_are_values_and_not_emptiness() -> None:
    assert plan(FIELDS, {"name": "gold"}, {"enabled": False}).is_change
    assert plan(FIELDS, {"name": "gold"}, {"rpo": 0}).is_change
    assert plan(FIELDS, {"name": "gold", "rpo": 0}, {"rpo": 5}).is_change
    assert plan(FIELDS, None, {"name": "gold", "enabled": False, "rpo": 0}).values["enabled"] is False


def test_an_immutable_difference_names_the_field_both_values_and_a_way_out() -> None:
    assert str(ImmutableDifference("size", None, "large")) == (
        "size is not set and the product cannot change it to 'large'. Leave size out; to have 'large', remove the "
        "object and create it again."
    )
    with pytest.raises(ImmutableDifference) as problem:
        plan(FIELDS, {"name": "gold", "note": "n"}, {"name": "silver", "note": "m"})
    assert isinstance(problem.value, InputError)
    assert (problem.value.name, problem.value.present, problem.value.wanted) == ("name", "gold", "silver")
    text = str(problem.value)
    assert text.startswith("name is 'gold'") and "'silver'" in text and "remove the object" in text


def test_an_immutable_field_that_is_left_out_or_equal_is_no_difference() -> None:
    assert plan(FIELDS, {"name": "gold"}, {"note": "m"}).is_change
    assert not plan(FIELDS, {"name": "gold"}, {"name": "gold"}).is_change


@given(present=wants, wanted=wants | st.none())
def test_planning_changes_neither_of_its_arguments(present: dict[str, Any], wanted: dict[str, Any] | None) -> None:
    held, asked = repr(present), repr(wanted)
    plan(FIELDS, present, wanted)
    assert (repr(present), repr(wanted)) == (held, asked)


def test_many_objects_are_planned_by_key_in_the_order_in_which_they_are_wanted() -> None:
    fields = {"policy": Field("policy")}
    present = {"a": {"policy": "gold"}, "b": {"policy": "gold"}, "c": {"policy": "gold"}, "z": {"policy": "gold"}}
    wanted: Mapping[str, Mapping[str, Any] | None] = {
        "d": {"policy": "gold"}, "c": None, "b": {"policy": "silver"}, "a": {"policy": "gold"}, "e": None,
    }  # fmt: skip
    plans = plan_many(fields, present, wanted)
    assert [(key, step.action) for key, step in plans.items()] == [
        ("d", CREATE), ("c", DELETE), ("b", UPDATE), ("a", NONE), ("e", NONE),
    ]  # fmt: skip


@given(values=shown_wants)
def test_what_goes_to_the_wire_comes_back_the_same(values: dict[str, Any]) -> None:
    assert to_user(FIELDS, to_wire(FIELDS, values)) == values


def test_the_wire_gets_no_option_that_is_no_field() -> None:
    assert to_wire(FIELDS, {"rpo": 5, "state": "present"}) == {"minRpo": 5}


def test_given_are_the_options_that_are_set_even_to_nothing() -> None:
    params = {
        "name": "gold",
        "note": "",
        "tags": [],
        "enabled": False,
        "rpo": 0,
        "limit": None,
        "vcav_url": "https://x",
    }
    assert given_by_user(params, FIELDS) == {"name": "gold", "note": "", "tags": [], "enabled": False, "rpo": 0}


@pytest.mark.parametrize(("version", "expected"), [((3, 5), False), ((4, 0), True), ((4, 0, 9), True), ((4, 1), False)])
def test_a_field_belongs_to_the_releases_between_since_and_until(version: tuple[int, ...], expected: bool) -> None:
    assert Field("x", since=(4, 0), until=(4, 1)).available(version) is expected
    assert Field("x").available(version)
