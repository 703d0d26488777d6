"""The module in this process against the simulator: the bundles of each kind of service, the newest first."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav.bundles import Bundles
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_support_bundle import SupportBundle
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_support_bundle_info import SupportBundleInfo


@pytest.mark.parametrize("kind", ["cloud", "manager", "replicator", "tunnel"])
def test_each_service_has_bundles_of_its_own(estate: Any, kind: str) -> None:
    url = getattr(estate.simulator, kind)(estate.here)
    assert estate.run(SupportBundleInfo, vcav_url=url)["vcav_support_bundle"] == []
    made = estate.run(SupportBundle, vcav_url=url)["vcav_support_bundle"]
    (found,) = estate.run(SupportBundleInfo, vcav_url=url)["vcav_support_bundle"]
    assert found == {"id": made["id"], "created": made["created"], "user": "root"}


def test_the_newest_comes_first_and_the_forgotten_last() -> None:
    class Api:
        def get(self, path: str) -> Any:
            return [{"id": "old"}, "plain", {"id": "new"}]

        def pages(self, path: str, **query: Any) -> Any:
            assert query == {"resourceType": "supportBundle"}
            for name, ended, state in (("new", 9000, "SUCCEEDED"), ("old", 5000, "SUCCEEDED"), ("plain", -1, "FAILED")):
                yield {"workflowInfo": {"resourceId": name}, "endTime": ended, "state": state, "user": "root"}
            # Somebody has done something else with it later: it is not younger for that.
            yield {"workflowInfo": {"resourceId": "old"}, "endTime": 99000, "state": "SUCCEEDED", "user": "other"}

    found = Bundles(Api()).listing()  # type: ignore[arg-type]
    assert [(one.id, one.created) for one in found] == [("new", 9000), ("old", 5000), ("plain", None)]
