"""The on-premises appliance of a customer, and what only the customer's own clicks can do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.cli import main
from tests.simulator.client import ControlError
from tests.simulator.estate import read_estate
from tests.simulator.front import dispatch
from tests.simulator.running import REFERENCE_ESTATE, running_simulator
from tests.simulator.vcav.customer_sites import CustomerSite
from tests.simulator.vcav.lookup_service import Trust
from tests.simulator.vcav.onprem import CustomerPremises, build_customers
from tests.simulator.vcav.site import build_vcav
from tests.simulator.wire import Request, dumps
from tests.simulator.world import World

NAME, CLOUD = "Tyrell-OnPrem", "C00-Christchurch"
PASSWORD = "Lab-Only-Passw0rd!"
VERSIONS = ("3.0", "4.7")


class Place:
    """The estate without sockets, and its one customer."""

    def __init__(self, version: str = "3.0", start: str = "configured") -> None:
        self.world = World(read_estate(REFERENCE_ESTATE, version), start)
        sites = build_vcav(self.world)
        self.customer: CustomerPremises = build_customers(self.world, sites)[NAME]
        self.provider = sites[CLOUD]
        self.token = ""

    @property
    def paired(self) -> CustomerSite | None:
        return self.provider.cloud.customers.sites.get(NAME)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {"accept": "application/json", **{key.replace("_", "-"): value for key, value in headers.items()}}
        if self.token:
            given["x-vcav-auth"] = self.token
        data = b"" if body is None else dumps(body)
        request = Request.received(method, f"/{path}", given, data, "https", "front", "127.0.0.1")
        return dispatch(self.world, self.customer.service, request).reply

    def log_in(self, password: str = PASSWORD) -> int:
        reply = self.ask("POST", "sessions", {"type": "localUser", "localUser": "root", "localPassword": password})
        self.token = reply.header("x-vcav-auth") or ""
        return int(reply.status)

    def read(self, path: str, method: str = "GET") -> Any:
        return json.loads(self.ask(method, path).body)


@pytest.fixture(name="place", params=VERSIONS)
def any_place(request: pytest.FixtureRequest) -> Place:
    """Working sites, in each of two versions."""
    return Place(request.param)


def test_it_has_an_address_for_documentation_and_names_after_its_site(place: Place) -> None:
    assert place.customer.appliance.spec.address == "192.0.2.10"
    assert place.customer.appliance.name == "tyrell-onprem"
    for host in ("192.0.2.10", "tyrell-onprem", "tyrell-onprem.vdev.local"):
        found = place.world.names.find(f"https://{host}:443")
        assert found is not None and found.service is place.customer.service
    assert place.customer.lookup.url == "https://tyrell-onprem-vc01.vdev.local/lookupservice/sdk"


def test_it_answers_what_every_appliance_answers(place: Place) -> None:
    assert place.ask("GET", "docs/api-guide.html").status == 200
    assert place.ask("GET", "config/certificate").status == 401
    assert place.log_in() == 200

    about = place.read("diagnostics/about")
    # What it says to be is not known, so it says nothing.
    assert sorted(about) == ["buildDate", "buildVersion", "productName"]
    assert place.read("config/network")["hostname"] == "tyrell-onprem.vdev.local"
    thumbprint = place.read("config/certificate")["certificate"]["thumbPrint"]
    assert thumbprint == place.customer.service.certificate.thumbprint
    assert place.read("config")["lsUrl"] == place.customer.lookup.url
    method = "GET" if place.customer.service.product.is_3 else "POST"
    assert place.ask(method, "diagnostics/health").status in (200, 202)
    # The calls of its wizard are not known.
    assert place.ask("GET", "sites").status == 404
    assert place.ask("POST", "vc-sites", {}).status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_its_first_boot_is_that_of_every_appliance(version: str) -> None:
    place = Place(version, "nothing")
    assert place.customer.view() == {"appliance": "absent", "lookup_service": None, "paired_with": None}

    place.customer.appliance.power_on({"root_password": "VMware1!"})
    place.world.advance(60)

    assert place.log_in("VMware1!") == 200
    changed = place.ask("POST", "config/root-password", {"rootPassword": PASSWORD}, config_secret="VMware1!")
    assert changed.status == 204 or changed.status == 200
    lookup = place.customer.lookup
    given = {"url": lookup.url, "thumbprint": lookup.certificate.thumbprint}
    assert place.ask("POST", "config/lookup-service", given).status == 200
    assert place.customer.view()["lookup_service"] == lookup.url


def test_pairing_shows_it_to_the_cloud_with_what_the_estate_says(place: Place) -> None:
    assert place.customer.pair()["paired_with"] == CLOUD

    assert place.paired is not None
    assert (place.paired.org, place.paired.allow_access, place.paired.online) == ("Tyrell", True, True)
    assert place.paired.description.startswith("On-premises site of the tenant Tyrell")
    assert place.customer.unpair()["paired_with"] is None
    assert place.paired is None
    with pytest.raises(ValueError, match=r"Tyrell-OnPrem is not paired\."):
        place.customer.unpair()


def test_the_customer_decides_whether_the_cloud_may_act(place: Place) -> None:
    place.customer.pair(allow_access=False)

    assert place.paired is not None and not place.paired.allow_access


def test_a_power_cut_takes_it_off_the_line(place: Place) -> None:
    place.customer.pair()
    assert place.paired is not None

    place.customer.appliance.power_off()
    assert not place.paired.online
    place.customer.appliance.power_on()
    assert place.paired.online
    place.customer.appliance.remove()
    assert not place.paired.online


def _switched_off(place: Place) -> None:
    place.customer.appliance.power_off()


def _password_of_the_image(place: Place) -> None:
    place.customer.appliance.root_password_expired = True


def _no_lookup_service(place: Place) -> None:
    place.customer.service.lookup = None


def _another_vcenter_certificate(place: Place) -> None:
    place.customer.service.lookup = Trust(place.customer.lookup.url, "SHA-256:00")


def _tunnel_down(place: Place) -> None:
    place.world.faults.add("tunnel_down", service=f"{CLOUD}/*/tunnel")


def _cloud_switched_off(place: Place) -> None:
    place.provider.cloud.appliance.power_off()


def _inner_address_of_the_cloud(place: Place) -> None:
    place.customer.given = {**place.customer.given, "cloud_endpoint": "https://vdev-c00-vcam.vdev.local:8046"}


def _endpoint_that_nobody_knows(place: Place) -> None:
    place.customer.given = {**place.customer.given, "cloud_endpoint": "https://vcav-x99.example.net:443"}


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_switched_off, "The on-premises appliance of Tyrell-OnPrem does not answer: it is off"),
        (_password_of_the_image, "The root password of the on-premises appliance .* must be changed first"),
        (_no_lookup_service, "has no vCenter: No lookup service is configured"),
        (_another_vcenter_certificate, "has no vCenter: The certificate of .* has the thumbprint"),
        (_tunnel_down, "Cannot connect to .*: The tunnel of site 'C00-Christchurch' is down"),
        (_cloud_switched_off, "Cannot connect to .*: connection refused"),
        (_inner_address_of_the_cloud, "is not the public endpoint of a cloud site"),
        (_endpoint_that_nobody_knows, "the name cannot be resolved or nothing listens there"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_wizard_refuses_what_cannot_work(version: str, spoil: Callable[[Place], None], complaint: str) -> None:
    place = Place(version)
    spoil(place)

    with pytest.raises(ValueError, match=complaint):
        place.customer.pair()

    assert place.paired is None


@pytest.mark.parametrize(
    ("user", "password", "complaint"),
    [
        ("admin", "wrong", "The login of admin@Tyrell at C00-Christchurch failed"),
        ("nobody", PASSWORD, "The login of nobody@Tyrell at C00-Christchurch failed"),
        ("admin@Wallace", PASSWORD, "admin@Wallace is not of the organization Tyrell"),
    ],
)
def test_the_wizard_wants_a_user_of_the_organization(user: str, password: str, complaint: str) -> None:
    place = Place()

    with pytest.raises(ValueError, match=complaint):
        place.customer.pair(user, password)

    place.customer.pair("admin@tyrell", PASSWORD)
    assert place.paired is not None


def test_a_reset_unpairs_it(place: Place) -> None:
    place.customer.pair()

    place.world.reset()

    assert place.customer.view() == {
        "appliance": "on",
        "lookup_service": "https://tyrell-onprem-vc01.vdev.local/lookupservice/sdk",
        "paired_with": None,
    }


def test_the_control_listener_and_the_command_line_make_the_customers_clicks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running_simulator() as simulator:
        control = simulator.control
        assert control.customer_site("pair", NAME)["paired_with"] == CLOUD
        assert control.status()["customer_sites"][NAME]["paired_with"] == CLOUD
        assert control.customer_site("unpair", NAME)["paired_with"] is None
        for do, name, complaint in (
            ("pair", "Wallace", "There is no customer site Wallace; there are Tyrell-OnPrem."),
            ("dance", NAME, "A customer site can pair (with user, password, allow_access) or unpair."),
            ("unpair", NAME, "Tyrell-OnPrem is not paired."),
        ):
            with pytest.raises(ControlError, match=re.escape(complaint)):
                control.customer_site(do, name)
        state = str(simulator.state_path)
        command = ["customer-site", "pair", "--name", NAME, "--user", "admin", "--no-allow-access", "--state", state]
        assert main(command) == 0
        assert json.loads(capsys.readouterr().out)["paired_with"] == CLOUD
        assert not simulator.simulator.sites[CLOUD].cloud.customers.sites[NAME].allow_access
        assert main([*command, "--password", "wrong"]) == 1
        assert "The login of admin@Tyrell at C00-Christchurch failed" in capsys.readouterr().err
        url = simulator.state["customer_sites"][NAME]["appliance"]["services"]["onprem"]["url"]
        assert requests.get(f"{url}/docs/api-guide.html", verify=simulator.ca_path, timeout=10).status_code == 200
