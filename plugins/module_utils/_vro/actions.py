# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions as content: found, listed, compared, written, removed (contract vro-api.md, 11 and 21).

    listed(api)                             all of them in one read: rows of id, module, name, version, description
    find(api, module, name)                 one as the server tells it, None where there is none
    read(document), of_file(artifact)       the same in the user's words: FIELDS says which
    create(api, module, name, values)       a new one, its module too where that is missing
    update(api, document, values)           what the values say, the rest as it is
    elements.remove(api, path(document))    remove one; its module goes with the last

From release 8 on an action is a document. Before, it is imported as a file that is built here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._names import nearest
from .._plan import Field, InputError, Values
from . import artifacts, categories, exports, permissions, workflow_files
from .artifacts import Artifact
from .client import Vro, segment
from .links import Row

KIND = "actions"
CONTENT: dict[str, Field] = {
    "version": Field("version", default="1.0.0"),
    "description": Field("description", default=""),
    "output_type": Field("output-type", default="void"),
    "inputs": Field("input-parameters", default=[]),
    "script": Field("script", default=""),
    "runtime": Field("runtime", default="", since=(8, 0)),
}
FIELDS: dict[str, Field] = {
    "module": Field("module", immutable=True),
    "name": Field("name", immutable=True),
    **CONTENT,
    "permissions": permissions.FIELD,
    "dest": Field("dest"),
}
INPUTS: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "required": True},
        "description": {"type": "str"},
    },
}


def path(document: Mapping[str, Any]) -> str:
    """Where an action is changed and removed: by its id, because an export by its name is refused (contract 11)."""
    return exports.path(KIND, str(document["id"]))


def listed(api: Vro) -> list[Row]:
    """All actions that the user sees, in one read, by module and name; lists tell the module in `fqn` only."""
    rows = []
    for row in api.rows(KIND):
        module, _slash, name = str(row.get("fqn") or "").rpartition("/")
        rows.append({**row, "module": str(row.get("module") or module), "name": str(row.get("name") or name)})
    return sorted(rows, key=lambda row: (row["module"], row["name"]))


def find(api: Vro, module: str, name: str) -> dict[str, Any] | None:
    """One action as the server tells it; None where there is none, or the user may not see it. Raises HttpError."""
    where = f"{KIND}/{segment(module)}/{segment(name)}"
    found = api.find(where)
    if found is not None and not (isinstance(found, dict) and found.get("id")):
        raise api.unexpected("GET", where, 200, "no action")
    return found


def script(text: str) -> str:
    """A script as it is compared: line ends of one kind, and none at its end, where editors put them or take them."""
    return text.replace("\r\n", "\n").rstrip("\n")


def read(document: Mapping[str, Any]) -> Values:
    """An action of the server in the user's words."""
    module = document.get("module") or str(document.get("fqn") or "").rpartition("/")[0]
    return {
        "module": str(module),
        "name": str(document.get("name")),
        "version": str(document.get("version") or "0.0.0"),
        "description": str(document.get("description") or ""),
        "output_type": str(document.get("output-type") or "void"),
        "inputs": _inputs(document.get("input-parameters") or []),
        "script": script(str(document.get("script") or "")),
        "runtime": str(document.get("runtime") or ""),
    }


def of_file(artifact: Artifact) -> Values:
    """An action of a file in the user's words; a file knows no module."""
    document = artifact.document
    return {
        "name": artifact.name,
        "version": artifact.version,
        "description": artifact.description,
        "output_type": document.attributes.get("result-type", "") or "void" if document else "void",
        "inputs": _inputs(workflow_files.parameters(artifact)),
        "script": script(document.said("script")) if document else "",
        "runtime": document.said("runtime").strip() if document else "",
    }


def _inputs(given: Iterable[Mapping[str, Any]]) -> list[Values]:
    return [{part: str(each.get(part) or "") for part in ("name", "type", "description")} for each in given]


def aligned(given: Iterable[Mapping[str, Any]], present: Iterable[Mapping[str, Any]]) -> list[Values]:
    """Inputs that a user gave; a description that is left out is that of the input of the same name."""
    known = {str(each["name"]): str(each.get("description") or "") for each in present}
    filled = (
        {**each, "description": known.get(each["name"], "")} if each.get("description") is None else each
        for each in given
    )
    return _inputs(filled)


def create(api: Vro, module: str, name: str, values: Mapping[str, Any]) -> None:
    """Make an action, and its module where that is missing. Raises InputError, HttpError."""
    whole = {**{part: definition.default for part, definition in CONTENT.items()}, **values}
    if api.has("action_json"):
        _send(api, "POST", KIND, {"name": name, "module": module, **_wire(whole)})
        return
    categories.ensure(api, categories.MODULE, module)
    _import(api, module, name, whole, None)


def update(api: Vro, document: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Give an action what the values say. What a document leaves out is cleared, so all of it is sent.

    Raises InputError, HttpError.
    """
    present = read(document)
    whole = {**present, **values}
    if api.has("action_json"):
        own = {key: value for key, value in document.items() if key not in ("relations", "href", "fqn", "runtime")}
        _send(api, "PUT", path(document), {**own, **_wire(whole)})
        return
    _import(api, present["module"], present["name"], whole, str(document["id"]))


def _wire(values: Mapping[str, Any]) -> Values:
    document = {definition.wire: values[part] for part, definition in CONTENT.items() if part in values}
    # No runtime is JavaScript, which is not named.
    return document if document.get("runtime") else {key: each for key, each in document.items() if key != "runtime"}


def _send(api: Vro, method: str, where: str, document: Values) -> None:
    reply = api.send(method, where, json=document)
    # A change is answered by what its validation found, with the status of success (contract 11).
    told = api.parse(reply, method, where) if reply.body else None
    errors = told.get("errors") if isinstance(told, dict) else None
    if errors:
        first = errors[0] if isinstance(errors, list) else errors
        raise InputError(f"the server did not accept the action {document['module']}/{document['name']}: {first}")


def _import(api: Vro, module: str, name: str, values: Mapping[str, Any], identifier: str | None) -> None:
    """The way of releases before 8."""
    built = workflow_files.action_file(
        name,
        values["script"],
        output_type=values["output_type"],
        inputs=values["inputs"],
        identifier=identifier,
        version=values["version"],
        description=values["description"],
    )
    save(api, built, module)


def save(api: Vro, artifact: Artifact, module: str) -> None:
    """Import an action's file into a module that is there, in place of the one of its id. Raises HttpError."""
    api.send(
        "POST",
        KIND,
        query={"categoryName": module, "overwrite": "true"},
        # Releases differ in where they look for the module (contract 11).
        form={"categoryName": module},
        file=(artifacts.file_name(artifact), artifacts.pack(artifact)),
    )


def missing(api: Vro, module: str, name: str) -> str:
    """A sentence about an action that does not exist, without its full stop. Raises HttpError."""
    rows = listed(api)
    modules = {row["module"] for row in rows}
    if module not in modules:
        return f"module is {module!r}: there is no such module{nearest(module, modules)}"
    names = [row["name"] for row in rows if row["module"] == module]
    return f"name is {name!r}: there is no such action in {module}{nearest(name, names)}"
