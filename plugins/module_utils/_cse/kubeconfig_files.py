# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A kubeconfig file of the host that runs the task: what of a cluster is in it, and how it comes in and out.

The file holds keys of administrators, so that it is its owner's alone (mode 0600), whole at every moment, and never
shown: messages and results tell names and addresses, nothing else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import _files
from .._plan import Field, InputError, Values
from . import kubeconfig_text
from .kubeconfig_text import Entry, NoKubeconfig, Owner

MODE = 0o600

FIELDS: dict[str, Field] = {
    "cluster": Field("cluster"),
    "dest": Field("dest"),
    "context": Field("context"),
    "server": Field("server"),
    "current": Field("current"),
    "mode": Field("mode"),
    # No option: what is in the file is what the server tells.
    "up_to_date": Field("up_to_date"),
}


@dataclass(frozen=True)
class Kubeconfig:
    """What a file held when it was read; `text` is empty where there is none. `mode` None: there is no file."""

    path: str
    text: str
    content: Entry
    mode: int | None


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    dest = params["dest"]
    if not dest.strip() or dest.endswith("/") or os.path.isdir(dest):
        raise InputError(f"dest is {dest!r}, which is a directory: name the file, such as {dest.rstrip('/')}/config")
    if params["use_context"] and not params["merge"]:
        raise InputError(
            "use_context goes with merge: true; a file of its own has no other context than the cluster's, and that is "
            "the current one. Leave use_context out"
        )


def read(path: str) -> Kubeconfig:
    """The file, through links. Raises InputError where it is no kubeconfig, which is then left alone."""
    path = os.path.realpath(path)
    try:
        about = os.stat(path)
    except FileNotFoundError:
        return Kubeconfig(path, "", {}, None)
    except OSError as problem:
        raise InputError(f"dest is {path!r}, which cannot be read: {problem.strerror}") from problem
    try:
        text = _files.read("dest", path, "Name a file that this user may read").decode("utf-8")
        content = kubeconfig_text.load(text)
    except (NoKubeconfig, UnicodeDecodeError) as problem:
        why = str(problem) if isinstance(problem, NoKubeconfig) else "it is no text"
        raise InputError(
            f"dest is {path!r}, which is no kubeconfig: {why}. Nothing was changed; name another file, or mend this one"
        ) from None
    return Kubeconfig(path, text, content, stat.S_IMODE(about.st_mode))


def name_of(file: Kubeconfig, owner: Owner, asked: str | None) -> str:
    """The name of a cluster's context: the one that is asked for, else the one in the file, else the cluster's."""
    present = kubeconfig_text.names_of(file.content, owner)["contexts"]
    return asked or (present[0] if present else owner.cluster)


def present(file: Kubeconfig, owner: Owner, wanted: Mapping[str, Entry] | None) -> Values | None:
    """What the file has of a cluster, in the user's words; None for nothing.

    `wanted` are the entries that the server tells, None where they are not asked for.
    """
    names = kubeconfig_text.names_of(file.content, owner)
    if not any(names.values()):
        return None
    servers = [
        one["cluster"].get("server") for one in file.content.get("clusters") or [] if one["name"] in names["clusters"]
    ]
    context = next(iter(names["contexts"]), None)
    return {
        "cluster": owner.cluster,
        "dest": file.path,
        "context": context,
        "server": next(iter(servers), None),
        "current": context is not None and file.content.get("current-context") == context,
        "mode": None if file.mode is None else f"{file.mode:04o}",
        "up_to_date": wanted is not None and kubeconfig_text.holds(file.content, owner, wanted),
    }


def refuse(file: Kubeconfig, owner: Owner, name: str, wanted: Mapping[str, Entry] | None, merge: bool) -> None:
    """Others' entries are never replaced. Raises InputError.

    Without the entries that the server tells, what has the name and no mark counts as another's.
    """
    nothing: dict[str, Entry] = {kind: {"name": name} for kind in kubeconfig_text.KINDS}
    theirs = kubeconfig_text.strangers(file.content, owner, wanted or nothing)
    if theirs:
        remedy = "Give another name with context" if merge else "Give another dest, or merge: true and another context"
        raise InputError(f"{file.path} has {' and '.join(theirs)}. {remedy}; nothing was changed")
    # Of names that are the cluster's own, entries that say the same count as its own.
    others = [other for other in kubeconfig_text.others(file.content, owner) if other != name]
    if others and not merge:
        raise InputError(
            f"{file.path} has other contexts ({', '.join(others)}), and merge is not set. Give merge: true to keep "
            "them beside the cluster's, or another dest; nothing was changed"
        )


def expected(file: Kubeconfig, owner: Owner, name: str, wanted: Mapping[str, Entry] | None, current: bool) -> Values:
    """What the file shall have, in the user's words; `current` as `put` takes it.

    Without entries, where check mode predicts a cluster, no server is known.
    """
    values = {
        "cluster": owner.cluster,
        "dest": file.path,
        "context": name,
        "mode": f"{MODE:04o}",
        "up_to_date": True,
    }
    if wanted is not None:
        values["server"] = wanted["clusters"]["cluster"]["server"]
    if current:
        values["current"] = True
    elif not any(kubeconfig_text.names_of(file.content, owner).values()):
        # Of entries that are there it stays what it is.
        values["current"] = file.content.get("current-context") == name
    return values


def put(file: Kubeconfig, owner: Owner, wanted: Mapping[str, Entry], current: bool) -> None:
    """Write the entries of a cluster. Raises InputError where the file cannot be written."""
    _write(file, kubeconfig_text.put(file.text, owner, wanted, current))


def take(file: Kubeconfig, owner: Owner) -> None:
    """Take the entries of a cluster out; a file in which nothing is left is removed. Raises InputError."""
    text = kubeconfig_text.take(file.text, owner)
    if not kubeconfig_text.is_bare(kubeconfig_text.load(text)):
        _write(file, text)
        return
    try:
        os.unlink(file.path)
    except OSError as problem:
        raise InputError(f"{file.path} could not be removed: {problem.strerror}. Nothing was changed") from problem


def _write(file: Kubeconfig, text: str) -> None:
    folder = os.path.dirname(file.path)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        owner = os.stat(file.path) if file.mode is not None else None
        _files.replace(file.path, text.encode("utf-8"), MODE)
        if owner is not None and os.geteuid() == 0:
            # Whoever writes into another's file as root leaves it the other's.
            os.chown(file.path, owner.st_uid, owner.st_gid)
        # The umask may have taken more away than others' rights.
        os.chmod(file.path, MODE)
    except OSError as problem:
        raise InputError(
            f"{file.path} could not be written: {problem.strerror}. Name a file in a directory with room that this "
            "user may write to"
        ) from problem
