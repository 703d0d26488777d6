# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What vro_action does with one action: looks at as much of it as the options are about, and changes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import _files
from .._parallel import side_by_side
from .._plan import InputError, Values, given, refuse_empty
from . import actions, artifacts, exports, permissions, workflow_files
from .artifacts import ACTION, Artifact
from .client import Vro

Params = Mapping[str, Any]
_MODULE = re.compile(r"[A-Za-z_$][\w$-]*(\.[A-Za-z_$][\w$-]*)*")
_LISTED = ("module", "name", "version", "description")
# What a file says by itself.
_OF_FILE = ("name", "script", "script_file", "output_type", "inputs", "version", "description", "runtime")


@dataclass
class Found:
    """An action as it is; what the options are not about is None."""

    document: dict[str, Any]
    artifact: Artifact | None = None
    rules: list[permissions.Rule] | None = None
    dest: str | None = None

    def values(self) -> Values:
        """In the user's words."""
        more = {"permissions": self.rules, "dest": self.dest}
        return {**actions.read(self.document), **{name: value for name, value in more.items() if value is not None}}


def load(params: Params) -> Values:
    """What options and files say of the content, checked. Raises InputError."""
    permissions.check(params["permissions"])
    if not _MODULE.fullmatch(params["module"]):
        raise InputError(
            f"module is {params['module']!r}: write names with dots between them, such as com.example.tenants"
        )
    if params["dest"]:
        exports.check_file("dest", params["dest"], ".action", ".xml")
    if params["path"]:
        return _of_file(params)
    values = given(params, actions.CONTENT)
    if params["script_file"]:
        content = _files.read("script_file", params["script_file"], "Name a file with the script.")
        try:
            values["script"] = content.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise InputError(f"script_file is {params['script_file']!r}: it is no text in UTF-8") from problem
    if "script" in values:
        values["script"] = actions.script(values["script"])
    # What no file of an action could hold is refused whatever the release.
    workflow_files.action_file(
        params["name"],
        values.get("script", ""),
        inputs=[{**each, "description": each.get("description") or ""} for each in values.get("inputs", [])],
        description=values.get("description", ""),
        output_type=values.get("output_type", "Any"),
    )
    return values


def _of_file(params: Params) -> Values:
    beside = [option for option in _OF_FILE if params[option] is not None]
    if beside:
        raise InputError(f"{beside[0]} is set beside path, whose file says it: leave one of them out")
    found = artifacts.load("path", params["path"])
    if not isinstance(found, Artifact) or found.kind != ACTION:
        held, module = ("a workflow", "vro_workflow") if isinstance(found, Artifact) else ("a package", "vro_package")
        raise InputError(f"path is {params['path']!r}, which holds {held}: use {module}, or name an action's file")
    return actions.of_file(found)


def look(api: Vro, params: Params, name: str) -> Found | None:
    """The action, None where there is none. Raises HttpError."""
    document = actions.find(api, params["module"], name)
    if document is None:
        return None
    found = Found(document)
    if params["state"] == "absent":
        return found
    if params["dest"]:
        found.artifact = exports.element(api, actions.KIND, str(document["id"]))
        found.dest = params["dest"] if exports.holds(params["dest"], found.artifact) else ""
    if params["permissions"] is not None:
        found.rules = permissions.read(api, actions.KIND, str(document["id"]))
    return found


def wanted(
    api: Vro, params: Params, name: str, content: Values, found: Found | None, missing: Callable[[str], None]
) -> Values:
    """What the options ask for. Raises InputError for what cannot be, HttpError."""
    label = f"action {params['module']}/{name}"
    present = found.values() if found else {}
    if content.get("runtime") and not api.has("action_json"):
        raise InputError(f"runtime is {content['runtime']!r}, which releases before 8 do not have: leave it out")
    if found is None and "script" not in content:
        if params["permissions"] is None and not params["dest"]:
            raise InputError(f"script is not set, and there is no {label}: give script, script_file or path")
        missing(actions.missing(api, params["module"], name))
    if "version" in content and present:
        option = "path" if params["path"] else "version"
        exports.refuse_downgrade(option, label, content["version"], present["version"], params["allow_downgrade"])
    values = {"module": params["module"], "name": name, **content}
    if "inputs" in content:
        values["inputs"] = actions.aligned(content["inputs"], present.get("inputs", []))
    if not api.has("action_json"):
        values.pop("runtime", None)
    if params["permissions"] is not None:
        values["permissions"] = permissions.aligned(params["permissions"], (found.rules if found else None) or [])
    if params["dest"]:
        values["dest"] = params["dest"]
    return values


def create(api: Vro, values: Values) -> None:
    """Make an action with what belongs to it. Raises InputError, HttpError."""
    actions.create(
        api, values["module"], values["name"], {part: values[part] for part in actions.CONTENT if part in values}
    )
    document = actions.find(api, values["module"], values["name"])
    if document is not None:
        _beside(api, replace(Found(document), rules=[]), values)


def update(api: Vro, found: Found, values: Values) -> None:
    """Give an action what it lacks of the values. Raises InputError, HttpError."""
    present = found.values()
    content = {part: values[part] for part in actions.CONTENT if part in values}
    if any(present.get(part) != value for part, value in content.items()):
        actions.update(api, found.document, content)
    _beside(api, found, values)


def _beside(api: Vro, found: Found, values: Values) -> None:
    identifier = str(found.document["id"])
    if values.get("permissions", found.rules) != found.rules:
        permissions.apply(api, actions.KIND, identifier, values["permissions"])
    if values.get("dest"):
        now = exports.element(api, actions.KIND, identifier)
        if not exports.holds(values["dest"], now):
            exports.write("dest", values["dest"], exports.as_file(now, values["dest"]))


# Lists


def check_filters(params: Params) -> None:
    """Refuse empty names. Raises InputError."""
    for option in ("module", "name"):
        refuse_empty(option, params[option], "leave it out to read those of all")


def chosen(api: Vro, params: Params) -> list[tuple[Values, str]]:
    """(options of vro_action, id) of the actions that the options choose, by module and name. Raises HttpError."""
    rows = [
        row
        for row in actions.listed(api)
        if params["module"] in (None, row["module"]) and params["name"] in (None, row["name"])
    ]
    identifiers = [str(row["id"]) for row in rows]
    found: dict[str, Values] = {str(row["id"]): {part: str(row.get(part) or "") for part in _LISTED} for row in rows}
    if params["with_content"]:
        for identifier, document in side_by_side(
            lambda each: api.find(exports.path(actions.KIND, each)), identifiers
        ).items():
            if document is not None:
                found[identifier].update(actions.read(document))
                if not api.has("action_json"):
                    del found[identifier]["runtime"]
    if params["with_permissions"]:
        for identifier, rules in permissions.read_each(api, actions.KIND, identifiers).items():
            found[identifier]["permissions"] = rules
    return [(found[identifier], identifier) for identifier in identifiers]
