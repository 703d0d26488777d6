# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Catalogs of vCloud Director and what is in them, in the user's words (contract vcd-api.md, 4.5)."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from .._parallel import side_by_side
from .client import Vcd
from .filters import any_of, equals
from .records import (
    MOST_VALUES,
    Columns,
    distinct,
    flag,
    identity,
    kind,
    moment,
    number,
    only,
    row,
    text,
    urn,
    word,
    words,
)
from .vdcs import chosen, narrowed


def _templates(record: Element, attribute: str) -> int | None:
    """The schema of the administrator's record calls it otherwise than the contract does."""
    return number(record, attribute) if record.get(attribute) else number(record, "numberOfTemplates")


_CATALOG: Columns = {
    "name": ("name", text),
    "org": ("orgName", text),
    "description": ("description", words),
    "published": ("isPublished", flag),
    "shared": ("isShared", flag),
    "owner": ("ownerName", text),
    "created": ("creationDate", moment),
    "template_count": ("numberOfVAppTemplates", _templates),
    "media_count": ("numberOfMedia", number),
    "version": ("version", number),
    "status": ("status", word),
}
_ITEM: Columns = {
    "name": ("name", text),
    "type": ("entityType", word),
    "status": ("status", word),
    "vdc": ("vdcName", text),
    "owner": ("ownerName", text),
    "created": ("creationDate", moment),
    "expired": ("isExpired", flag),
}


def matching(
    api: Vcd, *, org: str | None = None, name: str | None = None, contents: bool = True
) -> list[dict[str, Any]]:
    """Catalogs by organization and name, each with its `contents` by name (None when they are not read).

    A tenant sees also what others publish. `*` in a name stands for any text. Raises InputError for an organization
    that does not exist, HttpError.
    """
    where = chosen(only(org), only(name))
    if where is not None or not contents:
        records = api.query(kind(api, "catalog"), where)
        inside = _items(api, records) if contents else []
    else:
        # Everything is wanted: nothing of the one list decides what is asked of the other.
        answers = side_by_side(lambda each: api.query(kind(api, each), None), ("catalog", "catalogItem"))
        records, inside = answers["catalog"], answers["catalogItem"]
    catalogs = ({**row(_CATALOG, record), "id": urn("catalog", identity(record))} for record in records)
    rows = narrowed(api, catalogs, org, name)
    found_in: dict[str, list[dict[str, Any]]] = {}
    for record in inside:
        found = {**row(_ITEM, record), "id": urn("catalogitem", identity(record))}
        found_in.setdefault(identity(record, "catalog"), []).append(found)
    for each in rows:
        items = found_in.get(each["id"].rpartition(":")[2], [])
        each["contents"] = distinct(items, ("name",)) if contents else None
    return rows


def _items(api: Vcd, catalogs: list[Element]) -> list[Element]:
    """The records of what is in these catalogs."""
    if not catalogs:
        return []
    inside = [equals("catalog", urn("catalog", identity(record))) for record in catalogs]
    return api.query(kind(api, "catalogItem"), any_of(*inside) if len(inside) <= MOST_VALUES else None)
