# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elements of content in their categories: found by category and name, removed also while somebody still lets go.

The record of an element does not tell its category on all releases, so the category tells its elements (contract
vro-api.md, 5 and 13).
"""

from __future__ import annotations

from collections.abc import Iterable

from .._http import HttpError
from .._names import nearest
from .._plan import InputError
from .._wait import WaitTimeout, wait_for
from . import categories
from .categories import Category
from .client import Vro
from .links import Row

# What the elements of a type of categories are called in lists.
ELEMENTS = {
    categories.WORKFLOW: "Workflow",
    categories.MODULE: "Action",
    categories.CONFIGURATION: "ConfigurationElement",
    categories.RESOURCE: "ResourceElement",
}
WORDS = {
    categories.WORKFLOW: "workflow",
    categories.MODULE: "action",
    categories.CONFIGURATION: "configuration element",
    categories.RESOURCE: "resource element",
}
# Seconds that an element may be held by a package that was just removed: about two (contract 6 and 13.3).
_RELEASE = 5.0


def check_name(option: str, name: str) -> None:
    """Refuse the name of an element that no server takes. Raises InputError."""
    if not name.strip() or "/" in name or "\\" in name:
        raise InputError(f"{option} is {name!r}: the name of an element is not empty and has no slash and no backslash")


def of(category: Category) -> list[Row]:
    """The elements of a category that are of its type."""
    wanted = ELEMENTS[category.type]
    return [row for row in category.elements if row.get("type") in (wanted, None)]


def shown(category: Category) -> list[Row]:
    """The elements of a category as {id, name}, by name."""
    rows = ({"id": row.get("id"), "name": row.get("name")} for row in of(category))
    return sorted(rows, key=lambda row: (str(row["name"]), str(row["id"])))


def chosen(found: Iterable[Category], name: str | None = None) -> dict[str, str]:
    """{id: path of its category} of the elements of categories, or of those of a name, by path and name."""
    placed = [(category.path, row) for category in found for row in shown(category)]
    return {str(row["id"]): path for path, row in placed if name in (None, row["name"])}


def only(rows: Iterable[Row], kind: str, place: str, name: str) -> Row | None:
    """The one element of a name, None where there is none. Raises InputError where there are several: the product
    allows that, and nothing but an id tells them apart."""
    same = [row for row in rows if row.get("name") == name]
    if len(same) > 1:
        ids = ", ".join(sorted(str(row["id"]) for row in same))
        raise InputError(
            f"{place} has {len(same)} {WORDS[kind]}s named {name!r} (ids {ids}): rename or remove all but one of them"
        )
    return same[0] if same else None


def find(api: Vro, kind: str, path: str, name: str) -> tuple[Category | None, Row | None]:
    """(category at the path, its element of that name), None for what is not there. Raises InputError, HttpError."""
    category = categories.find(api, kind, path)
    return category, only(of(category), kind, path, name) if category else None


def missing(category: Category | None, kind: str, path: str, name: str) -> str:
    """The sentence about an element that is not there, with the one that may have been meant; no full stop."""
    if category is None:
        return f"there is no category {path!r} of {WORDS[kind]}s"
    hint = nearest(name, (str(row.get("name")) for row in of(category)))
    return f"there is no {WORDS[kind]} {name!r} in {path!r}{hint}"


def remove(api: Vro, path: str, *, force: bool = False, timeout: float = _RELEASE, interval: float = 0.5) -> None:
    """Remove what is at a path; that it is gone already is as good. Raises HttpError.

    A server says for some seconds that an element is in use after the package that held it was removed, so a 409 is
    believed only when it stays.
    """
    refusals: list[HttpError] = []

    def removed() -> bool:
        try:
            api.send("DELETE", path, query={"force": "true"} if force else None)
        except HttpError as problem:
            if problem.status == 404:
                return True
            if problem.status != 409:
                raise
            refusals.append(problem)
            return False
        return True

    try:
        wait_for(removed, bool, timeout=timeout, interval=interval)
    except WaitTimeout:
        if not refusals:
            raise
        refusals[-1].advice = "Remove what uses it first, or set force."
        raise refusals[-1] from None
