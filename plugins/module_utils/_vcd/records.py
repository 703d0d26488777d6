# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of the query service in the user's words: what all nouns that are read from it share (contract 4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from xml.etree.ElementTree import Element

from .._moments import written
from .._plan import refuse_empty
from .client import Vcd
from .documents import bare_id
from .filters import Filter, any_of, equals

# The types that a System session reads; the plain ones would show it System's own objects only, or all of them,
# depending on the type.
_ADMIN = {
    "orgVdc": "adminOrgVdc",
    "vApp": "adminVApp",
    "vm": "adminVM",
    "task": "adminTask",
    "catalog": "adminCatalog",
    "catalogItem": "adminCatalogItem",
    "orgVdcStorageProfile": "adminOrgVdcStorageProfile",
    "user": "adminUser",
}
# More values of one field than this are not sent: the address would become longer than servers take.
MOST_VALUES = 40


def kind(api: Vcd, plain: str) -> str:
    """The type to ask for a noun: the administrator's for a System session, where there is one."""
    return _ADMIN.get(plain, plain) if api.is_provider else plain


def one_of(field: str, values: Collection[str] | None) -> Filter | None:
    """A filter for a field that has one of some values; None, which asks for everything, where that is not said.

    `*` in a value stands for any text.
    """
    if not values or len(values) > MOST_VALUES:
        return None
    return any_of(*(equals(field, value) for value in values))


def matcher(names: Collection[str] | None) -> Callable[[str], bool]:
    """Whether a name is one of some names, as they are written; `*` in one stands for any text. None lets all through.

    The server's filter has compared already, but without regard to case.
    """
    if names is None:
        return lambda name: True
    exact = {name for name in names if "*" not in name}
    patterns = [".*".join(map(re.escape, name.split("*"))) for name in names if "*" in name]
    if not patterns:
        return exact.__contains__
    fits = re.compile("|".join(f"(?:{each})" for each in patterns), re.DOTALL).fullmatch
    return lambda name: name in exact or fits(name) is not None


def unmatched(wanted: Collection[str] | None, names: Iterable[str]) -> list[str]:
    """Those of the wanted names (patterns) that fit none of some names."""
    present = set(names)
    return [each for each in wanted or () if not any(map(matcher([each]), present))]


def number(record: Element, attribute: str) -> int | None:
    """A whole number; None where the record has none."""
    value = record.get(attribute)
    try:
        return int(value) if value else None
    except ValueError:
        return None


def flag(record: Element, attribute: str) -> bool | None:
    """A boolean; None where the record has none."""
    value = record.get(attribute)
    return value == "true" if value else None


def text(record: Element, attribute: str) -> str | None:
    """A text; None where the record has none or an empty one."""
    return record.get(attribute) or None


def words(record: Element, attribute: str) -> str:
    """A text that may be empty: a description."""
    return record.get(attribute, "")


def word(record: Element, attribute: str = "status") -> str | None:
    """A state, as a word in lower case: `powered_on`."""
    value = record.get(attribute)
    return value.lower() if value else None


def moment(record: Element, attribute: str) -> str | None:
    """A moment in UTC, YYYY-MM-DDTHH:MM:SSZ; None where the record has none. The server may write another zone."""
    return utc(record.get(attribute))


def utc(text: str | None) -> str | None:
    """A moment of the server in UTC, YYYY-MM-DDTHH:MM:SSZ; a text that is none as it came, None for an empty one."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", text or "")
    if not found:
        return text or None
    zone = found[2] if found[2] and found[2] != "Z" else "+00:00"
    return written(datetime.fromisoformat(found[1] + zone).astimezone(timezone.utc))


def identity(record: Element, attribute: str = "id") -> str:
    """The bare UUID of the record itself, or of the object that an attribute refers to; empty where there is none."""
    return bare_id(record.get(attribute) or record.get("href" if attribute == "id" else attribute) or "")


def urn(kind_of_object: str, uuid: str) -> str:
    """`urn:vcloud:<kind>:<uuid>` (contract 4.1)."""
    return f"urn:vcloud:{kind_of_object}:{uuid}"


def check_chosen(params: Mapping[str, Any], *options: str) -> None:
    """Refuse empty names, which would choose nothing. Raises InputError."""
    for option in options:
        refuse_empty(option, params[option], "give a name, or leave it out for all")


def only(value: str | None) -> list[str] | None:
    """What an option that may name one thing chooses, as a list; None, which chooses all, where it is left out."""
    return [value] if value else None


def org_of(params: Mapping[str, Any]) -> str | None:
    """The organization that a task reads: the one that it names, else the one that it acts for.

    What a query answers while a provider acts for an organization the contract does not tell (2.5): the filter says it.
    """
    return params["org"] or params.get("vcd_tenant") or None


Reader = Callable[[Element, str], Any]
# option: (attribute, how it is read)
Columns = Mapping[str, "tuple[str, Reader]"]


def row(columns: Columns, record: Element) -> dict[str, Any]:
    """A record in the user's words."""
    return {name: read(record, attribute) for name, (attribute, read) in columns.items()}


def distinct(rows: Iterable[dict[str, Any]], order: Sequence[str]) -> list[dict[str, Any]]:
    """Rows by the fields of `order`, each `id` once: a list that changes while it is read may show one twice."""
    by_id = {each["id"]: each for each in rows}
    return sorted(by_id.values(), key=lambda each: [str(each[name] or "") for name in order] + [str(each["id"])])
