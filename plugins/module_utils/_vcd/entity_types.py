# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interfaces and types of runtime defined entities, which are found by vendor, nss and version (contract 5.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._plan import Field, InputError, Values, refuse_empty, to_user, to_wire
from . import versions
from .client import Vcd
from .filters import all_of, equals
from .json_values import JsonObject

INTERFACES, TYPES, ENTITIES = "cloudapi/1.0.0/interfaces", "cloudapi/1.0.0/entityTypes", "cloudapi/1.0.0/entities"
KEY = ("vendor", "nss", "version")

_IDENTITY = {part: Field(part, immutable=True) for part in KEY}
INTERFACE_FIELDS: dict[str, Field] = {**_IDENTITY, "name": Field("name")}
TYPE_FIELDS: dict[str, Field] = {
    **_IDENTITY,
    "name": Field("name"),
    "schema": Field("schema", read=lambda schema: JsonObject(schema or {})),
    "interfaces": Field("interfaces", unordered=True, default=[], read=lambda found: sorted(found or [])),
    "description": Field("description", default="", read=lambda text: text or ""),
    "external_id": Field("externalId", default="", read=lambda text: text or "", write=lambda text: text or None),
}
# What a type cannot change any more once there are entities of it.
FIXED = ("schema", "interfaces")


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what no server takes. Raises InputError."""
    for part in ("vendor", "nss"):
        value = params.get(part)
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", value):
            raise InputError(f"{part} is {value!r}: letters and digits only, because it is a part of identifiers")
    version = params.get("version")
    if version is not None and not re.fullmatch(r"\d+\.\d+\.\d+", str(version)):
        raise InputError(f"version is {version!r}: give three numbers, such as 1.0.0")
    refuse_empty("name", params.get("name"), "give it a name that people know it by")
    for interface in params.get("interfaces") or []:
        if not interface.startswith("urn:vcloud:interface:"):
            raise InputError(f"interfaces has {interface!r}: write it as urn:vcloud:interface:<vendor>:<nss>:<version>")


def refuse_old(api: Vcd) -> None:
    """Raises InputError where there are no defined entities."""
    if not api.has("defined_entities"):
        raise InputError(
            "runtime defined entities need API version 35.0 (VMware Cloud Director 10.2), and "
            f"{versions.text(api.version)} is spoken here"
        )


def urn(kind: str, values: Mapping[str, Any]) -> str:
    """The identifier of an interface (`kind` interface) or a type (`kind` type)."""
    return ":".join(("urn:vcloud", kind, *(values[part] for part in KEY)))


def path(collection: str, identity: str, *more: str) -> str:
    """The path of one object, its URN percent-encoded."""
    return "/".join((collection, quote(identity, safe=""), *more))


def matching(api: Vcd, collection: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Interfaces or types whose vendor, nss, version and name are those of `asked`, by identifier.

    The filters are the server's, and then ours, because the server compares without regard to case. A tenant below
    API 39.0 sees only the types that it was given a right for. Raises InputError, HttpError.
    """
    refuse_old(api)
    wishes = {name: value for name, value in asked.items() if value is not None}
    found = api.gather(collection, all_of(*(equals(name, value) for name, value in wishes.items())))
    return sorted(
        (each for each in found if all(each.get(name) == value for name, value in wishes.items())),
        key=lambda each: str(each["id"]),
    )


def find(api: Vcd, collection: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The interface or type that the options name, None when there is none that the user sees."""
    found = matching(api, collection, {part: params[part] for part in KEY})
    return found[0] if found else None


def create(api: Vcd, collection: str, fields: Mapping[str, Field], values: Values) -> None:
    """Make an interface or a type. Raises HttpError."""
    api.request("POST", collection, document=to_wire(fields, values))


def update(api: Vcd, collection: str, fields: Mapping[str, Field], wire: Mapping[str, Any], values: Values) -> None:
    """Replace it: what is not managed here goes along as it was. Raises HttpError."""
    api.request("PUT", path(collection, wire["id"]), document={**wire, **to_wire(fields, values)})


def remove(api: Vcd, collection: str, wire: Mapping[str, Any]) -> None:
    """Remove it. Raises HttpError."""
    api.request("DELETE", path(collection, wire["id"]))


def refuse_read_only(wire: Mapping[str, Any], doing: str) -> None:
    """What came with the product stays. Raises InputError."""
    if wire.get("readonly"):
        raise InputError(f"{doing} {wire['id']}: it belongs to the product and is read-only")


def refuse_used_interface(api: Vcd, identity: str) -> None:
    """An interface stays while a type has it. Raises InputError."""
    users = [each["id"] for each in matching(api, TYPES, {}) if identity in (each.get("interfaces") or [])]
    if users:
        raise InputError(f"{identity} cannot be removed: {', '.join(users)} {_have(users)} it. Remove the types first")


def _have(names: list[str]) -> str:
    return "have" if len(names) > 1 else "has"


def count_entities(api: Vcd, values: Mapping[str, Any]) -> int:
    """How many entities of a type this user sees in the organization that is asked for. Raises HttpError."""
    place = f"{ENTITIES}/types/" + "/".join(quote(values[part], safe="") for part in KEY)
    page = api.get(place, page=1, pageSize=1)
    return int(page.get("resultTotal") or 0)


def refuse_in_use(api: Vcd, wire: Mapping[str, Any], changed: tuple[str, ...]) -> None:
    """Schema and interfaces of a type that has entities are fixed. Raises InputError.

    Entities of other organizations are not seen here: with those, it is the server that refuses.
    """
    fixed = [name for name in FIXED if name in changed]
    count = count_entities(api, wire) if fixed else 0
    if count:
        raise InputError(
            f"{' and '.join(fixed)} of {wire['id']} cannot change: there are entities of it ({count} seen here). "
            "Define the change as another version of the type, and move the entities to it with vcpp.vcloud.vcd_entity"
        )


def refuse_used_type(api: Vcd, wire: Mapping[str, Any]) -> None:
    """A type stays while there are entities of it. Raises InputError; for other organizations as above."""
    count = count_entities(api, wire)
    if count:
        raise InputError(
            f"{wire['id']} cannot be removed: there are entities of it ({count} seen here). Remove them first, with "
            "vcpp.vcloud.vcd_entity"
        )


def read(fields: Mapping[str, Field], wire: Mapping[str, Any]) -> Values:
    """An interface or a type in the user's words."""
    return to_user(fields, wire)
