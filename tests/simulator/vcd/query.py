"""The query service `/api/query` (contract section 4.5): types, three formats, paging, filters in both encodings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..wire import Reply
from ..world import Organization
from . import fiql
from .directory import Directory
from .exchange import Exchange, bad_request, forbidden
from .markup import Element, Value
from .paging import Page, page_address, sorting
from .tasks import Tasks

Row = Mapping[str, Any]
_MEDIA = "application/vnd.vmware.vcloud.query"
_FORMATS = ("records", "idrecords", "references")
_ORGANIZATION: dict[str, type] = {
    "name": str,
    "displayName": str,
    "isEnabled": bool,
    "isReadOnly": bool,
    "canPublishCatalogs": bool,
    "deployedVMQuota": int,
    "storedVMQuota": int,
    "numberOfCatalogs": int,
    "numberOfVdcs": int,
    "numberOfVApps": int,
    "numberOfGroups": int,
    "numberOfDisks": int,
}
_TASK: dict[str, type] = {
    "name": str,
    "org": str,
    "orgName": str,
    "status": str,
    "progress": int,
    "startDate": str,
    "endDate": str,
    "ownerName": str,
    "object": str,
    "objectType": str,
    "objectName": str,
    "serviceNamespace": str,
}
_ADMIN_TASK: dict[str, type] = {**_TASK, "owner": str, "cellName": str, "hasOwner": bool}
_VDC: dict[str, type] = {
    "name": str,
    "description": str,
    "isEnabled": bool,
    "isBusy": bool,
    "status": str,
    "orgName": str,
}
_CATALOG: dict[str, type] = {
    "name": str,
    "description": str,
    "isPublished": bool,
    "isShared": bool,
    "creationDate": str,
    "orgName": str,
    "owner": str,
    "ownerName": str,
    "version": int,
    "status": str,
}


@dataclass(frozen=True)
class QueryType:
    """One kind of record. `rows` answers what the caller may see; each row has `id` (bare UUID) and the `fields`."""

    name: str
    record: str
    reference: str
    """Element of the format `references` (INFERRED: the contract names only those of records)."""
    kind: str
    """The kind in URNs."""
    path: str
    """What stands before the UUID in an address."""
    media: str
    fields: Mapping[str, type]
    rows: Callable[[Exchange], Sequence[Row]]
    admin: bool = False
    references: frozenset[str] = field(default_factory=frozenset)
    by_name: Callable[[Exchange, Sequence[str]], Sequence[Row]] | None = None
    """A short cut for filters that ask for names only."""


class QueryService:
    """The types that this vCD knows, and the answer to a query."""

    def __init__(self, directory: Directory, tasks: Tasks) -> None:
        self.directory = directory
        self.tasks = tasks
        self._rows: list[Row] = []
        self._rows_of = -1
        types = [
            QueryType(
                "organization",
                "OrgRecord",
                "OrganizationReference",
                "org",
                "/api/org/",
                "application/vnd.vmware.vcloud.org+xml",
                _ORGANIZATION,
                self._organizations,
                by_name=self._organizations_by_name,
            ),
            self._task_type("task", "TaskRecord", _TASK, admin=False),
            self._task_type("adminTask", "AdminTaskRecord", _ADMIN_TASK, admin=True),
            self._empty("orgVdc", "OrgVdcRecord", "vdc", _VDC),
            self._empty("adminOrgVdc", "AdminVdcRecord", "vdc", {**_VDC, "org": str}),
            self._empty("catalog", "CatalogRecord", "catalog", _CATALOG),
            self._empty("adminCatalog", "AdminCatalogRecord", "catalog", {**_CATALOG, "org": str}),
        ]
        self.types = {one.name: one for one in types}

    def _task_type(self, name: str, record: str, fields: Mapping[str, type], *, admin: bool) -> QueryType:
        def rows(exchange: Exchange) -> Sequence[Row]:
            # The plain type gives System's own tasks to System; the admin type gives all of them.
            org_id = None if admin else exchange.user.org_id
            return [self.tasks.as_row(task) for task in self.tasks.visible(exchange.user, org_id)]

        return QueryType(
            name,
            record,
            record.replace("Record", "Reference"),
            "task",
            "/api/task/",
            "application/vnd.vmware.vcloud.task+xml",
            fields,
            rows,
            admin,
            frozenset({"org", "object", "owner"}),
        )

    @staticmethod
    def _empty(name: str, record: str, kind: str, fields: Mapping[str, type]) -> QueryType:
        """A type whose objects no estate has yet; known because the links of an `Org` lead to it (section 4.2)."""
        admin = name.startswith("admin")
        path = f"/api/admin/{kind}/" if admin else f"/api/{kind}/"
        media = f"application/vnd.vmware.{'admin' if admin else 'vcloud'}.{kind}+xml"
        reference = record.replace("Record", "Reference")
        references = frozenset({"org", "owner"})
        return QueryType(name, record, reference, kind, path, media, fields, lambda _: [], admin, references)

    # Organizations

    def _row(self, organization: Organization) -> Row:
        return {
            "id": organization.id,
            "name": organization.name,
            "displayName": organization.full_name,
            "isEnabled": organization.enabled,
            "isReadOnly": False,
            "canPublishCatalogs": organization.id in self.directory.can_publish,
            "deployedVMQuota": 0,
            "storedVMQuota": 0,
            "numberOfCatalogs": 0,
            "numberOfVdcs": 0,
            "numberOfVApps": 0,
            "numberOfGroups": 0,
            "numberOfDisks": 0,
        }

    def _organizations(self, exchange: Exchange) -> Sequence[Row]:
        if not exchange.user.is_provider:
            own = self.directory.by_id(exchange.user.org_id)
            return [self._row(own)] if own is not None else []
        if self._rows_of != self.directory.site.revision:
            self._rows = [self._row(one) for one in self.directory.ordered]
            self._rows_of = self.directory.site.revision
        return self._rows

    def _organizations_by_name(self, exchange: Exchange, names: Sequence[str]) -> Sequence[Row]:
        found = {name.lower(): self.directory.by_name(name) for name in names}
        hits = [one for one in found.values() if one is not None and one is not self.directory.system]
        user = exchange.user
        return [self._row(one) for one in hits if user.is_provider or one.id == user.org_id]

    # The service

    def answer(self, exchange: Exchange) -> Reply:
        """`GET /api/query`, with and without `type`."""
        name = exchange.request.first("type")
        if name is None:
            return self._list(exchange)
        wanted = self.types.get(name)
        if name.startswith("admin") and not exchange.user.is_provider:
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
            if exchange.user.is_provider or not one.admin
            for style in _FORMATS
        ]
        href = f"{exchange.base_url}/api/query"
        root = Element("QueryList", {"href": href, "type": f"{_MEDIA}.queryList+xml"}, links)
        return exchange.element(root, f"{_MEDIA}.queryList")

    def _chosen(self, exchange: Exchange, wanted: QueryType) -> Sequence[Row]:
        text = exchange.request.first("filter")
        # Ignored from 35.0 (section 1.6): values are then encoded once, like everything else.
        twice = exchange.version < (35, 0) and (exchange.request.first("filterEncoded") or "").lower() == "true"
        rows: Sequence[Row] | None = None
        if text:
            fields = {**wanted.fields, "id": str, "href": str}
            references = wanted.references | {"id", "href"}
            try:
                node = fiql.parse(text, values_encoded=twice)
                test = fiql.predicate(node, fields, references)
            except fiql.FilterError as problem:
                raise bad_request(f"The filter is not valid: {problem}.") from problem
            names = fiql.exact_values(node, "name") if wanted.by_name else None
            if names is not None and wanted.by_name is not None:
                rows = sorted(wanted.by_name(exchange, names), key=lambda row: str(row["name"]).lower())
            else:
                everything = wanted.rows(exchange)
                rows = [row for row in everything if test({**row, "href": row["id"]})]
        if rows is None:
            rows = wanted.rows(exchange)
        order = sorting(exchange, wanted.fields)
        if order is None:
            return rows
        column = order[0]
        return sorted(
            rows, key=lambda row: row[column].lower() if isinstance(row[column], str) else row[column], reverse=order[1]
        )

    def _page(self, exchange: Exchange, wanted: QueryType, style: str, page: Page, rows: Sequence[Row]) -> Reply:
        media = f"{_MEDIA}.{style}"
        chosen = exchange.request.first("fields")
        columns = [one for one in chosen.split(",") if one] if chosen else list(wanted.fields)
        for column in columns:
            if column not in wanted.fields:
                raise bad_request(f"'{column}' is not a field of the query type '{wanted.name}'.")
        children = []
        if page.number < page.count(len(rows)):
            following = page_address(exchange, "/api/query", Page(page.number + 1, page.size))
            children.append(Element("Link", {"rel": "nextPage", "href": following, "type": f"{media}+xml"}))
        with_links = (exchange.request.first("links") or "false").lower() == "true"
        children += [self._record(exchange, wanted, style, columns, row, with_links) for row in page.cut(rows)]
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
        exchange: Exchange, wanted: QueryType, style: str, columns: list[str], row: Row, with_links: bool
    ) -> Element:
        base = exchange.base_url
        href = f"{base}{wanted.path}{row['id']}"
        urn = f"urn:vcloud:{wanted.kind}:{row['id']}"
        if style == "references":
            return Element(wanted.reference, {"href": href, "id": urn, "name": row["name"], "type": wanted.media})
        by_id = style == "idrecords"
        attributes: dict[str, Value] = {"id": urn} if by_id else {"href": href}
        for column in columns:
            value = row[column]
            if column in wanted.references:
                value = _reference(base, column, value, by_id)
            attributes[column] = value
        # What `links=true` adds is not in the contract beyond its name: the object's own address (INFERRED).
        links = [Element("Link", {"rel": "alternate", "href": href, "type": wanted.media})] if with_links else []
        return Element(wanted.record, attributes, links)


def _reference(base: str, column: str, value: str, by_id: bool) -> str:
    """A reference attribute: an address in `records`, a URN in `idrecords`."""
    kind, path = {"owner": ("user", "/api/admin/user/")}.get(column, ("org", "/api/org/"))
    identity = fiql.bare_id(value)
    return f"urn:vcloud:{kind}:{identity}" if by_id else f"{base}{path}{identity}"
