"""The OVF descriptor of an appliance's image: make_ova.py packs it, and the estate's machines are made of it."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from .image import CPUS, MEMORY_MB, MEMORY_MB_ONPREM, Property, deployment_options, sections

NETWORK = "VM Network"
CAPACITY_BYTES = 16 << 20
"""Of the disk, as the machine sees it."""
LICENSE_TEXT = """This image is made for tests. It contains no software.
Whoever deploys it agrees to expect nothing of it."""


def descriptor(
    release: str,
    disk: str,
    disk_size: int,
    *,
    compression: str = "",
    chunk_size: int = 0,
    collection: bool = False,
    transport: bool = True,
) -> str:
    """The OVF document for a disk file of this name and size in bytes.

    The rest makes unusual ones: a compressed disk, one in pieces of `chunk_size` bytes, a vApp of two machines, no way
    for the properties to reach the guest.
    """
    options = deployment_options(release)
    extra = f' ovf:compression="{compression}"' if compression else ""
    extra += f' ovf:chunkSize="{chunk_size}"' if chunk_size else ""
    system = _system(release, options, transport)
    if collection:
        second = system.replace('ovf:id="appliance"', 'ovf:id="second"')
        system = (
            f'  <VirtualSystemCollection ovf:id="collection">\n    <Info>Two machines</Info>\n{system}\n{second}\n'
            "  </VirtualSystemCollection>"
        )
    configurations = "".join(
        f"    <Configuration{_attribute('id', one)}{_attribute('default', '' if number else 'true')}>\n"
        f"      <Label>{one}</Label>\n      <Description>An appliance with the role {one}</Description>\n"
        "    </Configuration>\n"
        for number, one in enumerate(options)
    )
    options_section = (
        f"  <DeploymentOptionSection>\n    <Info>Roles of the appliance</Info>\n{configurations}"
        "  </DeploymentOptionSection>\n"
        if options
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
  xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References>
    <File ovf:href="{disk}" ovf:id="file1" ovf:size="{disk_size}"{extra}/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:capacity="{CAPACITY_BYTES}"
      ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Logical networks</Info>
    <Network ovf:name="{NETWORK}">
      <Description>The network of the appliance</Description>
    </Network>
  </NetworkSection>
{options_section}{system}
</Envelope>
"""


def _system(release: str, options: tuple[str, ...], transport: bool) -> str:
    products = "\n".join(
        f"""    <ProductSection{_attribute("class", one.class_id)}{_attribute("instance", one.instance_id)}>
      <Info>{escape(one.name)}</Info>
      <Product>{escape(one.name)}</Product>
      <Vendor>vcpp.vcloud</Vendor>
      <Version>{escape(release)}</Version>
      <Category>{"Networking" if one.class_id else "Application"}</Category>
{"".join(_property(item, options) for item in one.properties)}    </ProductSection>"""
        for one in sections(release)
    )
    way = ' ovf:transport="com.vmware.guestInfo"' if transport else ""
    return f"""  <VirtualSystem ovf:id="appliance">
    <Info>A virtual machine</Info>
    <Name>appliance-{escape(release)}</Name>
    <OperatingSystemSection ovf:id="101" vmw:osType="other3xLinux64Guest">
      <Info>The guest operating system</Info>
    </OperatingSystemSection>
    <EulaSection>
      <Info>An end-user license agreement</Info>
      <License>{escape(LICENSE_TEXT)}</License>
    </EulaSection>
    <VirtualHardwareSection{way}>
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemType>vmx-11</vssd:VirtualSystemType>
      </System>
{_hardware(options)}    </VirtualHardwareSection>
{products}
  </VirtualSystem>"""


def _attribute(name: str, value: str) -> str:
    return f" ovf:{name}={quoteattr(value)}" if value else ""


def _property(one: Property, options: tuple[str, ...]) -> str:
    configurable = "" if one.user_configurable is None else str(one.user_configurable).lower()
    attributes = _attribute("key", one.key) + _attribute("type", one.type)
    attributes += _attribute("userConfigurable", configurable) + _attribute("password", "true" if one.secret else "")
    text = f"      <Property{attributes} ovf:value={quoteattr(one.default)}>\n"
    if one.label:
        text += f"        <Label>{escape(one.label)}</Label>\n"
    if one.per_option:
        text += "".join(f'        <Value ovf:configuration="{item}" ovf:value="{item}"/>\n' for item in options)
    return text + "      </Property>\n"


def _hardware(options: tuple[str, ...]) -> str:
    """The items that are for every option come first, those of single options after them, as the format wants it."""
    first = options[0] if options else ""
    cpus, memory = (CPUS[first], MEMORY_MB[first]) if first else (4, MEMORY_MB_ONPREM)
    items = [_cpu(cpus), _memory(memory)]
    for one in options:
        items += [_cpu(CPUS[one], one), _memory(MEMORY_MB[one], one)]
    items += [_item("", *fields) for fields in _DEVICES]
    return "".join(items)


_DEVICES = (
    (
        *(("Address", "0"), ("ElementName", "SCSI Controller 0"), ("InstanceID", "3")),
        *(("ResourceSubType", "VirtualSCSI"), ("ResourceType", "6")),
    ),
    (
        *(("AddressOnParent", "0"), ("ElementName", "Hard disk 1"), ("HostResource", "ovf:/disk/vmdisk1")),
        *(("InstanceID", "4"), ("Parent", "3"), ("ResourceType", "17")),
    ),
    (
        *(("AddressOnParent", "7"), ("AutomaticAllocation", "true"), ("Connection", NETWORK)),
        *(("ElementName", "Network adapter 1"), ("InstanceID", "5"), ("ResourceSubType", "VmxNet3")),
        ("ResourceType", "10"),
    ),
)
"""Fields in the order of the schema, which is that of the alphabet."""


def _amount(option: str, kind: str, instance: str, name: str, unit: str, quantity: int) -> str:
    return _item(
        option,
        *(("AllocationUnits", unit), ("ElementName", f"{quantity} {name}"), ("InstanceID", instance)),
        *(("ResourceType", kind), ("VirtualQuantity", str(quantity))),
    )


def _cpu(count: int, option: str = "") -> str:
    return _amount(option, "3", "1", "virtual CPUs", "hertz * 10^6", count)


def _memory(megabytes: int, option: str = "") -> str:
    return _amount(option, "4", "2", "MB of memory", "byte * 2^20", megabytes)


def _item(option: str, *fields: tuple[str, str]) -> str:
    inner = "".join(f"        <rasd:{name}>{escape(value)}</rasd:{name}>\n" for name, value in fields)
    return f"      <Item{_attribute('configuration', option)}>\n{inner}      </Item>\n"
