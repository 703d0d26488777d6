# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sharing clusters with users of their organization: lists of access of CSE 3.1 and of 4.x (contract 5.9 and 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from .._names import nearest
from .._plan import InputError
from .._vcd import records
from .._vcd.filters import all_of, equals
from . import cluster_fields
from .client import Cse
from .lookup import Found

LEVEL = "urn:vcloud:accessLevel:"
_OURS = {f"{LEVEL}{theirs}": ours for ours, theirs in cluster_fields.LEVELS.items()}
Grant = dict[str, Any]


def members(cse: Cse, org: str, access: Iterable[Mapping[str, Any]]) -> list[Grant]:
    """Entries of `access` with the URN of each user as `member`. Raises InputError for a user who is not there."""
    wanted = [dict(each) for each in access]
    if not wanted:
        return []
    api = cse.api.acting_for(None)
    where = all_of(equals("orgName", org) if api.is_provider else None)
    rows = api.query(records.kind(api, "user"), where)
    known = {
        str(row.get("name")): records.urn("user", records.identity(row))
        for row in rows
        if row.get("orgName") in (None, "", org)
    }
    for each in wanted:
        if each["user"] not in known:
            listed = f"; there is {', '.join(sorted(known))}" if 0 < len(known) < 8 else ""
            raise InputError(
                f"access names the user {each['user']!r}: {org} has none of this name"
                f"{nearest(each['user'], known) or listed}"
            )
        each["member"] = known[each["user"]]
    return wanted


def _entries(found: Iterable[Mapping[str, Any]], owner: str | None) -> list[dict[str, str]]:
    """Grants as `access`, by user; the owner has his without one."""
    rows = [
        {"user": str(each["user"]), "level": _OURS.get(str(each["level"]), str(each["level"]))}
        for each in found
        if each["user"] and each["user"] != owner
    ]
    return sorted(rows, key=lambda each: each["user"])


def _owner(found: Found) -> str | None:
    return (found.wire.get("owner") or {}).get("name")


def of_acl(cse: Cse, found: Found) -> list[dict[str, str]]:
    """The list of a native cluster of 3.1, as `access`."""
    page, rows = 1, []
    while True:
        answer = cse.get(f"3.0/cluster/{found.id}/acl", page=page, pageSize=25)
        values = (answer or {}).get("values") or []
        rows += [{"user": each.get("username"), "level": each.get("accessLevelId")} for each in values]
        if not values or len(rows) >= int(answer.get("resultTotal") or 0):
            return _entries(rows, _owner(found))
        page += 1


def replace_acl(cse: Cse, found: Found, wanted: Iterable[Grant]) -> None:
    """Replace that list by these members. The owner's entry stays where he has one. Raises HttpError."""
    settings = [
        {
            "memberId": each["member"],
            "username": each["user"],
            "accessLevelId": LEVEL + cluster_fields.LEVELS[each["level"]],
        }
        for each in wanted
    ]
    cse.request("PUT", f"3.0/cluster/{found.id}/acl", document={"accessSetting": settings})


def _place(found: Found) -> str:
    return f"cloudapi/1.0.0/entities/{quote(found.id, safe='')}/accessControls"


def _grants(cse: Cse, found: Found) -> list[dict[str, Any]]:
    rows = cse.api.gather(_place(found))
    return [row for row in rows if str(row.get("memberId") or "").startswith("urn:vcloud:user:")]


def of_entity(cse: Cse, org: str, found: Found) -> list[dict[str, str]]:
    """The users that an entity of 4.x is shared with, as `access`: their names need a look at the users."""
    grants = _grants(cse, found)
    if not grants:
        return []
    api = cse.api.acting_for(None)
    users = api.query(records.kind(api, "user"), equals("orgName", org) if api.is_provider else None)
    names = {records.urn("user", records.identity(row)): row.get("name") for row in users}
    rows = [{"user": names.get(each["memberId"], each["memberId"]), "level": each["accessLevelId"]} for each in grants]
    return _entries(rows, _owner(found))


def change_entity(cse: Cse, found: Found, wanted: Iterable[Grant]) -> None:
    """Give the members of `wanted` their level, and take it from all other users but the owner. Raises HttpError."""
    owner = (found.wire.get("owner") or {}).get("id")
    present = {str(each["memberId"]): each for each in _grants(cse, found)}
    for each in wanted:
        level = LEVEL + cluster_fields.LEVELS[each["level"]]
        grant = present.pop(each["member"], None)
        if grant is not None and grant["accessLevelId"] == level:
            continue
        if grant is not None:
            cse.api.request("DELETE", f"{_place(found)}/{quote(str(grant['id']), safe='')}")
        document = {"grantType": "MembershipAccessControlGrant", "memberId": each["member"], "accessLevelId": level}
        cse.api.request("POST", _place(found), document=document)
    for member, grant in present.items():
        if member != owner:
            cse.api.request("DELETE", f"{_place(found)}/{quote(str(grant['id']), safe='')}")
