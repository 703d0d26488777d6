"""The module in this process against the simulator: certificates are replaced, what breaks is told, and repaired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_certificate import Certificate
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replicator_info import ReplicatorInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_session import SessionTask
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing
from tests.tools.make_pkcs12 import make

SECRET = "p4ss-Phrase"
OWN = ["vcav-a03.example.net", "vdev-a03-vcam.vdev.local"]
OTHER = "SHA-256:" + ":".join(["AB"] * 32)


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """The options that name a right file."""
    path = tmp_path / "portal.p12"
    make(path, SECRET, OWN)
    return {"pkcs12_path": str(path), "pkcs12_passphrase": SECRET, "wait_timeout": 30, "wait_interval": 1}


def site(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here]


def kinds(result: Any) -> list[tuple[str, bool]]:
    return [(row["kind"], row["done"]) for row in result["repairs"]]


def test_a_certificate_is_installed_once_and_trusted_because_it_was_brought(
    estate: Any, given: dict[str, Any], warnings: list[str]
) -> None:
    before = estate.simulator.thumbprint(estate.here)
    pinned = {**given, "thumbprint": before}
    predicted = estate.run(Certificate, check=True, **pinned)
    assert estate.writes == []
    made = estate.run(Certificate, **pinned)
    wanted = site(estate).cloud.certificate.thumbprint
    assert made["diff"][0]["before"] == {"thumbprint": before} and made["diff"][0]["after"] == {"thumbprint": wanted}
    assert (predicted.pop("current_thumbprint"), made["current_thumbprint"]) == (before, wanted)
    assert {**predicted, "current_thumbprint": wanted} == made
    assert estate.writes == ["POST /config/certificate"] and warnings == []
    # The pinned thumbprint is that of the old certificate, and the authority is not known: the file itself is proof.
    again = estate.run(Certificate, **pinned)
    assert (again["changed"], again["current_thumbprint"]) == (False, wanted)
    assert f"give other tasks thumbprint: {wanted}" in warnings[0]
    assert SECRET not in str(made)


def test_the_repairs_of_a_cloud_service_are_told_and_the_tunnel_is_logged_in_to(
    estate: Any, given: dict[str, Any]
) -> None:
    result = estate.run(Certificate, check=True, **given)
    assert kinds(result) == [("tunnel", False), ("portal plug-in", False)]
    assert result["repairs"][0]["module"] == "vcpp.vcloud.vcav_tunnel"
    password = {"tunnel_root_password": estate.simulator.root_password(estate.here)}
    assert estate.run(Certificate, **given, **password)["repairs"][0]["done"] is True
    assert site(estate).tunnels.trouble() is None


def test_a_repair_that_fails_says_that_the_certificate_was_replaced(estate: Any, given: dict[str, Any]) -> None:
    result = estate.run(Certificate, **given, tunnel_root_password="wr0ng-P4ssword")
    assert result["failed"] and "The certificate was replaced and the service is back, but" in result["msg"]
    assert "is not correct" in result["msg"] and result["repairs"][0]["kind"] == "tunnel"
    assert "wr0ng" not in str(result)


def test_a_manager_repairs_its_replicators(estate: Any, given: dict[str, Any]) -> None:
    manager = {"vcav_url": estate.simulator.manager(estate.here)}
    assert kinds(estate.run(Certificate, check=True, **manager, **given)) == [("replicator", False)]
    result = estate.run(
        Certificate, **manager, **given, sso_user="administrator@vsphere.local",
        sso_password=estate.simulator.simulator.world.estate.sso_password,
        replicator_root_password=estate.simulator.root_password(estate.here),
    )  # fmt: skip
    assert kinds(result) == [("replicator", True)]
    found = estate.run(ReplicatorInfo, thumbprint=result["current_thumbprint"], **manager)
    assert found["states"][0]["troubles"] == []


def test_a_manager_with_replicators_that_do_not_trust_it_tells_them_without_a_change(
    estate: Any, given: dict[str, Any]
) -> None:
    manager = {"vcav_url": estate.simulator.manager(estate.here)}
    estate.run(Certificate, **manager, **given)
    again = estate.run(Certificate, **manager, **given)
    assert (again["changed"], kinds(again)) == (False, [("replicator", False)])
    assert "does not trust" in again["repairs"][0]["how"]


@pytest.mark.parametrize(("service", "expected"), [
    ("replicator", ["replicator"]), ("tunnel", ["tunnel", "paired sites"]),
])  # fmt: skip
def test_what_other_services_must_do_is_told(
    estate: Any, given: dict[str, Any], service: str, expected: list[str]
) -> None:
    result = estate.run(Certificate, vcav_url=getattr(estate.simulator, service)(estate.here), **given)
    assert result["changed"] and kinds(result) == [(kind, False) for kind in expected]


def paired(estate: Any) -> None:
    options = {"site": estate.there, "public_endpoint": estate.simulator.public(estate.there)}
    password = {"remote_root_password": estate.simulator.root_password(estate.there)}
    assert estate.run(Pairing, accept_certificate=True, **options, **password)["changed"] is True
    estate.control.clear_journal()


def test_the_certificate_of_a_paired_site_is_refused(estate: Any, given: dict[str, Any]) -> None:
    paired(estate)
    wanted = estate.run(Certificate, check=True, **given)["vcav_certificate"]["thumbprint"]
    site(estate).cloud.pairing.peers[estate.there].thumbprint = wanted
    result = estate.run(Certificate, **given)
    assert f"is that of the paired site '{estate.there}'" in result["msg"] and estate.writes == []


def test_a_name_that_covers_a_paired_site_is_a_warning_and_the_pairing_a_repair(
    estate: Any, given: dict[str, Any], warnings: list[str]
) -> None:
    paired(estate)
    make(Path(given["pkcs12_path"]), SECRET, ["*.example.net"])
    result = estate.run(Certificate, check=True, **given)
    assert kinds(result) == [("tunnel", False), ("pairing", False), ("portal plug-in", False)]
    assert any("the name *.example.net in the certificate covers the paired site" in text for text in warnings)


def test_a_pairing_that_was_left_broken_is_told_without_a_change(estate: Any, given: dict[str, Any]) -> None:
    paired(estate)
    password = {"tunnel_root_password": estate.simulator.root_password(estate.here)}
    estate.run(Certificate, **given, **password)
    again = estate.run(Certificate, **given, **password)
    assert (again["changed"], kinds(again)) == (False, [("pairing", False)])
    assert again["repairs"][0]["name"] == estate.there


def test_a_certificate_replaced_by_somebody_else_is_told_as_that(estate: Any, given: dict[str, Any]) -> None:
    result = estate.run(Certificate, thumbprint=OTHER, **given)
    assert estate.simulator.thumbprint(estate.here) in result["msg"]
    assert "so somebody else has replaced it" in result["msg"] and estate.writes == []


def test_a_certificate_that_nobody_vouches_for_is_told_with_its_thumbprint(estate: Any, given: dict[str, Any]) -> None:
    result = estate.run(Certificate, ca_path=None, **given)
    assert f"its thumbprint is {estate.simulator.thumbprint(estate.here)}" in result["msg"]
    assert "Compare the thumbprint that is shown" in result["msg"] and "somebody else" not in result["msg"]


def test_a_token_is_refused_because_nobody_could_log_in_afterwards(estate: Any, given: dict[str, Any]) -> None:
    opened = estate.run(SessionTask)["vcav_session"]["token"]
    result = estate.run(Certificate, vcav_password=None, vcav_token=opened, **given)
    assert "vcav_token is given" in result["msg"] and estate.writes == []


def test_a_service_makes_itself_a_new_certificate_where_it_is_asked(estate: Any) -> None:
    before = estate.simulator.thumbprint(estate.here)
    given = {"regenerate_thumbprint": before.lower(), "wait_timeout": 30, "wait_interval": 1, "thumbprint": before}
    if estate.release == "3.0":
        result = estate.run(Certificate, **given)
        assert "from release 4.0 on, and this one runs 3.0: give pkcs12_path" in result["msg"]
        return
    predicted = estate.run(Certificate, check=True, **given)
    assert estate.writes == [] and predicted["diff"][0]["after"] == {"due": False}
    made = estate.run(Certificate, **given)
    now = site(estate).cloud.certificate.thumbprint
    assert (predicted.pop("current_thumbprint"), made.pop("current_thumbprint")) == (before, now)
    assert made == predicted and now != before and estate.writes == ["PUT /config/certificate"]
    given["thumbprint"] = now
    assert estate.run(Certificate, **given)["changed"] is False


def test_expiry_decides_where_it_is_asked_to(estate: Any) -> None:
    result = estate.run(Certificate, regenerate_before_days=1)
    assert (result["changed"], result["vcav_certificate"]) == (False, {"due": False})
    result = estate.run(Certificate, check=True, regenerate_before_days=1000000)
    assert (estate.release == "4.7" and result["changed"]) or "give pkcs12_path" in result["msg"]


@pytest.mark.parametrize(("options", "words"), [
    ({}, "one of the following is required"),
    ({"pkcs12_path": "/nowhere/portal.p12"}, "pkcs12_passphrase"),
    ({"pkcs12_path": "/nowhere/portal.p12", "pkcs12_passphrase": SECRET}, "No such file"),
    ({"regenerate_before_days": 30, "pkcs12_path": "/nowhere", "pkcs12_passphrase": SECRET}, "mutually exclusive"),
    ({"regenerate_before_days": -1}, "regenerate_before_days is -1"),
    ({"regenerate_thumbprint": "A1:B2"}, "regenerate_thumbprint is 'A1:B2'"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    result = estate.run(Certificate, **options)
    assert result["failed"] is True and words in result["msg"]
    assert estate.control.count() == 0
