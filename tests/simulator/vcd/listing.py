"""Lists of `/cloudapi` whose rows are small documents: filter, order, page, envelope (contract section 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..wire import Reply
from . import fiql
from .exchange import Exchange, bad_request
from .paging import Page, envelope, sorting

Document = dict[str, Any]


class Nested(Mapping[str, Any]):
    """A document whose members are found by dotted names too: `owner.id`, `entity.status.phase`; missing is None."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def __getitem__(self, name: str) -> Any:
        value: Any = self.document
        for part in name.split("."):
            if not isinstance(value, dict):
                return None
            value = value.get(part)
        # Filters compare text, and the API writes these words as JSON does.
        return ("true" if value else "false") if isinstance(value, bool) and "." in name else value

    def __iter__(self) -> Any:
        return iter(self.document)

    def __len__(self) -> int:
        return len(self.document)


def _order(value: Any) -> tuple[bool, Any]:
    return value is not None, value.lower() if isinstance(value, str) else value


def answer(
    exchange: Exchange,
    documents: Iterable[Document],
    fields: Mapping[str, type],
    model: str,
    references: frozenset[str] = frozenset({"id"}),
    order: str | None = "name",
    shown: Callable[[Document], Document] | None = None,
    page: Page | None = None,
) -> Reply:
    """One page of documents.

    fields      what can be filtered and sorted by, dotted names for parts of references
    references  those of them that hold ids, compared by their UUID
    order       the field of the list's own order; None keeps the order of `documents`
    page        which part, where the list has limits of its own
    shown       what a document of the page looks like in the answer, when it is not the document itself
    """
    page = page or Page.of(exchange)
    rows = [Nested(one) for one in documents]
    text = exchange.request.first("filter")
    if text:
        try:
            test = fiql.predicate(fiql.parse(text), fields, references)
            rows = [row for row in rows if test(row)]
        except fiql.FilterError as problem:
            raise bad_request(f"The filter is not valid: {problem}.") from problem
        except TypeError as problem:
            raise bad_request("The filter compares values that have no order.") from problem
    asked = sorting(exchange, fields)
    field, descending = asked or (order, False)
    if field is not None:
        chosen = field
        rows.sort(key=lambda row: _order(row[chosen]), reverse=descending)
    values = [shown(row.document) if shown else row.document for row in page.cut(rows)]
    body, headers = envelope(exchange, page, len(rows), values, model)
    return exchange.json(body, headers=headers)


def plain(exchange: Exchange, documents: Iterable[Document], model: str) -> Reply:
    """One page of a list that knows `page` and `pageSize` only. Raises Refusal 400 for a filter or an order."""
    for name in ("filter", "sortAsc", "sortDesc"):
        if exchange.request.first(name) is not None:
            raise bad_request(f"The parameter '{name}' is not supported here.")
    return answer(exchange, documents, {}, model, order=None)
