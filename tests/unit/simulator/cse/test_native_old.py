"""CSE 3.0, and 3.1 on API 35: RDE 1.0, checks at once, tasks of the server's own (contract 5.3, 5.5, 5.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.cse.extension import DEPLOY_RIGHT
from tests.simulator.cse.work import Trouble
from tests.unit.simulator.cse.asking import ORG, Asker, Estate
from tests.unit.simulator.cse.native import CLUSTERS, T21, change, error_of, href_of, make, old_payload, payload, told

T18 = "ubuntu-16.04_k8-1.18_weave-2.6.5"
T19 = "ubuntu-16.04_k8-1.19_weave-2.8.1"


def tenants() -> list[tuple[Estate, Asker, str]]:
    """3.0 on vCD 10.2, and 3.1 on 10.3 asked for API 35: servers, tenants, templates."""
    first, second = Estate("3.0"), Estate("3.1")
    return [
        (first, first.other("admin@Tyrell", "35.0"), T18),
        (second, second.other("admin@Tyrell", "35.0"), "ubuntu-16.04_k8-1.20_weave-2.8.1"),
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_a_cluster_from_creation_to_deletion(which: int) -> None:
    there, tenant, template = tenants()[which]
    reply = tenant.call("POST", CLUSTERS, old_payload(template=template, nfs=1))
    document = reply.document()
    assert (reply.status, document["state"]) == (202, "RESOLVED"), "resolved from the start"
    identity, status = document["id"], document["entity"]["status"]
    assert (":1.0.0:" in identity) is (which == 0), "the URN has the version on API 35 of a vCD that has no 36"
    assert status["phase"] == "CREATE:IN_PROGRESS" and status["kubernetes"].startswith("upstream 1.")
    task = tenant.task(status["task_href"])
    assert (task["serviceNamespace"], task["operationName"]) == ("vcloud.cse", "cluster operation")
    assert task["owner"]["name"] == ORG and "progress" not in task
    assert told(tenant.call("PUT", f"{CLUSTERS}/{identity}", old_payload(template=template, workers=3)))[0] == 500
    task = tenant.finish(status["task_href"])
    assert (task["status"], task["operation"]) == ("success", f"Created cluster 'k8s1' ({identity})")
    now = tenant.get(f"{CLUSTERS}/{identity}").document()
    nodes = now["entity"]["status"]["nodes"]
    assert nodes["nfs"][0]["exports"] == "['/home', '/data']" and len(nodes["workers"]) == 2
    assert now["entityType"].endswith(":1.0.0")
    assert change(tenant, identity, old_payload(template=template, workers=3, nfs=1))["status"] == "success"
    now = tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]
    assert (len(now["status"]["nodes"]["workers"]), now["spec"]["workers"]["count"]) == (3, 3)
    reply = tenant.call("DELETE", f"{CLUSTERS}/{identity}/nfs/{nodes['nfs'][0]['name']}")
    assert tenant.finish(href_of(reply.document()))["status"] == "success"
    assert tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]["spec"]["nfs"]["count"] == 0
    listed = tenant.get(f"{CLUSTERS}?entity.metadata.cluster_name=k8s1").document()
    assert [one["id"] for one in listed] == [identity]
    reply = tenant.call("DELETE", f"{CLUSTERS}/{identity}")
    assert reply.document()["entity"]["status"]["phase"] == "DELETE:IN_PROGRESS"
    assert tenant.finish(href_of(reply.document()))["status"] == "success"
    assert "k8s1" not in there.vapps() and told(tenant.get(f"{CLUSTERS}/{identity}"))[0] == 500


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_refused_at_once(which: int) -> None:
    _there, tenant, template = tenants()[which]

    def refused(body: Any) -> tuple[int, str]:
        return told(tenant.call("POST", CLUSTERS, body))

    assert refused(old_payload("1k8s", template=template)) == (500, "Invalid cluster name '1k8s'")
    name = "tyrell-web-north"
    assert refused(old_payload(name, template=template)) == (500, f"Cluster '{name}' already exists.")
    text = "Template 'none' at revision 1 not found."
    assert refused(old_payload(template="none")) == (500, text)
    assert refused(payload()) == (400, "Unsupported payload version: cse.vmware.com/v2.1")
    body = old_payload(template=template)
    del body["metadata"]["ovdc_name"]
    assert refused(body) == (400, "'ovdc_name'")
    body = old_payload(template=template)
    body["colour"] = "red"
    reply = tenant.call("POST", CLUSTERS, body)
    assert reply.status == (400 if which == 0 else 202), "3.1 ignores what it does not know"
    body = old_payload("k8s2", template=None, revision=None)
    reply = tenant.call("POST", CLUSTERS, body)
    if which == 0:
        wanted = reply.document()["entity"]["spec"]["k8_distribution"]
        assert wanted == {"template_name": T18, "template_revision": 2}, "the default of the server"
    else:
        assert told(reply) == (400, "Template name and revision both must be specified.")


@pytest.mark.parametrize("which", [0, 1])
def test_updates_and_upgrades(which: int) -> None:
    _there, tenant, template = tenants()[which]
    identity, task = make(tenant, old_payload(template=template))
    assert task["status"] == "success"
    same = told(tenant.call("PUT", f"{CLUSTERS}/{identity}", old_payload(template=template)))
    assert same[0] == 500
    fewer = old_payload(template=template, workers=1)
    fewer["spec"]["settings"]["network"] = "other"
    status, text = told(tenant.call("PUT", f"{CLUSTERS}/{identity}", fewer))
    assert status == 400 and ("Invalid input values found in ['settings.network']" in text) is (which == 0)
    following = T19 if which == 0 else T21
    path = f"{CLUSTERS}/{identity}/action/upgrade"
    wrong = old_payload(template="ubuntu-16.04_k8-1.17_weave-2.6.0", revision=9)
    assert "is not a valid upgrade target for cluster 'k8s1'." in told(tenant.call("POST", path, wrong))[1]
    reply = tenant.call("POST", path, old_payload(template=following))
    assert reply.status == 202, reply.body
    assert tenant.finish(href_of(reply.document()))["status"] == "success"
    now = tenant.get(f"{CLUSTERS}/{identity}").document()["entity"]
    assert now["status"]["phase"] == "UPGRADE:SUCCEEDED"
    assert now["spec"]["k8_distribution"]["template_name"] == following


def test_a_creation_that_fails_half_way() -> None:
    there, tenant, template = tenants()[0]
    there.cse.add_trouble(Trouble("init", "It broke."))
    identity, task = make(tenant, old_payload(template=template))
    assert error_of(task) == "It broke." and told(tenant.get(f"{CLUSTERS}/{identity}"))[0] == 500
    there.cse.add_trouble(Trouble("init", "It broke."))
    identity, task = make(tenant, old_payload(template=template, rollback=False))
    kept = tenant.get(f"{CLUSTERS}/{identity}").document()
    assert (kept["state"], kept["entity"]["status"]["phase"]) == ("RESOLVED", "CREATE:FAILED")


def test_the_right_to_deploy_is_asked_for_when_the_server_enforces_it() -> None:
    there, tenant, template = tenants()[0]
    there.cse.settings.enforce_authorization = True
    refusal = (500, "Access Forbidden. Missing required rights.")
    assert told(tenant.call("POST", CLUSTERS, old_payload(template=template))) == refusal
    assert DEPLOY_RIGHT in there.provider.service.access.rights
    reply = there.other("administrator@system", "35.0").call("POST", CLUSTERS, old_payload(template=template))
    assert reply.status == 202 and reply.document()["org"]["name"] == ORG


def test_what_3_0_does_not_have() -> None:
    there, tenant, _template = tenants()[0]
    assert told(tenant.get(f"{CLUSTERS}/x/acl"))[0] == 404
    assert told(tenant.get("/api/cse/templates/tkgm"))[0] == 404
    found = tenant.get("/api/cse/templates").document()
    assert [one["is_default"] for one in found].count("Yes") == 1
    assert [one["ovdc_name"] for one in tenant.get("/api/cse/3.0/ovdcs").document()] == [there.vdc.name]
    assert tenant.get("/api/cse/3.0/nativeclusters").document()["resultTotal"] == 0
