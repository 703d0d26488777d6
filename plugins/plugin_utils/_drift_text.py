# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values and texts of the drift report: made plain, compared field by field and line by line, masked.

Pure functions. Everything that leaves this file is JSON (str, int, float, bool, None, list, dict) and can be encoded
in UTF-8, whatever a module returned.
"""

from __future__ import annotations

import difflib
import math
import re
import typing as t
from collections.abc import Mapping

from ._drift_mask import MASK, is_secret_name, mask_lines, mask_value

CONTEXT_LINES = 3
MAX_TEXT_LINES = 400  # of one text in the report; a person reads the first screens and then opens the file
MAX_COMPARED_LINES = 4000  # difflib grows with the square; beyond it only the common start and end are taken off
MAX_DEPTH = 12  # of nested values; nothing that a person reviews is deeper

# What XML 1.0 forbids and no reader needs: control characters, lone surrogates (undecodable bytes), non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class _Unset:
    """The other side has no such field. Not None: null is a value that a field can have."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: t.Any = _Unset()


def clean(text: t.Any) -> str:
    """Any value as a plain string without characters that HTML, JSON or XML could not carry."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return _UNPRINTABLE.sub("\ufffd", str(text)).replace("\r\n", "\n")


def plain(value: t.Any, depth: int = 0) -> t.Any:
    """A copy of any value in plain JSON types; keys are strings and sorted, sets become sorted lists."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, (str, bytes)):
        return clean(value)
    if depth >= MAX_DEPTH:
        return "..."
    if isinstance(value, Mapping):
        return {clean(key): plain(value[key], depth + 1) for key in sorted(value, key=str)}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item, depth + 1) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [plain(item, depth + 1) for item in value]
    return clean(value)


def differing_fields(before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """The fields that differ, sorted by name: ``{"name", "before"?, "after"?, "hidden"?}``.

    A side that has no such field lacks the key. Nested mappings become dotted names. ``hidden`` is true where the
    value is a secret: both sides then show a mask, and the entry says only that they differ.
    """
    return list(_walk(plain(before), plain(after), "", False))


def _walk(before: dict[str, t.Any], after: dict[str, t.Any], prefix: str, secret: bool) -> t.Iterator[dict[str, t.Any]]:
    for key in sorted(set(before) | set(after)):
        left, right = before.get(key, UNSET), after.get(key, UNSET)
        if left is not UNSET and right is not UNSET and left == right and type(left) is type(right):
            continue
        name = f"{prefix}{key}"
        hidden = secret or is_secret_name(key, left) or is_secret_name(key, right)
        nested = [side for side in (left, right) if side is not UNSET]
        if all(isinstance(side, dict) for side in nested) and any(nested):
            yield from _walk(
                left or {} if left is not UNSET else {}, right or {} if right is not UNSET else {}, f"{name}.", hidden
            )
            continue
        yield _field(name, left, right, hidden)


def _field(name: str, left: t.Any, right: t.Any, hidden: bool) -> dict[str, t.Any]:
    field: dict[str, t.Any] = {"name": name}
    for side, value in (("before", left), ("after", right)):
        if value is UNSET:
            continue
        field[side] = (MASK if value not in (None, "") else value) if hidden else mask_value(value)
    # A secret inside a longer value (a URL, a line of a text) also leaves two equal sides: say so, or nothing would
    # show.
    if hidden or ("before" in field and "after" in field and field["before"] == field["after"] and left != right):
        field["hidden"] = True
    return field


def differing_lines(name: str, before: str, after: str) -> dict[str, t.Any]:
    """The lines that differ with a little context: ``{"name", "lines": [[sign, text], ...], "left_out": int}``.

    ``sign`` is ``-`` (only before), ``+`` (only after), a blank (both) or ``@`` (lines between were left out; the
    text says where the next ones are). Compared are the originals, shown are the masked lines: two passwords that
    differ still differ.
    """
    old, new = clean(before).split("\n"), clean(after).split("\n")
    for side in (old, new):
        if side[-1] == "":
            side.pop()
    old_shown, new_shown = mask_lines(old), mask_lines(new)
    lines: list[list[str]] = []
    for group in _groups(old, new):
        if lines or group[0][1] > 0:
            lines.append(["@", f"line {group[0][3] + 1}"])
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [[" ", text] for text in new_shown[j1:j2]]
            else:
                lines += [["-", text] for text in old_shown[i1:i2]]
                lines += [["+", text] for text in new_shown[j1:j2]]
    if not lines and before != after:
        lines.append(["@", "only line endings differ"])
    return _text(name, lines)


def prepared_lines(name: str, text: str) -> dict[str, t.Any]:
    """A difference that the module has written itself, in the shape of :func:`differing_lines`."""
    lines: list[list[str]] = []
    raw = clean(text).rstrip("\n").split("\n")
    signs = [line[0] if line[:1] in ("+", "-") and not line.startswith(("+++", "---")) else " " for line in raw]
    bare = [line[1:] if sign != " " or line.startswith(" ") else line for sign, line in zip(signs, raw, strict=True)]
    for sign, line in zip(signs, mask_lines(bare), strict=True):
        lines.append(["@", line.strip("@ ")] if line.startswith("@@") else [sign, line])
    return _text(name, lines)


def _text(name: str, lines: list[list[str]]) -> dict[str, t.Any]:
    left_out = max(0, len(lines) - MAX_TEXT_LINES)
    return {"name": clean(name), "lines": lines[:MAX_TEXT_LINES], "left_out": left_out}


def _groups(old: list[str], new: list[str]) -> t.Iterator[list[tuple[str, int, int, int, int]]]:
    if len(old) + len(new) <= MAX_COMPARED_LINES:
        yield from difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT_LINES)
        return
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start == len(old) == len(new):
        return
    before = max(0, start - CONTEXT_LINES)
    after = min(CONTEXT_LINES, end)
    yield [
        ("equal", before, start, before, start),
        ("replace", start, len(old) - end, start, len(new) - end),
        ("equal", len(old) - end, len(old) - end + after, len(new) - end, len(new) - end + after),
    ]
