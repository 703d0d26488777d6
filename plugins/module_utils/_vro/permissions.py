# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what with an element or a category: the rules of the server as a list of options (vro-api.md, 14).

A module takes `SPEC` as its option `permissions`, checks it with `check`, and compares by `FIELD`:

    present = {"permissions": permissions.read(api, "categories", id)}
    wanted = {"permissions": permissions.aligned(params["permissions"], present["permissions"])}
    permissions.apply(api, "categories", id, values["permissions"])

Rights have names here and letters on the wire. Users and groups compare without case. From release 8 on the product
gives rights by roles and groups as well, which this list does not tell of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._parallel import side_by_side
from .._plan import Field, InputError
from . import links
from .client import Vro, segment

Rule = dict[str, Any]  # principal, rights

_LETTERS = {"view": "r", "execute": "x", "inspect": "i", "edit": "c", "admin": "a"}
RIGHTS = tuple(_LETTERS)
SPEC: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "principal": {"type": "str", "required": True},
        "rights": {"type": "list", "elements": "str", "choices": list(RIGHTS), "required": True},
    },
}
FIELD = Field("permissions", unordered=True)


def check(given: Iterable[Mapping[str, Any]] | None) -> None:
    """Refuse rules that say nothing, and two for one principal. Raises InputError."""
    seen: set[str] = set()
    for index, rule in enumerate(given or []):
        where = f"permissions[{index}]"
        principal = str(rule["principal"]).strip()
        if not principal:
            raise InputError(f"{where}.principal is empty: name a user or a group, as DOMAIN\\name or name@domain")
        if not rule["rights"]:
            raise InputError(f"{where}.rights is empty: give {principal} a right, or leave the entry out")
        if principal.lower() in seen:
            raise InputError(f"permissions has {principal} twice: give all its rights in one entry")
        seen.add(principal.lower())


def _rule(principal: str, rights: Iterable[str]) -> Rule:
    held = set(rights)
    return {"principal": principal, "rights": [right for right in RIGHTS if right in held]}


def _listed(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: str(rule["principal"]).lower())


def aligned(given: Iterable[Mapping[str, Any]], present: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """The rules that a user gave as they would be read: principals in the server's spelling, rights in one order."""
    spelled = {str(rule["principal"]).lower(): str(rule["principal"]) for rule in present}
    plain = ((str(rule["principal"]).strip(), rule["rights"]) for rule in given)
    return _listed(_rule(spelled.get(principal.lower(), principal), rights) for principal, rights in plain)


def read(api: Vro, kind: str, identifier: str) -> list[Rule]:
    """The rules of one object, by principal; several rules of one principal are one. `kind` is the first part of its
    path (workflows, categories, …). Raises HttpError."""
    merged: dict[str, Rule] = {}
    for _identifier, rule in _rules(api, kind, identifier):
        known = merged.setdefault(str(rule["principal"]).lower(), rule)
        merged[str(rule["principal"]).lower()] = _rule(known["principal"], {*known["rights"], *rule["rights"]})
    return _listed(merged.values())


def read_each(api: Vro, kind: str, identifiers: Iterable[str]) -> dict[str, list[Rule]]:
    """{id: its rules}, read side by side. Raises HttpError."""
    return side_by_side(lambda identifier: read(api, kind, identifier), identifiers)


def _rules(api: Vro, kind: str, identifier: str) -> list[tuple[str, Rule]]:
    """(id of the rule, rule) as the server holds them."""
    path = _path(kind, identifier)
    document = api.get(path) or {}
    try:
        found = []
        for entry in document.get("permissions") or []:
            told = entry.get("permission", entry)
            letters = str(told.get("rights") or "").lower()
            rights = [right for right, letter in _LETTERS.items() if letter in letters]
            found.append((links.identifier(str(told.get("href") or "")), _rule(str(told["principal"]), rights)))
    except (AttributeError, KeyError, TypeError) as problem:
        raise api.unexpected("GET", path, 200, f"no list of permissions: {problem!r}") from problem
    return found


def _path(kind: str, identifier: str) -> str:
    return f"{kind}/{segment(identifier)}/permissions"


def apply(api: Vro, kind: str, identifier: str, wanted: Iterable[Mapping[str, Any]]) -> None:
    """Make the rules of an object these and no others. Raises HttpError.

    What is new is there before what is old goes, so nobody is locked out between. Whether a server adds a rule for a
    principal that has one, or changes it, is not told anywhere; so the rules are read again before any is removed.
    """
    rules = {str(rule["principal"]).lower(): rule for rule in wanted}
    before = _rules(api, kind, identifier)
    held = {(str(rule["principal"]).lower(), tuple(rule["rights"])) for _unused, rule in before}
    for key, rule in rules.items():
        if (key, tuple(rule["rights"])) not in held:
            letters = "".join(_LETTERS[right] for right in rule["rights"])
            entry = {"permission": {"principal": rule["principal"], "rights": letters}}
            api.send("POST", _path(kind, identifier), json={"permissions": [entry]})
    kept: set[str] = set()
    for rule_id, rule in _rules(api, kind, identifier):
        key = str(rule["principal"]).lower()
        if key in rules and key not in kept and rules[key]["rights"] == rule["rights"]:
            kept.add(key)
        else:
            api.send("DELETE", f"{_path(kind, identifier)}/{segment(rule_id)}")
