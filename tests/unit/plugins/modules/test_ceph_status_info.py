"""The state of a recorded cluster, healthy and not."""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import status
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_status_info import Status
from tests.unit.plugins.modules.cephs import Ceph, ceph

__all__ = ["ceph"]


def test_a_cluster_is_told_in_eight_commands(ceph: Ceph) -> None:
    found = ceph.run(Status)["ceph_status"]
    assert len(ceph.asked) == 8 and ceph.asked[0] == "ceph status" and ceph.written == []
    assert found["monitors"] == [
        {"name": "a", "addresses": ["v2:192.0.2.11:3300", "v1:192.0.2.11:6789"], "in_quorum": True}
    ]
    assert [(osd["host"], osd["up"], osd["in"]) for osd in found["osds"]["each"]] == [
        ("ceph01", True, True), ("ceph02", True, True), ("ceph03", True, True),
    ]  # fmt: skip
    assert found["releases"] == {"16.2.15": 5}
    assert [pool["name"] for pool in found["pools"]] == ["archive", "kube"]
    assert found["capacity"]["total_bytes"] == 3 * 4 * 1024**3


def test_each_warning_has_its_remedy_and_errors_come_first(ceph: Ceph) -> None:
    def check(severity: str, text: str) -> dict[str, object]:
        return {"severity": severity, "summary": {"message": text}, "detail": [{"message": "osd.2 is"}], "muted": False}

    ceph.answers["ceph health detail"] = {
        "status": "HEALTH_ERR",
        "checks": {
            "AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED": check("HEALTH_WARN", "mon is allowing"),
            "OSD_DOWN": check("HEALTH_WARN", "1 osds down"),
            "OSD_FULL": check("HEALTH_ERR", "1 full osd(s)"),
            "SOMETHING_NEW": check("HEALTH_WARN", "?"),
        },
    }
    checks = ceph.run(Status)["ceph_status"]["health"]["checks"]
    assert [row["check"] for row in checks] == [
        "OSD_FULL", "AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED", "OSD_DOWN", "SOMETHING_NEW",
    ]  # fmt: skip
    assert "Nobody can write" in checks[0]["remedy"] and "systemctl start ceph-osd@ID" in checks[2]["remedy"]
    assert (
        "auth_allow_insecure_global_id_reclaim false" in checks[1]["remedy"] and "SOMETHING_NEW" in checks[3]["remedy"]
    )
    assert checks[2]["details"] == ["osd.2 is"]


def test_two_releases_are_an_update_that_is_not_over() -> None:
    line = "ceph version {} (618f440892089921c3e944a991122ddc44e60516) pacific (stable)"
    assert status.releases({"overall": {line.format("16.2.15"): 6, line.format("18.2.7"): 3}}) == {
        "16.2.15": 6,
        "18.2.7": 3,
    }


def test_a_lost_quorum_is_told_with_what_to_do(ceph: Ceph) -> None:
    ceph.failures["ceph status"] = [(1, "timed out")]
    failed = ceph.run(Status, ceph_timeout=7)
    assert failed["failed"] and "the quorum may be lost" in failed["msg"] and "ceph-mon@HOST" in failed["msg"]
    assert ceph.asked == ["ceph status"] and failed["error"]["rc"] == 1
    assert ceph.commands[0][ceph.commands[0].index("--connect-timeout") + 1] == "7"
