"""Users of a recorded cluster are told without their keys, and without daemons."""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.modules.ceph_client_key_info import ClientKeys
from tests.unit.plugins.modules.cephs import KEY, Ceph, ceph

__all__ = ["ceph"]


def test_clients_are_told_without_their_keys(ceph: Ceph) -> None:
    told = ceph.run(ClientKeys)
    names = [user["name"] for user in told["ceph_client_key"]]
    assert names == sorted(names) and {"client.admin", "client.kube"} <= set(names)
    assert not [name for name in names if not name.startswith("client.")]
    assert KEY in str(ceph.answers["ceph auth ls"]) and KEY not in str(told)


def test_one_is_found_by_its_short_name(ceph: Ceph) -> None:
    (user,) = ceph.run(ClientKeys, name="kube")["ceph_client_key"]
    assert user["caps"]["osd"] == "profile rbd pool=kube"
