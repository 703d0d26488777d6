"""The filter language of `/cloudapi` lists and of `/api/query` (contract sections 4.1 and 4.5).

Pure: a text becomes a small tree, the tree becomes one predicate over plain rows. Both users of it are told apart only
by how their values arrive: `/api/query` below API 35.0 may send values that are percent-encoded a second time.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote


class Row(Protocol):
    """What can be asked for its fields by name."""

    def __getitem__(self, name: str, /) -> Any: ...


Predicate = Callable[[Row], bool]

# A field, or a key of metadata (`metadata:key`, `metadata@SYSTEM:key`), of which only what ends it is forbidden.
_COMPARISON = re.compile(
    r"(?P<field>metadata(?:@SYSTEM)?:[^=!();,]+|[A-Za-z_][A-Za-z0-9_.]*)(?P<operator>==|!=|=gt=|=ge=|=lt=|=le=)"
)
METADATA = "metadata"
"""Rows that have metadata answer it as one mapping under this name."""
_METADATA_VALUE = re.compile(r"(STRING|NUMBER|BOOLEAN|DATETIME):(.*)", re.DOTALL)
_SPECIAL = "();,"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=gt=": operator.gt,
    "=ge=": operator.ge,
    "=lt=": operator.lt,
    "=le=": operator.le,
}


class FilterError(ValueError):
    """The filter cannot be used: bad syntax, an unknown field, or a value that does not fit the field."""


@dataclass(frozen=True)
class Comparison:
    """One `field operator value`. `pieces` is the value, cut at each wildcard: one piece means there was none."""

    field: str
    operator: str
    pieces: tuple[str, ...]

    @property
    def value(self) -> str:
        """The value as text, wildcards put back."""
        return "*".join(self.pieces)

    @property
    def exact(self) -> bool:
        """Whether this asks for one value, so that an index can answer it."""
        return self.operator == "==" and len(self.pieces) == 1


@dataclass(frozen=True)
class Every:
    """All parts hold (`;`)."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Any_:
    """At least one part holds (`,`)."""

    parts: tuple[Node, ...]


Node = Comparison | Every | Any_


# Real filters nest twice or three times; without a limit, parentheses would exhaust the reader's stack.
_DEEPEST = 50


class _Reader:
    """Recursive descent over one filter text; `;` binds tighter than `,`, as in FIQL."""

    def __init__(self, text: str, *, values_encoded: bool) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.values_encoded = values_encoded

    def whole(self) -> Node:
        node = self.any_of()
        if self.at != len(self.text):
            raise FilterError(f"unexpected '{self.text[self.at]}' at position {self.at} of the filter")
        return node

    def any_of(self) -> Node:
        parts = [self.all_of()]
        while self.take(","):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def all_of(self) -> Node:
        parts = [self.one()]
        while self.take(";"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def one(self) -> Node:
        if self.take("("):
            self.depth += 1
            if self.depth > _DEEPEST:
                raise FilterError(f"more than {_DEEPEST} parentheses inside one another")
            node = self.any_of()
            self.depth -= 1
            if not self.take(")"):
                raise FilterError("a parenthesis of the filter is not closed")
            return node
        match = _COMPARISON.match(self.text, self.at)
        if match is None:
            raise FilterError(f"no comparison at position {self.at} of the filter")
        self.at = match.end()
        return Comparison(match["field"], match["operator"], self.value())

    def value(self) -> tuple[str, ...]:
        pieces, piece = [], ""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in _SPECIAL:
                break
            self.at += 1
            if char == "\\" and self.at < len(self.text):
                piece += self.text[self.at]
                self.at += 1
            elif char == "*":
                pieces.append(piece)
                piece = ""
            else:
                piece += char
        pieces.append(piece)
        return tuple(unquote(one) for one in pieces) if self.values_encoded else tuple(pieces)

    def take(self, char: str) -> bool:
        if self.text.startswith(char, self.at):
            self.at += 1
            return True
        return False


def parse(text: str, *, values_encoded: bool = False) -> Node:
    """The tree of a filter that has been percent-decoded once; `values_encoded` decodes each value once more."""
    return _Reader(text, values_encoded=values_encoded).whole()


def exact_values(node: Node, field: str) -> list[str] | None:
    """The values asked for, when the filter is nothing but `field==a` or `field==a,field==b,...`; else None.

    This is what lets a look-up by name among thousands of organizations cost one step of an index.
    """
    parts = node.parts if isinstance(node, Any_) else (node,)
    values = []
    for part in parts:
        if not (isinstance(part, Comparison) and part.exact and part.field == field):
            return None
        values.append(part.value)
    return values


def needed(node: Node) -> list[Comparison]:
    """Comparisons for one exact value that every row of the answer passes: an index can narrow the search by them."""
    parts = node.parts if isinstance(node, Every) else (node,)
    return [part for part in parts if isinstance(part, Comparison) and part.exact]


def bare_id(value: str) -> str:
    """The UUID at the end of a URN or of an address, else the value itself, in lower case (section 4.5)."""
    match = _UUID.search(value)
    return match.group(0).lower() if match else value.lower()


def _convert(comparison: Comparison, kind: type) -> Any:
    value = comparison.value
    if kind is bool:
        if value.lower() not in ("true", "false"):
            raise FilterError(f"'{value}' is not a boolean value of '{comparison.field}'")
        return value.lower() == "true"
    try:
        return int(value)
    except ValueError:
        raise FilterError(f"'{value}' is not a number of '{comparison.field}'") from None


def _compare(comparison: Comparison, fields: Mapping[str, type], references: frozenset[str]) -> Predicate:
    field = comparison.field
    if field.startswith((f"{METADATA}:", f"{METADATA}@")):
        return _compare_metadata(comparison, fields)
    if field not in fields or field == METADATA:
        raise FilterError(f"'{field}' is not a field that can be filtered")
    negative = comparison.operator == "!="
    if comparison.operator in _ORDER:
        order = _ORDER[comparison.operator]
        if fields[field] is str:
            bound = comparison.value.lower()
            return lambda row: order(str(row[field] or "").lower(), bound)
        if fields[field] is bool:
            raise FilterError(f"'{field}' is a boolean and has no order")
        wanted = _convert(comparison, fields[field])
        return lambda row: order(row[field], wanted)
    if fields[field] is not str:
        wanted = _convert(comparison, fields[field])
        return lambda row: (row[field] == wanted) is not negative
    if field in references:
        identity = bare_id(comparison.value)
        return lambda row: (bare_id(str(row[field])) == identity) is not negative
    # Text is compared without regard to case: the contract says so of names (INFERRED), nothing of other text.
    if len(comparison.pieces) == 1:
        text = comparison.value.lower()
        return lambda row: (str(row[field] or "").lower() == text) is not negative
    pieces = [piece.lower() for piece in comparison.pieces]
    return lambda row: _has_in_order(str(row[field] or "").lower(), pieces) is not negative


def _compare_metadata(comparison: Comparison, fields: Mapping[str, type]) -> Predicate:
    """`metadata:key==STRING:value`, as go-vcloud-director writes it; the types are those of the schema's typed values.

    A row without the key does not pass, whatever the operator (UNKNOWN for `!=`, the stricter reading).
    """
    if METADATA not in fields:
        raise FilterError("these objects have no metadata to filter by")
    domain, _colon, key = comparison.field.partition(":")
    match = _METADATA_VALUE.fullmatch(comparison.value)
    if match is None:
        raise FilterError(f"the value of '{comparison.field}' must begin with STRING:, NUMBER:, BOOLEAN: or DATETIME:")
    name, text = match.groups()
    kind = {"NUMBER": int, "BOOLEAN": bool}.get(name, str)
    pieces = tuple(text.split("*")) if kind is str and len(comparison.pieces) > 1 else (text,)
    test = _compare(Comparison(key, comparison.operator, pieces), {key: kind}, frozenset())
    # Metadata of the system are kept apart, and nobody has made any.
    if domain != METADATA:
        return lambda row: False

    def holds(row: Row) -> bool:
        values: Mapping[str, Any] = row[METADATA] or {}
        value = values.get(key)
        # A boolean is a number to Python, and none to the vCD.
        return isinstance(value, kind) and isinstance(value, bool) is (kind is bool) and test(values)

    return holds


def _has_in_order(text: str, pieces: Sequence[str]) -> bool:
    """Whether the text begins with the first piece, ends with the last, and has the others between them in order.

    Not a regular expression: a dozen wildcards would make one backtrack for minutes, and everybody waits meanwhile.
    """
    first, *between, last = pieces
    at, end = len(first), len(text) - len(last)
    if at > end or not (text.startswith(first) and text.endswith(last)):
        return False
    for piece in between:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def predicate(node: Node, fields: Mapping[str, type], references: frozenset[str] = frozenset()) -> Predicate:
    """One test over rows. `fields` names every field and its type (str, int, bool), `references` those that hold ids.

    Raises FilterError for a field that is not in `fields`: a server answers 400 to it (INFERRED in section 4.1).
    """
    if isinstance(node, Comparison):
        return _compare(node, fields, references)
    tests = [predicate(part, fields, references) for part in node.parts]
    if isinstance(node, Every):
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)
