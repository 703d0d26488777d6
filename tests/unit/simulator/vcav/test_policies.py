"""Policies and who has which (contract 4.10)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .asking import SOUTH, Estate, problem

BASE = {"displayName": "gold", "minRpo": 15, "maxInstances": 24, "maxIncoming": -1}
SPLIT = {
    "allowIncomingMigrations": True,
    "allowIncomingProtections": True,
    "allowOutgoingMigrations": True,
    "allowOutgoingProtections": False,
    "allowNotificationConfiguration": True,
    "allowCustomSlaSettings": True,
    "maxPinnedInstances": 24,
}
GOLD: dict[str, dict[str, Any]] = {
    "3.0": {**BASE, "allowIncoming": True, "allowOutgoing": True},
    "3.5": {**BASE, "allowIncoming": True, "allowOutgoing": True},
    "4.3": {**BASE, **SPLIT},
    "4.7": {
        **BASE,
        **SPLIT,
        "allowAdvancedRetentionRules": True,
        "allowOutgoingOnpremMigrations": True,
        "allowOutgoingOnpremProtections": True,
    },
}


@pytest.fixture(name="gold")
def gold_policy(version: str) -> dict[str, Any]:
    return dict(GOLD[version])


def create(estate: Estate, body: Any) -> str:
    reply = estate.ask("POST", "/policies", body)
    assert reply.status == 200, reply.body
    return str(reply.document()["id"])


def orgs_of(estate: Estate, policy: str) -> list[str]:
    return [item["org"] for item in estate.ask("GET", f"/policies/{policy}/status").document()]


def test_the_default_policy_forbids_every_direction_as_delivered(root: Estate, gold: dict[str, Any]) -> None:
    (default,) = root.ask("GET", "/policies").document()
    assert (default["id"], default["displayName"], default["orgs"]) == ("default", "Default Policy", 2)
    assert set(default) == {"id", "orgs", *gold}
    assert not any(value for name, value in default.items() if name.startswith("allow"))


def test_a_policy_is_answered_as_it_was_sent(root: Estate, gold: dict[str, Any]) -> None:
    reply = root.ask("POST", "/policies", gold)
    assert reply.status == 200
    made = reply.document()
    assert made == {"id": made["id"], **gold, "orgs": 0}
    assert root.ask("GET", f"/policies/{made['id']}").document() == made
    assert root.ask("GET", "/policies").document()[1] == made


def test_put_replaces_the_whole_policy(root: Estate, gold: dict[str, Any]) -> None:
    policy = create(root, gold)
    changed = {**gold, "displayName": "silver", "minRpo": 1440}
    reply = root.ask("PUT", f"/policies/{policy}", changed)
    assert reply.status == 200
    assert reply.document() == {"id": policy, **changed, "orgs": 0}


def test_every_field_must_be_there(root: Estate, gold: dict[str, Any]) -> None:
    policy = create(root, gold)
    for name in gold:
        less = {key: value for key, value in gold.items() if key != name} | (
            {} if name == "displayName" else {"displayName": "other"}
        )
        assert problem(root.ask("POST", "/policies", less)) == (400, "BadUserInput"), name
        assert problem(root.ask("PUT", f"/policies/{policy}", less)) == (400, "BadUserInput"), name


def test_fields_of_other_versions_are_refused(root: Estate, gold: dict[str, Any]) -> None:
    foreign = {name for fields in GOLD.values() for name in fields} - set(gold)
    for name in [*foreign, "id", "orgs", "nonsense"]:
        reply = root.ask("POST", "/policies", {**gold, name: True})
        assert problem(reply) == (400, "BadUserInput"), name
        assert name in reply.document()["msg"]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("minRpo", 5, 200), ("minRpo", 4, 400), ("minRpo", 1440, 200), ("minRpo", 1441, 400), ("minRpo", "15", 400),
        ("minRpo", True, 400), ("minRpo", 15.5, 400), ("minRpo", None, 400),
        ("maxInstances", 1, 200), ("maxInstances", 0, 400), ("maxInstances", 24, 200), ("maxInstances", 25, 400),
        ("maxIncoming", -1, 200), ("maxIncoming", 0, 200), ("maxIncoming", -7, 200), ("maxIncoming", 100000, 200),
        ("displayName", "", 400), ("displayName", "  ", 400), ("displayName", 7, 400), ("displayName", "Gold", 200),
    ],
)  # fmt: skip
def test_ranges_and_types_are_enforced(root: Estate, gold: dict[str, Any], field: str, value: Any, status: int) -> None:
    assert root.ask("POST", "/policies", {**gold, field: value}).status == status


def test_names_are_unique_and_case_counts(root: Estate, gold: dict[str, Any]) -> None:
    first = create(root, gold)
    assert problem(root.ask("POST", "/policies", gold)) == (400, "BadUserInput")
    second = create(root, {**gold, "displayName": "GOLD"})
    assert problem(root.ask("PUT", f"/policies/{second}", gold)) == (400, "BadUserInput")
    assert root.ask("PUT", f"/policies/{first}", gold).status == 200


@pytest.mark.parametrize(("version", "status"), [("3.0", 400), ("3.5", 400), ("4.3", 200), ("4.7", 200)])
def test_the_data_cap_is_taken_and_never_returned(version: str, status: int) -> None:
    estate = Estate(version)
    estate.log_in()
    reply = estate.ask("POST", "/policies", {**GOLD[version], "onpremDataCap": 100})
    assert reply.status == status
    if status == 200:
        assert "onpremDataCap" not in reply.document()
        assert estate.sites["North"].cloud.policies.data_cap(reply.document()["id"]) == 100


def test_the_default_policy_is_edited_but_never_removed(root: Estate, gold: dict[str, Any]) -> None:
    assert root.ask("PUT", "/policies/default", gold).document()["displayName"] == "gold"
    assert problem(root.ask("DELETE", "/policies/default")) == (400, "BadUserInput")


def test_an_assignment_answers_202_and_nothing_else(root: Estate, gold: dict[str, Any]) -> None:
    policy = create(root, gold)
    reply = root.ask("PATCH", f"/policies/{policy}/orgs/Acme")
    assert (reply.status, reply.body) == (202, b"")
    assert orgs_of(root, policy) == ["Acme"]
    assert orgs_of(root, "default") == ["Tyrell"]
    assert [one["orgs"] for one in root.ask("GET", "/policies").document()] == [1, 1]


def test_an_organization_has_exactly_one_policy(root: Estate, gold: dict[str, Any]) -> None:
    first, second = create(root, gold), create(root, {**gold, "displayName": "silver"})
    root.ask("PATCH", f"/policies/{first}/orgs/Acme")
    root.ask("PATCH", f"/policies/{second}/orgs/Acme")
    assert (orgs_of(root, first), orgs_of(root, second)) == ([], ["Acme"])
    root.ask("PATCH", "/policies/default/orgs/Acme")
    assert (orgs_of(root, second), sorted(orgs_of(root, "default"))) == ([], ["Acme", "Tyrell"])


@pytest.mark.parametrize(
    "path", ["/policies/unknown/orgs/Acme", "/policies/default/orgs/Nobody", "/policies/default/orgs/acme"]
)
def test_assignments_of_unknown_things_are_not_found(root: Estate, path: str) -> None:
    assert problem(root.ask("PATCH", path)) == (404, "NotFound")


def test_organization_names_are_percent_decoded() -> None:
    estate = Estate("3.0", tenants=("Käse & Söhne/Nord",))
    estate.log_in()
    reply = estate.ask("PATCH", "/policies/default/orgs/K%C3%A4se%20%26%20S%C3%B6hne%2FNord")
    assert reply.status == 202


def test_a_policy_that_somebody_has_is_not_removed(root: Estate, gold: dict[str, Any]) -> None:
    policy = create(root, gold)
    root.ask("PATCH", f"/policies/{policy}/orgs/Acme")
    assert problem(root.ask("DELETE", f"/policies/{policy}")) == (400, "BadUserInput")
    root.ask("PATCH", "/policies/default/orgs/Acme")
    reply = root.ask("DELETE", f"/policies/{policy}")
    assert (reply.status, reply.body) == (204, b"")
    assert problem(root.ask("DELETE", f"/policies/{policy}")) == (404, "NotFound")


def test_status_items_have_the_fields_of_their_version(root: Estate, version: str) -> None:
    (item, _other) = root.ask("GET", "/policies/default/status").document()
    fields = {"org", "configuredReplications", "quotaViolation", "nonRpoCompliant", "nonInstancesCompliant"}
    if version in ("4.3", "4.7"):
        fields |= {"migrationViolation", "protectionViolation"}
    assert set(item) == fields


def test_an_organization_that_leaves_vcd_leaves_its_policy(root: Estate, gold: dict[str, Any]) -> None:
    policy = create(root, gold)
    root.ask("PATCH", f"/policies/{policy}/orgs/Acme")
    root.world.sites["North"].remove_organization("Acme")
    assert orgs_of(root, policy) == []
    assert [one["orgs"] for one in root.ask("GET", "/policies").document()] == [1, 0]


def test_policies_are_not_copied_to_the_other_site(root: Estate, gold: dict[str, Any]) -> None:
    create(root, gold)
    root.pair()
    root.log_in(site=SOUTH)
    assert len(root.ask("GET", "/policies", site=SOUTH).document()) == 1


def test_writing_is_local(root: Estate, gold: dict[str, Any]) -> None:
    root.pair()
    assert problem(root.ask("POST", f"/policies?site={SOUTH}", gold)) == (400, "BadUserInput")
    assert problem(root.ask("PATCH", f"/policies/default/orgs/Acme?site={SOUTH}")) == (400, "BadUserInput")
    assert root.ask("POST", "/policies?site=North", gold).status == 200


def test_five_thousand_organizations_are_told_apart(root: Estate, gold: dict[str, Any]) -> None:
    root.world.scale(5000, "North")
    policy = create(root, gold)
    for number in range(1, 5001, 2):
        root.ask("PATCH", f"/policies/{policy}/orgs/tenant-{number:05d}")
    assert len(orgs_of(root, policy)) == 2500
    rest = json.loads(root.ask("GET", "/policies/default/status").body)
    assert len(rest) == 2502
    assert not {item["org"] for item in rest} & set(orgs_of(root, policy))
