"""pyvcloud 23.0.4, the last release of VMware's Python client, with the oldest and newest API it can speak."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.clients import ClientError, Driver
from tests.conformance.conftest import TENANT, Server

Servers = Callable[[str], Server]
Drivers = Callable[[str], Driver]

# What a release offers at most, and the highest of it that pyvcloud knows.
SPOKEN = {"9.7": "32.0", "10.3": "36.0", "10.6": "36.0"}
RELEASES = pytest.mark.parametrize("release", list(SPOKEN))


@RELEASES
def test_it_negotiates_the_highest_version_that_it_knows(pyvcloud: Drivers, server: Servers, release: str) -> None:
    session = pyvcloud(release).call("session", who="system")
    assert session["version"] == SPOKEN[release]
    assert session["version"] in pyvcloud(release).call("versions", url=server(release).url)


@RELEASES
def test_it_sees_who_has_logged_in(pyvcloud: Drivers, release: str) -> None:
    system = pyvcloud(release).call("session", who="system")
    assert (system["org"], system["roles"], system["sysadmin"]) == ("System", "System Administrator", True)
    tenant = pyvcloud(release).call("session", who="tenant")
    assert (tenant["org"], tenant["user"], tenant["sysadmin"]) == (TENANT, "admin", False)


@RELEASES
def test_it_tells_a_wrong_password_from_other_faults(pyvcloud: Drivers, server: Servers, release: str) -> None:
    vcd = server(release)
    for org, user in (("System", vcd.user), (TENANT, "admin"), ("Nobody", "admin")):
        with pytest.raises(ClientError) as caught:
            pyvcloud(release).call("login", who="nobody", url=vcd.url, user=user, org=org, password="wrong")
        assert (caught.value.kind, caught.value.status) == ("UnauthorizedException", 401)


@pytest.mark.parametrize("release", ["10.3", "10.6"])
def test_a_session_can_be_picked_up_by_either_token(pyvcloud: Drivers, server: Servers, release: str) -> None:
    driver, url = pyvcloud(release), server(release).url
    first = driver.call("session", who="system")
    with_jwt = driver.call("rehydrate", who="picked", url=url, token=first["token"], version="36.0")
    assert with_jwt["org"] == "System"
    assert len(with_jwt["short_token"]) == 32
    short = driver.call("rehydrate", who="picked", url=url, token=with_jwt["short_token"], version="36.0", jwt=False)
    assert short["user"] == first["user"]


@RELEASES
def test_a_session_ends_with_its_log_out(pyvcloud: Drivers, server: Servers, release: str) -> None:
    vcd, driver = server(release), pyvcloud(release)
    driver.call("login", who="short", url=vcd.url, user="admin", org=TENANT, password=vcd.password)
    token = driver.call("session", who="short")
    assert driver.call("again", who="short") == TENANT
    driver.call("logout", who="short")
    with pytest.raises(ClientError):
        driver.call("rehydrate", who="dead", url=vcd.url, token=token["token"], version=SPOKEN[release])


@RELEASES
def test_organizations_are_made_changed_and_removed(pyvcloud: Drivers, release: str) -> None:
    driver = pyvcloud(release)
    made = driver.call("create_org", who="system", name="rekall", full_name="Rekall Inc", enabled=True)
    assert made["name"] == "rekall"
    found = driver.call("org", who="system", name="rekall")
    assert (found["full_name"], found["enabled"]) == ("Rekall Inc", True)
    assert {TENANT, "System", "rekall"} <= set(driver.call("orgs", who="system"))
    with pytest.raises(ClientError) as caught:
        driver.call("create_org", who="system", name="rekall", full_name="Again", enabled=True)
    assert caught.value.status == 400
    assert driver.call("enable_org", who="system", name="rekall", enabled=False) is False
    assert driver.call("delete_org", who="system", name="rekall") == {"status": "success", "operationName": "orgDelete"}
    assert "rekall" not in driver.call("orgs", who="system")


@RELEASES
def test_a_tenant_sees_its_own_organization_and_makes_none(pyvcloud: Drivers, release: str) -> None:
    driver = pyvcloud(release)
    assert driver.call("orgs", who="tenant") == [TENANT]
    assert driver.call("org", who="tenant")["name"] == TENANT
    with pytest.raises(ClientError):
        driver.call("create_org", who="tenant", name="mine", full_name="Mine", enabled=True)


@RELEASES
def test_a_task_that_fails_is_told_with_its_cause(pyvcloud: Drivers, server: Servers, release: str) -> None:
    driver, control = pyvcloud(release), server(release).running.control
    driver.call("create_org", who="system", name="cyberdyne", full_name="Cyberdyne", enabled=False)
    control.add_fault("fail_task", times=1)
    with pytest.raises(ClientError) as caught:
        driver.call("delete_org", who="system", name="cyberdyne")
    assert "internal error" in caught.value.text
    assert driver.call("delete_org", who="system", name="cyberdyne")["status"] == "success"


@RELEASES
def test_the_build_is_readable(pyvcloud: Drivers, release: str) -> None:
    assert pyvcloud(release).call("description", who="system").startswith(f"{release}.")


@RELEASES
def test_queries_filter_sort_and_go_through_all_pages(pyvcloud: Drivers, server: Servers, release: str) -> None:
    server(release).running.control.scale(30, site="A03-Auckland")
    driver = pyvcloud(release)
    names = [one["name"] for one in driver.call("query", who="system", kind="organization", sort="name", page_size=10)]
    assert len(names) == 31 and names == sorted(names, key=str.lower)
    (found,) = driver.call("query", who="system", kind="organization", equal=["name", "tenant-00007"])
    assert found["name"] == "tenant-00007" and "/api/org/" in found["href"]
    (found,) = driver.call("query", who="system", kind="organization", format="idrecords", filter="name==tenant-00008")
    assert found["id"] and "href" not in found
    some = driver.call("query", who="system", kind="organization", filter="name==tenant-0001*;isEnabled==true")
    assert len(some) == 10
    assert driver.call("query", who="system", kind="organization", equal=["name", "nobody"]) == []
