"""The module in this process against the simulator: the replicators of a site, and how they are."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replicator import Replicator
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replicator_info import ReplicatorInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing

URL = "https://vdev-a03-vcar01.vdev.local:8043"


def run(estate: Any, **options: Any) -> Any:
    return estate.run(ReplicatorInfo, vcav_url=estate.simulator.manager(estate.here), **options)


def test_each_entry_can_be_given_to_the_module_and_changes_nothing(estate: Any) -> None:
    result = run(estate)
    (row,) = result["vcav_replicator"]
    assert row["api_url"] == URL
    (state,) = result["states"]
    assert (state["api_url"], state["in_maintenance"], state["troubles"]) == (URL, False, [])
    assert estate.run(Replicator, vcav_url=estate.simulator.manager(estate.here), **row)["changed"] is False


def test_one_replicator_is_found_by_its_address(estate: Any) -> None:
    assert len(run(estate, api_url="https://vdev-a03-vcar01.vdev.local")["vcav_replicator"]) == 1
    assert run(estate, api_url="https://elsewhere.example.com")["vcav_replicator"] == []


def test_troubles_are_told(estate: Any) -> None:
    estate.simulator.simulator.sites[estate.here].manager.certificate.renew()
    (state,) = run(estate)["states"]
    assert state["troubles"] and state["troubles"][0].startswith("incoming: ")


def test_the_replicators_of_a_paired_site_are_not_among_them(estate: Any) -> None:
    paired = estate.run(
        Pairing, site=estate.there, public_endpoint=estate.simulator.public(estate.there), accept_certificate=True,
        remote_root_password=estate.simulator.root_password(estate.there),
    )  # fmt: skip
    assert paired["changed"] is True
    manager = estate.simulator.simulator.sites[estate.here].manager
    assert len(manager.replicators()) == 2
    assert [row["api_url"] for row in run(estate)["vcav_replicator"]] == [URL]


def test_a_manager_without_replicators_has_an_empty_list(new_estate: Any) -> None:
    assert run(new_estate)["vcav_replicator"] == []
