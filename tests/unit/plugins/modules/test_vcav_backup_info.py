"""The module in this process against the simulator: what an appliance holds, and lists of another shape."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav.backups import Backups
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_backup import Backup
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_backup_info import BackupInfo


def test_each_service_has_backups_of_its_own(estate: Any) -> None:
    if estate.release == "3.0":
        assert "backups exist from release 4.0 on" in estate.run(BackupInfo)["msg"]
        return
    url = estate.simulator.replicator(estate.here)
    made = estate.run(Backup, vcav_url=url, password="B4ckup-Secret!")["vcav_backup"]
    (found,) = estate.run(BackupInfo, vcav_url=url)["vcav_backup"]
    assert found == {"id": made["id"], "created": made["created"], "user": "root"}
    assert estate.run(BackupInfo)["vcav_backup"] == []


def test_a_list_in_an_envelope_is_a_list_too() -> None:
    class Api:
        def has(self, feature: str) -> bool:
            return True

        def get(self, path: str) -> Any:
            return {"items": [{"id": "one"}]}

        def pages(self, path: str, **query: Any) -> Any:
            assert query == {}
            yield {"workflowInfo": {"resourceId": "one"}, "endTime": 1000, "state": "SUCCEEDED", "user": "root"}

    (found,) = Backups(Api()).listing()  # type: ignore[arg-type]
    assert found.read() == {"id": "one", "created": "1970-01-01T00:00:01Z", "user": "root"}
