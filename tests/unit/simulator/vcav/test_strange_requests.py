"""Requests that no known client sends, but a stranger may: each gets an answer of the contract, and harms nobody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator.vcav.asking import Estate, problem

BAD = (400, "BadUserInput")
POLICY = {"minRpo": 5, "maxInstances": 1, "maxIncoming": 1, "allowIncoming": True, "allowOutgoing": True}


@pytest.fixture(name="root")
def logged_in() -> Estate:
    estate = Estate("3.0")
    estate.log_in()
    return estate


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"displayName":' * 50_000,
        b'{"displayName":"\\ud800"}',
        b'{"displayName":"\xed\xa0\x80"}',
        b'{"minRpo":NaN}',
        b'{"minRpo":-Infinity}',
        b'{"minRpo":' + b"9" * 5000 + b"}",
        b"\xff\xfe",
    ],
    ids=["deep list", "deep object", "half a pair", "half a pair in bytes", "NaN", "infinity", "long number", "bytes"],
)  # fmt: skip
def test_bodies_that_nobody_could_read_back_are_refused(root: Estate, body: bytes) -> None:
    """Unacceptable input is 400 `BadUserInput` (contract 3.3), and the list of policies stays readable."""
    assert problem(root.ask("POST", "/policies", body)) == BAD
    assert len(root.ask("GET", "/policies").document()) == 1


@pytest.mark.parametrize("name", ["a/b", "Zürich", "\U0001f642", " ", "x" * 10_000, "quote\"'<&>"])
def test_names_are_kept_as_they_are(root: Estate, name: str) -> None:
    reply = root.ask("POST", "/policies", {**POLICY, "displayName": name})
    if name.strip():
        assert reply.status == 200
        assert root.ask("GET", f"/policies/{reply.document()['id']}").document()["displayName"] == name
    else:
        assert problem(reply) == BAD


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**30])
def test_integers_that_no_server_could_hold_are_refused(root: Estate, value: int) -> None:
    """`maxIncoming` is an int, and negative means unlimited (contract 4.10)."""
    body = {**POLICY, "displayName": "x", "maxIncoming": value}
    assert problem(root.ask("POST", "/policies", body)) == BAD
    assert root.ask("POST", "/policies", {**body, "maxIncoming": -1}).status == 200


@pytest.mark.parametrize(
    ("media", "status"),
    [
        (None, 200), ("application/json", 200), ("application/json;charset=UTF-8", 200), ("APPLICATION/JSON", 200),
        ("application/vnd.vmware.h4-v3+json", 200),
        ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/octet-stream", 415),
    ],
)  # fmt: skip
def test_a_body_is_json_and_says_so(root: Estate, media: str | None, status: int) -> None:
    """`Content-Type: application/json` whenever there is a body (contract 3.1)."""
    headers = {"Content-Type": media} if media else {}
    assert root.ask("POST", "/policies", {**POLICY, "displayName": "x"}, headers=headers).status == status


@pytest.mark.parametrize("media", ["application/json", "text/plain"])
def test_without_a_body_its_type_does_not_matter(root: Estate, media: str) -> None:
    """Clients send the header on GET and DELETE too (contract 3.1)."""
    assert root.ask("PATCH", "/policies/default/orgs/Acme", headers={"Content-Type": media}).status == 202
    assert root.ask("GET", "/policies", headers={"Content-Type": media}).status == 200


@pytest.mark.parametrize("number", ["1_0", "%205", "5%20", "%2B5", "%D9%A3", "0x5", "5.0", "", "9" * 19, "9" * 5000])
@pytest.mark.parametrize("name", ["offset", "limit"])
def test_only_plain_decimal_numbers_page(root: Estate, name: str, number: str) -> None:
    """`offset` and `limit` (contract 3.5)."""
    for path in ("inventory/orgs", "tasks", "vapp-replications"):
        assert problem(root.ask("GET", f"/{path}?{name}={number}")) == BAD


@pytest.mark.parametrize("version", ["9" * 5000, "99999", "1.99999", "", "x"])
def test_an_accept_header_that_names_no_version_is_not_acceptable(root: Estate, version: str) -> None:
    accept = f"application/vnd.vmware.h4-v{version}+json"
    assert problem(root.ask("GET", "/sites", headers={"Accept": accept})) == (406, "NotAcceptable")


@pytest.mark.parametrize(
    ("target", "status"),
    [("https://cloud.example.test/sites?a=b", 200), ("https://cloud.example.test//sites", 200), ("http://x", 404)],
)
def test_a_target_in_the_absolute_form_is_its_path(root: Estate, target: str, status: int) -> None:
    assert root.ask("GET", target).status == status


def test_reports_about_replications_find_none(root: Estate) -> None:
    """The summary report asks for them all (contract 8): arrays and pages are there, nothing is in them."""
    assert root.ask("GET", "/vc-sites").document() == []
    empty: dict[str, Any] = {"items": [], "total": 0, "offset": 0, "limit": 10}
    for kind in ("vapp-replications", "vm-replications"):
        assert root.ask("GET", f"/{kind}?offset=0&limit=10&sourceSiteType=vcloud").document() == empty
        assert problem(root.ask("GET", f"/{kind}?site=Nowhere")) == (404, "NotFound")
