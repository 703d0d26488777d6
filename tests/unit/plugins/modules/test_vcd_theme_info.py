"""What vcd_theme_info tells and what it costs; that its rows change nothing is in test_vcd_theme.py."""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_theme_info import Themes
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.7", "10.6")


def test_each_style_sheet_costs_one_request(vcd: Vcd) -> None:
    for name in ("Kiwi", "Moa"):
        vcd.control.change("theme-add", vcds.HERE, theme=name, css="a { color: red; }\n")
    vcd.control.clear_journal()
    result = vcd.run(Themes)
    assert [row["name"] for row in result["vcd_theme"]] == ["Kiwi", "Moa"]
    assert result["vcd_theme"][0]["css"] == "a { color: red; }\n"
    assert len(vcd.requests) == 3
    vcd.control.clear_journal()
    result = vcd.run(Themes, with_css=False)
    assert [row["css"] for row in result["vcd_theme"]] == [None, None]
    assert result["details"][0] == {"name": "Kiwi", "css_size": None, "css_sha256": None}
    assert len(vcd.requests) == 1


def test_a_tenant_may_read_them(vcd: Vcd) -> None:
    assert vcd.run(Themes, vcd_user="admin@Tyrell")["built_in"] == ["Dark", "Default"]
