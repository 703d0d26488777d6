"""What stands before every service: faults, outages, refused writes, the journal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.faults import KINDS, BadFault
from tests.simulator.front import dispatch
from tests.simulator.journal import path_matches
from tests.simulator.wire import Request

from .vcav.asking import NORTH, PASSWORD, SOUTH, Estate

CLOUD = f"{NORTH}/north-cloud/cloud"


@pytest.fixture(name="root")
def logged_in() -> Estate:
    estate = Estate("3.0")
    estate.log_in()
    return estate


def add(estate: Estate, kind: str, times: int | None = 1, **more: Any) -> None:
    known = {name: more.pop(name) for name in ("service", "method", "path") if name in more}
    estate.world.faults.add(kind, times=times, parameters=more, **known)


def outcome(estate: Estate, method: str = "GET", target: str = "/sites") -> Any:
    token = estate.tokens[CLOUD]
    return dispatch(estate.world, estate.service(), Request(method, target, {"X-VCAV-Auth": token}))


@pytest.mark.parametrize(
    ("kind", "parameters", "status", "retry_after"),
    [
        ("too_many_requests", {"retry_after": 7}, 429, "7"),
        ("too_many_requests", {}, 429, "1"),
        ("bad_gateway", {}, 502, None),
        ("service_unavailable", {}, 503, None),
        ("service_unavailable", {"retry_after": 2}, 503, "2"),
        ("refuse_role", {}, 403, None),
        ("expire_tokens", {}, 401, None),
        ("restart", {}, 503, None),
    ],
)
def test_faults_answer_in_place_of_the_service(
    root: Estate, kind: str, parameters: dict[str, Any], status: int, retry_after: str | None
) -> None:
    add(root, kind, **parameters)
    reply = root.ask("PATCH", "/policies/default/orgs/Acme")
    assert (reply.status, reply.header("Retry-After")) == (status, retry_after)


def test_a_fault_meets_as_many_requests_as_it_was_told(root: Estate) -> None:
    add(root, "bad_gateway", times=2)
    assert [root.ask("GET", "/sites").status for _unused in range(3)] == [502, 502, 200]
    add(root, "bad_gateway", times=None)
    assert [root.ask("GET", "/sites").status for _unused in range(3)] == [502, 502, 502]
    root.world.faults.clear()
    assert root.ask("GET", "/sites").status == 200


@pytest.mark.parametrize(
    ("match", "met"),
    [
        ({"path": "sites"}, True), ({"path": "/sites"}, True), ({"path": "s*"}, True), ({"path": "policies*"}, False),
        ({"method": "get"}, True), ({"method": "POST"}, False),
        ({"service": CLOUD}, True), ({"service": "*/cloud"}, True), ({"service": f"{SOUTH}/*"}, False),
        ({"service": f"{NORTH}/*", "method": "GET", "path": "*ites"}, True),
    ],
)  # fmt: skip
def test_faults_meet_only_what_they_match(root: Estate, match: dict[str, Any], met: bool) -> None:
    add(root, "bad_gateway", **match)
    assert root.ask("GET", "/sites").status == (502 if met else 200)


def test_a_dropped_reply_leaves_the_change_made(root: Estate) -> None:
    body = {"displayName": "x", "minRpo": 5, "maxInstances": 1, "maxIncoming": 1, "allowIncoming": True,
            "allowOutgoing": True}  # fmt: skip
    add(root, "drop_reply", method="POST", path="policies")
    request = Request("POST", "/policies", {"X-VCAV-Auth": root.tokens[CLOUD]}, json.dumps(body).encode())
    assert dispatch(root.world, root.service(), request).reply is None
    assert len(root.ask("GET", "/policies").document()) == 2
    assert next(iter(root.world.journal.find(path="policies", write=True))).status == 0


def test_a_slow_answer_is_an_answer(root: Estate) -> None:
    add(root, "slow", seconds=4)
    slow = outcome(root)
    assert (slow.delay, slow.reply.status) == (4.0, 200)


def test_the_token_may_come_twice(root: Estate) -> None:
    add(root, "repeat_token", path="sessions", method="POST")
    tokens = [value for name, value in root.log_in().headers if name == "X-VCAV-Auth"]
    assert len(tokens) == 2 and tokens[0] == tokens[1]
    assert root.ask("GET", "/sessions").status == 200


def test_a_short_page_promises_more_than_it_brings(root: Estate) -> None:
    add(root, "short_page", path="inventory/orgs", keep=1)
    answer = root.ask("GET", "/inventory/orgs").document()
    assert (len(answer["items"]), answer["total"]) == (1, 2)


def test_a_refusing_simulator_reads_and_logs_in_but_writes_nothing(root: Estate) -> None:
    root.world.refuse_writes = True
    assert root.log_in().status == 200
    assert root.ask("GET", "/policies").status == 200
    assert root.ask("POST", "/config/check-root-password", {"password": "x"}).status == 200
    for method, path in (("PATCH", "/policies/default/orgs/Acme"), ("POST", "/sites"), ("DELETE", "/nowhere")):
        reply = root.ask(method, path)
        assert (reply.status, reply.document()["code"]) == (403, "SimulatorRefusesWrites")
    assert root.ask("DELETE", "/sessions").status == 204
    assert [entry.write for entry in root.world.journal.find(write=True)] == [True, True, True]


@pytest.mark.parametrize(
    ("version", "method", "path", "write"),
    [
        ("4.7", "POST", "sessions", False), ("4.7", "POST", "sessions/extend", False),
        ("4.7", "DELETE", "sessions", False), ("4.7", "DELETE", "sessions/South", False),
        ("4.7", "POST", "diagnostics/health", False), ("4.7", "GET", "policies", False),
        ("4.7", "POST", "policies", True), ("4.7", "PUT", "policies/default", True), ("4.7", "POST", "sites", True),
        ("4.7", "DELETE", "sites/South", True), ("4.7", "PATCH", "policies/a/orgs/b", True),
        ("4.7", "POST", "os/reboot", True), ("4.7", "POST", "unknown", True), ("4.7", "PUT", "policies", True),
        ("3.0", "POST", "config/check-root-password", False), ("3.0", "POST", "config/root-password", True),
    ],
)  # fmt: skip
def test_the_journal_knows_writes_from_reads(version: str, method: str, path: str, write: bool) -> None:
    assert Estate(version).service().is_write(Request(method, f"//{path}")) is write


def test_an_entry_tells_everything_but_secrets(root: Estate) -> None:
    token = root.tokens[CLOUD]
    root.ask("GET", "/inventory/orgs?limit=1&cookie=abc&vcdPassword=def", headers={"operationID": "op-7"})
    login, entry = root.world.journal.find()
    assert (entry.sequence, entry.service, entry.method, entry.status) == (2, CLOUD, "GET", 200)
    assert entry.path == "/inventory/orgs?limit=1&cookie=***&vcdPassword=***"
    assert (entry.operation_id, entry.write, entry.fault) == ("op-7", False, None)
    assert entry.session == login.session and entry.session
    written = json.dumps([one.as_dict() for one in root.world.journal.find()])
    assert token not in written and PASSWORD not in written


def test_the_journal_is_searched(root: Estate) -> None:
    root.ask("GET", "/policies")
    root.ask("GET", "/policies/default/status?site=North")
    root.ask("PATCH", "/policies/default/orgs/Acme")
    root.log_in(kind="tunnel")

    def count(**wanted: Any) -> int:
        return sum(1 for _unused in root.world.journal.find(**wanted))

    assert count() == 5
    assert count(path="policies*") == 3
    assert count(path="policies/*/status") == 1
    assert count(method="get") == 2
    assert count(service="*/tunnel") == 1
    assert count(write=True) == 1
    assert count(since=3) == 2
    root.world.journal.clear()
    assert count() == 0


@pytest.mark.parametrize(
    ("pattern", "target", "fits"),
    [
        ("sites", "//sites", True),
        ("/sites", "/sites?x=1", True),
        ("sites?x=1", "/sites?x=1", True),
        ("s", "/sites", False),
    ],
)
def test_path_patterns_do_not_mind_leading_slashes(pattern: str, target: str, fits: bool) -> None:
    assert path_matches(pattern, target) is fits


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("nonsense", {}),
        ("bad_gateway", {"service": "East/*"}),
        ("bad_gateway", {"times": 0}),
        ("component_error", {}),
        ("same_certificate", {}),
        ("slow", {"parameters": {"seconds": "soon"}}),
        ("slow", {"parameters": {"seconds": -1}}),
        ("slow", {"parameters": {"second": 1}}),
        ("too_many_requests", {"parameters": {"retry_after": None}}),
        ("short_page", {"parameters": {"keep": "nan"}}),
        ("restart", {"parameters": {"mode": "sometimes"}}),
        ("bad_gateway", {"parameters": {"seconds": 1}}),
    ],
)
def test_faults_that_make_no_sense_are_refused(root: Estate, kind: str, more: dict[str, Any]) -> None:
    with pytest.raises(BadFault):
        root.world.faults.add(kind, **more)
    assert root.world.faults.all == []


def test_certificates_go_wrong_and_come_back(root: Estate) -> None:
    north, south = root.service().certificate, root.service(site=SOUTH).certificate
    before = north.thumbprint, south.thumbprint
    wrong = root.world.faults.add("wrong_certificate", CLOUD)
    assert north.thumbprint not in before
    root.world.faults.clear(wrong.id)
    same = root.world.faults.add("same_certificate", f"{SOUTH}/*/cloud", parameters={"of": CLOUD})
    assert south.thumbprint == north.thumbprint == before[0]
    root.world.faults.clear(same.id)
    assert (north.thumbprint, south.thumbprint) == before


def test_every_kind_of_fault_is_described() -> None:
    assert all(len(text) > 10 for text in KINDS.values())


def test_reset_brings_the_estate_back(root: Estate) -> None:
    root.pair()
    root.world.scale(10)
    root.ask("PATCH", "/policies/default/orgs/Acme")
    root.world.faults.add("wrong_certificate", CLOUD)
    root.world.refuse_writes = True
    root.world.advance(1000)
    thumbprint = root.service(site=SOUTH).certificate.thumbprint
    root.world.reset()
    assert len(root.world.journal) == 0
    assert root.ask("GET", "/sites").status == 401
    root.log_in()
    assert len(root.ask("GET", "/sites").document()) == 1
    assert root.ask("GET", "/inventory/orgs").document()["total"] == 2
    assert root.ask("PATCH", "/policies/default/orgs/Acme").status == 202
    assert root.service(site=SOUTH).certificate.thumbprint == thumbprint
