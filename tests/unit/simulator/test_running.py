"""A whole simulator over real sockets: TLS, ports, control listener, command line."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.simulator.cli import main
from tests.simulator.client import ControlError
from tests.simulator.running import REFERENCE_ESTATE, Running, running_simulator

A, B = "A03-Auckland", "C00-Christchurch"
VCAM = f"{A}/vdev-a03-vcam/cloud"


class Caller:
    """Somebody with a connection of his own, logged in as root at a site's cloud service."""

    def __init__(self, simulator: Running, site: str = A) -> None:
        self._simulator = simulator
        self._base = simulator.cloud(site)
        self._session = requests.Session()
        # The environment may name another authority, which would win over `verify`.
        self._session.trust_env = False
        self._session.verify = simulator.ca_path
        password = simulator.root_password(site)
        reply = self.ask("POST", "sessions", {"type": "localUser", "localUser": "root", "localPassword": password})
        self._session.headers["X-VCAV-Auth"] = reply.headers["X-VCAV-Auth"]

    def ask(self, method: str, path: str, body: Any = None, base: str | None = None) -> requests.Response:
        return self._session.request(method, f"{base or self._base}/{path}", json=body, timeout=20)

    def close(self) -> None:
        self._session.close()


@pytest.fixture(name="simulator", scope="module")
def one_for_all() -> Iterator[Running]:
    with running_simulator(organizations=20) as simulator:
        yield simulator


@pytest.fixture(name="root")
def caller(simulator: Running) -> Iterator[Caller]:
    simulator.control.reset()
    made = Caller(simulator)
    yield made
    made.close()


def run(simulator: Running, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """A verb of the command line; answers what it printed."""
    assert main([*arguments, "--state", str(simulator.state_path)]) == 0
    return capsys.readouterr().out


def test_the_state_file_is_private_and_says_where_everything_is(simulator: Running) -> None:
    assert stat.S_IMODE(simulator.state_path.stat().st_mode) == 0o600
    assert set(simulator.state) == {"pid", "ca_path", "control", "sites", "customer_sites", "images"}
    site = simulator.state["sites"][A]
    assert {"version", "vcd", "appliances", "public_endpoint"} <= set(site)
    assert {"url", "user", "password", "thumbprint"} <= set(site["vcd"])
    assert set(site["appliances"]["vdev-a03-vcam"]["services"]) == {"cloud", "manager"}
    assert set(site["appliances"]["vdev-a03-vcam"]["services"]["cloud"]["urls"]) == {"front", "management", "api"}
    assert set(site["public_endpoint"]) == {"url", "actual_url", "thumbprint"}
    assert site["public_endpoint"]["url"] == "https://vcav-a03.example.net:443"


def test_every_listener_speaks_tls_that_its_authority_signed(simulator: Running, root: Caller) -> None:
    for site in simulator.sites:
        for url in (simulator.manager(site), simulator.replicator(site), simulator.tunnel(site)):
            assert root.ask("GET", "docs/api-guide.html", base=url).status_code == 200
        assert root.ask("GET", "docs/api-guide.html", base=simulator.public_actual(site)).status_code == 200
        assert root.ask("GET", "api/versions", base=simulator.vcd(site)).status_code == 200
    urls = simulator.state["sites"][A]["appliances"]["vdev-a03-vcam"]["services"]["cloud"]["urls"]
    for url in urls.values():
        assert root.ask("GET", "sites", base=url).status_code == 200


def test_leading_double_slashes_reach_their_service(root: Caller) -> None:
    assert root.ask("GET", "/sites").status_code == 200


def test_an_answer_without_a_body_says_nothing_about_its_length(root: Caller) -> None:
    """HTTP forbids Content-Length with a 204; the 202 of an assignment has it (contract vCAV 9)."""
    assert root.ask("PATCH", "policies/default/orgs/tenant-00001").headers["Content-Length"] == "0"
    gone = root.ask("DELETE", "sessions")
    assert gone.status_code == 204 and "Content-Length" not in gone.headers and not gone.content
    assert root.ask("GET", "sites").status_code == 401


def test_sites_are_paired_by_the_names_of_the_estate(simulator: Running, root: Caller) -> None:
    found = root.ask("GET", f"config/remote-certificate?url={simulator.public(B)}").json()
    assert found["certificate"]["thumbPrint"] == simulator.thumbprint(B)
    body = {"site": B, "apiUrl": simulator.public(B), "apiThumbprint": simulator.thumbprint(B)}
    assert root.ask("POST", "sites", {**body, "remoteRootPassword": simulator.root_password(B)}).status_code == 200
    status = simulator.control.status()["sites"]
    assert (status[A]["paired_with"], status[B]["paired_with"]) == ([B], [A])


def test_sites_are_paired_by_their_actual_addresses_too(simulator: Running, root: Caller) -> None:
    body = {"site": B, "apiUrl": simulator.public_actual(B), "apiThumbprint": simulator.thumbprint(B)}
    assert root.ask("POST", "sites", body).status_code == 200


def test_a_vcd_login_opens_vcav(simulator: Running, root: Caller) -> None:
    user, password = simulator.vcd_user(A), simulator.vcd_password(A)
    reply = requests.post(
        f"{simulator.vcd(A)}/api/sessions",
        headers={"Accept": "application/*+xml;version=32.0"},
        auth=(user, password),
        verify=simulator.ca_path,
        timeout=20,
    )
    assert reply.status_code == 200
    body = {"type": "vcdCookie", "vcdCookie": reply.headers["x-vcloud-authorization"]}
    assert root.ask("POST", "sessions", body).json()["user"] == "administrator@System"


def test_a_dropped_reply_closes_the_connection(simulator: Running, root: Caller) -> None:
    simulator.control.add_fault("drop_reply", path="policies", times=1)
    with pytest.raises(requests.ConnectionError):
        root.ask("GET", "policies")
    assert root.ask("GET", "policies").status_code == 200


def test_a_service_that_is_down_refuses_connections_until_it_is_back(simulator: Running, root: Caller) -> None:
    simulator.control.add_fault("restart", service=VCAM, times=1, mode="refused", seconds=60)
    for _unused in range(2):
        with pytest.raises(requests.ConnectionError):
            root.ask("GET", "sites")
    simulator.control.advance(61)
    # Whoever is told that the time has passed finds the port open.
    assert root.ask("GET", "sites").status_code == 401


def test_a_changed_certificate_is_presented_at_once(simulator: Running, root: Caller) -> None:
    simulator.control.add_fault("wrong_certificate", service=VCAM)
    changed = simulator.control.state()["sites"][A]["public_endpoint"]["thumbprint"]
    assert changed != simulator.thumbprint(A)
    assert root.ask("GET", "config/certificate").json()["certificate"]["thumbPrint"] == changed
    simulator.control.clear_faults()
    assert simulator.control.state()["sites"][A]["public_endpoint"]["thumbprint"] == simulator.thumbprint(A)


def test_nothing_passes_through_a_tunnel_that_is_down(simulator: Running, root: Caller) -> None:
    simulator.control.add_fault("tunnel_down", service=f"{A}/*/tunnel")
    with pytest.raises(requests.ConnectionError):
        root.ask("GET", "docs/api-guide.html", base=simulator.public_actual(A))
    assert root.ask("GET", "sites").status_code == 200


def test_the_control_listener_wants_its_token(simulator: Running) -> None:
    assert requests.get(simulator.state["control"]["url"] + "/status", timeout=5).status_code == 401


def test_changes_behind_the_back_are_seen_and_not_journaled(simulator: Running, root: Caller) -> None:
    control = simulator.control
    gold = control.change("policy-add", A, policy="gold", fields={"minRpo": 60})
    control.change("assign", A, org="tenant-00001", policy="gold")
    control.change("policy-set", A, policy="gold", fields={"displayName": "silver", "maxInstances": 3})
    policies = {one["displayName"]: one for one in root.ask("GET", "policies").json()}
    assert policies["silver"]["id"] == gold["id"]
    assert (policies["silver"]["minRpo"], policies["silver"]["maxInstances"], policies["silver"]["orgs"]) == (60, 3, 1)
    assert control.change("policy-remove", A, policy="silver")["moved"] == 1
    control.change("organization-add", A, org="Late")
    control.change("organization-remove", A, org="tenant-00020")
    names = [item["name"] for item in root.ask("GET", "inventory/orgs").json()["items"]]
    assert "Late" in names and "tenant-00020" not in names
    assert control.count(write=True) == 0


@pytest.mark.parametrize(
    ("what", "site", "more"),
    [
        ("nonsense", A, {}), ("assign", "East", {}), ("assign", A, {"org": "Tyrell"}), ("unpair", A, {"peer": B}),
        ("assign", A, {"org": "Nobody", "policy": "default"}), ("policy-remove", A, {"policy": "default"}),
        ("policy-set", A, {"policy": "default", "fields": {"minRpo": 1}}), ("setting", A, {}),
    ],
)  # fmt: skip
def test_impossible_changes_are_refused_in_words(
    simulator: Running, what: str, site: str, more: dict[str, Any]
) -> None:
    with pytest.raises(ControlError, match=r"\w+ \w+"):
        simulator.control.change(what, site, **more)


@pytest.mark.parametrize("seconds", [1e300, 1e308, -1e12])
def test_time_does_not_jump_to_where_no_date_can_be_written(simulator: Running, root: Caller, seconds: float) -> None:
    with pytest.raises(ControlError, match="hundred years"):
        simulator.control.advance(seconds)
    assert root.ask("GET", "sites").status_code == 200


def test_five_thousand_organizations_come_at_a_word(simulator: Running, root: Caller) -> None:
    """How long that takes, tests/benchmarks/simulator_load.py tells."""
    assert simulator.control.scale(5000)["organizations"] == {A: 5001, B: 5001}
    assert root.ask("GET", "inventory/orgs").json()["total"] == 5001


def test_the_verbs_do_what_they_say(simulator: Running, root: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(simulator, capsys, "status"))["sites"][A]["organizations"] == 21
    run(simulator, capsys, "scale", "25", "--site", A)
    assert json.loads(run(simulator, capsys, "status"))["sites"][A]["organizations"] == 26
    run(simulator, capsys, "refuse-writes", "on")
    assert root.ask("PATCH", "policies/default/orgs/Tyrell").status_code == 403
    run(simulator, capsys, "refuse-writes", "off")
    assert root.ask("PATCH", "policies/default/orgs/Tyrell").status_code == 202
    assert run(simulator, capsys, "journal", "--writes", "--count").strip() == "2"
    assert "PATCH" in run(simulator, capsys, "journal", "--writes", "--last", "1")
    assert json.loads(run(simulator, capsys, "journal", "--json", "--method", "PATCH"))[0]["status"] == 403
    run(simulator, capsys, "journal", "--clear")
    run(simulator, capsys, "faults", "add", "bad_gateway", "--times", "1", "--path", "sites")
    assert len(json.loads(run(simulator, capsys, "faults", "list"))) == 1
    assert root.ask("GET", "sites").status_code == 502
    run(simulator, capsys, "faults", "add", "slow", "--set", "seconds=30")
    assert json.loads(run(simulator, capsys, "faults", "clear")) == {"cleared": 1}
    run(simulator, capsys, "policy-set", A, "default", "minRpo=60", "displayName=Renamed")
    assert "Renamed" in run(simulator, capsys, "status")
    before = json.loads(run(simulator, capsys, "time"))["now"]
    assert json.loads(run(simulator, capsys, "time", "--advance", "3600"))["now"] >= before + 3_600_000
    run(simulator, capsys, "time", "--task-seconds", "2")
    run(simulator, capsys, "reset")
    assert json.loads(run(simulator, capsys, "time"))["task_seconds"] == 0.3


def test_the_inventory_leads_hosts_to_the_simulator(simulator: Running, capsys: pytest.CaptureFixture[str]) -> None:
    hosts = yaml.safe_load(run(simulator, capsys, "inventory"))["all"]["hosts"]
    own = {f"vdev-{site}-{name}" for site in ("a03", "c00") for name in ("vcam", "vcar01", "vcat")}
    assert set(hosts) == own | {"tyrell-onprem"}
    cloud = hosts["vdev-a03-vcam"]
    assert cloud["vcav_url"] == simulator.cloud(A)
    assert cloud["vcav_password"] == simulator.root_password(A)
    assert cloud["ca_path"] == simulator.ca_path
    assert (cloud["vcd_url"], cloud["vcd_user"]) == (simulator.vcd(A), "administrator@system")
    assert hosts["vdev-c00-vcat"]["vcav_url"] == simulator.tunnel(B)


def test_verbs_without_a_simulator_fail_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--state", str(tmp_path / "none.json")]) == 1
    assert "No simulator is running" in capsys.readouterr().err
    assert main(["serve", "--estate", str(tmp_path / "none.yml"), "--state", str(tmp_path / "s")]) == 1
    assert "Cannot read the estate" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["3.0", "3.5", "4.3", "4.7"])
def test_it_runs_in_a_process_of_its_own_in_every_version(version: str) -> None:
    with running_simulator(product_version=version, organizations=5000, process=True) as simulator:
        root = Caller(simulator)
        about = root.ask("GET", "diagnostics/about").json()
        assert about["buildVersion"].startswith(version)
        assert root.ask("GET", "inventory/orgs?limit=1").json()["total"] == 5001
        simulator.control.stop()
        root.close()


def test_ports_are_consecutive_when_a_base_is_given() -> None:
    # Below the range that the system hands out; somebody may be there all the same.
    for base in range(21300, 24300, 300):
        try:
            with running_simulator(base_port=base) as simulator:
                assert simulator.state["control"]["url"] == f"http://127.0.0.1:{base}"
                assert simulator.cloud(A) == f"https://127.0.0.1:{base + 1}"
            return
        except OSError as problem:
            assert "Cannot listen on" in str(problem)
    pytest.fail("no free range of ports")


def test_a_port_that_is_taken_is_named(simulator: Running, capsys: pytest.CaptureFixture[str]) -> None:
    taken = simulator.state["control"]["url"].rpartition(":")[2]
    arguments = ["serve", "--estate", str(REFERENCE_ESTATE), "--state", "unused", "--base-port", taken]
    assert main(arguments) == 1
    assert f"Cannot listen on 127.0.0.1:{taken}" in capsys.readouterr().err


def test_sites_may_have_versions_of_their_own() -> None:
    estate = yaml.safe_load(REFERENCE_ESTATE.read_text(encoding="utf-8"))
    estate["sites"][1]["product_version"] = "4.7"
    with running_simulator(estate) as simulator:
        assert [site["version"] for site in simulator.state["sites"].values()] == ["3.0", "4.7"]
