# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What vro_package does with one package: what each element of a file would become, import, export, removal.

Everything is decided before the first write, so that a prediction tells the same of each element as the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._names import nearest
from .._parallel import side_by_side
from .._plan import Field, InputError, Values, refuse_empty
from . import artifacts, exports, packages
from .artifacts import Artifact, Package
from .client import Vro
from .links import Row
from .packages import Key

Params = Mapping[str, Any]
FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "elements": Field("elements", unordered=True),
    "dest": Field("dest"),
}
CREATED, UPDATED, REPLACED, DOWNGRADED, ADDED, UNCHANGED = (
    "created", "updated", "replaced", "downgraded", "added", "unchanged",
)  # fmt: skip


@dataclass
class Found:
    """A package as it is. `file` is its export, where content is compared or exported; `held` its elements by key."""

    document: dict[str, Any]
    file: Package | None = None
    held: dict[Key, Values] = field(default_factory=dict)
    dest: str | None = None

    def values(self, package: Package | None) -> Values:
        """In the user's words: the elements of the package's file, all of them where there is no file."""
        keys = [(each.kind, each.id) for each in package.elements] if package else list(self.held)
        values: Values = {
            "name": self.document["name"],
            "elements": [self.held[key] for key in keys if key in self.held],
        }
        return values if self.dest is None else {**values, "dest": self.dest}


def load(params: Params) -> Package | None:
    """The package in the file that path names; options checked. Raises InputError."""
    refuse_empty("name", params["name"], "name the package, or give the path of its file")
    if params["allow_downgrade"] and not params["overwrite"]:
        raise InputError("allow_downgrade is set, but overwrite is false, with which nothing is replaced by its like")
    if params["dest"]:
        exports.check_file("dest", params["dest"], ".package", ".zip")
    if not params["path"]:
        return None
    found = artifacts.load("path", params["path"])
    if not isinstance(found, Package):
        module = {artifacts.WORKFLOW: "vro_workflow", artifacts.ACTION: "vro_action"}[found.kind]
        raise InputError(f"path is {params['path']!r}, which holds {found.kind} {found.name!r}: use {module} for it")
    return found


def by_content(params: Params) -> bool:
    """Whether content counts: without overwriting only versions do, because nothing is replaced by its like."""
    return bool(params["compare"] == "content" and params["overwrite"])


def look(api: Vro, params: Params, name: str, package: Package | None) -> Found | None:
    """The package; None where there is none. Raises HttpError."""
    document = packages.find(api, name)
    if document is None:
        return None
    found = Found(document)
    if params["state"] == "absent":
        return found
    if params["dest"]:
        found.file = packages.exported(api, name, export_query(params))
        found.dest = params["dest"] if holds(params["dest"], found.file) else ""
    elif package is not None and by_content(params):
        query = packages.export_query(values=params["import_values"], tags=False, history=False)
        found.file = packages.exported(api, name, query)
    found.held = {(row["kind"], str(row["id"])): _told(row) for row in packages.members(document)}
    for each in found.file.elements if found.file else ():
        # The document does not list every kind of element.
        told = found.held.setdefault((each.kind, each.id), _row(each))
        if package is not None and by_content(params):
            told["content"] = packages.content(each, params["import_values"])
    return found


def respelled(now: Found | None, package: Package, params: Params) -> str:
    """Take what the server made of an import for what was imported; a warning about that, or an empty text."""
    names = []
    for each in package.elements:
        told = now.held.get((each.kind, each.id), {}) if now else {}
        wanted = packages.content(each, params["import_values"])
        same_version = artifacts.compare_versions(str(told.get("version")), each.version) == 0
        if same_version and told.get("content", wanted) != wanted:
            told["content"] = wanted
            names.append(f"{each.kind} {each.name}")
    return f"Package {package.name}, {', '.join(names)}: the server {exports.RESPELLED}" if names else ""


def export_query(params: Params) -> dict[str, str]:
    """The export that the options ask for."""
    return packages.export_query(
        values=params["export_values"],
        tags=params["export_tags"],
        history=params["export_history"],
        secure_values=params["export_secure_values"],
        operations=params["export_operations"],
    )


def _told(row: Row) -> Values:
    return {
        "type": row["kind"],
        "id": str(row["id"]),
        "name": str(row.get("name") or ""),
        "version": str(row.get("version") or "0.0.0"),
    }


def _row(each: Artifact) -> Values:
    return {"type": each.kind, "id": each.id, "name": each.name, "version": each.version}


def holds(name: str, package: Package) -> bool:
    """True if a file holds a package with the same elements."""
    try:
        present = artifacts.load("dest", name)
    except InputError:
        return False
    return isinstance(present, Package) and present.name == package.name and _all(present) == _all(package)


def _all(package: Package) -> set[tuple[str, ...]]:
    return {(each.kind, each.id, each.version, each.place or "", each.content) for each in package.elements}


@dataclass
class Work:
    """What an import does: `rows` tell it of each element, `wanted` are the elements as they will be."""

    rows: list[Values] = field(default_factory=list)
    wanted: list[Values] = field(default_factory=list)
    beside: list[Values] = field(default_factory=list)


def plan(api: Vro, params: Params, package: Package, found: Found | None) -> Work:
    """What becomes of each element of a file. Raises InputError for what is refused, HttpError."""
    known = {key: str(told["version"]) for key, told in (found.held if found else {}).items()}
    versions = known
    if not all(_becomes(each, params, known, found) == UNCHANGED for each in package.elements):
        versions = packages.held(api, package, known)
    work = Work()
    for each in package.elements:
        key = (each.kind, each.id)
        becomes = _becomes(each, params, versions, found)
        row = {**_row(each), "place": each.place or "", "server_version": versions.get(key, ""), "becomes": becomes}
        work.rows.append(row)
        if becomes == UNCHANGED and found is not None:
            work.wanted.append(found.held[key])
        else:
            mark = {"content": packages.content(each, params["import_values"])} if by_content(params) else {}
            work.wanted.append({**_row(each), **mark})
    _refuse(params, package, work)
    inside = {(each.kind, each.id) for each in package.elements}
    work.beside = [told for key, told in (found.held if found else {}).items() if key not in inside]
    return work


def _becomes(each: Artifact, params: Params, versions: Mapping[Key, str], found: Found | None) -> str:
    key = (each.kind, each.id)
    if key not in versions:
        return CREATED
    newer = artifacts.compare_versions(each.version, versions[key])
    if newer:
        return UPDATED if newer > 0 else DOWNGRADED
    if found is None or key not in found.held:
        # It is there but not in the package: its content is not known, and the file's takes its place.
        return REPLACED if params["overwrite"] else ADDED
    told = found.held[key].get("content")
    same = told is None or told == packages.content(each, params["import_values"])
    return UNCHANGED if same else REPLACED


def _refuse(params: Params, package: Package, work: Work) -> None:
    """Raises InputError for elements of which the server has newer ones."""
    newer = [row for row in work.rows if row["becomes"] == DOWNGRADED]
    if not newer or params["allow_downgrade"]:
        return
    told = ", ".join(
        f"{row['type']} {row['name']} ({row['version']} in the file, {row['server_version']} on the server)"
        for row in newer[:10]
    )
    more = f" and {len(newer) - 10} more" if len(newer) > 10 else ""
    origin = f" The file was made by release {package.server_version}." if package.server_version else ""
    raise InputError(
        f"path is {params['path']!r}, package {package.name}: the server has newer versions of {told}{more}.{origin} "
        "Set allow_downgrade to replace them by older ones, or build a package of newer versions. Nothing was changed."
    )


def advice(api: Vro, package: Package) -> list[str]:
    """Warnings about a package that comes from a newer server. Raises HttpError."""
    return [f"Package {package.name}: {text}. What needs it may not work." for text in packages.origin(api, package)]


def refuse_release(api: Vro, params: Params) -> None:
    """Refuse options that this release does not have. Raises InputError."""
    for option in ("import_secure_values", "export_secure_values"):
        if params[option] and not api.has("secure_values_in_packages"):
            other = option.replace("secure_", "")
            raise InputError(
                f"{option} is set, but releases before 8 tell secure values from others nowhere: leave it out, and use "
                f"{other}"
            )


def apply(api: Vro, params: Params, package: Package | None, values: Values) -> None:
    """Import a package as the options say, or export it to the file that they name. Raises InputError, HttpError."""
    if package is not None:
        packages.save(
            api,
            package,
            overwrite=params["overwrite"],
            values=params["import_values"],
            secure_values=params["import_secure_values"],
            tags=params["import_tags"],
        )
    elif values.get("dest"):
        # Before release 8, secrets are values like others.
        secret = params["export_values"] if not api.has("secure_values_in_packages") else params["export_secure_values"]
        content = packages.exported(api, values["name"], export_query(params)).packed
        exports.write("dest", values["dest"], content, secret)


def missing(api: Vro, name: str) -> str:
    """A sentence about a package that does not exist, without its full stop. Raises HttpError."""
    names = [str(row["name"]) for row in packages.listed(api)]
    hint = nearest(name, names) or "; give path to import it from a file"
    return f"name is {name!r}: there is no such package{hint}"


def reviewable(result: Mapping[str, Any]) -> None:
    """Leave those elements in a result's diff that differ."""
    for entry in result.get("diff", []):
        sides = [entry[side].get("elements", []) for side in ("before", "after")]
        both = [told for told in sides[0] if told in sides[1]]
        for side, rows in zip(("before", "after"), sides, strict=True):
            if "elements" in entry[side]:
                entry[side] = {**entry[side], "elements": [told for told in rows if told not in both]}


# Lists


def check_filters(params: Params) -> None:
    """Refuse an empty name. Raises InputError."""
    refuse_empty("name", params["name"], "leave it out to read all packages")


def chosen(api: Vro, params: Params) -> dict[str, Values]:
    """{name: what there is beside it} of the packages that the options choose. Raises HttpError."""
    rows = [row for row in packages.listed(api) if params["name"] in (None, row["name"])]
    found: dict[str, Values] = {
        str(row["name"]): {"id": str(row.get("id") or ""), "description": str(row.get("description") or "")}
        for row in rows
    }
    if params["with_elements"]:
        for name, document in side_by_side(lambda each: packages.find(api, each), list(found)).items():
            found[name].update(_inside(document or {}))
    return found


def _inside(document: Mapping[str, Any]) -> Values:
    elements = [_told(row) for row in packages.members(document)]
    used = [each for each in document.get("usedPlugins") or [] if isinstance(each, dict)]
    return {
        "elements": sorted(elements, key=lambda each: (each["type"], each["name"], each["id"])),
        "used_plugins": sorted(
            (
                {
                    "name": str(each.get("name") or ""),
                    "version": str(each.get("version") or ""),
                    "server_version": str(each.get("server-version") or ""),
                }
                for each in used
            ),
            key=lambda each: each["name"],
        ),
    }
