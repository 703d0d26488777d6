# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files of the drift report: whole or not at all, and says in one sentence what could not be written."""

from __future__ import annotations

import os
import typing as t

from ..module_utils._files import replace

FILES = {"html": "drift.html", "json": "drift.json", "junit": "drift.xml"}


def write_files(directory: str, contents: t.Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Writes each format's file. Returns the paths written by format, and one sentence for each that was not.

    Under the final name there is the new file or the one of an earlier run, never a part of one.
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
            replace(path, text.encode("utf-8"))
            written[kind] = path
        except OSError as error:
            earlier = " The file of that name is from an earlier run." if os.path.exists(path) else ""
            problems.append(f"{path} could not be written: {_reason(error)}.{earlier}")
    return written, problems


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
