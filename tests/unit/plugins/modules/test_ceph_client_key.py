"""Users on a recorded cluster: capabilities by their meaning, keys that stay, and files that only their owner reads."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import keys
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_client_key import ClientKey
from tests.unit.plugins.module_utils.running import run_module
from tests.unit.plugins.modules.cephs import KEY, Ceph, ceph

__all__ = ["ceph"]
CAPS = {"mon": "profile rbd", "osd": "profile rbd pool=kube", "mgr": "profile rbd pool=kube"}


def test_capabilities_that_grant_the_same_are_no_change(ceph: Ceph) -> None:
    otherwise = {**CAPS, "osd": "  profile   rbd pool = 'kube' ", "mds": ""}
    same = ceph.run(ClientKey, name="kube", caps=otherwise)
    assert same["changed"] is False and same["ceph_client_key"]["caps"] == CAPS
    assert ceph.asked == ["ceph auth get client.kube"]


def test_all_capabilities_are_replaced_at_once(ceph: Ceph) -> None:
    changed = ceph.run(ClientKey, name="client.kube", caps={"mon": "allow r"})
    assert changed["diff"][0]["before"] == {"caps": CAPS} and changed["diff"][0]["after"] == {
        "caps": {"mon": "allow r"}
    }
    keys.change(ceph.cluster, "client.kube", "K==", {"mon": "allow r", "mds": "allow"})
    assert ceph.written == ["ceph auth caps client.kube mds allow mon allow r"]


def test_a_key_is_kept_and_another_one_or_a_rotation_replaces_it(ceph: Ceph) -> None:
    assert ceph.run(ClientKey, name="kube")["changed"] is False
    known = ceph.answers["ceph auth get client.kube"][0]["key"]
    assert ceph.run(ClientKey, name="kube", key=known)["changed"] is False
    for options in ({"key": "AQ00AnotherKeyOfNobody=="}, {"rotate": True}):
        replaced = ceph.run(ClientKey, name="kube", **options)
        assert replaced["diff"][0]["after"] == {"key_replaced": True}
        assert "AnotherKey" not in str(replaced) and KEY not in str(replaced)
    assert ceph.written == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"state": "absent"}, "deleted, it would shut itself out"),
        ({"rotate": True}, "with another key, it would"),
        ({"caps": {"mon": "allow r", "osd": "allow *"}}, "without 'allow *' for mon"),
    ],
)
def test_the_user_who_asks_does_not_take_from_itself_what_it_asks_with(
    ceph: Ceph, options: dict[str, object], said: str, check: bool
) -> None:
    ceph.answers["ceph auth get client.admin"] = [
        {"entity": "client.admin", "key": KEY, "caps": {"mon": "allow *", "osd": "allow *"}}
    ]
    refused = ceph.run(ClientKey, check=check, name="admin", **options)
    assert refused["failed"] and "name is 'client.admin', as whom this task reaches the cluster" in refused["msg"]
    assert said in refused["msg"] and "ceph_user" in refused["msg"]
    assert ceph.written == []
    # Somebody else may, and it may do what does not shut it out.
    assert ceph.run(ClientKey, name="admin", ceph_user="client.other", **options)["changed"] is True
    more = {"mon": "allow *", "osd": "allow *", "mgr": "allow *"}
    assert ceph.run(ClientKey, name="admin", caps=more)["changed"] is True


def test_a_key_travels_by_standard_input_alone(ceph: Ceph) -> None:
    keys.store(ceph.cluster, "client.kube", "AQ00Secret==", {"mon": "profile rbd", "osd": 'allow r pool="a b"'})
    assert ceph.written == ["ceph auth import -i -"] and "Secret" not in str(ceph.commands)
    assert "key = AQ00Secret==" in ceph.stdin[0] and "caps osd = 'allow r pool=\"a b\"'" in ceph.stdin[0]


def test_a_key_that_is_none_is_told_by_its_option(ceph: Ceph) -> None:
    said = "Error EINVAL: error setting modifier for [client.kube] type=key val=x: Malformed input"
    ceph.failures["ceph auth import"] = [(22, said)]
    failed = ceph.run(ClientKey, check=False, name="kube", key="x")
    assert failed["failed"] and "key is none of Ceph's" in failed["msg"]


def test_no_capability_at_all_is_said_in_the_only_way_that_is_taken(ceph: Ceph) -> None:
    keys.change(ceph.cluster, "client.kube", "AQ00Secret==", {})
    assert ceph.written == ["ceph auth import -i -"] and 'caps mon = ""' in ceph.stdin[0]
    ceph.answers["ceph auth get client.kube"][0]["caps"] = {"mon": ""}
    assert ceph.run(ClientKey, name="kube", caps={})["changed"] is False


def test_a_keyring_file_is_compared_by_content_mode_and_owner(ceph: Ceph, tmp_path: Path) -> None:
    path, key = tmp_path / "kube.keyring", ceph.answers["ceph auth get client.kube"][0]["key"]
    assert ceph.run(ClientKey, name="kube", dest=str(path))["diff"][0]["after"] == {"dest": str(path)}
    ids = keys.owner(None, None)
    keys.write(str(path), "client.kube", key, ids)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ceph.run(ClientKey, name="kube", dest=str(path))["changed"] is False
    path.chmod(0o640)
    assert ceph.run(ClientKey, name="kube", dest=str(path))["changed"] is True


def test_a_file_of_a_user_who_is_gone_is_removed_too(ceph: Ceph, tmp_path: Path) -> None:
    path = tmp_path / "old.keyring"
    path.write_text("[client.old]\n", encoding="utf-8")
    assert ceph.run(ClientKey, check=False, name="old", dest=str(path), state="absent")["changed"] is True
    assert not path.exists() and ceph.written == []
    assert ceph.run(ClientKey, check=False, name="old", dest=str(path), state="absent")["changed"] is False


def test_the_key_is_returned_to_a_task_that_hides_it_and_to_no_other(ceph: Ceph) -> None:
    refused = ceph.run(ClientKey, name="kube", return_key=True)
    assert refused["failed"] and "set no_log to true" in refused["msg"] and KEY not in str(refused)
    hidden = run_module(ClientKey(), {"name": "kube", "return_key": True, "_ansible_no_log": True})
    assert KEY in hidden["key"] and KEY not in str(hidden["ceph_client_key"])
    predicted = {"name": "kube", "return_key": True, "rotate": True, "_ansible_no_log": True}
    assert "key" not in run_module(ClientKey(), predicted, check=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "mon."}, "daemons have their own keys"),
        ({"name": "kube", "caps": {"ods": "allow r"}}, "there are capabilities for mon, osd, mgr, mds"),
        ({"name": "kube", "caps": {"osd": "rwx pool=kube"}}, "begins with allow or with profile"),
        ({"name": "kube", "key": ""}, "key is empty"),
        ({"name": "kube", "dest": "/nowhere/kube.keyring"}, "there is no folder '/nowhere'"),
        ({"name": "kube", "dest": "/tmp/kube.keyring", "dest_owner": "nobody-at-all"}, "does not know"),
        ({"name": "kube", "key": "AQ==", "return_key": True}, "mutually exclusive"),
    ],
)
def test_what_cannot_be_is_refused(ceph: Ceph, options: dict[str, object], said: str) -> None:
    refused = ceph.run(ClientKey, check=False, **options)
    assert refused["failed"] and said in refused["msg"]
    assert ceph.commands == [] and not os.path.exists("/nowhere")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("allow rwx pool=kube", "allow xwr pool='kube'", True),
        ("allow r, profile rbd pool=a", "profile rbd pool=a;allow r", True),
        ("profile rbd pool=a, profile rbd pool=b", "profile rbd pool=a", False),
        ("profile rbd pool=a namespace=n", "profile rbd namespace=n pool=a", True),
        ("allow r", "allow rw", False),
        ("allow *", "allow rwx", False),
        ("", "  ", True),
    ],
)
def test_capabilities_have_a_meaning(one: str, other: str, same: bool) -> None:
    assert (keys.meaning(one) == keys.meaning(other)) is same
