"""Registering a tunnel, and what has to happen afterwards (contract 4.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.vcav.health import complaints

from .asking import INITIAL, NORTH, PASSWORD, SOUTH, problem
from .wizard import Wizard

FAILURE = (500, "GeneralServerFailure")


@pytest.fixture(name="wizard")
def password_changed(version: str) -> Wizard:
    wizard = Wizard(version)
    wizard.change_passwords()
    return wizard


def message(wizard: Wizard, site: str = NORTH) -> str | None:
    error = wizard.sites[site].tunnel_error()
    return str(error["msg"]) if error else None


def body(wizard: Wizard, **changed: Any) -> dict[str, Any]:
    tunnel = wizard.service("tunnel")
    return {"url": tunnel.url, "certificate": tunnel.certificate.encoded, "rootPassword": PASSWORD, **changed}


@pytest.mark.parametrize(
    ("path", "statuses"),
    [("config/tunnel-service", (200, 200, 200, 404)), ("config/tunnels", (404, 404, 200, 200))],
)
def test_each_version_has_its_way(version: str, path: str, statuses: tuple[int, ...]) -> None:
    wizard = Wizard(version)
    wizard.change_passwords()
    reply = wizard.post(path, body(wizard))
    assert reply.status == statuses[["3.0", "3.5", "4.3", "4.7"].index(version)]
    if reply.status == 200:
        assert set(reply.document()) == {"id", "url", "certificate"}


def test_a_tunnel_is_read_back_in_the_configuration(wizard: Wizard) -> None:
    made = wizard.register_tunnel().document()
    for kind in ("cloud", "manager"):
        config = wizard.get("config", kind)
        assert (config["tunnelUrl"], config["tunnelCertificate"]) == (made["url"], made["certificate"])
        if not wizard.service().product.is_3:
            assert wizard.get("config/tunnels", kind) == {"tunnels": [made]}


@pytest.mark.parametrize(
    ("changed", "expected", "words"),
    [
        ({"certificate": "MIID"}, FAILURE, "another certificate"),
        ({"rootPassword": INITIAL}, FAILURE, "root password"),
        ({"url": "https://nowhere.example.test:8047"}, FAILURE, "resolved"),
        ({"url": "https://north-tun.example.test:443"}, FAILURE, "management port"),
        ({"url": "https://north-rep.example.test:8043"}, FAILURE, "management port"),
        ({"url": "https://south-tun.example.test:8047"}, FAILURE, "another site"),
        ({"url": "https://north-tun.example.test"}, (400, "BadUserInput"), "form"),
        ({"certificate": None}, (400, "BadUserInput"), "certificate"),
    ],
)
def test_a_tunnel_that_cannot_be_trusted_is_refused(
    wizard: Wizard, changed: dict[str, Any], expected: tuple[int, str], words: str
) -> None:
    path = "config/tunnel-service" if wizard.service().product.is_3 else "config/tunnels"
    reply = wizard.post(path, body(wizard, **changed))
    assert problem(reply) == expected
    assert words in reply.document()["msg"] and INITIAL not in reply.document()["msg"]
    assert message(wizard) == "Missing Tunnel settings."


def test_a_tunnel_whose_password_is_the_initial_one_is_refused(version: str) -> None:
    wizard = Wizard(version)
    wizard.change_password("cloud")
    reply = wizard.register_tunnel()
    assert problem(reply) == FAILURE and "expired" in reply.document()["msg"]


def test_a_tunnel_works_once_cloud_and_replicators_have_restarted(wizard: Wizard) -> None:
    assert message(wizard) == "Missing Tunnel settings."
    wizard.register_tunnel()
    assert "restart the services of North/north-cloud/cloud, North/north-rep/replicator" in str(message(wizard))
    wizard.restart("cloud")
    assert "restart the services of North/north-rep/replicator." in str(message(wizard))
    assert any("tunnel" in where for where in complaints(wizard.service().health()))
    wizard.restart("replicator")
    assert message(wizard) is None
    assert not any("tunnel" in where for where in complaints(wizard.service().health()))


def test_registering_the_same_tunnel_again_needs_no_restart(wizard: Wizard) -> None:
    first = wizard.register_tunnel().document()
    wizard.restart("cloud", "replicator")
    assert wizard.register_tunnel().document() == first
    assert message(wizard) is None


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_a_tunnel_with_a_new_certificate_is_repaired(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.pair()
    assert wizard.ask("PUT", "/config/certificate", kind="tunnel").status == 401
    wizard.log_in(kind="tunnel")
    assert wizard.ask("PUT", "/config/certificate", kind="tunnel").status == 200
    wizard.world.advance(10)
    assert "not trusted" in str(message(wizard))
    (peer,) = wizard.service().pairing.peers.values()
    assert wizard.service().pairing.outgoing_error(peer) is not None
    number = wizard.service().group.tunnels.registration.id
    assert problem(wizard.ask("PUT", "/config/tunnels/other", body(wizard))) == (404, "NotFound")
    assert wizard.ask("PUT", f"/config/tunnels/{number}", body(wizard)).status == 200
    wizard.restart("cloud", "replicator")
    assert message(wizard) is None
    assert wizard.service().pairing.outgoing_error(peer) is None


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_a_new_certificate_of_the_cloud_needs_the_tunnels_password_again(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.log_in()
    wizard.ask("PUT", "/config/certificate")
    wizard.world.advance(10)
    assert "enter its root password again" in str(message(wizard))
    assert wizard.register_tunnel().status == 200
    assert message(wizard) is None


def test_a_tunnel_that_is_switched_off_does_not_answer(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.service("tunnel").appliance.power_off()
    assert "does not answer" in str(message(wizard))
    assert message(wizard, SOUTH) is None
