"""Replication policies of one site and who has which (contract 4.10).

Who has which is kept both ways, and the answers that can be long are prepared once and kept until something changes.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ..wire import dumps
from ..world import Site
from .errors import bad_input, not_found
from .routing import check_fields
from .versions import Product

if TYPE_CHECKING:
    from .replications import Replications

DEFAULT = "default"

_RANGES = {"minRpo": (5, 1440), "maxInstances": (1, 24)}


def writable_fields(product: Product) -> dict[str, type]:
    """The fields of a policy that a client sends, by version (contract 4.10), without `onpremDataCap`."""
    fields: dict[str, type] = {"displayName": str, "minRpo": int, "maxInstances": int, "maxIncoming": int}
    if not product.since("4.1"):
        fields |= {"allowIncoming": bool, "allowOutgoing": bool}
    else:
        for name in ("IncomingMigrations", "IncomingProtections", "OutgoingMigrations", "OutgoingProtections"):
            fields[f"allow{name}"] = bool
        fields["allowNotificationConfiguration"] = bool
    if product.since("4.0"):
        fields |= {"allowCustomSlaSettings": bool, "maxPinnedInstances": int}
    if product.since("4.5"):
        fields |= {"allowAdvancedRetentionRules": bool, "allowOutgoingOnpremMigrations": bool}
    if product.since("4.6"):
        fields["allowOutgoingOnpremProtections"] = bool
    return fields


class Policies:
    """The policies of one site."""

    def __init__(self, site: Site, product: Product) -> None:
        self._site = site
        self._fields = writable_fields(product)
        # Never returned (contract 4.10), so a client that rewrites a policy cannot know it: it may be left out, and
        # since a PUT replaces the whole policy, leaving it out takes the limit away.
        self._optional: dict[str, type] = {"onpremDataCap": int} if product.since("4.0") else {}
        self._split = product.since("4.1")
        self._replications: Replications | None = None
        self._seen = 0
        self.reset()

    def look_at(self, replications: Replications) -> None:
        """Names the replications whose violations `status` tells."""
        self._replications = replications

    def reset(self) -> None:
        """Only the default policy, which forbids every direction as delivered."""
        default: dict[str, Any] = {
            name: False if kind is bool else {"minRpo": 5, "maxInstances": 24, "maxIncoming": 0}.get(name, 0)
            for name, kind in self._fields.items()
        }
        default["displayName"] = "Default Policy"
        self._policies: dict[str, dict[str, Any]] = {DEFAULT: default}
        self._data_caps: dict[str, int | None] = {}
        self._of_org: dict[str, str] = {}
        """Organization -> policy; those with the default policy are not in it."""
        self._members: dict[str, dict[str, None]] = {}
        """Policy -> its organizations in the order of their assignment; not kept for the default policy."""
        self._prepared: dict[str, bytes] = {}
        self._revision = self._site.revision

    def _refresh(self) -> None:
        """Forgets prepared answers and lost organizations when the vCD's organizations have changed."""
        if self._revision != self._site.revision:
            self._revision = self._site.revision
            self._prepared.clear()
            for org in [org for org in self._of_org if org not in self._site.organizations]:
                del self._members[self._of_org.pop(org)][org]
        if self._replications is not None and self._seen != self._replications.revision:
            self._seen = self._replications.revision
            self._prepared.clear()

    def _need(self, policy_id: str) -> dict[str, Any]:
        policy = self._policies.get(policy_id)
        if policy is None:
            raise not_found(f"Policy {policy_id}")
        return policy

    # Reading

    def count(self, policy_id: str) -> int:
        """How many organizations have a policy."""
        self._refresh()
        if policy_id == DEFAULT:
            return len(self._site.organizations) - len(self._of_org)
        return len(self._members.get(policy_id, ()))

    def ids(self) -> list[str]:
        """The ids of all policies, the default one first."""
        return list(self._policies)

    def view(self, policy_id: str) -> dict[str, Any]:
        """One policy as the API shows it."""
        return {"id": policy_id, **self._need(policy_id), "orgs": self.count(policy_id)}

    def listed(self) -> bytes:
        """All policies, the default one first, as JSON."""
        self._refresh()
        if "*" not in self._prepared:
            self._prepared["*"] = dumps([self.view(policy_id) for policy_id in self._policies])
        return self._prepared["*"]

    def organizations(self, policy_id: str) -> list[str]:
        """The organizations that have a policy."""
        self._need(policy_id)
        self._refresh()
        if policy_id == DEFAULT:
            return [name for name in self._site.organizations if name not in self._of_org]
        return list(self._members.get(policy_id, ()))

    def status(self, policy_id: str) -> bytes:
        """The organizations of a policy and their violations, as JSON."""
        organizations = self.organizations(policy_id)
        if policy_id not in self._prepared:
            item: dict[str, Any] = {
                "org": "",
                "configuredReplications": 0,
                "quotaViolation": False,
                "nonRpoCompliant": [],
                "nonInstancesCompliant": [],
            }
            if self._split:
                item |= {"migrationViolation": False, "protectionViolation": False}
            # The items differ in the name alone: `{"org":` + name + the rest.
            rest = dumps(item).removeprefix(b'{"org":""')
            busy = self._replications.violations() if self._replications is not None else {}
            rows = [
                dumps({"org": org, **busy[org]}) if org in busy else b'{"org":' + dumps(org) + rest
                for org in organizations
            ]
            self._prepared[policy_id] = b"[" + b",".join(rows) + b"]"
        return self._prepared[policy_id]

    def policy_of(self, org: str) -> str:
        """The id of the one policy that an organization has."""
        return self._of_org.get(org, DEFAULT)

    def find(self, name_or_id: str) -> str:
        """The id of a policy by display name or id (for the control listener)."""
        if name_or_id in self._policies:
            return name_or_id
        for policy_id, policy in self._policies.items():
            if policy["displayName"] == name_or_id:
                return policy_id
        raise not_found(f"Policy {name_or_id}")

    def data_cap(self, policy_id: str) -> int | None:
        """What was last set as `onpremDataCap`: no API call tells, the control listener does."""
        return self._data_caps.get(policy_id)

    # Writing

    def create(self, given: dict[str, Any]) -> str:
        """Adds a policy; answers its id. Every field is required: the contract knows no server-side defaults."""
        self._check(given, None)
        policy_id = str(uuid.uuid4())
        self._store(policy_id, given)
        return policy_id

    def replace(self, policy_id: str, given: dict[str, Any]) -> None:
        """Replaces a policy as a whole."""
        self._need(policy_id)
        self._check(given, policy_id)
        self._store(policy_id, given)

    def remove(self, policy_id: str) -> None:
        """Removes a policy that nobody has."""
        if policy_id == DEFAULT:
            raise bad_input("The default policy cannot be deleted.")
        name = self._need(policy_id)["displayName"]
        count = self.count(policy_id)
        if count:
            # INFERRED (contract 4.10, 9).
            raise bad_input(f"Policy '{name}' is assigned to {count} organizations.")
        del self._policies[policy_id]
        self._data_caps.pop(policy_id, None)
        self._members.pop(policy_id, None)
        self._prepared.clear()

    def assign(self, policy_id: str, org: str) -> None:
        """Gives an organization this policy in place of the one it has."""
        self._need(policy_id)
        if org not in self._site.organizations:
            raise not_found(f"Organization {org}")
        self._refresh()
        before = self.policy_of(org)
        if before == policy_id:
            return
        if before != DEFAULT:
            del self._members[before][org]
        if policy_id == DEFAULT:
            del self._of_org[org]
        else:
            self._of_org[org] = policy_id
            self._members.setdefault(policy_id, {})[org] = None
        for changed in (before, policy_id, "*"):
            self._prepared.pop(changed, None)

    def _store(self, policy_id: str, given: dict[str, Any]) -> None:
        self._data_caps[policy_id] = given.get("onpremDataCap")
        self._policies[policy_id] = {name: given[name] for name in self._fields}
        self._prepared.clear()

    def _check(self, given: dict[str, Any], policy_id: str | None) -> None:
        check_fields(given, self._fields, self._optional)
        if not given["displayName"].strip():
            raise bad_input("displayName must not be empty.")
        for name, (least, most) in _RANGES.items():
            if not least <= given[name] <= most:
                raise bad_input(f"{name} must be between {least} and {most}.")
        if given.get("maxPinnedInstances", 0) < 0:
            raise bad_input("maxPinnedInstances must not be negative.")
        for other, policy in self._policies.items():
            if other != policy_id and policy["displayName"] == given["displayName"]:
                raise bad_input(f"A policy named '{given['displayName']}' already exists.")
