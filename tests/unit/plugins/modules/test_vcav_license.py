"""The module in this process against the simulator: a license that is compared, installed, and never shown whole."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import license as licensing
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_license import License
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_license_info import LicenseInfo

KEY = "AAAA1-BBBB2-CCCC3-DDDD4-EEEE5"
SHOWN = "*****-*****-*****-*****-EEEE5"


def test_a_new_site_is_licensed_once_and_the_key_is_not_shown(new_estate: Any) -> None:
    predicted = new_estate.run(License, check=True, key=KEY)
    assert new_estate.writes == []
    made = new_estate.run(License, key=KEY)
    assert made == predicted
    assert made["vcav_license"] == {"key": SHOWN, "is_licensed": True}
    assert made["diff"][0]["before"] == {"is_licensed": False, "key": None}
    assert "BBBB2" not in str(made)
    assert new_estate.run(License, key=KEY)["changed"] is False
    assert new_estate.writes == ["POST /license"]


def test_another_key_is_a_change(estate: Any) -> None:
    result = estate.run(License, key=KEY)
    assert result["diff"][0]["before"] == {"key": "*****-*****-*****-*****-LAB00"}
    assert result["diff"][0]["after"] == {"key": SHOWN}


def test_another_key_with_the_same_last_group_is_a_change_too(estate: Any) -> None:
    estate.run(License, key=KEY)
    other = KEY.replace("AAAA1", "AAAA9")
    made = estate.run(License, key=other)
    assert made["diff"][0]["after"] == {"key": f"{SHOWN} (another key)"}
    assert estate.run(License, key=other)["changed"] is False


def test_a_key_that_the_product_refuses_is_not_shown_in_the_message(estate: Any) -> None:
    result = estate.run(License, key=KEY.replace("AAAA1", "WRONG"))
    assert "was refused" in result["msg"] and SHOWN in result["msg"] and "BBBB2" not in str(result)
    assert estate.run(LicenseInfo)["vcav_license"]["is_licensed"] is True


@pytest.mark.parametrize("key", ["", "AAAA1", f"{KEY}-FFFF6", KEY.replace("-", "")])
def test_what_is_no_key_is_refused_before_a_request_and_not_shown(estate: Any, key: str) -> None:
    result = estate.run(License, key=key)
    assert "five groups of five characters" in result["msg"]
    assert estate.control.count() == 0


def test_a_hidden_key_can_be_compared_and_not_installed(estate: Any) -> None:
    estate.run(License, key=KEY)
    assert estate.run(License, key=SHOWN)["changed"] is False
    result = estate.run(License, key="*****-*****-*****-*****-FFFF6")
    assert "give the whole key" in result["msg"]


def test_an_expired_key_is_warned_of(new_estate: Any, warnings: list[str]) -> None:
    trial = KEY.replace("AAAA1", "TRIAL")
    new_estate.run(License, key=trial)
    new_estate.control.advance(61 * 86400)
    result = new_estate.run(License, key=trial)
    assert result["changed"] is False and result["vcav_license"]["is_licensed"] is False
    assert "it expired" in str(warnings)


@pytest.mark.parametrize(("present", "key", "same"), [
    (KEY, KEY, True),
    (KEY, KEY.replace("E", "F"), False),
    ("*****-*****-*****-*****-EEEE5", KEY, True),
    ("AAAA1-*****-*****-*****-*****", KEY, True),
    ("AAAA9-*****-*****-*****-*****", KEY, False),
    ("EEEE5", KEY, True),
    ("EEEE6", KEY, False),
    (None, KEY, True),
])  # fmt: skip
def test_keys_are_compared_as_far_as_they_are_shown(present: str | None, key: str, same: bool) -> None:
    assert licensing.same(present, key) is same


@pytest.mark.parametrize(("found", "changes"), [
    ({"key": None, "isLicensed": True}, False),
    ({"key": "", "isLicensed": False}, True),
    ({"key": "*****-*****-*****-*****-EEEE5", "isLicensed": True}, False),
    ({"key": "*****-*****-*****-*****-FFFF6", "isLicensed": True}, True),
])  # fmt: skip
def test_a_product_that_hides_the_key_is_believed_as_far_as_it_goes(found: dict[str, Any], changes: bool) -> None:
    assert bool(licensing.wanted(KEY, found)) is changes
