"""What vcd_branding_theme_info tells and costs; that its rows change nothing is in test_vcd_branding_theme.py."""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_theme import BrandingTheme
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_theme_info import BrandingThemes
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("10.4", "10.6")


def test_all_themes_cost_two_requests(vcd: Vcd) -> None:
    if vcd.release == "10.4":
        result = vcd.run(BrandingThemes)
        assert "branding themes need API version 37.1" in result["msg"]
        assert vcd.run(BrandingThemes, optional=True)["available"] is False
        return
    vcd.control.change("portal-setting", vcds.HERE, branding_api=True)
    vcd.run(BrandingTheme, name="Kiwi", base="dark", orgs=["Tyrell"])
    vcd.control.clear_journal()
    result = vcd.run(BrandingThemes, name="Kiwi")
    assert result["vcd_branding_theme"] == [{"name": "Kiwi", "base": "dark", "default": False, "orgs": ["Tyrell"]}]
    assert (result["details"][0]["built_in"], result["details"][0]["version"]) == (False, "1.0.0")
    assert len(vcd.requests) == 2
