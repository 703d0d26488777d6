# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The license of a site (contract vcav-api.md, 4.5). A key is a secret: only its last group is ever shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._http import HttpError
from .._moments import at, days_until, written
from .._plan import Field, InputError, Values
from .client import Vcav

_FORM = re.compile(r"\S{5}(-\S{5}){4}")
_HIDDEN = "*"
_MASKS = frozenset("*•#")  # how the product may hide a part of the key is not known (contract 6)

FIELDS: dict[str, Field] = {"key": Field("key"), "is_licensed": Field("isLicensed")}


def check(key: str) -> None:
    """Refuse what is no license key, without showing it. Raises InputError."""
    if not _FORM.fullmatch(key):
        raise InputError(
            "key is not in the form of a license key: five groups of five characters with hyphens between them, "
            "as XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
        )


def shown(key: str | None) -> str | None:
    """A key with all groups but the last hidden; None for none."""
    if not key:
        return None
    hidden, _hyphen, last = key.rpartition("-")
    # A key that comes without groups has no part that may be shown.
    return re.sub(r"[^-]", _HIDDEN, hidden) + "-" + last if hidden else _HIDDEN * len(key)


def same(one: str | None, other: str) -> bool:
    """True if two keys agree in all characters that neither of them hides. One that is not shown agrees with all."""
    pairs = zip(reversed(one or ""), reversed(other), strict=False)
    return all(a == b or a in _MASKS or b in _MASKS for a, b in pairs)


def fetch(api: Vcav) -> dict[str, Any]:
    """The license as the service tells it."""
    return dict(api.get("license") or {})


def read(found: Mapping[str, Any]) -> Values:
    """The license in the user's words."""
    return {"key": shown(found.get("key")), "is_licensed": bool(found.get("isLicensed"))}


def expiry(found: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """(moment as UTC text, whole days left; negative when it has passed). None for a license that never expires.

    0 is never (INFERRED, contract 4.5), and no license has no expiry.
    """
    milliseconds = found.get("expirationDate")
    if not milliseconds or milliseconds < 0:
        return None, None
    ends = at(milliseconds)
    return written(ends), days_until(ends)


def wanted(key: str, found: Mapping[str, Any]) -> Values:
    """What the license becomes: nothing is wanted where the key is the one that is installed. Raises InputError."""
    present = found.get("key")
    if (present or found.get("isLicensed")) and same(present, key):
        return {}
    if _MASKS & set(key):
        raise InputError(
            f"key is hidden in part, and the key that is installed ({shown(present) or 'none'}) is another one: give "
            "the whole key. Nothing was changed."
        )
    after = str(shown(key))
    return {"key": f"{after} (another key)" if after == shown(present) else after, "is_licensed": True}


def write(api: Vcav, key: str) -> None:
    """Install a license key. Raises HttpError, which does not show the key."""
    api.hide(key)
    try:
        api.request("POST", "license", document={"key": key})
    except HttpError as problem:
        if problem.status in (400, 500) and not problem.outcome_unknown:
            problem.advice = (
                f"The key {shown(key)} was refused: check that it is complete, of this product and its release, and "
                "not expired. The license is as it was."
            )
        raise
