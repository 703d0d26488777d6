"""Whatever is done in whatever order, every organization has exactly one policy (contract 4.10)."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.estate import parse_estate
from tests.simulator.vcav.errors import ApiError
from tests.simulator.vcav.policies import DEFAULT, Policies
from tests.simulator.vcav.versions import Product
from tests.simulator.world import World

from .asking import NORTH, estate

ORGS = ("Acme", "Tyrell", "Umbrella", "Wayne")
BODY = {"minRpo": 5, "maxInstances": 1, "maxIncoming": 1, "allowIncoming": True, "allowOutgoing": True}

steps = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.integers(0, 3), st.sampled_from(ORGS)),
        st.tuples(st.just("remove"), st.integers(0, 3), st.just("")),
        st.tuples(st.just("leave"), st.just(0), st.sampled_from(ORGS)),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_every_organization_has_exactly_one_policy(todo: list[tuple[str, int, str]]) -> None:
    site = World(parse_estate(estate("3.0", tenants=ORGS))).sites[NORTH]
    policies = Policies(site, Product("3.0"))
    ids = [DEFAULT, *(policies.create({**BODY, "displayName": name}) for name in ("a", "b", "c"))]
    for what, number, org in todo:
        try:
            if what == "assign":
                policies.assign(ids[number], org)
                assert policies.policy_of(org) == ids[number]
            elif what == "remove":
                policies.remove(ids[number])
            elif org in site.organizations:
                site.remove_organization(org)
        except ApiError as problem:
            assert problem.status in (400, 404)
        listed = json.loads(policies.listed())
        shown = {one["id"]: [item["org"] for item in json.loads(policies.status(one["id"]))] for one in listed}
        assert sorted(org for orgs in shown.values() for org in orgs) == sorted(site.organizations)
        assert {one["id"]: one["orgs"] for one in listed} == {policy: len(orgs) for policy, orgs in shown.items()}
