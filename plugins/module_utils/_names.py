# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that do not exist, and the one that may have been meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like another one, whose case does not matter; None where none is."""
    spelled = {each.lower(): each for each in names}
    found = get_close_matches(name.lower(), spelled, n=1, cutoff=0.6)
    return spelled[found[0]] if found else None


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint that ends a sentence about a name that does not exist: "; did you mean …?" or nothing."""
    meant = closest(name, names)
    return f"; did you mean {meant!r}?" if meant else ""
