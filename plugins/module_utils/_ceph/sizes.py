# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes as people write them: a number and a binary unit, as Ceph and Kubernetes both mean it. Pure."""

from __future__ import annotations

import re

from .._plan import InputError

_UNITS = ("", "K", "M", "G", "T", "P", "E")
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGTPE]?)(i?B|i)?\s*", re.IGNORECASE)


def read(option: str, text: str) -> int:
    """The bytes of a size such as `10GiB`, `10Gi`, `10G` or `512MiB`. Raises InputError that names the option.

    A number needs its unit, because Ceph's own tools take a bare one for bytes here and for MiB there; 0 needs none.
    """
    found = _SIZE.fullmatch(text)
    number, unit, rest = found.groups() if found else ("", "", None)
    if not found or (not unit and not rest and float(number) > 0):
        raise InputError(
            f"{option} is {text!r}: give a number with a unit, B, KiB, MiB, GiB, TiB or PiB, such as 10GiB"
        )
    size = float(number) * 1024 ** _UNITS.index(unit.upper())
    if size != int(size):
        raise InputError(f"{option} is {text!r}, which is no whole number of bytes")
    return int(size)


def text(size: int) -> str:
    """A size in the largest unit of which it is a whole number: `10GiB`, `1537MiB`, `0B`."""
    power = 0
    while size and size % 1024 == 0 and power < len(_UNITS) - 1:
        size, power = size // 1024, power + 1
    return f"{size}{_UNITS[power]}{'iB' if power else 'B'}"


def same(option: str, given: str) -> str:
    """A size as the modules tell it. Raises InputError."""
    return text(read(option, given))
