"""Records in the user's words, and who is asked for what: without a server."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import machines, records, vdcs
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.filters import Filter

VDC = "11111111-0000-4000-8000-{:012d}"


def vdc(number: int, org: str, name: str) -> Element:
    """A VDC of a provider's list."""
    owner = f"urn:vcloud:org:22222222-0000-4000-8000-{number:012d}"
    return Element("AdminVdcRecord", {"id": f"urn:vcloud:vdc:{VDC.format(number)}", "name": name, "orgName": org,
                                      "org": owner})  # fmt: skip


def machine(number: int, in_vdc: int, **more: str) -> Element:
    """A VM of a provider's list."""
    return Element("AdminVMRecord", {
        "id": f"urn:vcloud:vm:33333333-0000-4000-8000-{number:012d}", "name": f"vm-{number}", "containerName": "web",
        "container": "urn:vcloud:vapp:44444444-0000-4000-8000-000000000001",
        "vdc": f"urn:vcloud:vdc:{VDC.format(in_vdc)}", "status": "POWERED_ON", "isVAppTemplate": "false",
        "numberOfCpus": "2", "memoryMB": "4096", "isDeployed": "true", **more,
    })  # fmt: skip


class Api:
    """Answers from lists, each answer once where there are several, and notes what was asked."""

    is_provider = True

    def __init__(self, **answers: list[list[Element]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def query(self, kind: str, where: Filter | None = None, fields: str | None = None) -> list[Element]:
        self.asked.append((kind, where.text() if where else ""))
        found = self.answers[kind]
        return found.pop(0) if len(found) > 1 else found[0]


def read(api: Api, **options: Any) -> list[dict[str, Any]]:
    """The VMs that a provider reads."""
    provider: Any = api
    return machines.read(provider, **options)


@pytest.mark.parametrize(
    "names, name, fits",
    [
        (None, "anything", True),
        (["web"], "web", True),
        (["web"], "Web", False),
        (["web*"], "web-01", True),
        (["*-01", "db"], "db", True),
        (["*.01"], "webx01", False),
        (["a*b*c"], "a-b-c", True),
        (["a*b*c"], "a-c-b", False),
    ],
)
def test_a_star_stands_for_any_text(names: list[str] | None, name: str, fits: bool) -> None:
    assert records.matcher(names)(name) is fits


@pytest.mark.parametrize(
    "told, utc",
    [
        ("2026-03-01T22:00:00.123Z", "2026-03-01T22:00:00Z"),
        ("2026-03-01T23:30:00+01:30", "2026-03-01T22:00:00Z"),
        ("2026-03-01T22:00:00", "2026-03-01T22:00:00Z"),
        ("", None),
        (None, None),
        ("some day", "some day"),
    ],
)
def test_moments_are_told_in_utc(told: str | None, utc: str | None) -> None:
    assert records.utc(told) == utc


def test_more_values_than_an_address_takes_are_compared_here() -> None:
    many = [f"vapp-{number}" for number in range(records.MOST_VALUES + 1)]
    assert records.one_of("name", many) is None
    asked = records.one_of("name", many[:2])
    assert asked is not None and asked.text() == "name==vapp-0,name==vapp-1"


def test_a_vm_that_a_changing_list_shows_twice_is_one() -> None:
    api = Api(adminVM=[[machine(1, 1), machine(2, 1), machine(1, 1)]], adminOrgVdc=[[vdc(1, "acme", "gold")]])
    assert [row["name"] for row in read(api)] == ["vm-1", "vm-2"]


def test_a_vdc_that_came_while_vms_were_read_is_looked_up_once_more() -> None:
    api = Api(
        adminVM=[[machine(1, 1), machine(2, 2)]],
        adminOrgVdc=[[vdc(1, "acme", "gold")], [vdc(1, "acme", "gold"), vdc(2, "umbra", "new")]],
    )
    assert [(row["org"], row["vdc"]) for row in read(api)] == [("acme", "gold"), ("umbra", "new")]
    assert [kind for kind, _where in api.asked].count("adminOrgVdc") == 2


def test_a_vm_whose_vdc_is_not_known_is_still_told() -> None:
    api = Api(adminVM=[[machine(1, 7)]], adminOrgVdc=[[vdc(1, "acme", "gold")]])
    ((name, org),) = [(row["name"], row["org"]) for row in read(api)]
    assert (name, org) == ("vm-1", "")


def test_what_is_chosen_is_asked_of_the_server_and_compared_again() -> None:
    api = Api(
        adminVM=[[machine(1, 1), machine(2, 2), machine(3, 1, status="POWERED_OFF"), machine(4, 1, name="VM-1")]],
        adminOrgVdc=[[vdc(1, "acme", "gold")]],
    )
    rows = read(api, orgs=["acme"], names=["vm-*"], power_states=["powered_on"])
    assert [row["name"] for row in rows] == ["vm-1"]
    assert api.asked == [
        ("adminOrgVdc", "orgName==acme"),
        ("adminVM", "(name==vm-*;status==POWERED_ON;isVAppTemplate==false);"
                    f"vdc==urn:vcloud:vdc:{VDC.format(1)}"),
    ]  # fmt: skip


def test_an_organization_of_many_vdcs_is_asked_for_by_its_own_id() -> None:
    owned = [vdc(number, "acme", f"vdc-{number}") for number in range(records.MOST_VALUES + 1)]
    for each in owned:
        each.set("org", "urn:vcloud:org:22222222-0000-4000-8000-000000000001")
    api = Api(adminVM=[[machine(1, 1)]], adminOrgVdc=[owned])
    assert len(read(api, orgs=["acme"])) == 1
    assert "org==urn:vcloud:org:22222222-0000-4000-8000-000000000001" in api.asked[1][1]


def test_deleted_machines_and_those_of_templates_are_left_out() -> None:
    rows = [machine(1, 1), machine(2, 1, isDeleted="true"), machine(3, 1, isVAppTemplate="true")]
    for templates, names in ((False, ["vm-1"]), (True, ["vm-1", "vm-3"])):
        api = Api(adminVM=[list(rows)], adminOrgVdc=[[vdc(1, "acme", "gold")]])
        assert [row["name"] for row in read(api, templates=templates)] == names
        assert ("isVAppTemplate" in api.asked[0][1] + api.asked[1][1]) is not templates


def test_a_pattern_of_organizations_that_fits_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [({"name": "acme"}, {}), ({"name": "umbra"}, {})]
    monkeypatch.setattr(
        vdcs.organizations, "matching",
        lambda api, descriptions, name=None: [each for each in known if name in (None, each[0]["name"])],
    )  # fmt: skip
    api: Any = Api(adminOrgVdc=[[vdc(1, "acme", "gold")]])
    assert [place.org for place in vdcs.places(api, ["a*", "umbra"]).values()] == ["acme"]
    with pytest.raises(InputError, match=r"org is 'x\*': there is no such organization"):
        vdcs.places(api, ["acme", "x*"])


def test_a_wrong_name_is_told_with_the_option_that_chose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        vdcs.organizations, "matching",
        lambda api, descriptions, name=None: [({"name": "acme"}, {})] if name in (None, "acme") else [],
    )  # fmt: skip
    chosen: list[tuple[dict[str, Any], str]] = [
        ({"orgs": ["acm"]}, "org is 'acm'"),
        ({"orgs": ["acm"], "options": ("orgs", "vdcs")}, "orgs is 'acm': there is no such organization; did you mean"),
        ({"vdcs": ["gild"]}, "vdc is 'gild'"),
        ({"vdcs": ["gild"], "options": ("orgs", "vdcs")}, "vdcs is 'gild': there is no such organization VDC; did you"),
    ]
    for options, told in chosen:
        with pytest.raises(InputError, match=f"^{told}"):
            read(Api(adminOrgVdc=[[vdc(1, "acme", "gold")]]), **options)
