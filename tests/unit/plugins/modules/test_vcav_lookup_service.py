"""The module in this process against the simulator: a lookup service for each service, and whom it trusts there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import lookup_service
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_lookup_service import LookupService
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_lookup_service_info import LookupServiceInfo

HOST = "vdev-a03-vc01.vdev.local"
URL = f"https://{HOST}/lookupservice/sdk"
OTHER = "https://vdev-c00-vc01.vdev.local/lookupservice/sdk"


def thumbprint(estate: Any, site: str | None = None) -> str:
    """What a site's lookup service shows now."""
    return str(estate.simulator.simulator.sites[site or estate.here].lookup.certificate.thumbprint)


def urls(estate: Any) -> dict[str, str]:
    simulator = estate.simulator
    return {
        kind: getattr(simulator, kind)(estate.here) for kind in ("cloud", "manager", "replicator", "tunnel")
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["cloud", "manager", "replicator", "tunnel"])
def test_every_service_is_registered_for_itself_and_once(new_estate: Any, kind: str) -> None:
    there = {"vcav_url": urls(new_estate)[kind]}
    assert new_estate.run(LookupServiceInfo, **there)["vcav_lookup_service"] == {"url": None, "peer_thumbprint": None}
    made = new_estate.run(LookupService, url=URL, accept_certificate=True, **there)
    assert made["changed"] is True
    assert made["vcav_lookup_service"] == {"url": URL, "peer_thumbprint": thumbprint(new_estate)}
    assert new_estate.writes == ["POST /config/lookup-service"]
    assert new_estate.run(LookupService, url=URL, accept_certificate=True, **there)["changed"] is False
    found = new_estate.run(LookupServiceInfo, **there)
    assert (found["service"], found["vcav_lookup_service"]) == (kind, made["vcav_lookup_service"])
    assert new_estate.run(LookupService, **found["vcav_lookup_service"], **there)["changed"] is False
    others = [url for name, url in urls(new_estate).items() if name != kind]
    assert all(new_estate.run(LookupServiceInfo, vcav_url=url)["vcav_lookup_service"]["url"] is None for url in others)


@pytest.mark.parametrize("url", [HOST, f"https://{HOST}", f"{URL}/", f"https://{HOST.upper()}:443/lookupservice/sdk/"])
def test_all_spellings_of_an_address_are_one(estate: Any, url: str) -> None:
    result = estate.run(LookupService, url=url, accept_certificate=True)
    assert (result["changed"], result["vcav_lookup_service"]["url"]) == (False, URL)


def test_check_mode_predicts_and_writes_nothing(new_estate: Any) -> None:
    predicted = new_estate.run(LookupService, check=True, url=HOST, accept_certificate=True)
    assert new_estate.writes == []
    assert new_estate.run(LookupService, url=HOST, accept_certificate=True) == predicted


def test_a_new_address_is_not_trusted_silently(new_estate: Any) -> None:
    result = new_estate.run(LookupService, url=URL)
    assert "is not trusted silently" in result["msg"] and thumbprint(new_estate) in result["msg"]
    assert new_estate.writes == []


def test_a_known_address_is_left_alone_without_a_look_at_its_certificate(estate: Any) -> None:
    estate.simulator.simulator.sites[estate.here].lookup.certificate.renew()
    assert estate.run(LookupService, url=URL)["changed"] is False
    assert not estate.control.journal(path="config/remote-certificate*")


def test_a_certificate_that_was_replaced_is_a_difference_where_it_is_accepted(estate: Any) -> None:
    before = thumbprint(estate)
    estate.simulator.simulator.sites[estate.here].lookup.certificate.renew()
    after = thumbprint(estate)
    assert after != before
    result = estate.run(LookupService, url=URL, accept_certificate=True)
    (entry,) = result["diff"]
    assert (entry["before"], entry["after"]) == ({"peer_thumbprint": before}, {"peer_thumbprint": after})
    assert estate.run(LookupService, url=URL, peer_thumbprint=after)["changed"] is False


def test_another_certificate_than_the_expected_one_is_refused(estate: Any) -> None:
    result = estate.run(LookupService, url=OTHER, peer_thumbprint="SHA-256:" + ":".join(["AB"] * 32))
    assert f"shows {thumbprint(estate, estate.there)} now" in result["msg"]
    assert estate.writes == []


def test_a_vcenter_that_is_not_there_is_named_with_what_to_do(estate: Any) -> None:
    result = estate.run(LookupService, url="vc99.vdev.local", accept_certificate=True)
    assert "https://vc99.vdev.local/lookupservice/sdk" in result["msg"]
    assert "name servers and the firewall of the appliance" in result["msg"]


def test_another_vcenter_is_a_change(estate: Any) -> None:
    result = estate.run(LookupService, url=OTHER, peer_thumbprint=thumbprint(estate, estate.there))
    assert result["diff"][0]["after"]["url"] == OTHER
    assert result["diff"][0]["object"]["name"].startswith("cloud service https://")


@pytest.mark.parametrize("url", ["https://vc01/sdk", "http://vc01/lookupservice/sdk", "", f"{URL}?wsdl"])
def test_what_is_no_lookup_service_is_refused_before_a_request(estate: Any, url: str) -> None:
    result = estate.run(LookupService, url=url)
    assert "url is " in result["msg"] and "/lookupservice/sdk" in result["msg"]
    assert estate.control.count() == 0


def test_single_sign_on_credentials_are_refused_where_nobody_takes_them(estate: Any) -> None:
    result = estate.run(LookupService, url=URL, sso_user="administrator@vsphere.local", sso_password="s3cret")
    assert "sso_user" in result["msg"] and "cloud service" in result["msg"]


class Manager:
    """The manager of a vCenter Replication Management Appliance, as far as this module asks it."""

    endpoint = "https://127.0.0.1:1"
    facts = {"service": "MANAGER"}

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.hidden: list[str] = []

    def hide(self, *secrets: str) -> None:
        self.hidden += secrets

    def has(self, feature: str) -> bool:
        return feature == "lookup_service_sso"

    def request(self, method: str, path: str, document: Any) -> None:
        self.sent.append((method, path, document))


def test_such_a_manager_is_sent_them() -> None:
    manager = Manager()
    values = {
        "url": URL,
        "peer_thumbprint": "SHA-256:AA",
        "sso_user": "administrator@vsphere.local",
        "sso_password": "s3",
    }
    lookup_service.write(manager, values)  # type: ignore[arg-type]
    ((_method, path, document),) = manager.sent
    assert path == "config/lookup-service"
    assert document["ssoAdminCredentials"] == {"ssoUser": "administrator@vsphere.local", "ssoPassword": "s3"}
    assert manager.hidden == ["s3"]
