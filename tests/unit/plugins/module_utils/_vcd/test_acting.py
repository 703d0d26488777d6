"""API tokens, acting for an organization, tasks, uploads, and lists whose pages are read side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError, Reply
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import lists, tasks, transfer
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.client import connect
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.lists import PAGE, Page
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import TaskFailed
from tests.unit.plugins.module_utils._vcd.scripted import (
    JWT,
    SESSION_JSON,
    URL,
    Script,
    Step,
    login,
    logout,
    negotiation,
    options,
)

Server = Callable[..., Script]
API_TOKEN = "v3ry-secret-api-token"
UUID = "c196c6f0-5c31-4929-a626-b29b2c9ff5ab"
TASK = "7d1c0000-0000-4000-8000-000000000001"
CURRENT = Step("GET", "/cloudapi/1.0.0/sessions/current", SESSION_JSON, sends={"Authorization": f"Bearer {JWT}"})


def with_token(**more: Any) -> dict[str, Any]:
    return options(vcd_user=None, vcd_password=None, vcd_api_token=API_TOKEN, **more)


def test_an_api_token_is_exchanged_and_its_session_closed(server: Server) -> None:
    answer = {"access_token": JWT, "token_type": "Bearer", "expires_in": 1800, "refresh_token": None}
    server(negotiation("36.1"), Step("POST", "/oauth/provider/token", answer), CURRENT, logout(version="36.1"))
    with connect(with_token(vcd_api_token_org="SYSTEM")) as api:
        assert (api.facts["user"], api.is_provider) == ("administrator", True)


def test_a_tenants_api_token_is_exchanged_at_the_tenants_address(server: Server) -> None:
    answer = {"access_token": JWT, "refresh_token": None}
    server(negotiation("37.0"), Step("POST", "/oauth/tenant/a%24b/token", answer), CURRENT, logout(version="37.0"))
    with connect(with_token(vcd_api_token_org="a$b")):
        pass


def test_an_api_token_that_is_refused_is_advised_on_and_not_shown(server: Server) -> None:
    refusal = {"error": "invalid_grant", "error_description": f"{API_TOKEN} is unknown"}
    server(negotiation("36.1"), Step("POST", "/oauth/tenant/acme/token", refusal, status=400))
    with pytest.raises(HttpError) as failed, connect(with_token(vcd_api_token_org="acme")):
        pass
    assert "vcd_api_token_org (acme)" in failed.value.advice
    assert API_TOKEN not in str(failed.value)


def test_an_older_server_has_no_api_tokens(server: Server) -> None:
    server(negotiation("36.0"))
    with pytest.raises(InputError, match="need API version 36.1"), connect(with_token()):
        pass


def test_the_token_of_a_service_account_is_refused_with_what_it_means(server: Server) -> None:
    answer = {"access_token": JWT, "refresh_token": "another"}
    server(negotiation("37.0"), Step("POST", "/oauth/provider/token", answer), logout(version="37.0"))
    with pytest.raises(InputError, match="service account"), connect(with_token()):
        pass


def test_a_given_token_goes_before_an_api_token(server: Server) -> None:
    server(negotiation("36.1"), CURRENT)
    with connect(with_token(vcd_token=JWT)):
        pass


ORGS = "/cloudapi/1.0.0/orgs?filter=name%3D%3D{}&page=1&pageSize=128"
ACTING = {"X-VMWARE-VCLOUD-TENANT-CONTEXT": UUID, "X-VMWARE-VCLOUD-AUTH-CONTEXT": "acme"}


def org(name: str) -> Step:
    body = {"resultTotal": 1, "values": [{"name": name, "id": f"urn:vcloud:org:{UUID}"}]}
    return Step("GET", ORGS.format("acme"), body, sends={"X-VMWARE-VCLOUD-TENANT-CONTEXT": None})  # type: ignore[dict-item]


def test_a_provider_acts_for_an_organization(server: Server) -> None:
    things = Step("GET", "/cloudapi/1.0.0/things", {}, sends=ACTING)
    server(negotiation("36.0"), login(), org("acme"), things, things, logout())
    with connect(options(vcd_tenant="acme")) as api:
        api.get("cloudapi/1.0.0/things")
        api.get("cloudapi/1.0.0/things")


def test_one_request_can_be_made_for_another_organization(server: Server) -> None:
    plain = Step("GET", "/cloudapi/1.0.0/things", {}, sends={"X-VMWARE-VCLOUD-TENANT-CONTEXT": None})  # type: ignore[dict-item]
    for_it = Step("GET", "/cloudapi/1.0.0/things", {}, sends=ACTING)
    server(negotiation("36.0"), login(), org("acme"), for_it, plain, logout())
    with connect(options()) as api:
        api.acting_for("acme").get("cloudapi/1.0.0/things")
        api.get("cloudapi/1.0.0/things")


def test_an_organization_that_is_not_there_is_named_before_anything_is_sent_for_it(server: Server) -> None:
    server(negotiation("36.0"), login(), org("ACME"), logout())
    with connect(options(vcd_tenant="acme")) as api, pytest.raises(InputError, match="no organization acme"):
        api.get("cloudapi/1.0.0/things")


def test_a_tenant_acts_for_itself_and_for_nobody_else(server: Server) -> None:
    opened = Step("POST", "/cloudapi/1.0.0/sessions", {**SESSION_JSON, "org": {"name": "acme", "id": UUID}},
                  headers={"X-VMWARE-VCLOUD-ACCESS-TOKEN": JWT})  # fmt: skip
    server(negotiation("36.0"), opened, Step("GET", "/cloudapi/1.0.0/things", {}), logout())
    with connect(options(vcd_user="jo@acme", vcd_tenant="acme")) as api:
        api.get("cloudapi/1.0.0/things")
        with pytest.raises(InputError, match="vcd_tenant is other, but only a System administrator"):
            api.acting_for("other").get("cloudapi/1.0.0/things")


def task(status: str, inner: str = "") -> Step:
    body = (
        f'<Task xmlns="http://www.vmware.com/vcloud/v1.5" status="{status}" id="urn:vcloud:task:{TASK}"'
        f' operation="Deleting" operationName="orgDelete" href="{URL}/api/task/{TASK}">{inner}'
        "<Progress>40</Progress><Details/></Task>"
    )
    return Step("GET", f"/api/task/{TASK}", body)


STARTED = Reply(202, {"Location": f"https://other.example.test/api/task/{TASK}"}, b"")


def test_a_task_is_followed_to_its_end_at_the_server_that_was_asked(server: Server) -> None:
    owner = '<Owner href="h" id="urn:vcloud:org:1" name="acme" type="t"/>'
    server(negotiation("36.0"), login(), task("queued"), task("running"), task("success", owner), logout())
    with connect(options()) as api:
        ended = tasks.follow(api, STARTED, "deleting acme", timeout=5, interval=0)
    assert ended is not None
    assert (ended["status"], ended["progress"], ended["owner"]["name"]) == ("success", 40, "acme")


@pytest.mark.parametrize("status", ["error", "canceled", "aborted"])
def test_a_task_that_did_not_succeed_has_failed(server: Server, status: str) -> None:
    fault = '<Error majorErrorCode="500" minorErrorCode="BUSY" message="[ 1 ] The disk is full"/>'
    server(negotiation("36.0"), login(), task(status, fault), logout())
    with connect(options()) as api, pytest.raises(TaskFailed, match=f"{status}: .* The disk is full") as failed:
        tasks.follow(api, STARTED, "deleting acme", timeout=5, interval=0)
    assert failed.value.error["code"] == "BUSY"


def test_a_task_that_does_not_end_in_time_goes_on(server: Server) -> None:
    server(negotiation("36.0"), login(), task("running"), logout())
    with connect(options()) as api, pytest.raises(TaskFailed, match="not ended after 0 seconds; it goes on"):
        tasks.follow(api, STARTED, "deleting acme", timeout=0, interval=0)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(202, {"Location": f"{URL}/api/task/{TASK}"}, b""), TASK),
        (Reply(200, {"X-VMWARE-VCLOUD-TASK-LOCATION": f"{URL}/api/task/{TASK}"}, b"{}"), TASK),
        (Reply(202, {}, f'<Task href="{URL}/api/task/{TASK}"/>'.encode()), TASK),
        (Reply(201, {}, f'<AdminOrg><Tasks><Task href="{URL}/api/task/{TASK}"/></Tasks></AdminOrg>'.encode()), TASK),
        (Reply(201, {"Location": f"{URL}/cloudapi/1.0.0/orgs/1"}, b"{}"), None),
        (Reply(204, {}, b""), None),
        (Reply(200, {}, b"<html>"), None),
    ],
)
def test_the_task_of_an_answer_is_found_where_it_is_told(reply: Reply, expected: str | None) -> None:
    assert tasks.of(reply) == expected


def upload_link(address: str) -> dict[str, str]:
    links = f'<{URL}/down>;rel="down:self";type="x", <{address}>;rel="upload:default";type="application/octet-stream"'
    return {"Link": links}


@pytest.mark.parametrize("host", [URL, "https://portal.example.test:8443"])
def test_an_upload_goes_to_the_server_that_was_asked_whatever_its_link_names(server: Server, host: str) -> None:
    server(
        negotiation("36.0"),
        login(),
        Step("POST", "/cloudapi/things/1/contents", status=204, headers=upload_link(f"{host}/transfer/1/a.css")),
        Step("PUT", "/transfer/1/a.css", sends={"Content-Range": "bytes 0-3/4", "Authorization": f"Bearer {JWT}"}),
        logout(),
    )
    with connect(options()) as api:
        assert transfer.upload(api, "cloudapi/things/1/contents", "a.css", b"body").status == 204


def test_an_upload_tells_size_and_checksum(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    server(negotiation("36.0"), login(), logout())
    with connect(options()) as api:

        def send(method: str, path: str, **more: Any) -> Reply:
            sent.append(more.get("document", more.get("data")))
            return Reply(204, upload_link(f"{URL}/transfer/1/a.css"), b"")

        monkeypatch.setattr(api, "send", send)
        transfer.upload(api, "contents", "a.css", b"body", extra={"more": 1})
    digest = hashlib.sha256(b"body").hexdigest()
    spec = {"fileName": "a.css", "size": 4, "checksum": digest, "checksumAlgo": "sha256", "more": 1}
    assert sent == [spec, b"body"]


def test_an_upload_without_an_address_is_an_error(server: Server) -> None:
    server(negotiation("36.0"), login(), Step("POST", "/contents", status=204), logout())
    with connect(options()) as api, pytest.raises(HttpError, match="without an address"):
        transfer.upload(api, "contents", "a.css", b"body")


def numbered(total: int) -> Callable[[int], Page[int]]:
    return lambda number: Page(range(PAGE * (number - 1), min(PAGE * number, total)), total)


def complain(text: str) -> Exception:
    return RuntimeError(text)


@pytest.mark.parametrize("total", [0, 1, PAGE, PAGE + 1, 10 * PAGE, 1000])
def test_pages_side_by_side_are_the_whole_list_in_order(total: int) -> None:
    asked: list[int] = []

    def fetch(number: int) -> Page[int]:
        asked.append(number)
        return numbered(total)(number)

    assert lists.side_by_side(fetch, complain) == list(range(total))
    assert sorted(asked) == list(range(1, max(1, -(-total // PAGE)) + 1))


def test_a_list_that_changes_while_it_is_read_is_read_in_turn() -> None:
    states = {"total": 3 * PAGE}

    def fetch(number: int) -> Page[int]:
        found = numbered(states["total"])(number)
        states["total"] = 3 * PAGE + 1
        return found

    assert lists.side_by_side(fetch, complain) == list(range(3 * PAGE + 1))


def test_a_server_with_smaller_pages_is_read_in_turn() -> None:
    pages = {1: Page([1, 2], 3), 2: Page([3], 3)}
    assert lists.side_by_side(pages.__getitem__, complain) == [1, 2, 3]


def test_a_list_that_stays_short_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="ended after 128 of 300"):
        lists.side_by_side(lambda number: Page(range(PAGE) if number == 1 else (), 300), complain)
