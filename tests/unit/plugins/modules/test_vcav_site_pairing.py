"""The module in this process against the simulator: pairing, what is refused before it, and unpairing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing


@pytest.fixture
def partner(estate: Any) -> dict[str, Any]:
    """The options that name the other site; before 4.0 its password pairs both directions."""
    options = {"site": estate.there, "public_endpoint": estate.simulator.public(estate.there)}
    if estate.release == "3.0":
        options["remote_root_password"] = estate.simulator.root_password(estate.there)
    return options


def paired(estate: Any) -> list[str]:
    return list(estate.control.status()["sites"][estate.here]["paired_with"])


def test_two_sites_are_paired_once(estate: Any, partner: dict[str, Any]) -> None:
    partner["peer_thumbprint"] = estate.simulator.thumbprint(estate.there)
    made = estate.run(Pairing, **partner)
    assert made["changed"] is True
    assert made["vcav_site_pairing"].items() >= {"site": estate.there, "connected": True}.items()
    assert paired(estate) == [estate.there]
    writes = len(estate.writes)
    assert estate.run(Pairing, **partner)["changed"] is False
    assert len(estate.writes) == writes


def test_check_mode_predicts_the_pairing(estate: Any, partner: dict[str, Any]) -> None:
    result = estate.run(Pairing, check=True, accept_certificate=True, **partner)
    assert result["vcav_site_pairing"]["peer_thumbprint"] == estate.simulator.thumbprint(estate.there)
    assert (result["changed"], paired(estate)) == (True, [])


def test_a_certificate_is_not_trusted_silently(estate: Any, partner: dict[str, Any]) -> None:
    result = estate.run(Pairing, **partner)
    assert "is not trusted silently" in result["msg"]
    assert estate.simulator.thumbprint(estate.there) in result["msg"]
    assert paired(estate) == []


def test_another_certificate_than_the_expected_one_is_refused(estate: Any, partner: dict[str, Any]) -> None:
    result = estate.run(Pairing, peer_thumbprint="SHA-256:" + ":".join(["AB"] * 32), **partner)
    assert f"shows {estate.simulator.thumbprint(estate.there)} now" in result["msg"]
    assert paired(estate) == []


def test_a_site_is_not_paired_with_itself(estate: Any) -> None:
    endpoint = estate.simulator.public(estate.here)
    result = estate.run(Pairing, site=estate.here, public_endpoint=endpoint, accept_certificate=True)
    assert "that is this site itself" in result["msg"]


def test_one_certificate_for_both_sites_is_refused(estate: Any, partner: dict[str, Any]) -> None:
    cloud = f"{estate.there}/vdev-c00-vcam/cloud"
    estate.control.add_fault("same_certificate", service=cloud, of=f"{estate.here}/vdev-a03-vcam/cloud")
    result = estate.run(Pairing, accept_certificate=True, **partner)
    assert "shows the same certificate as this site" in result["msg"]
    assert paired(estate) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"public_endpoint": "http://vcav-c00.example.net"}, "write it as https://"),
        ({"public_endpoint": None}, "public_endpoint"),
        ({"peer_thumbprint": "SHA-256:A1:B2"}, "peer_thumbprint is 'SHA-256:A1:B2'"),
    ],
)
def test_what_cannot_be_is_refused_before_a_request(
    estate: Any, partner: dict[str, Any], options: dict[str, Any], words: str
) -> None:
    result = estate.run(Pairing, **{**partner, **options})
    assert result["failed"] is True and words in result["msg"]
    assert estate.control.count() == 0


def test_a_description_is_changed_alone_and_the_thumbprint_left_as_it_is(estate: Any, partner: dict[str, Any]) -> None:
    estate.run(Pairing, accept_certificate=True, **partner)
    result = estate.run(Pairing, description="Across the strait", **partner)
    assert list(result["diff"][0]["after"]) == ["description"]
    assert result["vcav_site_pairing"]["description"] == "Across the strait"
    assert paired(estate) == [estate.there]


def test_unpairing_needs_no_endpoint_and_is_done_once(estate: Any, partner: dict[str, Any]) -> None:
    estate.run(Pairing, accept_certificate=True, **partner)
    gone = estate.run(Pairing, site=estate.there, state="absent")
    assert (gone["changed"], gone["vcav_site_pairing"], paired(estate)) == (True, {}, [])
    assert estate.run(Pairing, site=estate.there, state="absent")["changed"] is False


def test_a_refused_pairing_fails_where_nobody_else_made_it(estate: Any, partner: dict[str, Any]) -> None:
    estate.control.add_fault("refuse_role", method="POST", path="sites")
    result = estate.run(Pairing, accept_certificate=True, **partner)
    assert (result["failed"], result["error"]["status"]) == (True, 403)
