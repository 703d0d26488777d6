# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arrays and composites as files of content spell them, brought to one spelling so that they can be compared. Pure.

7.x writes `#{#string#a#;#string#b#}#` and `#[#key#=#string#a#+#n#=#number#1.0#]#`; 8.x and 9.x write
`[8:string#a,8:string#b]` and `{3:8:key=string#a,1:10:n=number#1.0}`, each part with its length before it. Every release
reads both (vmware/build-tools-for-vmware-aria: typescript/vrotsc).
"""

from __future__ import annotations

import json
from typing import Any


def common(text: str) -> str:
    """The same text for the same value in either spelling; a text that is none of them, or not clear, as it is."""
    try:
        return json.dumps(_read(text), sort_keys=True) if text[:1] in ("#", "[", "{") else text
    except (ValueError, IndexError):
        return text


def _read(text: str) -> Any:
    """Raises ValueError, IndexError for what is no array and no composite."""
    if text.startswith("#{") and text.endswith("}#"):
        return [_typed(part) for part in _parts(text, ";")]
    if text.startswith("#[") and text.endswith("]#"):
        pairs = (part.partition("#=#") for part in _parts(text, "+"))
        return {key: _typed(value) for key, _sign, value in pairs}
    if text.startswith("[") and text.endswith("]"):
        return [_typed(part) for part in _measured(text[1:-1])]
    if text.startswith("{") and text.endswith("}"):
        return dict(_pairs(text[1:-1]))
    raise ValueError("neither an array nor a composite")


def _parts(text: str, sign: str) -> list[str]:
    """What is between the outer signs of the older spelling. Raises ValueError for a nested one: it has no lengths."""
    inner = text[2:-2]
    if any(mark in inner for mark in ("#{", "#[")):
        raise ValueError("nested")
    if not inner:
        return []
    if not (inner.startswith("#") and inner.endswith("#")):
        raise ValueError("no parts")
    return inner[1:-1].split(f"#{sign}#")


def _measured(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        colon = text.index(":", at)
        length = int(text[at:colon])
        found.append(text[colon + 1 : colon + 1 + length])
        at = colon + 1 + length
        if at < len(text) and text[at] != ",":
            raise ValueError("a length that does not fit")
        at += 1
    return found


def _pairs(text: str) -> list[tuple[str, Any]]:
    found, at = [], 0
    while at < len(text):
        first = text.index(":", at)
        second = text.index(":", first + 1)
        key_length, length = int(text[at:first]), int(text[first + 1 : second])
        key = text[second + 1 : second + 1 + key_length]
        begin = second + 1 + key_length
        if text[begin] != "=":
            raise ValueError("a length that does not fit")
        found.append((key, _typed(text[begin + 1 : begin + 1 + length])))
        at = begin + 1 + length
        if at < len(text) and text[at] != ",":
            raise ValueError("a length that does not fit")
        at += 1
    return found


def _typed(part: str) -> Any:
    """[type, value] of `type#value`."""
    kind, sign, value = part.partition("#")
    if not sign:
        raise ValueError("no type")
    return [kind, _read(value) if kind.startswith(("Array", "Properties", "CompositeType")) and value else value]
