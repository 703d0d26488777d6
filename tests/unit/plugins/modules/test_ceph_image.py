"""Images on a recorded cluster: sizes, features, and what is refused while somebody has one open."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import images
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_image import Image
from tests.unit.plugins.modules.cephs import Ceph, ceph

__all__ = ["ceph"]
B = {"pool": "kube", "name": "b"}


def test_the_same_size_in_other_words_is_no_change(ceph: Ceph) -> None:
    same = ceph.run(Image, **B, size="0.5Gi", features=["exclusive-lock", "layering"], data_pool="archive")
    assert same["changed"] is False and same["ceph_image"]["size"] == "512MiB"
    assert ceph.asked == ["rbd info kube/b"]


def test_an_image_grows_and_is_given_features(ceph: Ceph) -> None:
    features = ["layering", "exclusive-lock", "object-map", "fast-diff"]
    assert ceph.run(Image, **B, size="1GiB", features=features)["diff"][0]["before"]["size"] == "512MiB"
    found = images.find(ceph.cluster, **B)
    assert found
    images.change(ceph.cluster, found, {**found, "size": "1GiB", "features": features})
    assert ceph.written == [
        "rbd resize kube/b --size 1073741824B --no-progress",
        "rbd feature enable kube/b object-map fast-diff",
        "rbd object-map rebuild kube/b --no-progress",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({**B, "size": "256MiB"}, "allow_shrink is false"),
        ({**B, "size": "10"}, "such as 10GiB"),
        ({**B, "size": "0B"}, "size is nothing"),
        ({**B, "features": ["layering", "exclusive-lock", "deep-flatten"]}, "at the making of an image only"),
        ({**B, "features": ["layering", "object-map"]}, "needs exclusive-lock"),
        ({**B, "features": ["layering", "exclusive-lock", "object-map"]}, "switches them together"),
        ({**B, "features": []}, "features is empty"),
        ({**B, "data_pool": "kube"}, "data_pool is 'archive' and the product cannot change it"),
        ({"pool": "kube", "name": "c"}, "a new image needs one"),
        ({"pool": "kub", "name": "c", "size": "1GiB"}, "did you mean 'kube'"),
        ({"pool": "kube", "name": "c@s", "size": "1GiB"}, "without / and @"),
        ({"pool": "kube", "name": "a", "state": "absent"}, "has 1 snapshots"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(ceph: Ceph, options: dict[str, object], said: str) -> None:
    refused = ceph.run(Image, check=False, **options)
    assert refused["failed"] and said in refused["msg"]
    assert ceph.written == []


@pytest.mark.parametrize("options", [{"state": "absent"}, {"size": "256MiB", "allow_shrink": True}])
@pytest.mark.parametrize("as_dictionary", [False, True])
def test_one_that_somebody_has_open_is_neither_removed_nor_cut(
    ceph: Ceph, options: dict[str, object], as_dictionary: bool
) -> None:
    row = {"address": "192.0.2.21:0/1234", "client": 4321, "cookie": 1}
    ceph.answers["rbd status kube/b"] = {"watchers": {"watcher": row} if as_dictionary else [row]}
    refused = ceph.run(Image, check=False, **B, **options)
    assert refused["failed"] and "is in use" in refused["msg"] and "192.0.2.21:0." in refused["msg"]
    assert ceph.written == []


def test_a_full_pool_is_told_instead_of_waited_for(ceph: Ceph) -> None:
    ceph.pool("kube")["flags_names"] += ",full,full_quota"
    refused = ceph.run(Image, check=False, pool="kube", name="c", size="1GiB")
    assert refused["failed"] and "is full and takes no more writes: raise its quota" in refused["msg"]
    # Nor is there room for the entry in the trash that a removal begins with.
    for check in (True, False):
        refused = ceph.run(Image, check=check, pool="kube", name="b", state="absent")
        assert refused["failed"] and "only then can images be removed as well" in refused["msg"]
    assert ceph.written == []


def test_in_check_mode_an_earlier_task_may_have_made_the_pool(ceph: Ceph, warnings: list[str]) -> None:
    assert ceph.run(Image, pool="new", name="c", size="1GiB")["changed"] is True
    assert "There is no pool 'new'" in warnings[0]
