# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runtime defined entities: JSON documents of a type, with a state and a version of themselves (contract 5.5).

An entity is made PRE_CREATED and becomes RESOLVED once its content fits the type's schema, else RESOLUTION_ERROR. Only
`resolve` moves it on, so everything here ends with one, and an entity that was left half-way is taken up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._http import HttpError, Reply
from .._plan import Field, InputError, Values, given, refuse_empty, to_user
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import entity_types, tasks
from .client import JSON, SYSTEM, Vcd
from .entity_types import ENTITIES, TYPES, path, urn
from .filters import equals
from .json_values import JsonObject, masked, merged

PRE_CREATED, RESOLVED, ERROR, DELETING = "PRE_CREATED", "RESOLVED", "RESOLUTION_ERROR", "IN_DELETION"
TRIES = 5  # of a write that somebody else's write was quicker than

FIELDS: dict[str, Field] = {
    "vendor": Field("vendor", immutable=True),
    "nss": Field("nss", immutable=True),
    "version": Field("version"),
    "org": Field("org", immutable=True),
    "name": Field("name"),
    "content": Field("entity", default={}, read=lambda content: JsonObject(content or {})),
    "external_id": Field("externalId", default="", read=lambda text: text or ""),
    # No option: an entity that is there is wanted resolved.
    "resolved": Field("state", default=True),
}


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    entity_types.check(params)
    refuse_empty("name", params.get("name"), "name the entity")
    refuse_empty("org", params.get("org"), "name the organization, or leave org out")
    identity = params.get("id")
    if identity is not None and not identity.startswith("urn:vcloud:entity:"):
        raise InputError(f"id is {identity!r}: write it as urn:vcloud:entity:<vendor>:<nss>:…")


def state(wire: Mapping[str, Any]) -> str:
    """The state of an entity, which newer releases tell under another name."""
    return str(wire.get("state") or wire.get("entityState"))


def at_home(api: Vcd, params: Mapping[str, Any]) -> tuple[Vcd, str]:
    """(client that sees the entities of the organization that the options name, its name).

    Without `org` it is the one that the task acts for, else the user's own. Raises InputError for another organization
    than a tenant's own.
    """
    acting, own = params.get("org") or params.get("vcd_tenant"), str(api.facts["org"])
    if acting is None or acting == own or acting.lower() == own.lower() == SYSTEM:
        return api.acting_for(None), own
    if not api.is_provider:
        raise InputError(
            f"org is {acting}, but this is a user of {own}, and only a System administrator sees entities of other "
            "organizations. Leave org out, or log in to System"
        )
    return api.acting_for(acting), acting


def matching(
    api: Vcd,
    org: str,
    *,
    vendor: str,
    nss: str,
    version: str | None = None,
    name: str | None = None,
    identity: str | None = None,
) -> list[dict[str, Any]]:
    """The entities of a type in an organization, by name and id, each with its content.

    From API 37.0 on those of all versions of the type, of `version` alone where it is given; below, a version is
    needed. Raises InputError, HttpError.
    """
    entity_types.refuse_old(api)
    asked = {"vendor": vendor, "nss": nss, "version": version}
    parts = [part for part in asked.values() if part]
    if not version and not api.has("entities_of_all_versions"):
        raise InputError("version is not set: below API version 37.0 entities are read of one version of their type")
    where = equals("id", identity) if identity else equals("name", name) if name else None
    try:
        found = api.gather(f"{ENTITIES}/types/" + "/".join(quote(part, safe="") for part in parts), where)
    except HttpError as problem:
        # What a server says of a type that is not there is not documented; a missing right looks the same.
        if problem.status not in (403, 404) or entity_types.matching(api.acting_for(None), TYPES, dict(asked)):
            raise
        return []
    chosen = [
        each
        for each in found
        if name in (None, each["name"])
        and identity in (None, each["id"])
        and version in (None, type_of(each)["version"])
        and (each.get("org") or {}).get("name", org).lower() == org.lower()
    ]
    return sorted(chosen, key=lambda each: (str(each["name"]), str(each["id"])))


def find(api: Vcd, org: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The entity that the options name, by `id` or else by `name`; None when there is none. Raises InputError."""
    # Whatever version it has now, where that can be asked: the option says which version it shall have.
    version = None if api.has("entities_of_all_versions") else params["version"]
    wanted = {"identity": params["id"]} if params["id"] else {"name": params["name"]}
    found = matching(api, org, vendor=params["vendor"], nss=params["nss"], version=version, **wanted)
    if len(found) > 1:
        listed = ", ".join(str(each["id"]) for each in found)
        raise InputError(
            f"name is {params['name']!r}: {len(found)} entities of {params['vendor']}:{params['nss']} in {org} have "
            f"this name. Give the id of the one that is meant: {listed}"
        )
    if params["id"] and not found and params["state"] == "present":
        raise InputError(
            f"id is {params['id']!r}: {org} has no such entity of {params['vendor']}:{params['nss']}, and a new one "
            "gets an id of its own. Leave id out and give a name to make one"
        )
    return found[0] if found else None


def type_of(wire: Mapping[str, Any]) -> dict[str, str]:
    """Vendor, nss and version of an entity's type."""
    parts = str(wire["entityType"]).split(":")
    return dict(zip(entity_types.KEY, parts[-3:], strict=True))


def read(wire: Mapping[str, Any]) -> Values:
    """An entity in the user's words."""
    org = (wire.get("org") or {}).get("name")
    return to_user(FIELDS, {**wire, **type_of(wire), "org": org, "state": state(wire) == RESOLVED})


def wanted(params: Mapping[str, Any], org: str, wire: Mapping[str, Any] | None) -> Values:
    """What the user set. `content` is the whole content, also where only a part of it was given. Raises InputError."""
    if wire is not None and state(wire) == DELETING:
        raise InputError(f"{wire['id']} is being removed by its type's hook; run the task again when it is gone")
    values = {**given(params, FIELDS), "org": (wire or {}).get("org", {}).get("name", org), "resolved": True}
    content = values.get("content")
    if content is None and wire is None:
        raise InputError(f"content is not set, and there is no entity {params['name']!r}: a new one needs a content")
    if content is not None:
        values["content"] = whole(wire or {}, params)
    return values


def whole(wire: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """The content that an entity is to have, also where the user gave only a part of it."""
    present = wire.get("entity") or {}
    return masked(present, merged(present, params["content"]) if params["merge"] else params["content"])


def tell(wire: Mapping[str, Any] | None) -> dict[str, Any]:
    """What only the server decides of an entity; nothing of one that is not there."""
    if wire is None:
        return {}
    return {"id": wire["id"], "state": state(wire), "owner": (wire.get("owner") or {}).get("name")}


def type_there(api: Vcd, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The type that an entity is to have; None where it is not there, or the user does not see it. Raises HttpError."""
    return entity_types.find(api.acting_for(None), TYPES, values)


def missing_type(values: Mapping[str, Any]) -> str:
    """What is said of a type that is not there."""
    return (
        f"there is no type {urn('type', values)} here, or this user does not see it. Define it with "
        "vcpp.vcloud.vcd_entity_type; a tenant needs its rights, which come with a rights bundle"
    )


def create(api: Vcd, values: Values, *, timeout: float, interval: float) -> None:
    """Make an entity and resolve it. Raises InputError, HttpError, TaskFailed."""
    kind = type_there(api, values)
    if kind is None:
        raise InputError(missing_type(values))
    document = {"name": values["name"], "entity": values["content"], "externalId": values["external_id"] or None}
    try:
        reply = api.send("POST", path(TYPES, kind["id"]), media=JSON, document=document)
    except HttpError as problem:
        if problem.status == 403:
            problem.advice = (
                f"The user needs the rights of the type: publish the rights bundle {values['vendor']}:{values['nss']} "
                "Entitlement to the organization, and give the user a role that has them."
            )
        raise
    what = f"making entity {values['name']}"
    if (kind.get("hooks") or {}).get("PostCreate"):
        # Its hook fills the content in; the server resolves the entity once the hook has ended.
        tasks.follow(api, reply, what, timeout=timeout, interval=interval)
        return
    # The task runs until the entity is resolved; what it tells before that is which entity it is about.
    identity = _made(api, reply, what, timeout, interval)
    resolve(api, identity, what)


def _made(api: Vcd, reply: Reply, what: str, timeout: float, interval: float) -> str:
    """The id of a new entity, from the task of its creation."""
    task = tasks.of(reply)
    if task is None:
        raise TaskFailed(what, {}, "the server accepted it but tells of no task; run again to see what became of it")

    def owner(told: Mapping[str, Any]) -> str:
        return str((told.get("owner") or {}).get("id") or "")

    try:
        told = wait_for(
            lambda: tasks.look(api, task),
            lambda now: bool(owner(now)) or now["status"] not in tasks.UNFINISHED,
            timeout=timeout,
            interval=interval,
        )
    except WaitTimeout as late:
        raise TaskFailed(what, {"id": task}, f"after {timeout:g} seconds its task tells of no entity") from late
    if not owner(told):
        said = (told["error"] or {}).get("message") or told["details"] or "the server gives no reason"
        raise TaskFailed(what, told, f"its task {task} ended with {told['status']}: {said}")
    return owner(told)


def resolve(api: Vcd, identity: str, what: str) -> None:
    """Hold an entity's content against its type. Raises TaskFailed with the server's words where it does not fit."""
    place = path(ENTITIES, identity, "resolve")
    answer = api.request("POST", place)
    now = answer if isinstance(answer, dict) else {}
    if state(now) == RESOLVED:
        return
    said = now.get("message") or "the server gives no reason"
    failed = {"id": identity, "status": state(now), "error": {"code": state(now), "message": said}}
    raise TaskFailed(
        what, failed, f"{identity} is {state(now)}: {str(said).rstrip('.')}. It stays there; correct its content "
        "and run the task again, or remove it",
    )  # fmt: skip


def update(
    api: Vcd, wire: Mapping[str, Any], params: Mapping[str, Any], *, timeout: float, interval: float
) -> None:
    """Give an entity what the user set, and resolve it where it is not. Raises HttpError, TaskFailed.

    It is read again together with its ETag, and once more when somebody else has written in between: what he wrote
    outside of what the user set stays.
    """
    what = f"changing entity {wire['name']}"
    place = path(ENTITIES, wire["id"])
    for attempt in range(1, TRIES + 1):
        reply = api.send("GET", place, media=JSON)
        now = reply.json()
        document = {**now, **_document(now, params)}
        if not JsonObject(document) == now:
            tag = reply.headers.get("ETag")
            held = {"If-Match": tag} if tag and api.has("entity_if_match") else {}
            try:
                written = api.send("PUT", place, media=JSON, document=document, headers=held)
            except HttpError as problem:
                if problem.status != 412 or attempt == TRIES:
                    raise
                continue
            tasks.follow(api, written, what, timeout=timeout, interval=interval)
            now = api.get(place)
        if state(now) != RESOLVED:
            resolve(api, str(wire["id"]), what)
        return


def _document(now: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an entity's document that are to change."""
    values = given(params, FIELDS)
    wishes: dict[str, Any] = {}
    if "name" in values:
        wishes["name"] = values["name"]
    if "external_id" in values:
        wishes["externalId"] = values["external_id"] or None
    if "version" in values:
        wishes["entityType"] = urn("type", {**type_of(now), "version": values["version"]})
    if "content" in values:
        wishes["entity"] = whole(now, params)
    return wishes


def remove(api: Vcd, wire: Mapping[str, Any], *, timeout: float, interval: float) -> None:
    """Remove an entity and wait until it is gone. Raises HttpError, TaskFailed."""
    identity, place = str(wire["id"]), path(ENTITIES, wire["id"])
    what = f"removing entity {wire['name']}"
    if state(wire) == PRE_CREATED:
        # What is not resolved cannot be removed; whether it fits its type is all the same then.
        api.request("POST", path(ENTITIES, identity, "resolve"))
    if state(wire) != DELETING:
        reply = api.send("DELETE", place, media=JSON)
        tasks.follow(api, reply, what, timeout=timeout, interval=interval)
    try:
        wait_for(
            lambda: matching(api, str(wire["org"]["name"]), identity=identity, **_where(api, wire)),
            lambda left: not left,
            timeout=timeout,
            interval=interval,
        )
    except WaitTimeout as late:
        raise TaskFailed(
            what, {"id": identity}, f"it is still there after {timeout:g} seconds. Raise wait_timeout, or look why its "
            "type's hook does not end",
        ) from late  # fmt: skip


def _where(api: Vcd, wire: Mapping[str, Any]) -> dict[str, str]:
    found = type_of(wire)
    return found if not api.has("entities_of_all_versions") else {"vendor": found["vendor"], "nss": found["nss"]}
