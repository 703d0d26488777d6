"""Lists of links (contract section 4): their shape, how addresses are written, and who honours which query.

    rows = [link(address, {"id": ..., "name": ..., "description": None}), ...]
    return listing(exchange, "workflows", rows)

Every list has a name in `_HABITS`, which says what a release does with `conditions`, `maxResult`, `startIndex` and
`queryCount` there (section 4.2). Lists without a line honour all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from .exchange import bad_request

if TYPE_CHECKING:
    from ..wire import Reply
    from .exchange import Exchange

Link = dict[str, Any]
UNKNOWN_TOTAL = -1
_CONDITION = re.compile(r"\s*([\w@.-]+)\s*(=|~|>|<)(.*)", re.DOTALL)


def segment(text: str) -> str:
    """One part of a path in an `href`: encoded twice, a space as `+` (section 1: `@` is `%2540`, a space `%2B`)."""
    return quote(quote_plus(text, safe=""), safe="")


def address(base: str, *parts: str) -> str:
    """The address of a call below `/vco/api`, with a slash at its end (section 20.1)."""
    return f"{base}/vco/api/" + "".join(f"{segment(part)}/" for part in parts)


def text_of(value: object) -> str:
    """An attribute's value: always a string."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def link(href: str, attributes: Mapping[str, object] | None = None, rel: str = "down") -> Link:
    """One link. An attribute without a value has no `value` (section 4); without attributes it is a bare relation."""
    if attributes is None:
        return {"href": href, "rel": rel}
    listed = [
        {"name": name} if value is None else {"name": name, "value": text_of(value)}
        for name, value in attributes.items()
    ]
    return {"attributes": listed, "href": href, "rel": rel}


def attributes_of(row: Link) -> dict[str, str | None]:
    """The attributes of a link as a dict again."""
    return {one["name"]: one.get("value") for one in row.get("attributes", ())}


@dataclass(frozen=True)
class _Habit:
    """What a list does with what it is asked."""

    conditions: bool = True
    folded: bool = False
    """Conditions do not look at the case."""
    page: bool = True
    """`maxResult` is honoured."""
    start: bool = True
    """`startIndex` is honoured."""
    counts: bool = True
    """`total` is true; else it is -1."""
    refuses_count: bool = False
    """`queryCount=true` is a 400."""


_ALL = _Habit()
_FULL = _Habit(conditions=False, page=False, start=False)
# 7.x: PowervRO and others rely on the conditions of /workflows; for the lists of content elements nothing is known, and
# a filter that is not honoured is the stricter reading.
_HABITS: Mapping[str, Mapping[int, _Habit]] = {
    "workflows": {
        7: _ALL,
        8: _Habit(conditions=False, start=False, counts=False),
        9: _Habit(folded=True, start=False, refuses_count=True),
    },
    **{
        name: dict.fromkeys((7, 8, 9), _FULL)
        for name in ("actions", "packages", "configurations", "resources", "categories", "plugins")
    },
}


@dataclass(frozen=True)
class Condition:
    """`name=X`, `name~X`, `timestamp>X` (section 4.1)."""

    field: str
    operator: str
    value: str

    def fits(self, attributes: Mapping[str, str | None], folded: bool = False) -> bool:
        """Whether a row passes; one without the attribute does not."""
        found = attributes.get(self.field)
        if found is None:
            return False
        wanted = self.value
        if folded:
            found, wanted = found.lower(), wanted.lower()
        if self.operator == "=":
            return found == wanted
        if self.operator == "~":
            return wanted in found
        return found > wanted if self.operator == ">" else found < wanted


def conditions_of(exchange: Exchange) -> list[Condition]:
    """The conditions of a query: repeated, or joined by commas. Raises Refusal 400 for what is none."""
    found: list[Condition] = []
    for text in exchange.request.query.get("conditions", ()):
        for part in text.split(","):
            read = _CONDITION.fullmatch(part)
            if read is not None:
                found.append(Condition(read[1], read[2], read[3]))
            elif found and part:
                # A comma of the value itself.
                last = found.pop()
                found.append(Condition(last.field, last.operator, f"{last.value},{part}"))
            elif part.strip():
                raise bad_request(f"Invalid condition: {part}")
    return found


def number(exchange: Exchange, *names: str) -> int | None:
    """A number of the query, by the first of these names that is there. Raises Refusal 400 when it is none."""
    text = next((exchange.request.first(name) for name in names if exchange.request.first(name)), None)
    if text is None:
        return None
    if not text.isdecimal():
        raise bad_request(f"Failed to convert value '{text}' of {names[0]} to a number")
    return int(text)


def ordered(rows: Sequence[Link], orders: Iterable[str]) -> list[Link]:
    """Rows by `sortOrders`: `+field` or `-field`, the first one first; rows without the attribute come first."""
    result = list(rows)
    for text in reversed([part for one in orders for part in one.split(",") if part.strip()]):
        # A `+` that nobody has encoded arrives as a blank.
        name, descending = text.strip().lstrip("+-"), text.strip().startswith("-")
        result.sort(key=lambda row: attributes_of(row).get(name) or "", reverse=descending)
    return result


def select(exchange: Exchange, name: str, rows: Sequence[Link]) -> dict[str, Any]:
    """The list document for a query: filtered, ordered and cut as this release does it for this list.

    Raises Refusal 400 for conditions and numbers that cannot be read, also where they would not be honoured, and for
    `queryCount` where it is not implemented.
    """
    habit = _HABITS.get(name, {}).get(exchange.server.release.generation, _ALL)
    if habit.refuses_count and exchange.flag("queryCount"):
        raise bad_request(f"isQueryCount is not implemented for the type {name.removesuffix('s').capitalize()}")
    conditions = conditions_of(exchange) if habit.conditions else []
    found = [
        row for row in rows if not conditions or all(one.fits(attributes_of(row), habit.folded) for one in conditions)
    ]
    found = ordered(found, exchange.request.query.get("sortOrders", ())) if habit.conditions else found
    total = len(found)
    start = (number(exchange, "startIndex") or 0) if habit.start else 0
    size = number(exchange, "maxResult", "maxResults") if habit.page else None
    shown = found[start:] if not size else found[start : start + size]
    return {"link": shown, "start": start, "total": total if habit.counts else UNKNOWN_TOTAL}


def listing(exchange: Exchange, name: str, rows: Sequence[Link]) -> Reply:
    """The answer with the rows of a list."""
    return exchange.links(name, select(exchange, name, rows))


def only_keys(rows: Iterable[Link], keys: Sequence[str]) -> list[Link]:
    """The same rows with these attributes alone."""
    return [{**row, "attributes": [one for one in row["attributes"] if one["name"] in keys]} for row in rows]
