"""Runtime defined entities (contract section 5.5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.wire import Reply, Request
from tests.unit.simulator.vcd.asking import Vcd

Maker = Callable[..., Vcd]
V1 = "/cloudapi/1.0.0"
SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"nodes": {"type": "integer", "minimum": 1}}}},
    "required": ["spec"],
}
TYPE = {"name": "Cluster", "vendor": "acme", "nss": "cluster", "version": "1.0.0", "schema": SCHEMA}
TYPE_ID = "urn:vcloud:type:acme:cluster:1.0.0"
GOOD: dict[str, Any] = {"name": "one", "entity": {"spec": {"nodes": 3}}}
BAD: dict[str, Any] = {"name": "one", "entity": {"spec": {"nodes": 0}}}


def send(vcd: Vcd, method: str, path: str, body: Any = None, **headers: str) -> Reply:
    sent = b"" if body is None else json.dumps(body).encode()
    return vcd.ask(method, f"{V1}{path}", sent, **{"content_type": "application/json", **headers})


def document(reply: Reply) -> dict[str, Any]:
    found = json.loads(reply.body)
    assert isinstance(found, dict)
    return found


def with_type(vcd: Vcd, **more: Any) -> str:
    reply = send(vcd, "POST", "/entityTypes", {**TYPE, **more})
    assert reply.status == 201, reply.body
    return str(document(reply)["id"])


def task_of(vcd: Vcd, reply: Reply) -> dict[str, Any]:
    path = str(reply.header("Location")).split(".test:8443", 1)[1]
    return document(vcd.get(path, accept=f"application/*+json;version={vcd.version}"))


def create(vcd: Vcd, body: dict[str, Any], query: str = "", **headers: str) -> tuple[str, dict[str, Any]]:
    """The URN of the new entity and the task of its creation."""
    reply = send(vcd, "POST", f"/entityTypes/{TYPE_ID}{query}", body, **headers)
    assert (reply.status, reply.body) == (202, b"")
    task = task_of(vcd, reply)
    assert f"({task['owner']['id']})" in task["operation"]
    return str(task["owner"]["id"]), task


@pytest.mark.parametrize("release", ["10.2", "10.6"])
def test_the_create_task_runs_until_the_entity_is_resolved(system: Maker, release: str) -> None:
    vcd = system(release)
    with_type(vcd)
    reply = send(vcd, "POST", f"/entityTypes/{TYPE_ID}", GOOD)
    task = task_of(vcd, reply)
    urn = task["owner"]["id"]
    assert urn.removeprefix("urn:vcloud:entity:acme:cluster:").startswith("1.0.0:") is (release == "10.2")
    vcd.world.advance(900)
    task = task_of(vcd, reply)
    assert (task["status"], task["progress"]) == ("running", 1)
    state = document(send(vcd, "POST", f"/entities/{urn}/resolve"))
    assert (state["state"], state["message"]) == ("RESOLVED", None)
    assert ("entityState" in state) is (release == "10.6")
    assert task_of(vcd, reply)["status"] == "success"


def test_content_that_does_not_fit_is_told_and_mended(system: Maker) -> None:
    vcd = system("10.4")
    with_type(vcd)
    urn, task = create(vcd, BAD)
    assert send(vcd, "DELETE", f"/entities/{urn}").status == 400, "not resolved"
    assert b"RDE_ENTITY_NOT_RESOLVED" in send(vcd, "DELETE", f"/entities/{urn}").body
    state = document(send(vcd, "POST", f"/entities/{urn}/resolve"))
    assert state["state"] == "RESOLUTION_ERROR" and "spec/nodes" in state["message"]
    assert document(send(vcd, "PUT", f"/entities/{urn}", GOOD))["state"] == "RESOLUTION_ERROR"
    assert document(send(vcd, "POST", f"/entities/{urn}/resolve"))["state"] == "RESOLVED"
    refused = send(vcd, "PUT", f"/entities/{urn}", BAD)
    assert refused.status == 400 and document(send(vcd, "GET", f"/entities/{urn}"))["entity"] == GOOD["entity"]
    assert send(vcd, "DELETE", f"/entities/{urn}").status == 204
    assert send(vcd, "GET", f"/entities/{urn}").status == 403
    assert task["operationName"] == "createDefinedEntity"


def test_an_entity_in_error_can_be_deleted_and_ends_its_task(system: Maker) -> None:
    vcd = system("10.3")
    with_type(vcd)
    reply = send(vcd, "POST", f"/entityTypes/{TYPE_ID}?resolveEntity=true", BAD)
    urn = task_of(vcd, reply)["owner"]["id"]
    assert document(send(vcd, "GET", f"/entities/{urn}"))["state"] == "RESOLUTION_ERROR"
    assert send(vcd, "DELETE", f"/entities/{urn}").status == 204
    assert task_of(vcd, reply)["status"] == "aborted"


def test_etag_changes_with_every_write_and_if_match_is_held_to(system: Maker) -> None:
    vcd = system("10.3")
    with_type(vcd)
    urn, _task = create(vcd, GOOD, "?resolveEntity=true")
    tag = str(send(vcd, "GET", f"/entities/{urn}").header("ETag"))
    first = send(vcd, "PUT", f"/entities/{urn}", {**GOOD, "name": "two"}, if_match=tag)
    assert first.status == 200 and first.header("ETag") not in (None, tag)
    assert send(vcd, "PUT", f"/entities/{urn}", GOOD, if_match=tag).status == 412
    assert send(vcd, "DELETE", f"/entities/{urn}", if_match=tag).status == 412
    old = f"application/json;version={vcd.service.offers[-2].version}"
    assert old.endswith("35.2") and send(vcd, "PUT", f"/entities/{urn}", GOOD, if_match=tag, accept=old).status == 200
    assert send(vcd, "PUT", f"/entities/{urn}", GOOD).status == 200, "nobody has to send it"
    now = str(send(vcd, "GET", f"/entities/{urn}").header("ETag"))
    assert send(vcd, "DELETE", f"/entities/{urn}", if_match=now).status == 204


def test_lists_filter_by_fields_and_by_content(system: Maker) -> None:
    vcd = system("10.4")
    with_type(vcd)
    with_type(vcd, version="1.1.0")
    for name, nodes in (("b", 1), ("a", 2)):
        create(vcd, {"name": name, "entity": {"spec": {"nodes": nodes, "zone": f"z{nodes}"}}})

    def names(path: str) -> list[str]:
        return [one["name"] for one in document(vcd.get(f"{V1}/entities/{path}"))["values"]]

    assert names("types/acme/cluster/1.0.0") == ["a", "b"]
    assert names("types/acme/cluster") == names("types/acme/cluster/1") == ["a", "b"]
    assert names("types/acme/cluster/1.1.0") == names("types/acme/other/1.0.0") == []
    assert names("types/acme/cluster/1.0.0?filter=name==b") == ["b"]
    assert names("types/acme/cluster/1.0.0?filter=(entity.spec.zone==z2;state==PRE_CREATED)") == ["a"]
    assert names("types/acme/cluster/1.0.0?filter=entity.nothing.here==1") == []
    assert names("types/acme/cluster/1.0.0?filter=org.name==system&sortDesc=name") == ["b", "a"]
    assert vcd.get(f"{V1}/entities/types/acme/cluster/1.0.0?filter=colour==red").status == 400
    older = f"application/json;version={vcd.service.offers[-2].version}"
    assert older.endswith("36.3") and vcd.get(f"{V1}/entities/types/acme/cluster", accept=older).status == 404


def test_tenants_see_no_types_below_39_without_a_right(vcd: Maker) -> None:
    for release, seen in (("10.5", 0), ("10.6", 1)):
        made = vcd(release)
        made.log_in()
        with_type(made)
        made.log_in("admin@Tyrell")
        assert document(made.get(f"{V1}/entityTypes"))["resultTotal"] == seen
        assert made.get(f"{V1}/entityTypes/{TYPE_ID}").status == (200 if seen else 403)
        assert send(made, "POST", "/entityTypes", TYPE).status == 403
        assert send(made, "POST", f"/entityTypes/{TYPE_ID}", GOOD).status == 403


def test_a_published_bundle_lets_a_tenant_work(system: Maker) -> None:
    vcd = system("10.5")
    with_type(vcd)
    access = vcd.service.access
    org = next(iter(vcd.service.site_state.organizations.values())).id
    bundle = next(one for one in access.bundles.values() if one.name == "acme:cluster Entitlement")
    bundle.tenants.add(org)
    mine, _task = create(vcd, GOOD, x_vmware_vcloud_tenant_context=org)
    role = next(one for one in access.global_roles.values() if one.name == "Organization Administrator")
    role.rights |= {"acme:cluster: View", "acme:cluster: Modify", "acme:cluster: Full Access"}
    provider = dict(vcd.headers)
    vcd.log_in("admin@Tyrell")
    assert document(vcd.get(f"{V1}/entityTypes"))["resultTotal"] == 1
    own, _task = create(vcd, GOOD, "?resolveEntity=true")
    assert send(vcd, "GET", f"/entities/{mine}").status == 403, "rights without a grant"
    assert send(vcd, "PUT", f"/entities/{own}?invokeHooks=false", GOOD).status == 403, "for administrators only"
    tenant = dict(vcd.headers)
    vcd.headers = provider
    grant = {
        "grantType": "MembershipAccessControlGrant",
        "accessLevelId": "urn:vcloud:accessLevel:ReadOnly",
        "memberId": f"urn:vcloud:org:{org}",
    }
    listed = send(vcd, "POST", f"/entities/{mine}/accessControls", grant, x_vmware_vcloud_tenant_context=org)
    assert listed.status == 201 and document(listed)["tenant"]["name"] == "Tyrell"
    vcd.headers = tenant
    assert send(vcd, "GET", f"/entities/{mine}").status == 200
    assert send(vcd, "PUT", f"/entities/{mine}", GOOD).status == 403
    assert send(vcd, "POST", f"/entities/{mine}/accessControls", grant).status == 403
    assert document(vcd.get(f"{V1}/entities/types/acme/cluster"))["resultTotal"] == 2
    vcd.headers = provider
    grant["accessLevelId"] = "urn:vcloud:accessLevel:FullControl"
    path = f"/entities/{mine}/accessControls/{document(listed)['id']}"
    assert send(vcd, "PUT", path, grant).status == 200
    vcd.headers = tenant
    assert send(vcd, "PUT", f"/entities/{mine}", GOOD).status == 200
    assert send(vcd, "DELETE", path).status == 204
    assert send(vcd, "GET", f"/entities/{mine}").status == 403


def test_types_and_interfaces_in_use_are_kept(system: Maker) -> None:
    vcd = system("10.4")
    interface = {"name": "I", "vendor": "acme", "nss": "able", "version": "1.0.0"}
    made = send(vcd, "POST", "/interfaces", interface)
    assert made.status == 201
    identity = document(made)["id"]
    assert identity == "urn:vcloud:interface:acme:able:1.0.0"
    assert send(vcd, "POST", "/interfaces", interface).status == 400
    behavior = {"name": "echo", "execution": {"type": "noop", "_internal_key": "hidden"}}
    added = document(send(vcd, "POST", f"/interfaces/{identity}/behaviors", behavior))
    assert added["id"] == added["ref"] == "urn:vcloud:behavior-interface:echo:acme:able:1.0.0"
    assert "_internal_key" not in added["execution"]
    assert b"RDE_BEHAVIOR_ALREADY_EXISTS" in send(vcd, "POST", f"/interfaces/{identity}/behaviors", behavior).body
    with_type(vcd, interfaces=[identity])
    assert send(vcd, "DELETE", f"/interfaces/{identity}").status == 400
    urn, _task = create(vcd, GOOD, "?resolveEntity=true")
    assert send(vcd, "DELETE", f"/entityTypes/{TYPE_ID}").status == 400
    changed = send(vcd, "PUT", f"/entityTypes/{TYPE_ID}", {**TYPE, "interfaces": [identity], "schema": {}})
    assert changed.status == 400 and b"RDE_INVALID_TYPE_UPDATE" in changed.body
    renamed = send(vcd, "PUT", f"/entityTypes/{TYPE_ID}", {**TYPE, "interfaces": [identity], "name": "New"})
    assert document(renamed)["name"] == "New"
    assert document(vcd.get(f"{V1}/entities/interfaces/acme/able/1.0.0"))["resultTotal"] == 1
    assert send(vcd, "DELETE", f"/entities/{urn}").status == 204
    assert send(vcd, "DELETE", f"/entityTypes/{TYPE_ID}").status == 204
    assert "acme:cluster: View" not in vcd.service.access.rights
    assert send(vcd, "DELETE", f"/interfaces/{identity}").status == 204


@pytest.mark.parametrize(
    "more",
    [
        {"schema": {"type": "nonsense"}},
        {"schema": {"$schema": "https://json-schema.org/draft/2020-12/schema"}},
        {"version": "1.0"},
        {"version": "1.0.0-beta"},
        {"nss": "a b"},
        {"interfaces": ["urn:vcloud:interface:no:such:1.0.0"]},
        {"hooks": {"PostCreate": "urn:vcloud:behavior-interface:x:y:z:1.0.0"}},
        {"inheritedVersion": "0.9.0"},
        {"maxImplicitRight": "all"},
        {"colour": "red"},
    ],
)
def test_bad_types_are_refused(system: Maker, more: dict[str, Any]) -> None:
    assert send(system("10.5"), "POST", "/entityTypes", {**TYPE, **more}).status == 400


def test_schemas_never_reach_for_the_network(system: Maker) -> None:
    vcd = system("10.5")
    with_type(vcd, schema={"$ref": "https://schemas.example.test/cluster.json"})
    urn, _task = create(vcd, GOOD)
    state = document(send(vcd, "POST", f"/entities/{urn}/resolve"))
    assert state["state"] == "RESOLUTION_ERROR" and "cannot be found" in state["message"]


def test_behaviors_answer_in_the_result_of_their_task(system: Maker) -> None:
    vcd = system("10.5")
    identity = document(
        send(vcd, "POST", "/interfaces", {"name": "I", "vendor": "acme", "nss": "able", "version": "1.0.0"})
    )["id"]
    echo = f"{identity.replace(':interface:', ':behavior-interface:echo:')}"
    send(vcd, "POST", f"/interfaces/{identity}/behaviors", {"name": "echo", "execution": {"type": "noop"}})
    send(vcd, "POST", f"/interfaces/{identity}/behaviors", {"name": "far", "execution": {"type": "MQTT"}})
    with_type(vcd, interfaces=[identity], hooks={"PostUpdate": echo, "PostDelete": echo})
    urn, _task = create(vcd, GOOD)
    path = f"/entities/{urn}/behaviors/{echo}/invocations"
    assert b"RDE_ENTITY_NOT_RESOLVED" in send(vcd, "POST", path, {}).body
    send(vcd, "POST", f"/entities/{urn}/resolve")
    reply = send(vcd, "POST", path, {"arguments": {"x": 7}})
    assert reply.status == 202
    writes = {one: vcd.service.is_write(Request("POST", f"{V1}{path.replace('echo', one)}")) for one in ("echo", "far")}
    assert writes == {"echo": False, "far": True}, "what gives back what is there changes nothing"
    vcd.world.advance(1)
    result = json.loads(task_of(vcd, reply)["result"]["resultContent"])
    assert (result["arguments"], result["entityId"]) == ({"x": 7}, urn)
    override = {"name": "echo", "execution": {"type": "noop"}, "description": "own"}
    own = document(send(vcd, "PUT", f"/entityTypes/{TYPE_ID}/behaviors/{echo}", override))
    assert own["id"] == "urn:vcloud:behavior-type:echo:acme:cluster:1.0.0:acme:able:1.0.0" and own["ref"] == echo
    far = send(vcd, "POST", f"/entities/{urn}/behaviors/{echo.replace('echo', 'far')}/invocations", {})
    vcd.world.advance(60)
    assert task_of(vcd, far)["status"] == "running", "nobody is there who would do it"
    updated = send(vcd, "PUT", f"/entities/{urn}", GOOD)
    assert updated.status == 200 and "/api/task/" in str(updated.header("X-VMWARE-VCLOUD-TASK-LOCATION"))
    gone = send(vcd, "DELETE", f"/entities/{urn}")
    assert gone.status == 202 and document(send(vcd, "GET", f"/entities/{urn}"))["state"] == "IN_DELETION"
    vcd.world.advance(1)
    assert send(vcd, "GET", f"/entities/{urn}").status == 403


@pytest.mark.parametrize(("fault", "state"), [(None, "RESOLVED"), ("fail_task", "RESOLUTION_ERROR")])
def test_a_hook_after_creating_resolves(system: Maker, fault: str | None, state: str) -> None:
    vcd = system("10.5")
    identity = document(
        send(vcd, "POST", "/interfaces", {"name": "I", "vendor": "acme", "nss": "able", "version": "1.0.0"})
    )["id"]
    echo = f"{identity.replace(':interface:', ':behavior-interface:echo:')}"
    send(vcd, "POST", f"/interfaces/{identity}/behaviors", {"name": "echo", "execution": {"type": "noop"}})
    with_type(vcd, interfaces=[identity], hooks={"PostCreate": echo})
    if fault:
        vcd.world.faults.add(kind=fault)
    reply = send(vcd, "POST", f"/entityTypes/{TYPE_ID}", GOOD)
    vcd.world.advance(1)
    urn = task_of(vcd, reply)["owner"]["id"]
    assert document(send(vcd, "GET", f"/entities/{urn}"))["state"] == state


def test_before_35_there_are_none(system: Maker) -> None:
    assert system("10.1").get(f"{V1}/entityTypes").status == 404


def test_metadata_has_typed_values_from_37_on(system: Maker) -> None:
    vcd = system("10.4")
    with_type(vcd)
    urn, _task = create(vcd, GOOD)
    path = f"/entities/{urn}/metadata"

    def entry(key: str, value: Any, kind: str = "StringEntry", **more: Any) -> dict[str, Any]:
        return {"keyValue": {"key": key, "value": {"type": kind, "value": value}, **more}}

    made = document(send(vcd, "POST", path, entry("owner", "ops")))
    assert made["keyValue"] == {
        "domain": "TENANT", "namespace": "", "key": "owner", "value": {"type": "StringEntry", "value": "ops"}
    }  # fmt: skip
    assert send(vcd, "POST", path, entry("owner", "again")).status == 400
    assert send(vcd, "POST", path, entry("owner", "other", namespace="acme")).status == 201
    for key, value, kind in (
        ("n", "1", "NumberEntry"),
        ("n", True, "NumberEntry"),
        ("n", 1, "Blob"),
        ("a|b", 1, "NumberEntry"),
    ):
        assert send(vcd, "POST", path, entry(key, value, kind)).status == 400
    assert (
        document(send(vcd, "PUT", f"{path}/{made['id']}", entry("owner", "dev")))["keyValue"]["value"]["value"] == "dev"
    )
    assert send(vcd, "PUT", f"{path}/{made['id']}", entry("owner", 1, "NumberEntry")).status == 400
    listed = document(vcd.get(f"{V1}{path}?filter=keyValue.key==owner"))
    assert [one["keyValue"]["value"]["value"] for one in listed["values"]] == ["dev", "other"]
    assert send(vcd, "DELETE", f"{path}/{made['id']}").status == 202
    vcd.world.advance(1)
    assert send(vcd, "GET", f"{path}/{made['id']}").status == 403
    older = f"application/json;version={vcd.service.offers[-2].version}"
    assert vcd.get(f"{V1}{path}", accept=older).status == 404


def test_entities_go_with_their_organization(system: Maker) -> None:
    vcd = system("10.4")
    with_type(vcd)
    org = next(iter(vcd.service.site_state.organizations.values())).id
    urn, _task = create(vcd, GOOD, x_vmware_vcloud_tenant_context=org)
    vcd.service.site_state.remove_organization("Tyrell")
    assert send(vcd, "GET", f"/entities/{urn}").status == 403
    assert document(vcd.get(f"{V1}/entities/types/acme/cluster"))["resultTotal"] == 0
    assert send(vcd, "DELETE", f"/entityTypes/{TYPE_ID}").status == 204
