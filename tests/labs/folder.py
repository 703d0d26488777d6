# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a lab: it has it to itself as long as it lives, and who looks at it sees whether it does."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

LOCK = "lock"


class LabError(Exception):
    """The lab cannot be had here, or did not come up; the text says what is missing or what a daemon said."""


@contextlib.contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Have the folder alone, without what a killed lab has left in it; remove it in the end. Raises LabError."""
    if folder.exists() and not (folder / LOCK).exists() and any(folder.iterdir()):
        raise LabError(f"{folder} holds something else than a lab.")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / LOCK, "a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise LabError(f"A lab is running in {folder} already.") from problem
        for path in folder.iterdir():
            if path.name != LOCK:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def alive(folder: Path) -> bool:
    """Whether a lab lives in the folder: it has it locked until then. Nothing is made where none ever was."""
    if not (folder / LOCK).exists():
        return False
    with open(folder / LOCK, "a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
