"""Pairing replicators with their manager, repairing and removing them (contract 4.7)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import INITIAL, NORTH, PASSWORD, SOUTH, SSO, problem
from .wizard import Wizard

FAILURE = (500, "GeneralServerFailure")
BAD = (400, "BadUserInput")


@pytest.fixture(name="wizard")
def ready(version: str) -> Wizard:
    """Everything is there that a replicator needs to be paired."""
    wizard = Wizard(version)
    wizard.change_passwords()
    wizard.post("config/site", {"localSite": NORTH})
    for kind in ("manager", "replicator"):
        wizard.set_lookup(kind)
    if version == "3.0":
        sso = {"ssoUsername": SSO["ssoUser"], "ssoPassword": PASSWORD}
        wizard.post("config/manager", {"managerUrl": "", "managerCertificate": "", **sso})
    return wizard


def repair_body(wizard: Wizard, **changed: Any) -> dict[str, Any]:
    """In the form of the version."""
    details = {**wizard.details(), **changed}
    return details if wizard.service().product.is_3 else {"description": "mended", "details": details}


def listed(wizard: Wizard) -> Any:
    return wizard.get("replicators", "manager")


def errors(one: dict[str, Any]) -> tuple[bool, bool]:
    return one["state"]["incomingCommError"] is not None, one["state"]["outgoingCommError"] is not None


def test_a_replicator_is_paired(wizard: Wizard) -> None:
    made = wizard.add_replicator().document()
    assert set(made) == {
        "id", "owner", "site", "description", "apiUrl", "certThumbprint", "pairingCookie", "state",
        "isInMaintenanceMode", "apiVersion", "dataAddress", "buildVersion",
    }  # fmt: skip
    assert (made["id"], made["site"], made["description"]) == (wizard.service("replicator").id, NORTH, "first")
    assert listed(wizard) == [made]
    assert wizard.get(f"replicators/{made['id']}", "manager") == made
    (health,) = wizard.service("manager").health()["localReplicatorsHealth"]
    assert (len(health["onlineManagers"]), health["offlineManagers"]) == (1, [])


def test_pairing_twice_is_refused_in_the_vendors_words(wizard: Wizard) -> None:
    wizard.add_replicator()
    reply = wizard.add_replicator()
    assert problem(reply) == FAILURE
    assert reply.document()["msg"] == "The replicator is already paired to the manager."
    assert len(listed(wizard)) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"apiThumbprint": "SHA-256:00"}, "thumbprint"), ({"rootPassword": INITIAL}, "root password"),
        ({"ssoPassword": "wrong"}, "single sign-on"), ({"ssoUser": "somebody@vsphere.local"}, "single sign-on"),
        ({"ssoUser": PASSWORD, "ssoPassword": "administrator@vsphere.local"}, "single sign-on"),
        ({"apiUrl": "https://nowhere.example.test:8043"}, "resolved"),
        ({"apiUrl": "https://north-rep.example.test"}, "management port"),
        ({"apiUrl": "https://north-tun.example.test:8047"}, "management port"),
        ({"apiUrl": "https://south-rep.example.test:8043"}, "another site"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_paired(wizard: Wizard, changed: dict[str, Any], words: str) -> None:
    reply = wizard.add_replicator(**changed)
    assert problem(reply) == FAILURE
    assert words in reply.document()["msg"] and PASSWORD not in reply.document()["msg"]
    assert listed(wizard) == []


def test_it_needs_its_own_lookup_service_and_a_changed_password(version: str) -> None:
    wizard = Wizard(version, start="configured")
    replicator = wizard.service("replicator")
    wizard.log_in(kind="manager")
    assert wizard.ask("DELETE", f"/replicators/{replicator.id}", kind="manager").status == 204
    replicator.lookup = None
    reply = wizard.add_replicator()
    assert problem(reply) == FAILURE and "no lookup service" in reply.document()["msg"]
    wizard.set_lookup("replicator")
    replicator.appliance.root_password_expired = True
    reply = wizard.add_replicator()
    assert problem(reply) == FAILURE and "expired" in reply.document()["msg"]
    replicator.appliance.root_password_expired = False
    assert wizard.add_replicator().status == 200


def test_the_site_is_the_one_that_the_manager_knows(wizard: Wizard, version: str) -> None:
    body = {"owner": "*", "site": SOUTH, "description": "", "details": wizard.details()}
    assert problem(wizard.post("replicators", body, "manager")) == BAD
    unnamed = Wizard(version)
    unnamed.change_passwords()
    reply = unnamed.add_replicator()
    assert problem(reply) == FAILURE and "no name" in reply.document()["msg"]


def test_4_takes_a_flat_form_at_the_cloud(wizard: Wizard, version: str) -> None:
    reply = wizard.post("replicators", {**wizard.details(), "description": "flat"})
    if version.startswith("3"):
        assert problem(reply) == (404, "NotFound")
    else:
        assert reply.document()["description"] == "flat"
        assert listed(wizard) == [reply.document()]


def test_a_new_certificate_of_the_replicator_is_repaired(wizard: Wizard) -> None:
    made = wizard.add_replicator().document()
    wizard.service("replicator").certificate.renew()
    assert errors(listed(wizard)[0]) == (False, True)
    assert listed(wizard)[0]["certThumbprint"] == made["certThumbprint"]
    assert len(wizard.service("manager").health()["offlineReplicators"]) == 1
    path = f"replicators/{made['id']}/reset-cookie"
    assert problem(wizard.post(path, repair_body(wizard, apiThumbprint=made["certThumbprint"]), "manager")) == FAILURE
    mended = wizard.post(path, repair_body(wizard), "manager").document()
    assert errors(mended) == (False, False) and mended["certThumbprint"] != made["certThumbprint"]
    assert mended["description"] == ("first" if wizard.service().product.is_3 else "mended")


def test_a_new_certificate_of_the_manager_is_repaired_at_every_replicator(wizard: Wizard) -> None:
    made = wizard.add_replicator().document()
    wizard.service("manager").certificate.renew()
    assert errors(listed(wizard)[0]) == (True, False)
    wizard.post(f"replicators/{made['id']}/reset-cookie", repair_body(wizard), "manager")
    assert errors(listed(wizard)[0]) == (False, False)


def test_a_repair_has_the_form_of_its_version(wizard: Wizard) -> None:
    path = f"replicators/{wizard.add_replicator().document()['id']}/reset-cookie"
    nested, flat = {"description": "", "details": wizard.details()}, wizard.details()
    wrong = nested if wizard.service().product.is_3 else flat
    assert problem(wizard.post(path, wrong, "manager")) == BAD
    assert problem(wizard.post("replicators/other/reset-cookie", repair_body(wizard), "manager")) == (404, "NotFound")


def test_a_replicator_is_removed_and_can_be_paired_again(wizard: Wizard) -> None:
    made = wizard.add_replicator().document()
    reply = wizard.ask("DELETE", f"/replicators/{made['id']}", kind="manager")
    assert (reply.status, reply.body) == (204, b"")
    assert listed(wizard) == []
    assert problem(wizard.ask("DELETE", f"/replicators/{made['id']}", kind="manager")) == (404, "NotFound")
    assert wizard.add_replicator().status == 200


def test_a_removed_appliance_stays_listed_and_its_successor_is_another_one(wizard: Wizard) -> None:
    made = wizard.add_replicator().document()
    appliance = wizard.service("replicator").appliance
    appliance.remove()
    assert errors(listed(wizard)[0]) == (True, True)
    appliance.power_on({"root_password": INITIAL})
    wizard.world.advance(10)
    wizard.tokens.clear()
    assert errors(listed(wizard)[0]) == (True, True)
    wizard.change_password("replicator")
    wizard.set_lookup("replicator")
    assert wizard.ask("DELETE", f"/replicators/{made['id']}", kind="manager").status == 204
    again = wizard.add_replicator().document()
    assert again["id"] != made["id"] and errors(again) == (False, False)
