"""The module in this process against the simulator: the pairings of a site, and which of them do not work."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing_info import PairingInfo


def pair(estate: Any) -> None:
    endpoint, password = estate.simulator.public(estate.there), estate.simulator.root_password(estate.there)
    options = {"site": estate.there, "public_endpoint": endpoint, "remote_root_password": password}
    assert estate.run(Pairing, accept_certificate=True, **options)["changed"] is True


def test_a_site_without_partners_has_an_empty_list(estate: Any) -> None:
    result = estate.run(PairingInfo)
    assert (result["changed"], result["vcav_site_pairing"], result["troubles"]) == (False, [], [])


def test_each_entry_can_be_given_to_the_module_and_changes_nothing(estate: Any) -> None:
    pair(estate)
    result = estate.run(PairingInfo)
    (row,) = result["vcav_site_pairing"]
    assert row["site"] == estate.there and row["public_endpoint"] == estate.simulator.public(estate.there)
    assert row["peer_thumbprint"] == estate.simulator.thumbprint(estate.there)
    assert "connected" not in row
    assert result["troubles"] == []
    assert estate.run(Pairing, **row)["changed"] is False


def test_one_partner_is_found_by_its_name(estate: Any) -> None:
    pair(estate)
    assert len(estate.run(PairingInfo, site=estate.there)["vcav_site_pairing"]) == 1
    assert estate.run(PairingInfo, site="Elsewhere")["vcav_site_pairing"] == []


def test_a_pairing_that_the_other_side_has_forgotten_is_a_trouble(estate: Any) -> None:
    pair(estate)
    estate.control.change("unpair", estate.there, peer=estate.here)
    troubles = estate.run(PairingInfo)["troubles"]
    assert {each["site"] for each in troubles} == {estate.there}
    assert any(each["message"].startswith("incoming: ") for each in troubles)
