"""Logging in by each way, keeping and renewing the login, lists that servers shorten, uploads, the control centre."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._sessions import RunStore, TaskStore
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import Vro, connect
from tests.unit.plugins.module_utils._vcd.scripted import JWT, PASSWORD, Script, Step
from tests.unit.plugins.module_utils._vro.talking import API, about, asked_for, basic_login, link, options, token_login

Server = Callable[..., Script]
VCF_LOGIN = Step(
    "POST", "/cloudapi/1.0.0/sessions/provider", {}, headers={"x-vmware-vcloud-access-token": JWT},
    sends={"Accept": "application/json;version=9.1.0",
           "Authorization": "Basic YWRtaW5Ac3lzdGVtOkxhYi1Pbmx5LVBhc3N3MHJkIQ=="},
)  # fmt: skip
VCF_LOGOUT = Step("DELETE", "/cloudapi/1.0.0/sessions/current", status=204, sends={"Authorization": f"Bearer {JWT}"})


def test_a_server_that_asks_for_a_password_gets_it_with_every_request(server: Server) -> None:
    server(*basic_login())
    with connect(options()) as api:
        assert (api.version, api.site, api.facts["login"]) == ((7, 6, 0), "vro.example.test", "basic")
        assert not api.has("action_json")
        assert api.has("script_log_by_get")


def test_a_server_that_asks_for_a_token_gets_one_of_two_steps(server: Server) -> None:
    server(asked_for("Bearer"), *token_login(), Step("GET", f"{API}/workflows", {"link": []}))
    with connect(options()) as api:
        assert (api.version, api.facts["login"]) == ((8, 18, 1), "aria")
        assert api.rows("workflows") == []


def test_a_server_that_asks_for_nothing_is_logged_in_to_and_out_of_as_vcf(server: Server) -> None:
    versions = Step("GET", "/api/versions", {"versionInfo": [{"version": "9.0.0"}, {"version": "9.1.0"}]})
    server(asked_for(None), versions, VCF_LOGIN, about("9.1.0.24700000", Authorization=f"Bearer {JWT}"), VCF_LOGOUT)
    with connect(options(vro_user="admin@system")) as api:
        assert api.version == (9, 1, 0)


def test_a_way_that_the_task_names_is_not_asked_for(server: Server) -> None:
    server(*basic_login()[1:])
    with connect(options(vro_login="basic", vro_url="https://vro.example.test:8281/vco/")) as api:
        assert api.endpoint == "https://vro.example.test:8281"


def test_a_directorys_user_is_tried_where_those_log_in_too(server: Server) -> None:
    server(
        Step("POST", "/csp/gateway/am/api/login?access_token", {"message": "no"}, status=400),
        Step("POST", "/csp/gateway/am/idp/auth/login?access_token", {"refresh_token": "refresh"}),
        *token_login()[1:],
    )
    with connect(options(vro_login="aria", vro_user="jo@corp.example.test")) as api:
        assert api.facts["login"] == "aria"


def test_a_local_user_with_a_wrong_password_is_tried_once_and_told_what_to_check(server: Server) -> None:
    server(Step("POST", "/csp/gateway/am/api/login?access_token", {"message": f"bad {PASSWORD}"}, status=400))
    with pytest.raises(HttpError) as refused:
        Vro(options(vro_login="aria"), TaskStore())
    assert refused.value.advice.startswith("Check vro_user and vro_password")
    assert PASSWORD not in str(refused.value)


def test_a_refresh_token_is_changed_for_an_access_token(server: Server) -> None:
    server(*token_login()[1:])
    with connect(options(vro_refresh_token="refresh", vro_user=None, vro_password=None)) as api:
        assert api.facts["login"] == "aria"


def test_an_expired_token_is_renewed_once_and_a_given_one_is_not(server: Server) -> None:
    other = f"{JWT}2"
    server(
        *token_login(), Step("GET", f"{API}/users", status=401),
        *token_login(other),
        Step("GET", f"{API}/users", {"admin-rights": True}, sends={"Authorization": f"Bearer {other}"}),
    )  # fmt: skip
    with connect(options(vro_login="aria")) as api:
        assert api.get("users") == {"admin-rights": True}
    server(about("8.18.1"), Step("GET", f"{API}/users", status=401))
    with pytest.raises(HttpError, match="answered 401"), connect(options(vro_token=JWT)) as api:
        api.get("users")


def test_a_refused_password_is_final_and_its_advice_names_the_options(server: Server) -> None:
    server(*basic_login(), Step("GET", f"{API}/users", b"<html><title>Unauthorized</title></html>", status=401))
    with pytest.raises(HttpError) as refused, connect(options()) as api:
        api.get("users")
    assert "vro_user and vro_password" in refused.value.advice


def test_a_runs_file_holds_no_password(server: Server, tmp_path: Path) -> None:
    server(*basic_login())
    run = RunStore(str(tmp_path))
    Vro(options(), run)
    Vro(options(), run)
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert '"7.6.0"' in written
    assert PASSWORD not in written
    assert "Basic" not in written
    run.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"vro_url": "http://vro.example.test"}, "vro_url is 'http://vro.example.test': write it as https://"),
        ({"vro_url": "https://vro.example.test/ui"}, "write it as https://"),
        ({"vro_login_url": "vra.example.test"}, "vro_login_url is 'vra.example.test'"),
        ({"vro_password": None}, "no credentials: set vro_user and vro_password"),
        ({"vro_user": "a:b"}, "a colon cannot be part of it"),
        ({"vro_refresh_token": "r", "vro_login": "basic"}, "vro_refresh_token is for vro_login aria"),
        ({"vro_login": "vcf"}, "vro_user is 'administrator': this server takes user@organization"),
        ({"timeout": 0}, "timeout is 0"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_sent(
    server: Server, wrong: dict[str, Any], said: str
) -> None:
    server()
    with pytest.raises(InputError) as refused:
        Vro(options(**wrong), TaskStore())
    assert said in str(refused.value)


def test_another_product_is_not_taken_for_an_orchestrator(server: Server) -> None:
    server(Step("GET", f"{API}/about", {"hello": "world"}))
    with pytest.raises(HttpError, match="is this an orchestrator"):
        Vro(options(vro_login="basic"), TaskStore())


@pytest.mark.parametrize(
    "answers",
    [
        [Step("GET", f"{API}/users", {"message": "There is no resource here"}, status=404)],
        [asked_for(None), Step("GET", "/api/versions", {"message": "Authentication required"}, status=401)],
    ],
    ids=["knows no such path", "wants a login for every path"],
)
def test_the_address_of_another_product_is_told(server: Server, answers: list[Step]) -> None:
    server(*answers)
    with pytest.raises(HttpError) as refused:
        Vro(options(vro_user="admin@system"), TaskStore())
    assert "vro_url may be the address of another product" in refused.value.advice


def test_a_refused_refresh_token_is_named(server: Server) -> None:
    server(Step("POST", "/iaas/api/login", {"message": "Invalid refresh token"}, status=400))
    with pytest.raises(HttpError) as refused:
        Vro(options(vro_user=None, vro_password=None, vro_refresh_token="Old-T0ken"), TaskStore())
    assert refused.value.advice.startswith("Check vro_refresh_token")
    assert "Old-T0ken" not in str(refused.value)


def test_a_right_that_is_lacking_is_told_in_the_words_of_this_product(server: Server) -> None:
    server(*basic_login(), Step("DELETE", f"{API}/workflows/1", {"message": "Access is denied."}, status=403))
    with pytest.raises(HttpError) as refused, connect(options()) as api:
        api.send("DELETE", "workflows/1")
    assert refused.value.advice.startswith("The user may log in and lacks the right for this")


# Lists


def test_a_row_has_every_attribute_and_links_without_any_are_left_out(server: Server) -> None:
    up = {"href": "https://x/", "rel": "up"}
    row = link(id="1", name="A", description=None)
    server(*basic_login(), Step("GET", f"{API}/workflows?conditions=name%3DA&conditions=categoryName%3DB",
                                {"relations": {"link": [up, row], "total": 1}}))  # fmt: skip
    with connect(options()) as api:
        (found,) = api.rows("workflows", conditions=["name=A", "categoryName=B"])
    assert (found["id"], found["name"], found["description"], found["rel"]) == ("1", "A", None, "down")


def test_a_list_in_pages_is_read_to_its_end_and_one_that_never_gets_there_is_an_error(server: Server) -> None:
    first, second = [link(id=str(n)) for n in range(2)], [link(id="2")]
    server(
        *basic_login(),
        Step("GET", f"{API}/actions", {"link": first, "total": 3}),
        Step("GET", f"{API}/actions?startIndex=2", {"link": second, "total": 3}),
        Step("GET", f"{API}/actions", {"link": first, "total": -1}),
        Step("GET", f"{API}/actions?maxResult=2", {"link": first, "total": 3}),
        Step("GET", f"{API}/actions", {"link": first, "total": 3}),
        Step("GET", f"{API}/actions?startIndex=2", {"link": first, "total": 3}),
        Step("GET", f"{API}/users", {"admin-rights": True}),
    )
    with connect(options()) as api:
        assert [row["id"] for row in api.rows("actions")] == ["0", "1", "2"]
        assert len(api.rows("actions")) == 2
        assert len(api.rows("actions", maxResult=2)) == 2
        with pytest.raises(HttpError, match="shows 2 of 3 and no more"):
            api.rows("actions")
        with pytest.raises(HttpError, match="a list without links"):
            api.rows("users")


def test_what_is_not_there_is_none(server: Server) -> None:
    server(*basic_login(), Step("GET", f"{API}/actions/x", b"<html/>", status=404))
    with connect(options()) as api:
        assert api.find("actions/x") is None


# Uploads and the control centre


class Listening(Script):
    """Keeps what was sent in the last request."""

    def request(self, method: str, url: str, **more: Any) -> Any:
        self.last = (url, more)
        return super().request(method, url, **more)


def test_an_upload_has_one_part_called_file_of_plain_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.vcpp.vcloud.plugins.module_utils import _http

    script = Listening(*basic_login(), Step("POST", f"{API}/packages?overwrite=true", status=202))
    monkeypatch.setattr(_http, "_pool", lambda transport: script)
    with connect(options()) as api:
        reply = api.send(
            "POST", "packages", query={"overwrite": "true"}, form={"categoryId": "c"}, file=("a.zip", b"PK\xff")
        )
    assert reply.status == 202
    body, headers = script.last[1]["data"], script.last[1]["headers"]
    assert b'name="file"; filename="a.zip"\r\nContent-Type: application/octet-stream\r\n\r\nPK\xff\r\n' in body
    assert b'name="categoryId"\r\n\r\nc\r\n' in body
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")


@pytest.mark.parametrize(("login", "place"), [(basic_login(), "https://vro.example.test:8283"),
                                              (basic_login("8.12.0.1"), "https://vro.example.test")])  # fmt: skip
def test_the_control_centre_is_beside_the_server(
    monkeypatch: pytest.MonkeyPatch, login: list[Step], place: str
) -> None:
    from ansible_collections.vcpp.vcloud.plugins.module_utils import _http

    status = Step("GET", "/vco-controlcenter/api/server/status", {"currentStatus": "RUNNING"},
                  sends={"Authorization": "Basic cm9vdDpMYWItT25seS1QYXNzdzByZCE="})  # fmt: skip
    script = Listening(*login, status)
    monkeypatch.setattr(_http, "_pool", lambda transport: script)
    with connect(options()) as api:
        assert api.control("GET", "server/status", user="root") == {"currentStatus": "RUNNING"}
    assert json.dumps(script.last[0]).startswith(f'"{place}/vco-controlcenter')
