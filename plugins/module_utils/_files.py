# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the host that runs the task: read as an option names them, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import IO

from ._plan import InputError


def read(option: str, path: str, remedy: str) -> bytes:
    """The content of a file that an option names. Raises InputError that ends with `remedy`."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as problem:
        # A relative path begins where Ansible was started, which is seldom where the play lies.
        where = "" if os.path.isabs(path) else f" below {os.getcwd()}"
        said = f"{problem.strerror}{where}. {remedy}"
        raise InputError(f"{option} is {path!r}, which cannot be read: {said}") from problem


def replace(path: str, content: bytes, mode: int = 0o666) -> None:
    """Write a file under a temporary name beside it and rename it. `mode` is reduced by the user's umask.

    Raises OSError; the file of an earlier run then stays as it was.
    """
    with replacing(path, mode) as stream:
        stream.write(content)


@contextlib.contextmanager
def replacing(path: str, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A stream for the new content of a file, which takes the file's place when the block ends without an exception."""
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}.tmp")
    # O_EXCL and O_NOFOLLOW because directories can be shared.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        # A directory that refuses the removal refused the file as well, and that is reported.
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def written(files: Mapping[str, str]) -> None:
    """Write texts to files, making the directories that are missing. Raises InputError that names what was written."""
    done: list[str] = []
    for path, text in files.items():
        try:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            replace(path, text.encode("utf-8"))
        except OSError as problem:
            before = f"Written before that: {', '.join(done)}." if done else "Nothing was written."
            raise InputError(
                f"{path} could not be written: {problem.strerror}. {before} Name a directory with room that this user "
                "may write to."
            ) from problem
        done.append(path)
