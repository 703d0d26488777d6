"""The query service `/api/query` (contract section 4.5): types, three formats, paging, filters in both encodings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..wire import Reply
from . import fiql
from .directory import Directory
from .exchange import Exchange, bad_request, forbidden
from .fiql import METADATA, Row
from .markup import Element, Value
from .metadata import entries_of
from .paging import Page, page_address, sorting
from .query_types import QueryType, QueryTypes
from .stock import Ref, Stock
from .tasks import Tasks

_MEDIA = "application/vnd.vmware.vcloud.query"
_FORMATS = ("records", "idrecords", "references")


class QueryService:
    """The types that this vCD knows, and the answer to a query."""

    def __init__(self, directory: Directory, tasks: Tasks, stock: Stock) -> None:
        self.stock = stock
        self.types = QueryTypes(directory, tasks, stock).by_name

    def answer(self, exchange: Exchange) -> Reply:
        """`GET /api/query`, with and without `type`."""
        name = exchange.request.first("type")
        if name is None:
            return self._list(exchange)
        wanted = self.types.get(name)
        systems = name.startswith("admin") or (wanted is not None and wanted.admin)
        if systems and not exchange.user.is_provider:
            raise forbidden("System Operations", "QUERY_EXECUTE", name)
        if wanted is None:
            raise bad_request(f"The query type '{name}' is not supported.")
        style = exchange.request.first("format") or "records"
        if style not in _FORMATS:
            raise bad_request(f"The format '{style}' is not supported; {', '.join(_FORMATS)} are.")
        page = Page.of(exchange)
        rows = self._chosen(exchange, wanted)
        return self._page(exchange, wanted, style, page, rows)

    def _list(self, exchange: Exchange) -> Reply:
        links = [
            Element(
                "Link",
                {
                    "rel": "down",
                    "name": one.name,
                    "type": f"{_MEDIA}.{style}+xml",
                    "href": f"{exchange.base_url}/api/query?type={one.name}&format={style}",
                },
            )
            for one in self.types.values()
            if exchange.user.is_provider or not (one.admin or exchange.version <= one.unlisted_until)
            for style in _FORMATS
        ]
        href = f"{exchange.base_url}/api/query"
        root = Element("QueryList", {"href": href, "type": f"{_MEDIA}.queryList+xml"}, links)
        return exchange.element(root, f"{_MEDIA}.queryList")

    def _chosen(self, exchange: Exchange, wanted: QueryType) -> Sequence[Row]:
        """The rows that the filter lets through, in the order asked for; kept while nothing changes, because every page
        of a list asks for the same."""
        text = exchange.request.first("filter")
        # Ignored from 35.0 (section 1.6): values are then encoded once, like everything else.
        twice = exchange.version < (35, 0) and (exchange.request.first("filterEncoded") or "").lower() == "true"
        order = sorting(exchange, {name: kind for name, kind in wanted.fields.items() if name != METADATA})
        if wanted.columns is None or wanted.by_name is not None:
            return _sorted(self._filtered(exchange, wanted, text, twice), order)
        who = self.stock.scope(exchange), exchange.user.is_provider
        key = ("answer", wanted.name, who, text, twice, order)
        return self.stock.kept(key, lambda: _sorted(self._filtered(exchange, wanted, text, twice), order))

    def _filtered(self, exchange: Exchange, wanted: QueryType, text: str | None, twice: bool) -> Sequence[Row]:
        if not text:
            return wanted.rows(exchange)
        try:
            node = fiql.parse(text, values_encoded=twice)
            test = fiql.predicate(node, wanted.filterable, wanted.references | {"id", "href"})
        except fiql.FilterError as problem:
            raise bad_request(f"The filter is not valid: {problem}.") from problem
        names = fiql.exact_values(node, "name") if wanted.by_name else None
        if names is not None and wanted.by_name is not None:
            return sorted(wanted.by_name(exchange, names), key=lambda row: str(row["name"]).lower())
        return [row for row in self._candidates(exchange, wanted, node) if test(row)]

    def _candidates(self, exchange: Exchange, wanted: QueryType, node: fiql.Node) -> Sequence[Row]:
        """Rows among which all hits are: those with the first exact value that the filter asks for, by an index."""
        rows, fields = wanted.rows(exchange), wanted.filterable
        exact = (one for one in fiql.needed(node) if fields.get(one.field) is str) if wanted.columns is not None else ()
        comparison = next(iter(exact), None)
        if comparison is None:
            return rows
        column, who = comparison.field, (self.stock.scope(exchange), exchange.user.is_provider)
        referring = column in wanted.references or column in ("id", "href")
        index = self.stock.kept(("index", wanted.name, who, column), lambda: _index(rows, column, referring))
        return index.get(fiql.bare_id(comparison.value) if referring else comparison.value.lower(), ())

    def _page(self, exchange: Exchange, wanted: QueryType, style: str, page: Page, rows: Sequence[Row]) -> Reply:
        media = f"{_MEDIA}.{style}"
        chosen = exchange.request.first("fields")
        columns = [one for one in chosen.split(",") if one] if chosen else [*wanted.fields]
        keys = [one for one in columns if one.startswith((f"{METADATA}:", f"{METADATA}@"))]
        columns = [one for one in columns if one not in keys and one != METADATA]
        if keys and METADATA not in wanted.fields:
            raise bad_request(f"Records of the query type '{wanted.name}' have no metadata.")
        for column in columns:
            if column not in wanted.fields:
                raise bad_request(f"'{column}' is not a field of the query type '{wanted.name}'.")
        children = []
        if page.number < page.count(len(rows)):
            following = page_address(exchange, "/api/query", Page(page.number + 1, page.size))
            children.append(Element("Link", {"rel": "nextPage", "href": following, "type": f"{media}+xml"}))
        with_links = (exchange.request.first("links") or "false").lower() == "true"
        children += [self._record(exchange, wanted, style, columns, keys, row, with_links) for row in page.cut(rows)]
        tag = f"{wanted.reference}s" if style == "references" else "QueryResultRecords"
        root = Element(
            tag,
            {
                "name": wanted.name,
                "page": page.number,
                "pageSize": page.size,
                "total": len(rows),
                "href": page_address(exchange, "/api/query", page),
                "type": f"{media}+xml",
            },
            children,
            many="reference" if style == "references" else "record",
        )
        return exchange.element(root, media)

    @staticmethod
    def _record(
        exchange: Exchange,
        wanted: QueryType,
        style: str,
        columns: list[str],
        keys: list[str],
        row: Row,
        with_links: bool,
    ) -> Element:
        base, place = exchange.base_url, wanted.place(row)
        href = place.href(base)
        if style == "references":
            media = wanted.media
            return Element(wanted.reference, {"href": href, "id": place.urn, "name": row["name"], "type": media})
        by_id = style == "idrecords"
        attributes: dict[str, Value | None] = {"id": place.urn} if by_id else {"href": href}
        for column in columns:
            value = row[column]
            if isinstance(value, Ref):
                value = value.urn if by_id else value.href(base)
            elif column in wanted.references and value is not None:
                value = _reference(base, column, value, by_id)
            attributes[column] = value
        # What `links=true` adds is not in the contract beyond its name: the object's own address (INFERRED).
        children = [Element("Link", {"rel": "alternate", "href": href, "type": wanted.media})] if with_links else []
        shown = _metadata(row, keys) if keys else []
        if shown:
            children.append(Element("Metadata", {}, shown, many="metadataEntry"))
        return Element(wanted.record, attributes, children)


def _metadata(row: Row, keys: list[str]) -> list[Element]:
    """`fields=metadata:key`: the record has a child `Metadata`, as the schema says, with the entries asked for; one of
    an object that has none of them has no such child (the schema allows both)."""
    values: Mapping[str, Any] = row[METADATA] or {}
    asked = [key.partition(":")[2] for key in keys if key.startswith(f"{METADATA}:")]
    return entries_of({key: values[key] for key in asked if key in values})


def _index(rows: Sequence[Row], column: str, referring: bool) -> dict[str, list[Row]]:
    """Rows by one of their columns, as filters compare it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        value = str(row[column] or "")
        found.setdefault(fiql.bare_id(value) if referring else value.lower(), []).append(row)
    return found


def _sorted(rows: Sequence[Row], order: tuple[str, bool] | None) -> Sequence[Row]:
    if order is None:
        return rows
    column, descending = order

    def key(row: Row) -> Any:
        value = row[column]
        if value is None:
            return ""
        return value.lower() if isinstance(value, str) else value.name.lower() if isinstance(value, Ref) else value

    return sorted(rows, key=key, reverse=descending)


def _reference(base: str, column: str, value: str, by_id: bool) -> str:
    """A reference of a task or a filter: an address in `records`, a URN in `idrecords`."""
    places = {"owner": ("user", "/api/admin/user/"), "service": ("service", "/api/admin/extension/service/")}
    kind, path = places.get(column, ("org", "/api/org/"))
    found = Ref(kind, path, fiql.bare_id(value))
    return found.urn if by_id else found.href(base)
