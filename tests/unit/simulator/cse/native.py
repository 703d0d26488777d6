"""Payloads of native clusters, and the way from a request to the end of its task."""

from __future__ import annotations

from typing import Any

from tests.unit.simulator.cse.asking import NETWORK, ORG, VDC, Asker

T20, T21 = "ubuntu-16.04_k8-1.20_weave-2.8.1", "ubuntu-16.04_k8-1.21_weave-2.8.1"
CLUSTERS = "/api/cse/3.0/clusters"


def payload(name: str = "k8s1", workers: int = 2, **changes: Any) -> dict[str, Any]:
    """RDE 2.1. `changes`: nfs, template, revision, expose, sizing, profile, network, rollback, kind, site, version."""
    get = changes.get
    return {
        "apiVersion": get("version", "cse.vmware.com/v2.1"),
        "kind": get("kind", "native"),
        "metadata": {
            "name": name,
            "orgName": get("org", ORG),
            "virtualDataCenterName": get("vdc", VDC),
            "site": get("site", ""),
        },
        "spec": {
            "topology": {
                "controlPlane": {"count": 1},
                "workers": {"count": workers, "sizingClass": get("sizing"), "storageProfile": get("profile")},
                "nfs": {"count": get("nfs", 0)},
            },
            "settings": {
                "ovdcNetwork": get("network", NETWORK),
                "sshKey": get("ssh_key"),
                "rollbackOnFailure": get("rollback", True),
                "network": {"expose": get("expose", False)},
            },
            "distribution": {"templateName": get("template", T20), "templateRevision": get("revision", 1)},
        },
    }


def old_payload(name: str = "k8s1", workers: int = 2, **changes: Any) -> dict[str, Any]:
    """RDE 1.0."""
    get = changes.get
    return {
        "kind": "native",
        "api_version": "",
        "metadata": {"cluster_name": name, "org_name": ORG, "ovdc_name": VDC},
        "spec": {
            "settings": {"network": NETWORK, "ssh_key": None, "rollback_on_failure": get("rollback", True)},
            "control_plane": {"count": 1, "sizing_class": None, "storage_profile": None},
            "workers": {"count": workers, "sizing_class": None, "storage_profile": None},
            "nfs": {"count": get("nfs", 0), "sizing_class": None, "storage_profile": None},
            "k8_distribution": {"template_name": get("template", T20), "template_revision": get("revision", 1)},
            "expose": False,
        },
    }


def href_of(document: dict[str, Any]) -> str:
    """The task of an answer, in either generation."""
    status = document["entity"]["status"]
    return str(status.get("taskHref") or status.get("task_href"))


def make(who: Asker, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Makes a cluster: its id, and the task as it ended."""
    reply = who.call("POST", CLUSTERS, body)
    assert reply.status == 202, reply.body
    document = reply.document()
    return document["id"], who.finish(href_of(document))


def change(who: Asker, identity: str, body: dict[str, Any]) -> dict[str, Any]:
    """Updates a cluster and waits for the task."""
    reply = who.call("PUT", f"{CLUSTERS}/{identity}", body)
    assert reply.status == 202, reply.body
    return who.finish(href_of(reply.document()))


def error_of(task: dict[str, Any]) -> str:
    """The text of a failed task's error, without the id of the request."""
    assert task["status"] == "error", task
    return str(task["error"]["message"]).partition(" ] ")[2]


def told(reply: Any) -> tuple[int, str]:
    """Status and text of a refusal."""
    return reply.status, reply.document()["message"]["error description"]
