"""The module in this process against the simulator: own and remote certificates, and how long they last."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_certificate_info import CertificateInfo


def test_the_own_certificate_is_told_with_names_and_days(estate: Any) -> None:
    result = estate.run(CertificateInfo)
    (row,) = result["vcav_certificate"]
    assert (result["changed"], row["own"], row["error"]) == (False, True, None)
    assert row["thumbprint"] == estate.simulator.thumbprint(estate.here)
    assert row["url"] == estate.simulator.cloud(estate.here)
    assert row["common_name"] == row["names"][0] and "vcav-a03.example.net" in row["names"]
    assert row["expires"].endswith("Z") and row["expires_in_days"] > 30
    assert estate.control.count() <= 4


def test_others_follow_in_the_order_in_which_they_were_named(estate: Any) -> None:
    urls = [estate.simulator.public(estate.there), "https://vdev-a03-vcat.vdev.local:8047"]
    own, *others = estate.run(CertificateInfo, urls=urls)["vcav_certificate"]
    assert own["own"] and [row["url"] for row in others] == urls
    assert others[0]["thumbprint"] == estate.simulator.thumbprint(estate.there)
    assert not any(row["own"] or row["error"] for row in others)


def test_nobody_at_an_address_is_an_answer(estate: Any) -> None:
    row = estate.run(CertificateInfo, urls=["https://nowhere.example.com"])["vcav_certificate"][1]
    assert "Cannot connect" in row["error"]
    assert (row["thumbprint"], row["names"], row["expires_in_days"]) == (None, [], None)


def test_every_service_tells_its_own(estate: Any) -> None:
    services = ("cloud", "manager", "replicator", "tunnel")
    urls = [getattr(estate.simulator, name)(estate.here) for name in services]
    found = {estate.run(CertificateInfo, vcav_url=url)["vcav_certificate"][0]["thumbprint"] for url in urls}
    assert len(found) == 4


def test_an_address_that_is_none_is_refused_before_a_request(estate: Any) -> None:
    result = estate.run(CertificateInfo, urls=["https://vcav.example.com", "ftp://vcav.example.com"])
    assert "urls[1] is" in result["msg"]
    assert estate.control.count() == 0
