"""The types that the query service knows: their records, their columns, and who sees which of them (contract 4.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import records
from .directory import Directory
from .exchange import Exchange
from .fiql import METADATA, Row
from .records import Columns, Member, ProviderVdc, View
from .stock import (
    Ref,
    Stock,
    catalog_ref,
    item_ref,
    network_ref,
    org_of,
    profile_ref,
    template_ref,
    vapp_ref,
    vm_ref,
)
from .tasks import Tasks
from .versions import ApiNumber

Rows = Callable[[Exchange], Sequence[Row]]
_VCLOUD = "application/vnd.vmware.vcloud"
_ADMIN = "application/vnd.vmware.admin"
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
# Columns that hold references, whatever the type.
_REFERENCES = frozenset(
    {
        "catalog", "catalogItem", "container", "entity", "network", "org", "owner", "providerVdc", "vc", "vdc",
    }
)  # fmt: skip


@dataclass(frozen=True)
class QueryType:
    """One kind of record. `rows` answers what the caller may see; each row has `id` (bare UUID) and the `fields`."""

    name: str
    record: str
    reference: str
    """Element of the format `references`; from it the root's name is made."""
    kind: str
    """The kind in URNs."""
    path: str
    """What stands before the UUID in an address."""
    media: str
    fields: Mapping[str, type]
    rows: Rows
    admin: bool = False
    """For System sessions only."""
    references: frozenset[str] = field(default_factory=frozenset)
    by_name: Callable[[Exchange, Sequence[str]], Sequence[Row]] | None = None
    """A short cut for filters that ask for names only."""
    columns: Columns | None = None
    """How the fields are read of what does not change unnoticed, so that answers can be kept."""
    unlisted_until: ApiNumber = (0, 0)
    """In a tenant's list of types, it is missing up to this API number."""
    locate: Callable[[Any], Ref] | None = None
    """Where the object of a view is, when `kind` and `path` are not the same for all."""

    def place(self, row: Row) -> Ref:
        """Where the object of a row is."""
        if self.locate is not None and isinstance(row, View):
            return self.locate(row.source)
        return Ref(self.kind, self.path, row["id"], row["name"])

    @property
    def filterable(self) -> Mapping[str, type]:
        """What a filter may name."""
        return {**self.fields, "id": str, "href": str}


class QueryTypes:
    """All types of one vCD, by name."""

    def __init__(self, directory: Directory, tasks: Tasks, stock: Stock) -> None:
        self.directory = directory
        self.tasks = tasks
        self.stock = stock
        self.by_name: dict[str, QueryType] = {}
        self._add_organizations()
        self._add_tasks("task", "TaskRecord", _TASK, admin=False)
        self._add_tasks("adminTask", "AdminTaskRecord", _ADMIN_TASK, admin=True)
        self._add_vdcs()
        self._add_machines()
        self._add_catalogs()
        self._add_users()

    def _add(self, made: QueryType) -> None:
        self.by_name[made.name] = made

    def _views(
        self,
        name: str,
        record: str,
        reference: str,
        media: str,
        columns: Columns,
        every: Callable[[], Iterable[Any]],
        locate: Callable[[Any], Ref],
        org_of_one: Callable[[Any], str] = lambda one: str(one.org),
        *,
        admin: bool = False,
        twin: bool = True,
        metadata: bool = False,
        unlisted_until: ApiNumber = (0, 0),
    ) -> None:
        """A type over objects of the inventory, in the order of their names.

        `twin`: System has an admin type beside this one. The plain type then gives System its own objects (contract
        4.5; "or all of them, depending on the type": the stricter reading): none, unless it acts for a tenant.
        """

        def views() -> list[View]:
            made = [View(self.stock, columns, one) for one in every()]
            return sorted(made, key=lambda view: (view.source.name.lower(), view.source.id))

        def rows(exchange: Exchange) -> Sequence[Row]:
            org = self.stock.scope(exchange)
            if org is None:
                return self.stock.kept(("views", name), views) if admin or not twin else []
            key = ("views", name, org)
            return self.stock.kept(key, lambda: [one for one in views() if org_of_one(one.source) == org])

        fields = {column: one.kind for column, one in columns.items()}
        if metadata:
            fields[METADATA] = dict
        self._add(
            QueryType(
                name,
                record,
                reference,
                "",
                "",
                media,
                fields,
                rows,
                admin,
                _REFERENCES & columns.keys(),
                columns=columns,
                unlisted_until=unlisted_until,
                locate=locate,
            )
        )

    # Organizations and tasks

    def _add_organizations(self) -> None:
        def rows(exchange: Exchange) -> Sequence[Row]:
            user = exchange.user
            if not user.is_provider:
                own = self.directory.by_id(user.org_id)
                return [View(self.stock, records.ORGANIZATION, own)] if own is not None else []
            return self.stock.kept(
                "organizations", lambda: [View(self.stock, records.ORGANIZATION, one) for one in self.directory.ordered]
            )

        def by_name(exchange: Exchange, names: Sequence[str]) -> Sequence[Row]:
            found = {name.lower(): self.directory.by_name(name) for name in names}
            hits = [one for one in found.values() if one is not None and one is not self.directory.system]
            user = exchange.user
            seen = [one for one in hits if user.is_provider or one.id == user.org_id]
            return [View(self.stock, records.ORGANIZATION, one) for one in seen]

        self._add(
            QueryType(
                "organization",
                "OrgRecord",
                "OrgReference",
                "org",
                "/api/org/",
                f"{_VCLOUD}.org+xml",
                {name: one.kind for name, one in records.ORGANIZATION.items()},
                rows,
                by_name=by_name,
                columns=records.ORGANIZATION,
            )
        )

    def _add_tasks(self, name: str, record: str, fields: Mapping[str, type], *, admin: bool) -> None:
        def rows(exchange: Exchange) -> Sequence[Row]:
            # The plain type gives System's own tasks to System; the admin type gives all of them.
            org_id = None if admin else exchange.user.org_id
            return [self.tasks.as_row(task) for task in self.tasks.visible(exchange.user, org_id)]

        self._add(
            QueryType(
                name,
                record,
                record.replace("Record", "Reference"),
                "task",
                "/api/task/",
                f"{_VCLOUD}.task+xml",
                fields,
                rows,
                admin,
                frozenset({"org", "object", "owner"}),
            )
        )

    # The inventory

    def _add_vdcs(self) -> None:
        stock, workloads = self.stock, self.stock.workloads
        self._views(
            "orgVdc", "OrgVdcRecord", "OrgVdcReference", f"{_VCLOUD}.vdc+xml", records.ORG_VDC,
            workloads.vdcs, lambda one: Ref("vdc", "/api/vdc/", one.id, one.name),
        )  # fmt: skip
        self._views(
            "adminOrgVdc", "AdminVdcRecord", "AdminVdcReference", f"{_ADMIN}.vdc+xml", records.ADMIN_ORG_VDC,
            workloads.vdcs, lambda one: Ref("vdc", "/api/admin/vdc/", one.id, one.name), admin=True,
        )  # fmt: skip
        # pyvcloud knows both: these records lead to the administrator's address, and tenants had no link to the type
        # until 29.0; they were led to its older sister.
        self._views(
            "orgVdcNetwork", "OrgVdcNetworkRecord", "OrgVdcNetworkReference", f"{_VCLOUD}.orgVdcNetwork+xml",
            records.ORG_VDC_NETWORK, workloads.all_networks, lambda one: network_ref(one, admin=True),
            twin=False, unlisted_until=(29, 0),
        )  # fmt: skip
        self._views(
            "orgNetwork", "OrgNetworkRecord", "OrgNetworkReference", f"{_VCLOUD}.orgNetwork+xml",
            records.ORG_NETWORK, workloads.all_networks, network_ref, twin=False,
        )  # fmt: skip
        self._views(
            "orgVdcStorageProfile", "OrgVdcStorageProfileRecord", "OrgVdcStorageProfileReference",
            f"{_VCLOUD}.vdcStorageProfile+xml", records.ORG_VDC_STORAGE_PROFILE,
            workloads.all_storage_profiles, profile_ref,
        )  # fmt: skip
        self._views(
            "adminOrgVdcStorageProfile", "AdminOrgVdcStorageProfileRecord", "AdminOrgVdcStorageProfileReference",
            f"{_ADMIN}.vdcStorageProfile+xml", records.ADMIN_ORG_VDC_STORAGE_PROFILE,
            workloads.all_storage_profiles, lambda one: profile_ref(one, admin=True), admin=True,
        )  # fmt: skip
        provider = stock.provider_vdc_ref()
        self._views(
            "providerVdc", "VMWProviderVdcRecord", "VMWProviderVdcReference", f"{_ADMIN}.providervdc+xml",
            records.PROVIDER_VDC, lambda: [ProviderVdc(provider.id, provider.name)], lambda _one: provider,
            # No tenant's: somebody who acts for one sees none.
            lambda _one: "", admin=True,
        )  # fmt: skip

    def _add_machines(self) -> None:
        workloads = self.stock.workloads

        def machines() -> list[Any]:
            # Templates are made of VMs, too: clients must look at isVAppTemplate.
            return [*workloads.vms.values(), *workloads.template_vms.values()]

        self._views(
            "vApp", "VAppRecord", "VAppReference", f"{_VCLOUD}.vApp+xml", records.VAPP,
            workloads.all_vapps, vapp_ref, metadata=True,
        )  # fmt: skip
        self._views(
            "adminVApp", "AdminVAppRecord", "AdminVAppReference", f"{_VCLOUD}.vApp+xml", records.ADMIN_VAPP,
            workloads.all_vapps, vapp_ref, admin=True, metadata=True,
        )  # fmt: skip
        self._views(
            "vm", "VMRecord", "VMReference", f"{_VCLOUD}.vm+xml", records.VM,
            machines, vm_ref, org_of, metadata=True,
        )  # fmt: skip
        self._views(
            "adminVM", "AdminVMRecord", "AdminVMReference", f"{_VCLOUD}.vm+xml", records.ADMIN_VM,
            machines, vm_ref, org_of, admin=True, metadata=True,
        )  # fmt: skip

    def _add_catalogs(self) -> None:
        workloads = self.stock.workloads
        self._views(
            "catalog", "CatalogRecord", "CatalogReference", f"{_VCLOUD}.catalog+xml", records.CATALOG,
            workloads.all_catalogs, catalog_ref,
        )  # fmt: skip
        self._views(
            "adminCatalog", "AdminCatalogRecord", "AdminCatalogReference", f"{_ADMIN}.catalog+xml",
            records.ADMIN_CATALOG, workloads.all_catalogs,
            lambda one: catalog_ref(one, admin=True), admin=True,
        )  # fmt: skip
        # The contract has no admin type of items; the schema has. So the plain one gives System all of them.
        for record, admin in (("CatalogItem", False), ("AdminCatalogItem", True)):
            name = record[0].lower() + record[1:]
            self._views(
                name, f"{record}Record", f"{record}Reference", f"{_VCLOUD}.catalogItem+xml", records.CATALOG_ITEM,
                workloads.all_items, item_ref, lambda one: str(one.catalog.org), admin=admin, twin=False,
            )  # fmt: skip
        self._views(
            "vAppTemplate", "VAppTemplateRecord", "VAppTemplateReference", f"{_VCLOUD}.vAppTemplate+xml",
            records.VAPP_TEMPLATE, workloads.all_templates, template_ref, metadata=True,
        )  # fmt: skip
        self._views(
            "adminVAppTemplate", "AdminVAppTemplateRecord", "AdminVAppTemplateReference",
            f"{_VCLOUD}.vAppTemplate+xml", records.ADMIN_VAPP_TEMPLATE, workloads.all_templates,
            template_ref, admin=True, metadata=True,
        )  # fmt: skip

    def _add_users(self) -> None:
        def members(exchange: Exchange, admin: bool) -> list[Member]:
            org = self.stock.scope(exchange)
            if org is None and not admin:
                org = exchange.user.user.org
            found = [one for one in self.stock.site.users.values() if org in (None, one.org)]
            made = [Member(self.stock.user_ref(one.org, one.name).id, one.name, one.org, one) for one in found]
            return sorted(made, key=lambda one: (one.name.lower(), one.org.lower()))

        def rows_of(columns: Columns, admin: bool) -> Rows:
            return lambda exchange: [View(self.stock, columns, one) for one in members(exchange, admin)]

        for name, record, columns in (("user", "User", records.USER), ("adminUser", "AdminUser", records.ADMIN_USER)):
            self._add(
                QueryType(
                    name,
                    f"{record}Record",
                    f"{record}Reference",
                    "user",
                    "/api/admin/user/",
                    f"{_ADMIN}.user+xml",
                    {column: one.kind for column, one in columns.items()},
                    rows_of(columns, name != "user"),
                    name != "user",
                    _REFERENCES & columns.keys(),
                )
            )
