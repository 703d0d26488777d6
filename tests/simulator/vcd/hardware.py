"""The document of a VM: its links, what it is made of, its adapters and its disks.

The contract (4.4) gives the address and the states; element names and their order are those of the published schema
(`VmType`, `VmSpecSectionType`, `NetworkConnectionSectionType`) and what pyvcloud reads of them.
"""

from __future__ import annotations

from ..machines import FIRST_DISK, MIB, Nic, Vm
from .markup import VCLOUD_NAMESPACE, Element, Value
from .records import moment
from .stock import MHZ_PER_CPU, Stock, holder_ref, profile_ref, vdc_of, vm_ref

VM_MEDIA = "application/vnd.vmware.vcloud.vm"
NETWORK_MEDIA = "application/vnd.vmware.vcloud.networkConnectionSection"
_V = "application/vnd.vmware.vcloud"
_RASD = "application/vnd.vmware.vcloud.virtualHardwareSection+xml"
NAMESPACES: dict[str, Value | None] = {
    "xmlns:vcloud": VCLOUD_NAMESPACE,
    "xmlns:ovf": "http://schemas.dmtf.org/ovf/envelope/1",
    "xmlns:rasd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData",
    "xmlns:vssd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData",
    "xmlns:vmw": "http://www.vmware.com/schema/ovf",
}
"""On the root of every document that has OVF sections."""


def info(text: str) -> Element:
    """The sentence that every OVF section begins with."""
    return Element("ovf:Info", text=text)


def vm_element(stock: Stock, base: str, vm: Vm, *, root: bool = True) -> Element:
    """The whole `Vm`, alone or as a child of its vApp."""
    place = vm_ref(vm)
    href = place.href(base)
    attributes: dict[str, Value | None] = {**NAMESPACES} if root else {}
    attributes |= {
        "needsCustomization": False,
        "nestedHypervisorEnabled": False,
        "deployed": vm.deployed,
        "status": vm.status,
        "name": vm.name,
        "id": place.urn,
        "href": href,
        "type": f"{VM_MEDIA}+xml",
    }
    children = [
        *_links(stock, base, vm, href),
        Element("Description", text=vm.description or None),
        _specification(base, vm),
        _virtual_hardware(base, vm, href),
        _operating_system(vm, href),
        network_section(vm, href),
        _customization(vm, href),
    ]
    if vm.tools:
        tools = Element("VMWareTools", {"version": str(vm.tools)})
        section = "RuntimeInfoSectionType"
        children.append(
            Element("RuntimeInfoSection", {}, [info("Specifies Runtime info"), tools], section=section)
        )  # fmt: skip
    children.append(Element("DateCreated", text=moment(vm.created)))
    children.append(Element("VAppScopedLocalId", text=vm.id))
    if vm.profile:
        children.append(
            Element(
                "StorageProfile",
                {
                    "href": profile_ref(vm.profile).href(base),
                    "id": profile_ref(vm.profile).urn,
                    "name": vm.profile[1],
                    "type": f"{_V}.vdcStorageProfile+xml",
                },
            )
        )
    return Element("Vm", attributes, children)


def _links(stock: Stock, base: str, vm: Vm, href: str) -> list[Element]:
    links: list[dict[str, Value | None]] = []
    holder = holder_ref(vm)
    if holder is not None:
        kind = "vApp" if vm.vapp is not None else "vAppTemplate"
        links.append({"rel": "up", "href": holder.href(base), "name": holder.name, "type": f"{_V}.{kind}+xml"})
    vdc = stock.vdc_ref(vdc_of(vm))
    links.append({"rel": "down", "href": f"{href}/metadata", "type": f"{_V}.metadata+xml"})
    links.append({"rel": "down", "href": f"{href}/networkConnectionSection/", "type": f"{NETWORK_MEDIA}+xml"})
    links.append({"rel": "vdc", "href": vdc.href(base), "name": vdc.name, "type": f"{_V}.vdc+xml"})
    return [Element("Link", one) for one in links]


def _specification(base: str, vm: Vm) -> Element:
    disks = [
        Element(
            "DiskSettings",
            {},
            [
                Element("DiskId", text=str(key)),
                Element("SizeMb", text=size // MIB),
                Element("UnitNumber", text=key - FIRST_DISK),
                Element("BusNumber", text=0),
                Element("AdapterType", text="5"),
                Element("ThinProvisioned", text=True),
                *(
                    [
                        Element(
                            "StorageProfile",
                            {"href": profile_ref(vm.profile).href(base), "name": vm.profile[1]},
                        )
                    ]
                    if vm.profile
                    else []
                ),
                Element("overrideVmDefault", text=False),
                Element("iops", text=0),
                Element("VirtualQuantityUnit", text="byte"),
                Element("VirtualQuantity", text=size),
            ],
        )
        for key, size in sorted(vm.disks.items())
    ]
    children = [
        info("The configuration parameters for a Virtual Machine"),
        Element("OsType", text=vm.guest.os_type),
        Element("NumCpus", text=vm.cpus),
        Element("NumCoresPerSocket", text=vm.cores_per_socket),
        Element("CpuResourceMhz", {}, [Element("Configured", text=vm.cpus * MHZ_PER_CPU)]),
        Element("MemoryResourceMb", {}, [Element("Configured", text=vm.memory_mb)]),
        Element("MediaSection"),
        Element("DiskSection", {}, disks, many="diskSettings"),
        Element("HardwareVersion", text=f"vmx-{vm.hardware:02d}"),
        Element("VmToolsVersion", text=str(vm.tools)),
        Element("VirtualCpuType", text="VM64"),
        Element("TimeSyncWithHost", text=False),
    ]
    return Element("VmSpecSection", {"Modified": False}, children, section="VmSpecSectionType")


def _item(kind: int, name: str, instance: int, description: str, more: dict[str, Element | Value]) -> Element:
    """One `ovf:Item`; its children stand in the order of the alphabet, as its schema wants."""
    fields: dict[str, Element | Value] = {
        "Description": description,
        "ElementName": name,
        "InstanceID": instance,
        "ResourceType": kind,
        **more,
    }
    children = [
        value if isinstance(value, Element) else Element(f"rasd:{field}", text=value)
        for field, value in sorted(fields.items())
    ]
    return Element("ovf:Item", {}, children)


def _virtual_hardware(base: str, vm: Vm, href: str) -> Element:
    items = [_nic_item(nic, vm.primary) for nic in vm.nics]
    items.append(_item(6, "SCSI Controller 0", 1, "SCSI Controller", {"Address": 0, "ResourceSubType": "VirtualSCSI"}))
    profile = profile_ref(vm.profile).href(base) if vm.profile else None
    for number, (key, size) in enumerate(sorted(vm.disks.items())):
        host = Element(
            "rasd:HostResource",
            {
                "vcloud:storageProfileHref": profile,
                "vcloud:busType": 6,
                "vcloud:busSubType": "VirtualSCSI",
                "vcloud:capacity": size // MIB,
            },
        )
        more: dict[str, Element | Value] = {"AddressOnParent": number, "Parent": 1, "HostResource": host}
        more |= {"VirtualQuantity": size, "VirtualQuantityUnits": "byte"}
        items.append(_item(17, f"Hard disk {number + 1}", key, "Hard disk", more))
    processors: dict[str, Element | Value] = {"AllocationUnits": "hertz * 10^6", "VirtualQuantity": vm.cpus}
    memory: dict[str, Element | Value] = {"AllocationUnits": "byte * 2^20", "VirtualQuantity": vm.memory_mb}
    items.append(_item(3, f"{vm.cpus} virtual CPU(s)", 4, "Number of Virtual CPUs", processors))
    items.append(_item(4, f"{vm.memory_mb} MB of memory", 5, "Memory Size", memory))
    system = Element(
        "ovf:System",
        {},
        [
            Element("vssd:ElementName", text="Virtual Hardware Family"),
            Element("vssd:InstanceID", text=0),
            Element("vssd:VirtualSystemIdentifier", text=vm.name),
            Element("vssd:VirtualSystemType", text=f"vmx-{vm.hardware:02d}"),
        ],
    )
    return Element(
        "ovf:VirtualHardwareSection",
        {"ovf:transport": "", "vcloud:href": f"{href}/virtualHardwareSection/", "vcloud:type": _RASD},
        [info("Virtual hardware requirements"), system, *items],
        many="item",
        section="VirtualHardwareSectionType",
    )


def _nic_item(nic: Nic, primary: int) -> Element:
    attributes: dict[str, Value | None] = {
        "vcloud:ipAddressingMode": nic.mode,
        "vcloud:ipAddress": nic.ip,
        "vcloud:primaryNetworkConnection": nic.number == primary,
    }
    more: dict[str, Element | Value] = {
        "Address": nic.mac,
        "AddressOnParent": nic.number,
        "AutomaticAllocation": nic.connected,
        "Connection": Element("rasd:Connection", attributes, text=nic.network),
        "ResourceSubType": nic.adapter,
    }
    description = f'{nic.adapter} ethernet adapter on "{nic.network}"'
    return _item(10, f"Network adapter {nic.number}", nic.number + 10, description, more)


def _operating_system(vm: Vm, href: str) -> Element:
    return Element(
        "ovf:OperatingSystemSection",
        {
            "ovf:id": 101,
            "vmw:osType": vm.guest.os_type,
            "vcloud:href": f"{href}/operatingSystemSection/",
            "vcloud:type": f"{_V}.operatingSystemSection+xml",
        },
        [info("Specifies the operating system installed"), Element("ovf:Description", text=vm.guest.name)],
        section="OperatingSystemSectionType",
    )


def network_section(vm: Vm, href: str, *, root: bool = False) -> Element:
    """The adapters of a VM: `NetworkConnectionSection`, alone or as a part of its VM."""
    connections = [
        Element(
            "NetworkConnection",
            {"needsCustomization": False, "network": nic.network},
            [
                Element("NetworkConnectionIndex", text=nic.number),
                *([Element("IpAddress", text=nic.ip)] if nic.ip else []),
                Element("IsConnected", text=nic.connected),
                Element("MACAddress", text=nic.mac),
                Element("IpAddressAllocationMode", text=nic.mode),
                Element("NetworkAdapterType", text=nic.adapter),
            ],
        )
        for nic in vm.nics
    ]
    primary = [Element("PrimaryNetworkConnectionIndex", text=vm.primary)] if vm.nics else []
    address = f"{href}/networkConnectionSection/"
    return Element(
        "NetworkConnectionSection",
        {
            **({"xmlns:ovf": NAMESPACES["xmlns:ovf"]} if root else {}),
            "ovf:required": False,
            "href": address,
            "type": f"{NETWORK_MEDIA}+xml",
        },
        [info("Specifies the available VM network connections"), *primary, *connections],
        many="networkConnection",
        section="NetworkConnectionSectionType",
    )


def _customization(vm: Vm, href: str) -> Element:
    computer = "".join(char if char.isalnum() or char == "-" else "-" for char in vm.name)[:15]
    return Element(
        "GuestCustomizationSection",
        {
            "ovf:required": False,
            "href": f"{href}/guestCustomizationSection/",
            "type": f"{_V}.guestCustomizationSection+xml",
        },
        [
            info("Specifies Guest OS Customization Settings"),
            Element("Enabled", text=bool(vm.tools)),
            Element("ChangeSid", text=False),
            Element("VirtualMachineId", text=vm.id),
            Element("JoinDomainEnabled", text=False),
            Element("UseOrgSettings", text=False),
            Element("AdminPasswordEnabled", text=False),
            Element("AdminPasswordAuto", text=False),
            Element("AdminAutoLogonEnabled", text=False),
            Element("AdminAutoLogonCount", text=0),
            Element("ResetPasswordRequired", text=False),
            *([Element("CustomizationScript", text=vm.script)] if vm.script else []),
            Element("ComputerName", text=computer),
        ],
        section="GuestCustomizationSectionType",
    )
