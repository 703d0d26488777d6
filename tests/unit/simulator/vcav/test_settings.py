"""What can be read from a configured site, and the little that changes on day 2 (contract 4.1, 4.2, 4.5 - 4.7)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import PASSWORD, Estate, problem

STATUS = {
    # path, kind of service: status by version
    ("config/admin-allow-from", "cloud"): (404, 200, 200, 200),
    ("config/pvdc-filter", "cloud"): (404, 200, 200, 200),
    ("os/ntp", "cloud"): (404, 200, 200, 200),
    ("os/sshd", "tunnel"): (404, 200, 200, 200),
    ("config/tunnels", "cloud"): (404, 404, 200, 200),
    ("config/tunnels", "manager"): (404, 404, 200, 200),
    ("appliance/root-password-expired", "cloud"): (200, 200, 200, 404),
    ("config/root-password-expired", "cloud"): (404, 404, 200, 200),
    ("config/is-configured", "replicator"): (200, 200, 200, 200),
    ("config", "cloud"): (200, 200, 200, 200),
    ("config", "manager"): (200, 200, 200, 200),
    ("config", "replicator"): (200, 200, 200, 200),
    ("config", "tunnel"): (200, 200, 200, 200),
    ("config/network", "manager"): (200, 200, 200, 200),
    ("config/endpoints", "cloud"): (200, 200, 200, 200),
    ("config/telemetry", "cloud"): (200, 200, 200, 200),
    ("config/certificate", "tunnel"): (200, 200, 200, 200),
    ("license", "cloud"): (200, 200, 200, 200),
    ("license", "manager"): (200, 200, 200, 200),
    ("license", "tunnel"): (404, 404, 404, 404),
    ("policies", "manager"): (404, 404, 404, 404),
    ("replicators", "cloud"): (404, 404, 405, 405),
    ("diagnostics/loglevels", "cloud"): (200, 200, 200, 200),
}


@pytest.mark.parametrize(("where", "by_version"), STATUS.items())
def test_each_version_has_its_paths(
    estate: Estate, version: str, where: tuple[str, str], by_version: tuple[int, ...]
) -> None:
    path, kind = where
    estate.log_in(kind=kind)
    assert estate.ask("GET", f"/{path}", kind=kind).status == by_version[["3.0", "3.5", "4.3", "4.7"].index(version)]


def test_the_cloud_shows_what_it_is_configured_with(root: Estate) -> None:
    config = root.ask("GET", "/config").document()
    assert set(config) == {
        "id", "lsUrl", "lsThumbprint", "localSite", "localSiteDescription", "vcdUrl", "vcdThumbprint", "vcdUsername",
        "tunnelUrl", "tunnelCertificate", "isCombined",
    }  # fmt: skip
    assert (config["localSite"], config["vcdUrl"]) == ("North", "https://vcd-north.example.test/api")
    assert config["tunnelUrl"] == "https://north-tun.example.test:8047"
    assert config["tunnelCertificate"] == root.service("tunnel").certificate.encoded
    assert root.ask("GET", "/config/is-configured").document() == {"isConfigured": True}


def test_services_have_certificates_of_their_own(estate: Estate) -> None:
    thumbprints = set()
    for kind in ("cloud", "manager", "replicator", "tunnel"):
        estate.log_in(kind=kind)
        thumbprints.add(estate.ask("GET", "/config/certificate", kind=kind).document()["certificate"]["thumbPrint"])
    assert len(thumbprints) == 4


def test_registered_tunnels_are_listed_in_4() -> None:
    estate = Estate("4.7")
    estate.log_in()
    (tunnel,) = estate.ask("GET", "/config/tunnels").document()["tunnels"]
    assert tunnel["url"] == "https://north-tun.example.test:8047"
    assert set(tunnel) == {"id", "url", "certificate"}


def test_the_replicator_is_listed_under_its_own_id(estate: Estate) -> None:
    estate.log_in(kind="manager")
    estate.log_in(kind="replicator")
    own = estate.ask("GET", "/config", kind="replicator").document()["id"]
    assert [one["id"] for one in estate.ask("GET", "/replicators", kind="manager").document()] == [own]


def test_expiry_is_told_with_the_fields_of_the_version(root: Estate, version: str) -> None:
    path = root.service().product.root_expiry_paths[0]
    answer = root.ask("GET", f"/{path}").document()
    assert answer["rootPasswordExpired"] is False
    assert ("secondsUntilExpiration" in answer) == (version in ("4.3", "4.7"))


def test_cloud_and_manager_share_the_root_password(root: Estate) -> None:
    new = "Another-Passw0rd"
    reply = root.ask("POST", "/config/root-password", {"rootPassword": new}, headers={"Config-Secret": PASSWORD})
    assert (reply.status, reply.body) == (204, b"")
    body = {"type": "localUser", "localUser": "root", "localPassword": new}
    assert root.log_in(body, kind="manager").status == 200
    assert root.log_in(body, kind="tunnel").status == 401
    assert root.log_in().status == 401


@pytest.mark.parametrize(
    ("secret", "new", "status"),
    [("wrong", "Another-Passw0rd", 500), (PASSWORD, "weak", 400), (PASSWORD, PASSWORD, 400), (PASSWORD, 7, 400)],
)
def test_bad_password_changes_change_nothing(root: Estate, secret: str, new: Any, status: int) -> None:
    reply = root.ask("POST", "/config/root-password", {"rootPassword": new}, headers={"Config-Secret": secret})
    assert reply.status == status
    assert root.log_in().status == 200


def test_endpoints_are_replaced_as_a_whole(root: Estate, version: str) -> None:
    answer = root.ask("GET", "/config/endpoints").document()
    assert answer["configured"]["apiPublicAddress"] == "vcav-north.example.net"
    assert answer["effective"]["mgmtPort"] == 8046
    assert ("tunnelPort" in answer["configured"]) == (version == "3.0")
    answer = root.ask("POST", "/config/endpoints", {"apiPublicAddress": "new.example.net"}).document()
    assert answer["configured"]["apiPublicAddress"] == "new.example.net"
    assert answer["configured"]["apiPublicPort"] is None
    assert problem(root.ask("POST", "/config/endpoints", {"apiPublicAddress": "vcd-north.example.test"}))[0] == 400


def test_a_license_has_five_groups_of_five(root: Estate) -> None:
    assert root.ask("GET", "/license").document()["isLicensed"] is True
    key = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
    assert root.ask("POST", "/license", {"key": key}).document()["key"] == key
    assert problem(root.ask("POST", "/license", {"key": "AAAAA"})) == (400, "BadUserInput")


@pytest.mark.parametrize("version", ["3.5", "4.7"])
def test_appliance_settings_are_written_and_read_back(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    assert estate.ask("GET", "/os/ntp").document() == {"ntpServers": ["192.0.2.123"]}
    estate.ask("POST", "/os/ntp", {"ntpServers": ["192.0.2.1", "192.0.2.2"]})
    assert estate.ask("GET", "/os/ntp").document() == {"ntpServers": ["192.0.2.1", "192.0.2.2"]}
    assert estate.ask("GET", "/os/sshd").document() == {"enabled": False, "status": "inactive"}
    assert problem(estate.ask("POST", "/os/sshd", {"enabled": True})) == (400, "BadUserInput")
    assert estate.ask("POST", "/os/sshd", {"enable": True}).document()["enabled"] is True
    estate.ask("POST", "/config/network/dns", {"dns1": "192.0.2.7", "dns2": "", "dnsSearchDomains": ["a.test"]})
    network = estate.ask("GET", "/config/network").document()
    assert (network["dnsServers"], network["dnsSearchDomains"]) == (["192.0.2.7"], ["a.test"])
    estate.ask("PUT", "/diagnostics/loglevels", {"logger": "com.vmware", "level": "DEBUG"})
    assert estate.ask("GET", "/diagnostics/loglevels").document() == {"com.vmware": "DEBUG"}


def test_telemetry_is_switched(root: Estate) -> None:
    assert root.ask("GET", "/config/telemetry").document() == {"enabled": False, "environment": None}
    body = {"enabled": True, "environment": "PRODUCTION"}
    assert root.ask("POST", "/config/telemetry", body).document() == body
