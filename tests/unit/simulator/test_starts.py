"""The three beginnings, appliances that come and go, and certificates that change, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator.cli import main
from tests.simulator.client import ControlError
from tests.simulator.running import Running, running_simulator

A, B = "A03-Auckland", "C00-Christchurch"
VCAM, VCAR = "vdev-a03-vcam", "vdev-a03-vcar01"
INITIAL, PASSWORD = "VMware1!", "Lab-Only-Passw0rd!"


@pytest.fixture(name="simulator", scope="module")
def one_for_all() -> Iterator[Running]:
    with running_simulator(product_version="4.7", start="nothing") as simulator:
        yield simulator


@pytest.fixture(name="again", autouse=True)
def from_nothing(simulator: Running) -> None:
    simulator.control.reset()


def ask(simulator: Running, url: str, method: str = "GET", **more: Any) -> requests.Response:
    with requests.Session() as session:
        # The environment may name another authority, which would win over `verify`.
        session.trust_env = False
        return session.request(method, url, verify=simulator.ca_path, timeout=20, **more)


def listens(simulator: Running, url: str) -> bool:
    try:
        return ask(simulator, f"{url}/docs/api-guide.html").status_code == 200
    except requests.ConnectionError as problem:
        assert "refused" in str(problem)
        return False


def log_in(simulator: Running, url: str, password: str) -> dict[str, str]:
    body = {"type": "localUser", "localUser": "root", "localPassword": password}
    reply = ask(simulator, f"{url}/sessions", "POST", json=body)
    assert reply.status_code == 200
    return {"X-VCAV-Auth": reply.headers["X-VCAV-Auth"]}


def run(simulator: Running, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main([*arguments, "--state", str(simulator.state_path)]) == 0
    return capsys.readouterr().out


def test_nothing_is_in_the_state_file_and_on_closed_ports(simulator: Running) -> None:
    assert list(simulator.state["sites"][A]["appliances"]) == [VCAM, VCAR, "vdev-a03-vcat"]
    for url in (simulator.cloud(A), simulator.manager(A), simulator.public_actual(A), simulator.tunnel(B)):
        assert not listens(simulator, url)
    assert ask(simulator, f"{simulator.vcd(A)}/api/versions").status_code == 200
    assert set(simulator.control.status()["sites"][A]["appliances"].values()) == {"absent"}
    # What the hosts will have, not what they are given first.
    assert simulator.control.inventory()["all"]["hosts"][VCAM]["vcav_password"] == PASSWORD


def test_an_appliance_comes_up_and_goes_away(simulator: Running) -> None:
    assert simulator.control.appliance("power-on", A, VCAM, root_password="From-The-0vf")["state"] == "on"
    assert not listens(simulator, simulator.cloud(A))
    simulator.control.advance(5)
    assert listens(simulator, simulator.cloud(A)) and listens(simulator, simulator.manager(A))
    assert not listens(simulator, simulator.replicator(A))
    token = log_in(simulator, simulator.cloud(A), "From-The-0vf")
    answer = ask(simulator, f"{simulator.cloud(A)}/config/root-password-expired", headers=token).json()
    assert answer["rootPasswordExpired"] is True
    assert simulator.control.appliance("power-off", A, VCAM)["state"] == "off"
    assert not listens(simulator, simulator.cloud(A))
    assert simulator.control.appliance("remove", A, VCAM)["state"] == "absent"


def test_boots_and_restarts_take_as_long_as_they_are_told_until_a_reset(
    simulator: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    world = simulator.simulator.world
    run(simulator, capsys, "time", "--restart-seconds", "0")
    simulator.control.appliance("power-on", A, VCAM)
    # A boot takes three seconds of its own, which have to pass first.
    simulator.control.advance(0)
    assert listens(simulator, simulator.cloud(A))
    cloud = simulator.simulator.sites[A].cloud
    cloud.appliance.restart_services()
    assert not world.is_restarting(cloud)
    simulator.control.restart_seconds(60)
    cloud.appliance.restart_services()
    simulator.control.advance(59)
    assert world.is_restarting(cloud)
    simulator.control.reset()
    assert world.restart_seconds is None
    simulator.control.restart_seconds(60)
    simulator.control.restart_seconds(None)
    assert world.restart_seconds is None


def test_closed_ports_stay_reserved(simulator: Running) -> None:
    simulator.control.reset("configured")
    simulator.control.appliance("power-off", A, VCAM)
    for _time in range(2):
        simulator.control.appliance("power-on", A, VCAM)
        simulator.control.advance(5)
        assert listens(simulator, simulator.cloud(A))
        simulator.control.appliance("power-off", A, VCAM)
        assert not listens(simulator, simulator.cloud(A))


def test_a_reset_may_name_another_start(simulator: Running) -> None:
    simulator.control.reset("first-boot")
    assert simulator.control.status()["start"] == "first-boot"
    token = log_in(simulator, simulator.cloud(A), INITIAL)
    assert ask(simulator, f"{simulator.cloud(A)}/config", headers=token).json()["localSite"] is None
    assert simulator.control.state()["sites"][A]["appliances"][VCAM]["root_password"] == INITIAL
    simulator.control.reset("configured")
    log_in(simulator, simulator.cloud(A), PASSWORD)
    simulator.control.reset()
    assert not listens(simulator, simulator.cloud(A))
    with pytest.raises(ControlError, match="start must be one of"):
        simulator.control.reset("tomorrow")


@pytest.mark.parametrize(
    ("do", "site", "name", "more"),
    [
        ("power-on", A, "vdev-c00-vcam", {}), ("power-on", "East", VCAM, {}), ("explode", A, VCAM, {}),
        ("power-off", A, VCAM, {}), ("power-on", A, VCAM, {"color": "blue"}),
    ],
)  # fmt: skip
def test_impossible_orders_are_refused_in_words(
    simulator: Running, do: str, site: str, name: str, more: dict[str, Any]
) -> None:
    with pytest.raises(ControlError, match=r"\w+ \w+"):
        simulator.control.appliance(do, site, name, **more)


def test_a_certificate_that_is_installed_is_met_by_open_connections(simulator: Running) -> None:
    simulator.control.reset("configured")
    url, service = simulator.manager(A), f"{A}/{VCAM}/manager"
    token = log_in(simulator, url, PASSWORD)
    data = simulator.control.make_pkcs12(service, "p12-Secret")
    headers = {**token, "Secret": "p12-Secret", "Content-Type": "application/octet-stream"}
    installed = ask(simulator, f"{url}/config/certificate", "POST", data=data, headers=headers).json()
    assert ask(simulator, f"{url}/docs/api-guide.html").status_code == 503
    simulator.control.advance(5)
    # It was made by the run's own authority, so that clients still trust it.
    state = simulator.control.state()["sites"][A]["appliances"][VCAM]["services"]["manager"]
    assert state["thumbprint"] == installed["certificate"]["thumbPrint"]
    assert listens(simulator, url)


def test_the_verbs_do_what_they_say(simulator: Running, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(simulator, capsys, "reset", "--start", "configured")
    before = simulator.control.state()["sites"][A]["appliances"][VCAR]["services"]["replicator"]["thumbprint"]
    answer = json.loads(run(simulator, capsys, "certificate", "new", "--service", f"*/{VCAR}/*"))
    assert answer[f"{A}/{VCAR}/replicator"] != before
    assert run(simulator, capsys, "setting", A, "mgmt_address=public", "admin_allow_from=")
    settings = simulator.simulator.sites[A].cloud.settings
    assert settings.endpoints.effective["mgmtAddress"] == "vcav-a03.example.net"
    assert settings.admin_allow_from == ""
    target = tmp_path / "new.p12"
    run(
        simulator,
        capsys,
        "certificate",
        "make",
        "--service",
        f"{A}/{VCAM}/cloud",
        "--secret",
        "x",
        "--output",
        str(target),
    )
    assert target.stat().st_size > 500
    run(simulator, capsys, "appliance", "power-off", "--site", A, "--name", VCAR)
    assert json.loads(run(simulator, capsys, "status"))["sites"][A]["appliances"][VCAR] == "off"
    with pytest.raises(ControlError, match="No service fits"):
        simulator.control.new_certificate("nobody")


def test_it_starts_with_nothing_in_a_process_of_its_own() -> None:
    with running_simulator(start="nothing", process=True) as simulator:
        assert not listens(simulator, simulator.cloud(A))
        assert simulator.control.status()["start"] == "nothing"
