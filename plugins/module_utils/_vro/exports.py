# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workflows and actions as the server gives them, the files that they are exported to, and what one is compared by.

Contract vro-api.md, 3, 6, 11 and 21.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .. import _files
from .._plan import InputError
from . import artifacts, markup
from .artifacts import Artifact, Package
from .client import Vro, segment

ZIP = "application/zip"


def path(kind: str, identifier: str) -> str:
    """The path of an element: `kind` is workflows, actions, configurations, resources or packages."""
    return f"{kind}/{segment(identifier)}"


def element(api: Vro, kind: str, identifier: str) -> Artifact:
    """A workflow or an action, `packed` being the server's file. Raises HttpError, of kind body for what is none."""
    where = path(kind, identifier)
    found = opened(api, where, api.send("GET", where, accept=ZIP).body)
    if not isinstance(found, Artifact):
        raise api.unexpected("GET", where, 200, "the export is a package")
    return found


def opened(api: Vro, where: str, content: bytes) -> Artifact | Package:
    """What an export holds. Raises HttpError of kind body where it cannot be read."""
    try:
        return artifacts.read("it", content)
    except InputError as problem:
        raise api.unexpected("GET", where, 200, f"the export is no file of content: {problem}") from problem


# Files


def check_file(option: str, name: str, *suffixes: str) -> None:
    """Refuse a file that cannot be written or whose name does not say what it is to hold. Raises InputError."""
    if not name.endswith(suffixes):
        raise InputError(f"{option} is {name!r}: end it with {' or '.join(suffixes)}, which says what the file holds")
    folder = os.path.dirname(os.path.abspath(name))
    if os.path.isdir(name):
        raise InputError(f"{option} is {name!r}, which is a folder: name a file in it")
    if not os.path.isdir(folder):
        raise InputError(f"{option} is {name!r}: the folder {folder} does not exist; make it first")


def as_file(found: Artifact, name: str) -> bytes:
    """What a file of a name is to hold: XML that git can compare where it ends so, else the server's own file."""
    return artifacts.readable(found).encode("utf-8") if name.endswith(".xml") else artifacts.pack(found)


def holds(name: str, found: Artifact) -> bool:
    """True if a file holds an element as it is: XML to the letter, a ZIP by content, as no two exports are alike."""
    try:
        with open(name, "rb") as stream:
            content = stream.read()
        if name.endswith(".xml"):
            return content == as_file(found, name)
        present = artifacts.read("it", content)
    except (OSError, InputError):
        return False
    return isinstance(present, Artifact) and same(present, found) and present.id == found.id


def write(option: str, name: str, content: bytes, secret: bool = False) -> None:
    """Write an export, whole or not at all; one with secrets is for its owner only. Raises InputError."""
    try:
        _files.replace(name, content, 0o600 if secret else 0o666)
    except OSError as problem:
        raise InputError(
            f"{option} is {name!r}, which could not be written: {problem.strerror}. Name a file in a folder with room "
            "that this user may write to."
        ) from problem


# Comparing


def same(one: Artifact, other: Artifact) -> bool:
    """True for equal versions and equal content (contract 21)."""
    return artifacts.compare_versions(one.version, other.version) == 0 and one.content == other.content


# A server may hold other content than it took where it writes the same in words of its own; nobody can tell.
RESPELLED = (
    "took the import, but its content is another than that of the file: it writes it in words of its own, or somebody "
    "changed it meanwhile. Where every run imports it again, set compare to version, or use a file that this server "
    "has exported."
)


def refuse_downgrade(option: str, label: str, wanted: str, present: str, allowed: Any) -> None:
    """Raises InputError where what is wanted is older than what is there, unless that is allowed."""
    if not allowed and artifacts.compare_versions(wanted, present) < 0:
        told = (
            f"version is {wanted!r}, and" if option == "version" else f"{option} has version {wanted} of {label}, and"
        )
        raise InputError(
            f"{told} the server has {present}, which is newer: set allow_downgrade to replace it. Nothing was changed."
        )


def reviewable(result: Mapping[str, Any], before: Artifact | None, after: Artifact | None) -> None:
    """Put the XML of both sides into a result's diff, where marks alone tell that the content differs."""
    for entry in result.get("diff", []):
        for side, found in (("before", before), ("after", after)):
            if "content" in entry[side] and found is not None and found.document is not None:
                entry[side] = {**entry[side], "xml": markup.write(markup.without_secrets(found.document))}
