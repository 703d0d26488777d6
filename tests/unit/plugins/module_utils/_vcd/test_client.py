"""Logging in, keeping the login, logging out; errors. Each conversation is scripted to the last request."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._sessions import RunStore, TaskStore
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.client import Vcd, connect
from tests.unit.plugins.module_utils._vcd.scripted import (
    JWT,
    PASSWORD,
    SESSION_JSON,
    SESSION_XML,
    SHORT,
    Script,
    Step,
    login,
    logout,
    negotiation,
    options,
)

Server = Callable[..., Script]
ORG = "/cloudapi/1.0.0/orgs/urn:vcloud:org:1"


def basic(name: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


def test_a_provider_logs_in_and_out_by_the_newer_family(server: Server) -> None:
    opened = login()
    opened.sends = {**opened.sends, "Authorization": basic("administrator@system")}
    server(negotiation("35.0!", "36.0"), opened, logout())
    with connect(options(vcd_user="administrator@SYSTEM")) as api:
        assert (api.version, api.site, api.facts["org"]) == ((36, 0), "vcd-north", "System")


def test_a_tenant_logs_in_at_the_tenants_address_and_the_last_at_separates(server: Server) -> None:
    server(
        negotiation("33.0", "34.0"),
        Step("POST", "/cloudapi/1.0.0/sessions", SESSION_JSON, headers={"x-vmware-vcloud-access-token": JWT},
             sends={"Authorization": basic("jo@example.test@acme"), "Accept": "application/json;version=34.0"}),
        Step("DELETE", "/api/session", status=204,
             sends={"Authorization": f"Bearer {JWT}", "Accept": "application/*+xml;version=34.0"}),
    )  # fmt: skip
    with connect(options(vcd_user="jo@example.test@acme")) as api:
        assert api.version == (34, 0)


def test_a_provider_whose_name_has_an_at_is_still_a_provider(server: Server) -> None:
    opened = login()
    opened.sends = {"Authorization": basic("jo@example.test@system")}
    server(negotiation("36.0"), opened, logout())
    with connect(options(vcd_user="jo@example.test@System")) as api:
        assert api.version == (36, 0)


@pytest.mark.parametrize(
    ("told", "carried"),
    [
        ({"X-VMWARE-VCLOUD-ACCESS-TOKEN": JWT, "x-vcloud-authorization": SHORT}, {"Authorization": f"Bearer {JWT}"}),
        ({"x-vcloud-authorization": SHORT}, {"x-vcloud-authorization": SHORT}),
    ],
)
def test_the_older_family_logs_in_by_xml(server: Server, told: dict[str, str], carried: dict[str, str]) -> None:
    server(
        negotiation("29.0!", "32.0"),
        Step("POST", "/api/sessions", SESSION_XML, headers=told, sends={"Accept": "application/*+xml;version=32.0"}),
        Step("DELETE", "/api/session", status=204, sends=carried),
    )
    with connect(options()) as api:
        assert (api.site, api.facts["org"], api.facts["user"]) == ("vcd-north", "acme", "admin1")


def test_a_session_that_does_not_tell_its_site_is_named_by_the_host(server: Server) -> None:
    silent = login()
    silent.body = {"id": "urn:vcloud:session:1"}
    server(negotiation("36.0"), silent, logout())
    with connect(options()) as api:
        assert api.site == "vcd.example.test"


def test_tasks_of_one_store_share_one_negotiation_and_one_login(server: Server) -> None:
    script = server(negotiation("36.0"), login(), logout())
    with TaskStore() as sessions:
        for _task in range(3):
            assert Vcd(options(), sessions).version == (36, 0)
    assert len(script.seen) == 3


def test_a_run_keeps_version_and_site_with_its_login(server: Server, tmp_path: Path) -> None:
    server(negotiation("36.0"), login(), logout())
    run = RunStore(str(tmp_path))
    assert Vcd(options(), run).site == "vcd-north"
    run._known.clear()  # as another worker, which has only the file
    assert Vcd(options(), run).version == (36, 0)
    run.close()
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".lock"]


def test_a_pinned_version_is_a_login_of_its_own(server: Server) -> None:
    server(
        negotiation("36.0", "37.0"), login(version="37.0"), negotiation("36.0", "37.0"), login(version="36.0"),
        logout(version="37.0"), logout(version="36.0"),
    )  # fmt: skip
    with TaskStore() as sessions:
        assert Vcd(options(), sessions).version == (37, 0)
        assert Vcd(options(vcd_api_version="36.0"), sessions).version == (36, 0)


def test_a_pinned_version_that_is_not_offered_never_logs_in(server: Server) -> None:
    server(negotiation("36.0"))
    with pytest.raises(InputError, match=r"offers 36\.0"), connect(options(vcd_api_version="37.0")):
        pass


@pytest.mark.parametrize(
    ("token", "carried"),
    [(JWT, {"Authorization": f"Bearer {JWT}"}), (SHORT, {"x-vcloud-authorization": SHORT})],
)
def test_a_given_token_is_used_and_not_closed(server: Server, token: str, carried: dict[str, str]) -> None:
    server(
        negotiation("36.0"),
        Step("GET", "/cloudapi/1.0.0/sessions/current", SESSION_JSON, sends=carried),
        Step("GET", ORG, {"name": "acme"}, sends=carried),
    )
    with connect(options(vcd_user=None, vcd_password=None, vcd_token=token)) as api:
        assert api.get(ORG) == {"name": "acme"}
        assert api.site == "vcd-north"


def test_a_given_token_is_looked_at_in_xml_by_older_releases(server: Server) -> None:
    server(negotiation("33.0"), Step("GET", "/api/session", SESSION_XML))
    with connect(options(vcd_token=JWT)) as api:
        assert api.site == "vcd-north"


def test_a_given_token_that_has_ended_is_not_renewed(server: Server) -> None:
    server(
        negotiation("36.0"),
        Step("GET", "/cloudapi/1.0.0/sessions/current", SESSION_JSON),
        Step("GET", ORG, status=401),
    )
    with connect(options(vcd_token=JWT)) as api, pytest.raises(HttpError) as failed:
        api.get(ORG)
    assert failed.value.status == 401


def test_an_expired_login_is_renewed_once_and_the_request_repeated(server: Server) -> None:
    server(
        negotiation("36.0"), login(), Step("PUT", ORG, status=401, sends={"Authorization": f"Bearer {JWT}"}),
        negotiation("36.0"), login("second." + JWT),
        Step("PUT", ORG, {"name": "acme"}, sends={
            "Authorization": f"Bearer second.{JWT}", "Content-Type": "application/json",
            "Accept": "application/json;version=36.0",
        }),
        logout("second." + JWT),
    )  # fmt: skip
    with connect(options()) as api:
        assert api.request("PUT", ORG, document={"name": "acme"}) == {"name": "acme"}


def test_a_second_refusal_after_the_renewal_is_an_error(server: Server) -> None:
    server(
        negotiation("36.0"), login(), Step("GET", ORG, status=401), negotiation("36.0"), login("second." + JWT),
        Step("GET", ORG, status=401), logout("second." + JWT),
    )  # fmt: skip
    with connect(options()) as api, pytest.raises(HttpError, match="401"):
        api.get(ORG)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"minorErrorCode": "UNAUTHORIZED", "message": "[ 1-2 ] Not correct."}, r"401 UNAUTHORIZED: \[ 1-2 \] Not"),
        (b"", "401: no explanation"),
    ],
)
def test_a_wrong_password_fails_with_the_servers_words(server: Server, body: object, said: str) -> None:
    refused = login()
    refused.status, refused.body = 401, body
    server(negotiation("36.0"), refused)
    with pytest.raises(HttpError, match=said), connect(options()):
        pass


def test_neither_password_nor_its_encoding_is_ever_repeated(server: Server) -> None:
    refused = login()
    refused.status = 400
    refused.body = {"minorErrorCode": "BAD", "message": f"cannot use {PASSWORD} ({basic('administrator@system')})"}
    server(negotiation("36.0"), refused)
    with pytest.raises(HttpError) as failed, connect(options()):
        pass
    assert "cannot use ********" in str(failed.value)
    assert PASSWORD not in str(failed.value)
    assert basic("administrator@system").split()[1] not in str(failed.value)


def test_a_login_without_a_token_is_no_login(server: Server) -> None:
    strange = login()
    strange.headers = {}
    server(negotiation("36.0"), strange)
    with pytest.raises(HttpError, match="is this vCloud Director"), connect(options()):
        pass


def test_a_page_in_place_of_the_versions_is_no_vcloud_director(server: Server) -> None:
    server(Step("GET", "/api/versions", "<html><body>Sign in</body></html>"))
    with pytest.raises(HttpError, match="no list of versions: its root is html") as failed, connect(options()):
        pass
    assert failed.value.kind == "body"


@pytest.mark.parametrize("url", ["https://vcd.example.test/api", "https://vcd.example.test/cloudapi/"])
def test_the_root_of_a_family_may_be_given_as_the_address(server: Server, url: str) -> None:
    server(negotiation("36.0"), login(), logout())
    with connect(options(vcd_url=url)) as api:
        assert api.endpoint == "https://vcd.example.test"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"vcd_url": "vcd.example.test"}, "vcd_url is 'vcd.example.test'"),
        ({"vcd_url": "http://vcd.example.test"}, "vcd_url is"),
        ({"vcd_url": "https://vcd.example.test/tenant/acme"}, "vcd_url is"),
        ({"vcd_user": None}, "set vcd_user and vcd_password"),
        ({"vcd_password": ""}, "set vcd_user and vcd_password"),
        ({"vcd_user": "administrator"}, "user@organization"),
        ({"vcd_user": "@system"}, "user@organization"),
        ({"vcd_user": "a:b@system"}, "colon"),
        ({"vcd_api_version": "new"}, "vcd_api_version is 'new'"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_sent(
    server: Server, given: dict[str, str | None], named: str
) -> None:
    server()
    with pytest.raises(InputError, match=named), connect(options(**given)):
        pass


def test_the_older_family_is_read_as_xml_or_json(server: Server) -> None:
    server(
        negotiation("36.0"), login(),
        Step("GET", "/api/org/1", '<Org xmlns="http://www.vmware.com/vcloud/v1.5" name="acme"/>',
             sends={"Accept": "application/*+xml;version=36.0"}),
        Step("GET", "/api/org/1", {"name": "acme"}, sends={"Accept": "application/*+json;version=36.0"}),
        Step("POST", "/api/admin/orgs", status=204, sends={"Content-Type": "application/vnd.vmware.x+xml"}),
        Step("GET", "/api/org/1", "<html><p>"),
        logout(),
    )  # fmt: skip
    with connect(options()) as api:
        root = api.xml("GET", "api/org/1")
        assert root is not None and root.get("name") == "acme"
        assert api.get("api/org/1") == {"name": "acme"}
        assert api.xml("POST", "api/admin/orgs", body=b"<x/>", content_type="application/vnd.vmware.x+xml") is None
        with pytest.raises(HttpError, match="not what this API sends"):
            api.xml("GET", "api/org/1")
