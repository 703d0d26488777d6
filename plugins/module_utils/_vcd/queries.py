# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any type of the query service, as the server calls it (contract vcd-api.md, 4.5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from .._http import HttpError
from .._names import nearest
from .._plan import InputError
from .client import Vcd
from .documents import bare_id, local, named
from .filters import all_of, any_of, equals, written

_WHOLE = re.compile(r"-?\d{1,18}")
_COUNTS = re.compile(
    r"(?:numberOf\w+|iops\w+|\w+(?:MB|KB|GB|Mb|Kb|Gb|Mhz|Quota|Count|Percent|Seconds)|progress|priority|linkType"
    r"|interfaceType|allocationModel|hardwareVersion|vmToolsVersion|version)"
)
_SWITCHES = re.compile(r"(?:is|has|can)[A-Z]\w*|enabled|shared|published")
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w.:@-]*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)


def value(attribute: str, text: str) -> str | int | bool | None:
    """The value of an attribute: numbers and booleans by the attribute's name, so that a VM called 007 stays a text.

    None for an empty one.
    """
    if not text:
        return None
    if text in ("true", "false") and _SWITCHES.fullmatch(attribute):
        return text == "true"
    if _COUNTS.fullmatch(attribute) and _WHOLE.fullmatch(text):
        return int(text)
    return text


def row(record: Element) -> dict[str, Any]:
    """A record with the server's own names of attributes, sorted."""
    return {name: value(name, text) for name, text in sorted(record.items()) if not name.startswith("{")}


def check(params: Mapping[str, Any]) -> None:
    """Refuse names that no attribute can have, and values that no filter takes. Raises InputError."""
    for option, names in (
        ("filter", params["filter"] or {}),
        ("fields", params["fields"] or ()),
        ("sort", [params["sort"].removeprefix("-")] if params["sort"] else ()),
        ("type", [params["type"]]),
    ):
        for name in names:
            if not _ATTRIBUTE.fullmatch(str(name)):
                raise InputError(f"{option} has {name!r}: write the names that the server uses, such as numberOfCpus")
    for name, wanted in (params["filter"] or {}).items():
        for each in _values(wanted):
            if not isinstance(each, (str, int, bool)) or each == "":
                raise InputError(
                    f"filter has {each!r} for {name}: give a text, a number, true or false, or a list of these; for "
                    "anything else write the whole filter in fiql"
                )
            if isinstance(each, str) and each.startswith("="):
                # What Ansible makes of the text "name==x", which would be searched for and found nowhere.
                raise InputError(
                    f"filter has {each!r} for {name}: an operator is not written here. Give {name}: "
                    f"{each.lstrip('=')}, or write the filter as the server understands it in fiql: {name}={each}"
                )


def _values(wanted: Any) -> Sequence[Any]:
    return wanted if isinstance(wanted, (list, tuple)) else [wanted]


def read(api: Vcd, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records that the options of vcd_query ask for, in the server's order.

    An equality is compared again here, so that it means what it says: upper and lower case differ. Raises InputError
    for a type that the server does not list and for an attribute that its records do not have; HttpError.
    """
    conditions: Mapping[str, Any] = params["filter"] or {}
    where = all_of(
        *(any_of(*(equals(name, each) for each in _values(wanted))) for name, wanted in conditions.items()),
        written(params["fiql"]) if params["fiql"] else None,
    )
    fields = list(dict.fromkeys(params["fields"] or ()))
    # `id` and `href` always come, and are no fields to the server.
    named_ones = dict.fromkeys([*fields, *conditions])
    asked = ",".join(name for name in named_ones if name not in ("id", "href")) if fields else None
    order = {}
    if params["sort"]:
        order = {"sortDesc" if params["sort"].startswith("-") else "sortAsc": params["sort"].removeprefix("-")}
    try:
        records = api.query(params["type"], where, asked, **order)
    except HttpError as problem:
        if problem.status in (400, 403):
            used = {"filter": list(conditions), "fields": fields, "sort": list(order.values())}
            _explain(api, params["type"], used if problem.status == 400 else {})
        raise
    kept = {*fields, "id", "href"}
    # By id: a list that changes while it is read may show a record twice.
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        if all(_fits(record.get(name, ""), _values(wanted)) for name, wanted in conditions.items()):
            whole = row(record)
            shown = {name: each for name, each in whole.items() if name in kept} if fields else whole
            found[record.get("id") or record.get("href") or str(len(found))] = shown
    return list(found.values())


def _fits(text: str, wanted: Collection[Any]) -> bool:
    """Whether an attribute has one of the wanted values; of a reference it may be the URN, the address or the UUID."""
    for each in wanted:
        said = ("true" if each else "false") if isinstance(each, bool) else str(each)
        if text == said or (_UUID.search(said) and _UUID.search(text) and bare_id(text) == bare_id(said)):
            return True
        if "*" in said and re.fullmatch(".*".join(map(re.escape, said.split("*"))), text, re.DOTALL):
            return True
    return False


def _explain(api: Vcd, kind: str, used: Mapping[str, Collection[str]]) -> None:
    """Look for the reason why a query was refused: what the server lists, and what its records are made of.

    Raises InputError where it is found.
    """
    root = api.xml("GET", "api/query")
    known = sorted({link.get("name", "") for link in (named(root, "Link") if root is not None else ())} - {""})
    if known and kind not in known:
        raise InputError(f"type is {kind!r}: the server has no such type for this user{nearest(kind, known)}")
    if not any(used.values()):
        return
    try:
        page = api.xml("GET", "api/query", query={"type": kind, "format": "idrecords", "page": 1, "pageSize": 1})
    except HttpError:
        return  # not the attributes are to blame, but the type: what was said first is told
    records = [each for each in (page if page is not None else ()) if local(each) != "Link"]
    attributes = sorted({name for record in records for name in record.keys()})
    for option, names in used.items():
        for name in names:
            if attributes and name not in attributes and not name.startswith("metadata"):
                hint = nearest(name, attributes)
                raise InputError(
                    f"{option} has {name!r}: the server refuses the query, and its records of {kind} have no such "
                    f"attribute{hint}"
                )
