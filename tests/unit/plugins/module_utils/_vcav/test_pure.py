"""What needs no server: releases, policies, addresses, thumbprints, health documents, tasks, and what a login sends."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Reply
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import client, health, policies, sites, tasks, versions

OPTIONS = {"vcav_url": "https://vcav.example.com", "validate_certs": True, "ca_path": None, "thumbprint": None}
THUMB = "SHA-256:" + ":".join(f"{number:02X}" for number in range(32))


@pytest.mark.parametrize(("build", "version"), [
    ("3.0.0.13174385-9b7cd0b00", (3, 0)), ("3.5.1.1", (3, 5)), ("4.1.0.0a1b", (4, 1)), ("4.10.2", (4, 10)),
])  # fmt: skip
def test_a_release_is_read_from_the_build(build: str, version: tuple[int, int]) -> None:
    assert versions.parse(build) == version


@pytest.mark.parametrize("build", ["", "None", "four", "-1.2"])
def test_a_build_that_is_none_is_an_error_that_shows_it(build: str) -> None:
    with pytest.raises(InputError, match="3.0 to 4.7"):
        versions.parse(build)


@pytest.mark.parametrize(("version", "name"), [((3, 0), "v3"), ((3, 5), "v3.5"), ((4, 0), "v4"), ((4, 7), "v4.7")])
def test_the_media_type_of_a_release_is_that_of_the_contract(version: tuple[int, int], name: str) -> None:
    assert versions.media_type(version) == f"application/vnd.vmware.h4-{name}+json;charset=UTF-8"


@pytest.mark.parametrize(("feature", "without", "having"), [
    ("repair_site", (3, 5), (4, 0)), ("remote_root_password", (4, 0), (3, 5)),
    ("health_by_post", (4, 5), (4, 6)), ("access_token_login", (4, 0), (4, 1)), ("multisite_extension", (3, 5), (4, 0)),
])  # fmt: skip
def test_a_feature_belongs_to_its_releases(feature: str, without: Any, having: Any) -> None:
    assert versions.has(having, feature) and not versions.has(without, feature)


@pytest.mark.parametrize(("option", "meant"), [
    (None, None), ("unlimited", "unlimited"), ("-1", "unlimited"), ("0", 0), ("10", 10),
])  # fmt: skip
def test_a_limit_is_a_number_or_unlimited(option: str | None, meant: Any) -> None:
    assert policies.limit(option) == meant


@pytest.mark.parametrize("option", ["", "-2", "many", "1.5"])
def test_a_limit_that_is_none_is_refused_with_its_value(option: str) -> None:
    with pytest.raises(InputError, match="max_incoming is"):
        policies.limit(option)


@pytest.mark.parametrize(("name", "lowest", "highest"), [
    ("min_rpo", 5, 1440), ("max_instances", 1, 24), ("max_pinned_instances", 0, 24),
])  # fmt: skip
def test_values_outside_their_range_are_refused(name: str, lowest: int, highest: int) -> None:
    for value in (lowest, highest):
        policies.check_ranges({name: value})
    for value in (lowest - 1, highest + 1):
        with pytest.raises(InputError, match=f"{name} is {value}: it must lie between {lowest} and {highest}"):
            policies.check_ranges({name: value})


def test_before_the_split_the_old_switches_are_sent_as_they_are() -> None:
    asked = {"name": "gold", "allow_incoming": False}
    assert policies.wanted(asked, (4, 0)) == asked


def test_from_the_split_on_an_old_switch_means_both_new_ones_and_a_new_one_outweighs_it() -> None:
    asked = {"allow_incoming": False, "allow_incoming_migrations": True, "allow_outgoing": True}
    assert policies.wanted(asked, (4, 1)) == {
        "allow_incoming_migrations": True, "allow_incoming_protections": False,
        "allow_outgoing_migrations": True, "allow_outgoing_protections": True,
    }  # fmt: skip


def test_a_field_that_the_release_lacks_is_refused_with_what_to_use_instead() -> None:
    with pytest.raises(InputError, match="exists from release 4.1 on and this site runs 3.5; use allow_incoming"):
        policies.wanted({"allow_incoming_migrations": True}, (3, 5))
    with pytest.raises(InputError, match="allow_outgoing_onprem_protections exists from release 4.6 on.*leave it out"):
        policies.wanted({"allow_outgoing_onprem_protections": True}, (4, 5))


def test_a_put_carries_the_whole_policy_of_the_release_and_nothing_of_the_server() -> None:
    wire = {
        "id": "1", "orgs": 3, "displayName": "gold", "minRpo": 15, "maxInstances": 4, "maxIncoming": -1,
        "allowIncoming": True, "allowOutgoing": False,
    }  # fmt: skip
    assert policies.body(wire, {"max_incoming": "unlimited", "min_rpo": 30}, (3, 0)) == {
        "displayName": "gold", "minRpo": 30, "maxInstances": 4, "maxIncoming": -1,
        "allowIncoming": True, "allowOutgoing": False,
    }  # fmt: skip
    assert policies.body(None, {"name": "new", "max_incoming": 0}, (3, 0)) == {"displayName": "new", "maxIncoming": 0}


def test_a_policy_that_was_read_and_sent_back_is_the_same_policy() -> None:
    wire = {"displayName": "gold", "minRpo": 15, "maxInstances": 4, "maxIncoming": -1, "allowIncoming": True}
    assert policies.read(wire)["max_incoming"] == "unlimited"
    assert policies.body(None, policies.read(wire), (3, 0)) == wire


def test_the_name_default_means_the_default_policy_unless_another_is_called_so() -> None:
    listed = [{"id": "default", "displayName": "Nothing allowed"}, {"id": "2", "displayName": "Default"}]
    assert policies.pick(listed, "default") == listed[0]
    assert policies.pick(listed, "Default") == listed[1]
    assert policies.pick(listed, "gold") is None
    assert policies.pick([*listed, {"id": "3", "displayName": "default"}], "default")["id"] == "3"  # type: ignore[index]


@pytest.mark.parametrize(("url", "normal"), [
    ("https://VCAV.Example.com", "https://vcav.example.com:443"),
    (" https://vcav.example.com:8048/ ", "https://vcav.example.com:8048"),
    ("https://10.0.0.1:443", "https://10.0.0.1:443"),
    ("https://[2001:DB8::1]", "https://[2001:db8::1]:443"),
])  # fmt: skip
def test_an_endpoint_has_one_spelling(url: str, normal: str) -> None:
    assert sites.normal_url(url) == normal
    assert sites.normal_url(normal) == normal


@pytest.mark.parametrize("url", ["", "vcav", "http://vcav", "https://", "https://vcav:port", "https://[bad", "https://v:99999"])
def test_an_endpoint_that_is_none_is_refused_with_its_value(url: str) -> None:
    with pytest.raises(InputError, match="public_endpoint is"):
        sites.normal_url(url)


@pytest.mark.parametrize("text", [THUMB, THUMB.lower(), THUMB[8:], THUMB[8:].replace(":", "").lower(), f" {THUMB} "])
def test_a_thumbprint_has_one_spelling(text: str) -> None:
    assert sites.normal_thumbprint(text) == THUMB


@pytest.mark.parametrize("text", ["", "SHA-256:", THUMB[:-1], THUMB + ":00", "SHA-1:" + THUMB[8:67], "Z" * 64])
def test_a_thumbprint_that_is_none_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(InputError, match="peer_thumbprint is"):
        sites.normal_thumbprint(text)


FAULT = {"code": "GeneralServerFailure", "msg": "It is down.", "args": [], "stacktrace": "x"}
ONLINE = {"onlineReplicators": [{"apiUrl": "https://rep1:8043"}], "offlineReplicators": []}
HEALTH = {
    "3.0": lambda fault: {"lsError": None, "dbError": fault, "managerHealth": {"lsError": None, **ONLINE}},
    "3.5": lambda fault: {
        "lsConnectivity": {"value": None}, "dbConnectivity": {"value": fault},
        "managerHealth": {"lsConnectivity": {"value": None}, **ONLINE},
    },
    "4.x": lambda fault: {
        "lsError": None, "dbError": fault, "ntpError": None, "vcdError": None, "managerError": None,
        "tunnelError": None,
        "tunnelConnectivity": [{"tunnelService": {"url": "https://tun:8047"}, "error": None}],
        "managerHealth": {
            "lsError": None, "ssoAdminError": None, "localReplicatorsLsMismatch": None, **ONLINE,
            "localReplicatorsHealth": [{"instanceId": "7a", "lsError": None, "lwdError": None, "hbrError": None}],
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("shape", HEALTH)
def test_health_of_every_release_is_green_without_errors_and_names_the_one_that_it_has(shape: str) -> None:
    assert all(row["green"] and not row["message"] for row in health.checks(HEALTH[shape](None), "CLOUD"))
    (bad,) = [row for row in health.checks(HEALTH[shape](FAULT), "CLOUD") if not row["green"]]
    assert (bad["part"], bad["check"], bad["message"]) == ("cloud", "database", "It is down.")
    assert bad["remedy"]


@pytest.mark.parametrize(("change", "part", "check", "words"), [
    ({"offlineReplicators": [{"apiUrl": "https://rep2:8043"}]}, "manager", "replicators", "offline: https://rep2:8043"),
    ({"onlineReplicators": []}, "manager", "replicators", "no replicator is registered"),
    ({"ssoAdminError": FAULT}, "manager", "sso", "It is down."),
    ({"localReplicatorsHealth": [{"instanceId": "7a", "hbrError": FAULT}]}, "replicator 7a", "replication engine", ""),
])  # fmt: skip
def test_health_looks_into_the_manager_and_its_replicators(change: Any, part: str, check: str, words: str) -> None:
    document = HEALTH["4.x"](None)
    document["managerHealth"] = {**document["managerHealth"], **change}
    (bad,) = [row for row in health.checks(document, "CLOUD") if not row["green"]]
    assert (bad["part"], bad["check"]) == (part, check) and words in bad["message"] and bad["remedy"]


def test_replicators_of_paired_sites_are_a_check_of_their_own() -> None:
    document = HEALTH["4.x"](None)
    far = {"apiUrl": "https://tn-1.tnexus.io:8048", "site": "Site-B"}
    document["managerHealth"] = {**document["managerHealth"], "offlineReplicators": [far]}
    (bad,) = [row for row in health.checks(document, "CLOUD", "Site-A") if not row["green"]]
    assert bad["check"] == "replicators of paired sites" and "tnexus" in bad["message"]
    (bad,) = [row for row in health.checks(document, "CLOUD") if not row["green"]]
    assert bad["check"] == "replicators"


def test_health_of_a_manager_or_of_a_cloud_with_a_broken_tunnel_is_read_too() -> None:
    document = HEALTH["4.x"](None)
    manager = health.checks(document["managerHealth"], "MANAGER")
    assert {row["part"] for row in manager} == {"manager", "replicator 7a"} and all(row["green"] for row in manager)
    document["tunnelConnectivity"].append({"tunnelService": {"url": "https://tun2:8047"}, "error": FAULT})
    (bad,) = [row for row in health.checks(document, "CLOUD") if not row["green"]]
    assert bad["check"] == "tunnel" and "It is down." in bad["message"]


def test_a_task_is_read_in_the_users_words() -> None:
    task = {
        "id": "5f", "user": "root", "progress": 40, "state": "RUNNING", "startTime": 1561000000000, "endTime": -1,
        "workflowInfo": {"type": "sync", "resourceType": "site", "resourceId": "1", "resourceName": "B"},
        "error": None, "site": "A",
    }  # fmt: skip
    found = tasks.read(task)
    assert (found["state"], found["started"], found["ended"], found["error"]) == (
        "running", "2019-06-20T03:06:40Z", None, None,
    )  # fmt: skip
    assert (found["type"], found["resource_type"], found["resource_name"]) == ("sync", "site", "B")
    assert tasks.read({**task, "error": FAULT})["error"] == {"code": FAULT["code"], "message": FAULT["msg"]}
    assert tasks.read({"id": "1", "state": "QUEUED"})["resource_id"] is None


@pytest.mark.parametrize(("options", "body"), [
    ({"vcav_password": "p"}, {"type": "localUser", "localUser": "root", "localPassword": "p"}),
    ({"vcav_login": "vcd", "vcav_user": "a@System", "vcav_password": "p"},
     {"type": "vcdCredentials", "vcdUser": "a@System", "vcdPassword": "p"}),
    ({"vcav_login": "sso", "vcav_user": "a@vsphere.local", "vcav_password": "p"},
     {"type": "ssoCredentials", "username": "a@vsphere.local", "password": "p"}),
    ({"vcav_vcd_cookie": "c", "vcav_password": "p"}, {"type": "vcdCookie", "vcdCookie": "c"}),
    ({"vcav_vcd_access_token": "t", "vcav_vcd_cookie": "c"}, {"type": "vcdAccessToken", "vcdAccessToken": "t"}),
])  # fmt: skip
def test_a_login_sends_the_body_of_the_contract(options: dict[str, str], body: dict[str, str]) -> None:
    assert client.credentials(options)[3] == body


@pytest.mark.parametrize("options", [{}, {"vcav_user": "root"}, {"vcav_login": "vcd", "vcav_password": "p"}])
def test_a_login_without_credentials_says_which_options_to_set(options: dict[str, str]) -> None:
    with pytest.raises(InputError, match="vcav_"):
        client.credentials(options)


@pytest.mark.parametrize(("options", "body"), [
    ({"vcav_remote_user": "a@System", "vcav_remote_password": "p"},
     {"type": "credentials", "site": "B", "vcdUsername": "a@System", "vcdPassword": "p"}),
    ({"vcav_remote_vcd_cookie": "c"}, {"type": "cookie", "site": "B", "cookie": "c"}),
    ({"vcav_remote_vcd_access_token": "t"}, {"type": "vcdAccessToken", "site": "B", "vcdAccessToken": "t"}),
    ({"vcav_remote_org": "Tyrell"}, {"type": "multisite", "site": "B", "org": "Tyrell"}),
])  # fmt: skip
def test_an_extension_sends_the_body_of_the_contract(options: dict[str, str], body: dict[str, str]) -> None:
    assert client.extension({"vcav_remote_site": "B", **options}) == body
    assert client.extension(options) is None


@pytest.mark.parametrize("options", [{}, {"vcav_remote_user": "a"}, {"vcav_remote_password": "p"}])
def test_an_extension_without_credentials_says_which_options_to_set(options: dict[str, str]) -> None:
    with pytest.raises(InputError, match="vcav_remote_user"):
        client.extension({"vcav_remote_site": "B", **options})


@pytest.mark.parametrize("url", ["http://vcav", "vcav", "https://", "https://root:h1dden@vcav", "https://root:h1dden@vcav:x"])
def test_an_address_that_is_none_is_refused_and_shows_no_password_in_it(url: str) -> None:
    with pytest.raises(InputError, match="vcav_url is") as problem:
        client.connection({**OPTIONS, "vcav_url": url, "timeout": 60})
    assert "h1dden" not in str(problem.value)


@pytest.mark.parametrize(("body", "read"), [
    (b'{"code": "Forbidden", "msg": "Denied.", "stacktrace": "com.vmware"}', ("Forbidden", "Denied.")),
    (b'{"code": "Forbidden", "msg": null}', ("Forbidden", "")),
    (b'["no"]', (None, '["no"]')), (b"Bad\n gateway", (None, "Bad gateway")), (b"", (None, "")),
])  # fmt: skip
def test_an_error_body_is_read_and_the_stack_trace_left_out(body: bytes, read: Any) -> None:
    assert client.read_error(Reply(403, {}, body)) == read
