"""Appliances that are switched on and off, deployed and removed (contract 2.2, 5.1)."""

from __future__ import annotations

import pytest

from tests.simulator.front import dispatch
from tests.simulator.wire import Request

from .asking import INITIAL, NORTH, PASSWORD, SOUTH, problem
from .wizard import Wizard

PROBE = Request("GET", "/docs/api-guide.html")


def answers(wizard: Wizard, kind: str = "cloud") -> int:
    """Status of the readiness probe; 0: nothing listens."""
    reply = dispatch(wizard.world, wizard.service(kind), PROBE).reply
    return reply.status if reply else 0


def test_nothing_is_there_until_it_is_deployed(version: str) -> None:
    wizard = Wizard(version, start="nothing")
    appliance = wizard.service().appliance
    assert (appliance.state, answers(wizard)) == ("absent", 0)
    with pytest.raises(ValueError, match="There is no appliance north-cloud"):
        appliance.power_off()
    properties = {
        "root_password": "From-The-0vf", "hostname": "other.example.test", "dns_servers": ["192.0.2.9"],
        "search_domains": ["a.test"], "ntp_servers": ["192.0.2.8"], "ssh_enabled": True, "address": "192.0.2.77",
    }  # fmt: skip
    appliance.power_on(properties)
    assert (appliance.state, answers(wizard)) == ("on", 0)
    assert wizard.world.is_closed(wizard.service())
    wizard.world.advance(5)
    assert answers(wizard) == answers(wizard, "manager") == 200
    assert answers(wizard, "tunnel") == 0
    assert wizard.log_in({"type": "localUser", "localUser": "root", "localPassword": "From-The-0vf"}).status == 200
    assert wizard.get("config/network") == {
        "hostname": "other.example.test", "dnsServers": ["192.0.2.9"], "dnsSearchDomains": ["a.test"],
    }  # fmt: skip
    assert wizard.service().health()["address"] == "192.0.2.77"
    if wizard.service().product.since("3.5"):
        assert wizard.get("os/ntp") == {"ntpServers": ["192.0.2.8"]}
        assert wizard.get("os/sshd")["enabled"] is True


def test_an_unknown_property_is_refused() -> None:
    wizard = Wizard("4.7", start="nothing")
    with pytest.raises(ValueError, match="no property color"):
        wizard.service().appliance.power_on({"color": "blue"})
    assert wizard.service().appliance.state == "absent"


def test_one_that_was_switched_off_keeps_what_it_has(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.log_in()
    config = wizard.get("config")
    appliance = wizard.service().appliance
    appliance.power_off()
    assert (appliance.state, answers(wizard), answers(wizard, "manager")) == ("off", 0, 0)
    appliance.power_on({"root_password": INITIAL})
    wizard.world.advance(5)
    assert problem(wizard.ask("GET", "/config")) == (401, "NotAuthenticated")
    assert wizard.log_in().status == 200
    assert wizard.get("config") == config
    # On is on.
    appliance.power_on()
    assert answers(wizard) == 200


def test_a_removed_one_has_forgotten_everything(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.pair()
    cloud = wizard.service()
    before, thumbprint = cloud.id, cloud.certificate.thumbprint
    cloud.appliance.remove()
    cloud.appliance.remove()
    cloud.appliance.power_on()
    wizard.world.advance(5)
    wizard.tokens.clear()
    assert cloud.id != before and cloud.certificate.thumbprint != thumbprint
    assert wizard.log_in().status == 401
    assert wizard.get("config")["localSite"] is None
    assert wizard.get("sites") == []
    (peer,) = wizard.service("cloud", SOUTH).pairing.peers.values()
    assert wizard.service("cloud", SOUTH).pairing.outgoing_error(peer) is not None


def test_what_is_switched_off_cannot_be_looked_at(version: str) -> None:
    wizard = Wizard(version, start="configured")
    wizard.service("tunnel").appliance.power_off()
    reply = wizard.post("config/tunnels" if version.startswith("4") else "config/tunnel-service", {
        "url": wizard.service("tunnel").url, "certificate": "MIID", "rootPassword": PASSWORD,
    })  # fmt: skip
    assert problem(reply) == (500, "GeneralServerFailure") and "connection refused" in reply.document()["msg"]
    assert problem(wizard.ask("GET", f"/config/remote-certificate?url={wizard.service('tunnel').url}"))[0] == 500


def test_a_reset_brings_removed_ones_back_with_their_first_identity() -> None:
    wizard = Wizard("4.7", start="configured")
    cloud = wizard.service()
    before, thumbprint = cloud.id, cloud.certificate.thumbprint
    cloud.appliance.remove()
    wizard.world.reset()
    assert (cloud.id, cloud.certificate.thumbprint, answers(wizard)) == (before, thumbprint, 200)
    assert wizard.log_in(site=NORTH).status == 200
