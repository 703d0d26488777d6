"""vApps that are clusters, and the parts of their nodes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import cluster_vapps as clusters

VAPP, CLUSTER = "2f5e0000-0000-4000-8000-000000000001", "6b1c2a52-6a5e-4c0b-9d0a-0d2f7e4e3c11"
V = "http://www.vmware.com/vcloud/v1.5"
ENTRY = (
    f"<Metadata><MetadataEntry><Domain>GENERAL</Domain><Key>cse.cluster.id</Key><TypedValue><Value>{CLUSTER}</Value>\
</TypedValue></MetadataEntry></Metadata>"
)


class Api:
    """A vCD that answers a query with records, and keeps what it was asked."""

    def __init__(self, is_provider: bool, *inner: str) -> None:
        self.is_provider = is_provider
        self.asked: list[tuple[str, str, str]] = []
        self._records = [
            ElementTree.fromstring(
                f'<VAppRecord xmlns="{V}" href="https://a/api/vApp/vapp-{VAPP}" name="k8s">{one}</VAppRecord>'
            )
            for one in inner
        ]

    def query(self, kind: str, where: Any, fields: str) -> list[ElementTree.Element]:
        self.asked.append((kind, where.text(), fields))
        return self._records


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("mstr-x4nb", "control_plane"),
        ("node-va8f", "worker"),
        ("nfsd-90ab", "nfs"),
        ("node-va8", None),
        ("node-VA8F", None),
        ("my-node-va8f", None),
        ("node-va8f\n", None),
        ("db01", None),
    ],
)
def test_the_part_of_a_node_is_in_its_name(name: str, role: str | None) -> None:
    assert clusters.role_of(name) == role
    assert clusters.any_node(["web01", name]) is (role is not None)


@pytest.mark.parametrize(("provider", "kind"), [(True, "adminVApp"), (False, "vApp")])
def test_clusters_are_the_vapps_that_have_the_mark(provider: bool, kind: str) -> None:
    api = Api(provider, ENTRY)
    assert clusters.identities(api) == {VAPP: CLUSTER}  # type: ignore[arg-type]
    assert api.asked == [(kind, "metadata:cse.cluster.id==STRING:*", "name,metadata:cse.cluster.id")]


def test_a_server_that_filters_nothing_tells_no_clusters_that_there_are_not() -> None:
    assert clusters.identities(Api(True, "")) == {}  # type: ignore[arg-type]
