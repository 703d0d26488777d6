"""The columns of the query service for what tenants have: VDCs, networks, catalogs, vApps, VMs (contract section 4.5).

A column is a type and a function; nothing is computed for a record that nobody is shown. Columns that the contract
names and no estate has a value for are left out of records, as the schema allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ..machines import STATES, CatalogItem, Network, Template, Vapp, Vdc, Vm
from ..world import User
from .fiql import METADATA
from .markup import Element
from .stock import (
    HARDWARE,
    MHZ_PER_CPU,
    Ref,
    Stock,
    catalog_ref,
    holder_ref,
    item_ref,
    network_ref,
    org_of,
    template_ref,
    vdc_of,
)


class Column(NamedTuple):
    """The type of a column, and its value; a reference is a `Ref`."""

    kind: type
    read: Callable[[Stock, Any], Any]


Columns = Mapping[str, Column]


class View:
    """One object as a row: its columns by name, `id` and `href` included."""

    __slots__ = ("columns", "source", "stock")

    def __init__(self, stock: Stock, columns: Columns, source: Any) -> None:
        self.stock = stock
        self.columns = columns
        self.source = source

    def __getitem__(self, name: str, /) -> Any:
        if name in ("id", "href"):
            return self.source.id
        if name == METADATA:
            return getattr(self.source, METADATA, None)
        return self.columns[name].read(self.stock, self.source)


def text(read: Callable[[Stock, Any], Any]) -> Column:
    """A column of text."""
    return Column(str, read)


def number(read: Callable[[Stock, Any], Any]) -> Column:
    """A column of whole numbers."""
    return Column(int, read)


def flag(read: Callable[[Stock, Any], Any]) -> Column:
    """A column of booleans."""
    return Column(bool, read)


def always(value: Any) -> Column:
    """A column with one value for everything."""
    return Column(type(value), lambda _stock, _one: value)


# Named by the contract, and without a value in any estate: it can be asked for, and is in no record.
_NOTHING = text(lambda _stock, _one: None)


def moment(milliseconds: int) -> str:
    """Epoch milliseconds as the vCD writes moments."""
    when = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


_NAME = text(lambda _stock, one: one.name)
_DESCRIPTION = text(lambda _stock, one: one.description)
_CREATED = text(lambda _stock, one: moment(one.created))
_OWNER_NAME = text(lambda _stock, one: one.owner)
_OWNER = text(lambda stock, one: stock.user_ref(one.org, one.owner))
_ORG = text(lambda stock, one: stock.org_ref(one.org))
_ORG_NAME = text(lambda _stock, one: one.org)
_VDC = text(lambda stock, one: stock.vdc_ref(one.vdc_id))
_VDC_NAME = text(lambda stock, one: stock.vdc_ref(one.vdc_id).name)

# Organizations


def _counts(position: int) -> Column:
    return number(lambda stock, one: stock.org_counts(one.name)[position])


def _quota(position: int) -> Column:
    return number(lambda stock, one: stock.directory.quotas.get(one.id, (0, 0))[position])


ORGANIZATION: Columns = {
    "name": _NAME,
    "displayName": text(lambda _stock, one: one.full_name),
    "isEnabled": flag(lambda _stock, one: one.enabled),
    "isReadOnly": always(False),
    "canPublishCatalogs": flag(lambda stock, one: one.id in stock.directory.can_publish),
    "deployedVMQuota": _quota(0),
    "storedVMQuota": _quota(1),
    "numberOfCatalogs": _counts(2),
    "numberOfVdcs": _counts(0),
    "numberOfVApps": _counts(1),
    "numberOfGroups": always(0),
    "numberOfDisks": always(0),
}

# Organization VDCs


def allocated(stock: Stock, vdc: Vdc) -> tuple[int, int, int, int]:
    """MHz and MiB that a VDC has, and how much of each is reserved: twice what its machines use, at least 100 GHz and
    256 GiB; pay-as-you-go has neither."""
    sums = stock.facts.by_vdc[vdc.id]
    if vdc.allocation == "AllocationVApp":
        return 0, 0, 0, 0
    mhz, mib = max(100_000, 2 * sums.cpu_mhz), max(262_144, 2 * sums.memory_mb)
    share = 1 if vdc.allocation == "ReservationPool" else 2
    return mhz, mib, mhz // share, mib // share


def hardware_versions() -> Element:
    """What virtual hardware VDCs take."""
    versions = [Element("SupportedHardwareVersion", text=f"vmx-{one:02d}") for one in range(9, HARDWARE + 1)]
    return Element("SupportedHardwareVersions", {}, versions, many="supportedHardwareVersion")


def _sums(name: str) -> Column:
    return number(lambda stock, vdc: getattr(stock.facts.by_vdc[vdc.id], name))


def _allocated(position: int) -> Column:
    return number(lambda stock, vdc: allocated(stock, vdc)[position])


_VDC_COMMON: Columns = {
    "name": _NAME,
    "description": always(""),
    "isEnabled": flag(lambda _stock, vdc: vdc.enabled),
    "isBusy": always(False),
    "status": always("READY"),
    "orgName": _ORG_NAME,
    "providerVdc": text(lambda stock, _vdc: stock.provider_vdc_ref()),
    "providerVdcName": text(lambda stock, _vdc: stock.provider_vdc_ref().name),
    "cpuAllocationMhz": _allocated(0),
    "cpuLimitMhz": _allocated(0),
    "cpuUsedMhz": _sums("cpu_mhz"),
    "cpuReservedMhz": _allocated(2),
    "memoryAllocationMB": _allocated(1),
    "memoryLimitMB": _allocated(1),
    "memoryUsedMB": _sums("memory_mb"),
    "memoryReservedMB": _allocated(3),
    "storageLimitMB": number(lambda _stock, vdc: sum(one.limit_mb for one in vdc.profile_details())),
    "storageUsedMB": _sums("storage_mb"),
    "numberOfVApps": _sums("vapps"),
    "numberOfMedia": always(0),
    "numberOfDisks": always(0),
    "numberOfVAppTemplates": _sums("templates"),
    "numberOfStorageProfiles": always(2),
    "numberOfVMs": _sums("vms"),
    "numberOfRunningVMs": _sums("running"),
    "numberOfDeployedVApps": _sums("deployed_vapps"),
}
ORG_VDC: Columns = {**_VDC_COMMON, "numberOfDatastores": always(1), "networkPoolUniversalId": _NOTHING}
ALLOCATION_NUMBERS = {"AllocationVApp": 0, "AllocationPool": 1, "ReservationPool": 2, "Flex": 3}
"""`allocationModel` in records is a number; which one means what is INFERRED from the order of the models."""
ADMIN_ORG_VDC: Columns = {
    **_VDC_COMMON,
    "org": _ORG,
    "allocationModel": number(lambda _stock, vdc: ALLOCATION_NUMBERS[vdc.allocation]),
    "vc": text(lambda stock, _vdc: stock.vcenter_ref()),
    "vcName": text(lambda stock, _vdc: stock.vcenter_ref().name),
    "isVCEnabled": always(True),
    "networkPool": _NOTHING,
    "networkPoolUniversalId": _NOTHING,
    "numberOfResourcePools": always(1),
    "task": _NOTHING,
    "taskStatus": _NOTHING,
    "taskStatusName": _NOTHING,
    "taskDetails": _NOTHING,
    "cpuOverheadMhz": always(0),
    "memoryOverheadMB": always(0),
    "storageOverheadMB": always(0),
}


class ProviderVdc(NamedTuple):
    """The provider VDC as a row."""

    id: str
    name: str


def _all_sums(name: str) -> Column:
    return number(lambda stock, _one: sum(getattr(one, name) for one in stock.facts.by_vdc.values()))


PROVIDER_VDC: Columns = {
    "name": _NAME,
    "isEnabled": always(True),
    "isDeleted": always(False),
    "isBusy": always(False),
    "status": always("READY"),
    "vcpuRatingMhz": always(MHZ_PER_CPU),
    "cpuUsedMhz": _all_sums("cpu_mhz"),
    "memoryUsedMB": _all_sums("memory_mb"),
    "storageUsedMB": _all_sums("storage_mb"),
    "numberOfDatastores": always(1),
    "numberOfStorageProfiles": always(2),
    "numberOfVdcs": number(lambda stock, _one: len(stock.facts.vdcs)),
}


def _enabled(stock: Stock, vdc_id: str) -> bool:
    vdc = stock.facts.vdcs.get(vdc_id)
    return vdc is not None and vdc.enabled


# vApps


def vapp_state(stock: Stock, vapp: Vapp) -> int:
    """The state of a vApp as this release tells it."""
    return vapp.status(partial=stock.partial_states)


_VAPP_COMMON: Columns = {
    "name": _NAME,
    "vdc": _VDC,
    "vdcName": _VDC_NAME,
    "status": text(lambda stock, vapp: STATES[vapp_state(stock, vapp)]),
    "ownerName": _OWNER_NAME,
    "creationDate": _CREATED,
    "isDeployed": flag(lambda _stock, vapp: vapp.deployed),
    "isEnabled": always(True),
    "isBusy": always(False),
    "isInMaintenanceMode": always(False),
    "isAutoNature": always(False),
    "isExpired": always(False),
}
VAPP: Columns = {**_VAPP_COMMON, "isPublic": always(False)}
ADMIN_VAPP: Columns = {
    **_VAPP_COMMON,
    "org": _ORG,
    "isVdcEnabled": flag(lambda stock, vapp: _enabled(stock, vapp.vdc_id)),
    "storageKB": number(lambda _stock, vapp: sum(vm.size for vm in vapp.vms.values()) // 1024),
    "numberOfVMs": number(lambda _stock, vapp: len(vapp.vms)),
    "cpuAllocationMhz": number(lambda _stock, vapp: MHZ_PER_CPU * sum(vm.cpus for vm in vapp.vms.values())),
    "memoryAllocationMB": number(lambda _stock, vapp: sum(vm.memory_mb for vm in vapp.vms.values())),
}

# VMs


def _nic(vm: Vm) -> Any:
    return vm.primary_nic or next(iter(vm.nics), None)


def _network_name(_stock: Stock, vm: Vm) -> str | None:
    nic = _nic(vm)
    return nic.network if nic is not None else None


def _network(stock: Stock, vm: Vm) -> Ref | None:
    nic = _nic(vm)
    network = stock.workloads.networks().get(nic.network_id) if nic is not None and nic.network_id else None
    return network_ref(network) if network is not None else None


def _ip(_stock: Stock, vm: Vm) -> str | None:
    nic = _nic(vm)
    return nic.ip if nic is not None else None


def tools_status(vm: Vm) -> str:
    """The words are vSphere's (INFERRED: the schema gives the attribute and no values)."""
    if not vm.tools:
        return "toolsNotInstalled"
    return "toolsOk" if vm.powered_on else "toolsNotRunning"


def _owner(vm: Vm) -> str:
    holder = vm.vapp or vm.template
    return holder.owner if holder is not None else ""


_VM_COMMON: Columns = {
    "name": _NAME,
    "container": text(lambda _stock, vm: holder_ref(vm)),
    "containerName": text(lambda _stock, vm: holder_ref(vm).name),  # type: ignore[union-attr]
    "vdc": text(lambda stock, vm: stock.vdc_ref(vdc_of(vm))),
    "isVAppTemplate": flag(lambda _stock, vm: vm.template is not None),
    "isDeleted": always(False),
    "guestOs": text(lambda _stock, vm: vm.guest.name),
    "numberOfCpus": number(lambda _stock, vm: vm.cpus),
    "memoryMB": number(lambda _stock, vm: vm.memory_mb),
    "status": text(lambda _stock, vm: STATES[vm.status]),
    "networkName": text(_network_name),
    "isDeployed": flag(lambda _stock, vm: vm.deployed),
    "isPublished": always(False),
    "catalogName": text(lambda _stock, vm: vm.template.item.catalog.name if vm.template is not None else None),
    "hardwareVersion": number(lambda _stock, vm: vm.hardware),
    "storageProfileName": text(lambda _stock, vm: vm.profile[1] if vm.profile else None),
    "gcStatus": _NOTHING,
    "isAutoNature": always(False),
}
VM: Columns = {
    **_VM_COMMON,
    "owner": text(lambda stock, vm: stock.user_ref(org_of(vm), _owner(vm))),
    "ownerName": text(lambda _stock, vm: _owner(vm)),
    "network": text(_network),
    "ipAddress": text(_ip),
    "isBusy": always(False),
    "vmToolsStatus": text(lambda _stock, vm: tools_status(vm)),
    "isInMaintenanceMode": always(False),
    "autoUndeployDate": _NOTHING,
    "autoDeleteDate": _NOTHING,
    "isAutoUndeployNotified": always(False),
    "isAutoDeleteNotified": always(False),
}
ADMIN_VM: Columns = {
    **_VM_COMMON,
    "org": text(lambda stock, vm: stock.org_ref(org_of(vm))),
    "vc": text(lambda stock, _vm: stock.vcenter_ref()),
    "moref": text(lambda stock, vm: stock.moref(vm)),
    "hostName": text(lambda stock, vm: f"esx-{int(vm.id[:2], 16) % 4 + 1:02d}.{stock.workloads.short}".lower()),
    "datastoreName": text(lambda stock, _vm: f"{stock.workloads.short} VSAN"),
    "isVdcEnabled": flag(lambda stock, vm: _enabled(stock, vdc_of(vm))),
    "vmToolsVersion": number(lambda _stock, vm: vm.tools),
}

# Catalogs

_CATALOG_COMMON: Columns = {
    "name": _NAME,
    "description": _DESCRIPTION,
    "isPublished": flag(lambda _stock, one: one.published),
    "isShared": flag(lambda _stock, one: one.shared),
    "creationDate": _CREATED,
    "orgName": _ORG_NAME,
    "owner": _OWNER,
    "ownerName": _OWNER_NAME,
    "numberOfMedia": always(0),
    "publishSubscriptionType": always("UNPUBLISHED"),
    "version": number(lambda _stock, one: one.version),
    "status": always("READY"),
}
_TEMPLATES = number(lambda _stock, one: len(one.items))
CATALOG: Columns = {**_CATALOG_COMMON, "numberOfVAppTemplates": _TEMPLATES}
# The schema names the number of templates differently here, the contract's table does not: both are told.
ADMIN_CATALOG: Columns = {
    **_CATALOG_COMMON,
    "org": _ORG,
    "numberOfTemplates": _TEMPLATES,
    "numberOfVAppTemplates": _TEMPLATES,
}


def _vdc_of_item(item: CatalogItem) -> str:
    return item.template.vdc_id if item.template is not None else ""


CATALOG_ITEM: Columns = {
    "name": _NAME,
    "entity": text(lambda _stock, one: template_ref(one.template) if one.template is not None else None),
    "entityName": text(lambda _stock, one: one.template.name if one.template is not None else None),
    # The word is the one of the query type (INFERRED: the contract names the column alone).
    "entityType": always("vapptemplate"),
    "catalog": text(lambda _stock, one: catalog_ref(one.catalog)),
    "catalogName": text(lambda _stock, one: one.catalog.name),
    "owner": text(lambda stock, one: stock.user_ref(one.catalog.org, one.catalog.owner)),
    "ownerName": text(lambda _stock, one: one.catalog.owner),
    "isPublished": flag(lambda _stock, one: one.catalog.published),
    "vdc": text(lambda stock, one: stock.vdc_ref(_vdc_of_item(one))),
    "vdcName": text(lambda stock, one: stock.vdc_ref(_vdc_of_item(one)).name),
    "isVdcEnabled": flag(lambda stock, one: _enabled(stock, _vdc_of_item(one))),
    "creationDate": _CREATED,
    "isExpired": always(False),
    "status": always("RESOLVED"),
}


def _profile_name(_stock: Stock, template: Template) -> str | None:
    profile = next((vm.profile for vm in template.vms.values() if vm.profile), None)
    return profile[1] if profile else None


_TEMPLATE_COMMON: Columns = {
    "name": _NAME,
    "org": _ORG,
    "ownerName": _OWNER_NAME,
    "catalogName": text(lambda _stock, one: one.item.catalog.name),
    "isPublished": flag(lambda _stock, one: one.item.catalog.published),
    "vdc": _VDC,
    "vdcName": _VDC_NAME,
    "creationDate": _CREATED,
    "isBusy": always(False),
    "isGoldMaster": always(False),
    "isEnabled": always(True),
    "isExpired": always(False),
    "isDeployed": always(False),
    "status": always("RESOLVED"),
    "storageProfileName": text(_profile_name),
}
VAPP_TEMPLATE: Columns = {**_TEMPLATE_COMMON, "description": _DESCRIPTION, "version": always(1)}
ADMIN_VAPP_TEMPLATE: Columns = {
    **_TEMPLATE_COMMON,
    "owner": _OWNER,
    "isVdcEnabled": flag(lambda stock, one: _enabled(stock, one.vdc_id)),
    "catalog": text(lambda _stock, one: catalog_ref(one.item.catalog)),
    "catalogItem": text(lambda _stock, one: item_ref(one.item)),
}

# Networks and storage

ORG_VDC_NETWORK: Columns = {
    "name": _NAME,
    "defaultGateway": text(lambda _stock, one: one.gateway),
    "netmask": text(lambda _stock, one: one.netmask),
    "dns1": text(lambda _stock, one: one.dns1 or None),
    "dns2": text(lambda _stock, one: one.dns2 or None),
    "dnsSuffix": text(lambda _stock, one: one.suffix or None),
    "linkType": number(lambda _stock, one: 1 if one.routed else 2),
    "connectedTo": text(lambda _stock, one: edge_name(one) if one.routed else None),
    "vdc": _VDC,
    "vdcName": _VDC_NAME,
    "isBusy": always(False),
    "isShared": always(False),
    "isIpScopeInherited": always(False),
    "usedIpCount": number(lambda stock, one: stock.facts.by_network.get(one.id, 0)),
    "totalIpCount": number(lambda _stock, one: one.total),
    "interfaceType": always(0),
}


# The older look at the same networks: columns of the schema, and the two of them that pyvcloud reads without asking.
ORG_NETWORK: Columns = {
    "name": _NAME,
    "org": _ORG,
    "gateway": text(lambda _stock, one: one.gateway),
    **{
        name: ORG_VDC_NETWORK[name] for name in ("netmask", "dns1", "dns2", "dnsSuffix", "isBusy", "isIpScopeInherited")
    },
    "linkType": ORG_VDC_NETWORK["linkType"],
    "connectedTo": ORG_VDC_NETWORK["connectedTo"],
}


def edge_name(network: Network) -> str:
    """The edge gateway that a routed network is connected to; gateways themselves are not simulated."""
    return f"{network.org} Edge"


_PROFILE_COMMON: Columns = {
    "name": _NAME,
    "isEnabled": always(True),
    "isDefaultStorageProfile": flag(lambda _stock, one: one.default),
    "storageUsedMB": number(lambda stock, one: stock.facts.by_profile.get(one.id, 0)),
    "storageLimitMB": number(lambda _stock, one: one.limit_mb),
    "iopsAllocated": always(0),
    "iopsLimit": always(0),
    "numberOfConditions": always(0),
    "vdc": _VDC,
    "vdcName": _VDC_NAME,
}
ORG_VDC_STORAGE_PROFILE: Columns = {**_PROFILE_COMMON, "isVdcBusy": always(False)}
ADMIN_ORG_VDC_STORAGE_PROFILE: Columns = {
    **_PROFILE_COMMON,
    "org": _ORG,
    "vc": text(lambda stock, _one: stock.vcenter_ref()),
    "storageProfileMoref": text(lambda stock, one: stock.pvdc_profile_ref(one.name).id),
}

# Users


class Member(NamedTuple):
    """A user as a row."""

    id: str
    name: str
    org: str
    user: User


USER: Columns = {
    "name": _NAME,
    "fullName": text(lambda stock, one: stock.full_name(one.user)),
    "isEnabled": flag(lambda _stock, one: one.user.enabled),
    "numberOfDeployedVMs": always(0),
    "deployedVMQuota": always(0),
    "numberOfStoredVMs": always(0),
    "storedVMQuota": always(0),
    "isLdapUser": always(False),
    "identityProviderType": always("LOCAL"),
}
ADMIN_USER: Columns = {**USER, "org": _ORG}
