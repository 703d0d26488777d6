"""The objects of plug-ins and of the system (contract section 12): the site's vCloud Director, the VMs of its vCenter,
REST hosts, and what the orchestrator itself holds.

Names of attributes differ by plug-in, on purpose: `id` or `dunesId`, `displayName` or `name`, `type`, `@type` or
`@fullType`. dunesIds have the forms of section 12; those of organizations, VDCs and hosts of the vCloud plug-in
follow the one that is known, that of VMs (INFERRED), and the names of its relations are INFERRED, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..identity import stable_id
from ..machines import Vapp, Vdc, Vm
from ..world import Organization
from .catalog import Item, ObjectType, PluginFailure
from .exchange import Exchange
from .routes import Routes
from .server import Room, Server
from .store import (
    CONFIGURATION_CATEGORY,
    MODULE_CATEGORY,
    RESOURCE_CATEGORY,
    WORKFLOW_CATEGORY,
    Action,
    Category,
    Configuration,
    Element,
    Resource,
    RestHost,
    RestOperation,
    SdkConnection,
    Workflow,
)

if TYPE_CHECKING:
    from ..world import Site


_ROOTS = ("Host", "SdkConnection", "RESTHost")
"""Types with which the inventory tree of a plug-in begins."""


def moref(vm: Vm) -> str:
    """The vCenter's name for a VM, the same that the vCloud Director's `moref` tells."""
    return f"vm-{int(vm.id[:6], 16)}"


class VcloudPlugin:
    """`vCloud:Host`, `Organization`, `Vdc`, `VApp` and `VM`: what a connection to the site's vCloud Director shows."""

    def __init__(self, server: Server) -> None:
        self.world = server.world
        self.site: Site = server.site
        self.url = self.site.spec.vcd_url
        self.host_id = stable_id("vro-vcd-host", self.site.name).replace("-", "")

    def _reach(self) -> None:
        """Raises PluginFailure while the vCloud Director is away."""
        vcd = self.world.services.get(f"{self.site.name}/vcd")
        if vcd is not None and (self.world.is_closed(vcd) or self.world.is_restarting(vcd)):
            raise PluginFailure(f"Cannot connect to {self.url}")

    def _id(self, path: str) -> str:
        return f"{self.host_id}////{self.url}/api/{path}"

    def _item(self, kind: str, identity: str, name: str, thing: Any, children: Any = None, **more: object) -> Item:
        attributes = {"dunesId": identity, "displayName": name, "@type": kind, "@fullType": f"vCloud:{kind}", **more}
        return Item(f"vCloud:{kind}", identity, name, attributes, children or {}, thing)

    def hosts(self) -> list[Item]:
        """The one connection."""
        name = f"{self.site.spec.vcd_host} (System)"
        children = {"organizations": self.organizations}
        return [self._item("Host", self.host_id, name, None, children, url=self.url)]

    def organizations(self) -> list[Item]:
        """All of the site, by name."""
        self._reach()
        return [self._organization(one) for _name, one in sorted(self.site.organizations.items())]

    def _organization(self, org: Organization) -> Item:
        children = {"vdcs": partial(self._vdcs_of, org.name)}
        return self._item("Organization", self._id(f"org/{org.id}"), org.name, org, children, fullName=org.full_name)

    def _vdcs_of(self, org: str) -> list[Item]:
        return [self._vdc(one) for one in self.site.workloads.vdcs_of(org)]

    def vdcs(self) -> list[Item]:
        """All of all organizations."""
        self._reach()
        return [self._vdc(one) for one in self.site.workloads.vdcs()]

    def _vdc(self, vdc: Vdc) -> Item:
        children = {"vapps": partial(self._vapps_in, vdc.id)}
        return self._item("Vdc", self._id(f"vdc/{vdc.id}"), vdc.name, vdc, children)

    def _vapps_in(self, vdc_id: str) -> list[Item]:
        return [self._vapp(one) for one in self.site.workloads.vapps_of(None) if one.vdc_id == vdc_id]

    def vapps(self) -> list[Item]:
        """All of all organizations."""
        self._reach()
        return [self._vapp(one) for one in self.site.workloads.vapps_of(None)]

    def _vapp(self, vapp: Vapp) -> Item:
        children = {"vms": lambda: [self._vm(one) for one in vapp.vms.values()]}
        more = {"description": vapp.description or None}
        return self._item("VApp", self._id(f"vApp/vapp-{vapp.id}"), vapp.name, vapp, children, **more)

    def vms(self) -> list[Item]:
        """All of all vApps."""
        self._reach()
        return [self._vm(one) for one in self.site.workloads.vms_of(None)]

    def vm(self, identity: str) -> Item | None:
        """One of them by its dunesId."""
        self._reach()
        vm = self.site.workloads.vms.get(identity.removeprefix(self._id("vApp/vm-")))
        return self._vm(vm) if vm is not None and identity == self._id(f"vApp/vm-{vm.id}") else None

    def _vm(self, vm: Vm) -> Item:
        more = {"description": vm.description or None, "moref": moref(vm)}
        return self._item("VM", self._id(f"vApp/vm-{vm.id}"), vm.name, vm, None, **more)


class VcPlugin:
    """`VC:SdkConnection` and `VC:VirtualMachine`. The site's vCenter runs the VMs of its vCloud Director, and its own
    appliances; they are seen through a connection that is enabled."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def connections(self) -> list[Item]:
        """All that were made, the site's own one among them."""
        return [self._connection(one) for one in self.server.store.sdk_connections.values()]

    def _connection(self, one: SdkConnection) -> Item:
        attributes = {
            "id": one.id,
            "name": one.url,
            "displayName": one.url,
            "@type": "SdkConnection",
            "enabled": one.enabled,
        }
        children = {"virtualMachines": partial(self._machines_of, one)}
        return Item("VC:SdkConnection", one.id, one.url, attributes, children, one)

    def machines(self) -> list[Item]:
        """The machines of all connections."""
        return [item for one in self.server.store.sdk_connections.values() for item in self._machines_of(one)]

    def _machines_of(self, one: SdkConnection) -> list[Item]:
        site = self.server.site
        if one.host != str(site.spec.vcenter.get("host", "")) or not one.enabled:
            return []
        found: list[tuple[str, str, Any, bool]] = [
            (moref(vm), f"{vm.name} ({vm.id})", vm, vm.powered_on) for vm in site.workloads.vms_of(None)
        ]
        found += [(f"vm-{1000 + number}", spec.name, spec, True) for number, spec in enumerate(site.spec.appliances)]
        return [self._machine(one, *each) for each in found]

    @staticmethod
    def _machine(one: SdkConnection, ref: str, name: str, thing: Any, on: bool) -> Item:
        identity = f"{one.id},id:{ref}"
        attributes = {
            "id": identity,
            "name": name,
            "displayName": name,
            "type": "VirtualMachine",
            "vmwareId": ref,
            "state": "poweredOn" if on else "poweredOff",
        }
        return Item("VC:VirtualMachine", identity, name, attributes, {}, thing)


class RestPlugin:
    """`REST:RESTHost` and `REST:RESTOperation`: what the library workflows make."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def hosts(self) -> list[Item]:
        """All."""
        return [self._host(one) for one in self.server.store.rest_hosts.values()]

    def _host(self, host: RestHost) -> Item:
        attributes = {"id": host.id, "name": host.name, "type": "REST:RESTHost", "url": host.url}
        attributes["authentication"] = host.authentication
        children = {"operations": lambda: [self._operation(host, one) for one in host.operations.values()]}
        return Item("REST:RESTHost", host.id, host.name, attributes, children, host)

    def operations(self) -> list[Item]:
        """Of all hosts."""
        return [
            self._operation(host, one)
            for host in self.server.store.rest_hosts.values()
            for one in host.operations.values()
        ]

    @staticmethod
    def _operation(host: RestHost, one: RestOperation) -> Item:
        attributes = {
            "id": one.id,
            "name": one.name,
            "type": "REST:RESTOperation",
            "method": one.method,
            "urlTemplate": one.url_template,
            "hostId": host.id,
        }
        return Item("REST:RESTOperation", one.id, one.name, attributes, {}, one)


class SystemTypes:
    """Content elements and folders as objects; executions and the like are added by the rooms that have them."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def elements(self, kind: str) -> list[Item]:
        """All of one kind."""
        return [self._element(one) for one in self.server.store.of_kind(kind).values()]

    def _element(self, element: Element) -> Item:
        attributes: dict[str, object] = {
            "id": element.id,
            "name": element.name,
            "type": element.kind,
            "description": element.description,
            "version": element.version,
        }
        if isinstance(element, Workflow):
            attributes["categoryName"] = self.server.store.categories[element.category_id].name
        elif isinstance(element, Action):
            module = self.server.store.module_of(element)
            attributes |= {"module": module, "fqn": f"{module}/{element.name}"}
        return Item(f"System:{element.kind}", element.id, element.name, attributes, {}, element)

    def folders(self, category_type: str) -> list[Item]:
        """All of one type."""
        found = [one for one in self.server.store.categories.values() if one.type == category_type]
        return [self._folder(one) for one in sorted(found, key=self.server.store.path_of)]

    def _folder(self, category: Category) -> Item:
        store = self.server.store
        attributes = {
            "id": category.id,
            "name": category.name,
            "type": category.type,
            "description": category.description,
            "path": store.path_of(category),
        }
        children: dict[str, Any] = {
            "categories": lambda: [self._folder(one) for one in store.children_of(category.id)],
            "workflows" if category.type == WORKFLOW_CATEGORY else "elements": lambda: [
                self._element(one) for one in store.elements_in(category.id)
            ],
        }
        root = category.parent_id is None
        return Item(f"System:{category.type}", category.id, category.name, attributes, children, category, root)

    def sees(self, exchange: Exchange, item: Item) -> bool:
        """Permissions hold here as they do elsewhere."""
        return self.server.can_see(exchange, item.thing)


class Inventory(Room):
    """Makes the types known; their calls are the catalog's."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        catalog = server.catalog
        vcloud, vcenter, rest, system = VcloudPlugin(server), VcPlugin(server), RestPlugin(server), SystemTypes(server)
        shown: Sequence[tuple[str, str, Any]] = (
            ("vCloud", "Host", vcloud.hosts),
            ("vCloud", "Organization", vcloud.organizations),
            ("vCloud", "Vdc", vcloud.vdcs),
            ("vCloud", "VApp", vcloud.vapps),
            ("vCloud", "VM", vcloud.vms),
            ("VC", "SdkConnection", vcenter.connections),
            ("VC", "VirtualMachine", vcenter.machines),
            ("REST", "RESTHost", rest.hosts),
            ("REST", "RESTOperation", rest.operations),
        )
        for namespace, name, items in shown:
            one = vcloud.vm if items == vcloud.vms else None
            catalog.add(ObjectType(namespace, name, items, one=one, root=name in _ROOTS))
        for kind in (Workflow.kind, Action.kind, Configuration.kind, Resource.kind):
            catalog.add(ObjectType("System", kind, partial(system.elements, kind), seen_by=system.sees))
        for name in (WORKFLOW_CATEGORY, MODULE_CATEGORY, CONFIGURATION_CATEGORY, RESOURCE_CATEGORY):
            catalog.add(ObjectType("System", name, partial(system.folders, name), system.sees, root=True))
        if server.release.generation >= 9:
            # "Some 9.x namespaces" (section 12); which ones is not told.
            catalog.wrapped = frozenset({"VC", "REST"})
        self.clear()

    def register(self, routes: Routes) -> None:
        """The catalog has the calls."""

    def clear(self) -> None:
        """The plug-in VC is connected to the site's vCenter, where the estate has one."""
        vcenter = str(self.server.site.spec.vcenter.get("host", ""))
        if vcenter:
            self.server.store.sdk_connections[vcenter] = SdkConnection(vcenter, user="administrator@vsphere.local")
