# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workflows and actions as files: what they take and give, how new ones are built (contract vro-api.md, 6, 11). Pure.

built = script_workflow("Probe", "var host = …", inputs=[…], outputs=[…])    a workflow of one scriptable task
artifacts.pack(built)                                                        its .workflow file
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from .._plan import InputError
from . import artifacts, attributes
from .artifacts import ACTION, WORKFLOW, Artifact
from .markup import Node

# A name that a script can use.
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
# What no XML can carry; a carriage return is fine.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Parameter = dict[str, str]


def parameters(artifact: Artifact, side: str = "input") -> list[Parameter]:
    """A workflow's inputs or outputs (`side` input, output), an action's inputs, in order.

    Each {name, type, description}. What 9.x keeps of a description is in the presentation only.
    """
    document = artifact.document
    if document is None:
        return []
    if artifact.kind == ACTION:
        return [
            {"name": each.attributes.get("n", ""), "type": each.attributes.get("t", ""), "description": each.text}
            for each in document.named("param")
        ]
    shown = {
        each.attributes.get("name", ""): each.said("desc")
        for part in document.named("presentation")
        for each in part.walk()
        if each.name == "p-param"
    }
    section = document.child(side) or Node(side)
    return [
        {
            "name": (name := each.attributes.get("name", "")),
            "type": each.attributes.get("type", ""),
            "description": each.said("description") or shown.get(name, ""),
        }
        for each in section.named("param")
    ]


def script_workflow(
    name: str,
    script: str,
    *,
    inputs: Iterable[Mapping[str, Any]] = (),
    outputs: Iterable[Mapping[str, Any]] = (),
    identifier: str | None = None,
    version: str = "1.0.0",
    description: str = "",
) -> Artifact:
    """A workflow of one scriptable task, in which inputs and outputs are variables of their names.

    `inputs` and `outputs` are {name, type[, description]}; the id is a new one where none is given. Raises InputError
    for names that a script cannot use, types left out, and characters that no XML carries.
    """
    takes, gives = _checked("inputs", inputs), _checked("outputs", outputs)
    shared = {each["name"] for each in takes} & {each["name"] for each in gives}
    if shared:
        raise InputError(f"{sorted(shared)[0]} is both an input and an output: give one of them another name")
    _check_text("name", name)
    _check_text("script", script)
    _check_text("description", description)
    task = Node(
        "workflow-item",
        {"name": "item1", "out-name": "item0", "type": "task"},
        children=[
            Node("display-name", text="Script"),
            # Newer editors do not open a task without a description, nor items that lie on top of each other.
            Node("description", text="Script"),
            Node("script", {"encoded": "false"}, script),
            Node("in-binding", children=[_bound(each) for each in takes]),
            Node("out-binding", children=[_bound(each) for each in gives]),
            _position(190),
        ],
    )
    end = Node(
        "workflow-item",
        {"name": "item0", "type": "end", "end-mode": "0"},
        children=[Node("in-binding"), _position(320)],
    )
    document = Node(
        "workflow",
        {
            "root-name": "item1",
            "object-name": "workflow:name=generic",
            "id": identifier or str(uuid.uuid4()),
            "version": version,
            "api-version": "6.0.0",
            "editor-version": "2.0",
            "restartMode": "1",
            "resumeFromFailedMode": "0",
        },
        children=[
            Node("display-name", text=name),
            *([Node("description", text=description)] if description else []),
            _position(60),
            Node("input", children=[_parameter(each) for each in takes]),
            Node("output", children=[_parameter(each) for each in gives]),
            end,
            task,
            Node("presentation", children=[_shown(each) for each in takes]),
        ],
    )
    return artifacts.read(f"workflow {name}", _xml(WORKFLOW, document))  # type: ignore[return-value]


def action_file(
    name: str,
    script: str,
    *,
    output_type: str = "Any",
    inputs: Iterable[Mapping[str, Any]] = (),
    identifier: str | None = None,
    version: str = "1.0.0",
    description: str = "",
) -> Artifact:
    """An action, whose module a file does not carry: the import says it (contract 11). Raises InputError."""
    takes = _checked("inputs", inputs)
    if not IDENTIFIER.fullmatch(name):
        raise InputError(f"name is {name!r}: an action's name has letters, digits, _ and $, and begins with no digit")
    for option, text in (("script", script), ("description", description), ("output_type", output_type)):
        _check_text(option, text)
    document = Node(
        "dunes-script-module",
        {
            "name": name,
            "result-type": output_type,
            "api-version": "6.0.0",
            "id": identifier or str(uuid.uuid4()),
            "version": version,
        },
        children=[
            *([Node("description", text=description)] if description else []),
            *(Node("param", {"n": each["name"], "t": each["type"]}, each["description"]) for each in takes),
            Node("script", {"encoded": "false"}, script),
        ],
    )
    return artifacts.read(f"action {name}", _xml(ACTION, document))  # type: ignore[return-value]


def _xml(kind: str, document: Node) -> bytes:
    """Written and read again, so that what is built is what a file of it would hold."""
    held = Artifact(kind, document.attributes["id"], "", document=document)
    return artifacts.xml(held).encode("utf-8")


def _checked(option: str, given: Iterable[Mapping[str, Any]]) -> list[Parameter]:
    found: dict[str, Parameter] = {}
    for each in given:
        name, kind = str(each.get("name") or ""), str(each.get("type") or "")
        if not IDENTIFIER.fullmatch(name):
            raise InputError(
                f"{option} has the name {name!r}: a script's variable has letters, digits, _ and $, and begins with no "
                "digit"
            )
        if not kind.strip():
            raise InputError(
                f"{option} has {name} without a type: give one, such as string, number or VC:VirtualMachine"
            )
        attributes.check_type(f"{option}, {name}", kind)
        if name in found:
            raise InputError(f"{option} has {name} twice: give each name once")
        text = str(each.get("description") or "")
        _check_text(f"description of {name}", text)
        found[name] = {"name": name, "type": kind, "description": text}
    return list(found.values())


def _check_text(option: str, text: str) -> None:
    found = _UNSAYABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise InputError(
            f"{option} has the character {found.group()!r} in line {line}, which no file of the product carries"
        )


def _position(x: int) -> Node:
    return Node("position", {"x": f"{x}.0", "y": "60.0"})


def _parameter(each: Parameter) -> Node:
    # Without a description of its own, with which newer editors do not open a workflow that has one, too.
    return Node("param", {"name": each["name"], "type": each["type"]})


def _bound(each: Parameter) -> Node:
    return Node("bind", {"name": each["name"], "type": each["type"], "export-name": each["name"]})


def _shown(each: Parameter) -> Node:
    return Node("p-param", {"name": each["name"]}, children=[Node("desc", text=each["description"] or each["name"])])
