"""Checks of 4.x that change nothing: `config/check-vcloud`, `config/check-lookup-service` (contract 4.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.vcd import VcdService
from tests.unit.simulator.vcav.asking import NORTH, PASSWORD, SOUTH, Estate, problem

FAILURE = (500, "GeneralServerFailure")
BAD = (400, "BadUserInput")


@pytest.fixture(name="root")
def logged_in() -> Estate:
    estate = Estate("4.7")
    vcd = VcdService(estate.world, estate.world.sites[NORTH])
    estate.world.add_service(vcd)
    estate.world.names.add("vcd-north.example.test", 443, vcd, "vcd")
    estate.log_in()
    return estate


def vcloud(root: Estate, **changed: Any) -> dict[str, Any]:
    return {
        "vcdUrl": "https://vcd-north.example.test/api",
        "vcdUsername": "administrator@System",
        "vcdPassword": PASSWORD,
        "vcdThumbprint": root.world.services[f"{NORTH}/vcd"].certificate.thumbprint,
        **changed,
    }


def test_a_vcloud_director_that_can_be_used_is_204(root: Estate) -> None:
    reply = root.ask("POST", "/config/check-vcloud", vcloud(root))
    assert (reply.status, reply.body) == (204, b"")
    assert not list(root.world.journal.find(write=True))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"vcdPassword": "wrong"}, FAILURE), ({"vcdUsername": "admin@Acme"}, FAILURE),
        ({"vcdUsername": "administrator"}, FAILURE), ({"vcdThumbprint": "SHA-256:00"}, FAILURE),
        ({"vcdUrl": "https://nowhere.example.test/api"}, FAILURE),
        ({"vcdUrl": "https://vcav-north.example.net/api"}, FAILURE),
        ({"vcdUrl": "https://vcd-north.example.test"}, BAD), ({"vcdUrl": "http://vcd-north.example.test/api"}, BAD),
        ({"other": 1}, BAD), ({"vcdPassword": None}, BAD),
    ],
)  # fmt: skip
def test_another_one_is_not(root: Estate, changed: dict[str, Any], expected: tuple[int, str]) -> None:
    reply = root.ask("POST", "/config/check-vcloud", vcloud(root, **changed))
    assert problem(reply) == expected
    assert PASSWORD not in reply.body.decode()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("site", [NORTH, SOUTH])
def test_a_lookup_service_of_the_estate_is_204(root: Estate, site: str, slash: str) -> None:
    known = root.sites[site].lookup_service()
    body = {"url": known["lsUrl"] + slash, "thumbprint": known["lsThumbprint"]}
    assert root.ask("POST", "/config/check-lookup-service", body).status == 204
    wrong = {**body, "thumbprint": "SHA-256:00"}
    assert problem(root.ask("POST", "/config/check-lookup-service", wrong)) == FAILURE
    elsewhere = {**body, "url": "https://nowhere.example.test/lookupservice/sdk"}
    assert problem(root.ask("POST", "/config/check-lookup-service", elsewhere)) == FAILURE


@pytest.mark.parametrize("path", ["config/check-vcloud", "config/check-lookup-service"])
def test_3_does_not_know_them(path: str) -> None:
    estate = Estate("3.5")
    estate.log_in()
    assert problem(estate.ask("POST", f"/{path}", {})) == (404, "NotFound")
