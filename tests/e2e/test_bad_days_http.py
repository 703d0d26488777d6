"""Bad days between here and the service: passwords, sessions, limits, proxies, lost replies, certificates, addresses.

Each ends in the right state or in an error that says what to do, and the next run repairs. What was asked of the
services is read off the simulator's journal; the pauses of the client are real, so bursts are short.
"""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.bad_days import CLEAR, HERE, USUAL, WAYS, Way, control, fault, play_day, task
from tests.simulator.certificates import Authority
from tests.simulator.running import Running, running_simulator

READ = "vcav_policy_info"
WRONG = "{{ lookup('ansible.builtin.env', 'LAB_WRONG_PASSWORD') }}"
TENANT_PASSWORD = "{{ lookup('ansible.builtin.env', 'LAB_VCD_PASSWORD') }}"
OTHER_THUMBPRINT = "SHA-256:" + ":".join(["AB"] * 32)
CLOUD = f"{HERE}/*/cloud"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with running_simulator(product_version="3.0", organizations=5) as running:
        yield running


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_password_is_asked_once_and_shown_nowhere(simulator: Running, way: Way, tmp_path: Path) -> None:
    day = play_day(simulator, way, tmp_path, [task("wrong", READ, vcav_password=WRONG), task("right", READ)])
    day["wrong"].says("POST /sessions", "401", "Authentication required", "Check the user and the password")
    assert day["wrong"].result["error"]["code"] == "NotAuthenticated"
    assert day["wrong"].count("POST", "sessions") == 1  # more would lock the account somewhere
    assert not day["right"].failed


@pytest.mark.parametrize("way", [USUAL, WAYS[1]])
def test_a_session_that_expires_in_mid_run_is_opened_anew(simulator: Running, way: Way, tmp_path: Path) -> None:
    steps = [
        task("before", READ),
        fault("expire_tokens", path="policies", times=1),
        task("after", READ),
        fault("expire_tokens", method="POST", path="policies", times=1),
        task("write", "vcav_policy", name="gold"),
        task("opened", "vcav_session"),
        fault("expire_tokens", times=1),
        task("given", READ, vcav_token="{{ opened.vcav_session.token }}"),
        task("finally", READ),
    ]
    day = play_day(simulator, way, tmp_path, steps)
    own = 0 if way[1] else 1  # a task in a process of its own logs in by itself
    assert [row["status"] for row in day["after"].requests if row["path"] == "/policies"] == [401, 200]
    assert day["after"].count("POST", "sessions") == 1 + own
    assert day["write"].changed and day["write"].count("POST", "policies") == 2  # the first was refused with 401
    day["given"].says("401", "The session of vcav_token has ended", "vcav_session")
    assert day["given"].count("POST", "sessions") == 0
    assert not day["finally"].failed


def test_limits_are_kept_as_the_service_asks_for_it(simulator: Running, tmp_path: Path) -> None:
    steps = [
        task("first", READ),
        fault("too_many_requests", path="policies", times=2, retry_after=1),
        task("read", READ),
        fault("too_many_requests", method="POST", path="policies", times=1, retry_after=1),
        task("write", "vcav_policy", name="gold"),
        task("again", "vcav_policy", name="gold"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert [row["status"] for row in day["read"].requests] == [429, 429, 200]
    first, second, third = (row["time"] for row in day["read"].requests)
    assert second - first >= 990 and third - second >= 990  # milliseconds
    posts = [row for row in day["write"].requests if row["method"] == "POST"]
    assert day["write"].changed and [row["status"] for row in posts] == [429, 200]
    assert not day["again"].changed


def test_reads_and_logins_survive_a_burst_of_bad_gateways(simulator: Running, tmp_path: Path) -> None:
    steps = [
        fault("bad_gateway", path="sessions", times=2),
        task("login", READ),
        fault("bad_gateway", path="policies", times=2),
        task("read", READ),
        fault("bad_gateway", method="POST", path="policies", times=1),
        task("write", "vcav_policy", name="gold"),
        task("again", "vcav_policy", name="gold"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert not day["login"].failed and day["login"].count("POST", "sessions") == 3
    assert [row["status"] for row in day["read"].requests] == [502, 502, 200]
    # The outcome of the first POST was unknown: looked for, not found, made.
    assert [(row["method"], row["status"]) for row in day["write"].requests][:4] == [
        ("GET", 200),
        ("POST", 502),
        ("GET", 200),
        ("POST", 200),
    ]
    assert day["write"].changed and not day["again"].changed


def test_a_longer_burst_is_told_and_the_next_run_repairs(simulator: Running, tmp_path: Path) -> None:
    steps = [
        task("first", READ),
        fault("bad_gateway", path="policies"),
        task("read", READ),
        CLEAR,
        fault("bad_gateway", method="POST", path="policies"),
        task("write", "vcav_policy", name="gold"),
        CLEAR,
        task("repair", "vcav_policy", name="gold"),
        task("again", "vcav_policy", name="gold"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    day["read"].says("GET /policies", "502, 5 times in a row", "'502 Bad Gateway'", "is the service running?")
    day["write"].says("POST /policies", "502", "Whether it was carried out is not known", "Run the task again")
    assert day["write"].count("POST", "policies") == 2
    assert day["repair"].changed and not day["again"].changed


@pytest.mark.parametrize("way", WAYS)
def test_a_write_whose_reply_was_lost_is_looked_up_and_never_repeated(
    simulator: Running, way: Way, tmp_path: Path
) -> None:
    assignments = [{"policy": "gold", "orgs": [f"tenant-{number:05d}" for number in range(1, 6)]}]
    steps = [
        fault("drop_reply", method="POST", path="policies", times=1),
        task("created", "vcav_policy", name="gold", min_rpo=9),
        fault("drop_reply", method="PUT", path="policies/*", times=1),
        task("updated", "vcav_policy", name="gold", min_rpo=10),
        fault("drop_reply", method="PATCH", times=3),
        task("assigned", "vcav_policy_assignments", assignments=assignments),
        task("again", "vcav_policy_assignments", assignments=assignments),
        fault("drop_reply", method="PATCH", times=2),
        fault("drop_reply", method="DELETE", path="policies/*", times=1),
        task("removed", "vcav_policy", name="gold", state="absent", replace_with="default"),
        task("left", READ, name="gold"),
    ]
    day = play_day(simulator, way, tmp_path, steps)
    assert day["created"].changed and day["created"].writes == day["created"].count("POST", "policies") == 1
    assert day["updated"].changed and day["updated"].writes == day["updated"].count("PUT", "policies/*") == 1
    assert day["updated"].result["vcav_policy"]["min_rpo"] == 10
    assert day["assigned"].changed and day["assigned"].writes == day["assigned"].count("PATCH") == 5
    assert all(outcome["changed"] for outcome in day["assigned"].result["outcomes"])
    assert not day["again"].changed
    removed = day["removed"]
    assert removed.changed and (removed.count("PATCH"), removed.count("DELETE", "policies/*")) == (5, 1)
    assert day["left"].result["vcav_policy"] == []


def test_a_short_page_is_read_on_and_a_list_that_ends_too_early_is_told(simulator: Running, tmp_path: Path) -> None:
    pages = "inventory/orgs*"
    steps = [
        fault("short_page", path=pages, keep=2, times=2),
        task("short", "vcav_org_info"),
        CLEAR,
        fault("short_page", path=pages, keep=0),
        task("empty", "vcav_org_info"),
        CLEAR,
        task("whole", "vcav_org_info"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert day["short"].result["vcav_org"] == day["whole"].result["vcav_org"]
    assert len(day["short"].result["vcav_org"]) == 6 and day["short"].count("GET", "inventory/orgs") == 3
    day["empty"].says("the list ended after 0 of 6 items", "run the task again")


def test_a_certificate_is_trusted_for_a_reason_or_refused_with_one(simulator: Running, tmp_path: Path) -> None:
    pinned = simulator.thumbprint(HERE)
    steps = [
        task("unknown", READ, ca_path=None),
        task("no_file", READ, ca_path="/nonexistent.pem"),
        task("no_certificate", READ, ca_path=str(tmp_path / "ansible.cfg")),
        task("wrong_pin", READ, ca_path=None, thumbprint=OTHER_THUMBPRINT),
        task("no_pin", READ, ca_path=None, thumbprint="SHA-256:AB"),
        task("pinned", READ, ca_path=None, thumbprint=pinned),
        fault("wrong_certificate", service=CLOUD),
        task("replaced", READ, ca_path=None, thumbprint=pinned),
        task("by_authority", READ),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    day["unknown"].says("certificate was not accepted", "ca_path", "thumbprint")
    day["no_file"].says("ca_path is '/nonexistent.pem'", "No such file", "PEM")
    day["no_certificate"].says("ca_path", "it holds no certificate")
    day["wrong_pin"].says(f"its thumbprint is {pinned}, not {OTHER_THUMBPRINT}", "Was the certificate replaced?")
    day["no_pin"].says("thumbprint", "32 bytes")
    assert not day["pinned"].failed and not day["by_authority"].failed
    day["replaced"].says(f"not {pinned}", "Was the certificate replaced?", "give the new one in thumbprint")
    for name in ("unknown", "no_file", "no_certificate", "wrong_pin", "no_pin", "replaced"):
        assert not day[name].requests  # not even the password has left


@pytest.mark.parametrize("mode", ["503", "refused"])
def test_a_policy_is_written_although_the_service_restarts(simulator: Running, mode: str, tmp_path: Path) -> None:
    steps = [
        fault("restart", seconds=1.2, mode=mode, method="POST", path="policies", times=1),
        task("written", "vcav_policy", name="gold", min_rpo=7),
        task("again", "vcav_policy", name="gold", min_rpo=7),
        task("read", READ, name="gold"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert day["written"].changed and not day["again"].changed
    made = [row for row in day["written"].requests if row["method"] == "POST" and row["path"] == "/policies"]
    assert [row["status"] for row in made].count(200) == 1
    assert len(day["read"].result["vcav_policy"]) == 1


def test_the_health_gate_outlives_a_restart_and_names_what_is_not_green(simulator: Running, tmp_path: Path) -> None:
    steps = [
        # Longer than the tries of one request, and from the login on: nobody has a session yet.
        fault("restart", seconds=8, mode="refused", path="sessions", times=1),
        task("gate", "vcav_health", wait_timeout=40, wait_interval=1),
        fault("component_error", service=CLOUD, component="vcdError", message="vCD does not answer."),
        task("shut", "vcav_health", wait_timeout=1, wait_interval=1),
        task("looked", "vcav_health", gate=False),
        task("ignored", "vcav_health", ignore=["vcd"], wait_timeout=1),
        CLEAR,
        task("open", "vcav_health", wait_timeout=5),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert day["gate"].result["vcav_health"]["green"]
    day["shut"].says(HERE, "not healthy after 1 seconds", "vcd: vCD does not answer.", "service account")
    assert not day["looked"].failed and not day["looked"].result["vcav_health"]["green"]
    assert not day["ignored"].failed and not day["open"].failed


def test_a_stopped_service_is_told_from_a_wrong_address(simulator: Running, tmp_path: Path) -> None:
    port = simulator.cloud(HERE).rsplit(":", 1)[1]
    steps = [
        fault("restart", seconds=3600, mode="refused", times=1),
        task("stopped", READ),
        control("advance", seconds=3600),
        {"ansible.builtin.wait_for": {"port": int(port), "timeout": 10}},
        task("started", READ),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    day["stopped"].says("/sessions", "the connection was refused", "5 tries", "Is the service running")
    assert not day["started"].failed


@pytest.fixture
def login_page() -> Iterator[str]:
    """A server that shows a page to everybody, as a single sign-on proxy does."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            body = b"<!DOCTYPE html><html><head><title>Kiwi Cloud sign-in</title></head></html>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    context: ssl.SSLContext = Authority().issue(["login.example.net"]).context
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_a_wrong_address_says_what_is_wrong_with_it(simulator: Running, login_page: str, tmp_path: Path) -> None:
    addresses = {
        "plain": "http://vcav.example.net",
        "nothing": "https://",
        "no_number": "https://vcav.example.net:44x",
        "of_a_page": f"{simulator.cloud(HERE)}/ui/admin",
        "no_such_host": "https://vcav.invalid",
        "other_product": simulator.vcd(HERE),
        "other_service": simulator.manager(HERE),
    }
    steps = [task(name, READ, vcav_url=url) for name, url in addresses.items()]
    steps.append(task("page", READ, vcav_url=login_page, validate_certs=False, ca_path=None))
    day = play_day(simulator, USUAL, tmp_path, steps)
    for name in ("plain", "nothing", "no_number", "of_a_page"):
        day[name].says(f"vcav_url is {addresses[name]!r}", "https://<host>[:port]", "without a path")
        assert not day[name].requests
    day["no_such_host"].says("vcav.invalid", "cannot be resolved")
    day["other_product"].says("404", "/sessions", "the right product")
    day["other_service"].says("404", "This is a manager service", "cloud service, port 443")
    day["page"].says("a page for browsers, 'Kiwi Cloud sign-in'", "Does the URL point at this product")
    assert "carried out" not in day["page"].message  # a login writes nothing that could be in doubt


def test_options_that_cannot_be_are_refused_before_anything_is_sent(simulator: Running, tmp_path: Path) -> None:
    steps = [
        task("typo", "vcav_policy", name="gold", min_rop=15),
        task("range", "vcav_policy", name="gold", min_rpo=1),
        task("kind", "vcav_policy", name="gold", max_incoming="many"),
        task("nobody", READ, vcav_password=""),
        task("no_user", READ, vcav_login="vcd"),
        task("half_remote", READ, vcav_remote_site="C00-Christchurch"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    day["typo"].says("Unsupported parameters", "min_rop", "min_rpo")
    day["range"].says("min_rpo is 1", "between 5 and 1440")
    day["kind"].says("max_incoming is 'many'", "unlimited")
    day["nobody"].says("no credentials", "vcav_password", "VCAV_PASSWORD", "vcav_token")
    day["no_user"].says("vcav_user is needed when vcav_login is vcd", "user@organization")
    day["half_remote"].says("vcav_remote_site is 'C00-Christchurch'", "vcav_remote_user", "vcav_remote_password")
    assert not any(day[name].requests for name in day.answers)


@pytest.mark.parametrize("way", [USUAL, WAYS[2]])
def test_a_tenant_who_is_no_administrator_is_told_so(simulator: Running, way: Way, tmp_path: Path) -> None:
    tenant = {"vcav_login": "vcd", "vcav_user": "admin@Tyrell", "vcav_password": TENANT_PASSWORD}
    steps = [
        task("read", READ, **tenant),
        task("write", "vcav_policy", name="gold", **tenant),
        task("own", "vcav_org_info", **tenant),
        fault("refuse_role", method="POST", path="policies", times=1),
        task("refused", "vcav_policy", name="gold"),
        task("allowed", "vcav_policy", name="gold"),
        task("again", "vcav_policy", name="gold"),
    ]
    day = play_day(simulator, way, tmp_path, steps)
    for name in ("read", "write", "refused"):
        day[name].says("403 Forbidden", "Permission denied", "System administrator")
    assert day["write"].writes == 0 and day["refused"].count("POST", "policies") == 1
    assert day["own"].result["vcav_org"] == [{"name": "Tyrell"}]
    assert day["allowed"].changed and not day["again"].changed


def test_the_secrets_that_are_looked_for_are_really_given(simulator: Running, tmp_path: Path) -> None:
    """The search for passwords in every output would find one: a playbook that prints it fails the day."""
    print_it = {"ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}"}}
    with pytest.raises(AssertionError, match="a password shows"):
        play_day(simulator, USUAL, tmp_path, [task("read", READ), print_it])
