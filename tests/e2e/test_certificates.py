"""The role that replaces a site's certificates, on the simulated estate: all is repaired, and run again it rests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import Play, play
from tests.simulator.running import Running, running_simulator
from tests.simulator.vcav.pairing import peer_from
from tests.tools.make_pkcs12 import make

A03, C00 = "A03-Auckland", "C00-Christchurch"
SECRET = "p4ss-Phrase"


@pytest.fixture(scope="module", params=[pytest.param("3.0", marks=pytest.mark.slow), "4.7"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(product_version=request.param) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Running) -> Running:
    """Two sites that are paired."""
    running.control.reset()
    running.control.task_seconds(0)
    body = {"apiUrl": running.public(C00), "apiThumbprint": running.thumbprint(C00)}
    running.simulator.sites[A03].cloud.pairing.pair(peer_from(C00, body), None, both=True)
    running.control.clear_journal()
    return running


def services(simulator: Running, directory: Path, *kinds: str) -> list[dict[str, Any]]:
    """The entries of the role for Auckland; services of these kinds get a new certificate."""
    urls = {
        "cloud": (simulator.cloud(A03), None),
        "manager": (simulator.manager(A03), None),
        "replicator": (simulator.replicator(A03), "https://vdev-a03-vcar01.vdev.local:8043"),
        "tunnel": (simulator.tunnel(A03), "https://vdev-a03-vcat.vdev.local:8047"),
    }
    entries = []
    for kind, (url, registered) in urls.items():
        entry: dict[str, Any] = {"service": kind, "url": url}
        if registered:
            entry["registered_as"] = registered
        if kind in kinds:
            path = directory / f"{kind}.p12"
            make(path, SECRET, [f"{kind}-a03.example.net", "127.0.0.1"])
            entry |= {"pkcs12_path": str(path), "pkcs12_passphrase": SECRET}
        entries.append(entry)
    return entries


def run(simulator: Running, directory: Path, given: list[dict[str, Any]], *arguments: str, **more: Any) -> Play:
    path = directory / "certificates.yml"
    partner = {"site": C00, "public_endpoint": simulator.public(C00)}
    partner["remote_root_password"] = simulator.root_password(C00)
    variables = {
        "vcav_url": simulator.cloud(A03), "vcav_password": simulator.root_password(A03),
        "vcav_ca_path": simulator.ca_path,
        "vcav_certificates_services": given, "vcav_certificates_partners": [partner],
        "vcav_certificates_sso_user": "administrator@vsphere.local",
        "vcav_certificates_sso_password": simulator.simulator.world.estate.sso_password,
        "vcav_certificates_wait_timeout": 60, **more,
    }  # fmt: skip
    roles = [{"role": "vcpp.vcloud.vcav_certificates"}]
    text = yaml.safe_dump([{"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": roles}])
    path.write_text(text, encoding="utf-8")
    return play("newest", directory, path, variables, *arguments)


def healthy(simulator: Running) -> None:
    site = simulator.simulator.sites[A03]
    assert site.tunnels.trouble() is None
    (replicator,) = site.manager.local_replicators.paired.values()
    assert replicator.view()["state"] == {"incomingCommError": None, "outgoingCommError": None}
    (peer,) = site.cloud.pairing.peers.values()
    assert (site.cloud.pairing.incoming_error(peer), site.cloud.pairing.outgoing_error(peer)) == (None, None)


@pytest.mark.parametrize("kinds", [
    pytest.param(("cloud",), marks=pytest.mark.slow), ("manager", "replicator", "tunnel"),
])  # fmt: skip
def test_all_that_a_replacement_breaks_is_repaired_and_a_second_run_changes_nothing(
    simulator: Running, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    given = services(simulator, tmp_path, *kinds)
    predicted = run(simulator, tmp_path, given, "--check").assert_ok()
    assert predicted.changed()["localhost"] == 1
    assert simulator.control.count(write=True) == 0
    done = run(simulator, tmp_path, given).assert_ok()
    assert done.changed()["localhost"] >= 1
    assert SECRET not in done.output and simulator.root_password(A03) not in done.output
    healthy(simulator)
    simulator.control.clear_journal()
    again = run(simulator, tmp_path, given).assert_ok()
    assert (again.changed()["localhost"], simulator.control.count(write=True)) == (0, 0), again.output


def test_a_run_that_was_cut_off_is_made_up_for(simulator: Running, tmp_path: Path) -> None:
    given = services(simulator, tmp_path, "cloud", "manager")
    simulator.control.add_fault("refuse_role", method="POST", path="replicators/*")
    broken = run(simulator, tmp_path, given)
    assert broken.code != 0 and "was answered 403" in broken.output
    simulator.control.clear_faults()
    run(simulator, tmp_path, given).assert_ok()
    healthy(simulator)


def test_a_file_that_is_wrong_is_refused_before_anything_is_sent(simulator: Running, tmp_path: Path) -> None:
    given = services(simulator, tmp_path, "tunnel")
    make(tmp_path / "tunnel.p12", SECRET, ["tunnel-a03.example.net"], usage=())
    refused = run(simulator, tmp_path, given)
    assert refused.code != 0 and "lacks the extended key usage Server Authentication" in refused.output
    assert simulator.control.count(write=True) == 0


def test_services_that_contradict_one_another_are_refused(simulator: Running, tmp_path: Path) -> None:
    given = services(simulator, tmp_path)
    assert "names an address twice" in run(simulator, tmp_path, [*given, given[0]]).output
    assert "needs the entry of the manager" in run(simulator, tmp_path, [given[0], given[2]]).output.replace("\n", " ")
    assert simulator.control.count() == 0
