"""The playbooks `site`, `deploy` and `drift` from empty vCenters on: VMware's vCenter simulator holds the machines.

What was written is read in the simulator's journal, and which machines there are in its status.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_playbooks import A03, BASIC, C00, Estate, differing
from tests.simulator.running import Running, running_simulator

KINDS = {A03: "a03", C00: "c00"}


class Empty(Estate):
    """The estate with a vCenter in each site; all certificates are accepted."""

    def run(self, playbook: str | list[dict[str, Any]], *arguments: str, fails: bool = False, **more: Any) -> Any:
        """A playbook, with certificates accepted unless that is said otherwise."""
        return super().run(playbook, *arguments, fails=fails, **{"estate_accept_certificates": True, **more})

    def machines(self, site: str) -> dict[str, str]:
        """The machines of a site's vCenter that became an appliance, and whether they are on."""
        found = self.control.status()["sites"][site]["machines"]
        return {one["name"]: one["power"] for one in found if one["appliance"]}


@pytest.fixture(scope="module", params=["3.0", "4.7"])
def each_release(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(product_version=request.param, start="nothing", vsphere=True) as simulator:
        yield simulator


@pytest.fixture
def estates(each_release: Running, tmp_path: Path) -> Empty:
    """The estate before its first day, on the oldest and on the newest release."""
    each_release.control.clear_faults()
    each_release.control.reset()
    each_release.control.clear_journal()
    return Empty(each_release, tmp_path)


def machine_names(site: str) -> set[str]:
    return {f"vdev-{KINDS[site]}-{name}" for name in ("vcam", "vcar01", "vcat")}


# The demo, which is tested too, goes the same way without the interruptions.
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_site_goes_from_nothing_to_paired_sites_under_policy(estates: Empty) -> None:
    predicted = estates.run("site", "--check", "--diff")
    assert "Only the deployment is predicted" in predicted.output
    assert set(predicted.changed().values()) == {1}
    assert estates.control.count(write=True) == 0
    assert estates.machines(A03) == estates.machines(C00) == {}

    # Stopped in the middle: the appliances of one site are there, those of the other are not configured.
    estates.run("deploy", "--limit", "a03_auckland")
    assert set(estates.machines(A03)) == machine_names(A03)
    estates.control.add_fault("refuse_role", service="*/vdev-c00-vcar01/replicator", method="POST", times=1)
    # The site gate need not wait for a replicator that cannot come.
    stopped = estates.run("site", fails=True, vcav_site_wait_timeout=5)
    assert "Permission denied" in stopped.output
    assert set(estates.machines(C00)) == machine_names(C00)

    estates.control.clear_faults()
    estates.run("site")
    assert estates.paired() == {A03: [C00], C00: [A03]}
    assert all(estates.policies(site)[BASIC]["orgs"] == 1 for site in KINDS)

    written = estates.control.count(write=True)
    again = estates.run("site")
    assert not any(again.changed().values()), again.output
    _unused, report = estates.drift()
    assert (report["totals"]["differ"], report["totals"]["failed"], report["totals"]["ignored"]) == (0, 0, 0)
    kinds = {one["kind"] for one in report["objects"]}
    assert kinds >= {"vsphere_appliance", "vcav_lookup_service", "vcav_replicator", "vcav_tunnel", "vcav_site_pairing"}
    assert estates.control.count(write=True) == written

    # An appliance that does not answer is named, and all else is still compared.
    estates.control.appliance("power-off", site=A03, name="vdev-a03-vcar01")
    estates.control.change("policy-set", C00, policy=BASIC, fields={"minRpo": 15})
    _unused, report = estates.drift(fails=True)
    assert (C00, "vcav_policy", "changed") in differing(report)
    assert "vdev-a03-vcar01" in {one["host"] for one in report["objects"] if one["state"] == "failed"}
    assert estates.control.count(write=True) == written
