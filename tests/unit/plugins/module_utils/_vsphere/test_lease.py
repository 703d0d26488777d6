"""An import's lease against a vCenter of our own, which does what VMware's simulator cannot (contract 8.4): it removes
what an aborted import has made, refuses files, forgets leases, and says what its digests are. The files go to a real
server over TLS."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError, Transport
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere import lease as leases
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.channel import Trust
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.lease import LeaseFailed, address_of, import_package
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.package import open_package
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed
from tests.unit.plugins.module_utils._vsphere.packages import DISK, descriptor, manifest, ova, whole
from tests.unit.plugins.module_utils.certificates import authority
from tests.unit.plugins.module_utils.serving import Answer, Asked, Server, serving, until

WAIT = {"timeout": 5, "interval": 1}
MACHINE = SimpleNamespace(_moId="vm-1")


class Fake:
    """A vCenter with one lease, as far as an import speaks to it; `calls` are the methods in their order."""

    def __init__(self, endpoint: str, device: Any, **options: Any) -> None:
        self.endpoint, self.transport = endpoint, Transport(endpoint, ca_path=authority().ca_path)
        self.vmodl = SimpleNamespace(fault=SimpleNamespace(SystemError=lambda reason: SimpleNamespace(reason=reason)))
        self.lease = SimpleNamespace(_moId="lease-1")
        self.states: list[Any] = options.get("states", ["initializing", "ready"])
        self.fault, self.keeps, self.sha1 = options.get("fault"), options.get("keeps", False), options.get("sha1")
        self.more, self.seconds = options.get("more", {}), options.get("seconds", 300)
        self.device, self.calls, self.exists, self.clings = device, [], True, False
        self.beats: list[int] = []

    def one(self, target: Any, *names: str) -> dict[str, Any]:
        if target is MACHINE:
            return {"name": "vcam"} if self.exists else {}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if state is None:  # it is gone
            return {}
        info = SimpleNamespace(entity=MACHINE, deviceUrl=[self.device], leaseTimeout=self.seconds)
        return {"state": state, "info": info} | ({"error": self.fault} if self.fault is not None else {})

    def call(self, target: Any, verb: str, *arguments: Any, about: str = "", advice: str = "") -> Any:
        if verb == "Progress":
            self.beats.append(arguments[0])
            if self.fault == "beats fail":
                raise HttpError("connection", verb, self.endpoint, "/sdk")
            return None
        self.calls.append(verb)
        if verb == "Abort":
            self.exists = self.keeps
        if verb == "Destroy_Task":
            self.exists = self.clings
        if verb == "HttpNfcLeaseGetManifest":
            return [SimpleNamespace(key="disk-0", sha1=self.sha1 or "", **self.more)]
        return self.lease if verb == "ImportVApp" else None

    def task(self, task: Any, what: str, wait: Any) -> None:
        """A task that has ended."""


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Any]:
    with open_package(str(ova(tmp_path / "a.ova", whole(algorithm="SHA1"))), Trust(), 5) as found:
        yield found


IDENTITY = authority().issue("127.0.0.1")


@contextlib.contextmanager
def host(script: Any = lambda asked: Answer(200)) -> Iterator[tuple[Server, Any]]:
    """A host that takes files, and the device that names it."""
    with serving(script, IDENTITY) as server:
        device = SimpleNamespace(importKey="/vcam/disk:0", key="disk-0", url=f"{server.url}/nfc/1/d.vmdk")
        device.sslThumbprint = ""
        yield server, device


ITEM = SimpleNamespace(path="disk.vmdk", deviceId="/vcam/disk:0", size=len(DISK), create=False)


def imported(api: Any, package: Any, item: Any = ITEM, lines: list[str] | None = None) -> Any:
    """The import of a package with one file."""
    spec = SimpleNamespace(importSpec="spec", fileItem=[item])
    place = SimpleNamespace(pool=SimpleNamespace(_moId="pool"), folder="folder", host=None)
    tell = lines.append if lines is not None else lambda text: None
    return import_package(api, spec, place, package, "vcam", WAIT, tell)


def test_a_disk_is_posted_with_its_length_and_arrives_whole(package: Any) -> None:
    lines: list[str] = []
    with host() as (server, device):
        api = Fake(server.url, device)
        assert imported(api, package, lines=lines) is MACHINE
        (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/nfc/1/d.vmdk", DISK)
    assert asked.headers["Content-Type"] == "application/x-vnd.vmware-streamVmdk"
    assert asked.headers["Content-Length"] == str(len(DISK))
    assert "Transfer-Encoding" not in asked.headers
    assert api.calls == ["ImportVApp", "HttpNfcLeaseGetManifest", "Complete"]
    assert lines[0] == "30 % of 3 MiB sent" and "MiB/s" in lines[-1]


def test_another_file_is_put_and_may_overwrite(package: Any) -> None:
    with host() as (server, device):
        imported(Fake(server.url, device), package, SimpleNamespace(**{**vars(ITEM), "create": True}))
        (asked,) = server.asked
    assert (asked.method, asked.headers["Overwrite"]) == ("PUT", "t")


def test_the_lease_is_renewed_although_nothing_moves(package: Any) -> None:
    """Contract 3: Progress renews the lease also when the number does not change; without it uploads die."""
    found: list[Fake] = []

    def slow(asked: Asked) -> Answer:
        until(lambda: len(found[0].beats) >= 8)
        return Answer(200)

    with host(slow) as (server, device):
        api = Fake(server.url, device, seconds=1)  # a beat every tenth of a second
        found.append(api)
        imported(api, package)
    assert api.beats[-3:] == [99, 99, 99]
    count = len(api.beats)
    time.sleep(0.3)
    assert len(api.beats) == count, "it goes on after the end"


def test_a_beat_that_is_lost_does_not_end_the_upload(package: Any) -> None:
    found: list[Fake] = []

    def slow(asked: Asked) -> Answer:
        until(lambda: len(found[0].beats) >= 2)
        return Answer(200)

    with host(slow) as (server, device):
        api = Fake(server.url, device, seconds=1)
        api.fault = "beats fail"
        found.append(api)
        assert imported(api, package) is MACHINE


@pytest.mark.parametrize("keeps", [False, True])
def test_a_damaged_disk_is_noticed_and_nothing_is_left_behind(tmp_path: Path, keeps: bool) -> None:
    """Also where the server, unlike vCenter, keeps the machine of an aborted import."""
    files = {"a.ovf": descriptor(), "a.mf": b"", "disk.vmdk": DISK[:-1] + b"x"}
    files["a.mf"] = manifest({"a.ovf": descriptor(), "disk.vmdk": DISK})
    with open_package(str(ova(tmp_path / "b.ova", files)), Trust(), 5) as bad, host() as (server, device):
        api = Fake(server.url, device, keeps=keeps)
        with pytest.raises(TaskFailed, match="not what the manifest says.*what it had made was removed"):
            imported(api, bad)
    assert "Abort" in api.calls and "Complete" not in api.calls
    assert not api.exists
    assert ("Destroy_Task" in api.calls) is keeps


@pytest.mark.parametrize(
    ("sha1", "more", "right"),
    [
        (hashlib.sha1(DISK).hexdigest(), {}, True),
        (hashlib.sha1(DISK).hexdigest().upper(), {}, True),
        ("00" * 20, {}, False),
        ("", {"checksum": hashlib.sha1(DISK).hexdigest(), "checksumType": "sha1"}, True),
        ("", {"checksum": "00", "checksumType": "SHA-1"}, False),
        ("", {"checksum": "00", "checksumType": "sha512"}, True),
    ],
)
def test_the_digest_of_the_server_is_compared_where_it_has_the_same_one(
    package: Any, sha1: str, more: dict[str, str], right: bool
) -> None:
    with host() as (server, device):
        api = Fake(server.url, device, sha1=sha1, more=more)
        with contextlib.nullcontext() if right else pytest.raises(TaskFailed, match="arrived otherwise"):
            imported(api, package)
    assert api.exists is right


def test_a_host_that_refuses_the_file_is_told_with_its_own_words(package: Any) -> None:
    with host(lambda asked: Answer(507, b"no space left on the datastore")) as (server, device):
        api = Fake(server.url, device)
        with pytest.raises(
            TaskFailed, match="POST /nfc/1/d.vmdk .* 507: no space left on the datastore.*removed.*free some"
        ) as late:
            imported(api, package)
    assert late.value.error["status"] == 507
    assert not api.exists


def test_a_host_that_hangs_up_in_the_middle_leaves_nothing_behind(package: Any) -> None:
    with host(lambda asked: Answer(drop=True)) as (server, device):
        api = Fake(server.url, device)
        with pytest.raises(TaskFailed, match="the connection broke.*removed"):
            imported(api, package)
    assert not api.exists


def test_a_host_that_is_not_there_leaves_nothing_behind(package: Any) -> None:
    with host() as (server, device):
        device.url = "https://127.0.0.1:1/d.vmdk"
        api = Fake(server.url, device)
        with pytest.raises(TaskFailed, match="connection was refused.*removed"):
            imported(api, package)
    assert not api.exists


def test_a_lease_that_fails_is_told_and_does_not_hang(package: Any) -> None:
    with host() as (server, device):
        fault = SimpleNamespace(msg="no")
        api = Fake(server.url, device, states=["initializing", "error"], fault=fault)
        with pytest.raises(LeaseFailed, match="no"):
            imported(api, package)
    assert api.calls == ["ImportVApp", "Abort"]


def test_a_lease_that_is_never_ready_is_given_up(package: Any) -> None:
    with host() as (server, device):
        api = Fake(server.url, device, states=["initializing"])
        spec = SimpleNamespace(importSpec="spec", fileItem=[ITEM])
        place = SimpleNamespace(pool=SimpleNamespace(_moId="pool"), folder="folder", host=None)
        with pytest.raises(TaskFailed, match="since 0 seconds.*removed"):
            import_package(api, spec, place, package, "vcam", {"timeout": 0, "interval": 1}, lambda text: None)
    assert "Abort" in api.calls and not api.exists


def test_a_half_made_machine_that_stays_is_told(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(task: Any, what: str, wait: Any) -> None:
        raise TaskFailed(what, {}, "no")

    with host(lambda asked: Answer(500)) as (server, device):
        api = Fake(server.url, device, keeps=True)
        api.clings = True
        monkeypatch.setattr(api, "task", refuse)
        monkeypatch.setattr(leases, "REMOVAL_SECONDS", 0)
        with pytest.raises(TaskFailed, match="could not be removed.*state absent"):
            imported(api, package)


@pytest.mark.parametrize("right", [True, False])
def test_the_thumbprint_of_the_lease_pins_a_host_without_an_authority(package: Any, right: bool) -> None:
    """ESXi hosts have certificates that nobody knows; the lease tells their SHA-1. vCenter's own pin is not theirs."""
    with host() as (server, device):
        der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", server.port)))
        digits = hashlib.sha1(der).hexdigest().upper() if right else "00" * 20
        device.sslThumbprint = ":".join(digits[i : i + 2] for i in range(0, 40, 2))
        api = Fake("https://vcenter.example", device)
        api.transport = Transport("https://vcenter.example", thumbprint="SHA-256:" + "00" * 32)
        said = "its thumbprint is SHA-1:.*not SHA-1:00"
        with contextlib.nullcontext() if right else pytest.raises(TaskFailed, match=said):
            imported(api, package)


def test_an_empty_thumbprint_means_the_usual_check_and_not_none(package: Any) -> None:
    with host() as (server, device):
        api = Fake(server.url, device)
        api.transport = Transport(server.url)  # the system's authorities, which do not know ours
        with pytest.raises(TaskFailed, match="certificate was not accepted"):
            imported(api, package)


@pytest.mark.parametrize(
    ("url", "endpoint", "expected"),
    [
        ("https://*/nfc/1", "https://esx.example:443", "https://esx.example:443/nfc/1"),
        ("https://*:8443/nfc/1", "https://127.0.0.1:8989", "https://127.0.0.1:8443/nfc/1"),
        ("https://*/nfc/1", "https://[::1]:8989", "https://[::1]:8989/nfc/1"),
        ("https://esx1.example/nfc/1", "https://vc.example:443", "https://esx1.example/nfc/1"),
    ],
)
def test_the_host_of_a_star_is_the_one_that_we_speak_to(url: str, endpoint: str, expected: str) -> None:
    assert address_of(url, endpoint).geturl() == expected
