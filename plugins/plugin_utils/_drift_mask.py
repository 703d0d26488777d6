# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of the drift report: which names hold one, and how values and texts are masked.

The last line of defence. Modules that mark their secrets (no_log) never show them; this file is for the others. It
would rather hide too much than too little: a hidden thumbprint costs a look-up, a shown password costs an incident.
Pure functions: no input, no output, no state.
"""

from __future__ import annotations

import re
import typing as t

MASK = "********"

_WORDS = (
    r"pass(?:word|wd|phrase|code)|secret|token|api[_.-]?key|private[_.-]?key|access[_.-]?key|shared[_.-]?key"
    r"|encryption[_.-]?key|license[_.-]?key|credential|cookie|authorization|bearer|session[_.-]?id"
)
_SECRET_NAME = re.compile(rf"(?:{_WORDS})|(?:^|[^a-z])(?:pass|pwd|psk|auth)(?:$|[^a-z])", re.IGNORECASE)
# A *number or switch* under such a name is a rule about secrets and not one of them: password_max_age,
# token_lifetime.
_RULE_NAME = re.compile(
    r"(?:age|count|days|enabled|expire[sd]?|expiry|expiration|hours|interval|length|lifetime|limit|max|min|minutes"
    r"|policy|required|retries|seconds|timeout|ttl)$",
    re.IGNORECASE,
)

# "name = value" in a text. Group 1 is kept. A quoted value ends at its quote, another one at the end of the line.
_QUOTED = re.compile(
    rf"""((?:[\w.-]*(?:{_WORDS})[\w.-]*|\b(?:pwd|psk|pass))["']?\s*[:=]>?\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
    re.I,
)
_TO_LINE_END = re.compile(
    rf"((?:[\w.-]*(?:{_WORDS})[\w.-]*|\b(?:pwd|psk|pass))\s*[:=]\s*)(?![\"'\s])(?!\*{{8}})(.+)$", re.I
)
_TO_SPACE = re.compile(
    rf"((?:[\w.-]*(?:{_WORDS})[\w.-]*|\b(?:pwd|psk|pass))\s*[:=]\s*)(?![\"'\s])(?!\*{{8}})([^\s,;&]+)", re.I
)
_XML = re.compile(rf"(<(?P<tag>[\w:.-]*(?:{_WORDS})[\w:.-]*)(?:\s[^>]*)?>)[^<]+", re.I)
# "name value" as routers and ssh write it; only for words that nobody follows with prose.
_DIRECTIVE = re.compile(
    r"^(\s*[-+ ]?\s*(?:[\w.-]*passphrase|[\w.-]*passwd|password|requirepass|masterauth)\s+)(?![:=\s])(\S.*)$", re.I
)

_ANYWHERE = (
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+(@)", re.I), rf"\1{MASK}\2"),  # https://user:secret@host
    (re.compile(r"\b((?:Bearer|Basic|Negotiate)\s+)[A-Za-z0-9._~+/=-]{8,}"), rf"\1{MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*"), MASK),  # a JSON web token
    (re.compile(r"\$(?:1|2[abxy]?|5|6|7|y|gy|argon2[id]{1,2})\$[^\s:\"',]+"), MASK),  # a crypt(3) hash
)
_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_END = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY")
_BLOCK = re.compile(rf"^(\s*)(?:- )?[\"']?[\w.-]*(?:{_WORDS})[\w.-]*[\"']?\s*:\s*[|>][-+0-9]*\s*$", re.I)


def is_secret_name(name: str, value: t.Any = None) -> bool:
    """Says whether a value under this name must not be shown.

    A boolean is never a secret; a number is none where the name ends like a rule (``password_max_age``).
    """
    if not _SECRET_NAME.search(name):
        return False
    if isinstance(value, bool):
        return False
    return not (isinstance(value, (int, float)) and _RULE_NAME.search(name))


def mask_message(text: str) -> str:
    """Masks what looks like a secret in a sentence; a value ends at the next blank, so that the sentence survives."""
    return "\n".join(_mask_line(line, _TO_SPACE) for line in _hide_blocks(text.split("\n")))


def mask_lines(lines: t.Sequence[str]) -> list[str]:
    """Masks the lines of a file and returns equally many, so that they can be laid beside the originals."""
    return [_mask_line(line, _TO_LINE_END) for line in _hide_blocks(lines)]


def mask_value(value: t.Any, name: str = "") -> t.Any:
    """Returns a copy of a JSON-like value in which everything under a secret's name is replaced by a mask."""
    if name and value not in (None, "", [], {}) and is_secret_name(name, value):
        return MASK
    if isinstance(value, dict):
        return {key: mask_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    if isinstance(value, str):
        return "\n".join(mask_lines(value.split("\n")))
    return value


def _mask_line(line: str, pattern: re.Pattern[str]) -> str:
    for expression, replacement in _ANYWHERE:
        line = expression.sub(replacement, line)
    line = _QUOTED.sub(lambda match: match.group(1) + match.group(2)[0] + MASK + match.group(2)[0], line)
    line = _XML.sub(rf"\1{MASK}", line)
    line = _DIRECTIVE.sub(rf"\1{MASK}", line) if pattern is _TO_LINE_END else line
    return pattern.sub(_keep_rules, line)


def _keep_rules(match: re.Match[str]) -> str:
    """Leaves numbers and switches alone that are rules about secrets (``password_max_age = 90``)."""
    name, value = match.group(1).rstrip(" \t:="), match.group(2).strip().rstrip(",")
    if re.fullmatch(r"[|>][-+0-9]*", value):  # the secret follows in a block, which is hidden line by line
        return match.group(0)
    if value.lower() in ("true", "false", "yes", "no", "on", "off", "null", "none", "~"):
        return match.group(0)
    if _RULE_NAME.search(name) and re.fullmatch(r"-?\d+(?:\.\d+)?[a-z]{0,3}", value):
        return match.group(0)
    return match.group(1) + MASK


def _hide_blocks(lines: t.Sequence[str]) -> list[str]:
    """Hides what spans lines: the body of a private key, and the YAML block under a secret's name."""
    out: list[str] = []
    in_key = False
    indent: int | None = None
    for line in lines:
        if in_key:
            in_key = not _KEY_END.search(line)
            out.append(MASK if in_key else line)
            continue
        if indent is not None:
            if not line.strip() or len(line) - len(line.lstrip()) > indent:
                out.append(" " * (indent + 2) + MASK if line.strip() else line)
                continue
            indent = None
        if _KEY_BEGIN.search(line):
            if _KEY_END.search(line):  # the whole key in one line, with \n written out
                line = re.sub(r"(PRIVATE KEY-----).*?(-----END)", rf"\1{MASK}\2", line)
            else:
                in_key = True
        block = _BLOCK.match(line)
        if block:
            indent = len(block.group(1))
        out.append(line)
    return out
