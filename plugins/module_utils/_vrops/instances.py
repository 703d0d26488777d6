# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adapter instances of vRealize Operations (contract A5, A8): how they are read, held to their kind, and written.

Identifiers, collector, credential and name are spelled one way in a body that creates and another way in what is read;
this file alone knows both. Whether an instance runs is told by the resource that has its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._http import HttpError, is_passing
from .._plan import Field, InputError, Values, refuse_empty
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import collectors, credentials, kinds, matching
from .client import Vrops, segment
from .collectors import COLLECTOR, GROUP

PATH, LIST = "adapters", "adapterInstancesInfoDto"
CERTIFICATES = "adapter-certificates"
RUNNING, STOPPED = ("STARTED", "STARTING"), ("STOPPED", "STOPPING", "FAILED", "NONE", "NOT_EXISTING")
MAINTAINED = ("MAINTAINED", "MAINTAINED_MANUAL")
# What an instance that is written back must not carry: the server decides it, or it belongs to another call.
_READ_ONLY = (
    "links", "lastHeartbeat", "lastCollected", "numberOfMetricsCollected", "numberOfResourcesCollected",
    "messageFromAdapterInstance", CERTIFICATES,
)  # fmt: skip

FIELDS: dict[str, Field] = {
    "name": Field("name"),
    "adapter_kind": Field("adapterKindKey"),
    "description": Field("description"),
    "identifiers": Field("resourceIdentifiers"),
    "credential": Field("credential"),
    "collector": Field("collectorId"),
    "collector_group": Field("collectorGroupId"),
    "monitoring_interval": Field("monitoringInterval"),
    "running": Field("", default=True),
    "maintenance": Field(""),
    "accepted_certificates": Field("", unordered=True),
}


@dataclass(frozen=True)
class Instance:
    """An adapter instance: its document, and what its resource tells of how it does."""

    row: Mapping[str, Any]
    state: str = ""
    status: str = ""
    message: str = ""

    @property
    def id(self) -> str:
        """Its id, which is also that of its resource."""
        return str(self.row["id"])


@dataclass
class Names:
    """Names of credentials, collectors and groups by id, each list read when something needs it first."""

    api: Vrops
    kind: str | None
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, option: str) -> dict[str, str]:
        """{id: name}. Raises HttpError."""
        if option not in self._known:
            if option == "credential":
                rows = credentials.of_kind(self.api, self.kind)
                self._known[option] = {str(row.get("id")): str(row.get("name")) for row in rows}
            else:
                self._known[option] = collectors.names(self.api, option)
        return self._known[option]


def check(params: Mapping[str, Any]) -> None:
    """Refuse what cannot be, before anything is sent. Raises InputError."""
    for option in ("name", "adapter_kind"):
        refuse_empty(option, params[option], "give one")
    for option in (COLLECTOR, GROUP):
        refuse_empty(option, params[option], "give a name or an id, or leave it out")
    minutes = params["monitoring_interval"]
    if minutes is not None and minutes < 1:
        raise InputError(f"monitoring_interval is {minutes}: give minutes, 1 or more")
    for_minutes = params["maintenance_minutes"]
    if for_minutes is not None and (for_minutes < 1 or not params["maintenance"]):
        raise InputError(
            f"maintenance_minutes is {for_minutes}: give minutes, 1 or more, together with maintenance: true"
        )
    for name, value in (params["identifiers"] or {}).items():
        if isinstance(value, (dict, list)) or value is None:
            raise InputError(f"identifiers.{name} is {value!r}: give a text, a number, or true or false")
    for text in params["accept_thumbprints"] or []:
        if len(digits(text)) not in (40, 64) or set(digits(text)) - set("0123456789abcdef"):
            raise InputError(
                f"accept_thumbprints has {text!r}: give the SHA-1 or SHA-256 of a certificate in hexadecimal, with or "
                "without colons"
            )


def digits(thumbprint: str) -> str:
    """A thumbprint in one spelling: servers and people write it with colons and without, in capitals and small."""
    text = thumbprint.strip().lower()
    for prefix in ("sha-256:", "sha256:", "sha-1:", "sha1:"):
        text = text.removeprefix(prefix)
    return text.replace(":", "").replace(" ", "")


# Reading


def list_of(api: Vrops, kind: str | None) -> list[dict[str, Any]]:
    """The instances of a kind, or of all; none is an empty list. Raises HttpError."""
    rows = api.rows(PATH, LIST, **({"adapterKindKey": kind} if kind else {}))
    return [row for row in rows if kind in (None, matching.key_of(row).get("adapterKindKey"))]


def look(api: Vrops, row: Mapping[str, Any]) -> Instance:
    """An instance with what its resource tells (contract A5, "is it running?"). Raises HttpError."""
    return with_state(row, api.find(f"resources/{segment(str(row['id']))}"))


def with_state(row: Mapping[str, Any], resource: Mapping[str, Any] | None) -> Instance:
    """The same with a resource that was read already."""
    states = (resource or {}).get("resourceStatusStates") or []
    own = next((each for each in states if each.get("adapterInstanceId") == row["id"]), states[0] if states else {})
    told = (str(own.get(name) or "") for name in ("resourceState", "resourceStatus", "statusMessage"))
    return Instance(row, *told)


def read(instance: Instance, names: Names, given: Mapping[str, Any]) -> Values:
    """An instance in the user's words.

    given  the options: credential, collector and group are shown as they are asked for; what they do not ask for is
           told by its id alone, or not at all where telling would take another list
    """
    row = instance.row
    key = matching.key_of(row)
    values: Values = {
        "name": key.get("name"),
        "adapter_kind": key.get("adapterKindKey"),
        "description": row.get("description") or "",
        "identifiers": matching.values_of(row),
        "monitoring_interval": row.get("monitoringInterval"),
    }
    group = row.get("collectorGroupId")
    for option, present in (
        ("credential", row.get("credentialInstanceId")),
        # An instance of a group has a collector too, the one that the group chose.
        (COLLECTOR, None if group else row.get("collectorId")),
        (GROUP, group),
    ):
        asked = given.get(option)
        if asked is not None:
            known = {} if str(present) == asked or asked == "" else names.of(option)
            values[option] = collectors.shown(asked, present, known)
    if instance.state:
        known_state = instance.state in RUNNING + STOPPED + MAINTAINED
        values["running"] = instance.state in RUNNING + MAINTAINED if known_state else None
        values["maintenance"] = instance.state in MAINTAINED
    return values


# What is wanted


def texts(given: Mapping[str, Any] | None) -> dict[str, str]:
    """Identifiers as texts, to find an instance by; they are held to their types later."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value).strip()
            for name, value in (given or {}).items()}  # fmt: skip


def hold(
    api: Vrops, params: Mapping[str, Any], present: Mapping[str, Any] | None, missing: Callable[[str], None]
) -> tuple[dict[str, str], dict[str, kinds.Identifier]]:
    """(identifiers as the server takes them, what its description says of each).

    An instance that is there tells the identifiers of its kind, so the description is only asked for where there is
    none or a name is not among them. `missing` is told what a new instance lacks: in check mode an earlier task may
    have made it. Raises InputError, HttpError.
    """
    given = params["identifiers"] or {}
    known = matching.described(present) if present is not None else {}
    if present is None or set(given) - set(known):
        known = kinds.identifiers(api, params["adapter_kind"])
    kinds.refuse_unknown("identifiers", given, known, f"an instance of {params['adapter_kind']}")
    values = {name: kinds.text_of("identifiers", known[name], value) for name, value in given.items()}
    if present is None:
        left = [f"identifiers.{each.name}" for each in known.values() if each.unique and not values.get(each.name)]
        if left:
            missing(
                f"name is {params['name']!r}: there is no such instance, and a new one needs {', '.join(left)}, which "
                "says which instance it is"
            )
    return values, known


def merged(values: Mapping[str, str], known: Mapping[str, kinds.Identifier], present: Mapping[str, str]) -> Values:
    """All identifiers of an instance as they are to be; an empty text clears, another spelling of a host is none."""
    after = dict(present)
    for name, value in values.items():
        if not (known[name].unique and matching.same(present.get(name), value)):
            after[name] = value
    return {name: value for name, value in sorted(after.items()) if value}


# Writing


@dataclass(frozen=True)
class Order:
    """What an instance is to be: fields in the user's words, with the ids that the server wants for names."""

    values: Values
    ids: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Identifiers of the type PASSWORD: written, and neither compared nor shown."""

    def id_of(self, option: str) -> str | None:
        """The id of a credential, collector or group, None where the order has none."""
        return self.ids.get(option)

    def body(self) -> dict[str, Any]:
        """The body that creates it (contract A5)."""
        values = self.values
        body: dict[str, Any] = {
            "name": values["name"],
            "adapterKindKey": values["adapter_kind"],
            "resourceIdentifiers": [
                {"name": name, "value": value}
                for name, value in {**values.get("identifiers", {}), **self.secrets}.items()
            ],
        }
        for option, member in (("description", "description"), ("monitoring_interval", "monitoringInterval")):
            if values.get(option) is not None:
                body[member] = values[option]
        for option, member in ((COLLECTOR, "collectorId"), (GROUP, "collectorGroupId")):
            if self.id_of(option):
                body[member] = self.id_of(option)
        if self.id_of("credential"):
            body["credential"] = {"id": self.id_of("credential")}
        return body

    @classmethod
    def again(cls, row: Mapping[str, Any], order: Order) -> Order:
        """An order for an instance that is there: what `order` leaves out is as it is."""
        group = row.get("collectorGroupId")
        present = {
            "credential": row.get("credentialInstanceId"),
            COLLECTOR: None if group else row.get("collectorId"),
            GROUP: group,
        }
        values = {
            "name": matching.name_of(row),
            "adapter_kind": matching.key_of(row).get("adapterKindKey"),
            "description": row.get("description") or "",
            "monitoring_interval": row.get("monitoringInterval"),
            "identifiers": matching.values_of(row),
            **order.values,
        }
        ids = {option: str(key) for option, key in present.items() if key is not None}
        if COLLECTOR in order.values or GROUP in order.values:
            ids = {option: key for option, key in ids.items() if option == "credential"}
        if "credential" in order.values:
            ids.pop("credential", None)
        return cls(values, {**ids, **order.ids}, order.secrets)


def untrusted(document: Any) -> list[str]:
    """The thumbprints of the certificates that a reply shows, in one spelling."""
    found = document.get(CERTIFICATES) if isinstance(document, Mapping) else None
    return [digits(str(each.get("thumbprint") or "")) for each in found or [] if isinstance(each, Mapping)]


def refused(params: Mapping[str, Any], thumbprints: Iterable[str]) -> list[str]:
    """Those of them that the task does not accept."""
    if params["accept_any_certificate"]:
        return []
    accepted = {digits(text) for text in params["accept_thumbprints"] or []}
    return [one for one in thumbprints if one not in accepted]


def refuse_certificates(params: Mapping[str, Any], name: str, thumbprints: Iterable[str], kept: str) -> None:
    """Refuse certificates that nobody has accepted. Raises InputError."""
    unknown = refused(params, thumbprints)
    if unknown:
        shown = ", ".join(colons(one) for one in unknown)
        raise InputError(
            f"{name}: its target shows a certificate that vRealize Operations does not trust, with the thumbprint "
            f"{shown}. Compare it with the target's own, then give it in accept_thumbprints. {kept}"
        )


def colons(thumbprint: str) -> str:
    """A thumbprint as people compare it."""
    text = thumbprint.upper()
    return ":".join(text[index : index + 2] for index in range(0, len(text), 2))


def probe(api: Vrops, order: Order, warn: Callable[[str], None]) -> dict[str, Any] | None:
    """Let the server try the connection; its reply, None where the release cannot (6.x). Raises HttpError."""
    path = f"{PATH}/testConnection"
    try:
        answer = api.request("POST", path, document=order.body(), repeatable=True)
    except HttpError as problem:
        if problem.status in (404, 405):
            # The same words for all, so that a task about many says it once.
            warn("Connections were not tested: this release of vRealize Operations has no call for that.")
            return None
        if problem.status == 400:
            problem.advice = (
                "The server cannot connect by these options: check the identifiers, the credential, and the way from "
                "the collector to the target; test_connection: false writes it nevertheless. Nothing was changed."
            )
        raise
    return answer if isinstance(answer, dict) else {}


def create(api: Vrops, order: Order, params: Mapping[str, Any], tested: dict[str, Any] | None) -> str:
    """Make an instance, accept its certificates and answer its id; it does not run yet. Raises InputError, HttpError.

    Where certificates turn up that the task does not accept, the instance is removed again: a release that cannot test
    shows them to nobody later.
    """
    if tested and untrusted(tested):
        api.request("PATCH", f"{PATH}/testConnection", document=tested)
    made = api.request("POST", PATH, document=order.body())
    if not isinstance(made, dict) or not made.get("id"):
        raise api.unexpected("POST", PATH, "an adapter instance without an id")
    thumbprints = untrusted(made)
    if refused(params, thumbprints):
        api.request("DELETE", f"{PATH}/{segment(str(made['id']))}", query={"deleteResources": "true"})
        refuse_certificates(params, str(order.values["name"]), thumbprints, "It was removed again.")
    if thumbprints:
        api.request("PATCH", PATH, document=made)
    return str(made["id"])


def accept(api: Vrops, instance: Instance, tested: Mapping[str, Any]) -> None:
    """Accept the certificates of a tested connection for an instance that is there. Raises HttpError."""
    api.request("PATCH", PATH, document={**_kept(instance.row), CERTIFICATES: tested.get(CERTIFICATES)})


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was read without what cannot be sent back."""
    return {name: value for name, value in row.items() if name not in _READ_ONLY and value is not None}


def update(api: Vrops, instance: Instance, order: Order) -> None:
    """Write an instance whole, with what the order changes in it. Raises HttpError."""
    values, row = order.values, instance.row
    document = _kept(row)
    key = dict(matching.key_of(row))
    key["name"] = values["name"]
    key["resourceIdentifiers"] = [_written(each, order) for each in key.get("resourceIdentifiers") or []]
    document |= {"resourceKey": key, "description": values["description"]}
    if values["monitoring_interval"] != row.get("monitoringInterval"):
        document |= {"monitoringInterval": values["monitoring_interval"], "monitoringIntervalSeconds": 0}
    for member in ("collectorId", "collectorGroupId", "credentialInstanceId"):
        document.pop(member, None)
    if order.id_of(GROUP):
        document["collectorGroupId"] = order.id_of(GROUP)
    elif order.id_of(COLLECTOR):
        text = str(order.id_of(COLLECTOR))
        document["collectorId"] = int(text) if text.isdecimal() else text
    if order.id_of("credential"):
        document["credentialInstanceId"] = order.id_of("credential")
    api.request("PUT", PATH, document=document)


def _written(entry: Mapping[str, Any], order: Order) -> dict[str, Any]:
    """One identifier of an instance that is written back; a secret that the order has not stays as it was read."""
    one = kinds.read_identifier(entry.get("identifierType") or {})
    if one.type == kinds.SECRET:
        return {**entry, "value": order.secrets[one.name]} if one.name in order.secrets else dict(entry)
    return {**entry, "value": order.values["identifiers"].get(one.name, "")}


def switch(api: Vrops, key: str, on: bool, *, timeout: int, interval: int) -> Instance:
    """Start or stop collecting, and wait until that is so. Raises HttpError, TaskFailed."""
    api.request("PUT", f"{PATH}/{segment(key)}/monitoringstate/{'start' if on else 'stop'}", repeatable=True)
    wanted = ("STARTED", *MAINTAINED) if on else ("STOPPED", *MAINTAINED)

    def done(seen: Instance) -> bool:
        return seen.state in wanted or seen.state == "FAILED"

    reached: Instance = _wait(
        lambda: look(api, {"id": key}), done, f"{'start' if on else 'stop'} {key}", timeout=timeout, interval=interval
    )
    if reached.state == "FAILED":
        raise TaskFailed(f"start {key}", {"state": reached.state}, reached.message or "the server gives no reason")
    return reached


def maintain(api: Vrops, key: str, on: bool, minutes: int | None) -> None:
    """Begin or end the maintenance of an instance. Raises HttpError."""
    path = f"{PATH}/{segment(key)}/maintained"
    query = {"duration": str(minutes)} if on and minutes else None
    api.request("PUT" if on else "DELETE", path, query=query, repeatable=True)


def delete(api: Vrops, key: str, with_resources: bool, *, timeout: int, interval: int) -> None:
    """Remove an instance and wait until it is gone, which is later than the answer. Raises HttpError, TaskFailed."""
    path = f"{PATH}/{segment(key)}"
    try:
        api.request("DELETE", path, query={"deleteResources": "true" if with_resources else "false"})
    except HttpError as problem:
        if problem.status != 404:
            raise
    _wait(lambda: api.find(path), lambda row: row is None, f"remove {key}", timeout=timeout, interval=interval)


def _wait(fetch: Callable[[], Any], done: Callable[[Any], bool], what: str, *, timeout: int, interval: int) -> Any:
    try:
        return wait_for(fetch, done, timeout=timeout, interval=interval, tolerate=is_passing)
    except WaitTimeout as late:
        state = late.last.state if isinstance(late.last, Instance) else "still there"
        raise TaskFailed(
            what, {"state": state}, f"not finished after {timeout} seconds; the state is {state}"
        ) from late


def states(api: Vrops, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The resources of many instances by id, with one list for each of their kinds. Raises HttpError."""
    found: dict[str, dict[str, Any]] = {}
    pairs = {(matching.key_of(row).get("adapterKindKey"), matching.key_of(row).get("resourceKindKey")) for row in rows}
    for kind, resource_kind in sorted(pairs, key=str):
        for one in api.pages("resources", adapterKind=kind, resourceKind=resource_kind):
            found[str(one.get("identifier"))] = one
    return found
