"""The modules of Ceph on a real cluster: their EXAMPLES as printed, and the bad days of an operator.

The cluster is the small lab's (tests/labs/ceph). What the modules compare, refuse and write is in their unit tests and
integration targets; here is what only a real monitor and real OSDs can show.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import client
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_client_key import ClientKey
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_image import Image
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_image_info import Images
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_pool import Pool
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_pool_info import Pools
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_status_info import Status
from tests.e2e.ceph import needs_ceph
from tests.e2e.plays import ROOT, play
from tests.labs.ceph.small import Ceph, running
from tests.labs.folder import LabError
from tests.unit.plugins.module_utils.running import run_module

pytestmark = needs_ceph
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("ceph_*.py"))
# Stands for cephadm: no container, but its way of being called, and of handing both files on.
CEPHADM = """\
#!/bin/sh
[ "$1" = shell ] || exit 9
shift
while [ "$1" != -- ]; do
    case "$1" in --conf) export CEPH_CONF="$2" ;; --keyring) export CEPH_ARGS="--keyring $2" ;; *) exit 9 ;; esac
    shift 2
done
shift
echo "Inferring fsid" >&2
exec "$@"
"""


@pytest.fixture(scope="module")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    with running(tmp_path_factory.mktemp("ceph") / "lab") as lab:
        yield lab


def run(ceph: Ceph, module: type[Definition], **options: Any) -> Any:
    """The result of a module that reaches the lab."""
    return run_module(module(), {"ceph_conf": str(ceph.conf), "ceph_keyring": str(ceph.keyring), **options})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that the modules run from now on, as errors show them."""
    run_it = client.run
    seen: list[str] = []

    def noted(command: Sequence[str], **more: Any) -> str:
        seen.append(" ".join(more["shown"]))
        return run_it(command, **more)

    monkeypatch.setattr(client, "run", noted)
    return seen


def gone(ceph: Ceph, pool: str) -> None:
    """Take a pool away, whatever it holds."""
    done = run(ceph, Pool, name=pool, state="absent", allow_delete=True, delete_data=True)
    assert done["changed"] is True, done


def examples(module: str) -> list[dict[str, Any]]:
    for node in ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            return list(yaml.safe_load(str(ast.literal_eval(node.value))))
    raise AssertionError(f"{module} has no EXAMPLES")


def test_the_examples_run_as_they_are_printed(ceph: Ceph, tmp_path: Path) -> None:
    """One play of all, the state first: it is about a cluster that is well."""
    tasks = [
        task for module in sorted(MODULES, key=lambda name: name != "ceph_status_info") for task in examples(module)
    ]
    (tmp_path / "files").mkdir()
    path = tmp_path / "examples.yml"
    path.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], sort_keys=False))
    way = {"CEPH_CONF": str(ceph.conf), "CEPH_KEYRING": str(ceph.keyring)}
    output = play("newest", tmp_path, path, {}, **way).assert_ok().output
    assert [task["name"] for task in tasks if f"TASK [{task['name']}]" not in output] == []
    assert "skipping:" not in output
    assert ceph.run("osd", "pool", "ls") == "kube"
    gone(ceph, "kube")


def test_a_wrong_path_and_a_wrong_key_are_told_apart(ceph: Ceph, tmp_path: Path) -> None:
    failed = run(ceph, Status, ceph_conf="/nowhere/ceph.conf")
    assert failed["failed"] and "ceph_conf is '/nowhere/ceph.conf', which is not there" in failed["msg"]
    wrong = tmp_path / "keyring"
    wrong.write_text("[client.admin]\n\tkey = AQCcTxhnAAAAABAAlKBoXFp5KhNOOZ+dYTKCAw==\n", encoding="utf-8")
    failed = run(ceph, Status, ceph_keyring=str(wrong))
    assert failed["failed"] and "does not take the key of client.admin" in failed["msg"]
    failed = run(ceph, Status, ceph_user="nobody")
    assert failed["failed"] and "There is no key of client.nobody in" in failed["msg"]
    assert "AQCc" not in str(failed)


def test_a_host_without_the_programs_is_told_so(ceph: Ceph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(client, "MORE_PATH", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    failed = run(ceph, Status)
    assert failed["failed"] and "there is no program ceph nor cephadm on this host" in failed["msg"]


def test_cephadm_is_another_way_to_the_same_answers(
    ceph: Ceph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cephadm").write_text(CEPHADM, encoding="utf-8")
    (tmp_path / "cephadm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    key = {"name": "contained", "caps": {"mon": "profile rbd"}, "key": "AQCcTxhnAAAAABAAlKBoXFp5KhNOOZ+dYTKCAw=="}
    assert run(ceph, ClientKey, ceph_via="cephadm", **key)["changed"] is True
    assert run(ceph, ClientKey, ceph_via="host", **key)["changed"] is False
    run(ceph, ClientKey, name="contained", state="absent")


def test_who_may_not_do_something_is_told_so(ceph: Ceph, tmp_path: Path) -> None:
    own = {"name": "reader", "dest": str(tmp_path / "reader.keyring")}
    run(ceph, ClientKey, caps={"mon": "allow r"}, **own)
    failed = run(ceph, Pool, name="kube", ceph_user="reader", ceph_keyring=own["dest"])
    assert failed["failed"] and "client.reader may not do this" in failed["msg"]
    run(ceph, ClientKey, state="absent", **own)


def test_a_lost_quorum_is_told_by_the_program_itself_at_its_first_try(ceph: Ceph, calls: list[str]) -> None:
    ceph.stop("mon.a")
    try:
        failed = run(ceph, Status, ceph_timeout=3)
        assert (
            failed["failed"]
            and "the quorum may be lost" in failed["msg"]
            and "start those that are down" in failed["msg"]
        )
        images = run(ceph, Images, pool="kube", ceph_timeout=3)
        assert "the quorum may be lost" in images["msg"] and "start those that are down" in images["msg"]
    finally:
        ceph.start("mon.a")
    # Not killed, which comes later, but ended by ceph_timeout; and nobody tried again.
    assert [each["error"]["kind"] for each in (failed, images)] == ["failed", "failed"]
    assert [call.split()[0] for call in calls] == ["ceph", "rbd"]
    ceph.wait("The monitor did not come back", lambda status: status["osdmap"]["num_up_osds"] == 3)


def test_a_rotated_key_shuts_out_who_has_the_old_one(ceph: Ceph, tmp_path: Path) -> None:
    old, new = tmp_path / "old.keyring", tmp_path / "new.keyring"
    caps = {"mon": "allow r", "osd": "allow r", "mgr": "allow r"}
    run(ceph, ClientKey, name="rotating", caps=caps, dest=str(old))
    as_user = {"ceph_user": "rotating"}
    assert run(ceph, Pools, ceph_keyring=str(old), **as_user)["ceph_pool"] == []
    assert run(ceph, ClientKey, name="rotating", rotate=True, dest=str(new))["ceph_client_key"]["key_replaced"] is True
    failed = run(ceph, Pools, ceph_keyring=str(old), **as_user)
    assert failed["failed"] and "was it rotated" in failed["msg"]
    assert run(ceph, Pools, ceph_keyring=str(new), **as_user)["ceph_pool"] == []
    again = run(ceph, ClientKey, name="rotating", caps=caps, dest=str(new))
    assert again["changed"] is False and again["ceph_client_key"]["caps"] == caps
    run(ceph, ClientKey, name="rotating", dest=str(new), state="absent")


def test_an_image_that_somebody_has_open_stays(ceph: Ceph) -> None:
    run(ceph, Pool, name="open", applications=["rbd"])
    image = {"pool": "open", "name": "disk"}
    run(ceph, Image, size="64MiB", **image)
    header = f"rbd_header.{json.loads(ceph.run('info', 'open/disk', '--format', 'json', program='rbd'))['id']}"
    command = ["rados", "--conf", str(ceph.conf), "--keyring", str(ceph.keyring), "--pool", "open", "watch", header]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout and watcher.stdin
        watcher.stdout.readline()  # "press enter to exit..."
        for options in ({"state": "absent"}, {"size": "32MiB", "allow_shrink": True}):
            failed = run(ceph, Image, **image, **options)
            assert failed["failed"] and "image open/disk is in use" in failed["msg"] and "127." in failed["msg"]
        # Growing is no harm to anybody.
        assert run(ceph, Image, size="128MiB", **image)["changed"] is True
        watcher.stdin.write("\n")
        watcher.stdin.flush()
        watcher.wait(20)
    assert run(ceph, Image, state="absent", **image)["changed"] is True
    gone(ceph, "open")


def test_a_pool_with_images_is_deleted_only_where_that_is_meant(ceph: Ceph) -> None:
    run(ceph, Pool, name="held", applications=["rbd"])
    run(ceph, Image, pool="held", name="disk", size="64MiB")
    away = {"name": "held", "state": "absent"}
    assert "allow_delete is false" in run(ceph, Pool, **away)["msg"]
    assert "holds disk. Nothing was deleted" in run(ceph, Pool, allow_delete=True, **away)["msg"]
    # Also where the image has only been thrown away.
    ceph.run("trash", "mv", "held/disk", program="rbd")
    assert "disk (in the trash)" in run(ceph, Pool, allow_delete=True, **away)["msg"]
    assert run(ceph, Pool, allow_delete=True, delete_data=True, **away)["changed"] is True
    assert "mon_allow_pool_delete" not in ceph.run("config", "dump")
    assert run(ceph, Pool, allow_delete=True, **away)["changed"] is False


def test_a_full_pool_is_told_and_takes_writes_again_with_another_quota(ceph: Ceph, calls: list[str]) -> None:
    run(ceph, Pool, name="full", applications=["rbd"], quota_size="4MiB")
    run(ceph, Image, pool="full", name="disk", size="64MiB")
    ceph.run("bench", "full/disk", "--io-type", "write", "--io-size", "4M", "--io-total", "12M", program="rbd")
    deadline = time.monotonic() + 60
    while not run(ceph, Pools, name="full")["details"][0]["full"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    calls.clear()
    failed = run(ceph, Image, pool="full", name="other", size="64MiB")
    assert failed["failed"] and "pool 'full' is full and takes no more writes" in failed["msg"]
    # Ceph would keep a write waiting for room, so none was tried.
    assert calls and not [call for call in calls if call.startswith("rbd create")]
    # And it gives up no image either.
    with pytest.raises(LabError, match="rbd rm"):
        ceph.run("rm", "full/disk", "--no-progress", program="rbd")
    failed = run(ceph, Image, pool="full", name="disk", state="absent")
    assert failed["failed"] and "only then can images be removed" in failed["msg"]
    checks = {row["check"]: row for row in run(ceph, Status)["ceph_status"]["health"]["checks"]}
    assert "raise their quota" in checks["POOL_FULL"]["remedy"]
    assert run(ceph, Pool, name="full", quota_size="1GiB")["changed"] is True
    while run(ceph, Pools, name="full")["details"][0]["full"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert run(ceph, Image, pool="full", name="other", size="64MiB")["changed"] is True
    assert run(ceph, Image, pool="full", name="disk", state="absent")["changed"] is True
    gone(ceph, "full")


def test_an_osd_that_is_down_is_told_with_its_host(ceph: Ceph) -> None:
    ceph.stop("osd.2")
    try:
        ceph.wait("osd.2 is not missed", lambda status: status["osdmap"]["num_up_osds"] == 2)
        found = run(ceph, Status)["ceph_status"]
        assert [(osd["id"], osd["host"]) for osd in found["osds"]["each"] if not osd["up"]] == [(2, "ceph03")]
    finally:
        ceph.start("osd.2")
    ceph.wait("osd.2 did not come back", lambda status: status["osdmap"]["num_up_osds"] == 3)
