# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating, changing and removing organizations of vCloud Director, in both API families (contract vcd-api.md, 4.2).

From API 36.0 on an organization is a JSON document of `/cloudapi`, below it the XML element `AdminOrg` of `/api`. A
write replaces the whole document in either, so what was read is sent back with what is wanted changed in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from .._http import HttpError
from .._plan import InputError, Values, to_user, to_wire
from .._wait import TaskFailed
from . import tasks
from .client import JSON, XML, Vcd
from .documents import bare_id, child, child_text, is_true, named
from .filters import all_of, equals
from .organizations import FIELDS, ORGS, QUOTAS, counters, read_quotas, read_record
from .records import urn

LONGEST_NAME, LONGEST_DESCRIPTION = 128, 256
LOOKS_FIRST = "Running the task again goes on from there."
_NAME = re.compile(r"[a-zA-Z0-9_\-.!'(),$]+")
_NAMESPACE = "http://www.vmware.com/vcloud/v1.5"
_MEDIA = "application/vnd.vmware.admin.organization+xml"
# Elements that stand before others (contract 4.2): where one that is missing has to be put. Of an organization, and of
# its general settings.
_ORDER = ("Link", "Description", "Tasks", "FullName", "IsEnabled", "Settings")
_GENERAL_ORDER = ("Link", "CanPublishCatalogs", "CanPublishExternally", "CanSubscribe", *(
    field.wire for field in QUOTAS.values()
))  # fmt: skip
# What an organization holds, and how a message counts it: (counter, one, many). Its users and roles go with it.
_CONTENT = (
    ("vdc_count", "organization VDC", "organization VDCs"),
    ("catalog_count", "catalog", "catalogs"),
    ("vapp_count", "vApp", "vApps"),
    ("disk_count", "named disk", "named disks"),
)


@dataclass(frozen=True)
class Organization:
    """One organization: in the user's words, what the server counts in it, and its document to be sent back."""

    values: Values
    counts: Mapping[str, int | None]
    id: str
    document: Any


def check(params: Mapping[str, Any]) -> None:
    """Refuse what no vCloud Director takes. Raises InputError."""
    name, full_name, description = params["name"], params["full_name"], params["description"]
    if name.lower() == "system":
        raise InputError(f"name is {name!r}: that is the provider's own organization, which no task changes or removes")
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise InputError(
            f"name is {name!r}: an organization's name has 1 to {LONGEST_NAME} of the characters a-z, A-Z, 0-9 and "
            "_-.!'(),$ and no spaces; what people may read belongs into full_name"
        )
    if full_name is not None and not (full_name.strip() and len(full_name) <= LONGEST_NAME):
        raise InputError(f"full_name is {full_name!r}: it must have 1 to {LONGEST_NAME} characters")
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        raise InputError(
            f"description has {len(description)} characters: it may have {LONGEST_DESCRIPTION}, so shorten it"
        )
    for option in QUOTAS:
        if params[option] is not None and not 0 <= params[option] < 1_000_000_000:
            raise InputError(f"{option} is {params[option]}: give a number of VMs up to 999999999, 0 for any number")
    for option in ("full_name", "description"):
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", params[option] or ""):
            raise InputError(f"{option} is {params[option]!r}: control characters cannot be sent; leave them out")


def find(api: Vcd, name: str, *, quotas: bool = False) -> Organization | None:
    """The organization of this name, with QUOTAS where they are asked for.

    Two requests below API 36.0; from there on one, and one more for quotas.

    Raises InputError where one exists whose name differs in upper and lower case only: the server takes no second one,
    and whoever wants it gone would be told that it is.
    """
    where = equals("name", name)
    found: dict[str, Any]
    if api.has("openapi_organization_writes"):
        found = {org["name"]: org for org in api.gather(ORGS, where)}
    else:
        found = {record.get("name", ""): record for record in api.query("organization", where)}
    if name in found:
        if not api.has("openapi_organization_writes"):
            return _read_xml(api, found[name], quotas)
        told = read_quotas(api, where) if quotas else {}
        return _read_json(found[name], told.get(bare_id(found[name]["id"]), {}))
    twin = next((each for each in found if each.lower() == name.lower()), None)
    if twin:
        raise InputError(
            f"name is {name!r}: there is the organization {twin!r}, and case makes no other name; write so"
        )
    return None


def _read_json(org: dict[str, Any], quotas: Values) -> Organization:
    values = {"description": "", "can_publish": None, **to_user(FIELDS, org), **quotas}
    return Organization(values, counters(org), org["id"], org)


def _document(api: Vcd, uuid: str) -> Element:
    """The `AdminOrg` of an organization."""
    path = f"api/admin/org/{uuid}"
    document = api.xml("GET", path)
    if document is None:
        raise api.unexpected("GET", path, 200, "an answer without AdminOrg")
    return document


def _read_xml(api: Vcd, record: Element, quotas: bool) -> Organization:
    values, details = read_record(record)
    document = _document(api, bare_id(details["id"]))
    settings = child(document, "Settings")
    general = child(settings, "OrgGeneralSettings") if settings is not None else None
    values = {
        **values,
        "full_name": child_text(document, "FullName") or "",
        "description": child_text(document, "Description") or "",
        "enabled": is_true(child_text(document, "IsEnabled")),
        "can_publish": is_true(child_text(general, "CanPublishCatalogs")) if general is not None else False,
    }
    if quotas:
        told = {name: child_text(general, QUOTAS[name].wire) if general is not None else None for name in QUOTAS}
        values.update({name: int(text) if text and text.isdecimal() else None for name, text in told.items()})
    return Organization(values, details, details["id"], document)


# Writing


def _in_json(api: Vcd, values: Values) -> bool:
    """Whether these values can be written in /cloudapi; quotas can be in XML only, at every API number."""
    return api.has("openapi_organization_writes") and not values.keys() & QUOTAS.keys()


def create(api: Vcd, values: Values) -> None:
    """A new organization with these values. Raises HttpError."""
    if _in_json(api, values):
        api.request("POST", ORGS, document=to_wire(FIELDS, values))
        return
    root = Element(f"{{{_NAMESPACE}}}AdminOrg", {"name": values["name"]})
    SubElement(root, f"{{{_NAMESPACE}}}Settings")
    api.xml("POST", "api/admin/orgs", body=_filled(root, values), content_type=_MEDIA)


def update(api: Vcd, present: Organization, values: Values) -> None:
    """Change an organization; what `values` do not name stays. Raises HttpError."""
    if _in_json(api, values):
        document = {**present.document, **to_wire(FIELDS, values)}
        api.request("PUT", f"{ORGS}/{present.id}", document=document)
        return
    uuid = bare_id(present.id)
    root = present.document if isinstance(present.document, Element) else _document(api, uuid)
    api.xml("PUT", f"api/admin/org/{uuid}", body=_filled(root, values), content_type=_MEDIA)


def _filled(root: Element, values: Values) -> bytes:
    """An `AdminOrg` with these values in it, as it is sent."""
    texts = {"FullName": "full_name", "Description": "description", "IsEnabled": "enabled"}
    for element, option in texts.items():
        if option in values:
            _put(root, element, values[option])
    general_texts = {"CanPublishCatalogs": "can_publish", **{field.wire: name for name, field in QUOTAS.items()}}
    if not values.keys().isdisjoint(general_texts.values()):
        settings = child(root, "Settings")
        if settings is None:
            settings = _put(root, "Settings", "")
        general = child(settings, "OrgGeneralSettings")
        if general is None:
            general = Element(f"{{{_NAMESPACE}}}OrgGeneralSettings")
            settings.insert(sum(1 for each in settings if each.tag.endswith("}Link")), general)
        for element, option in general_texts.items():
            if option in values:
                _put(general, element, values[option])
    body: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return body


def _put(parent: Element, name: str, value: str | bool | int) -> Element:
    """Set the text of a child, which is put where the schema wants it when it is missing."""
    found = child(parent, name)
    if found is None:
        found = Element(f"{{{_NAMESPACE}}}{name}")
        order = _ORDER if name in _ORDER else _GENERAL_ORDER
        earlier = order[: order.index(name)]
        parent.insert(sum(1 for each in parent if each.tag.rpartition("}")[2] in earlier), found)
    found.text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return found


# Removing


def before_delete(api: Vcd, present: Organization, *, recursive: bool, force: bool) -> None:
    """Refuse to remove what is in use. Raises InputError, which counts what the organization holds."""
    name = present.values["name"]
    held = [
        f"{count} {one if count == 1 else many}"
        for counter, one, many in _CONTENT
        if (count := present.counts.get(counter) or 0)
    ]
    if not held:
        return
    if not recursive:
        raise InputError(
            f"organization {name!r} is not empty: it holds {_listed(held)}. Set recursive to remove all of that with "
            "it, or remove it first. Nothing was changed."
        )
    running = _running(api, present)
    if running and not force:
        raise InputError(
            f"organization {name!r} has {running} virtual machine{'s' * (running != 1)} running: set force to remove "
            f"{'them' if running != 1 else 'it'} all the same, or switch {'them' if running != 1 else 'it'} off first. "
            "Nothing was changed."
        )


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _running(api: Vcd, present: Organization) -> int:
    """How many of its VMs run. Below API 36.0 organizations do not tell, so those are counted."""
    told = present.counts.get("running_vm_count")
    if told is not None or not present.counts.get("vapp_count"):
        return told or 0
    where = all_of(equals("org", urn("org", bare_id(present.id))), equals("status", "POWERED_ON"))
    return len(api.query("adminVM", where, "name"))


def delete(api: Vcd, present: Organization, *, timeout: float, interval: float) -> None:
    """Disable the organization, remove it with all that is in it, and wait until it is gone.

    Both switches are always sent: an organization holds at least its users, and is not removed without them
    (contract 8). Raises TaskFailed, HttpError.
    """
    name, uuid = present.values["name"], bare_id(present.id)
    if present.values["enabled"]:
        api.xml("POST", f"api/admin/org/{uuid}/action/disable")
    newer = api.has("openapi_organization_writes")
    path, media = (f"{ORGS}/{present.id}", JSON) if newer else (f"api/admin/org/{uuid}", XML)
    what = f"removing organization {name}"
    told = f"The organization was disabled before that and stays so. {LOOKS_FIRST}"
    try:
        try:
            reply = api.send("DELETE", path, media=media, query={"force": "true", "recursive": "true"})
            tasks.follow(api, reply, what, timeout=timeout, interval=interval)
        except HttpError as problem:
            # It is being removed already: by a request whose answer was lost, or by somebody else.
            going = _removal(api, uuid) if problem.code == "BUSY_ENTITY" else None
            if going is None:
                raise
            tasks.finish(api, going, what, timeout=timeout, interval=interval)
    except HttpError as problem:
        if present.values["enabled"] and not problem.outcome_unknown:
            problem.advice = told
        raise
    except TaskFailed as problem:
        if present.values["enabled"]:
            raise TaskFailed(what, problem.task, f"{problem.reason.rstrip('.')}. {told}") from problem
        raise


def _removal(api: Vcd, uuid: str) -> str | None:
    """The id of the task that removes the organization at this moment; None where none does."""
    document = api.xml("GET", f"api/admin/org/{uuid}")
    running = () if document is None else named(document, "Task")
    found = next((task for task in running if task.get("operationName") == "orgDelete"), None)
    return None if found is None else bare_id(found.get("href") or found.get("id") or "")
