# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What organization VDCs are enabled for (contract cse-api.md, 3.5, 3.6, 4.6 and 5.10).

The runtimes of 3.x are a set. Up to 2.6 there is one provider of containers, and of PKS nothing is managed here: a VDC
whose provider that is counts as enabled for it, and is never taken away from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http import HttpError
from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from .._vcd import tasks, vdcs
from .._vcd.documents import bare_id
from .._vcd.records import org_of
from .._wait import TaskFailed
from . import capabilities, waiting
from .capabilities import NATIVE_KIND, TKG_PLUS, TKGM
from .client import Cse
from .releases import FIRST, NATIVE, POLLED, SECOND

RUNTIMES = (NATIVE_KIND, TKG_PLUS, TKGM)
PKS = "ent-pks"
DEFAULT_POLICY = "System Default"
FIELDS: dict[str, Field] = {
    "vdc": Field("vdc", immutable=True),
    "org": Field("org", immutable=True),
    "runtimes": Field("runtimes", unordered=True),
    "compute_policies": Field("compute_policies", unordered=True),
}
# Of 1.2, whose words are others.
_WORDS = {"vcd": NATIVE_KIND, "pks": PKS}


def refuse_foreign(cse: Cse, params: Mapping[str, Any]) -> None:
    """Refuse what the release has nothing for. Raises InputError."""
    release = cse.release
    if release.kind == POLLED:
        raise InputError(
            f"vdc is {params['vdc']!r}: {release} enables no organization VDCs. What its clusters need of one are VM "
            "sizing policies, which the provider publishes to it in vCloud Director"
        )
    known = capabilities.kinds(release)
    odd = [one for one in params["runtimes"] or [] if one not in known]
    if odd:
        raise InputError(f"runtimes has {odd[0]}, and {release} knows {', '.join(known)}. Leave it out")
    if params["compute_policies"] is not None and release.kind != SECOND:
        raise InputError(
            f"compute_policies is set, but {release} has none of its own; 2.5, 2.6 and the legacy mode of 3.1 have. "
            "Leave it out; sizing policies are vCloud Director's"
        )


def find(cse: Cse, params: Mapping[str, Any]) -> dict[str, Any]:
    """The VDC that the options name: name, org, bare id. Raises InputError where there is none or are several."""
    found = vdcs.matching(cse.api, org=org_of(params), name=params["vdc"])
    if len(found) > 1:
        listed = ", ".join(sorted(str(one["org"]) for one in found))
        raise InputError(f"vdc is {params['vdc']!r}: organizations {listed} have one each of this name. Give org")
    if not found:
        raise InputError(f"vdc is {params['vdc']!r}, and there is no organization VDC of this name")
    return {**found[0], "id": bare_id(str(found[0]["id"]))}


def refuse_pks(cse: Cse, before: Values, wanted: Values) -> None:
    """Refuse to take a VDC from PKS: it has one provider, and its clusters would lose theirs. Raises InputError."""
    if PKS in before["runtimes"] and "runtimes" in wanted:
        by_hand = "disable" if cse.release.number >= (2,) else "disablek8s"
        raise InputError(
            f"runtimes is {wanted['runtimes']}, but organization VDC {before['vdc']} of {before['org']} is enabled for "
            f"PKS ({PKS}), whose clusters would lose their provider. Leave runtimes out, or, if it has none left, free "
            f"the VDC first: vcd cse ovdc {by_hand} '{before['vdc']}' --org '{before['org']}'"
        )


def state(cse: Cse, vdc: Mapping[str, Any], policies: bool) -> Values:
    """What one VDC is enabled for; its compute policies with `policies`, one request more. Raises HttpError."""
    kind, row = cse.release.kind, {"vdc": vdc["name"], "org": vdc["org"]}
    if kind == NATIVE:
        return {**row, "runtimes": sorted(cse.get(f"3.0/ovdc/{vdc['id']}").get("k8s_runtime") or [])}
    told = cse.get(f"ovdc/{vdc['id']}/info" if kind == FIRST else f"ovdc/{vdc['id']}")
    row["runtimes"] = _of_provider(told.get("container_provider") or told.get("k8s_provider"))
    if policies and kind == SECOND:
        found = cse.get(f"ovdc/{vdc['id']}/compute-policies") or []
        row["compute_policies"] = sorted(str(one["name"]) for one in found if one["name"] != DEFAULT_POLICY)
    return row


def _of_provider(provider: Any) -> list[str]:
    """The runtimes that a provider of containers stands for; none where nobody has set one."""
    return [] if provider in (None, "", "none") else [_WORDS.get(str(provider), str(provider))]


def closed(cse: Cse, values: Mapping[str, Any]) -> str | None:
    """Why a VDC of 3.x takes no new cluster of this kind, and who mends that; None where it does.

    A server that does not tell it to this user tells it when the creation fails.
    """
    found = vdcs.matching(cse.api.acting_for(None), org=values.get("org"), name=values["vdc"])
    try:
        told = cse.get(f"3.0/ovdc/{bare_id(str(found[0]['id']))}") if found else None
    except HttpError:
        return None
    runtimes = (told or {}).get("k8s_runtime")
    if runtimes is None or values["kind"] in runtimes:
        return None
    listed = f"enabled for {', '.join(sorted(runtimes))} and not" if runtimes else "not enabled"
    return (
        f"vdc is {values['vdc']!r}, which is {listed} for {values['kind']} clusters. The provider enables it, with "
        f"vcpp.vcloud.cse_ovdc and runtimes: [{', '.join(sorted([*runtimes, values['kind']]))}]"
    )


def every(cse: Cse, params: Mapping[str, Any]) -> list[Values]:
    """The VDCs that the options choose, by organization and name. Raises InputError, HttpError."""
    if cse.release.kind == POLLED:
        raise InputError(f"{cse.release} enables no organization VDCs; read them with vcpp.vcloud.vcd_org_vdc_info")
    found = vdcs.matching(cse.api, org=org_of(params), name=params["vdc"])
    wanted = {str(one["id"]): {**one, "id": bare_id(str(one["id"]))} for one in found}
    made = side_by_side(lambda one: state(cse, wanted[one], params["with_compute_policies"]), wanted)
    return list(made.values())


def update(
    cse: Cse,
    vdc: Mapping[str, Any],
    before: Values,
    wanted: Values,
    force: bool,
    wait: waiting.Wait,
    tell: waiting.Tell,
) -> None:
    """Give a VDC the runtimes and the compute policies that it shall have. Raises HttpError, TaskFailed."""
    if "runtimes" in wanted and sorted(wanted["runtimes"]) != sorted(before["runtimes"]):
        answer = _set_runtimes(cse, vdc, list(wanted["runtimes"]), force)
        lost = sorted(set(before["runtimes"]) - set(wanted["runtimes"]))
        try:
            _follow(cse, answer, f"enabling organization VDC {vdc['name']}", wait, tell)
        except TaskFailed as failed:
            if not lost or force or cse.release.kind != NATIVE or failed.task.get("status") in tasks.UNFINISHED:
                raise
            remedy = (
                f"As long as clusters of {' and '.join(lost)} are in it, the server takes that away only with "
                "remove_from_vms: true. Remove the clusters first, or give that"
            )
            raise TaskFailed(
                f"enabling organization VDC {vdc['name']}", failed.task, f"{failed.reason} {remedy}"
            ) from failed
    if "compute_policies" in wanted:
        present, wishes = set(before["compute_policies"]), set(wanted["compute_policies"]) - {DEFAULT_POLICY}
        path = f"ovdc/{vdc['id']}/compute-policies"
        for action, names in (("add", wishes - present), ("remove", present - wishes)):
            for name in sorted(names):
                document: Values = {"action": action, "compute_policy_name": name}
                if action == "remove":
                    document["remove_compute_policy_from_vms"] = force
                answer = cse.request("PUT", path, document=document)
                _follow(cse, answer, f"{action} compute policy {name} of {vdc['name']}", wait, tell)


def _set_runtimes(cse: Cse, vdc: Mapping[str, Any], runtimes: list[str], force: bool) -> Any:
    kind, provider = cse.release.kind, NATIVE_KIND if runtimes else "none"
    about: Values = {"ovdc_name": vdc["name"], "org_name": vdc["org"]}
    if kind == NATIVE:
        document = {**about, "ovdc_id": vdc["id"], "k8s_runtime": runtimes, "remove_cp_from_vms_on_disable": force}
        return cse.request("PUT", f"3.0/ovdc/{vdc['id']}", document=document)
    if kind == SECOND:
        return cse.request("PUT", f"ovdc/{vdc['id']}", document={**about, "k8s_provider": provider})
    document = {**about, "ovdc_id": vdc["id"], "pks_plans": "", "enable" if runtimes else "disable": True}
    if cse.release.number >= (2,):
        document |= {"k8s_provider": provider, "pks_cluster_domain": "", "enable": bool(runtimes)}
        document.pop("disable", None)
    else:
        document["container_provider"] = "vcd" if runtimes else None
    return cse.request("PUT", f"ovdc/{vdc['id']}/info", document=document)


def _follow(cse: Cse, answer: Any, what: str, wait: waiting.Wait, tell: waiting.Tell) -> None:
    """Wait for the task of a write, where it names one: adding a policy is done at once."""
    task = waiting.task_of(answer)
    if task is not None:
        waiting.finish(cse, task, what, wait, tell)
