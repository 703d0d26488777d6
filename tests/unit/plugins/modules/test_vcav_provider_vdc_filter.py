"""The module in this process against the simulator: which provider VDCs a site offers."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import provider_vdcs
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_provider_vdc_filter import ProviderVdcFilter
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_provider_vdc_filter_info import ProviderVdcFilterInfo

NAME = "A03 Provider VDC"
FOUND = {
    "filter": ["2", "9"],
    "inventory": [{"id": "1", "name": "Gold"}, {"id": "2", "name": "Silver"}, {"id": "3", "name": "Twin"},
                  {"id": "4", "name": "Twin"}],
}  # fmt: skip


def test_the_filter_is_set_and_lifted(estate: Any) -> None:
    if estate.release == "3.0":
        result = estate.run(ProviderVdcFilter, provider_vdcs=[NAME])
        assert "exists from release 3.5 on and this site runs 3.0" in result["msg"]
        assert estate.writes == []
        return
    predicted = estate.run(ProviderVdcFilter, check=True, provider_vdcs=[NAME])
    assert estate.writes == []
    made = estate.run(ProviderVdcFilter, provider_vdcs=[NAME])
    assert made == predicted
    assert made["diff"][0]["before"] == {"provider_vdcs": []}
    found = estate.run(ProviderVdcFilterInfo)
    assert found["vcav_provider_vdc_filter"] == made["vcav_provider_vdc_filter"] == {"provider_vdcs": [NAME]}
    (available,) = found["available"]
    assert estate.run(ProviderVdcFilter, provider_vdcs=[available["id"]])["changed"] is False
    assert estate.run(ProviderVdcFilter, provider_vdcs=[])["changed"] is True
    assert estate.run(ProviderVdcFilter, provider_vdcs=[])["changed"] is False


def test_a_name_that_there_is_not_is_refused_with_the_nearest(estate: Any) -> None:
    if estate.release == "3.0":
        pytest.skip("3.0 has no filter")
    result = estate.run(ProviderVdcFilter, provider_vdcs=["A03 Provder VDC"])
    assert f"did you mean {NAME!r}?" in result["msg"]
    assert estate.writes == []


def test_it_is_read_by_name_and_by_id_where_a_name_is_gone() -> None:
    assert provider_vdcs.read(FOUND) == {"provider_vdcs": ["9", "Silver"]}


@pytest.mark.parametrize(("given", "expected"), [
    (["Silver", "2"], ["Silver"]),
    (["9", "Gold"], ["9", "Gold"]),
    (["3"], ["3"]),
    ([], []),
])  # fmt: skip
def test_names_and_ids_become_one_set(given: list[str], expected: list[str]) -> None:
    assert provider_vdcs.wanted(given, FOUND) == {"provider_vdcs": expected}


@pytest.mark.parametrize(("given", "words"), [
    ("Twin", "2 provider VDCs are called so; give the id instead, one of 3, 4"),
    ("Bronze", "no provider VDC of that name or id; there are Gold, Silver, Twin"),
])  # fmt: skip
def test_what_is_not_clear_is_refused(given: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        provider_vdcs.wanted([given], FOUND)
