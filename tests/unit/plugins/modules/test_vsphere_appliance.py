"""The module in this process against VMware's vCenter simulator: logins, certificates, failures, and what stays."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _options
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere import client
from ansible_collections.vcpp.vcloud.plugins.modules.vsphere_appliance import Appliance
from tests.tools.make_ova import make_ova
from tests.unit.plugins.module_utils._vsphere.packages import manifest, ova
from tests.unit.plugins.module_utils.serving import Answer, serving
from tests.unit.plugins.modules.vcenters import Vcenter, vcenter

PASSWORD_KEY = "guestinfo.cis.appliance.root.password"


@pytest.fixture(scope="module")
def _vcenter() -> Iterator[Vcenter]:
    with vcenter() as running:
        yield running


@pytest.fixture
def vc(_vcenter: Vcenter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vcenter]:
    for table in _options.PRODUCTS.values():
        for option in table:
            monkeypatch.delenv(option.env, raising=False)
    yield _vcenter
    for session in _http._pools.values():
        session.close()
    _http._pools.clear()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ova(tmp_path_factory.mktemp("images") / "a.ova", "4.x")


def wish(name: str, image: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "datacenter": "DC0", "cluster": "DC0_C0", "datastore": "LocalDS_0", "source": str(image),
        "accept_eula": True, **more,
    }  # fmt: skip


def test_an_appliance_is_deployed_once_and_removed_once(vc: Vcenter, image: Path) -> None:
    asked = wish("once", image, secret_properties={PASSWORD_KEY: 'it\'s "x"'}, properties={"net.mtu": 1400})
    predicted = vc.run(Appliance, True, **asked)
    assert predicted["changed"] and vc.writes == []
    made = vc.run(Appliance, **asked)
    assert made["changed"] and made["diff"] == predicted["diff"]
    assert {**made["vsphere_appliance"], **predicted["vsphere_appliance"]} == made["vsphere_appliance"]
    assert "it's \\\"x" not in str(made)
    again = vc.run(Appliance, **{**asked, "source": "/no/such.ova"})
    assert not again["changed"] and vc.calls[-3:] == ["FindByInventoryPath", "RetrieveProperties", "Logout"]
    gone = vc.run(Appliance, name="once", datacenter="DC0", state="absent")
    assert gone["changed"] and vc.writes == ["PowerOffVM_Task", "Destroy_Task"]
    assert not vc.run(Appliance, name="once", datacenter="DC0", state="absent")["changed"]


def test_every_login_is_closed_also_after_a_failure(vc: Vcenter, image: Path) -> None:
    vc.run(Appliance, True, **wish("log", image))
    assert (vc.calls.count("Login"), vc.calls.count("Logout")) == (1, 1)
    failed = vc.run(Appliance, True, **wish("log", image, cluster="nowhere"))
    assert failed["failed"] and vc.calls.count("Logout") == 1
    assert vc.sessions() == 0


def test_the_certificate_is_checked_although_the_address_is_this_machines_own(vc: Vcenter, image: Path) -> None:
    """pyvmomi would switch the check off by itself (contract 8.2)."""
    refused = vc.run(Appliance, True, **wish("tls", image, ca_path=None))
    assert refused["failed"] and refused["error"]["kind"] == "tls"
    pinned = vc.run(Appliance, True, **wish("tls", image, ca_path=None, thumbprint="SHA-256:" + "00:" * 31 + "00"))
    assert pinned["failed"] and "its thumbprint is SHA-256:" in pinned["msg"]


def test_a_wrong_password_is_told_and_not_shown(vc: Vcenter, image: Path) -> None:
    refused = vc.run(Appliance, **wish("pw", image, vsphere_password="s3cret-w0rd"))
    assert refused["failed"] and "InvalidLogin" in refused["msg"] and "vsphere_password" in refused["msg"]
    assert "s3cret" not in str(refused)


def test_an_ova_behind_an_address_is_deployed_without_a_copy(vc: Vcenter, image: Path) -> None:
    content = image.read_bytes()
    with serving(lambda asked: Answer(200, content)) as server:
        made = vc.run(Appliance, **wish("web", f"{server.url}/a.ova", state="powered_off"))
    assert made["changed"] and made["vsphere_appliance"]["state"] == "powered_off"
    assert len(server.asked) == 1
    vc.run(Appliance, name="web", datacenter="DC0", state="absent")


def test_a_package_that_has_gone_bad_on_the_way_leaves_nothing(vc: Vcenter, image: Path, tmp_path: Path) -> None:
    content = bytearray(image.read_bytes())
    content[-3000] ^= 1
    (tmp_path / "b.ova").write_bytes(content)
    failed = vc.run(Appliance, **wish("bad", tmp_path / "b.ova"))
    assert failed["failed"] and "what it had made was removed" in failed["msg"]
    assert not vc.run(Appliance, name="bad", datacenter="DC0", state="absent")["changed"]


def edited(image: Path, path: Path, edit: Callable[[bytes], bytes]) -> Path:
    """An image with another descriptor and the manifest for it."""
    with tarfile.open(image) as archive:
        files = {entry.name: open_.read() for entry in archive if (open_ := archive.extractfile(entry)) is not None}
    first, listing = next(iter(files)), next(name for name in files if name.endswith(".mf"))
    files[first] = edit(files[first])
    files[listing] = manifest({name: content for name, content in files.items() if name != listing})
    return ova(path, files)


def test_a_disk_that_does_not_fit_is_refused_before_anything_is_sent(vc: Vcenter, image: Path, tmp_path: Path) -> None:
    large = b'ovf:capacity="9" ovf:capacityAllocationUnits="byte * 2^60"'
    huge = edited(image, tmp_path / "huge.ova", lambda text: text.replace(b'ovf:capacity="16777216"', large))
    failed = vc.run(Appliance, **wish("huge", huge, disk_mode="thick"))
    assert failed["failed"] and "GiB left, and the appliance needs at least" in failed["msg"]
    assert vc.writes == []


def test_without_pyvmomi_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, vc: Vcenter, image: Path
) -> None:
    def missing() -> Any:
        raise client.MissingPyvmomi("no such module")

    monkeypatch.setattr(client, "load", missing)
    failed = vc.run(Appliance, **wish("x", image))
    assert failed["failed"] and "pyvmomi" in failed["msg"] and "Python library" in failed["msg"]


@pytest.fixture(scope="module")
def esx() -> Iterator[Vcenter]:
    with vcenter("-esx") as host:
        host.options["vsphere_user"] = "administrator"
        yield host


ALONE = {"datacenter": "ha-datacenter", "cluster": None, "host": "localhost.localdomain"}


def test_a_single_host_would_drop_the_properties_so_it_is_refused(esx: Vcenter, image: Path) -> None:
    failed = esx.run(Appliance, **{**wish("esx", image), **ALONE})
    assert failed["failed"] and "a single ESXi host does not keep the properties" in failed["msg"]


def test_the_star_of_a_host_leads_back_to_it(esx: Vcenter, image: Path, tmp_path: Path) -> None:
    """A host alone writes `*` for itself in the address of an upload."""
    bare = re.compile(rb"<ProductSection.*</ProductSection>", re.DOTALL)
    plain = edited(image, tmp_path / "plain.ova", lambda text: bare.sub(b"", text))
    made = esx.run(Appliance, **{**wish("star", plain, state="powered_off"), **ALONE})
    assert made.get("msg") is None and made["changed"]
