# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON objects as values: compared as JSON is, merged as a JSON Merge Patch (RFC 7396) does. Pure."""

from __future__ import annotations

from typing import Any

MASK = "******"  # what the server shows of a field that its schema keeps secret


class JsonObject(dict[str, Any]):
    """A dict that is equal to another one when both are the same JSON.

    Python takes true for 1; JSON does not, and a schema tells them apart. A number is the same whether it is written
    1 or 1.0.
    """

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and same(dict(self), dict(other))

    def __ne__(self, other: object) -> bool:
        return not self == other


def same(one: Any, other: Any) -> bool:
    """True if two values are the same JSON. The order of an object's members means nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def merged(present: Any, patch: Any) -> Any:
    """`present` with the members of `patch`: objects are merged, null removes a member, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    left = dict(present) if isinstance(present, dict) else {}
    for name, value in patch.items():
        if value is None:
            left.pop(name, None)
        else:
            left[name] = merged(left.get(name), value)
    return left


def masked(present: Any, wanted: Any) -> Any:
    """`wanted`, with the mask in place of what cannot be compared because `present` shows only the mask.

    Sent back, the mask leaves such a field as it is.
    """
    if present == MASK and wanted is not None:
        return MASK
    if isinstance(wanted, dict) and isinstance(present, dict):
        return {name: masked(present.get(name), value) for name, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(present, list) and len(wanted) == len(present):
        return [masked(old, new) for old, new in zip(present, wanted, strict=True)]
    return wanted
