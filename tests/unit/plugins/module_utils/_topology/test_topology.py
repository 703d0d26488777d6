"""Topologies from facts to the page: how each part does, what is missing, what is drawn of many, hostile names."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._topology import facts, model, page, picture

GIB = 2**30
CLASS = {
    "kind": "StorageClass",
    "metadata": {"name": "rbd"},
    "provisioner": "rbd.csi.ceph.com",
    "reclaimPolicy": "Delete",
    "parameters": {"pool": "kube", "csi.storage.k8s.io/provisioner-secret-name": "csi-rbd-secret"},
}
CLUSTER = {
    "name": "k8sceph",
    "org": "Tyrell",
    "phase": "CREATE:SUCCEEDED",
    "kubeconfig": "S3cret",
    "nodes": [{"name": "mstr-x4nb", "role": "control_plane", "address": "10.0.20.11"}],
}


CEPH = {
    "fsid": "6f7c1f5e-9d43-4c6b-9f11-3f6f3e6f1c55",
    "health": {
        "status": "HEALTH_WARN",
        "checks": [
            {"check": "OSD_DOWN", "severity": "HEALTH_WARN", "summary": "1 osds down", "muted": False},
            {"check": "POOL_NEARFULL", "severity": "HEALTH_WARN", "summary": "1 pool nearfull", "muted": True},
        ],
    },
    "monitors": [
        {"name": "ceph01", "addresses": ["v2:192.0.2.11:3300", "v1:192.0.2.11:6789"], "in_quorum": True},
        {"name": "ceph02", "addresses": ["v1:192.0.2.12:6789"], "in_quorum": False},
    ],
    "manager": {"available": True, "active": "ceph01", "standbys": 1},
    "osds": {
        "total": 2,
        "each": [
            {"id": 10, "host": "ceph01", "up": True, "in": True},
            {"id": 2, "host": "ceph01", "up": False, "in": True},
        ],
    },
    "releases": {"16.2.15": 5},
    "capacity": {"total_bytes": 12884901888, "used_bytes": 913145856},
}


def claim(name: str = "testclaim", volume: str = "pvc-1", phase: str = "Bound", **more: Any) -> dict[str, Any]:
    spec = {"storageClassName": "rbd", "volumeName": volume, "resources": {"requests": {"storage": "1Gi"}}}
    return {
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": more.pop("namespace", "default"), **more.pop("metadata", {})},
        "spec": {**spec, **more},
        "status": {"phase": phase},
    }


def volume(name: str = "pvc-1", image: str = "csi-vol-1", phase: str = "Bound") -> dict[str, Any]:
    csi = {"driver": "rbd.csi.ceph.com", "volumeAttributes": {"pool": "kube", "imageName": image}}
    return {
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {"capacity": {"storage": "1Gi"}, "csi": csi},
        "status": {"phase": phase},
    }


def topology(**given: Any) -> model.Topology:
    defaults: dict[str, Any] = {
        "cluster": CLUSTER,
        "nodes": [],
        "machines": [{"name": "mstr-x4nb", "power_state": "powered_on"}],
        "ceph": None,
        "pools": [{"name": "kube", "size": 3, "pg_num": 32}],
        "storage_classes": [CLASS],
        "claims": [claim()],
        "volumes": [volume()],
        "images": [{"pool": "kube", "name": "csi-vol-1", "size": GIB}],
    }
    return facts.topology(**{**defaults, **given})


def many_claims(count: int, spaces: int) -> dict[str, Any]:
    return {
        "claims": [claim(f"data-{at}", f"pvc-{at}", namespace=f"team-{at % spaces}") for at in range(count)],
        "volumes": [volume(f"pvc-{at}", f"csi-vol-{at}") for at in range(count)],
        "images": [{"pool": "kube", "name": f"csi-vol-{at}", "size": GIB} for at in range(count)],
    }


def html(drawn: model.Topology) -> str:
    return page.to_html(drawn, title="Kiwi Cloud", generated="2026-11-28T10:00:00Z")


def test_a_claim_is_followed_to_its_image() -> None:
    (found,) = topology().claims
    assert (found.name, found.mood, found.state, found.size) == ("default/testclaim", "good", "Bound", GIB)
    assert found.image == model.Image("kube", "csi-vol-1", GIB)
    assert model.verdict(topology())[:2] == ("good", "The one claim is bound to its image")


def test_the_volume_of_the_post_is_followed_too() -> None:
    old = volume()
    old["spec"] = {"rbd": {"pool": "kube", "image": "kubernetes-dynamic-pvc-1"}, "capacity": {"storage": "1Gi"}}
    (found,) = topology(
        volumes=[old], images=[{"pool": "kube", "name": "kubernetes-dynamic-pvc-1", "size": "1Gi"}]
    ).claims
    assert found.image == model.Image("kube", "kubernetes-dynamic-pvc-1", GIB) and found.mood == "good"


@pytest.mark.parametrize(
    ("given", "mood", "state"),
    [
        ({"claims": [claim(phase="Pending")]}, "warn", "Pending"),
        ({"claims": [claim(phase="Lost")]}, "bad", "Lost"),
        ({"volumes": []}, "bad", "Bound, but its volume is missing"),
        ({"images": []}, "bad", "Bound, but its image is missing"),
        (
            {"images": [{"pool": "kube", "name": "csi-vol-1", "size": GIB // 2}]},
            "warn",
            "Bound, but its image has 512 MiB",
        ),
        ({"images": None}, "good", "Bound"),
        ({"claims": [claim(metadata={"deletionTimestamp": "2026-11-28T10:00:00Z"})]}, "warn", "Bound, being deleted"),
    ],
)
def test_a_claim_is_in_order_with_its_volume_and_its_image_alone(given: dict[str, Any], mood: str, state: str) -> None:
    (found,) = topology(**given).claims
    assert (found.mood, found.state) == (mood, state)
    assert model.verdict(topology(**given))[0] == mood


def test_what_claims_name_and_nobody_has_is_missing() -> None:
    gone = topology(storage_classes=[])
    assert [(one.name, one.missing) for band in gone.bands for one in band.classes] == [("rbd", True)]
    assert model.verdict(gone)[:2] == ("bad", "1 storage class missing")
    assert "Claims name the storage class rbd, which does not exist" in html(gone)
    assert model.verdict(topology(pools=[{"name": "other"}]))[:2] == ("bad", "1 pool missing")


def test_what_is_left_without_a_claim_is_told_and_images_of_others_are_not() -> None:
    images = [{"pool": "kube", "name": name, "size": GIB} for name in ("csi-vol-1", "csi-vol-9", "test-image")]
    drawn = topology(claims=[claim()], volumes=[volume(), volume("pvc-2", "csi-vol-2", "Released")], images=images)
    assert [(part.name, part.mood) for part in drawn.left] == [
        ("volume pvc-2", "warn"), ("image csi-vol-9", "unknown"),
    ]  # fmt: skip
    assert model.verdict(drawn)[1] == "1 volume left without a claim"


@pytest.mark.parametrize(
    ("machines", "mood", "state"),
    [
        ([{"name": "mstr-x4nb", "power_state": "powered_on"}], "good", "powered on"),
        ([{"name": "mstr-x4nb", "power_state": "powered_off"}], "bad", "powered off"),
        ([], "unknown", "not looked at"),
    ],
)
def test_a_node_that_kubernetes_does_not_know_is_told_by_its_vm(machines: Any, mood: str, state: str) -> None:
    drawn = topology(machines=machines)
    assert drawn.cluster is not None
    assert [(node.mood, node.state) for node in drawn.cluster.nodes] == [(mood, state)]


def test_nodes_are_told_by_kubernetes_where_it_knows_them() -> None:
    conditions = [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": "False"}]
    node = {"metadata": {"name": "mstr-x4nb"}, "status": {"conditions": conditions}}
    fresh = {"metadata": {"name": "node-1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    drawn = topology(nodes=[node, fresh])
    assert drawn.cluster is not None
    assert [(one.name, one.state, one.details) for one in drawn.cluster.nodes] == [
        ("mstr-x4nb", "NotReady", ("control plane", "10.0.20.11")), ("node-1", "Ready", ("worker",)),
    ]  # fmt: skip
    assert model.verdict(drawn)[:2] == ("bad", "1 of 2 nodes not in order")


@pytest.mark.parametrize(
    ("state", "mood"),
    [
        ("CREATE:SUCCEEDED", "good"), ("POWERED_ON", "good"), ("provisioned", "good"), ("UPDATE:IN_PROGRESS", "warn"),
        ("UPGRADE:FAILED", "bad"), ("POWERED_OFF", "bad"), ("error", "bad"), ("provisioning", "warn"),
    ],
)  # fmt: skip
def test_the_words_of_every_release_for_a_cluster_are_known(state: str, mood: str) -> None:
    drawn = topology(cluster={**CLUSTER, "phase": state})
    assert drawn.cluster is not None and drawn.cluster.mood == mood
    assert drawn.cluster.state == (state if ":" in state else state.replace("_", " ").lower())


def test_ceph_is_told_with_what_is_wrong_and_without_what_somebody_muted() -> None:
    drawn = topology(ceph=CEPH)
    assert drawn.ceph is not None
    assert (drawn.ceph.mood, drawn.ceph.state, drawn.ceph.used) == ("warn", "HEALTH_WARN", 7)
    assert drawn.ceph.checks == (("OSD_DOWN", "1 osds down"),)
    assert [(one.name, one.mood, one.state) for one in drawn.ceph.osds] == [
        ("osd.2", "bad", "down, in"), ("osd.10", "good", "up, in"),
    ]  # fmt: skip
    assert [(one.name, one.mood) for one in drawn.ceph.monitors] == [("ceph01", "good"), ("ceph02", "bad")]
    assert [(one.name, one.details) for one in drawn.ceph.managers] == [("ceph01", ("1 standby",))]
    assert model.verdict(drawn)[:2] == (
        "bad",
        "1 of 2 OSDs not up and in; 1 of 2 monitors not in quorum; Ceph says HEALTH_WARN",
    )
    assert "OSD_DOWN: 1 osds down" in html(drawn) and "NEARFULL" not in html(drawn)


def test_a_picture_is_not_another_one_with_every_byte() -> None:
    more = {**CEPH, "capacity": {"total_bytes": 12884901888, "used_bytes": 913145857}}
    assert html(topology(ceph=CEPH)) == html(topology(ceph=more))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1Gi", GIB), ("1GiB", GIB), ("500M", 500_000_000), ("1e9", 10**9), ("1024", 1024), ("1.5Ti", 3 * 2**39),
        ("x", None),
        (None, None),
    ],
)  # fmt: skip
def test_quantities_are_read_as_kubernetes_writes_them(text: Any, size: int | None) -> None:
    assert facts.quantity(text) == size


def test_objects_of_another_kind_are_refused_a_secret_least_of_all() -> None:
    with pytest.raises(InputError, match="claims has an object of the kind 'Secret'"):
        facts.refuse_others("claims", [{"kind": "Secret", "metadata": {"name": "x"}}])
    with pytest.raises(InputError, match="nodes has an object without metadata.name"):
        facts.refuse_others("nodes", [{"name": "x"}])
    with pytest.raises(InputError, match="images has an entry without pool"):
        facts.refuse_nameless({"cluster": None, "machines": [], "ceph": None, "pools": [], "images": [{"name": "x"}]})


def test_nothing_but_named_fields_reaches_the_page_and_no_name_is_markup() -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    text = html(topology(claims=[claim(hostile)], cluster={**CLUSTER, "name": hostile}))
    assert "S3cret" not in text and "csi-rbd-secret" not in text
    assert "<img" not in text and text.count("</script>") == 2
    assert page.read_back(text)[f"claim default/{hostile}"] == "Bound, 1 GiB, kube/csi-vol-1 1 GiB"


def test_both_pictures_are_xml_with_a_name_and_a_description() -> None:
    for svg in re.findall(r"<svg.*?</svg>", html(topology()), re.DOTALL):
        tree = ElementTree.fromstring(svg)
        labels = tree.attrib["aria-labelledby"].split()
        found = {one.attrib["id"]: one.text for one in tree if one.attrib.get("id") in labels}
        assert sorted(found) == sorted(labels) and all(found.values())
        texts = ["".join(one.itertext()) for one in tree.iter("{http://www.w3.org/2000/svg}text")]
        assert {"k8sceph", "default/testclaim", "Bound", "csi-vol-1", "kube"} <= set(texts)


def test_of_many_claims_the_wrong_ones_are_drawn_and_the_table_has_all() -> None:
    given = many_claims(200, 6)
    given["claims"][17]["status"]["phase"] = "Pending"
    text = html(topology(**given))
    drawn = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert len(drawn) < 60_000
    assert "team-5/data-17" in drawn and "team-4/data-16" not in drawn and "namespace team-4" in drawn
    rows = re.findall(r'<th scope="row">(team-[^<]+)', text)
    assert len(rows) == 200 and rows[0] == "team-5/data-17"


def test_of_many_namespaces_a_picture_has_as_many_as_it_has_room_for() -> None:
    drawn = topology(**many_claims(200, 100))
    rows = picture._rows(drawn.bands[0])
    assert len(rows) == picture.CLAIMS
    assert rows[-1][0].name == "85 more namespaces" and rows[-1][0].state == "all 170 bound"


def test_long_names_are_cut_in_the_middle() -> None:
    assert picture.cut("csi-vol-0c9a4f10-57c2", 11) == "csi-v\u2026-57c2"
    assert picture.cut("short", 11) == "short"


def test_only_the_moment_may_differ_between_pages_that_tell_the_same() -> None:
    one = html(topology())
    other = page.to_html(topology(), title="Kiwi Cloud", generated="2027-01-01T00:00:00Z")
    assert one != other and page.same(one, other)
    assert not page.same(one, html(topology(claims=[])))
    assert page.read_back("<html>") == {}
