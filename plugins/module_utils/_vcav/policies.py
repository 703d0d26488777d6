# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies and their assignment to organizations (contract vcav-api.md, 4.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._http import HttpError
from .._parallel import in_flight
from .._plan import Field, InputError, Values, given, to_user, to_wire
from . import versions
from .client import Vcav, segment

DEFAULT_ID = "default"
UNLIMITED = "unlimited"
SPLIT = (4, 1)  # the release that split incoming and outgoing into migrations and protections


def _read_limit(value: Any) -> Any:
    return UNLIMITED if isinstance(value, int) and value < 0 else value


def _write_limit(value: Any) -> Any:
    return -1 if value == UNLIMITED else value


FIELDS: dict[str, Field] = {
    "name": Field("displayName", immutable=True),
    "min_rpo": Field("minRpo", default=5),
    "max_instances": Field("maxInstances", default=24),
    "max_incoming": Field("maxIncoming", default=10, read=_read_limit, write=_write_limit),
    "allow_incoming": Field("allowIncoming", default=True, until=SPLIT),
    "allow_outgoing": Field("allowOutgoing", default=True, until=SPLIT),
    "allow_incoming_migrations": Field("allowIncomingMigrations", default=True, since=SPLIT),
    "allow_incoming_protections": Field("allowIncomingProtections", default=True, since=SPLIT),
    "allow_outgoing_migrations": Field("allowOutgoingMigrations", default=True, since=SPLIT),
    "allow_outgoing_protections": Field("allowOutgoingProtections", default=True, since=SPLIT),
    "allow_custom_sla_settings": Field("allowCustomSlaSettings", default=True, since=(4, 0)),
    "max_pinned_instances": Field("maxPinnedInstances", default=0, since=(4, 0)),
    "onprem_data_cap": Field("onpremDataCap", readable=False, since=(4, 0)),
    "allow_notification_configuration": Field("allowNotificationConfiguration", default=False, since=SPLIT),
    "allow_advanced_retention_rules": Field("allowAdvancedRetentionRules", default=False, since=(4, 5)),
    "allow_outgoing_onprem_migrations": Field("allowOutgoingOnpremMigrations", default=True, since=(4, 5)),
    "allow_outgoing_onprem_protections": Field("allowOutgoingOnpremProtections", default=True, since=(4, 6)),
}
# What the two old switches mean where the release has them split.
_SPLIT_INTO = {
    "allow_incoming": ("allow_incoming_migrations", "allow_incoming_protections"),
    "allow_outgoing": ("allow_outgoing_migrations", "allow_outgoing_protections"),
}
RANGES = {"min_rpo": (5, 1440), "max_instances": (1, 24), "max_pinned_instances": (0, 24)}


def available(version: tuple[int, int]) -> dict[str, Field]:
    """The fields that a release has."""
    return {name: definition for name, definition in FIELDS.items() if definition.available(version)}


def limit(value: str | None) -> int | str | None:
    """The option max_incoming: a number of VM replications or "unlimited". Raises InputError."""
    if value is None or value == UNLIMITED:
        return value
    try:
        number = int(value)
    except ValueError:
        number = -2
    if number < -1:
        raise InputError(f"max_incoming is {value!r}: give a number of VM replications, 0 for none, or {UNLIMITED!r}")
    return UNLIMITED if number == -1 else number


def check_ranges(params: Mapping[str, Any]) -> None:
    """Refuse values that no release takes (contract 4.10). Raises InputError."""
    for name, (lowest, highest) in RANGES.items():
        value = params.get(name)
        if value is not None and not lowest <= value <= highest:
            raise InputError(f"{name} is {value}: it must lie between {lowest} and {highest}")
    cap = params.get("onprem_data_cap")
    if cap is not None and cap < 0:
        raise InputError(f"onprem_data_cap is {cap}: give 0 or more")
    limit(params.get("max_incoming"))


def wanted(params: Mapping[str, Any], version: tuple[int, int]) -> Values:
    """The policy fields that the user set, as this release has them. Raises InputError for a field it lacks."""
    values = given(params, FIELDS)
    if "max_incoming" in values:
        values["max_incoming"] = limit(values["max_incoming"])
    if version >= SPLIT:
        for old, parts in _SPLIT_INTO.items():
            if old in values:
                both = values.pop(old)
                values.update({part: both for part in parts if part not in values})
    for name in values:
        definition = FIELDS[name]
        if not definition.available(version):
            instead = next((old for old, parts in _SPLIT_INTO.items() if name in parts), None)
            advice = f"; use {instead}" if instead else "; leave it out for this site"
            since = versions.text(definition.since or (3, 0))
            raise InputError(
                f"{name} exists from release {since} on and this site runs {versions.text(version)}{advice}"
            )
    return values


def read(wire: Mapping[str, Any]) -> Values:
    """A policy in the user's words."""
    return to_user(FIELDS, wire)


def body(wire: Mapping[str, Any] | None, values: Values, version: tuple[int, int]) -> dict[str, Any]:
    """What to send: PUT replaces the whole policy, so everything that is known goes along."""
    fields = available(version)
    known = {definition.wire: (wire or {}).get(definition.wire) for definition in fields.values()}
    return {**{key: value for key, value in known.items() if value is not None}, **to_wire(fields, values)}


def every(api: Vcav, site: str | None = None) -> list[dict[str, Any]]:
    """All policies, sorted by name; of another site if the session is extended to it."""
    found = api.get("policies", site=site) if site else api.get("policies")
    return sorted(found or [], key=lambda policy: str(policy.get("displayName")))


def pick(policies: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """The policy of a name; "default" also finds the default policy, whatever it is called."""
    policies = list(policies)
    named = next((policy for policy in policies if policy.get("displayName") == name), None)
    if named is None and name == DEFAULT_ID:
        return next((policy for policy in policies if policy.get("id") == DEFAULT_ID), None)
    return named


def assigned(api: Vcav, policy_id: str, site: str | None = None) -> list[dict[str, Any]]:
    """The organizations of a policy with their compliance."""
    path = f"policies/{segment(policy_id)}/status"
    return list((api.get(path, site=site) if site else api.get(path)) or [])


def assignments(
    api: Vcav, policies: Iterable[Mapping[str, Any]], wanted: Mapping[str, Values], everything: bool
) -> dict[str, Values]:
    """{organization: {"policy": name}} for the organizations of `wanted`, in as few requests as that takes.

    The policies that are wanted are read first; the others only if an organization has not been found. With
    `everything` all organizations that have another than the default policy are in the answer too.
    """
    names = {values["policy"] for values in wanted.values()}
    ordered = sorted(policies, key=lambda policy: policy["displayName"] not in names)
    missing = set(wanted)
    present: dict[str, Values] = {}
    for policy in ordered:
        if not everything and not missing:
            break
        if policy["id"] != DEFAULT_ID and not policy.get("orgs", 1):
            continue
        others = everything and policy["id"] != DEFAULT_ID
        found = {str(row["org"]) for row in assigned(api, str(policy["id"]))}
        present.update(dict.fromkeys(found if others else found & wanted.keys(), {"policy": policy["displayName"]}))
        missing -= found
    return present


def assign(api: Vcav, policy_id: str, org: str) -> None:
    """Give an organization a policy. The answer is empty: read `assigned` to see it done."""
    api.request("PATCH", f"policies/{segment(policy_id)}/orgs/{segment(org)}")


def move_all(api: Vcav, source_id: str, target_id: str) -> tuple[int, dict[str, Exception]]:
    """Move every organization of one policy to another; returns how many there were and the failures among them.

    An answer that was lost is no failure: the policy cannot be removed before its organizations have left.
    """
    orgs = [str(row["org"]) for row in assigned(api, source_id)]
    moves = in_flight(lambda org: assign(api, target_id, org), orgs)
    faults = {org: fault for org, _nothing, fault in moves if fault is not None}
    if any(isinstance(fault, HttpError) and fault.outcome_unknown for fault in faults.values()):
        left = {str(row["org"]) for row in assigned(api, source_id)}
        faults = {org: fault for org, fault in faults.items() if org in left}
    return len(orgs), faults
