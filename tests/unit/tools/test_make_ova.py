# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images to deploy: what is in the archive, and what is wrong with those that shall be wrong."""

from __future__ import annotations

import gzip
import hashlib
import math
import re
import struct
import tarfile
import tracemalloc
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.simulator.vsphere.image import MEMORY_MB, RELEASES
from tests.tools.make_ova import CORRUPTIONS, disk_parts, main, make_ova

OVF = "{http://schemas.dmtf.org/ovf/envelope/1}"
RASD = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
SECTOR = 512


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive}


def document(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(next(content for name, content in members(path).items() if name.endswith(".ovf")))


def keys(path: Path) -> dict[str, ElementTree.Element]:
    """The properties by the keys that ovftool takes."""
    found = {}
    for section in document(path).iter(f"{OVF}ProductSection"):
        for one in section.iter(f"{OVF}Property"):
            parts = (section.get(f"{OVF}class"), one.get(f"{OVF}key"), section.get(f"{OVF}instance"))
            found[".".join(part for part in parts if part)] = one
    return found


def suffixes(path: Path) -> list[str]:
    return [Path(name).suffix for name in members(path)]


def wrong_digests(path: Path) -> list[str]:
    content = members(path)
    manifest = next(content[name] for name in content if name.endswith(".mf")).decode()
    lines = re.findall(r"^SHA256\((.+)\)= ([0-9a-f]{64})$", manifest, flags=re.MULTILINE)
    assert len(lines) == len(manifest.splitlines())
    return [name for name, digest in lines if name in content and hashlib.sha256(content[name]).hexdigest() != digest]


@pytest.mark.parametrize("release", RELEASES)
def test_an_image_is_an_archive_of_descriptor_manifest_and_disk_in_this_order(tmp_path: Path, release: str) -> None:
    path = make_ova(tmp_path / "new" / "image.ova", release)

    assert suffixes(path) == [".ovf", ".mf", ".vmdk"]
    assert wrong_digests(path) == []
    reference = document(path).find(f"{OVF}References/{OVF}File")
    assert len(members(path)[reference.get(f"{OVF}href")]) == int(reference.get(f"{OVF}size"))


def test_the_properties_of_3_x_are_those_of_the_contract(tmp_path: Path) -> None:
    found = keys(make_ova(tmp_path / "image.ova", "3.0"))

    assert set(found) == {
        "guestinfo.cis.appliance.root.password", "guestinfo.cis.appliance.ssh.enabled",
        "guestinfo.cis.appliance.net.ntp", "guestinfo.cis.appliance.role", "guestinfo.cis.appliance.is.public.cloud",
        *(
            f"vami.{key}.VMware_vCloud_Availability"
            for key in ("ip0", "netmask0", "gateway", "DNS", "domain", "searchpath")
        ),
    }
    configurable = {key: one.get(f"{OVF}userConfigurable") for key, one in found.items()}
    assert configurable.pop("guestinfo.cis.appliance.role") is None
    assert configurable.pop("guestinfo.cis.appliance.is.public.cloud") == "false"
    assert set(configurable.values()) == {"true"}
    assert found["guestinfo.cis.appliance.root.password"].get(f"{OVF}password") == "true"


def test_the_properties_of_4_x_are_those_of_the_contract(tmp_path: Path) -> None:
    found = keys(make_ova(tmp_path / "image.ova", "4.x"))

    assert {key for key in found if not key.startswith("guestinfo.cis.appliance.")} == {
        f"net.{key}" for key in ("hostname", "address", "gateway", "mtu", "dnsServers", "searchDomains")
    }


def test_each_option_has_its_role_and_a_memory_of_its_own(tmp_path: Path) -> None:
    for release, options in (("3.0", "cloud replicator tunnel combined"),
                             ("4.x", "cloud replicator tunnel combined vc_combined")):
        root = document(make_ova(tmp_path / "image.ova", release))

        found = [one.get(f"{OVF}id") for one in root.iter(f"{OVF}Configuration")]
        assert found == options.split()
        defaults = [one.get(f"{OVF}default") for one in root.iter(f"{OVF}Configuration")]
        assert defaults == ["true"] + [None] * (len(found) - 1)
        memory = {
            item.get(f"{OVF}configuration"): int(item.findtext(f"{RASD}VirtualQuantity", "0"))
            for item in root.iter(f"{OVF}Item")
            if item.findtext(f"{RASD}ResourceType") == "4" and item.get(f"{OVF}configuration")
        }
        assert memory == {one: MEMORY_MB[one] for one in found}
        assert len(set(memory.values())) == len(found)
        assert {one.get(f"{OVF}value") for one in root.iter(f"{OVF}Value")} == set(found)


def test_the_customers_image_has_no_options_and_no_role(tmp_path: Path) -> None:
    path = make_ova(tmp_path / "image.ova", "onprem")

    assert document(path).find(f"{OVF}DeploymentOptionSection") is None
    assert "guestinfo.cis.appliance.role" not in keys(path)
    assert "vami.ip0.VMware_vCloud_Availability" in keys(path)


def test_the_disk_is_a_stream_optimized_one_whatever_its_size() -> None:
    for size in (None, 100_000):
        disk = b"".join(bytes(part) if isinstance(part, int) else part for part in disk_parts("x.vmdk", size))
        header = struct.Struct("<4sIIQQQQIQQQB4sH")
        magic, version, flags, capacity, grain, at, length, _entries, _spare, directory, overhead, *_rest = (
            header.unpack_from(disk)
        )
        assert (magic, version, flags, directory) == (b"KDMV", 3, 0x30001, 0xFFFFFFFFFFFFFFFF)
        assert b'createType="streamOptimized"' in disk[at * SECTOR : (at + length) * SECTOR]
        # What a reader does: from the footer to the directory, to the table, to the first grain.
        footer = header.unpack_from(disk, len(disk) - 2 * SECTOR)
        assert (footer[0], footer[3], footer[4], footer[10]) == (b"KDMV", capacity, grain, overhead)
        table = struct.unpack_from("<I", disk, footer[9] * SECTOR)[0]
        first, second = struct.unpack_from("<II", disk, table * SECTOR)
        assert (first, second) == (overhead, 0)
        lba, packed = struct.unpack_from("<QI", disk, first * SECTOR)
        content = zlib.decompress(disk[first * SECTOR + 12 : first * SECTOR + 12 + packed])
        assert (lba, len(content)) == (0, grain * SECTOR)
        assert content.startswith(b"This disk was made for tests.")
        assert disk[-SECTOR:] == bytes(SECTOR)
        if size:
            assert len(disk) == math.ceil(size / SECTOR) * SECTOR


def test_a_big_disk_takes_neither_memory_nor_space(tmp_path: Path) -> None:
    size = 64 << 20
    tracemalloc.start()
    path = make_ova(tmp_path / "image.ova", disk_size=size)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    with tarfile.open(path) as archive:
        assert archive.getmembers()[-1].size == size
    assert peak < 4 << 20
    assert path.stat().st_blocks * 512 < 1 << 20
    assert wrong_digests(path) == []


def test_two_images_of_a_release_are_equal(tmp_path: Path) -> None:
    assert make_ova(tmp_path / "a.ova").read_bytes() == make_ova(tmp_path / "b.ova").read_bytes()


def test_corruptions_of_the_manifest(tmp_path: Path) -> None:
    assert wrong_digests(make_ova(tmp_path / "a.ova", corrupt="manifest")) == ["appliance-3.0-disk1.vmdk"]
    assert wrong_digests(make_ova(tmp_path / "a.ova", corrupt="descriptor")) == ["appliance-3.0.ovf"]
    assert suffixes(make_ova(tmp_path / "a.ova", corrupt="no-manifest")) == [".ovf", ".vmdk"]


def test_corruptions_of_the_archive(tmp_path: Path) -> None:
    truncated = make_ova(tmp_path / "a.ova", corrupt="truncated")
    with tarfile.open(truncated) as archive:
        disk = next(one for one in archive if one.name.endswith(".vmdk"))
        assert truncated.stat().st_size < disk.offset_data + disk.size
    assert suffixes(make_ova(tmp_path / "a.ova", corrupt="missing-disk")) == [".ovf", ".mf"]
    assert suffixes(make_ova(tmp_path / "a.ova", corrupt="no-descriptor")) == [".mf", ".vmdk"]
    assert list(members(make_ova(tmp_path / "a.ova", corrupt="descriptor-last")))[-1].endswith(".ovf")


def test_corruptions_of_the_descriptor(tmp_path: Path) -> None:
    with pytest.raises(ElementTree.ParseError):
        document(make_ova(tmp_path / "a.ova", corrupt="not-xml"))
    hardware = f".//{OVF}VirtualHardwareSection"
    assert document(make_ova(tmp_path / "a.ova")).find(hardware).get(f"{OVF}transport") == "com.vmware.guestInfo"
    assert document(make_ova(tmp_path / "a.ova", corrupt="no-transport")).find(hardware).get(f"{OVF}transport") is None
    two = document(make_ova(tmp_path / "a.ova", corrupt="collection"))
    assert [one.get(f"{OVF}id") for one in two.iter(f"{OVF}VirtualSystem")] == ["appliance", "second"]


def test_a_disk_may_be_compressed_or_in_pieces(tmp_path: Path) -> None:
    plain = members(make_ova(tmp_path / "a.ova"))["appliance-3.0-disk1.vmdk"]

    compressed = make_ova(tmp_path / "a.ova", corrupt="gzip")
    file = document(compressed).find(f"{OVF}References/{OVF}File")
    assert file.get(f"{OVF}compression") == "gzip"
    assert gzip.decompress(members(compressed)["appliance-3.0-disk1.vmdk"]) == plain

    pieces = make_ova(tmp_path / "a.ova", corrupt="chunked")
    assert int(document(pieces).find(f"{OVF}References/{OVF}File").get(f"{OVF}chunkSize")) == -(-len(plain) // 2)
    content = members(pieces)
    assert content["appliance-3.0-disk1.vmdk.000000000"] + content["appliance-3.0-disk1.vmdk.000000001"] == plain
    assert wrong_digests(pieces) == []


def test_what_cannot_be_made_is_said() -> None:
    with pytest.raises(ValueError, match=r"There is no release 2.0; there are 3.0, "):
        make_ova("never", "2.0")
    with pytest.raises(ValueError, match="An image cannot be made soggy; there are manifest, "):
        make_ova("never", corrupt="soggy")


def test_the_command_line_makes_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for corruption in CORRUPTIONS:
        path = tmp_path / f"{corruption}.ova"
        assert main(["--release", "4.x", "--dest", str(path), "--corrupt", corruption]) == 0
        assert capsys.readouterr().out == f"{path}: {path.stat().st_size} bytes\n"
