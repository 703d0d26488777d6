"""The playbook `onprem`: a customer's site. The verb `customer-site` stands for what the customer clicks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_playbooks import C00
from tests.e2e.test_site import Empty
from tests.simulator.client import ControlError
from tests.simulator.running import Running, running_simulator

SITE, HOST = "Tyrell-OnPrem", "tyrell-onprem"


@pytest.fixture(scope="module", params=["3.0", pytest.param("4.7", marks=pytest.mark.slow)])
def each_release(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(product_version=request.param, vsphere=True) as simulator:
        yield simulator


@pytest.fixture
def estates(each_release: Running, tmp_path: Path) -> Empty:
    """The estate with provider sites that are configured, and a customer's site that is not paired."""
    each_release.control.clear_faults()
    each_release.control.reset()
    each_release.control.clear_journal()
    return Empty(each_release, tmp_path)


def absent() -> list[dict[str, Any]]:
    """A playbook that removes the site."""
    task = {"ansible.builtin.include_role": {"name": "vcpp.vcloud.vcav_onprem", "tasks_from": "absent"}}
    play = {"name": "Undo", "hosts": "vcav_onprem", "connection": "local", "gather_facts": False}
    return [{**play, "tasks": [{"name": "Undo it", **task}]}]


def machines(estate: Empty) -> list[str]:
    """The machines in the customer's vCenter."""
    return [one["name"] for one in estate.control.status()["customer_sites"][SITE]["machines"]]


def click_when_ready(estate: Empty) -> threading.Thread:
    """Somebody who pairs the site as soon as its appliance has its lookup service."""

    def click() -> None:
        for _turn in range(600):
            try:
                estate.control.customer_site("pair", SITE)
                return
            except ControlError:
                time.sleep(0.2)

    thread = threading.Thread(target=click, daemon=True)
    thread.start()
    return thread


@pytest.mark.timeout(600)
def test_a_customers_site_is_added_waited_for_and_removed(estates: Empty) -> None:
    estates.run(absent())
    assert machines(estates) == []
    estates.control.clear_journal()
    estates.run("onprem", "--check", "--diff")
    assert (machines(estates), estates.control.count(write=True)) == ([], 0)

    # On the command line false is a word; the role must not take it for true and wait for an hour.
    done = estates.run("onprem", "-e", "vcav_onprem_wait_for_pairing=false")
    told = " ".join(done.output.split())
    for words in (f"{SITE} has not paired yet", "site name Tyrell-OnPrem", "organization Tyrell",
                  "public API endpoint https://vcav-c00.example.net:443", "allow access from cloud: on"):  # fmt: skip
        assert words in told
    assert machines(estates) == [HOST]
    late = estates.run("onprem", fails=True, vcav_onprem_wait_timeout=1, vcav_onprem_wait_interval=1)
    assert "Tyrell-OnPrem" in late.output and "wizard" in late.output

    clicks = click_when_ready(estates)
    estates.run("onprem", vcav_onprem_wait_timeout=120, vcav_onprem_wait_interval=1)
    clicks.join()
    written = estates.control.count(write=True)
    again = estates.run("onprem")
    assert not any(again.changed().values()), again.output
    assert "has not paired yet" not in again.output
    assert estates.control.count(write=True) == written

    estates.prove(absent())
    assert machines(estates) == []
    assert SITE not in estates.simulator.simulator.sites[C00].cloud.customers.sites
