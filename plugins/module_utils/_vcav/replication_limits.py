# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the policies of an organization say against a replication, as far as they can be read (contract vcav-api.md,
4.10 and 4.12.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._http import HttpError
from . import policies
from .client import Vcav


@dataclass(frozen=True)
class Limits:
    """The policy that an organization has at a site, in the user's words, and how much of it is used."""

    org: str
    where: str
    policy: Mapping[str, Any]
    replications: int

    @property
    def called(self) -> str:
        """The policy as messages call it."""
        return f"the policy {self.policy.get('name')!r} of {self.org} at {self.where}"


@dataclass(frozen=True)
class Asked:
    """What is asked of a replication: its label in messages, minutes, number of instances kept; None: not set."""

    label: str
    rpo: int | None
    instances: int | None
    is_new: bool


def read(api: Vcav, org: str | None, site: str | None, where: str) -> Limits | None:
    """The limits of an organization at a site (None: the service's own); None where they cannot be read.

    Only administrators can read them, so to anybody else the server tells them when it refuses.
    """
    if org is None:
        return None
    try:
        every = policies.every(api, site)
        for policy in sorted(every, key=lambda one: one["id"] == policies.DEFAULT_ID):
            if not policy.get("orgs", 1):
                continue
            for row in policies.assigned(api, str(policy["id"]), site):
                if row["org"] == org:
                    return Limits(org, where, policies.read(policy), int(row.get("configuredReplications") or 0))
    except HttpError as problem:
        if problem.status not in (401, 403):
            raise
    return None


def direction(limits: Limits | None, incoming: bool, kind: str, on_premises: bool) -> list[str]:
    """Why a new replication may not come in or go out; empty where it may."""
    if limits is None:
        return []
    way = "incoming" if incoming else "outgoing"
    names = [f"allow_{way}_onprem_{kind}s"] if on_premises else []
    names += [f"allow_{way}_{kind}s", f"allow_{way}"]
    switch = next((name for name in names if name in limits.policy), None)
    if switch is None or limits.policy[switch]:
        return []
    return [
        f"{limits.called} forbids it: {switch} is false. Assign another policy with "
        "vcpp.vcloud.vcav_policy_assignments, or change this one with vcpp.vcloud.vcav_policy"
    ]


def amounts(limits: Limits | None, rows: Iterable[Asked], incoming: bool) -> list[str]:
    """Where the recovery point objective, the instances or the number of VMs leave the policy; empty if nowhere."""
    if limits is None:
        return []
    found, new = [], 0
    for row in rows:
        new += row.is_new
        least, most = limits.policy.get("min_rpo"), limits.policy.get("max_instances")
        if row.rpo is not None and isinstance(least, int) and row.rpo < least:
            found.append(
                f"{row.label}: rpo is {row.rpo} minutes and {limits.called} allows {least} at the least; "
                f"give {least} or more"
            )
        if row.instances is not None and isinstance(most, int) and row.instances > most:
            found.append(
                f"{row.label}: retention keeps {row.instances} instances and {limits.called} allows {most}; keep fewer"
            )
    most = limits.policy.get("max_incoming")
    # How many VMs a vApp has is not told before it is replicated, so each counts as one here; the server counts all.
    if incoming and isinstance(most, int) and limits.replications + new > most:
        found.append(
            f"{new} more replications would be {limits.replications + new} VMs and {limits.called} allows {most}; "
            "leave some out, stop others, or raise max_incoming with vcpp.vcloud.vcav_policy"
        )
    return found
