# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files of the drift report: whole or not at all, and says in one sentence what could not be written."""

from __future__ import annotations

import os
import typing as t

FILES = {"html": "drift.html", "json": "drift.json", "junit": "drift.xml"}


def write_files(directory: str, contents: t.Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Writes each format's file. Returns the paths written by format, and one sentence for each that was not.

    Every file is written under a temporary name in the same directory, flushed to the disk and renamed: under the
    final name there is the new file or the one of an earlier run, never a part of one.
    """
    try:
        os.makedirs(directory, exist_ok=True)
    except OSError as error:
        names = ", ".join(FILES[kind] for kind in contents)
        return {}, [f"{names} could not be written: no directory {directory} ({_reason(error)})."]
    written: dict[str, str] = {}
    problems: list[str] = []
    for kind, text in contents.items():
        path = os.path.join(directory, FILES[kind])
        try:
            _replace(path, text.encode("utf-8"))
            written[kind] = path
        except OSError as error:
            earlier = " The file of that name is from an earlier run." if os.path.exists(path) else ""
            problems.append(f"{path} could not be written: {_reason(error)}.{earlier}")
    return written, problems


def _replace(path: str, content: bytes) -> None:
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}.tmp")
    # 0666 less the user's umask, as any report; O_EXCL and O_NOFOLLOW because directories can be shared.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass  # a directory that refuses this refused the file as well, and that is reported
        raise


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
