# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server says of its adapter kinds: which identifiers and credentials they take (contract A3).

No key of a management pack is written down here: names are compared with the server's own description.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._names import nearest
from .._plan import InputError
from .client import Vrops, segment

INSTANCE = "ADAPTER_INSTANCE"
SECRET = "PASSWORD"


@dataclass(frozen=True)
class Identifier:
    """One identifier of an adapter instance. `unique` ones say which instance it is."""

    name: str
    type: str
    unique: bool


@dataclass(frozen=True)
class CredentialField:
    """One field of a credential."""

    name: str
    secret: bool
    required: bool
    choices: tuple[str, ...] = ()


def read_identifier(described: Mapping[str, Any]) -> Identifier:
    """An identifier as lists of kinds and instances describe it."""
    kind = str(described.get("dataType") or "").upper()
    return Identifier(str(described.get("name") or ""), kind, described.get("isPartOfUniqueness") is True)


def identifiers(api: Vrops, kind: str) -> dict[str, Identifier]:
    """The identifiers of an adapter kind's instances, by name. Raises InputError where the kind is not installed."""
    rows = api.rows(f"adapterkinds/{segment(kind)}/resourcekinds", "resource-kind", resourceKindType=INSTANCE)
    instance = next((row for row in rows if row.get("resourceKindType") == INSTANCE), None)
    if instance is None:
        require(api, kind)
        raise InputError(f"adapter_kind is {kind!r}: its adapters have no instances")
    found = [read_identifier(each) for each in instance.get("resourceIdentifierTypes") or []]
    return {each.name: each for each in found}


def hint(name: str, names: Iterable[str]) -> str:
    """The end of a sentence about a name that does not exist."""
    return nearest(name, names) or "."


def require(api: Vrops, kind: str) -> None:
    """Refuse an adapter kind that the server does not know, and name the ones that it does. Raises InputError."""
    known = sorted(str(row.get("key")) for row in api.rows("adapterkinds", "adapter-kind"))
    if kind not in known:
        raise InputError(
            f"adapter_kind is {kind!r}: this server has none of this key{hint(kind, known)} It has "
            f"{', '.join(known) or 'none at all'}; others come with their management packs."
        )


def credential_kinds(api: Vrops, kind: str) -> dict[str, dict[str, CredentialField]]:
    """The credential kinds of an adapter kind with their fields, by key."""
    found: dict[str, dict[str, CredentialField]] = {}
    for row in api.rows("credentialkinds", "credentialTypes", adapterKind=kind):
        if row.get("adapterKindKey") in (None, kind):
            fields = [_field(each) for each in row.get("fields") or []]
            found[str(row.get("id"))] = {each.name: each for each in fields}
    return found


def _field(described: Mapping[str, Any]) -> CredentialField:
    # How a type of secrets is spelled is not documented; every spelling that clients saw has this word in it.
    secret = "password" in str(described.get("valueType") or "").lower()
    choices = tuple(str(each) for each in described.get("enumeratedValues") or [])
    enumerated = described.get("enumerated") is True
    return CredentialField(
        str(described.get("key") or ""), secret, described.get("required") is True, choices if enumerated else ()
    )


def refuse_unknown(option: str, given: Iterable[str], known: Iterable[str], owner: str) -> None:
    """Refuse names that the server's description has not. Raises InputError."""
    names = sorted(known)
    for name in sorted(given):
        if name not in names:
            raise InputError(
                f"{option} has {name!r}, which {owner} has not{hint(name, names)} It takes "
                f"{', '.join(names) or 'none'}."
            )


def text_of(option: str, identifier: Identifier, value: Any) -> str:
    """An identifier's value as the server takes it, a text (contract A5). Raises InputError for one of a wrong type."""
    text = str(value).lower() if isinstance(value, bool) else str(value).strip()
    if identifier.type == "INTEGER" and text and not text.lstrip("-").isdecimal():
        raise InputError(f"{option}.{identifier.name} is {value!r}: give a whole number")
    if identifier.type == "BOOLEAN" and text:
        if text.lower() not in ("true", "false"):
            raise InputError(f"{option}.{identifier.name} is {value!r}: give true or false")
        text = text.lower()
    return text
