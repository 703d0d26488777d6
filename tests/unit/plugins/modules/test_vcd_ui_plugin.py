"""The module in this process against the simulated vCD: packages, publication, versions, and uploads that broke off."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_ui_plugin import UiPlugin
from tests.tools.make_plugin import NAME, VENDOR, make
from tests.unit.plugins.modules import vcds

# The first release that has them, the first whose lists of organizations are pages, the newest.
vcd = vcds.fixture("9.1", "10.2", "10.6")
before = vcds.fixture("9.0")
KEY = {"name": NAME, "vendor": VENDOR, "version": "1.0.0"}


def plugins(vcd: Any) -> list[Any]:
    """Those of the simulator."""
    return list(vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"].portal.plugins.plugins.values())


def run(vcd: Any, path: Path | None, check: bool = False, **more: Any) -> Any:
    return vcd.run(UiPlugin, check, path=path and str(path), wait_interval=1, **more)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return make(tmp_path / "availability.zip")


def test_a_plugin_is_uploaded_with_what_its_manifest_says_changed_and_removed(vcd: Any, package: Path) -> None:
    predicted, made = run(vcd, package, check=True), run(vcd, package)
    assert predicted == made and made["changed"]
    assert made["vcd_ui_plugin"] == {
        **KEY, "license": "GPL-3.0-or-later", "link": "https://kiwi.example.com", "description": "Recovery for tenants",
        "tenant_scoped": True, "provider_scoped": False, "enabled": True, "orgs": [], "ready": True,
        "other_versions": [],
    }  # fmt: skip
    (there,) = plugins(vcd)
    assert there.content == package.read_bytes()
    vcd.control.clear_journal()
    assert run(vcd, package)["changed"] is False
    assert (vcd.writes, len(vcd.requests)) == ([], 2)
    changed = run(vcd, package, enabled=False, provider_scoped=True, description="")
    assert set(changed["diff"][0]["after"]) == {"enabled", "provider_scoped", "description"}
    assert there is plugins(vcd)[0] and there.content == package.read_bytes()
    # What is left out stays as it is, whatever the manifest says.
    assert run(vcd, package)["changed"] is False
    assert run(vcd, None, **KEY, enabled=True)["changed"]
    assert run(vcd, package, state="absent")["changed"] and plugins(vcd) == []
    assert run(vcd, package, state="absent")["changed"] is False


def test_options_go_before_the_manifest(vcd: Any, package: Path) -> None:
    made = run(vcd, package, version="1.0.1", license="MIT", link="", tenant_scoped=False)
    told = made["vcd_ui_plugin"]
    assert (told["version"], told["license"], told["link"], told["tenant_scoped"]) == ("1.0.1", "MIT", "", False)


def test_it_is_published_to_exactly_those_that_are_named(vcd: Any, package: Path) -> None:
    vcd.control.scale(organizations=20)
    made = run(vcd, package, orgs=["Tyrell", "tenant-00002"])
    assert made["vcd_ui_plugin"]["orgs"] == ["Tyrell", "tenant-00002"]
    assert run(vcd, package, orgs=["tenant-00002", "Tyrell", "Tyrell"])["changed"] is False
    changed = run(vcd, package, orgs=["tenant-00002", "tenant-00003"], publish_to="list")
    assert changed["diff"][0]["before"] == {"orgs": ["Tyrell", "tenant-00002"]}
    (there,) = plugins(vcd)
    assert sorted(one.name for one in there.tenants.values()) == ["tenant-00002", "tenant-00003"]
    assert run(vcd, package)["changed"] is False  # left out: left alone
    assert run(vcd, package, orgs=[])["changed"] and there.tenants == {}


def test_it_is_published_to_all_organizations_with_one_request(vcd: Any, package: Path) -> None:
    vcd.control.scale(organizations=150)
    run(vcd, package)
    vcd.control.clear_journal()
    predicted, made = run(vcd, package, check=True, publish_to="all"), run(vcd, package, publish_to="all")
    assert predicted == made and len(vcd.writes) == 1 and vcd.writes[0].endswith("/publishAll")
    assert set(made["vcd_ui_plugin"]["orgs"]) == set(vcd.site.organizations)
    assert run(vcd, package, publish_to="all")["changed"] is False
    vcd.control.scale(organizations=151)
    assert run(vcd, package, publish_to="all")["changed"]


def test_an_organization_that_is_not_there_is_named_before_anything_is_written(vcd: Any, package: Path) -> None:
    for check in (True, False):
        failed = run(vcd, package, check=check, orgs=["Tyrel"])
        assert failed["msg"] == "orgs has 'Tyrel': there is no organization of that name; did you mean 'Tyrell'?"
    assert vcd.writes == []


def test_a_new_version_stands_beside_the_old_one_or_takes_its_place(vcd: Any, package: Path, tmp_path: Path) -> None:
    run(vcd, package, orgs=["Tyrell"])
    second, third = make(tmp_path / "2.zip", version="2.0.0"), make(tmp_path / "3.zip", version="3.0.0")
    beside = run(vcd, second)
    assert beside["vcd_ui_plugin"]["other_versions"] == ["1.0.0"] and len(plugins(vcd)) == 2
    assert beside["vcd_ui_plugin"]["orgs"] == []
    predicted = run(vcd, third, check=True, remove_other_versions=True)
    vcd.control.clear_journal()
    instead = run(vcd, third, remove_other_versions=True)
    assert predicted == instead
    assert instead["vcd_ui_plugin"]["orgs"] == ["Tyrell"]  # which the first one was for
    (there,) = plugins(vcd)
    assert there.content == third.read_bytes() and there.metadata["version"] == "3.0.0"
    # What is new is there before what is old goes.
    assert [write.split()[0] for write in vcd.writes][-2:] == ["DELETE", "DELETE"]
    assert run(vcd, third, remove_other_versions=True)["changed"] is False


def test_without_a_version_all_are_removed_and_with_one_it_alone(vcd: Any, package: Path, tmp_path: Path) -> None:
    run(vcd, package)
    run(vcd, make(tmp_path / "2.zip", version="2.0.0"))
    run(vcd, make(tmp_path / "3.zip", version="3.0.0"))
    assert run(vcd, None, **KEY, state="absent")["changed"] and len(plugins(vcd)) == 2
    both = run(vcd, None, name=NAME, vendor=VENDOR, state="absent")
    assert both["changed"] and plugins(vcd) == []


def test_a_file_is_sent_again_when_asked_to(vcd: Any, package: Path) -> None:
    run(vcd, package)
    make(package, module="OtherModule")
    assert run(vcd, package)["changed"] is False  # the version is what tells one content from another
    assert run(vcd, package, check=True, force_upload=True)["changed"]
    assert run(vcd, package, force_upload=True)["changed"]
    assert plugins(vcd)[0].content == package.read_bytes()


@pytest.mark.parametrize("fault", [
    {"kind": "refuse_role", "method": "POST", "path": "/cloudapi/extensions/ui/*/plugin"},
    {"kind": "refuse_role", "method": "PUT", "path": "/transfer/*"},
])  # fmt: skip
def test_an_upload_that_broke_off_is_made_up_for(vcd: Any, package: Path, fault: dict[str, str]) -> None:
    vcd.control.add_fault(**fault, service="*/vcd", times=1)
    assert run(vcd, package)["failed"]
    assert plugins(vcd)[0].view()["plugin_status"] == "unavailable"
    predicted = run(vcd, package, check=True)
    mended = run(vcd, package)
    assert predicted == mended and mended["diff"][0]["after"] == {"ready": True}
    assert plugins(vcd)[0].content == package.read_bytes()


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/cloudapi/extensions/ui"), ("POST", "/cloudapi/extensions/ui/*/plugin"), ("PUT", "/transfer/*"),
    ("POST", "*/tenants/publish"),
])  # fmt: skip
def test_a_lost_reply_is_looked_up(vcd: Any, package: Path, method: str, path: str) -> None:
    vcd.control.add_fault("drop_reply", service="*/vcd", method=method, path=path, times=1)
    assert run(vcd, package, orgs=["Tyrell"])["changed"]
    (there,) = plugins(vcd)
    assert there.content == package.read_bytes() and [one.name for one in there.tenants.values()] == ["Tyrell"]


@pytest.mark.parametrize("path", ["/transfer/*", "*/tenants/publish"])
def test_a_login_that_expires_on_the_way_is_renewed(vcd: Any, package: Path, path: str) -> None:
    vcd.control.add_fault("expire_tokens", service="*/vcd", path=path, times=1)
    assert run(vcd, package, orgs=["Tyrell"])["changed"]
    assert plugins(vcd)[0].content == package.read_bytes() and not vcd.site.vcd_sessions


@pytest.mark.parametrize(("files", "words"), [
    ({"bundle.js": ""}, "there is no manifest.json at its top, so it is no plug-in"),
    ({"dist/manifest.json": "{}"}, "there is dist/manifest.json: zip the content of that folder"),
    ({"manifest.json": "{"}, "its manifest.json is no JSON"),
    ({"manifest.json": "[]"}, "its manifest.json is no JSON object"),
    ({"manifest.json": '{"name": "a", "vendor": "b"}'}, "its manifest.json has no version"),
    ({"manifest.json": '{"name": 1, "vendor": "b", "version": "1"}'}, "its manifest.json has no name"),
])  # fmt: skip
def test_what_is_no_package_is_refused_before_anything_is_sent(
    vcd: Any, tmp_path: Path, files: dict[str, str], words: str
) -> None:
    path = make(tmp_path / "wrong.zip", files)
    for check in (True, False):
        failed = run(vcd, path, check=check)
        assert failed["msg"].startswith(f"path is '{path}': ") and words in failed["msg"]
    assert vcd.control.count() == 0


def test_a_damaged_package_is_refused_before_anything_is_sent(vcd: Any, package: Path, tmp_path: Path) -> None:
    whole = package.read_bytes()
    with zipfile.ZipFile(package) as there:
        at = there.getinfo("bundle.js").header_offset + 45
    for content in (b"", b"<html>", whole[:-30], whole[:at] + b"\xff\xff\xff" + whole[at + 3 :]):
        package.write_bytes(content)
        assert "it is no whole zip" in run(vcd, package)["msg"]
    assert "No such file" in run(vcd, tmp_path / "nowhere.zip")["msg"]
    assert vcd.control.count() == 0


def test_options_that_do_not_fit_are_refused_before_anything_is_sent(vcd: Any, package: Path) -> None:
    for path, more, words in (
        (None, {}, "name is not set: give it, or the path of the package"),
        (None, {"name": "a", "vendor": "b"}, "version is not set"),
        (package, {"name": ""}, "name is ''"),
        (package, {"publish_to": "list"}, "publish_to is list, but orgs is not set"),
        (package, {"publish_to": "all", "orgs": ["Tyrell"]}, "orgs is set, but publish_to is all"),
        (None, {**KEY, "force_upload": True}, "force_upload is set without a path"),
    ):
        assert run(vcd, path, **more)["msg"].startswith(words)  # type: ignore[arg-type]
    assert vcd.control.count() == 0
    assert "path is not set, and there is no plug-in Kiwi Cloud availability" in run(vcd, None, **KEY)["msg"]


def test_a_tenant_is_told_that_only_the_provider_can(vcd: Any, package: Path) -> None:
    for check in (True, False):
        failed = run(vcd, package, check=check, vcd_user="admin@Tyrell")
        assert "only a System administrator can; the user is of 'Tyrell'" in failed["msg"]
    assert vcd.requests == []
    assert plugins(vcd) == []


def test_the_release_before_has_none_and_says_so(before: Any, package: Path) -> None:
    assert run(before, package)["msg"].startswith("plug-ins of the portal need API version 30.0 (vCloud Director 9.1)")
    assert before.requests == []
