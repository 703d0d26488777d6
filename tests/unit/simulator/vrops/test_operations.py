"""What a vRealize Operations does that clients do not expect (contract vrops-docker-api.md, part A)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.simulator.vcd.asking import PASSWORD
from tests.unit.simulator.vrops.asking import HOST, TLS, Server

RELEASES = ("6.7", "8.18", "9.1")


@pytest.fixture(params=RELEASES)
def server(request: pytest.FixtureRequest) -> Server:
    """A server of each release, with somebody logged in."""
    return Server(request.param).log_in()


def test_a_token_lives_for_six_hours_from_its_last_use_and_dies_when_it_is_released(server: Server) -> None:
    for _turn in range(3):
        server.world.advance(5 * 3600)
        assert server.ask("GET", "adapters").status == 200
    server.world.advance(6 * 3600 + 1)
    assert server.ask("GET", "adapters").status == 401
    server.log_in()
    assert server.ask("POST", "auth/token/release").status == 200
    assert server.ask("GET", "adapters").status == 401


def test_validity_is_a_moment_and_a_wrong_password_or_source_is_401(server: Server) -> None:
    body = {"username": "admin", "password": PASSWORD, "authSource": "local", "others": [], "otherAttributes": {}}
    told = server.ask("POST", "auth/token/acquire", body).document()
    assert told["validity"] - server.world.now_ms() > 5 * 3600 * 1000
    for wrong in ({"password": "no"}, {"authSource": "corp"}, {"username": "root"}):
        assert server.ask("POST", "auth/token/acquire", {**body, **wrong}).status == 401


@pytest.mark.parametrize(("release", "basic", "ops"), [("6.7", 200, 401), ("8.18", 200, 200), ("9.1", 401, 200)])
def test_each_release_has_its_ways_in(release: str, basic: int, ops: int) -> None:
    server = Server(release).log_in()
    token = server.headers["Authorization"].partition(" ")[2]
    pair = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
    assert server.ask("GET", "collectors", Authorization=f"Basic {pair}").status == basic
    assert server.ask("GET", "collectors", Authorization=f"OpsToken {token}").status == ops


def test_without_accept_6_answers_xml_and_later_releases_json(server: Server) -> None:
    del server.headers["Accept"]
    reply = server.ask("GET", "versions/current")
    assert reply.body.startswith(b"<?xml") is (server.service.release == "6.7")
    assert server.ask("GET", "versions/current", Accept="application/xml").body.startswith(b"<?xml")
    assert server.ask("GET", "versions/current", Accept="text/csv").status == 406


def test_identifiers_collector_and_credential_are_spelled_two_ways(server: Server) -> None:
    credential = {
        "name": "on the way", "adapterKindKey": "DockerAdapter", "credentialKindKey": "DOCKER_USER",
        "fields": [{"name": "USER", "value": "monitor"}, {"name": "PASSWORD", "value": "x"}],
    }  # fmt: skip
    assert server.make(HOST, collectorId=1).status == 400
    made = server.make(HOST, collectorId="1", credential=credential).document()
    assert made["collectorId"] == 1
    key = made["resourceKey"]
    assert (key["name"], key["resourceKindKey"]) == ("docker01", "DockerAdapterInstance")
    port = next(one for one in key["resourceIdentifiers"] if one["identifierType"]["name"] == "DOCKER_PORT")
    assert port == {
        "identifierType": {"name": "DOCKER_PORT", "dataType": "INTEGER", "isPartOfUniqueness": True}, "value": "2375",
    }  # fmt: skip
    (kept,) = server.get("credentials?adapterKind=DockerAdapter")["credentialInstances"]
    assert kept["id"] == made["credentialInstanceId"]
    assert kept["fields"] == [{"name": "USER", "value": "monitor"}, {"name": "PASSWORD"}]


def test_a_new_instance_is_stopped_and_its_certificate_waits_to_be_accepted(server: Server) -> None:
    made = server.make(HOST, TLS).document()
    (certificate,) = made["adapter-certificates"]

    def status() -> Any:
        return server.get(f"resources/{made['id']}")["resourceStatusStates"][0]

    assert status()["resourceState"] == "STOPPED"
    assert server.ask("PUT", f"adapters/{made['id']}/monitoringstate/start").status == 200
    assert (status()["resourceState"], status()["resourceStatus"]) == ("STARTED", "ERROR")
    assert "adapter-certificates" not in server.ask("PATCH", "adapters", made).document()
    assert status()["resourceStatus"] == "DATA_RECEIVING" and len(certificate["thumbprint"]) == 40
    assert len(server.get(f"adapters/{made['id']}/resources")["resourceList"]) == 2
    server.ask("PATCH", "adapters", {**made, "adapter-certificates": []})
    assert status()["resourceStatus"] == "ERROR"


def test_two_with_the_same_unique_identifiers_cannot_be_and_they_cannot_change(server: Server) -> None:
    made = server.make(HOST).document()
    assert server.make({**HOST, "value": "DOCKER01"}, name="other").status == 400
    moved = {**made, "resourceKey": {**made["resourceKey"], "resourceIdentifiers": [
        {"identifierType": {"name": "DOCKER_PORT"}, "value": "9999"}]}}  # fmt: skip
    assert server.ask("PUT", "adapters", moved).status == 400
    renamed = {**made, "resourceKey": {**made["resourceKey"], "name": "another"}}
    assert server.ask("PUT", "adapters", renamed).document()["resourceKey"]["name"] == "another"


def test_either_a_collector_or_a_group(server: Server) -> None:
    group = server.get("collectorgroups")["collectorGroups"][0]["id"]
    assert server.make(HOST, collectorId="1", collectorGroupId=group).status == 400
    made = server.make(HOST, collectorGroupId=group).document()
    assert (made["collectorId"], made["collectorGroupId"]) == (None, group)
    assert isinstance(server.get("collectors")["collector"][0]["id"], str)


def test_removing_needs_to_know_about_resources_and_takes_a_while(server: Server) -> None:
    server.world.task_seconds = 60
    key = server.make(HOST).document()["id"]
    assert server.ask("DELETE", f"adapters/{key}").status == 400
    assert server.ask("DELETE", f"adapters/{key}?deleteResources=true").status == 204
    assert server.get(f"resources/{key}")["resourceStatusStates"][0]["resourceState"] == "REMOVING"
    server.world.advance(61)
    assert server.ask("GET", f"adapters/{key}").status == 404
    assert server.ask("GET", "adapters?adapterKindKey=DockerAdapter").status == 404


def test_a_connection_can_be_tested_from_8_on(server: Server) -> None:
    body = {"name": "d", "adapterKindKey": "DockerAdapter", "resourceIdentifiers": [HOST, TLS]}
    reply = server.ask("POST", "adapters/testConnection", body)
    if server.service.release == "6.7":
        assert reply.status == 404
        return
    assert reply.status == 201 and len(reply.document()["adapter-certificates"]) == 1
    assert server.ask("PATCH", "adapters/testConnection", reply.document()).status == 200
    assert server.ask("POST", "adapters/testConnection", body).document()["adapter-certificates"] == []
    gone = {**body, "resourceIdentifiers": [{"name": "DOCKER_HOST", "value": "docker.invalid"}]}
    assert server.ask("POST", "adapters/testConnection", gone).status == 400
    assert server.ask("POST", "adapters?force=false", gone).status == 400
    assert server.ask("POST", "adapters", gone).status == 201


def test_credentials_are_written_with_the_id_in_the_body(server: Server) -> None:
    body: dict[str, Any] = {
        "name": "c", "adapterKindKey": "VMWARE", "credentialKindKey": "PRINCIPALCREDENTIAL",
        "fields": [{"name": "USER", "value": "u"}, {"name": "PASSWORD", "value": "p"}],
    }  # fmt: skip
    made = server.ask("POST", "credentials", body)
    assert made.status == 201 and server.ask("POST", "credentials", body).status == 422
    key = made.document()["id"]
    assert server.ask("PUT", f"credentials/{key}", body).status == 405
    assert server.ask("PUT", "credentials", body).status == 400
    assert server.ask("PUT", "credentials", {**body, "id": "none"}).status == 404
    assert server.ask("PUT", "credentials", {**body, "id": key, "name": "d"}).document()["name"] == "d"
    patched = server.ask("PATCH", "credentials", {"id": key, "name": "e"}).status
    assert patched == (404 if server.service.release == "6.7" else 200)
    assert server.service.state.credentials[key].values["PASSWORD"] == "p"
    (used,) = [one for one in server.service.state.credentials if one != key]
    assert server.ask("DELETE", f"credentials/{used}").status == 400
    assert [server.ask("DELETE", f"credentials/{key}").status for _turn in (1, 2)] == [204, 204]


def test_calls_that_do_not_exist(server: Server) -> None:
    for method, path, status in (
        ("PUT", "credentials/1", 405), ("GET", "collectors/1", 404), ("GET", "adapterkinds/Docker", 404),
        ("DELETE", "collectors", 405), ("GET", "tasks/1", 404), ("GET", "integrations", 404),
    ):  # fmt: skip
        reply = server.ask(method, path)
        assert (path, reply.status) == (path, status)
        assert reply.document()["httpStatusCode"] == status
    details = server.ask("GET", "adapterkinds/VMWARE/resourcekinds/VMwareAdapter Instance/identifiers").status
    assert details == (200 if server.service.release == "9.1" else 404)


def test_a_name_finds_whatever_contains_it_and_pages_begin_at_zero(server: Server) -> None:
    found = server.get("resources?name=NORTH&_no_links=true")
    assert found["pageInfo"]["totalCount"] > 1 and "links" not in found
    pages = [server.get(f"resources?pageSize=2&page={number}")["resourceList"] for number in range(9)]
    every = [one["identifier"] for page in pages for one in page]
    assert len(every) == len(set(every)) == server.get("resources")["pageInfo"]["totalCount"]


def test_bodies_that_are_none(server: Server) -> None:
    assert server.ask("POST", "adapters", [1]).status == 400
    assert server.make(HOST, unknown=1).status == 400
    failures = server.make().document()["validationFailures"]
    assert "DOCKER_HOST" in failures[0]["failureMessage"]
    assert server.ask("POST", "adapters", {}, **{"Content-Type": "text/plain"}).status == 415


def test_neighbouring_calls_of_older_clients(server: Server) -> None:
    made = server.make(HOST).document()["id"]
    body = {"resourceKey": {"name": "job", "adapterKindKey": "DockerAdapter", "resourceKindKey": "DockerContainer"}}
    child = server.ask("POST", f"resources/adapters/{made}", body)
    assert (
        child.status == 201
        and server.get(f"resources/{child.document()['identifier']}")["resourceKey"]["name"] == "job"
    )
    body["resourceKey"]["resourceKindKey"] = "VirtualMachine"
    assert server.ask("POST", f"resources/adapters/{made}", body).status == 400
    (reader,) = server.get("credentials")["credentialInstances"]
    (used,) = server.get(f"credentials/{reader['id']}/resources")["resourceList"]
    assert used["identifier"] == server.get(f"credentials/{reader['id']}/adapters")["adapterInstancesInfoDto"][0]["id"]
    for method, state in (("PUT", "MAINTAINED_MANUAL"), ("DELETE", "STOPPED")):
        assert server.ask(method, f"resources/{made}/maintained").status in (200, 204)
        assert server.get(f"resources/{made}")["resourceStatusStates"][0]["resourceState"] == state
    assert server.ask("PUT", f"resources/{made}/monitoringstate/start").status == 200
    assert server.get(f"resources/{made}")["resourceStatusStates"][0]["resourceState"] == "STARTED"


def test_what_is_done_behind_its_back_and_a_reset(server: Server) -> None:
    server.make(HOST)
    server.service.state.of_name("docker01").state = "FAILED"
    server.service.reset()
    assert [one.name for one in server.service.state.instances.values()] == ["vcenter"]
    with pytest.raises(ValueError, match="no adapter instance"):
        server.service.state.of_name("docker01")
