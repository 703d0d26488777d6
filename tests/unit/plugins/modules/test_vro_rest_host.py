"""The modules in this process against simulated orchestrators: hosts and operations by the workflows of the library."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_rest_host import RestHost
from ansible_collections.vcpp.vcloud.plugins.modules.vro_rest_host_info import RestHosts
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
URL = "https://avamar.example.com:8543/rest-api"
SECRET = "S3cret-of-the-host"
SESSIONS = {"name": "Get sessions", "method": "GET", "url_template": "/sessions"}
LOGIN = {"name": "Log in", "method": "POST", "url_template": "/login"}
AVAMAR: dict[str, Any] = {
    "name": "avamar", "url": URL, "authentication": "basic", "user": "MCUser", "password": SECRET,
    "operations": [LOGIN, SESSIONS],
}  # fmt: skip


def host(vro: Any, name: str = "avamar") -> Any:
    """The one of the simulator."""
    return next((each for each in vro.server.store.rest_hosts.values() if each.name == name), None)


def run(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(RestHost, check, wait_interval=1, **{**AVAMAR, **options})


def test_a_host_is_added_with_its_operations_read_and_removed(vro: Any) -> None:
    predicted = run(vro, True)
    assert host(vro) is None and vro.writes == []
    made = run(vro)
    assert made == predicted and made["changed"]
    assert made["vro_rest_host"] == {
        "name": "avamar", "url": URL, "authentication": "basic", "operations": [SESSIONS, LOGIN],
    }  # fmt: skip
    there = host(vro)
    assert (there.url, there.authentication) == (URL, "Basic")
    assert (there.settings["authUserName"], there.settings["authPassword"]) == ("MCUser", SECRET)
    assert (there.settings["connectionTimeout"], there.settings["operationTimeout"]) == (30, 60)
    assert there.settings.get("parallelRequestExecution") is None
    vro.control.clear_journal()
    assert run(vro)["changed"] is False
    assert (vro.writes, len(vro.requests)) == ([], 3)
    told = vro.run(RestHosts, name="avamar")
    assert told["vro_rest_host"] == [made["vro_rest_host"]]
    assert told["details"][0]["reference"] == {"type": "REST:RESTHost", "id": there.id}
    assert vro.run(RestHost, **told["vro_rest_host"][0])["changed"] is False
    gone = vro.run(RestHost, name="avamar", state="absent")
    assert gone["changed"] and host(vro) is None
    assert vro.run(RestHost, name="avamar", state="absent")["changed"] is False


def test_no_answer_and_no_message_shows_the_password(vro: Any) -> None:
    for outcome in (
        run(vro),
        run(vro, url="https://other.example.com", password=None),
        run(vro, update_password="always"),
    ):
        assert SECRET not in str(outcome)


def test_a_change_needs_recreate_where_there_is_no_workflow_for_it_and_keeps_the_operations(vro: Any) -> None:
    run(vro)
    before = host(vro).id
    other = f"{URL}/v2"
    updates = [each for each in vro.server.store.of_kind("Workflow").values() if each.name == "Update a REST host"]
    if not updates:
        for check in (True, False):
            assert "Set recreate: true" in run(vro, check, url=other, operations=None)["msg"]
    assert host(vro).url == URL
    changed = run(vro, url=other, operations=None, recreate=True)
    assert changed["diff"][0]["after"] == {"url": other} and host(vro).url == other
    assert (host(vro).id == before) is bool(updates)
    assert host(vro).settings["authPassword"] == SECRET
    assert {each.name for each in host(vro).operations.values()} == {"Log in", "Get sessions"}
    failed = run(vro, url=URL, operations=None, recreate=True, password=None, user=None)
    assert "its password cannot be read" in failed["msg"] and host(vro).url == other


def test_operations_are_added_replaced_and_pruned_when_asked_for(vro: Any) -> None:
    run(vro)
    first = host(vro).id
    login = {**LOGIN, "url_template": "/v2/login"}
    extra = {"name": "Log out", "method": "DELETE", "url_template": "/login"}
    changed = run(vro, operations=[login, extra])
    assert changed["vro_rest_host"]["operations"] == [SESSIONS, login, extra]
    assert run(vro, operations=[login, extra])["changed"] is False
    assert run(vro, operations=[login], prune_operations=True)["vro_rest_host"]["operations"] == [login]
    assert run(vro, operations=[], prune_operations=True)["vro_rest_host"]["operations"] == []
    assert host(vro).id == first


def test_the_password_is_written_when_asked_for(vro: Any) -> None:
    run(vro)
    assert run(vro, password="An0ther-Secret")["changed"] is False
    for check in (True, False):
        again = run(vro, check, password="An0ther-Secret", update_password="always", recreate=True)
        assert again["changed"] and again["vro_rest_host"]["password_updated"] is True
    assert host(vro).settings["authPassword"] == "An0ther-Secret"


def test_a_run_that_fails_says_why(vro: Any) -> None:
    failed = run(vro, operations=[{"name": "x", "method": "GET", "url_template": ""}])
    assert failed["failed"] and "Add a REST operation" in failed["msg"] and "templateUrl" in failed["msg"]


def test_a_lost_answer_makes_no_second_host(vro: Any) -> None:
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="*/executions*", times=1)
    assert run(vro)["changed"]
    assert [each.name for each in vro.server.store.rest_hosts.values()].count("avamar") == 1
    assert {each.name for each in host(vro).operations.values()} == {"Log in", "Get sessions"}


def test_an_option_that_the_release_has_not_is_named(vro: Any) -> None:
    outcome = run(vro, parallel_requests=True, operations=None)
    if vro.version < (8, 0):
        assert "parallel_requests is set" in outcome["msg"] and host(vro) is None
    else:
        assert host(vro).settings["parallelRequestExecution"] is True


@pytest.mark.parametrize(
    "options, words",
    [
        ({"url": "avamar.example.com"}, "url is 'avamar.example.com'"),
        ({"url": "https://u:p@avamar.example.com"}, "url has a user or a password in it"),
        ({"name": ""}, "name is ''"),
        ({"user": None}, "password is set without user"),
        ({"proxy_host": "proxy.example.com"}, "proxy_host and proxy_port belong together"),
        ({"connection_timeout": -1}, "connection_timeout is -1"),
        ({"operations": [LOGIN, LOGIN]}, "operations has 'Log in' twice"),
        ({"operations": None, "prune_operations": True}, "prune_operations is set without operations"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(vro: Any, options: dict[str, Any], words: str) -> None:
    assert words in run(vro, **options)["msg"]
    assert vro.control.count() == 0


def test_a_new_host_needs_its_address_and_its_password_and_a_name_its_spelling(vro: Any) -> None:
    assert "a new one needs its address" in vro.run(RestHost, name="nowhere")["msg"]
    assert "a new host needs user and password" in run(vro, password=None, user=None)["msg"]
    run(vro, operations=None)
    assert "write it like that" in run(vro, name="Avamar", operations=None)["msg"]
