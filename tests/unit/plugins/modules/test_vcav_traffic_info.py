"""The module in this process against the simulator: traffic in the words of each release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import traffic, versions
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_traffic_info import Traffic
from tests.unit.plugins.modules.replicating import DB, Tenant

NOTHING = dict.fromkeys(("org", "vapps", "vms", "ids", "start", "end", "resolution", "interval", "site"))


@pytest.fixture
def tenant(estate: Any) -> Tenant:
    found = Tenant(estate)
    found.started()
    return found


def test_the_traffic_of_an_organization_and_of_its_vms_is_the_same_sum(tenant: Tenant) -> None:
    result = tenant.estate.run(Traffic, org="Tyrell")
    if tenant.release == "3.0":
        assert result["msg"] == "traffic is told from release 3.5 on and this site runs 3.0"
        return
    (whole,) = result["vcav_traffic"]
    names = [vm["vm"] for one in tenant.info()["replications"] for vm in one["vms"]]
    single = tenant.estate.run(Traffic, vms=names)["vcav_traffic"]
    assert whole["total_bytes"] == sum(each["bytes"] for each in whole["samples"]) > 0
    assert sum(row["total_bytes"] for row in single) == whole["total_bytes"]
    assert [row["vm"] for row in single] == sorted(names)
    days = tenant.estate.run(Traffic, vapps=[DB], interval="day")["vcav_traffic"][0]
    assert len(days["samples"]) <= 2 and days["samples"][0]["timestamp"].endswith("Z")


class Old:
    """A site of an older release, which notes what it is asked."""

    site = "Site-A"

    def __init__(self, version: tuple[int, int]) -> None:
        self.version = version
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def has(self, feature: str) -> bool:
        return versions.has(self.version, feature)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        self.asked.append((path, query))
        sample = {"timestamp": 1561000000000, "bytes": 5}
        return {"label": "x", "resolution": 60, "start": 1561000000000, "end": 1561000600000, "samples": [sample]}


def test_release_3_5_is_asked_by_resolution_and_later_ones_by_interval() -> None:
    old, new = Old((3, 5)), Old((4, 7))
    moments = {"start": "2019-06-20T03:06:40Z", "end": "2019-06-20T03:16:40Z"}
    (row,) = traffic.read_traffic(old, {**NOTHING, **moments, "org": "A/B", "resolution": 60})  # type: ignore[arg-type]
    assert old.asked == [
        ("owner/A%2FB%40Site-A/traffic", {"start": 1561000000000, "end": 1561000600000, "resolution": 60})
    ]
    assert (row["start"], row["total_bytes"], row["resolution"]) == ("2019-06-20T03:06:40Z", 5, 60)
    traffic.read_traffic(new, {**NOTHING, "org": "A", "interval": "hour"})  # type: ignore[arg-type]
    assert new.asked == [("owner/A%40Site-A/traffic", {"interval": "HOUR"})]
    with pytest.raises(InputError, match="interval exists from release 4.0 on and this site runs 3.5; use resolution"):
        traffic.read_traffic(old, {**NOTHING, "org": "A", "interval": "day"})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="resolution exists before release 4.0 and this site runs 4.7; use interval"):
        traffic.read_traffic(new, {**NOTHING, "org": "A", "resolution": 60})  # type: ignore[arg-type]


@pytest.mark.parametrize(("options", "words"), [
    ({}, "nothing is chosen"),
    ({"org": "A", "start": "yesterday"}, "start is 'yesterday': write a moment in UTC"),
    ({"org": "A", "start": "2026-03-02T00:00:00Z", "end": "2026-03-01T00:00:00Z"}, "start must come before end"),
    ({"org": "A", "resolution": 0}, "resolution is 0"),
    ({"vms": [""]}, "vms has an empty entry"),
])  # fmt: skip
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        traffic.check_traffic({**NOTHING, **options})
