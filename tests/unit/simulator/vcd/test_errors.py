"""Request ids and error bodies (contract sections 2.6, 2.7 and 1.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.simulator.wire import Request
from tests.unit.simulator.vcd.asking import HOST, V, Vcd

ID = "X-VMWARE-VCLOUD-REQUEST-ID"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
Maker = Callable[..., Vcd]
CALLS = [
    ("GET", "/api/versions", 200),
    ("GET", "/api/session", 200),
    ("GET", "/cloudapi/1.0.0/orgs", 200),
    ("GET", "/cloudapi/1.0.0/orgs/urn:vcloud:org:x", 403),
    ("GET", "/api/org/x", 403),
    ("GET", "/api/nothing", 404),
    ("GET", "/cloudapi/1.0.0/nothing", 404),
    ("PUT", "/cloudapi/1.0.0/orgs", 405),
    ("PUT", "/api/session", 405),
    ("GET", "/nothing", 404),
    ("GET", "/", 404),
]


@pytest.mark.parametrize(("method", "target", "status"), CALLS)
@pytest.mark.parametrize(
    ("client", "prefix"),
    [
        ("", ""),
        ("run-17", "run-17-"),
        ("x" * 128, "x" * 128 + "-"),
        ("x" * 129, ""),
        ("not/allowed", ""),
    ],
)
def test_every_answer_has_a_request_id(
    system: Maker, method: str, target: str, status: int, client: str, prefix: str
) -> None:
    headers = {"x_vmware_vcloud_client_request_id": client} if client else {}
    reply = system("10.3").ask(method, target, b"", **headers)
    assert reply.status == status
    assert re.fullmatch(re.escape(prefix) + UUID, reply.header(ID) or "")


def test_no_two_answers_have_the_same_request_id(system: Maker) -> None:
    vcd = system("10.3")
    headers = {"x_vmware_vcloud_client_request_id": "run-17"}
    assert vcd.get("/api/session", **headers).header(ID) != vcd.get("/api/session", **headers).header(ID)


@pytest.mark.parametrize(("method", "target", "status"), [call for call in CALLS if call[2] >= 400])
def test_error_bodies_fit_the_family_and_begin_with_the_request_id(
    system: Maker, method: str, target: str, status: int
) -> None:
    reply = system("10.3").ask(method, target, accept="application/*;version=36.0")
    if target.startswith("/api/"):
        assert reply.header("content-type") == "application/vnd.vmware.vcloud.error+xml;version=36.0"
        root = ElementTree.fromstring(reply.body)
        assert (root.tag, root.get("majorErrorCode")) == (f"{V}Error", str(status))
        code, message = root.get("minorErrorCode"), root.get("message")
    else:
        assert reply.header("content-type") == "application/json;version=36.0"
        body = json.loads(reply.body)
        assert set(body) == {"minorErrorCode", "message", "stackTrace"}
        code, message = body["minorErrorCode"], body["message"]
    assert code
    assert (message or "").startswith(f"[ {reply.header(ID)} ] ")
    if status == 403:
        assert code == "ACCESS_TO_RESOURCE_IS_FORBIDDEN" and "or the target entity is invalid." in (message or "")


def test_errors_of_the_old_family_in_json_when_asked_for(system: Maker) -> None:
    reply = system("10.3").get("/api/org/x", accept="application/*+json;version=36.0")
    body = json.loads(reply.body)
    assert (body["majorErrorCode"], body["minorErrorCode"]) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN")


def test_injected_errors_speak_the_language_of_the_family(system: Maker) -> None:
    service = system("10.3").service
    accept = {"host": HOST, "accept": "application/*;version=36.0"}
    xml = service.error(Request("GET", "/api/org", accept), 503, "ServiceUnavailable", "starting")
    assert ElementTree.fromstring(xml.body).get("minorErrorCode") == "SERVICE_UNAVAILABLE"
    plain = service.error(Request("GET", "/cloudapi/1.0.0/orgs", accept), 403, "Forbidden", "no")
    assert json.loads(plain.body)["minorErrorCode"] == "ACCESS_TO_RESOURCE_IS_FORBIDDEN"
    own = service.error(Request("GET", "/cloudapi/1.0.0/orgs", accept), 403, "SimulatorRefusesWrites", "no")
    assert json.loads(own.body)["minorErrorCode"] == "SimulatorRefusesWrites"


def test_markup_in_names_is_escaped(system: Maker) -> None:
    vcd = system("9.7")
    vcd.world.sites["North"].organizations["Tyrell"].full_name = "R & D <\"'>"
    identity = vcd.world.sites["North"].organizations["Tyrell"].id
    assert vcd.xml(f"/api/org/{identity}")[1].findtext(f"{V}FullName") == "R & D <\"'>"
    _status, found = vcd.xml("/api/query?type=organization")
    assert found[0].get("displayName") == "R & D <\"'>"
