# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials of vRealize Operations (contract A4): found by name and adapter kind; secrets are never read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._http import HttpError
from .._plan import Field, InputError, Values, refuse_empty
from . import kinds
from .client import Vrops, segment

PATH = "credentials"
FIELDS: dict[str, Field] = {
    "name": Field("name"),
    "adapter_kind": Field("adapterKindKey"),
    "credential_kind": Field("credentialKindKey", immutable=True),
    "fields": Field("fields"),
    "secrets": Field("fields", secret=True),
    "secrets_updated": Field(""),
}


def check(params: Mapping[str, Any]) -> None:
    """Refuse what cannot be, before anything is sent. Raises InputError."""
    refuse_empty("name", params["name"], "give the name of a credential")
    refuse_empty("adapter_kind", params["adapter_kind"], "give the key of an adapter kind")
    both = sorted(set(params.get("fields") or {}) & set(params.get("secrets") or {}))
    if both:
        raise InputError(f"fields and secrets both have {both[0]!r}: give it once, in secrets if nobody may read it")
    for name, value in (params.get("secrets") or {}).items():
        if not isinstance(value, (str, int, float)) or isinstance(value, bool) or str(value) == "":
            raise InputError(f"secrets.{name} is empty or no text: give the secret's value, or leave the field out")
    for name, value in (params.get("fields") or {}).items():
        if isinstance(value, (dict, list)) or value is None:
            raise InputError(f"fields.{name} is {value!r}: give a text")


def of_kind(api: Vrops, kind: str | None) -> list[dict[str, Any]]:
    """The credentials of an adapter kind, or of all."""
    rows = api.rows(PATH, "credentialInstances", **({"adapterKind": kind} if kind else {}))
    return [row for row in rows if kind in (None, row.get("adapterKindKey"))]


def find(api: Vrops, kind: str, name: str) -> dict[str, Any] | None:
    """The credential of exactly this name and adapter kind."""
    return next((row for row in of_kind(api, kind) if row.get("name") == name), None)


def read(row: Mapping[str, Any]) -> Values:
    """A credential in the user's words; fields without a value are secrets (contract A4)."""
    values = {each["name"]: each["value"] for each in row.get("fields") or [] if each.get("value") is not None}
    return {
        "name": row.get("name"),
        "adapter_kind": row.get("adapterKindKey"),
        "credential_kind": row.get("credentialKindKey"),
        "fields": dict(sorted(values.items())),
    }


def wanted(
    api: Vrops, params: Mapping[str, Any], row: Mapping[str, Any] | None, missing: Callable[[str], None]
) -> Values:
    """What the options describe, held to the server's description of the kind.

    Fields that are left out keep their values. `missing` is told what a new credential lacks: in check mode an earlier
    task may have made it. Raises InputError, HttpError.
    """
    kind = params["adapter_kind"]
    known = kinds.credential_kinds(api, kind)
    if not known:
        kinds.require(api, kind)
        raise InputError(f"adapter_kind is {kind!r}: it takes no credentials")
    chosen = params["credential_kind"] or (row or {}).get("credentialKindKey")
    if chosen is None:
        if len(known) > 1:
            raise InputError(f"credential_kind is left out, and {kind} has several: give {' or '.join(sorted(known))}")
        chosen = next(iter(known))
    if chosen not in known:
        raise InputError(
            f"credential_kind is {chosen!r}: {kind} has none of this key{kinds.hint(chosen, known)} It has "
            f"{', '.join(sorted(known))}."
        )
    fields = {name: _text(value) for name, value in (params["fields"] or {}).items()}
    secrets = {name: str(value) for name, value in (params["secrets"] or {}).items()}
    left = _hold(known[chosen], fields, secrets, chosen)
    if row is None and left:
        missing(f"name is {params['name']!r}: there is no such credential, and a new one needs {', '.join(left)}")
    present = read(row)["fields"] if row and row.get("credentialKindKey") == chosen else {}
    values: Values = {"name": params["name"], "adapter_kind": kind, "credential_kind": chosen}
    values["fields"] = dict(sorted({**present, **fields}.items()))
    return {**values, "secrets": secrets} if secrets else values


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hold(
    described: Mapping[str, kinds.CredentialField],
    fields: Mapping[str, str],
    secrets: Mapping[str, str],
    owner: str,
) -> list[str]:
    """Hold fields to their description; the mandatory ones that are left out. Raises InputError."""
    kinds.refuse_unknown("fields", fields, described, owner)
    kinds.refuse_unknown("secrets", secrets, described, owner)
    for name, value in fields.items():
        if described[name].secret:
            raise InputError(f"fields.{name} is a secret of {owner}: give it in secrets, where no output shows it")
        if described[name].choices and value not in described[name].choices:
            raise InputError(f"fields.{name} is {value!r}: give {' or '.join(described[name].choices)}")
    return [f"{'secrets' if each.secret else 'fields'}.{name}" for name, each in described.items()
            if each.required and name not in fields and name not in secrets]  # fmt: skip


def create(api: Vrops, values: Values) -> None:
    """Make a credential. Raises HttpError."""
    api.hide(*values.get("secrets", {}).values())
    api.request("POST", PATH, document=_document(values))


def update(api: Vrops, row: Mapping[str, Any], values: Values) -> None:
    """Write a credential: whole where every secret is at hand, else what is given alone. Raises HttpError.

    What a PUT makes of a secret without its value is not documented, and a PATCH is not of every release.
    """
    secrets = values.get("secrets", {})
    api.hide(*secrets.values())
    unread = {each["name"] for each in row.get("fields") or [] if each.get("value") is None}
    document = {**_document(values), "id": row["id"]}
    if unread <= set(secrets):
        api.request("PUT", PATH, document=document)
        return
    try:
        api.request("PATCH", PATH, document=document)
    except HttpError as problem:
        if problem.status in (404, 405):
            names = ", ".join(f"secrets.{name}" for name in sorted(unread - set(secrets)))
            problem.advice = f"This release replaces a credential whole and shows no secrets: give {names} as well."
        raise


def delete(api: Vrops, row: Mapping[str, Any]) -> None:
    """Remove a credential. Raises HttpError."""
    api.request("DELETE", f"{PATH}/{segment(str(row['id']))}")


def before_delete(api: Vrops, row: Mapping[str, Any]) -> None:
    """Refuse to remove one that adapter instances use, and name them. Raises InputError, HttpError."""
    users = api.rows(f"{PATH}/{segment(str(row['id']))}/adapters", "adapterInstancesInfoDto")
    if users:
        names = ", ".join(sorted(str((each.get("resourceKey") or {}).get("name")) for each in users))
        raise InputError(
            f"{row.get('name')} is the credential of {names}: give them another one first, or remove them. "
            "Nothing was changed."
        )


def _document(values: Values) -> dict[str, Any]:
    """The body of a write."""
    given = {**values.get("fields", {}), **values.get("secrets", {})}
    head = {FIELDS[name].wire: values[name] for name in ("name", "adapter_kind", "credential_kind")}
    return {**head, "fields": [{"name": name, "value": value} for name, value in given.items()]}
