# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Extensions of vCloud Director's API, over AMQP and over MQTT, with their API filters (contract vcd-api.md, 5.1, 5.2).

Over AMQP they are XML services of `/api`, known by their namespace; over MQTT JSON objects of `/cloudapi`, known by
vendor, name and version. The filters of both hang on a service of `/api`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from .._parallel import side_by_side
from .._plan import Field, InputError, Values, given, refuse_empty, to_user, to_wire
from . import lists, versions
from .client import JSON, Vcd
from .documents import bare_id, child_text, is_true, local
from .filters import all_of, equals
from .lists import PAGE, Page

AMQP, MQTT = "amqp", "mqtt"
SERVICES, EXTENSIONS = "api/admin/extension/service", "cloudapi/extensions/api"
SERVICE_MEDIA = "application/vnd.vmware.admin.service+xml"
FILTER_MEDIA = "application/vnd.vmware.admin.apiFilter+xml"
VCLOUD, VMEXT = "{http://www.vmware.com/vcloud/v1.5}", "{http://www.vmware.com/vcloud/extension/v1.5}"
LONGEST_PATTERN = 1024  # characters
# What every extension has, by the name in JSON.
_COMMON: dict[str, Field] = {
    "description": Field("description", default="", read=lambda text: text or ""),
    "enabled": Field("enabled", default=True, read=bool),
    "priority": Field("priority", default=50),
    "authorization_enabled": Field("authorizationEnabled", default=False, read=bool),
}
_FILTERS = {"filters": Field("", unordered=True, default=[])}
_MQTT: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "vendor": Field("vendor", immutable=True),
    "version": Field("version", immutable=True),
    **_COMMON,
}
# Element by option, in the order of the schema; the name is an attribute.
_ELEMENTS = {
    "description": f"{VCLOUD}Description",
    "namespace": f"{VMEXT}Namespace",
    "enabled": f"{VMEXT}Enabled",
    "authorization_enabled": f"{VMEXT}AuthorizationEnabled",
    "routing_key": f"{VMEXT}RoutingKey",
    "priority": f"{VMEXT}Priority",
    "exchange": f"{VMEXT}Exchange",
    "vendor": f"{VMEXT}Vendor",
}
FIELDS: dict[str, dict[str, Field]] = {
    AMQP: {
        "transport": Field("", immutable=True),
        "namespace": Field("", immutable=True),
        "name": Field(""),
        "vendor": Field("", default=""),
        "routing_key": Field(""),
        "exchange": Field(""),
        **_COMMON,
        **_FILTERS,
    },
    MQTT: {"transport": Field("", immutable=True), **_MQTT, **_FILTERS},
}


@dataclass
class Extension:
    """An extension as it is: its values, the bare UUID of the service that its filters hang on, the filters as
    {pattern: their ids}, and over MQTT its document."""

    values: Values
    service: str
    filters: dict[str, list[str]] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> Values:
        """All of it in the user's words."""
        return {**self.values, "filters": sorted(self.filters)}

    def details(self) -> dict[str, Any]:
        """What only the server decides."""
        identity = self.document.get("id") or f"urn:vcloud:service:{self.service}"
        return {"id": identity, "mqtt_topics": self.document.get("mqttTopics")}


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    transport = params["transport"]
    for option in ("name", "vendor", "version", "namespace", "routing_key", "exchange"):
        value = params.get(option)
        if value is not None and option not in FIELDS[transport]:
            raise InputError(f"{option} is {value!r}: an extension over {transport} has none; leave it out")
        if option != "vendor" or transport == MQTT:
            refuse_empty(option, value, "give it, or leave it out")
        # Whoever reads XML may take such spaces off, and the extension would not be found again by its namespace.
        if transport == AMQP and value and value != value.strip():
            raise InputError(f"{option} is {value!r}: write it without the spaces at its ends")
    for option in ("namespace",) if transport == AMQP else ("name", "vendor", "version"):
        if not params.get(option):
            raise InputError(f"{option} is not set: an extension over {transport} is known by it")
    version = params.get("version")
    if version is not None and not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise InputError(f"version is {version!r}: give three numbers, such as 1.0.0")
    priority = params.get("priority")
    if priority is not None and not 0 <= priority <= 100:
        raise InputError(f"priority is {priority}: it must lie between 0 and 100")
    for pattern in params.get("filters") or []:
        if not 0 < len(pattern) <= LONGEST_PATTERN:
            raise InputError(f"filters has a pattern of {len(pattern)} characters: 1 to {LONGEST_PATTERN} can be")


def wanted(params: Mapping[str, Any], present: Extension | None) -> Values:
    """What the user set. Raises InputError where a new extension lacks something."""
    values = given(params, FIELDS[params["transport"]])
    if params["transport"] == AMQP and present is None:
        for option in ("name", "routing_key", "exchange"):
            if not values.get(option):
                raise InputError(
                    f"{option} is not set, and there is no service with the namespace {params['namespace']}: a new one "
                    "needs it"
                )
    return values


def title(params: Mapping[str, Any]) -> str:
    """Under which an extension is known in messages and diffs."""
    if params["transport"] == AMQP:
        return str(params["namespace"])
    return "/".join(str(params[part]) for part in ("vendor", "name", "version"))


def find(api: Vcd, params: Mapping[str, Any]) -> Extension | None:
    """The extension that the options name. Raises InputError, HttpError."""
    if params["transport"] == AMQP:
        found = [_amqp(api, one) for one in _amqp_ids(api, namespace=params["namespace"])]
        found = [one for one in found if one.values["namespace"] == params["namespace"]]
    else:
        named = {part: params[part] for part in ("name", "vendor", "version")}
        found = [_mqtt(api, one) for one in _mqtt_ids(api, named)]
    if not found:
        return None
    found[0].filters = filters_of(api, found[0].service)
    return found[0]


def every(api: Vcd, asked: Mapping[str, Any]) -> list[Extension]:
    """The extensions of which the values in `asked` hold, each with its filters, AMQP first, then by name.

    Reads each one for itself, several at a time. Raises InputError, HttpError.
    """
    transport = asked.get("transport")
    wishes = {name: value for name, value in asked.items() if value is not None and name != "transport"}
    reading = []
    if transport != MQTT and "version" not in wishes:
        reading += [(AMQP, one) for one in _amqp_ids(api, **wishes)]
    if transport != AMQP and "namespace" not in wishes and (transport == MQTT or api.has("mqtt_extensions")):
        reading += [(MQTT, one) for one in _mqtt_ids(api, wishes)]

    def read(item: tuple[str, str]) -> Extension:
        extension = _amqp(api, item[1]) if item[0] == AMQP else _mqtt(api, item[1])
        extension.filters = filters_of(api, extension.service)
        return extension

    found = side_by_side(read, reading).values()
    fitting = [one for one in found if all(one.values[name] == value for name, value in wishes.items())]
    return sorted(fitting, key=lambda one: (one.values["transport"], one.values["name"], title(one.values)))


# Over AMQP


def _amqp_ids(api: Vcd, **asked: str) -> list[str]:
    """The bare UUIDs of services, by the query service, which compares without regard to case."""
    where = all_of(*(equals(name, value) for name, value in asked.items()))
    return [
        bare_id(record.get("id") or record.get("href") or "")
        for record in api.query("adminService", where)
        if all(record.get(name) in (None, value) for name, value in asked.items())
    ]


def _amqp(api: Vcd, service: str) -> Extension:
    place = f"{SERVICES}/{service}"
    root = api.xml("GET", place)
    if root is None or local(root) != "Service":
        raise api.unexpected("GET", place, 200, "an answer without a Service")
    values: Values = {"transport": AMQP, "name": root.get("name", "")}
    for option, element in _ELEMENTS.items():
        text = child_text(root, element.rpartition("}")[2])
        if option in ("enabled", "authorization_enabled"):
            values[option] = is_true(text)
        elif option == "priority":
            values[option] = int(text) if text and text.isdecimal() else 50
        else:
            values[option] = text or ""
    return Extension(values, service)


def _service(values: Values, patterns: list[str] | None = None) -> bytes:
    """A Service as it is sent. Without patterns the server keeps the filters that there are."""
    root = Element(f"{VMEXT}Service", {"name": values["name"]})
    for option, element in _ELEMENTS.items():
        value = values.get(option)
        if value in (None, "") and option not in ("namespace", "routing_key", "exchange"):
            continue
        SubElement(root, element).text = str(value).lower() if isinstance(value, bool) else str(value)
    if patterns:
        group = SubElement(root, f"{VMEXT}ApiFilters")
        for pattern in patterns:
            SubElement(SubElement(group, f"{VMEXT}ApiFilter"), f"{VMEXT}UrlPattern").text = pattern
    body: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return body


# Over MQTT


def _mqtt_ids(api: Vcd, asked: Mapping[str, str]) -> list[str]:
    if not api.has("mqtt_extensions"):
        raise InputError(
            "extensions over mqtt need API version 35.0 (VMware Cloud Director 10.2), and "
            f"{versions.text(api.version)} is spoken here; use transport amqp"
        )
    # All of them: they are few, and the server is not known to choose.
    found = api.gather(EXTENSIONS)
    return [str(one["id"]) for one in found if all(one.get(name) == value for name, value in asked.items())]


def _mqtt_path(identity: str) -> str:
    return f"{EXTENSIONS}/{quote(identity, safe='')}"


def _mqtt(api: Vcd, identity: str) -> Extension:
    place = _mqtt_path(identity)
    reply = api.send("GET", place, media=JSON)
    # Only the header says which service the filters hang on.
    service = re.search(r"/admin/extension/service/([0-9a-fA-F-]{36})", reply.headers.get("Link", ""))
    if service is None:
        raise api.unexpected("GET", place, reply.status, "an extension without the address of its filters")
    document = reply.json()
    return Extension({"transport": MQTT, **to_user(_MQTT, document)}, service.group(1), document=document)


# Filters


def filters_of(api: Vcd, service: str) -> dict[str, list[str]]:
    """The API filters of a service as {pattern: ids}; those by the type of the answer are none of ours."""
    place = f"{SERVICES}/{service}/apifilters"

    def page(number: int) -> Page[Element]:
        root = api.xml("GET", place, query={"page": number, "pageSize": PAGE})
        if root is None or local(root) != "QueryResultRecords":
            raise api.unexpected("GET", place, 200, "an answer without QueryResultRecords")
        total = root.get("total", "")
        records = [each for each in root if local(each) != "Link"]
        return Page(records, int(total) if total.isdecimal() else None, None)

    found: dict[str, list[str]] = {}
    for record in lists.side_by_side(page, lambda text: api.unexpected("GET", place, 200, text)):
        pattern = record.get("urlPattern")
        if pattern:
            found.setdefault(pattern, []).append(bare_id(record.get("href") or record.get("id") or ""))
    return found


def _set_filters(api: Vcd, service: str, present: Mapping[str, list[str]], patterns: set[str]) -> None:
    """Add what is missing, then remove what is too much."""
    for pattern in sorted(patterns - present.keys()):
        root = Element(f"{VMEXT}ApiFilter")
        SubElement(root, f"{VMEXT}UrlPattern").text = pattern
        body: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
        api.xml("POST", f"{SERVICES}/{service}/apifilters", body=body, content_type=FILTER_MEDIA)
    for pattern in sorted(present.keys() - patterns):
        for identity in present[pattern]:
            api.xml("DELETE", f"{SERVICES}/apifilter/{identity}")


# Writing


def create(api: Vcd, values: Values) -> None:
    """Register an extension with its filters. Raises HttpError."""
    patterns = sorted(set(values.get("filters") or []))
    if values["transport"] == AMQP:
        api.xml("POST", SERVICES, body=_service(values, patterns), content_type=SERVICE_MEDIA)
        return
    made = api.request("POST", EXTENSIONS, document=to_wire(_MQTT, values))
    if patterns:
        _set_filters(api, _mqtt(api, str(made["id"])).service, {}, set(patterns))


def update(api: Vcd, present: Extension, values: Values) -> None:
    """Change an extension and its filters; what `values` do not name stays. Raises HttpError."""
    mine = {name: value for name, value in values.items() if name != "filters"}
    if any(present.values[name] != value for name, value in mine.items()):
        if present.values["transport"] == AMQP:
            body = _service({**present.values, **mine})
            api.xml("PUT", f"{SERVICES}/{present.service}", body=body, content_type=SERVICE_MEDIA)
        else:
            document = {**present.document, **to_wire(_MQTT, mine)}
            api.request("PUT", _mqtt_path(present.document["id"]), document=document)
    if "filters" in values:
        _set_filters(api, present.service, present.filters, set(values["filters"]))


def remove(api: Vcd, present: Extension) -> None:
    """Disable an extension, as the product wants it, and remove it with its filters. Raises HttpError."""
    if present.values["enabled"]:
        update(api, present, {"enabled": False})
    if present.values["transport"] == AMQP:
        api.xml("DELETE", f"{SERVICES}/{present.service}")
    else:
        api.request("DELETE", _mqtt_path(present.document["id"]))
