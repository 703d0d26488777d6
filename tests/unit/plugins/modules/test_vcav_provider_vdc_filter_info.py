"""The module in this process against the simulator: the provider VDC filter of a site."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_provider_vdc_filter import ProviderVdcFilter
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_provider_vdc_filter_info import ProviderVdcFilterInfo


def test_what_is_told_changes_nothing_as_input(estate: Any) -> None:
    found = estate.run(ProviderVdcFilterInfo)
    if estate.release == "3.0":
        assert "exists from release 3.5 on" in found["msg"]
        return
    assert found["vcav_provider_vdc_filter"] == {"provider_vdcs": []}
    assert [each["name"] for each in found["available"]] == ["A03 Provider VDC"]
    assert estate.run(ProviderVdcFilter, **found["vcav_provider_vdc_filter"])["changed"] is False
