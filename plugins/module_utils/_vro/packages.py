# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages: what the server has, what an import would meet, import, export, removal (contract vro-api.md, 13.3 and 21).

listed(api)                        all of them in one read: rows of name, id, description
find(api, name)                    one as the server tells it; members(document) are its elements
exported(api, name, ...)           the file of one, read
versions(api, package, members)    {(kind, id): version} of what the server has of a file's elements
save(api, package, ...)            import it
remove(api, name, members=…)       remove it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._http import HttpError
from .._plan import InputError
from . import actions, artifacts, exports, plugins, versions
from .artifacts import ACTION, CONFIGURATION, RESOURCE, WORKFLOW, Artifact, Package
from .client import Vro
from .links import Row, attributes

KIND = "packages"
Key = tuple[str, str]  # kind and id of an element
# The lists of a package's document, with what wraps each member; that of an action is called otherwise (contract 13.3).
_LISTS = {"workflows": WORKFLOW, "actions": ACTION, "configurations": CONFIGURATION, "resources": RESOURCE}
REMOVALS = {"keep": None, "remove": "deletePackageWithContent", "remove_unshared": "deletePackageKeepingShared"}
TAGS = {
    "skip": "DoNotImport",
    "overwrite": "ImportAndOverwriteExistingValue",
    "preserve": "ImportButPreserveExistingValue",
}
OPERATIONS = {"view": "v", "edit": "e", "add_to_package": "f"}


def listed(api: Vro) -> list[Row]:
    """All packages that the user sees, in one read, by name. Raises HttpError."""
    return sorted((row for row in api.rows(KIND) if row.get("name")), key=lambda row: str(row["name"]))


def find(api: Vro, name: str) -> dict[str, Any] | None:
    """A package as the server tells it; None where there is none. Raises HttpError."""
    found = api.find(exports.path(KIND, name))
    if found is not None and not (isinstance(found, dict) and found.get("name")):
        raise api.unexpected("GET", exports.path(KIND, name), 200, "no package")
    return found


def members(document: Mapping[str, Any]) -> list[Row]:
    """The elements of a package's document: rows of kind, id, name, version, place (of an action its module)."""
    found = []
    for part, kind in _LISTS.items():
        for entry in document.get(part) or []:
            link = next(iter(entry.values()), None) if isinstance(entry, dict) else None
            row = attributes(link) if isinstance(link, dict) else None
            if row is not None and row.get("id"):
                module = str(row.get("module") or str(row.get("fqn") or "").rpartition("/")[0])
                found.append({**row, "kind": kind, "place": module if kind == ACTION else None})
    return found


def exported(api: Vro, name: str, query: Mapping[str, Any] | None = None) -> Package:
    """A package's file as the server gives it; `query` as `export_query` makes it. Raises HttpError."""
    where = exports.path(KIND, name)
    found = exports.opened(api, where, api.send("GET", where, query=query, accept=exports.ZIP).body)
    if not isinstance(found, Package):
        raise api.unexpected("GET", where, 200, "the export is no package")
    return found


def export_query(
    *, values: bool, tags: bool, history: bool, secure_values: bool = False, operations: Iterable[str] | None = None
) -> dict[str, str]:
    """What an export is to hold. `operations` is what whoever imports it may do with it, None: whatever it is."""
    told = {
        "exportConfigurationAttributeValues": values,
        "exportGlobalTags": tags,
        "exportVersionHistory": history,
        **({"exportConfigSecureStringAttributeValues": True} if secure_values else {}),
    }
    query = {name: str(value).lower() for name, value in told.items()}
    if operations is not None:
        query["allowedOperations"] = "".join(letter for name, letter in OPERATIONS.items() if name in set(operations))
    return query


# What an import would meet


def held(api: Vro, package: Package, known: Mapping[Key, str]) -> dict[Key, str]:
    """{(kind, id): version} of what the server has of a file's elements, `known` being what a package's document told.

    From release 8 on a dry run tells it. Before, the lists of the kinds that are missing are read. Raises InputError
    for what the server would refuse, HttpError.
    """
    found = {
        (each.kind, each.id): known[each.kind, each.id] for each in package.elements if (each.kind, each.id) in known
    }
    if api.has("import_details"):
        return {**found, **_dry_run(api, package)}
    missing = {each.kind for each in package.elements if (each.kind, each.id) not in known}
    for part, kind in _LISTS.items():
        if kind in missing:
            rows = actions.listed(api) if kind == ACTION else api.rows(part)
            there = {str(row.get("id")): str(row.get("version") or "0.0.0") for row in rows}
            for each in package.elements:
                if each.kind == kind and each.id in there:
                    found[kind, each.id] = there[each.id]
    return found


def _dry_run(api: Vro, package: Package) -> dict[Key, str]:
    where = f"{KIND}/import-details"
    reply = api.send("POST", where, file=(file_name(package), package.packed), repeatable=True)
    told = api.parse(reply, "POST", where)
    rows = told.get("importElementDetails") if isinstance(told, dict) else None
    if not isinstance(rows, list):
        raise api.unexpected("POST", where, reply.status, "it tells no importElementDetails")
    if told.get("contentVerified") is False:
        raise InputError(
            f"package {package.name}: the server finds that its signatures do not fit its content, so the file was "
            "changed after it was exported. Export or build it anew. Nothing was changed."
        )
    clash = [f"{row.get('type')} {row.get('fileObjectName')}" for row in rows if row.get("hasNameConflict")]
    if clash:
        raise InputError(
            f"package {package.name}: other elements of the same names are where these shall go: {', '.join(clash)}. "
            "Rename or remove those of the server. Nothing was changed."
        )
    return {
        (artifacts.KINDS.get(str(row.get("type")), str(row.get("type"))), str(row.get("id"))): str(
            row["serverObjectVersion"]
        )
        for row in rows
        if row.get("serverObjectVersion")
    }


def origin(api: Vro, package: Package) -> list[str]:
    """What of a package comes from a newer server than this one, each as a sentence without its full stop.

    Plug-ins are read only where the file names some. Raises HttpError.
    """
    found = []
    made_by = artifacts.numbers(package.server_version)[:2]
    if package.server_version and made_by > api.version[:2]:
        found.append(f"it was made by release {package.server_version}, and the server is {versions.text(api.version)}")
    if package.used_plugins:
        there = {each.name.lower(): str(each.version or "") for each in plugins.listed(api)}
        for name, version in sorted(package.used_plugins.items()):
            present = there.get(name.lower())
            if present is None:
                found.append(f"it uses the plug-in {name} {version}".rstrip() + ", which the server does not have")
            elif artifacts.compare_versions(version, present) > 0:
                found.append(f"it uses the plug-in {name} {version}, and the server has {present}")
    return found


# Writing


def save(
    api: Vro,
    package: Package,
    *,
    overwrite: bool = True,
    values: bool = False,
    secure_values: bool = False,
    tags: str | None = None,
) -> None:
    """Import a package. `values`: of attributes of configuration elements, `secure_values`: of secret ones, from
    release 8 on; `tags` is of TAGS, None: what the server does by itself. Raises HttpError."""
    query = {"overwrite": overwrite, "importConfigurationAttributeValues": values}
    if api.has("secure_values_in_packages"):
        query["importConfigSecureStringAttributeValues"] = secure_values
    told = {name: str(value).lower() for name, value in query.items()}
    if tags:
        told["tagImportMode"] = TAGS[tags]
    api.send("POST", KIND, query=told, file=(file_name(package), package.packed))


def remove(api: Vro, name: str, option: str = "keep") -> None:
    """Remove a package, and its elements as REMOVALS has it; one that is gone already is fine. Raises HttpError."""
    wire = REMOVALS[option]
    try:
        api.send("DELETE", exports.path(KIND, name), query={"option": wire} if wire else None)
    except HttpError as problem:
        if problem.status != 404:
            raise


def file_name(package: Package) -> str:
    """What the file of an upload is called."""
    return f"{package.name}.package"


# Comparing


def content(each: Artifact, values: bool) -> str:
    """A mark of an element's content; that of a configuration element with or without the values of its attributes."""
    if each.kind == CONFIGURATION and not values and each.document is not None:
        return artifacts.without_values(each).mark
    return each.mark
