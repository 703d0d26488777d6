"""The module in this process against the simulator: registering a tunnel, logging in anew, and the address trap."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import tunnels
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_certificate_info import CertificateInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_tunnel import Tunnel

ADDRESS = "vdev-a03-vcat.vdev.local"
URL = f"https://{ADDRESS}:8047"
OTHER = "SHA-256:" + ":".join(["AB"] * 32)


def registered(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here].tunnels.registration


def endpoints(estate: Any) -> Any:
    return estate.simulator.simulator.sites[estate.here].cloud.settings.endpoints


def thumbprint(estate: Any) -> str:
    shown = estate.run(CertificateInfo, urls=[URL])["vcav_certificate"][1]["thumbprint"]
    estate.control.clear_journal()
    return str(shown)


def password(estate: Any) -> dict[str, str]:
    return {"tunnel_root_password": estate.simulator.root_password(estate.here)}


def replaced(estate: Any) -> None:
    """The tunnel appliance has another certificate since tonight."""
    estate.simulator.simulator.sites[estate.here].tunnel.certificate.renew()


def test_a_tunnel_is_registered_once(new_estate: Any) -> None:
    given = {"url": f"https://{ADDRESS}", "peer_thumbprint": thumbprint(new_estate), **password(new_estate)}
    predicted = new_estate.run(Tunnel, check=True, **given)
    assert (registered(new_estate), new_estate.writes) == (None, [])
    made = new_estate.run(Tunnel, **given)
    assert made == predicted
    assert (made["changed"], made["restart_required"]) == (True, True)
    assert made["vcav_tunnel"].items() >= {"url": URL, "peer_thumbprint": given["peer_thumbprint"]}.items()
    assert registered(new_estate).url == URL
    path = "config/tunnel-service" if new_estate.release == "3.0" else "config/tunnels"
    assert new_estate.writes == [f"POST /{path}"]
    new_estate.control.clear_journal()
    again = new_estate.run(Tunnel, url=URL)
    assert (again["changed"], new_estate.writes) == (False, [])
    assert new_estate.control.count() <= 5  # login, what it asks, and two reads


def test_a_new_tunnel_is_not_trusted_silently_and_not_by_a_wrong_thumbprint(new_estate: Any) -> None:
    result = new_estate.run(Tunnel, url=URL, **password(new_estate))
    assert "is not trusted silently" in result["msg"] and thumbprint(new_estate) in result["msg"]
    result = new_estate.run(Tunnel, url=URL, peer_thumbprint=OTHER, **password(new_estate))
    assert f"shows {thumbprint(new_estate)} now" in result["msg"]
    assert registered(new_estate) is None


def test_a_registration_without_the_password_is_refused_before_anything_is_sent(new_estate: Any) -> None:
    result = new_estate.run(Tunnel, url=URL, accept_certificate=True)
    assert "needs tunnel_root_password" in result["msg"] and new_estate.writes == []


def test_a_wrong_password_is_told_and_shown_nowhere(new_estate: Any) -> None:
    result = new_estate.run(Tunnel, url=URL, accept_certificate=True, tunnel_root_password="wr0ng-P4ssword")
    assert result["failed"] and "is not correct" in result["msg"] and "wr0ng" not in str(result)
    assert registered(new_estate) is None


def test_a_replaced_certificate_is_left_alone_refused_or_accepted(estate: Any) -> None:
    before = thumbprint(estate)
    replaced(estate)
    after = thumbprint(estate)
    assert estate.run(Tunnel, url=URL)["changed"] is False
    refused = estate.run(Tunnel, url=URL, peer_thumbprint=OTHER, **password(estate))
    assert f"shows {after} now. Was the certificate replaced?" in refused["msg"]
    given = {"url": URL, "accept_certificate": True, **password(estate)}
    assert estate.run(Tunnel, check=True, **given) == (result := estate.run(Tunnel, **given))
    assert result["diff"][0]["before"] == {"peer_thumbprint": before}
    assert result["diff"][0]["after"] == {"peer_thumbprint": after}
    assert estate.writes == ["POST /config/tunnel-service" if estate.release == "3.0"
                             else f"PUT /config/tunnels/{registered(estate).id}"]  # fmt: skip
    assert estate.run(Tunnel, **given)["changed"] is False


def test_repairing_logs_in_anew_each_time_it_is_asked(estate: Any) -> None:
    estate.simulator.simulator.sites[estate.here].cloud.certificate.renew()
    assert registered(estate).cloud_serial == 0
    result = estate.run(Tunnel, url=URL, repair=True, **password(estate))
    assert result["changed"] and result["diff"][0]["after"] == {"repair_due": False}
    assert result["restart_required"] is False
    assert registered(estate).cloud_serial == 1
    assert estate.run(Tunnel, url=URL, repair=True, **password(estate))["changed"] is True


def test_the_trap_is_mended_and_the_tunnel_registered_anew(estate: Any) -> None:
    public = estate.simulator.public(estate.here).removeprefix("https://").split(":")[0]
    endpoints(estate).set(mgmtAddress=public)
    endpoints(estate).take_effect()
    given = {"url": URL, **password(estate)}
    predicted = estate.run(Tunnel, check=True, **given)
    assert predicted["diff"][0]["before"] == {"management_address": public} and estate.writes == []
    result = estate.run(Tunnel, **given)
    assert result == predicted and result["vcav_tunnel"]["management_address"] == ""
    assert endpoints(estate).configured["mgmtAddress"] is None
    assert endpoints(estate).configured["apiPublicAddress"] == public
    assert [write.split("/")[1:3] for write in estate.writes] == [
        ["config", "endpoints"], ["config", "tunnel-service" if estate.release == "3.0" else "tunnels"],
    ]  # fmt: skip
    again = estate.run(Tunnel, **given)
    assert (again["changed"], again["restart_required"]) == (False, True)  # not in effect yet
    endpoints(estate).take_effect()
    assert estate.run(Tunnel, **given)["restart_required"] is False


def test_a_management_address_that_is_given_is_set_and_any_other_left_alone(estate: Any) -> None:
    endpoints(estate).set(mgmtAddress="vdev-a03-vcam.vdev.local")
    assert estate.run(Tunnel, url=URL)["changed"] is False
    result = estate.run(Tunnel, url=URL, management_address="10.207.0.44", **password(estate))
    assert result["diff"][0]["after"] == {"management_address": "10.207.0.44"}
    assert endpoints(estate).configured["mgmtAddress"] == "10.207.0.44"
    assert estate.run(Tunnel, url=URL, management_address="10.207.0.44")["changed"] is False


def test_another_address_replaces_the_tunnel_before_four_and_is_doubtful_afterwards(
    estate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []  # ansible-core collects the warnings of a whole process
    monkeypatch.setattr(AnsibleModule, "warn", lambda self, text: warnings.append(text))
    other = "https://10.207.0.46:8047"
    result = estate.run(Tunnel, url=other, accept_certificate=True, **password(estate))
    assert result["changed"] is True and registered(estate).url == other
    assert (result["diff"][0]["before"].get("url") == URL) is (estate.release == "3.0")
    assert any("is not documented" in text for text in warnings) is (estate.release != "3.0")


def test_other_services_are_refused(estate: Any) -> None:
    result = estate.run(Tunnel, vcav_url=estate.simulator.manager(estate.here), url=URL)
    assert "that is a manager service" in result["msg"] and "port 443" in result["msg"]


@pytest.mark.parametrize("options", [
    {"url": "http://vcat.example.com"}, {"url": URL, "peer_thumbprint": "A1:B2"},
    {"url": URL, "management_address": " "},
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any]) -> None:
    assert estate.run(Tunnel, **options)["failed"] is True
    assert estate.control.count() == 0


class Service:
    """A 4.3 that knows the list to read and the old call to write, or neither."""

    endpoint = "https://127.0.0.1:1"

    def __init__(self, missing: dict[str, int]) -> None:
        self.missing, self.sent = missing, []

    def has(self, feature: str) -> bool:
        return True

    def hide(self, *secrets: str) -> None:
        """Nothing is shown here."""

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def request(self, method: str, path: str, document: Any = None) -> Any:
        self.sent.append(f"{method} {path}")
        if path in self.missing:
            raise tunnels.HttpError("status", method, self.endpoint, path, status=self.missing[path])
        return {"tunnelUrl": URL, "tunnelCertificate": "AAAA"} if path == "config" else {"tunnels": []}


def test_a_release_without_the_list_is_read_by_its_configuration_and_written_the_old_way() -> None:
    api: Any = Service({"config/tunnels": 404})
    (found,) = tunnels.registered(api)
    assert found == {"id": None, "url": URL, "certificate": "AAAA"}
    tunnels.register(api, None, URL, "AAAA", "s3cret-w0rd")
    assert api.sent == ["GET config/tunnels", "GET config", "POST config/tunnels", "POST config/tunnel-service"]


def test_a_repair_by_put_falls_back_to_registering_again() -> None:
    api: Any = Service({"config/tunnels/7": 405})
    tunnels.register(api, {"id": "7"}, URL, "AAAA", "s3cret-w0rd")
    assert api.sent == ["PUT config/tunnels/7", "POST config/tunnels"]


def test_any_other_refusal_is_no_reason_to_try_another_call() -> None:
    api: Any = Service({"config/tunnels": 500})
    with pytest.raises(tunnels.HttpError):
        tunnels.register(api, None, URL, "AAAA", "s3cret-w0rd")
    assert len(api.sent) == 1


@pytest.mark.parametrize(("address", "caught"), [
    ("vcav.example.com", True), ("VCAV.example.com", True), ("https://vcav.example.com:443", True),
    ("10.0.0.44", False), (None, False), ("", False),
])  # fmt: skip
def test_the_trap_is_recognised_in_every_spelling(address: str | None, caught: bool) -> None:
    configured = {"mgmtAddress": address, "apiPublicAddress": "vcav.example.com"}
    assert tunnels.trapped({"configured": configured, "effective": {}}) is caught
