# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of plug-ins: found by type and attributes, and followed to their children (contract vro-api.md, 12).

What a script gets from `Server.findForType(type, id)` is what the catalog has at `/catalog/{namespace}/{type}/{id}/`.
Shapes and names of attributes differ by plug-in and release, and filters are not to be trusted, so everything is
compared here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._http import HttpError
from .._names import nearest
from .._plan import InputError
from . import links
from .client import Vro, segment
from .links import Row

SYSTEM = "System"  # the namespace of what a server is made of itself: Workflow, Action, …
_TYPE = re.compile(r"[\w.-]+(?::[\w.-]+)?")
_IDS, _NAMES, _TYPES = ("dunesId", "id"), ("displayName", "name"), ("type", "@type", "@fullType")
_OWN = frozenset({"href", "rel"})
_SHOWN = 10  # how many candidates a message names


@dataclass(frozen=True)
class Found:
    """One object. `type` is as scripts write it, `id` what they find it by; `attributes` are texts as the plug-in
    names them; `href` leads to it, exactly as the server spells it."""

    type: str
    id: str
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    href: str = ""

    @property
    def reference(self) -> dict[str, str]:
        """What a parameter of a workflow takes."""
        return {"type": self.type, "id": self.id}

    @property
    def script(self) -> str:
        """What finds it in a script, ready to paste."""
        return f"Server.findForType({json.dumps(self.type)}, {json.dumps(self.id)})"


def read_type(option: str, text: str) -> tuple[str, str]:
    """(namespace, type) of `vCloud:VM`, or of a type of the server itself such as `Workflow`. Raises InputError."""
    if not _TYPE.fullmatch(text.strip()):
        raise InputError(f"{option} is {text!r}: write it as scripts do, for example vCloud:VM or Workflow")
    namespace, _colon, name = text.strip().rpartition(":")
    return namespace or SYSTEM, name


def written(namespace: str, name: str) -> str:
    """A type as scripts write it."""
    return name if namespace == SYSTEM else f"{namespace}:{name}"


def _first(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")


def _found(row: Row, kind: str) -> Found:
    """A row of a list as an object of a type; where the row's address tells the type, that is believed."""
    href = str(row.get("href") or "")
    there = re.search(r"/catalog/([^/]+)/([^/]+)/([^/]+)/?$", href)
    told = written(there[1], there[2]) if there else kind or _first(row, _TYPES)
    attributes = {name: value for name, value in row.items() if name not in _OWN}
    return Found(told, _first(row, _IDS), _first(row, _NAMES), attributes, href)


def listed(api: Vro, kind: str, conditions: Iterable[str] = (), option: str = "type") -> list[Found]:
    """Every object of a type, sorted by name and id; `conditions` go to the server, which may ignore them.

    Raises InputError for a type or a namespace that the server does not have, HttpError.
    """
    namespace, name = read_type(option, kind)
    query = {"conditions": list(conditions)} if conditions else {}
    try:
        rows = api.rows(f"catalog/{segment(namespace)}/{segment(name)}/", **query)
    except HttpError as problem:
        if problem.status not in (400, 404):
            raise
        explain(api, namespace, name, option)
        raise
    if not rows:
        explain(api, namespace, name, option)
    return _sorted([_found(row, written(namespace, name)) for row in rows])


def _sorted(found: Iterable[Found]) -> list[Found]:
    # What has no id cannot be referred to: a heading of the tree, say.
    return sorted((each for each in found if each.id), key=lambda each: (each.name.lower(), each.id))


def namespaces(api: Vro) -> list[str]:
    """The namespaces that the catalog has, sorted. Raises HttpError."""
    return _below(api, "catalog")


def types(api: Vro, namespace: str) -> list[str]:
    """The types of a namespace that can be listed, sorted. Raises HttpError."""
    return _below(api, f"catalog/{segment(namespace)}/")


def _below(api: Vro, path: str) -> list[str]:
    # By their addresses: links of the catalog's upper levels need not have attributes.
    try:
        found = links.links(api.get(path))
    except ValueError as problem:
        raise api.unexpected("GET", path, 200, str(problem)) from problem
    return sorted({links.identifier(str(each.get("href") or "")) for each in found if each.get("rel") != "up"} - {""})


def explain(api: Vro, namespace: str, name: str, option: str) -> None:
    """Refuse a type that the catalog does not have, with what may have been meant; nothing where it has it.

    Raises InputError, HttpError.
    """
    known = namespaces(api)
    if known and namespace not in known:
        raise InputError(
            f"{option} is {written(namespace, name)!r}: the server has no namespace {namespace!r}, it has "
            f"{', '.join(known)}{nearest(namespace, known)}"
        )
    try:
        kinds = types(api, namespace)
    except HttpError as problem:
        if problem.status == 404:
            return
        raise
    if kinds and name not in kinds and namespace == SYSTEM and not nearest(name, kinds):
        raise InputError(
            f"{option} is {name!r}: write the plug-in's namespace before it, such as vCloud:{name}; without one there "
            f"are {', '.join(kinds)}"
        )
    if kinds and name not in kinds:
        raise InputError(
            f"{option} is {written(namespace, name)!r}: {namespace} has no such type that can be listed, it has "
            f"{', '.join(kinds)}{nearest(name, kinds)}"
        )


def matching(found: Iterable[Found], search: Mapping[str, Any], option: str = "search") -> list[Found]:
    """Those that have all attributes of a search. `name` is the name or the display name, `id` what scripts find it by;
    `*` in a text stands for any text, and a list gives several values of which one is enough.

    Raises InputError for an attribute that none of the objects has.
    """
    objects = list(found)
    known = {"name", "id", *(name for each in objects for name in each.attributes)}
    for name in search:
        if objects and name not in known:
            raise InputError(
                f"{option} has {name!r}: no object of this type has such an attribute, they have "
                f"{', '.join(sorted(known))}{nearest(str(name), known)}"
            )
    return [each for each in objects if all(_fits(each, name, wanted) for name, wanted in search.items())]


def _fits(one: Found, name: str, wanted: Any) -> bool:
    if name == "name":
        have = {one.name, *(str(one.attributes[key]) for key in _NAMES if one.attributes.get(key))}
    elif name == "id":
        have = {one.id}
    else:
        value = one.attributes.get(name)
        have = set() if value is None else {str(value)}
    return any(_same(text, each) for each in _values(wanted) for text in have)


def _values(wanted: Any) -> Iterable[Any]:
    return wanted if isinstance(wanted, (list, tuple)) else [wanted]


def _same(text: str, wanted: Any) -> bool:
    if isinstance(wanted, bool):  # all attributes are texts on the wire
        return text.lower() == str(wanted).lower()
    pattern = ".*".join(map(re.escape, str(wanted).split("*")))
    return bool(re.fullmatch(pattern, text, re.DOTALL))


def check_search(option: str, search: Any) -> None:
    """Refuse what is no search before anything is sent. Raises InputError."""
    if not isinstance(search, Mapping) or not search:
        raise InputError(f"{option} is {search!r}: give attributes and what they are, for example name: test03")
    for name, wanted in search.items():
        if not all(isinstance(each, (str, int, float)) and each != "" for each in _values(wanted)):
            raise InputError(f"{option} has {wanted!r} for {name}: give a text, a number, true or false, or a list")


def resolve(api: Vro, kind: str, search: Mapping[str, Any], option: str = "search") -> dict[str, str]:
    """{type, id} of the one object that a search finds.

    Raises InputError that names what there is when it is none, and all candidates when it is more than one; HttpError.
    """
    return one(api, kind, search, option).reference


def one(api: Vro, kind: str, search: Mapping[str, Any], option: str = "search") -> Found:
    """The one object that a search finds, see `resolve`. Raises InputError, HttpError."""
    check_search(option, search)
    everything = listed(api, kind, option=f"type of {option}")
    found = matching(everything, search, option)
    if len(found) == 1:
        return found[0]
    asked = ", ".join(f"{name} {wanted!r}" for name, wanted in search.items())
    if not found:
        names = {each.name for each in everything}
        hint = nearest(str(search["name"]), names) if "name" in search else ""
        raise InputError(f"{option}: there is no {kind} with {asked}, among {len(everything)}{hint}")
    candidates = ", ".join(f"{each.name} ({each.id})" for each in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" * (len(found) > _SHOWN)
    raise InputError(
        f"{option}: {len(found)} objects of type {kind} have {asked}: {candidates}{more}. Give more attributes, or "
        "the id of the one that is meant"
    )


def resolver(api: Vro) -> Callable[[str, Mapping[str, Any], str], str]:
    """What `values.encode` finds objects with: (declared type, search, name of the parameter) -> id."""
    return lambda kind, search, name: resolve(api, kind, search, name)["id"]


def children(api: Vro, parent: Found, relation: str | None = None) -> list[Found]:
    """The objects below another one: of one relation, or of all that it tells. Raises InputError, HttpError."""
    place = _place(api, parent)
    if relation:
        return _related(api, parent, place, relation)
    found: list[Found] = []
    for link in links.links(_whole(api, place)):
        row = links.attributes(link)
        href = str(link.get("href") or "")
        if link.get("rel") == "up" or not href:
            continue
        if row and _first(row, _IDS):
            found.append(_found(row, ""))
        elif links.path(href).startswith(place.rstrip("/") + "/"):
            found += _rows(api, links.path(href), parent)
    return _sorted({(each.type, each.id): each for each in found}.values())


def relations(api: Vro, parent: Found) -> list[str]:
    """Names of the relations that an object tells of. Raises HttpError."""
    place = _place(api, parent)
    hrefs = [str(link.get("href") or "") for link in links.links(_whole(api, place)) if link.get("rel") != "up"]
    below = [href for href in hrefs if href and links.path(href).startswith(place.rstrip("/") + "/")]
    return sorted({links.identifier(href) for href in below})


def _related(api: Vro, parent: Found, place: str, relation: str) -> list[Found]:
    try:
        return _sorted(_rows(api, f"{place.rstrip('/')}/{segment(relation)}/", parent))
    except HttpError as problem:
        if problem.status not in (400, 404):
            raise
        known = relations(api, parent)
        has = f"it has {', '.join(known)}" if known else "and it tells of none"
        raise InputError(
            f"relation is {relation!r}: {parent.type} {parent.name or parent.id} has no such relation, {has}"
            f"{nearest(relation, known)}"
        ) from problem


def _rows(api: Vro, path: str, parent: Found) -> list[Found]:
    namespace = parent.type.rpartition(":")[0]
    rows = [(row, _first(row, _TYPES)) for row in api.rows(path)]
    # A child may tell its type without the namespace, which is its parent's then.
    return [
        _found(row, f"{namespace}:{told}" if told and namespace and ":" not in told else told) for row, told in rows
    ]


def _place(api: Vro, one_object: Found) -> str:
    """The path of an object below /vco/api, from its address where that is known: ids are spelled twice there."""
    if one_object.href:
        return links.path(one_object.href)
    namespace, name = read_type("type", one_object.type)
    # Once for the path, once more because servers refuse an encoded slash (contract 1 and 12).
    return f"catalog/{segment(namespace)}/{segment(name)}/{segment(segment(one_object.id))}/"


def _whole(api: Vro, place: str) -> Any:
    document = api.get(place)
    holder = document.get("relations") if isinstance(document, dict) else None
    return {"link": (holder or {}).get("link") or []}


# What vro_object_info and the lookup tell


def told(found: Found) -> dict[str, Any]:
    """An object in the user's words."""
    return {
        "type": found.type,
        "id": found.id,
        "name": found.name,
        "attributes": dict(sorted(found.attributes.items())),
        "reference": found.reference,
        "script": found.script,
    }


def check(params: Mapping[str, Any]) -> None:
    """Refuse options of vro_object_info that cannot be before anything is sent. Raises InputError."""
    if params["type"] is None:
        for name in ("search", "conditions", "relation", "details"):
            if params[name]:
                raise InputError(f"{name} is set without type: say of which type, for example vCloud:VM")
        return
    read_type("type", params["type"])
    if params["search"] is not None:
        check_search("search", params["search"])
    if params["limit"] < 1:
        raise InputError(f"limit is {params['limit']}: give the number of objects that are wanted at most, 1 or more")
    for each in params["conditions"] or []:
        if not re.search(r"[=~<>]", each):
            raise InputError(f"conditions has {each!r}: write attribute, operator and value, for example name~web")


def chosen(api: Vro, params: Mapping[str, Any]) -> list[Found]:
    """The objects that the options of vro_object_info ask for: of a type, or below the one that is found.

    Raises InputError, HttpError.
    """
    found = listed(api, params["type"], params["conditions"] or ())
    if params["search"]:
        found = matching(found, params["search"])
    if params["relation"] is None:
        return found
    if len(found) != 1:
        names = ", ".join(each.name for each in found[:_SHOWN])
        raise InputError(
            f"relation is {params['relation']!r}, and {len(found)} objects of type {params['type']} match"
            f"{': ' * bool(names)}{names}. Give in search what tells the one that is meant from the others"
        )
    return children(api, found[0], None if params["relation"] == "*" else params["relation"])


def known_types(api: Vro) -> list[str]:
    """All types that can be listed, as scripts write them: one request for each namespace. Raises HttpError."""
    return [written(namespace, name) for namespace in namespaces(api) for name in types(api, namespace)]
