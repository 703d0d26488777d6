# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubeconfig of a cluster, as each release hands it out (contract cse-api.md, 3.3, 4.1, 5.8, 7.4 and 8).

A cluster has one from the moment that its control plane is there until it is deleted. Before and after that, and where
its machines do not answer, what is told is in which state it is and what to do.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from .._http import HttpError
from .._plan import InputError
from .._vcd import client as vcd
from .._vcd import entities
from .._vcd.client import JSON
from .._vcd.tasks import of as task_of_reply
from .._wait import WaitTimeout, wait_for
from . import kubeconfig_text, lookup, waiting
from .client import Cse
from .kubeconfig_text import Entry, NoKubeconfig, Owner
from .lookup import Found
from .releases import FIRST, NATIVE, POLLED, SECOND

READY, BUSY, LOST = "ready", "busy", "lost"
FULL_ENTITY = "urn:vcloud:behavior-interface:getFullEntity:cse:capvcd:1.0.0"
SHORTEST_WAIT = 60  # seconds that a task has which only tells a kubeconfig

Fetch = Callable[[], "Found | None"]


@dataclass(frozen=True)
class State:
    """Whether a kubeconfig can be had. `word` is READY, BUSY (later) or LOST (not by waiting); `told` says why not."""

    word: str
    told: str = ""


@dataclass(frozen=True)
class Nobody:
    """A vCloud Director that nobody logs in to: what a task knows of it by its options."""

    endpoint: str
    site: str | None
    org: str | None


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Cse | Nobody]:
    """The CSE; for state absent, which asks nobody, what the options tell: cluster, CSE and vCD may be gone."""
    if params["state"] == "absent":
        endpoint = vcd.connection(params).endpoint
        org = params.get("vcd_api_token_org") if params.get("vcd_api_token") else None
        if params.get("vcd_user") and not params.get("vcd_token") and not org:
            org = str(params["vcd_user"]).rpartition("@")[2]
        system = org is None or org.lower() == vcd.SYSTEM
        yield Nobody(endpoint, urlsplit(endpoint).hostname, None if system else org)
    else:
        with vcd.connect(params) as api:
            yield Cse(api)


def read(cse: Cse, params: Mapping[str, Any], found: Found, wait: Mapping[str, float], check_mode: bool) -> str | None:
    """The kubeconfig of a cluster once it can be had; None in check mode where that is waited for first.

    Raises InputError, HttpError, TaskFailed.
    """
    if check_mode and wait["timeout"] and state(cse, found).word == BUSY:
        return None
    ready = wait_until_ready(cse, lambda: lookup.find(cse, params, found.name, fresh=False), found, wait)
    return fetch(cse, params, ready, wait)


def entries(text: str, name: str, owner: Owner) -> dict[str, Entry]:
    """The entries of a cluster under one name, of what its server told. Raises InputError for what is no kubeconfig."""
    try:
        return kubeconfig_text.told(text, name, owner)
    except NoKubeconfig as problem:
        raise InputError(
            f"cluster {owner.cluster}: what its server tells is no kubeconfig: {problem}. Nothing was changed; look "
            "whether its control plane is sound"
        ) from None


def owner_of(api: Cse | Nobody, params: Mapping[str, Any], found: Found | None) -> Owner:
    """Whose the entries of a cluster are: by its name, the vCloud Director, and its place as far as that is known."""
    own = api.org if isinstance(api, Nobody) else None if api.api.is_provider else api.api.facts.get("org")
    org = (found.org if found else None) or params["org"] or params.get("vcd_tenant") or own
    return Owner(params["cluster"], api.endpoint, org, found.vdc if found else params["vdc"])


def state(cse: Cse, found: Found) -> State:
    """Whether the kubeconfig of a cluster can be had now. Pure but for its arguments."""
    kind = cse.release.kind
    if kind in (FIRST, SECOND):
        return _of_vapp(found)
    return _polled(found) if kind == POLLED else _native(found)


def _of_vapp(found: Found) -> State:
    """1.2 to 2.6 and legacy mode: the vApp tells its power, and its metadata when the control plane is ready."""
    if not found.wire.get("leader_endpoint"):
        return State(BUSY, "has no control plane yet: it is being made, or that has failed half-way")
    if found.wire.get("status") == "POWERED_OFF":
        return State(LOST, "is powered off, and only its control plane knows its kubeconfig. Power on its vApp")
    return State(READY)


def _native(found: Found) -> State:
    """3.x: a kubeconfig needs a resolved entity and a control plane, whatever else is being done."""
    status = found.content.get("status") or {}
    phase, resolution = str(status.get("phase") or "no phase"), entities.state(found.wire)
    if resolution == entities.DELETING or phase == "DELETE:IN_PROGRESS":
        return State(LOST, f"is being deleted (state {resolution}, phase {phase}). Use state: absent for its entries")
    if resolution == entities.ERROR:
        return State(LOST, f"is in state {resolution}: its content does not fit its type. Mend it, or remove it")
    nodes = status.get("nodes") or {}
    if resolution == entities.RESOLVED and (nodes.get("controlPlane") or nodes.get("control_plane")):
        return State(READY)
    if phase == "CREATE:FAILED":
        return State(
            LOST, "could not be made (phase CREATE:FAILED) and has no control plane. Remove it, and make it anew"
        )
    return State(BUSY, f"has no control plane yet (state {resolution}, phase {phase})")


def _polled(found: Found) -> State:
    """4.x: only a provisioned cluster has one."""
    status = (found.content.get("status") or {}).get("vcdKe") or {}
    asked = (found.content.get("spec") or {}).get("vcdKe") or {}
    now = status.get("state")
    if asked.get("markForDelete") or now == "deleting":
        return State(LOST, "is being deleted. Use state: absent for its entries")
    if now == "provisioned":
        return State(READY)
    if now == "error" and not asked.get("autoRepairOnErrors"):
        said = next((_said(one) for one in reversed(status.get("errorSet") or []) if _said(one)), "no reason is told")
        return State(LOST, f"is in state error: {said.rstrip('.')}. Remove it, and make it anew")
    return State(BUSY, f"is not provisioned yet (state {now or 'not told yet'})")


def _said(entry: Mapping[str, Any]) -> str:
    return str((entry.get("additionalDetails") or {}).get("Detailed Error") or "")


def wait_until_ready(cse: Cse, look: Fetch, found: Found, wait: Mapping[str, float]) -> Found:
    """The cluster once a kubeconfig can be had. Raises InputError that tells its state and what to do, HttpError.

    `look` reads it again. Without a `timeout` it is not waited for.
    """
    seen: list[Found] = [found]

    def settled() -> State:
        if len(seen) > 1 or state(cse, seen[-1]).word == BUSY:
            again = look()
            if again is None:
                return State(LOST, "is gone: it was removed, or its creation failed and was rolled back")
            seen.append(again)
        return state(cse, seen[-1])

    now = state(cse, found)
    if now.word == BUSY and wait["timeout"]:
        try:
            now = wait_for(settled, lambda one: one.word != BUSY, timeout=wait["timeout"], interval=wait["interval"])
        except WaitTimeout:
            told = state(cse, seen[-1]).told
            raise InputError(
                f"cluster {found.name} {told}, still after {wait['timeout']:g} seconds. Raise wait_timeout, or look "
                "what vcpp.vcloud.cse_cluster_info tells of it"
            ) from None
    if now.word == READY:
        return seen[-1]
    remedy = ". Set wait_timeout to the seconds that the task may wait for it" if now.word == BUSY else ""
    raise InputError(f"cluster {found.name} {now.told}{remedy}. It has no kubeconfig now; nothing was changed")


def fetch(cse: Cse, params: Mapping[str, Any], found: Found, wait: Mapping[str, float]) -> str:
    """The kubeconfig of a cluster, a secret text. Raises HttpError, TaskFailed, InputError where none is told."""
    kind, part = cse.release.kind, quote(found.name, safe="")
    try:
        if kind == FIRST:
            place = {"org": params["org"], "vdc": params["vdc"]} if cse.release.number >= (2,) else {}
            told = cse.get(f"{part}/config", **place)
        elif kind == SECOND:
            org = params["org"] or params.get("vcd_tenant")
            told = cse.get(f"cluster/{part}/config", org_name=org, ovdc_name=found.vdc)
        elif kind == NATIVE:
            acting, _org = lookup.place_of(cse, params)
            told = acting.get(f"3.0/cluster/{found.id}/config")
        else:
            told = _from_entity(cse, params, found, wait)
    except HttpError as problem:
        if problem.status == 500:
            problem.advice = (
                "Its control plane must run and answer: look at its VMs, and whether the cluster is being changed or "
                "upgraded; set wait_timeout to wait for one that is being made."
            )
        raise
    text = told.get("message") if isinstance(told, Mapping) else told
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"cluster {found.name}: {cse.release} tells an empty kubeconfig. Run the task again later")
    return text


def _from_entity(cse: Cse, params: Mapping[str, Any], found: Found, wait: Mapping[str, float]) -> str:
    """4.x: the private section of the entity, which a behavior gives back to who has full control (contract 7.4)."""
    acting, _org = lookup.place_of(cse, params)
    place = f"cloudapi/1.0.0/entities/{quote(found.id, safe='')}/behaviors/{quote(FULL_ENTITY, safe='')}/invocations"
    needs = (
        f"The kubeconfig of cluster {found.name} takes full control of its entity: ask its owner to share it so, or "
        "use a role with the right vmware:capvcdCluster: Administrator Full access"
    )
    try:
        reply = acting.api.send("POST", place, media=JSON, document={})
    except HttpError as problem:
        if problem.status == 403:
            problem.advice = f"{needs}."
        raise
    task = task_of_reply(reply)
    if task is None:
        raise acting.api.unexpected("POST", place, reply.status, "an answer that names no task")
    patient = {"timeout": max(wait["timeout"], SHORTEST_WAIT), "interval": min(wait["interval"], 2)}
    ended = waiting.finish(acting, task, f"reading the kubeconfig of cluster {found.name}", patient)
    try:
        whole = json.loads(ended["result"] or "")
        private = whole["entity"]["status"]["capvcd"].get("private") or {}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InputError(
            f"cluster {found.name}: the whole entity has no status.capvcd ({type(problem).__name__})"
        ) from None
    if not private.get("kubeConfig"):
        raise InputError(f"cluster {found.name} tells no kubeconfig in its private section. {needs}")
    return str(private["kubeConfig"])
