# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of both API families of vCloud Director, in FIQL (contract vcd-api.md, 4.1 and 4.5). Pure.

A filter narrows what the server sends; it never decides. The server compares names without regard to case, and
characters that it cannot be trusted to read are sent as wildcards, so whoever filters compares again what comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

EQUAL, NOT_EQUAL, GREATER, AT_LEAST, LESS, AT_MOST = "==", "!=", "=gt=", "=ge=", "=lt=", "=le="

# Of a value with a comma, a semicolon, an asterisk, a plus or a space, servers are known to refuse the filter whatever
# its encoding (vmware/go-vcloud-director: govcd/api.go, shouldDoSlowSearch), and `\\` escapes are only promised for the
# query service from API 35.0 on.
_UNSENDABLE = re.compile(r"[\s,;()*+\\%&=<>\"]+")


@dataclass(frozen=True)
class Filter:
    """A condition, or several joined by `and` (;) or `or` (,)."""

    field: str = ""
    operator: str = ""
    value: str = ""
    parts: tuple[Filter, ...] = ()
    joined: str = ";"
    raw: str = ""

    def text(self, *, encoded_twice: bool = False) -> str:
        """The filter as it is sent, before the query string as a whole is encoded.

        `encoded_twice`: values are percent-encoded already here, which is what `/api/query` wants below API 35.0 beside
        filterEncoded=true (contract 4.5). What the user wrote as a whole filter is sent as it is.
        """
        if self.raw:
            return self.raw
        if self.parts:
            return self.joined.join(
                f"({part.text(encoded_twice=encoded_twice)})"
                if part.parts or part.raw
                else part.text(encoded_twice=encoded_twice)
                for part in self.parts
            )
        value = quote(self.value, safe="*") if encoded_twice else self.value
        return f"{self.field}{self.operator}{value}"


def written(text: str) -> Filter:
    """A filter that the user wrote."""
    return Filter(raw=text)


def compare(field: str, operator: str, value: str | bool | int) -> Filter | None:
    """`field operator value`; None where no filter says this safely, so that everything is read and compared.

    In an equality, characters that servers refuse become wildcards; nothing else can have those.
    """
    if isinstance(value, bool):
        return Filter(field, operator, "true" if value else "false")
    text = str(value)
    if _UNSENDABLE.search(text):
        if operator != EQUAL:
            return None
        text = _UNSENDABLE.sub("*", text)
    return Filter(field, operator, text) if text.strip("*") else None


def equals(field: str, value: str | bool | int) -> Filter | None:
    """`field == value`, or what comes nearest and includes it; None where everything must be read."""
    return compare(field, EQUAL, value)


def all_of(*filters: Filter | None) -> Filter | None:
    """Filters joined by `and`; None, which asks for everything, when nothing is left of them."""
    given = tuple(each for each in filters if each)
    if len(given) < 2:
        return given[0] if given else None
    return Filter(parts=given, joined=";")


def any_of(*filters: Filter | None) -> Filter | None:
    """Filters joined by `or`; None as soon as one of them cannot be said, because that one may mean everything."""
    given = tuple(each for each in filters if each)
    if not given or len(given) < len(filters):
        return None
    return given[0] if len(given) == 1 else Filter(parts=given, joined=",")
