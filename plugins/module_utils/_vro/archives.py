# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ZIPs that the orchestrator's content comes in: read without trust in them, written the same for the same content.

Nothing is unpacked to a disk; still names that point elsewhere are refused, because other tools unpack the same files.
Pure.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

LARGEST = 256 * 1024 * 1024  # bytes that one may unpack to
_MOST_FILES = 100_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What a reader of archives raises for one that is damaged, encrypted or packed in a way that it does not know.
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError)


def is_archive(content: bytes) -> bool:
    """True for a ZIP, also for an empty one."""
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(content: bytes, largest: int = LARGEST) -> dict[str, bytes]:
    """{name: content} of the files of a ZIP. Raises ValueError that says what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            _check(entries, largest)
            return {each.filename: archive.read(each) for each in entries}
    except _BROKEN as problem:
        raise ValueError(f"it is no ZIP that can be read ({problem}); export or build it anew") from problem


def _check(entries: list[zipfile.ZipInfo], largest: int) -> None:
    # A file cannot unpack to more than its entry says: the reader stops there and reports it as damaged.
    if sum(each.file_size for each in entries) > largest or len(entries) > _MOST_FILES:
        raise ValueError(f"it unpacks to more than {largest // 1024 // 1024} MB or {_MOST_FILES} files")
    seen = set()
    for each in entries:
        name = each.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            raise ValueError(f"it holds a file named {name!r}, which points outside of it")
        if name in seen:
            raise ValueError(f"it holds two files named {name!r}, so it does not say which is meant")
        seen.add(name)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of files, in their order and without a time: the same bytes for the same files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()
