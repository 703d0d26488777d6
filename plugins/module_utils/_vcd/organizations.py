# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations of vCloud Director in the user's words (contract vcd-api.md, 4.2 and 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from .._http import HttpError
from .._parallel import in_flight
from .._plan import Field, Values, to_user
from .client import Vcd
from .documents import bare_id, child_text, is_true
from .filters import Filter, all_of, equals
from .records import Columns, identity, number, row

ORGS = "cloudapi/1.0.0/orgs"

FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "full_name": Field("displayName"),
    "description": Field("description", default="", read=lambda value: value or ""),
    "enabled": Field("isEnabled", default=True),
    "can_publish": Field("canPublish", default=False),
}

# Most VMs, 0 for any number. By their names in XML alone: /cloudapi does not have them.
QUOTAS: dict[str, Field] = {
    "deployed_vm_quota": Field("DeployedVMQuota"),
    "stored_vm_quota": Field("StoredVmQuota"),
}
_QUOTA_COLUMNS: Columns = {
    "deployed_vm_quota": ("deployedVMQuota", number),
    "stored_vm_quota": ("storedVMQuota", number),
}

# What the server counts, by its name in /cloudapi and in the records of the query service (which count less).
_COUNTERS: dict[str, tuple[str, str | None]] = {
    "vdc_count": ("orgVdcCount", "numberOfVdcs"),
    "catalog_count": ("catalogCount", "numberOfCatalogs"),
    "vapp_count": ("vappCount", "numberOfVApps"),
    "running_vm_count": ("runningVMCount", None),
    "user_count": ("userCount", None),
    "disk_count": ("diskCount", "numberOfDisks"),
}


def matching(
    api: Vcd,
    *,
    name: str | None = None,
    enabled: bool | None = None,
    descriptions: bool = True,
    quotas: bool = False,
) -> list[tuple[Values, dict[str, Any]]]:
    """(organization in the user's words, what only the server decides) by name; both carry the name.

    The filters are the server's, and then ours, because the server compares names without regard to case.
    `descriptions` False leaves them None below API 35.0, where each costs a request. `quotas` True adds QUOTAS, which
    costs one list more. Raises HttpError.
    """
    where = all_of(equals("name", name) if name else None, None if enabled is None else equals("isEnabled", enabled))
    if api.has("openapi_organizations"):
        found = _from_openapi(api, where)
    else:
        found = [read_record(record) for record in api.query("organization", where)]
    # By id: a list that grows while its pages are read can show an organization twice.
    rows = {
        details["id"]: (values, details)
        for values, details in found
        if name in (None, values["name"]) and enabled in (None, values["enabled"])
    }
    if descriptions and not api.has("openapi_organizations"):
        _add_descriptions(api, rows)
    if quotas:
        told = read_quotas(api, where)
        for urn, (values, _details) in rows.items():
            values.update(told.get(bare_id(urn)) or dict.fromkeys(QUOTAS))
    return sorted(rows.values(), key=lambda row: str(row[0]["name"]))


def _from_openapi(api: Vcd, where: Filter | None) -> list[tuple[Values, dict[str, Any]]]:
    return [
        (
            {"description": "", "can_publish": None, **to_user(FIELDS, org)},
            {"name": org["name"], "id": org["id"], **counters(org)},
        )
        for org in api.gather(ORGS, where)
    ]


def read_quotas(api: Vcd, where: Filter | None) -> dict[str, dict[str, Any]]:
    """QUOTAS of organizations by their bare UUID; only the query service tells them. Raises HttpError."""
    records = api.query("organization", where, "name,deployedVMQuota,storedVMQuota")
    return {identity(record): row(_QUOTA_COLUMNS, record) for record in records}


def counters(org: Mapping[str, Any]) -> dict[str, int | None]:
    """What an organization of `/cloudapi` says of its contents; None for what the user may not see."""
    return {ours: org.get(theirs) for ours, (theirs, _record) in _COUNTERS.items()}


def read_record(record: Element) -> tuple[Values, dict[str, Any]]:
    """An `OrgRecord` as in `matching`: it has no description."""
    name = record.get("name", "")

    def count(attribute: str | None) -> int | None:
        value = record.get(attribute, "") if attribute else ""
        return int(value) if value.isdecimal() else None

    values: Values = {
        "name": name,
        "full_name": record.get("displayName", ""),
        "description": None,
        "enabled": is_true(record.get("isEnabled")),
        "can_publish": is_true(record.get("canPublishCatalogs")),
    }
    details = {
        "name": name,
        "id": f"urn:vcloud:org:{bare_id(record.get('id') or record.get('href') or '')}",
        **{ours: count(attribute) for ours, (_openapi, attribute) in _COUNTERS.items()},
    }
    return values, details


def _add_descriptions(api: Vcd, rows: dict[str, tuple[Values, dict[str, Any]]]) -> None:
    """Read the description of each organization, several at a time.

    One that has gone since it was listed, or that the user may list but not read, keeps None: not known.
    """

    def read(urn: str) -> str | None:
        document = api.xml("GET", f"api/org/{bare_id(urn)}")
        return None if document is None else child_text(document, "Description") or ""

    for urn, description, fault in in_flight(read, rows):
        if fault is None:
            rows[urn][0]["description"] = description
        elif not (isinstance(fault, HttpError) and fault.status in (403, 404)):
            raise fault
