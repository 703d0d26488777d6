"""Catalogs and what is in them, as the module reads them from simulated vCloud Directors.

What it shares with the other modules that read what organizations have is in test_vcd_org_vdc_info.
"""

from __future__ import annotations

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_catalog_info import Catalogs
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import HERE, Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


def test_a_catalog_is_told_with_what_is_in_it(vcd: Vcd) -> None:
    (catalog,) = vcd.run(Catalogs, org="Tyrell")["vcd_catalog"]
    assert (catalog["name"], catalog["org"], catalog["owner"]) == ("Tyrell Templates", "Tyrell", "admin")
    assert (catalog["published"], catalog["template_count"], catalog["media_count"]) == (False, 2, 0)
    assert catalog["id"].startswith("urn:vcloud:catalog:")
    photon, ubuntu = catalog["contents"]
    assert (photon["name"], ubuntu["name"]) == ("photon-5.0", "ubuntu-22.04")
    assert (photon["type"], photon["vdc"]) == ("vapptemplate", "Tyrell A03 Allocated")
    assert photon["id"].startswith("urn:vcloud:catalogitem:")


def test_items_belong_to_their_catalog(vcd: Vcd) -> None:
    vcd.control.change("catalog-add", HERE, org="Tyrell", catalog="Golden Images")
    vcd.control.change("template-add", HERE, org="Tyrell", catalog="Golden Images", template="debian-12")
    for options in ({}, {"org": "Tyrell"}, {"name": "*"}):
        found = vcd.run(Catalogs, **options)["vcd_catalog"]
        assert {row["name"]: [item["name"] for item in row["contents"]] for row in found} == {
            "Golden Images": ["debian-12"], "Tyrell Templates": ["photon-5.0", "ubuntu-22.04"],
        }  # fmt: skip
    (only,) = vcd.run(Catalogs, name="Golden*")["vcd_catalog"]
    assert [item["name"] for item in only["contents"]] == ["debian-12"]


def test_contents_can_be_left_unread(vcd: Vcd) -> None:
    (catalog,) = vcd.run(Catalogs, with_contents=False)["vcd_catalog"]
    assert catalog["contents"] is None
    assert len(vcd.requests) == 1
