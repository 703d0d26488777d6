# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ssh public key of a cluster's nodes: one line, or nobody can log in (contract cse-api.md, 10). Pure.

Servers write the text between single quotes into a script and append it to root's authorized_keys; nothing checks it.
"""

from __future__ import annotations

import base64
import binascii
import re

from .._plan import InputError

KINDS = (
    "ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
)  # fmt: skip
_BEGIN, _END = "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----"
_ADVICE = "give the one line of a .pub file: ssh-rsa AAAA... comment"


def is_private(text: str) -> bool:
    """Whether a text is a private key of OpenSSH or PuTTY."""
    return "PRIVATE KEY" in text or text.strip().startswith("PuTTY-User-Key-File")


def one_line(text: str) -> str:
    """A public key as one line of authorized_keys, also where it was saved by PuTTYgen (RFC 4716).

    White space around it goes, and so does the comment of the form of several lines. Raises InputError, which never
    shows the text: it may be a private key.
    """
    text = text.strip()
    if is_private(text):
        raise InputError(f"ssh_key is a private key, which nobody else may see: {_ADVICE}")
    if text.startswith(_BEGIN):
        text = _converted(text)
    if "\n" in text or "\r" in text:
        raise InputError(f"ssh_key has several lines, of which servers would keep the first alone: {_ADVICE}")
    kind, _blank, rest = text.partition(" ")
    blob, _blank, comment = rest.strip().partition(" ")
    if kind not in KINDS:
        raise InputError(f"ssh_key does not begin with a kind of key ({', '.join(KINDS)}): {_ADVICE}")
    if _kind_of(blob) != kind:
        raise InputError(f"ssh_key is cut off or changed: what follows {kind} is no such key; {_ADVICE}")
    if "'" in comment:
        raise InputError("ssh_key has a single quote in its comment, which would end the server's script: take it out")
    return f"{kind} {blob} {comment.strip()}".strip()


def is_same(one: str, other: str) -> bool:
    """Whether two lines are one key: a comment is no part of it."""
    return one.split()[:2] == other.split()[:2]


def _kind_of(blob: str) -> str | None:
    """The algorithm that a key names first; None for what is no key, or not whole."""
    try:
        raw = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        return None
    parts: list[bytes] = []
    while raw:
        size = int.from_bytes(raw[:4], "big")
        if len(raw) < 4 + size:
            return None
        parts.append(raw[4 : 4 + size])
        raw = raw[4 + size :]
    try:
        return parts[0].decode("ascii") if len(parts) > 1 else None
    except UnicodeDecodeError:
        return None


def _converted(text: str) -> str:
    """The one line that an RFC 4716 block says; a header may go on behind a backslash at its line's end."""
    lines = [line.strip() for line in text.splitlines()]
    if _END not in lines:
        raise InputError(f"ssh_key begins as a key that PuTTYgen saved, but the line {_END!r} is missing")
    body, header = [], False
    for line in lines[1 : lines.index(_END)]:
        if header or re.match(r"[A-Za-z0-9-]+:", line):
            header = line.endswith("\\")
            continue
        body.append(line)
    blob = "".join(body)
    kind = _kind_of(blob)
    if kind is None:
        raise InputError("ssh_key is cut off or changed: what its SSH2 block holds is no key")
    return f"{kind} {blob}"
