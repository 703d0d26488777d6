"""The client against a scripted service: logging in, paging, sessions that expire, and tokens that are not ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._remedies import remedy
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import client
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav.client import TOKEN, connect
from tests.unit.plugins.module_utils.certificates import Identity, authority
from tests.unit.plugins.module_utils.serving import Answer, Asked, Server, says, serving

EXPIRED = says({"code": "NotAuthenticated", "msg": "Authentication required."}, 401)
REMOTE = says({"code": "RemoteAuthenticationFailure", "msg": "Site-B is not authenticated."}, 401)
DETAILS = {"user": "root", "roles": ["ADMINISTRATORS"], "authenticatedSites": [{"site": "Site-A", "org": "System"}]}


class Service:
    """Logs in, tells its release, pages through `items` as `page` says, and refuses tokens that are not in `alive`."""

    def __init__(self, items: int = 0, page: Callable[[int, int], int] = lambda offset, limit: limit) -> None:
        self.items, self.page = [{"name": f"org{number}"} for number in range(items)], page
        self.numbers = itertools.count(1)
        self.alive: set[str] = {"given"}

    def __call__(self, asked: Asked) -> Answer:
        if (asked.method, asked.path) == ("POST", "/sessions"):
            token = f"token{next(self.numbers)}"
            self.alive.add(token)
            return says(DETAILS, X_VCAV_Auth=token)
        token = asked.headers.get(TOKEN, "")
        if token not in self.alive:
            return EXPIRED
        if asked.path == "/sessions":
            if asked.method == "DELETE":
                self.alive.discard(token)
            return says(DETAILS) if asked.method == "GET" else Answer(204)
        if asked.path == "/diagnostics/about":
            return says({"serviceType": "CLOUD", "productName": "x", "buildVersion": "4.7.0.1"})
        if asked.path == "/inventory/orgs":
            offset, limit = int(asked.query["offset"]), int(asked.query["limit"])
            page = self.items[offset : offset + self.page(offset, limit)]
            return says({"items": page, "total": len(self.items), "offset": offset, "limit": limit})
        if asked.path == "/remote":
            return REMOTE
        if asked.path == "/echo":
            return says({"code": "BadUserInput", "msg": f"the token {token} is not welcome here"}, 400)
        return says([])


@pytest.fixture(name="identity", scope="module")
def an_identity() -> Identity:
    return authority().issue("127.0.0.1")


def options(server: Server, **more: Any) -> dict[str, Any]:
    trust = {"validate_certs": True, "ca_path": authority().ca_path, "thumbprint": None, "timeout": 5}
    return {"vcav_url": server.url, "vcav_password": "p", **trust, **more}


@pytest.fixture(name="service")
def a_service() -> Service:
    return Service()


@pytest.fixture(name="server")
def a_server(service: Service, identity: Identity) -> Iterator[Server]:
    with serving(service, identity) as server:
        yield server


def logins(server: Server) -> int:
    return server.methods.count("POST /sessions")


def test_a_task_logs_in_once_learns_the_release_and_logs_out(server: Server, service: Service) -> None:
    with connect(options(server)) as api:
        assert (api.version, api.site, api.endpoint) == ((4, 7), "Site-A", server.url)
        api.get("policies")
    assert server.methods == ["POST /sessions", "GET /diagnostics/about", "GET /policies", "DELETE /sessions"]
    assert service.alive == {"given"}
    assert server.asked[0].headers["Accept"].startswith("application/vnd.vmware.h4-v3+json")
    assert server.asked[2].headers["Accept"].startswith("application/vnd.vmware.h4-v4.7+json")
    assert server.asked[2].headers["operationID"].startswith("vcpp-")


def test_a_task_that_fails_logs_out_too(server: Server, service: Service) -> None:
    with pytest.raises(KeyError), connect(options(server)):
        raise KeyError("a bug")
    assert service.alive == {"given"}


def test_a_token_that_arrives_repeated_counts_once(identity: Identity) -> None:
    def script(asked: Asked) -> Answer:
        if asked.method == "POST":
            return says(DETAILS, X_VCAV_Auth="first=, first=")
        return says({"buildVersion": "3.0.0"})

    with serving(script, identity) as server, connect(options(server)):
        assert server.asked[-1].headers[TOKEN] == "first="


def test_a_wrong_password_is_told_in_the_servers_words(identity: Identity) -> None:
    with serving(lambda asked: EXPIRED, identity) as server:
        with pytest.raises(HttpError) as problem, connect(options(server)):
            pass
    assert (problem.value.status, problem.value.code) == (401, "NotAuthenticated")
    assert "Authentication required." in str(problem.value)
    assert server.methods == ["POST /sessions"]


def test_a_login_without_a_token_is_no_such_service(identity: Identity) -> None:
    with serving(lambda asked: says({}), identity) as server:
        with pytest.raises(HttpError, match="is this a vCloud Availability service") as problem:
            with connect(options(server)):
                pass
    assert problem.value.kind == "body"


@pytest.mark.parametrize(("items", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3)])
def test_all_pages_are_read_in_order_and_no_more_than_needed(items: int, requests: int, identity: Identity) -> None:
    service = Service(items)
    with serving(service, identity) as server, connect(options(server)) as api:
        assert list(api.pages("inventory/orgs")) == service.items
        assert server.methods.count("GET /inventory/orgs") == requests


def test_a_page_that_is_shorter_than_asked_for_does_not_end_the_list(identity: Identity) -> None:
    service = Service(130, page=lambda offset, limit: 7)
    with serving(service, identity) as server, connect(options(server)) as api:
        assert list(api.pages("inventory/orgs")) == service.items


def test_an_empty_page_before_the_promised_end_is_an_error_and_no_endless_loop(identity: Identity) -> None:
    service = Service(130, page=lambda offset, limit: 0 if offset else limit)
    with serving(service, identity) as server, connect(options(server)) as api:
        with pytest.raises(HttpError, match="the list ended after 100 of 130 items"):
            list(api.pages("inventory/orgs"))


def test_a_session_that_has_expired_is_replaced_by_one_new_login(server: Server, service: Service) -> None:
    with connect(options(server)) as api:
        service.alive.clear()
        assert api.request("PATCH", "policies/1/orgs/Tyrell") == []
        api.get("policies")
    assert logins(server) == 2
    assert server.methods.count("PATCH /policies/1/orgs/Tyrell") == 2
    assert service.alive == set()


def test_a_service_that_refuses_every_session_is_not_asked_for_ever(server: Server, service: Service) -> None:
    with connect(options(server)) as api:
        refusing = api._http
        with pytest.MonkeyPatch.context() as patch:
            problem = HttpError("status", "GET", server.url, "/policies", status=401, code="NotAuthenticated")
            calls = []

            def refuse(method: str, path: str, **more: Any) -> Any:
                if path == "policies":
                    calls.append(path)
                    raise problem
                return type(refusing).json(refusing, method, path, **more)

            patch.setattr(refusing, "json", refuse)
            with pytest.raises(HttpError):
                api.get("policies")
    assert len(calls) == 2 and logins(server) == 2


def test_a_remote_site_that_is_not_authenticated_does_not_cost_a_new_login(server: Server) -> None:
    with connect(options(server)) as api:
        with pytest.raises(HttpError) as problem:
            api.get("remote")
    assert problem.value.code == "RemoteAuthenticationFailure"
    assert logins(server) == 1 and server.methods.count("GET /remote") == 1


def test_a_token_that_was_given_is_used_and_never_closed(server: Server, service: Service) -> None:
    with connect(options(server, vcav_token="given", vcav_password=None)) as api:
        api.get("policies")
        assert api.site == "Site-A"
    assert {asked.headers[TOKEN] for asked in server.asked} == {"given"}
    assert logins(server) == 0 and "DELETE /sessions" not in server.methods and "given" in service.alive


def test_a_token_that_was_given_and_has_expired_is_an_error_even_with_a_password(
    server: Server, service: Service
) -> None:
    with connect(options(server, vcav_token="given")) as api:
        service.alive.clear()
        with pytest.raises(HttpError) as problem:
            api.get("policies")
    assert problem.value.status == 401 and logins(server) == 0


def test_a_session_that_is_detached_stays_open_until_it_is_closed_by_its_token(
    server: Server, service: Service
) -> None:
    with connect(options(server)) as api:
        token = api.token
        api.detach()
    assert token in service.alive
    for _attempt in range(2):
        with client.closing(options(server, vcav_token=token)):
            pass
    assert token not in service.alive


def test_the_token_of_a_login_is_in_no_message(identity: Identity) -> None:
    with serving(Service(), identity) as server, connect(options(server)) as api:
        with pytest.raises(HttpError) as caught:
            api.get("echo")
        assert api.token not in str(caught.value)
        assert "********" in str(caught.value)


def old_service(build: str) -> Callable[[Asked], Answer]:
    """A service of a release that knows neither access tokens nor, before 4.0, the multisite extension."""

    def script(asked: Asked) -> Answer:
        if (asked.method, asked.path) == ("POST", "/sessions"):
            if "vcdAccessToken" in asked.json():
                return says({"code": "BadUserInput", "msg": "Unknown type."}, 400)
            return says(DETAILS, X_VCAV_Auth="token1")
        return says({"buildVersion": build}) if asked.path == "/diagnostics/about" else Answer(204)

    return script


def test_a_refused_login_by_access_token_tells_from_which_release_on_there_is_one(identity: Identity) -> None:
    with serving(old_service("4.0.0.1"), identity) as server:
        with pytest.raises(HttpError) as problem, connect(options(server, vcav_vcd_access_token="t0k3n")):
            pass
    assert "exists from release 4.1 on" in remedy(problem.value)


@pytest.mark.parametrize(("build", "given", "words"), [
    ("4.0.0.1", {"vcav_remote_vcd_access_token": "t0k3n"}, "vcav_remote_vcd_access_token exists from release 4.1 on"),
    ("3.5.0.1", {"vcav_remote_org": "Tyrell"}, "vcav_remote_org exists from release 4.0 on and this site runs 3.5"),
])  # fmt: skip
def test_a_way_into_the_other_site_that_the_release_lacks_is_refused_and_the_login_ends(
    identity: Identity, build: str, given: dict[str, str], words: str
) -> None:
    with serving(old_service(build), identity) as server:
        with pytest.raises(InputError, match=words), connect(options(server, vcav_remote_site="Site-B", **given)):
            pass
    assert server.methods == ["POST /sessions", "GET /diagnostics/about", "DELETE /sessions"]


def test_a_way_into_the_other_site_that_the_release_has_is_taken(identity: Identity) -> None:
    with serving(old_service("4.0.0.1"), identity) as server:
        with connect(options(server, vcav_remote_site="Site-B", vcav_remote_org="Tyrell")):
            pass
    assert "POST /sessions/extend" in server.methods
