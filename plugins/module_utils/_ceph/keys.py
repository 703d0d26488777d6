# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users of a Ceph cluster: their capabilities as a meaning rather than a text, their keys, and keyring files.

A key stays what it is unless another one is given or a rotation is asked for (contract 2, lesson 3), and `ceph auth
caps` replaces all capabilities at once, so those are one value (contract 3.3). Keys travel by standard input, and are
in no result, error or list of processes. Their form is the release's own affair (contract 3.5) and is not looked at.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import stat
from collections.abc import Iterator, Mapping
from typing import Any

from .._command import CommandError
from .._files import replace
from .._plan import Field, InputError, Values
from .client import Cluster

FIELDS: dict[str, Field] = {
    "name": Field("entity", immutable=True),
    "caps": Field("caps", default={}),
    # No option: whether another key takes the place of the one that is there. The key itself is nobody's to see.
    "key_replaced": Field("key"),
    "dest": Field("dest"),
}
KINDS = ("mon", "osd", "mgr", "mds")
MODE = 0o600


def full_name(name: str) -> str:
    """The entity's name: `kube` is short for `client.kube`. Raises InputError for what is no client."""
    found = name if "." in name else f"client.{name}"
    if not re.fullmatch(r"client\.[A-Za-z0-9][\w.@-]*", found):
        raise InputError(
            f"name is {name!r}: give the name of a client, such as client.kube; daemons have their own keys"
        )
    return found


def meaning(caps: str) -> frozenset[tuple[tuple[str, ...], frozenset[str]]]:
    """What capabilities of one kind of daemon grant, whatever the order, the blanks and the quotes."""
    grants = set()
    for grant in re.split(r"[,;]", caps):
        words = re.findall(r"[^\s\"'=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"']+)|[^\s\"']+", grant)
        plain = tuple(
            "".join(sorted(word)) if re.fullmatch("[rwx]+", word) else word for word in words if "=" not in word
        )
        named = frozenset(re.sub(r"[\s\"']", "", word) for word in words if "=" in word)
        if words:
            grants.add((plain, named))
    return frozenset(grants)


def same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two sets of capabilities grant the same; an empty text grants nothing."""
    meanings = [{kind: meaning(text) for kind, text in _granting(caps).items()} for caps in (one, other)]
    return meanings[0] == meanings[1]


def spelled(given: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str]:
    """Capabilities that the user gave, in the words of those that are there where they grant the same."""
    texts = _granting(given)
    return dict(present) if same(texts, present) else texts


def validate_caps(caps: Mapping[str, Any]) -> None:
    """Refuse capabilities that no daemon would read. Raises InputError."""
    for kind, text in caps.items():
        if kind not in KINDS:
            raise InputError(f"caps has {kind!r}; there are capabilities for {', '.join(KINDS)}")
        if not isinstance(text, str):
            raise InputError(f"caps.{kind} is {text!r}: give a text such as 'profile rbd pool=kube'")
        for plain, _named in meaning(text):
            if not plain or plain[0] not in ("allow", "profile"):
                raise InputError(
                    f"caps.{kind} is {text!r}: each capability, between commas, begins with allow or with profile"
                )


def refuse_own(cluster: Cluster, name: str, what: str) -> None:
    """Refuse to take from the very user who asks what it asks with. Raises InputError."""
    if name == cluster.user:
        raise InputError(
            f"name is {name!r}, as whom this task reaches the cluster: {what}, it would shut itself out. Do it as "
            "another user with such capabilities (ceph_user, ceph_keyring)"
        )


def refuse_own_change(cluster: Cluster, name: str, values: Mapping[str, Any]) -> None:
    """The same, for another key, or for capabilities that leave out to give any. Raises InputError."""
    if values.get("key_replaced"):
        refuse_own(cluster, name, "with another key")
    if "caps" in values and (("allow", "*"), frozenset()) not in meaning(values["caps"].get("mon", "")):
        refuse_own(cluster, name, "without 'allow *' for mon")


def get(cluster: Cluster, name: str) -> Values | None:
    """The user with `key` and `caps`, None where there is none. One command."""
    found = cluster.find("auth", "get", name)
    return {"key": found[0]["key"], "caps": _granting(found[0]["caps"])} if found else None


def _granting(caps: Mapping[str, str]) -> dict[str, str]:
    """Without kinds of daemons for which there is an empty text."""
    return {kind: text for kind, text in caps.items() if meaning(text)}


def every(cluster: Cluster) -> list[Values]:
    """All clients with their capabilities and without their keys, sorted by name. One command."""
    users = [user for user in cluster.ask("auth", "ls")["auth_dump"] if user["entity"].startswith("client.")]
    return [
        {"name": user["entity"], "caps": _granting(user["caps"])}
        for user in sorted(users, key=lambda user: str(user["entity"]))
    ]


def keyring(name: str, key: str) -> str:
    """The text of a keyring file with one user."""
    return f"[{name}]\n\tkey = {key}\n"


def make(cluster: Cluster, name: str, caps: Mapping[str, str]) -> None:
    """Make a user with these capabilities and a key of the cluster's own making."""
    cluster.do("auth", "get-or-create", name, *_told(caps))


def store(cluster: Cluster, name: str, key: str, caps: Mapping[str, str]) -> None:
    """Give a user this key and these capabilities, whether it is there or not."""
    lines = []
    # Without any capability an import is refused; one for monitors that grants nothing is taken.
    for kind, text in sorted((caps or {"mon": ""}).items()):
        quote = "'" if '"' in text else '"'
        lines.append(f"\tcaps {kind} = {quote}{text}{quote}\n")
    try:
        cluster.do("auth", "import", "-i", "-", stdin=keyring(name, key) + "".join(lines))
    except CommandError as problem:
        if "malformed input" in problem.said.lower():
            problem.advice = (
                "key is none of Ceph's: give one as `ceph-authtool --gen-print-key` makes them, or leave it out."
            )
        raise


def change(cluster: Cluster, name: str, key: str, caps: Mapping[str, str]) -> None:
    """Replace all capabilities of a user, who keeps the key."""
    if caps:
        cluster.do("auth", "caps", name, *_told(caps))
    else:
        store(cluster, name, key, caps)


def _told(caps: Mapping[str, str]) -> list[str]:
    return [part for kind, text in sorted(caps.items()) for part in (kind, text)]


def new_key(cluster: Cluster) -> str:
    """A key as this release makes them, which nobody has yet."""
    return cluster.do("--gen-print-key", program="ceph-authtool").strip()


def remove(cluster: Cluster, name: str) -> None:
    """Remove a user; its key opens nothing any more."""
    cluster.do("auth", "rm", name)


def owner(user: str | None, group: str | None) -> tuple[int, int]:
    """The numbers of a file's owner and group; those of this process where they are not given. Raises InputError."""
    with _known("dest_owner", user):
        number = os.geteuid() if user is None else int(user) if user.isdigit() else pwd.getpwnam(user).pw_uid
    with _known("dest_group", group):
        numbers = grp.getgrnam(group).gr_gid if group and not group.isdigit() else int(group) if group else None
    if numbers is None:
        with contextlib.suppress(KeyError):
            numbers = pwd.getpwuid(number).pw_gid
    return number, os.getegid() if numbers is None else numbers


@contextlib.contextmanager
def _known(option: str, name: str | None) -> Iterator[None]:
    try:
        yield
    except KeyError as problem:
        raise InputError(f"{option} is {name!r}, whom this host ({os.uname().nodename}) does not know") from problem


def is_written(path: str, name: str, key: str, ids: tuple[int, int]) -> bool:
    """Whether a keyring file holds this key for this user, and nobody but its owner can read it. Raises InputError."""
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"dest is {path!r}, which is no plain file: give the path of a keyring file")
        with open(path, encoding="utf-8", errors="replace") as stream:
            text = stream.read()
    except FileNotFoundError:
        return False
    except OSError as problem:
        raise InputError(f"dest is {path!r}, which cannot be read: {problem.strerror} (become?)") from problem
    at_hand = (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (*ids, MODE)
    return at_hand and text == keyring(name, key)


def unlink(path: str) -> None:
    """Remove a keyring file, also one that is not there. Raises InputError."""
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    except OSError as problem:
        raise InputError(f"dest is {path!r}, which cannot be removed: {problem.strerror} (become?)") from problem


def refuse_no_folder(path: str) -> None:
    """Refuse a file whose folder is not there. Raises InputError."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise InputError(f"dest is {path!r}, and there is no folder {folder!r} on this host: make it first")


def write(path: str, name: str, key: str, ids: tuple[int, int]) -> None:
    """Write a keyring file that is its owner's alone, at no moment anybody else's. Raises InputError."""
    try:
        replace(path, keyring(name, key).encode("utf-8"), MODE)
        os.chmod(path, MODE)
        if (os.stat(path).st_uid, os.stat(path).st_gid) != ids:
            os.chown(path, *ids)
    except OSError as problem:
        raise InputError(f"dest is {path!r}, which cannot be written: {problem.strerror} (become?)") from problem
