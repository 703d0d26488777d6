"""What each call of the first configuration takes and refuses (contract 4.1, 4.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import INITIAL, NORTH, PASSWORD, SOUTH, SSO, problem
from .wizard import LICENSE, Wizard

FAILURE = (500, "GeneralServerFailure")
BAD = (400, "BadUserInput")
NOT_THERE = (404, "NotFound")
KINDS = ("cloud", "manager", "replicator", "tunnel")
WRONG = "SHA-256:00"


@pytest.fixture(name="wizard")
def password_changed(version: str) -> Wizard:
    """Every root password has been changed, nothing else."""
    wizard = Wizard(version)
    wizard.change_passwords()
    return wizard


@pytest.fixture(name="wizard4", params=["4.3", "4.7"])
def password_changed_4(request: pytest.FixtureRequest) -> Wizard:
    """The same in 4.x."""
    wizard = Wizard(str(request.param))
    wizard.change_passwords()
    return wizard


# The lookup service


@pytest.mark.parametrize("kind", KINDS)
def test_each_service_has_a_lookup_service_of_its_own(wizard: Wizard, kind: str) -> None:
    reply = wizard.set_lookup(kind)
    known = wizard.lookup()
    assert reply.document() == {"lsUrl": known["url"], "lsThumbprint": known["thumbprint"]}
    for other in KINDS:
        assert wizard.get("config", other)["lsUrl"] == (known["url"] if other == kind else None)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"thumbprint": WRONG}, FAILURE),
        ({"url": "https://nowhere.example.test/lookupservice/sdk"}, FAILURE),
        ({"url": "https://vc-north.example.test/sdk"}, FAILURE),
        ({"url": "https://vcd-north.example.test/lookupservice/sdk"}, FAILURE),
        ({"url": "http://vc-north.example.test/lookupservice/sdk"}, BAD),
        ({"thumbprint": None}, BAD),
        ({"lsUrl": "https://vc-north.example.test/lookupservice/sdk"}, BAD),
    ],
)
def test_a_lookup_service_that_cannot_be_trusted_is_refused(
    wizard: Wizard, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    reply = wizard.post("config/lookup-service", {**wizard.lookup(), **changed})
    assert problem(reply) == expected
    assert wizard.get("config")["lsUrl"] is None


def test_the_appliance_looks_at_the_certificate_of_the_lookup_service(wizard: Wizard) -> None:
    url = wizard.lookup()["url"]
    answer = wizard.get(f"config/remote-certificate?url={url}")
    assert answer["certificate"]["thumbPrint"] == wizard.lookup()["thumbprint"]
    assert answer["certificate"]["issuedTo"] == {"CN": "vc-north.example.test"}
    vcenter = wizard.get("config/remote-certificate?url=https://vc-north.example.test")
    assert vcenter == answer


def test_a_lookup_service_with_a_new_certificate_is_an_error_of_health(wizard: Wizard) -> None:
    wizard.set_lookup("cloud")
    cloud = wizard.service()
    assert cloud.component_error("ls") is None
    wizard.sites[NORTH].lookup.certificate.renew()
    assert "thumbprint" in cloud.component_error("ls")["msg"]
    wizard.set_lookup("cloud")
    assert cloud.component_error("ls") is None


def test_a_replicator_with_another_lookup_service_than_its_manager_is_a_mismatch(version: str) -> None:
    wizard = Wizard(version, start="configured")
    assert wizard.service().health()["managerHealth"]["localReplicatorsLsMismatch"] is None
    same = wizard.lookup()
    for url in (f"{same['url']}/", same["url"].replace("/lookupservice", ":443/lookupservice")):
        assert wizard.post("config/lookup-service", {**same, "url": url}, "replicator").status == 200
        assert wizard.service().health()["managerHealth"]["localReplicatorsLsMismatch"] is None
    assert wizard.post("config/lookup-service", wizard.lookup(SOUTH), "replicator").status == 200
    assert "north-rep" in wizard.service().health()["managerHealth"]["localReplicatorsLsMismatch"]["msg"]


def test_a_manager_forgets_its_lookup_service_since_4_6(wizard: Wizard, version: str) -> None:
    wizard.set_lookup("manager")
    reply = wizard.ask("DELETE", "/config/lookup-service", kind="manager")
    assert reply.status == (204 if version == "4.7" else 405)
    assert (wizard.get("config", "manager")["lsUrl"] is None) == (version == "4.7")


def test_the_cloud_sets_the_lookup_service_of_its_manager(wizard: Wizard, version: str) -> None:
    reply = wizard.post("config/manager/lookup-service", wizard.lookup())
    assert reply.status == (404 if version.startswith("3") else 200)
    known = None if version.startswith("3") else wizard.lookup()["url"]
    assert (wizard.get("config", "manager")["lsUrl"], wizard.get("config")["lsUrl"]) == (known, None)


def elsewhere(wizard: Wizard, kind: str, **changed: Any) -> dict[str, Any]:
    target, known = wizard.service(kind), wizard.lookup()
    body = {"lsUrl": known["url"], "lsThumbprint": known["thumbprint"], "apiUrl": target.url}
    return {**body, "apiThumbprint": target.certificate.thumbprint, "rootPassword": PASSWORD, **changed}


@pytest.mark.parametrize(("asked", "kind"), [("cloud", "replicator"), ("manager", "replicator"), ("cloud", "tunnel")])
def test_in_4_it_is_set_from_elsewhere(wizard4: Wizard, asked: str, kind: str) -> None:
    path = f"config/{kind}s/lookup-service"
    assert wizard4.post(path, elsewhere(wizard4, kind), asked).document()["lsUrl"] == wizard4.lookup()["url"]
    assert wizard4.get("config/is-configured", kind) == {"isConfigured": True}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lsThumbprint": WRONG}, "thumbprint"), ({"apiThumbprint": WRONG}, "thumbprint"),
        ({"rootPassword": INITIAL}, "root password"), ({"apiUrl": "https://nowhere.example.test:8043"}, "resolved"),
        ({"apiUrl": "https://north-tun.example.test:8047"}, "No replicator service"),
    ],
)  # fmt: skip
def test_what_is_wrong_elsewhere_is_told(wizard4: Wizard, changed: dict[str, Any], words: str) -> None:
    reply = wizard4.post("config/replicators/lookup-service", elsewhere(wizard4, "replicator", **changed))
    assert problem(reply) == FAILURE
    assert words in reply.document()["msg"] and INITIAL not in reply.document()["msg"]
    assert wizard4.get("config", "replicator")["lsUrl"] is None


# Root passwords of other appliances


@pytest.mark.parametrize(("asked", "kind"), [("cloud", "replicator"), ("manager", "replicator"), ("cloud", "tunnel")])
@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_in_4_root_passwords_are_changed_from_elsewhere(version: str, asked: str, kind: str) -> None:
    wizard = Wizard(version)
    wizard.change_password("cloud")
    target = wizard.service(kind)
    body = {"apiUrl": target.url, "apiThumbprint": target.certificate.thumbprint, "rootPassword": INITIAL}
    path = f"config/{kind}s/root-password"
    answer = wizard.post(f"{path}-expired", body, asked).document()
    assert (answer["rootPasswordExpired"], answer["secondsUntilExpiration"] > 0) == (True, False)
    assert problem(wizard.post(f"{path}-expired", {**body, "rootPassword": "other"}, asked)) == FAILURE
    new = {**body, "rootPassword": PASSWORD}
    assert problem(wizard.post(path, new, asked, **{"Config-Secret": "other"})) == FAILURE
    assert wizard.post(path, new, asked, **{"Config-Secret": INITIAL}).status == 200
    assert wizard.post(f"{path}-expired", new, asked).document()["rootPasswordExpired"] is False
    assert not list(wizard.world.journal.find(path=f"{path}-expired", write=True))


def test_3_has_no_such_helpers() -> None:
    wizard = Wizard("3.5")
    wizard.change_password()
    for path in ("config/replicators/root-password", "config/tunnels/root-password", "config/tunnels/lookup-service"):
        assert problem(wizard.post(path, {})) == NOT_THERE


# Name, vCD, manager, license


@pytest.mark.parametrize("name", ["two words", "under_score", "", "umläut", "dot.ted"])
def test_a_site_name_has_letters_digits_and_hyphens(wizard: Wizard, name: str) -> None:
    assert problem(wizard.post("config/site", {"localSite": name})) == BAD
    assert wizard.get("config")["localSite"] is None


def test_a_site_name_stays(wizard: Wizard) -> None:
    first = wizard.post("config/site", {"localSite": "Other-1", "localSiteDescription": "a"})
    assert (first.document()["localSite"], first.document()["localSiteDescription"]) == ("Other-1", "a")
    assert wizard.post("config/site", {"localSite": "Other-1"}).document() == first.document()
    reply = wizard.post("config/site", {"localSite": "Other-2"})
    assert problem(reply) == BAD and "cannot be changed" in reply.document()["msg"]
    assert wizard.get("config", "manager")["site"] == (None if wizard.service().product.version == "3.0" else "Other-1")


def test_a_site_may_be_told_its_public_endpoint_with_its_name(wizard: Wizard) -> None:
    body = {"localSite": NORTH, "apiUrl": "https://vcav-north.example.net:443"}
    assert wizard.post("config/site", body).status == 200
    assert wizard.get("config/endpoints")["configured"]["apiPublicAddress"] == "vcav-north.example.net"
    assert problem(wizard.post("config/site", {**body, "apiUrl": "https://vcd-north.example.test"})) == BAD


def test_a_site_goes_by_the_name_it_was_given(version: str) -> None:
    wizard = Wizard(version, start="configured")
    for site, name in ((NORTH, "Oben"), (SOUTH, "Unten")):
        settings = wizard.service("cloud", site).settings.local_site
        settings.name = name
        wizard.service("manager", site).local_replicators.paired.clear()
        wizard.service("replicator", site).manager_thumbprint = None
        body = {"owner": "*", "site": name, "description": "", "details": wizard.details(site)}
        assert wizard.post("replicators", body, "manager", site).status == 200
    body = {**wizard.pairing_body(), "site": "Unten"}
    reply = wizard.post("sites", {**body, "remoteRootPassword": PASSWORD} if version.startswith("3") else body)
    assert reply.status in (200, 202)
    wizard.world.advance(5)
    (remote,) = [one for one in wizard.get("sites") if not one["isLocal"]]
    assert (remote["site"], remote["state"]) == ("Unten", {"incomingCommError": None, "outgoingCommError": None})
    assert [one["site"] for one in wizard.get("sites", site=SOUTH)] == ["Unten", "Oben"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"vcdPassword": "wrong"}, FAILURE), ({"vcdUsername": "admin@Acme"}, FAILURE),
        ({"vcdThumbprint": WRONG}, FAILURE), ({"vcdUrl": "https://nowhere.example.test/api"}, FAILURE),
        ({"vcdUrl": "https://vcav-north.example.net/api"}, FAILURE),
        ({"vcdUrl": "https://vcd-north.example.test"}, BAD), ({"vcdPassword": None}, BAD), ({"other": 1}, BAD),
    ],
)  # fmt: skip
def test_a_vcd_that_cannot_be_used_is_refused(
    wizard: Wizard, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    reply = wizard.post("config/vcloud", {**wizard.vcloud(), **changed})
    assert problem(reply) == expected
    assert wizard.get("config")["vcdUrl"] is None


def test_a_vcd_is_configured_and_its_password_never_shown(wizard: Wizard) -> None:
    reply = wizard.post("config/vcloud", wizard.vcloud())
    given = wizard.vcloud()
    config = reply.document()
    assert (config["vcdUrl"], config["vcdUsername"], config["vcdThumbprint"]) == (
        given["vcdUrl"], given["vcdUsername"], given["vcdThumbprint"],
    )  # fmt: skip
    assert PASSWORD not in reply.body.decode()


def test_the_vcd_of_another_site_is_not_this_ones(wizard: Wizard) -> None:
    reply = wizard.post("config/vcloud", wizard.vcloud(SOUTH))
    assert problem(reply) == FAILURE and "another site" in reply.document()["msg"]


def test_a_vcd_with_a_new_certificate_is_an_error_of_health(wizard: Wizard) -> None:
    wizard.post("config/vcloud", wizard.vcloud())
    assert wizard.service().component_error("vcd") is None
    wizard.world.services[f"{NORTH}/vcd"].certificate.renew()
    assert "not trusted" in wizard.service().component_error("vcd")["msg"]


def test_the_credentials_of_the_manager_are_asked_for_in_3_0_alone(wizard: Wizard, version: str) -> None:
    sso = {"ssoUsername": SSO["ssoUser"], "ssoPassword": PASSWORD}
    body = {"managerUrl": "", "managerCertificate": "", **sso}
    if version != "3.0":
        assert problem(wizard.post("config/manager", body)) == NOT_THERE
        return
    wizard.post("config/site", {"localSite": NORTH})
    assert problem(wizard.post("config/manager", body)) == FAILURE
    wizard.set_lookup("manager")
    assert problem(wizard.post("config/manager", {**body, "ssoPassword": "wrong"})) == FAILURE
    assert "single sign-on" in wizard.service().component_error("manager")["msg"]
    manager = wizard.service("manager")
    named = {**body, "managerUrl": "https://north-cloud.example.test:8441"}
    assert problem(wizard.post("config/manager", {**named, "managerCertificate": "MIID"})) == FAILURE
    assert (
        problem(wizard.post("config/manager", {**body, "managerUrl": "https://south-cloud.example.test:8441"}))
        == FAILURE
    )
    assert wizard.post("config/manager", {**named, "managerCertificate": manager.certificate.encoded}).status == 200
    assert wizard.service().component_error("manager") is None
    assert wizard.get("config", "manager")["site"] == NORTH


@pytest.mark.parametrize("kind", ["cloud", "manager"])
def test_a_license_is_entered_at_either_service(wizard: Wizard, kind: str) -> None:
    assert wizard.post("license", {"key": LICENSE}, kind).document() == {
        "key": LICENSE, "isLicensed": True, "expirationDate": 0,
    }  # fmt: skip
    assert wizard.get("license", "manager") == wizard.get("license", "cloud")


@pytest.mark.parametrize("key", ["AAAAA", "AAAAA-BBBBB-CCCCC-DDDDD-EEEE ", "WRONG-BBBBB-CCCCC-DDDDD-EEEEE", ""])
def test_a_key_that_is_none_is_refused_and_changes_nothing(wizard: Wizard, key: str) -> None:
    wizard.post("license", {"key": LICENSE})
    assert problem(wizard.post("license", {"key": key})) == BAD
    assert wizard.get("license")["key"] == LICENSE


def test_a_trial_license_expires(wizard: Wizard) -> None:
    answer = wizard.post("license", {"key": "TRIAL-BBBBB-CCCCC-DDDDD-EEEEE"}).document()
    assert answer["isLicensed"] is True
    left = answer["expirationDate"] - wizard.world.now_ms()
    assert 59 * 86_400_000 < left <= 60 * 86_400_000
    wizard.world.advance(61 * 86_400)
    wizard.tokens.clear()
    assert wizard.get("license")["isLicensed"] is False


# Endpoints, filter, data engine


def test_endpoints_hold_after_the_services_have_restarted(wizard: Wizard) -> None:
    answer = wizard.post(
        "config/endpoints", {"apiPublicAddress": "vcav-north.example.net", "apiPublicPort": 443}
    ).document()
    assert answer["configured"]["apiPublicAddress"] == "vcav-north.example.net"
    assert answer["effective"]["apiPublicAddress"] is None
    assert answer["effective"]["mgmtPort"] == 8046
    wizard.restart("cloud")
    assert wizard.get("config/endpoints")["effective"]["apiPublicAddress"] == "vcav-north.example.net"


def test_the_filter_takes_provider_vdcs_that_exist(version: str) -> None:
    if version == "3.0":
        return
    wizard = Wizard(version)
    wizard.change_password()
    assert problem(wizard.post("config/pvdc-filter", [])) == FAILURE
    wizard.post("config/vcloud", wizard.vcloud())
    known = wizard.get("inventory/provider-vdcs")[0]["id"]
    assert wizard.post("config/pvdc-filter", [known]).document() == [known] == wizard.get("config/pvdc-filter")
    assert problem(wizard.post("config/pvdc-filter", [known, "other"])) == BAD
    assert wizard.get("config/pvdc-filter") == [known]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"hbrsrv": True, "h4dm": False}, 204), ({"hbrsrv": False, "h4dm": False}, 400), ({"hbrsrv": True}, 400)],
)
def test_4_chooses_its_data_engine(wizard4: Wizard, body: dict[str, Any], status: int) -> None:
    assert wizard4.post("config/data-engine", body).status == status
