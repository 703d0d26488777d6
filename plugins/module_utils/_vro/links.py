# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The orchestrator's link arrays and addresses (contract vro-api.md, 1 and 4). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]


def attributes(link: Mapping[str, Any]) -> Row | None:
    """A link's attributes as one dict of texts, with `href` and `rel`; None for a link that has no attributes.

    An attribute without value is there with None.
    """
    # Vendor documents call it attribute, the wire attributes (contract 4).
    listed = link.get("attributes", link.get("attribute"))
    if not isinstance(listed, list):
        return None
    row: Row = {str(each["name"]): each.get("value") for each in listed if isinstance(each, dict) and "name" in each}
    return {**row, "href": link.get("href"), "rel": link.get("rel")}


def links(document: Any) -> list[Mapping[str, Any]]:
    """The links of a list, or of a document that wraps them in `relations`. Raises ValueError where there are none."""
    if isinstance(document, dict):
        holder = document if "link" in document else document.get("relations")
        if isinstance(holder, dict) and isinstance(holder.get("link", []), list):
            return [link for link in holder.get("link", []) if isinstance(link, dict)]
        if holder is None and document.get("total") == 0:
            return []
    raise ValueError("a list without links")


def rows(document: Any) -> list[Row]:
    """The links that have attributes, see `attributes` and `links`. Raises ValueError."""
    found = (attributes(link) for link in links(document))
    return [row for row in found if row is not None]


def total(document: Mapping[str, Any]) -> int | None:
    """How many rows there are altogether; None where the server does not know (no number, or a negative one)."""
    wrapped = document.get("relations")
    holder = wrapped if isinstance(wrapped, dict) and "link" not in document else document
    told = holder.get("total")
    return told if isinstance(told, int) and told >= 0 else None


def identifier(location: str) -> str:
    """The last part of an address or of its path, with or without a slash at its end (contract 20.1)."""
    return urlsplit(location).path.rstrip("/").rpartition("/")[2]


def path(location: str) -> str:
    """The path of an `href` below `/vco/api`, exactly as it is spelled: it is encoded twice and must stay so.

    Host and port are left out, because a server behind a proxy names itself by a name of its own (contract 1).
    Raises ValueError for an address that is not of this API.
    """
    _before, found, rest = urlsplit(location).path.partition("/vco/api/")
    if not found:
        raise ValueError(f"{location} is no address of the orchestrator's API")
    return rest
