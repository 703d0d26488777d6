"""From an appliance that was just switched on to a paired site (contract 4.1, 4.5, 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.vcav.health import complaints

from .asking import INITIAL, NORTH, PASSWORD, SOUTH, Estate, problem
from .wizard import LICENSE, Wizard

KINDS = ("cloud", "manager", "replicator", "tunnel")
FAILURE = (500, "GeneralServerFailure")
ROOT = {"type": "localUser", "localUser": "root", "localPassword": INITIAL}


@pytest.fixture(name="wizard")
def first_boot(version: str) -> Wizard:
    return Wizard(version)


def health(wizard: Wizard, site: str = NORTH) -> list[str]:
    return complaints(wizard.service("cloud", site).health())


@pytest.mark.parametrize("kind", KINDS)
def test_the_initial_password_lets_in_and_has_expired(wizard: Wizard, kind: str) -> None:
    reply = wizard.log_in(ROOT, kind=kind)
    assert reply.status == 200
    assert reply.document()["authenticatedSites"] is None
    assert wizard.log_in(kind=kind).status == 401
    for path in wizard.service(kind).product.root_expiry_paths:
        assert wizard.get(path, kind)["rootPasswordExpired"] is True
    assert wizard.get("config/is-configured", kind) == {"isConfigured": False}
    config = wizard.get("config", kind)
    assert {name for name, value in config.items() if value is not None} <= {"id", "isCombined"}


def test_an_unconfigured_site_has_nothing(wizard: Wizard) -> None:
    assert wizard.get("license") == {"key": None, "isLicensed": False, "expirationDate": 0}
    assert wizard.get("sites") == [] == wizard.get("replicators", "manager")
    assert set(wizard.get("config/endpoints")["configured"].values()) == {None}
    if wizard.service().product.since("3.5"):
        assert wizard.get("config/admin-allow-from") == {"adminAllowFrom": ""}
        assert wizard.get("config/pvdc-filter") == []
    if not wizard.service().product.is_3:
        assert wizard.get("config/tunnels") == {"tunnels": []}


def test_nothing_can_be_written_before_the_password_is_changed(wizard: Wizard) -> None:
    for path, body in (("license", {"key": LICENSE}), ("config/site", {"localSite": NORTH})):
        reply = wizard.post(path, body)
        assert problem(reply) == FAILURE
        assert "root password has expired" in reply.document()["msg"]
    assert wizard.change_password().status == 204
    assert wizard.post("license", {"key": LICENSE}).status == 200
    assert wizard.get(wizard.service().product.root_expiry_paths[0])["rootPasswordExpired"] is False


def test_cloud_and_manager_are_changed_together(wizard: Wizard) -> None:
    wizard.change_password()
    assert wizard.log_in(kind="manager").status == 200
    assert wizard.log_in(kind="replicator").status == 401


def test_the_health_of_an_unconfigured_site_says_what_is_missing(wizard: Wizard, version: str) -> None:
    text = str(wizard.service().health())
    for message in ("Missing Tunnel settings.", "No lookup service is configured.", "No vCloud Director is configured"):
        assert message in text
    wrong = health(wizard)
    assert "managerHealth.onlineReplicators" in wrong
    assert wizard.service().health()["managerHealth"]["localReplicatorsHealth"] == []
    assert any("tunnel" in where for where in wrong)


def test_users_of_the_vcd_and_the_single_sign_on_come_in_only_when_those_are_configured(wizard: Wizard) -> None:
    vcd = {"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": PASSWORD}
    sso = {"type": "ssoCredentials", "username": "administrator@vsphere.local", "password": PASSWORD}
    assert problem(wizard.log_in(vcd)) == problem(wizard.log_in(sso)) == (401, "NotAuthenticated")
    wizard.set_up()
    assert wizard.log_in(sso).status == 200
    assert wizard.log_in(vcd).document()["authenticatedSites"] == [{"site": NORTH, "org": "System"}]


def test_policies_and_inventory_need_a_vcd(wizard: Wizard) -> None:
    wizard.log_in(ROOT)
    for path in ("policies", "policies/default", "inventory/orgs", "inventory/provider-vdcs"):
        assert problem(wizard.ask("GET", f"/{path}")) == FAILURE


def test_the_whole_wizard_ends_in_sites_that_can_be_paired(wizard: Wizard, version: str) -> None:
    wizard.set_up(NORTH)
    assert wizard.get("config/is-configured") == {"isConfigured": True}
    assert health(wizard) == []
    assert wizard.get("sites")[0]["description"] == "of the wizard"
    body = wizard.pairing_body(SOUTH)
    if wizard.service().product.is_3:
        assert problem(wizard.post("sites", {**body, "remoteRootPassword": PASSWORD})) == FAILURE
    else:
        assert wizard.finish(wizard.post("sites", body))["state"] == "FAILED"
    wizard.set_up(SOUTH)
    wizard.pair()
    assert [one["site"] for one in wizard.get("sites", site=SOUTH)] == [SOUTH, NORTH]
    assert health(wizard) == health(wizard, SOUTH) == []


def test_it_ends_in_the_same_configuration_as_a_configured_start(wizard: Wizard, version: str) -> None:
    wizard.set_up()
    configured = Estate(version, vcd=True)
    for kind in KINDS:
        made, given = wizard.get("config", kind), configured.service(kind).configuration() if kind != "cloud" else None
        if given is None:
            given = configured.service().settings.configuration()
        # Certificates are those of another run, and the wizard was told another description and user.
        own = ("lsThumbprint", "vcdThumbprint", "tunnelCertificate", "localSiteDescription", "vcdUsername")
        assert {k: v for k, v in made.items() if k not in own} == {k: v for k, v in given.items() if k not in own}


def test_is_configured_lags_a_little(wizard: Wizard) -> None:
    wizard.change_password()
    steps: list[tuple[str, Any]] = [
        ("config/site", {"localSite": NORTH}),
        ("config/vcloud", wizard.vcloud()),
        ("config/lookup-service", wizard.lookup()),
        ("license", {"key": LICENSE}),
    ]
    for path, body in steps:
        assert wizard.get("config/is-configured") == {"isConfigured": False}
        assert wizard.post(path, body).status == 200
        wizard.world.advance(60 if path != "license" else 0)
    assert wizard.get("config/is-configured") == {"isConfigured": False}
    wizard.world.advance(1)
    assert wizard.get("config/is-configured") == {"isConfigured": True}


def test_a_session_from_before_the_name_does_not_show_it(wizard: Wizard) -> None:
    wizard.change_password()
    assert wizard.post("config/site", {"localSite": NORTH}).status == 200
    assert wizard.get("sessions")["authenticatedSites"] is None
    assert wizard.log_in().document()["authenticatedSites"] == [{"site": NORTH, "org": "System"}]


def test_a_reset_goes_back_to_the_start_or_to_another_one(wizard: Wizard) -> None:
    wizard.set_up()
    wizard.world.reset()
    wizard.tokens.clear()
    assert wizard.log_in(ROOT).status == 200
    assert wizard.get("config/is-configured") == {"isConfigured": False}
    wizard.world.reset("configured")
    wizard.tokens.clear()
    assert wizard.log_in().status == 200
    assert health(wizard) == []
    with pytest.raises(ValueError, match="start must be one of configured, first-boot, nothing"):
        wizard.world.reset("tomorrow")
