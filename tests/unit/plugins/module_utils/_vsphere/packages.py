"""Packages for these tests: small OVAs of our own writing, whole or wrong in one way."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

DISK = bytes(range(256)) * 4096 * 3  # 3 MiB, more than one block
PROPERTIES = """
<ProductSection>
  <Info>about</Info><Product>Some Appliance</Product><Version>4</Version><FullVersion>4.7.1</FullVersion>
  <Property ovf:key="guestinfo.cis.appliance.root.password" ovf:type="string" ovf:password="true"
    ovf:userConfigurable="true"/>
  <Property ovf:key="guestinfo.cis.appliance.ssh.enabled" ovf:type="boolean" ovf:value="False"
    ovf:userConfigurable="true"/>
  <Property ovf:key="guestinfo.cis.appliance.role" ovf:type="string" ovf:value="">
    <Value ovf:configuration="tunnel" ovf:value="tunnel"/>
  </Property>
</ProductSection>
<ProductSection ovf:class="net">
  <Property ovf:key="address" ovf:type="string" ovf:userConfigurable="true"><Label ovf:msgid="a">A</Label></Property>
  <Property ovf:key="mtu" ovf:type="uint16" ovf:value="1500" ovf:userConfigurable="true"/>
</ProductSection>
<ProductSection ovf:class="vami" ovf:instance="Some_Appliance">
  <Property ovf:key="ip0" ovf:type="ip" ovf:userConfigurable="true"/>
</ProductSection>
"""
OPTIONS = """<DeploymentOptionSection><Info>o</Info>
  <Configuration ovf:id="cloud"><Label>Cloud</Label><Description>c</Description></Configuration>
  <Configuration ovf:id="tunnel" ovf:default="true"><Label>Tunnel</Label><Description>t</Description></Configuration>
</DeploymentOptionSection>"""
EULA = "<EulaSection><Info>e</Info><License>You owe us a cake.</License></EulaSection>"


def descriptor(
    *,
    file: str = f'<File ovf:href="disk.vmdk" ovf:id="f1" ovf:size="{len(DISK)}"/>',
    sections: str = PROPERTIES,
    eula: str = EULA,
    options: str = OPTIONS,
    body: str | None = None,
    head: str = "",
) -> bytes:
    """The text of a descriptor of one VM with one disk."""
    system = f'<VirtualSystem ovf:id="appliance"><Info>s</Info>{eula}{sections}' + (
        '<VirtualHardwareSection ovf:transport="com.vmware.guestInfo iso"><Info>h</Info></VirtualHardwareSection>'
        "</VirtualSystem>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<References>{file}</References>
<DiskSection><Info>d</Info><Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="8"
  ovf:capacityAllocationUnits="byte * 2^30"/></DiskSection>
<NetworkSection><Info>n</Info><Network ovf:name="VM Network"/></NetworkSection>
{options}
{body or system}
<Strings xml:lang="en"><Msg ovf:msgid="a">Address of the appliance</Msg></Strings>
</Envelope>""".encode()


def manifest(files: Mapping[str, bytes], algorithm: str = "SHA256") -> bytes:
    """The manifest of files."""
    lines = [f"{algorithm}({name})= {hashlib.new(algorithm.lower(), text).hexdigest()}" for name, text in files.items()]
    return ("\n".join(lines) + "\n").encode()


def ova(path: Path, files: Mapping[str, bytes]) -> Path:
    """A tar archive with these files, in their order."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def whole(text: bytes | None = None, disk: bytes = DISK, algorithm: str = "SHA256") -> dict[str, bytes]:
    """The files of an OVA that is as it should be."""
    files = {"a.ovf": text or descriptor(), "disk.vmdk": disk}
    return {"a.ovf": files["a.ovf"], "a.mf": manifest(files, algorithm), "disk.vmdk": disk}
