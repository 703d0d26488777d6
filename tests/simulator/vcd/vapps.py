"""vApps, vApp templates and their VMs, for reading (contract section 4.4): `/api/vApp/...`, `/api/vAppTemplate/...`.

Changing them is not simulated: the contract has no call for it. What happens to them comes through the control listener
and through vCloud Availability.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..machines import Template, Vapp, Vm
from ..wire import Reply
from .exchange import Exchange, not_found
from .hardware import NAMESPACES, NETWORK_MEDIA, VM_MEDIA, info, network_section, vm_element
from .markup import Element, Value
from .records import moment, vapp_state
from .routes import Route, Routes
from .stock import ACCESS_MEDIA, Ref, Stock, network_ref, parts_of, profile_ref, template_ref, vapp_ref, vm_ref

_V = "application/vnd.vmware.vcloud"
VAPP_MEDIA = f"{_V}.vApp"
TEMPLATE_MEDIA = f"{_V}.vAppTemplate"
# Of a template that is complete: as of a VM that is switched off (INFERRED).
_TEMPLATE_STATE = 8
# Sections that have an address of their own; each shows what the whole document shows.
_SECTIONS = (
    "networkConfigSection",
    "leaseSettingsSection",
    "guestCustomizationSection",
    "virtualHardwareSection",
    "operatingSystemSection",
)


class Vapps:
    """The documents of vApps, templates and VMs."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("GET", "/api/vApp/*", Route(self.read))
        for path in ("/api/vApp/*", "/api/vAppTemplate/*"):
            for section in _SECTIONS:
                routes.add("GET", f"{path}/{section}", Route(self.read_section))
        routes.add("GET", "/api/vApp/*/networkConnectionSection", Route(self.read_network))
        routes.add("GET", "/api/vApp/*/controlAccess", Route(self.read_access))
        routes.add("GET", "/api/vAppTemplate/*", Route(self.read_template))
        routes.add("GET", "/api/vAppTemplate/*/networkConnectionSection", Route(self.read_network))

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/vApp/vapp-{uuid}` and `GET /api/vApp/vm-{uuid}`."""
        kind, bare = parts_of(identity, ("vapp", "vm"), exchange.request.path)
        if kind == "vm":
            return self._show_vm(exchange, self.stock.vm(exchange, bare))
        root = self._vapp(exchange.base_url, self.stock.vapp(exchange, bare))
        return exchange.element(root, VAPP_MEDIA)

    def read_template(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/vAppTemplate/vappTemplate-{uuid}` and `GET /api/vAppTemplate/vm-{uuid}`."""
        kind, bare = parts_of(identity, ("vappTemplate", "vm"), exchange.request.path)
        if kind == "vm":
            return self._show_vm(exchange, self.stock.vm(exchange, bare, of_templates=True))
        root = self._template(exchange.base_url, self.stock.template(exchange, bare))
        return exchange.element(root, TEMPLATE_MEDIA)

    def _show_vm(self, exchange: Exchange, vm: Vm) -> Reply:
        return exchange.element(vm_element(self.stock, exchange.base_url, vm), VM_MEDIA)

    def read_network(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../vm-{uuid}/networkConnectionSection/`."""
        _kind, bare = parts_of(identity, ("vm",), exchange.request.path)
        vm = self.stock.vm(exchange, bare, of_templates=exchange.parts[1] == "vAppTemplate")
        root = network_section(vm, vm_ref(vm).href(exchange.base_url), root=True)
        return exchange.element(root, NETWORK_MEDIA)

    def read_section(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../{section}/`, the address that a section carries."""
        of_templates = exchange.parts[1] == "vAppTemplate"
        kinds = ("vappTemplate", "vm") if of_templates else ("vapp", "vm")
        kind, bare = parts_of(identity, kinds, exchange.request.path)
        base = exchange.base_url
        if kind == "vm":
            whole = vm_element(self.stock, base, self.stock.vm(exchange, bare, of_templates=of_templates))
        elif of_templates:
            whole = self._template(base, self.stock.template(exchange, bare))
        else:
            whole = self._vapp(base, self.stock.vapp(exchange, bare))
        address = f"{whole.attributes['href']}/{exchange.parts[3]}/"
        for child in whole.children:
            if address in (child.attributes.get("href"), child.attributes.get("vcloud:href")):
                media = child.attributes.get("type") or child.attributes.get("vcloud:type")
                root = replace(child, attributes={**NAMESPACES, **child.attributes})
                return exchange.element(root, str(media).removesuffix("+xml"))
        raise not_found(exchange.request.path)

    def read_access(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/vApp/vapp-{uuid}/controlAccess/`: nobody's but the owner's. The contract does not have it, but
        vcd-cli follows the link before it shows a vApp."""
        _kind, bare = parts_of(identity, ("vapp",), exchange.request.path)
        place = vapp_ref(self.stock.vapp(exchange, bare))
        attributes: dict[str, Value | None] = {
            "href": f"{place.href(exchange.base_url)}/controlAccess/",
            "type": f"{ACCESS_MEDIA}+xml",
        }
        root = Element("ControlAccessParams", attributes, [Element("IsSharedToEveryone", text=False)])
        return exchange.element(root, ACCESS_MEDIA)

    # Documents

    def _owner(self, base: str, org: str, name: str) -> Element:
        user = self.stock.user_ref(org, name)
        media = "application/vnd.vmware.admin.user+xml"
        reference = Element("User", {"href": user.href(base), "id": user.urn, "name": name, "type": media})
        return Element("Owner", {"type": f"{_V}.owner+xml"}, [reference])

    def _vapp(self, base: str, vapp: Vapp) -> Element:
        place = vapp_ref(vapp)
        href = place.href(base)
        vdc = self.stock.vdc_ref(vapp.vdc_id)
        links: list[dict[str, Value | None]] = [
            {"rel": "up", "href": vdc.href(base), "name": vdc.name, "type": f"{_V}.vdc+xml"},
            {"rel": "down", "href": f"{href}/metadata", "type": f"{_V}.metadata+xml"},
            {"rel": "down", "href": f"{href}/controlAccess/", "type": f"{ACCESS_MEDIA}+xml"},
        ]
        attributes: dict[str, Value | None] = {
            **NAMESPACES,
            "ovfDescriptorUploaded": True,
            "deployed": vapp.deployed,
            "status": vapp_state(self.stock, vapp),
            "name": vapp.name,
            "id": place.urn,
            "href": href,
            "type": f"{VAPP_MEDIA}+xml",
        }
        machines = [vm_element(self.stock, base, vm, root=False) for vm in vapp.vms.values()]
        children = [
            *(Element("Link", one) for one in links),
            Element("Description", text=vapp.description or None),
            _lease(href),
            _startup(vapp.vms.values()),
            *self._networks(base, vapp.vms.values(), href),
            Element("DateCreated", text=moment(vapp.created)),
            self._owner(base, vapp.org, vapp.owner),
            Element("autoNature", text=False),
            Element("InMaintenanceMode", text=False),
            *([Element("Children", {}, machines, many="vm")] if machines else []),
        ]
        return Element("VApp", attributes, children)

    def _template(self, base: str, template: Template) -> Element:
        place = template_ref(template)
        href = place.href(base)
        vdc = self.stock.vdc_ref(template.vdc_id)
        item = Ref("catalogitem", "/api/catalogItem/", template.item.id, template.item.name)
        links: list[dict[str, Value | None]] = [
            {"rel": "up", "href": vdc.href(base), "name": vdc.name, "type": f"{_V}.vdc+xml"},
            {"rel": "catalogItem", "href": item.href(base), "name": item.name, "type": f"{_V}.catalogItem+xml"},
            {"rel": "down", "href": f"{href}/metadata", "type": f"{_V}.metadata+xml"},
        ]
        attributes: dict[str, Value | None] = {
            **NAMESPACES,
            "goldMaster": False,
            "ovfDescriptorUploaded": True,
            "status": _TEMPLATE_STATE,
            "name": template.name,
            "id": place.urn,
            "href": href,
            "type": f"{TEMPLATE_MEDIA}+xml",
        }
        machines = [vm_element(self.stock, base, vm, root=False) for vm in template.vms.values()]
        profile = next((vm.profile for vm in template.vms.values() if vm.profile), None)
        children = [
            *(Element("Link", one) for one in links),
            Element("Description", text=template.description or None),
            self._owner(base, template.org, template.owner),
            Element("Children", {}, machines, many="vm"),
            *self._networks(base, template.vms.values(), href),
            _lease(href),
        ]
        if profile:
            place = profile_ref(profile)
            media = f"{_V}.vdcStorageProfile+xml"
            reference = {"href": place.href(base), "id": place.urn, "name": place.name, "type": media}
            children.append(Element("DefaultStorageProfile", reference))
        children.append(Element("DateCreated", text=moment(template.created)))
        return Element("VAppTemplate", attributes, children)

    def _networks(self, base: str, vms: Iterable[Vm], href: str) -> tuple[Element, Element]:
        """The networks that its VMs are on, each connected directly to the organization VDC's network of its name."""
        names = {nic.network: nic.network_id for vm in vms for nic in vm.nics}
        known = self.stock.workloads.networks()
        described, configured = [], []
        for name, identity in names.items():
            described.append(Element("ovf:Network", {"ovf:name": name}, [Element("ovf:Description")]))
            network = known.get(identity) if identity else None
            inside = []
            if network is not None:
                scope = [
                    Element("IsInherited", text=True),
                    Element("Gateway", text=network.gateway),
                    Element("Netmask", text=network.netmask),
                    Element("IsEnabled", text=True),
                ]
                inside.append(Element("IpScopes", {}, [Element("IpScope", {}, scope)], many="ipScope"))
                parent = network_ref(network)
                reference = {"href": parent.href(base), "id": parent.urn, "name": parent.name}
                inside.append(Element("ParentNetwork", reference))
            inside.append(Element("FenceMode", text="bridged" if network is not None else "isolated"))
            configured.append(
                Element(
                    "NetworkConfig",
                    {"networkName": name},
                    [
                        Element("Description"),
                        Element("Configuration", {}, inside),
                        Element("IsDeployed", text=network is not None),
                    ],
                )
            )
        return (
            Element(
                "ovf:NetworkSection",
                {},
                [info("The list of logical networks"), *described],
                many="network",
                section="NetworkSectionType",
            ),
            Element(
                "NetworkConfigSection",
                {
                    "ovf:required": False,
                    "href": f"{href}/networkConfigSection/",
                    "type": f"{_V}.networkConfigSection+xml",
                },
                [info("The configuration parameters for logical networks"), *configured],
                many="networkConfig",
                section="NetworkConfigSectionType",
            ),
        )


def _lease(href: str) -> Element:
    return Element(
        "LeaseSettingsSection",
        {"ovf:required": False, "href": f"{href}/leaseSettingsSection/", "type": f"{_V}.leaseSettingsSection+xml"},
        [
            info("Lease settings section"),
            Element("DeploymentLeaseInSeconds", text=0),
            Element("StorageLeaseInSeconds", text=0),
        ],
        section="LeaseSettingsSectionType",
    )


def _startup(vms: Iterable[Vm]) -> Element:
    items = [
        Element(
            "ovf:Item",
            {
                "ovf:id": vm.name,
                "ovf:order": 0,
                "ovf:startAction": "powerOn",
                "ovf:startDelay": 0,
                "ovf:stopAction": "powerOff",
                "ovf:stopDelay": 0,
            },
        )
        for vm in vms
    ]
    return Element(
        "ovf:StartupSection", {}, [info("VApp startup section"), *items], many="item", section="StartupSectionType"
    )
