# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a page: what it holds now, and what becomes of it."""

from __future__ import annotations

import os
import re
import stat

from .._files import read, replace
from .._plan import InputError


def mode_of(option: str, text: str | None) -> int | None:
    """The permissions that an octal text names. Raises InputError."""
    if text is None:
        return None
    # The sticky bits have no use on a page; a number without its zero may be a decimal one that YAML made of it.
    if not re.fullmatch(r"0o?[0-7]{3}", text):
        raise InputError(f"{option} is {text!r}: write four octal digits in quotes, for example '0644'")
    return int(text.replace("o", ""), 8)


def present(option: str, path: str) -> tuple[str, int] | None:
    """Text and permissions of a file; None where there is none. Raises InputError."""
    if os.path.isdir(path):
        raise InputError(f"{option} is {path!r}, which is a directory: name the file to write")
    if not os.path.lexists(path):
        return None
    content = read(option, path, "Name a file that this user may read and write.")
    return content.decode("utf-8", errors="replace"), stat.S_IMODE(os.stat(path).st_mode)


def keep(option: str, path: str, text: str | None, mode: int | None) -> None:
    """Write the text (None: it stays) and set the permissions (None: the user's umask says, or they stay as they are).

    Directories that are missing are made. Raises InputError.
    """
    try:
        before = stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else None
        if text is not None:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            replace(path, text.encode("utf-8"))
        wanted = before if mode is None else mode
        if wanted is not None:
            os.chmod(path, wanted)
    except OSError as problem:
        raise InputError(
            f"{option} is {path!r}, which could not be written: {problem.strerror}. Name a file in a directory with "
            "room that this user may write to."
        ) from problem
