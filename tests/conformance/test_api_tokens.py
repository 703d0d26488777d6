"""API tokens (10.3.1 and later): exchanged as shell examples do, then used by clients that know only session tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from tests.conformance.clients import ClientError, Driver
from tests.conformance.conftest import TENANT, Server

Servers = Callable[[str], Server]
Drivers = Callable[[str], Driver]
WHO = pytest.mark.parametrize(("org", "where"), [("System", "provider"), (TENANT, f"tenant/{TENANT}")])
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def web(server: Servers) -> Iterator[requests.Session]:
    """What curl is in the examples."""
    with requests.Session() as session:
        session.verify, session.trust_env = server("10.6").running.ca_path, False
        yield session


def api_token(web: requests.Session, url: str, where: str, jwt: str, name: str) -> str:
    """Makes an API token, in the three steps of the contract (2.4)."""
    headers = {"Authorization": f"Bearer {jwt}", "Accept": "application/json;version=36.1"}
    registered = web.post(f"{url}/oauth/{where}/register", json={"client_name": name}, headers=headers).json()
    found = web.get(f"{url}/cloudapi/1.0.0/tokens/urn:vcloud:token:{registered['client_id']}", headers=headers).json()
    assert (found["name"], found["type"]) == (name, "REFRESH")
    form = {"grant_type": _JWT_BEARER, "assertion": jwt, "client_id": registered["client_id"]}
    answer = web.post(f"{url}/oauth/{where}/token", data=form, headers={"Accept": "application/json"})
    return str(answer.json()["refresh_token"])


@WHO
def test_pyvcloud_works_with_what_an_api_token_gives(
    pyvcloud: Drivers, server: Servers, web: requests.Session, org: str, where: str
) -> None:
    url, driver = server("10.6").url, pyvcloud("10.6")
    jwt = driver.call("session", who="system" if org == "System" else "tenant")["token"]
    token = api_token(web, url, where, jwt, f"for {where}")
    for sent in ("body", "query"):
        fields = {"grant_type": "refresh_token", "refresh_token": token}
        how = {"data": fields} if sent == "body" else {"params": fields}
        answer = web.post(f"{url}/oauth/{where}/token", headers={"Accept": "application/json"}, **how).json()
        assert (answer["token_type"], answer["refresh_token"]) == ("Bearer", None)
        session = driver.call("rehydrate", who="robot", url=url, token=answer["access_token"], version="36.0")
        assert session["org"] == org
        assert len(session["short_token"]) == 32, "that is how PowerCLI before 13.1 was fed"
        assert driver.call("again", who="robot") == org
    wrong = web.post(f"{url}/oauth/{where}/token", data={"grant_type": "refresh_token", "refresh_token": "wrong"})
    assert wrong.status_code in (400, 401) and wrong.json()["error"] == "invalid_grant"


def test_a_session_of_an_api_token_manages_no_users(node: Drivers, server: Servers, web: requests.Session) -> None:
    vcd, driver, where = server("10.6"), node("10.6"), f"tenant/{TENANT}"
    maker = driver.call("login", who="maker", url=vcd.url, user="admin", org=TENANT, password=vcd.password)
    token = api_token(web, vcd.url, where, maker["token"], "a robot's")
    form = {"grant_type": "refresh_token", "refresh_token": token}
    answer = web.post(f"{vcd.url}/oauth/{where}/token", data=form).json()
    driver.call("token", who="robot", url=vcd.url, user="admin", org=TENANT, token=answer["access_token"])
    seen = driver.call("api", who="robot", api="UserApi", method="queryUsers", args=[1, 25])["body"]["values"]
    assert "admin" in [one["username"] for one in seen]
    for api, method, args in (
        ("UserApi", "createUser", [{"username": "x", "roleEntityRefs": []}]),
        ("RolesApi", "createRole", [{"name": "x"}]),
        ("TokenApi", "getTokens", [1, 25]),
    ):
        with pytest.raises(ClientError) as caught:
            driver.call("api", who="robot", api=api, method=method, args=args)
        assert caught.value.status == 403, api
