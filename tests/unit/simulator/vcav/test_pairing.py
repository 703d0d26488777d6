"""Sites, pairing and what forbids it (contract 4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .asking import NORTH, PASSWORD, SOUTH, Estate, problem

FIELDS = {
    "site", "description", "apiUrl", "apiPublicUrl", "apiThumbprint", "isLocal", "state", "apiVersion", "buildVersion",
}  # fmt: skip


def sites(estate: Estate, site: str = NORTH) -> dict[str, Any]:
    if estate.service("cloud", site).name not in estate.tokens:
        estate.log_in(site=site)
    return {one["site"]: one for one in estate.ask("GET", "/sites", site=site).document()}


def comm_errors(view: dict[str, Any]) -> tuple[bool, bool]:
    """Whether there is an incoming and an outgoing error."""
    return view["state"]["incomingCommError"] is not None, view["state"]["outgoingCommError"] is not None


def outcome(estate: Estate, body: Any) -> tuple[str, str]:
    """Code and message of what becomes of a pairing, at once in 3.x and in the task in 4.x; codes are alike."""
    reply = estate.ask("POST", "/sites", body)
    if estate.service().product.is_3 or reply.status != 202:
        if reply.status == 200:
            return "", ""
        status, code = problem(reply)
        assert status == (400 if code == "BadUserInput" else 500)
        return code, reply.document()["msg"]
    task = estate.finish(reply)
    return (task["error"]["code"], task["error"]["msg"]) if task["state"] == "FAILED" else ("", "")


def test_an_unpaired_site_lists_itself_alone(root: Estate) -> None:
    (local,) = root.ask("GET", "/sites").document()
    assert set(local) == FIELDS
    assert (local["site"], local["isLocal"], local["description"]) == (NORTH, True, "the north")
    assert local["apiPublicUrl"] == "https://vcav-north.example.net:443"


def test_one_call_pairs_both_sites(root: Estate) -> None:
    root.pair()
    here, there = sites(root)[SOUTH], sites(root, SOUTH)[NORTH]
    assert set(here) == FIELDS
    assert here["apiPublicUrl"] == root.sites[SOUTH].cloud.public_url
    assert here["apiThumbprint"] == root.sites[SOUTH].cloud.certificate.thumbprint
    assert not here["isLocal"]
    assert comm_errors(here) == comm_errors(there) == (False, False)


@pytest.mark.parametrize("version", ["3.0", "3.5"])
def test_without_the_other_password_3_pairs_one_direction_only(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    reply = estate.ask("POST", "/sites", estate.pairing_body())
    assert reply.status == 200
    assert reply.document()["site"] == SOUTH
    assert SOUTH in sites(estate) and NORTH not in sites(estate, SOUTH)
    assert comm_errors(sites(estate)[SOUTH]) == (True, False)
    assert estate.ask("POST", "/sites", estate.pairing_body(NORTH), site=SOUTH).status == 200
    assert comm_errors(sites(estate)[SOUTH]) == comm_errors(sites(estate, SOUTH)[NORTH]) == (False, False)


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_4_pairs_in_a_task_that_is_never_queued(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    reply = estate.ask("POST", "/sites", estate.pairing_body(), headers={"operationID": "op-1"})
    task = reply.document()
    assert (reply.status, task["state"], task["endTime"]) == (202, "RUNNING", -1)
    assert task["workflowInfo"]["resourceType"] == "pair"
    assert SOUTH not in sites(estate)
    assert estate.finish(reply)["state"] == "SUCCEEDED"
    assert estate.ask("GET", f"/sites/{SOUTH}").document() == sites(estate)[SOUTH]


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_4_refuses_the_password_that_3_wants(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    body = {**estate.pairing_body(), "remoteRootPassword": PASSWORD}
    assert problem(estate.ask("POST", "/sites", body)) == (400, "BadUserInput")


def test_both_forms_of_the_public_address_work(root: Estate) -> None:
    cloud = root.sites[SOUTH].cloud
    root.world.names.add("127.0.0.1", 20443, cloud, "public")
    assert outcome(root, {**root.pairing_body(), "apiUrl": "https://localhost:20443/"}) == ("", "")


def _wrong_name(estate: Estate, body: dict[str, Any]) -> None:
    body["site"] = "East"


def _wrong_thumbprint(estate: Estate, body: dict[str, Any]) -> None:
    body["apiThumbprint"] = "SHA-256:" + ":".join(["AB"] * 32)


def _unknown_host(estate: Estate, body: dict[str, Any]) -> None:
    body["apiUrl"] = "https://vcav-east.example.net:443"


def _internal_address(estate: Estate, body: dict[str, Any]) -> None:
    body["apiUrl"] = "https://south-cloud.example.test:443"


def _same_certificate(estate: Estate, body: dict[str, Any]) -> None:
    estate.sites[SOUTH].cloud.certificate.become(estate.sites[NORTH].cloud.certificate)
    body["apiThumbprint"] = estate.sites[NORTH].cloud.certificate.thumbprint


def _tunnel_down_here(estate: Estate, body: dict[str, Any]) -> None:
    estate.world.faults.add("tunnel_down", service=f"{NORTH}/*/tunnel")


def _tunnel_down_there(estate: Estate, body: dict[str, Any]) -> None:
    estate.world.faults.add("tunnel_down", service=f"{SOUTH}/*/tunnel")


def _unhealthy_here(estate: Estate, body: dict[str, Any]) -> None:
    estate.world.faults.add("component_error", service=f"{NORTH}/*/cloud", parameters={"component": "vcdError"})


def _unhealthy_there(estate: Estate, body: dict[str, Any]) -> None:
    estate.world.faults.add("component_error", service=f"{SOUTH}/*/replicator", parameters={"component": "hbr"})


def _restarting_there(estate: Estate, body: dict[str, Any]) -> None:
    estate.world.restart(estate.sites[SOUTH].cloud, 600)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_wrong_name, "not named 'East'"),
        (_wrong_thumbprint, "has the thumbprint"),
        (_unknown_host, "vcav-east.example.net"),
        (_internal_address, "not the public API endpoint"),
        (_same_certificate, "same certificate, thumbprint SHA-256:"),
        (_tunnel_down_here, "tunnel of site 'North'"),
        (_tunnel_down_there, "tunnel of site 'South'"),
        (_unhealthy_here, "'North' is not healthy: vcd"),
        (_unhealthy_there, "'South' is not healthy: managerHealth.localReplicatorsHealth[0].hbr"),
        (_restarting_there, "does not answer"),
    ],
)
def test_pairing_is_refused_with_a_telling_message(
    root: Estate, spoil: Callable[[Estate, dict[str, Any]], None], words: str
) -> None:
    body = root.pairing_body()
    spoil(root, body)
    code, message = outcome(root, body)
    assert code == "GeneralServerFailure"
    assert words in message
    assert SOUTH not in sites(root)


@pytest.mark.parametrize("version", ["3.5", "4.3", "4.7"])
def test_the_other_site_must_admit_administrators(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    estate.log_in(site=SOUTH)
    reply = estate.ask("POST", "/config/admin-allow-from", {"adminAllowFrom": ""}, site=SOUTH)
    assert (reply.status, reply.document()) == (200, {"adminAllowFrom": ""})
    assert "does not admit administrators" in outcome(estate, estate.pairing_body())[1]
    estate.ask("POST", "/config/admin-allow-from", {"adminAllowFrom": "192.0.2.0/24"}, site=SOUTH)
    assert outcome(estate, estate.pairing_body()) == ("", "")


@pytest.mark.parametrize("version", ["3.0", "3.5"])
def test_a_wrong_remote_password_pairs_nothing(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    code, message = outcome(estate, {**estate.pairing_body(), "remoteRootPassword": "wrong"})
    assert code == "GeneralServerFailure" and "password" in message
    assert len(sites(estate)) == len(sites(estate, SOUTH)) == 1


def test_a_site_is_paired_once_and_never_with_itself(root: Estate) -> None:
    root.pair()
    assert outcome(root, root.pairing_body())[0] == "BadUserInput"
    assert outcome(root, root.pairing_body(NORTH))[0] == "BadUserInput"


@pytest.mark.parametrize("less", ["site", "apiUrl", "apiThumbprint"])
def test_the_body_of_a_pairing_must_be_complete(root: Estate, less: str) -> None:
    body = root.pairing_body()
    del body[less]
    assert problem(root.ask("POST", "/sites", body)) == (400, "BadUserInput")
    assert problem(root.ask("POST", "/sites", {**root.pairing_body(), "apiUrl": "not a url"})) == (400, "BadUserInput")


def test_unpairing_leaves_the_other_side_with_errors(root: Estate) -> None:
    root.pair()
    assert root.finish(root.ask("DELETE", f"/sites/{SOUTH}"))["state"] == "SUCCEEDED"
    assert SOUTH not in sites(root)
    assert comm_errors(sites(root, SOUTH)[NORTH]) == (True, False)


def test_an_extension_ends_with_the_pairing(root: Estate) -> None:
    root.pair()
    body = {"type": "credentials", "site": SOUTH, "vcdUsername": "administrator@System", "vcdPassword": PASSWORD}
    assert root.ask("POST", "/sessions/extend", body).status == 200
    root.finish(root.ask("DELETE", f"/sites/{SOUTH}"))
    assert len(root.ask("GET", "/sessions").document()["authenticatedSites"]) == 1


def test_what_is_not_paired_is_not_unpaired(root: Estate) -> None:
    assert problem(root.ask("DELETE", f"/sites/{SOUTH}")) == (404, "NotFound")
    assert problem(root.ask("DELETE", f"/sites/{NORTH}")) == (400, "BadUserInput")


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_a_changed_certificate_breaks_a_pairing_until_it_is_repaired(version: str) -> None:
    estate = Estate(version)
    estate.pair()
    estate.log_in(site=SOUTH)
    assert estate.ask("PUT", "/config/certificate", site=SOUTH).status == 200
    estate.world.advance(10)
    # Its tunnel does not know the new certificate either, so nothing passes (contract 4.4).
    assert comm_errors(sites(estate)[SOUTH]) == (True, True)
    estate.register_tunnel(SOUTH)
    assert comm_errors(sites(estate)[SOUTH]) == (False, True)
    body = estate.pairing_body()
    del body["site"]
    reply = estate.ask("PUT", f"/sites/{SOUTH}", {**body, "description": "mended"})
    assert estate.finish(reply)["state"] == "SUCCEEDED"
    assert comm_errors(sites(estate)[SOUTH]) == (False, False)
    assert sites(estate)[SOUTH]["description"] == "mended"


@pytest.mark.parametrize("version", ["3.0", "3.5"])
def test_3_has_neither_a_single_site_nor_a_repair(version: str) -> None:
    estate = Estate(version)
    estate.pair()
    assert problem(estate.ask("GET", f"/sites/{SOUTH}")) == (405, "MethodNotAllowed")
    assert problem(estate.ask("PUT", f"/sites/{SOUTH}", {})) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("version", ["4.7"])
def test_a_task_can_be_made_to_fail_or_to_hang(version: str) -> None:
    estate = Estate(version)
    estate.log_in()
    estate.world.faults.add("fail_task", path="sites", times=1, parameters={"message": "disk is full"})
    assert outcome(estate, estate.pairing_body()) == ("GeneralServerFailure", "disk is full")
    estate.world.faults.add("hang_task", path="sites", times=1)
    assert estate.finish(estate.ask("POST", "/sites", estate.pairing_body()))["state"] == "RUNNING"
    assert outcome(estate, estate.pairing_body()) == ("", "")


def test_versions_may_differ_between_the_sites() -> None:
    estate = Estate("4.7", "3.0")
    estate.pair()
    assert sites(estate)[SOUTH]["apiVersion"] == "3"
    assert sites(estate, SOUTH)[NORTH]["apiVersion"] == "4.7"


def test_the_manager_lists_sites_and_remote_replicators(root: Estate) -> None:
    root.log_in(kind="manager")
    assert [one["site"] for one in root.ask("GET", "/replicators", kind="manager").document()] == [NORTH]
    root.pair()
    local, remote = root.ask("GET", "/replicators", kind="manager").document()
    assert local["apiUrl"] == "https://north-rep.example.test:8043"
    assert (remote["site"], remote["apiUrl"]) == (SOUTH, f"https://tn-{remote['id']}.tnexus.io:8048")
    assert root.ask("GET", f"/replicators/{remote['id']}", kind="manager").document() == remote
    assert problem(root.ask("GET", "/replicators/unknown", kind="manager")) == (404, "NotFound")
    assert [one["site"] for one in root.ask("GET", "/sites", kind="manager").document()] == [NORTH, SOUTH]
