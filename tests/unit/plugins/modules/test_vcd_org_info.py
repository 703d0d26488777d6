"""The module in this process against the simulated vCloud Director, over TLS, from the oldest release to the newest."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from types import SimpleNamespace
from typing import Any

import ansible.module_utils.basic as ansible_basic
import pytest

from ansible_collections.vcpp.vcloud.plugins.modules import vcd_org_info
from tests.unit.plugins.module_utils._vcd.scripted import PASSWORD

# The oldest ansible-core is tested on a Python and in an environment that the simulator does not run in.
pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11) or importlib.util.find_spec("uvloop") is None, reason="the simulator cannot run here"
)

SITE = "North"
TENANTS = 300
# The oldest, the first with each login and each list of organizations, the newest.
RELEASES = {"9.0": "29.0", "10.0": "33.0", "10.2": "35.0", "10.6.1": "39.1"}

Module = Callable[..., dict[str, Any]]


def estate(release: str) -> dict[str, Any]:
    """One site with a vCD of a release."""
    return {
        "product_version": "4.7",
        "root_password": PASSWORD,
        "sites": [{
            "name": SITE,
            "lookup_service": "https://vc.example.test/lookupservice/sdk",
            "vcd": {"url": "https://vcd.example.test", "administrator": "administrator@system", "version": release},
            "public_endpoint": {"address": "vcav.example.test"},
            "appliances": [
                {"name": "cloud", "deployment_option": "cloud", "address": "192.0.2.1"},
                {"name": "tunnel", "deployment_option": "tunnel", "address": "192.0.2.2"},
            ],
        }],
        "policy_assignments": [{"org": "Tyrell"}, {"org": "Wallace"}],
    }


@pytest.fixture(scope="module", params=list(RELEASES))
def vcd(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A running vCD: `simulator`, `release`, and its Tyrell with a description, its Wallace disabled."""
    from tests.simulator.running import running_simulator

    with running_simulator(estate(request.param), organizations=TENANTS) as simulator:
        site = simulator.simulator.world.sites[SITE]
        site.organizations["Tyrell"].full_name = "Tyrell Corporation"
        site.organizations["Tyrell"].description = "More human than human"
        site.organizations["Wallace"].enabled = False
        site.revision += 1
        yield SimpleNamespace(
            simulator=simulator, control=simulator.control, release=request.param, site=site,
            new=tuple(map(int, RELEASES[request.param].split("."))) >= (35, 0),
        )


@pytest.fixture
def module(vcd: Any, monkeypatch: pytest.MonkeyPatch) -> Module:
    """Runs the module with options; answers its result."""
    vcd.control.clear_journal()
    vcd.control.clear_faults()

    def play(**more: Any) -> dict[str, Any]:
        options = {
            "vcd_url": vcd.simulator.vcd(SITE), "ca_path": vcd.simulator.ca_path,
            "vcd_user": vcd.simulator.vcd_user(SITE), "vcd_password": vcd.simulator.vcd_password(SITE), **more,
        }
        given = {name: value for name, value in options.items() if value is not None}
        document = json.dumps({"ANSIBLE_MODULE_ARGS": given})
        monkeypatch.setattr(ansible_basic, "_ANSIBLE_ARGS", document.encode())
        if hasattr(ansible_basic, "_ANSIBLE_PROFILE"):  # ansible-core 2.19 and newer
            monkeypatch.setattr(ansible_basic, "_ANSIBLE_PROFILE", "legacy")
        output = io.StringIO()
        with redirect_stdout(output), pytest.raises(SystemExit):
            vcd_org_info.main()
        result: dict[str, Any] = json.loads(output.getvalue())
        return result

    return play


def requests_of(vcd: Any) -> list[str]:
    return [f"{entry['method']} {entry['path'].split('?')[0]}" for entry in vcd.control.journal()]


def test_all_organizations_of_all_pages_come_sorted_by_name(module: Module, vcd: Any) -> None:
    result = module(with_description=False)
    names = [org["name"] for org in result["vcd_org"]]
    assert names == sorted(vcd.site.organizations)
    assert len(names) == TENANTS + 2
    assert [entry["name"] for entry in result["details"]] == names
    assert len({entry["id"] for entry in result["details"]}) == len(names)
    asked = requests_of(vcd)
    # versions, login, three pages of 128, logout
    assert len(asked) == 6
    assert asked[0] == "GET /api/versions"
    assert vcd.control.count(write=True) == 0


def test_the_version_of_the_release_is_spoken(module: Module, vcd: Any) -> None:
    module(name="Tyrell")
    expected = ("GET /cloudapi/1.0.0/orgs" if vcd.new else "GET /api/query")
    assert expected in requests_of(vcd)


def test_one_organization_is_read_whole(module: Module, vcd: Any) -> None:
    result = module(name="Tyrell")
    assert result["changed"] is False
    assert result["vcd_org"] == [
        {
            "name": "Tyrell", "full_name": "Tyrell Corporation", "description": "More human than human",
            "enabled": True, "can_publish": False,
        }
    ]  # fmt: skip
    (details,) = result["details"]
    assert details["id"] == f"urn:vcloud:org:{vcd.site.organizations['Tyrell'].id}"
    assert details["vapp_count"] is not None
    assert (details["user_count"] is not None) is vcd.new
    # beside versions, login and logout
    assert len(requests_of(vcd)) - 3 == (1 if vcd.new else 2)


def test_names_differ_in_upper_and_lower_case(module: Module) -> None:
    result = module(name="tyrell")
    assert (result["vcd_org"], result["details"]) == ([], [])


def test_an_unknown_name_gives_an_empty_list(module: Module) -> None:
    assert module(name="Nexus-6")["vcd_org"] == []


def test_disabled_organizations_are_chosen_by_the_server(module: Module, vcd: Any) -> None:
    result = module(enabled=False)
    assert [org["name"] for org in result["vcd_org"]] == ["Wallace"]
    assert len(module(enabled=True, with_description=False)["vcd_org"]) == TENANTS + 1
    assert "isEnabled" in next(entry["path"] for entry in vcd.control.journal() if "isEnabled" in entry["path"])


def test_every_session_is_closed(module: Module, vcd: Any) -> None:
    module(name="Tyrell")
    assert requests_of(vcd)[-1].startswith("DELETE ")
    assert vcd.control.journal()[-1]["status"] == 204
    assert not vcd.site.vcd_sessions


def test_a_tenant_sees_the_own_organization_only(module: Module, vcd: Any) -> None:
    result = module(vcd_user="admin@Tyrell")
    assert [org["name"] for org in result["vcd_org"]] == ["Tyrell"]


def test_an_expired_login_in_mid_list_is_renewed(module: Module, vcd: Any) -> None:
    vcd.control.add_fault("expire_tokens", service="*/vcd", path="*page=2*", times=1)
    assert len(module(with_description=False)["vcd_org"]) == TENANTS + 2
    asked = requests_of(vcd)
    assert len([each for each in asked if each.startswith("POST ")]) == 2
    assert not vcd.site.vcd_sessions


def test_descriptions_of_many_organizations_survive_an_expired_login(module: Module, vcd: Any) -> None:
    if vcd.new:
        pytest.skip("no request per organization from API 35.0 on")
    vcd.control.add_fault("expire_tokens", service="*/vcd", path="/api/org/*", times=1)
    result = module()
    assert {org["name"]: org["description"] for org in result["vcd_org"]}["Tyrell"] == "More human than human"
    assert all(org["description"] is not None for org in result["vcd_org"])
    assert len([each for each in requests_of(vcd) if each.startswith("POST ")]) == 2


def test_a_short_page_is_an_error_and_no_short_list(module: Module, vcd: Any) -> None:
    vcd.control.add_fault("short_page", service="*/vcd", path="*page=3*")
    result = module()
    assert result["failed"] is True
    assert f"ended after 256 of {TENANTS + 2} items" in result["msg"]
    assert not vcd.site.vcd_sessions


def test_a_page_that_was_short_once_is_made_good_by_reading_the_list_again(module: Module, vcd: Any) -> None:
    vcd.control.add_fault("short_page", service="*/vcd", path="*page=3*", times=1)
    assert len(module(with_description=False)["vcd_org"]) == TENANTS + 2


def test_a_burst_of_bad_gateways_is_outlived(module: Module, vcd: Any) -> None:
    vcd.control.add_fault("bad_gateway", service="*/vcd", method="GET", path="*/api/versions", times=1)
    assert module(name="Tyrell")["vcd_org"][0]["name"] == "Tyrell"


def test_a_wrong_password_fails_with_the_servers_words_and_advice(module: Module) -> None:
    result = module(vcd_password="not this one")
    assert result["failed"] is True
    assert "401" in result["msg"] and "The user name or the password is not correct." in result["msg"]
    assert "Check the user and the password" in result["msg"]
    assert result["error"]["status"] == 401
    assert result["error"]["code"] == "UNAUTHORIZED"
    assert "not this one" not in json.dumps(result)


def test_a_missing_right_is_told(module: Module, vcd: Any) -> None:
    path = "/cloudapi/1.0.0/orgs*" if vcd.new else "/api/query*"
    vcd.control.add_fault("refuse_role", service="*/vcd", path=path, times=1)
    result = module()
    assert (result["failed"], result["error"]["status"]) == (True, 403)
    assert result["error"]["code"] == "ACCESS_TO_RESOURCE_IS_FORBIDDEN"


def test_a_pinned_version_is_spoken_and_an_unknown_one_refused(module: Module, vcd: Any) -> None:
    from tests.simulator.vcd.versions import offers_of

    oldest = offers_of(vcd.release)[0].version
    assert module(name="Tyrell", vcd_api_version=oldest)["vcd_org"][0]["description"] == "More human than human"
    result = module(vcd_api_version="19.0")
    assert result["msg"].startswith("vcd_api_version is 19.0, but the server offers ")


@pytest.mark.parametrize("kind", ["access_token", "token"])
def test_a_given_token_serves_and_stays_open(module: Module, vcd: Any, kind: str) -> None:
    service = vcd.simulator.simulator.world.services[f"{SITE}/vcd"]
    if kind == "token" and not [offer for offer in service.offers if offer.number < (38, 0)]:
        pytest.skip("no offered version takes a short token")
    session = service.sessions.start(vcd.site.authenticate("administrator", "system", PASSWORD))
    try:
        result = module(name="Tyrell", vcd_user=None, vcd_password=None, vcd_token=getattr(session, kind))
        assert [org["name"] for org in result["vcd_org"]] == ["Tyrell"]
        assert service.sessions.living(session.token) is session
    finally:
        service.sessions.end(session)
