"""Images of a recorded cluster are told in the options of ceph_image, with what they use."""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.modules.ceph_image import Image
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_image_info import Images
from tests.unit.plugins.modules.cephs import Ceph, ceph

__all__ = ["ceph"]


def test_images_are_told_by_name_and_can_be_given_back(ceph: Ceph) -> None:
    rows = ceph.answers["rbd du --pool kube"]["images"]
    for row, used in zip(rows, (4096, 8192, 16), strict=True):
        row["used_size"] = used
    told = ceph.run(Images, pool="kube")
    assert [(image["name"], image["size"], image["data_pool"]) for image in told["ceph_image"]] == [
        ("a", "2GiB", ""), ("b", "512MiB", "archive"),
    ]  # fmt: skip
    # What a snapshot keeps is used as well.
    assert [row["used_bytes"] for row in told["details"]] == [4096 + 8192, 16]
    assert told["details"][0]["snapshots"] == 1 and told["details"][1]["size_bytes"] == 512 * 1024**2
    for image in told["ceph_image"]:
        assert ceph.run(Image, **image)["changed"] is False


def test_a_pool_that_is_not_there_is_an_error_and_an_image_is_not(ceph: Ceph) -> None:
    refused = ceph.run(Images, pool="none")
    assert refused["failed"] and "does not exist" in refused["msg"]
    assert ceph.run(Images, pool="kube", name="none")["ceph_image"] == []
