"""The module in this process against the simulator: the registered tunnel, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_tunnel import Tunnel
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_tunnel_info import TunnelInfo

URL = "https://vdev-a03-vcat.vdev.local:8047"


def test_the_entry_can_be_given_to_the_module_and_changes_nothing(estate: Any) -> None:
    result = estate.run(TunnelInfo)
    (row,) = result["vcav_tunnel"]
    assert (row["url"], result["troubles"]) == (URL, [])
    assert estate.run(Tunnel, **row)["changed"] is False


def test_one_tunnel_is_found_by_its_address(estate: Any) -> None:
    assert len(estate.run(TunnelInfo, url="https://vdev-a03-vcat.vdev.local")["vcav_tunnel"]) == 1
    assert estate.run(TunnelInfo, url="https://elsewhere.example.com")["vcav_tunnel"] == []


def test_a_site_without_a_tunnel_has_an_empty_list(new_estate: Any) -> None:
    result = new_estate.run(TunnelInfo)
    assert (result["vcav_tunnel"], result["troubles"]) == ([], [])


def test_a_replaced_certificate_and_the_address_trap_are_troubles(estate: Any) -> None:
    site = estate.simulator.simulator.sites[estate.here]
    site.tunnel.certificate.renew()
    public = estate.simulator.public(estate.here).removeprefix("https://").split(":")[0]
    site.cloud.settings.endpoints.set(mgmtAddress=public)
    first, second = estate.run(TunnelInfo)["troubles"]
    shown = site.tunnel.certificate.thumbprint
    assert first["url"] == URL and f"another certificate than the trusted one: {shown}" in first["message"]
    assert public in second["message"]


def test_a_tunnel_that_does_not_answer_is_a_trouble(estate: Any) -> None:
    simulator = estate.simulator.simulator
    simulator.world.restart(simulator.sites[estate.here].tunnel, 60)
    (trouble,) = estate.run(TunnelInfo)["troubles"]
    assert "cannot reach it" in trouble["message"]


def test_other_services_are_refused(estate: Any) -> None:
    result = estate.run(TunnelInfo, vcav_url=estate.simulator.replicator(estate.here))
    assert "that is a replicator service" in result["msg"]
