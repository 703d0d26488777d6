"""The module in this process against the simulated vCD: tokens that are told once, used, kept in files and revoked."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import api_tokens
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_token import ApiToken
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_token_info import ApiTokens
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org_info import Organizations
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_session import SessionTask
from tests.unit.plugins.modules import vcds

# The first release that has them, the last whose sessions have a cookie, the newest.
vcd = vcds.fixture("10.3.1", "10.4", "10.6")
with_accounts = vcds.fixture("10.4", "10.6")  # the first release that has service accounts, the newest
before = vcds.fixture("10.3")
NOBODY = {"vcd_user": None, "vcd_password": None}
LOST = {"service": "*/vcd", "times": 1}


def tokens(vcd: Any) -> dict[str, Any]:
    """The tokens of the simulator by name."""
    service = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"]
    return {token.name: token for token in service.tokens._tokens.values()}


def test_a_token_is_made_told_once_and_found_again(vcd: Any) -> None:
    made = vcd.run(ApiToken, name="nightly")
    assert made["changed"]
    assert made["vcd_api_token"] == {"name": "nightly", "owner": "administrator", "org": "System"}
    assert made["api_token"] == tokens(vcd)["nightly"].secret
    assert made["api_token"] not in str(made["diff"])
    again = vcd.run(ApiToken, name="nightly")
    assert (again["changed"], "api_token" in again) == (False, False)


def test_check_mode_makes_none(vcd: Any) -> None:
    predicted = vcd.run(ApiToken, check=True, name="nightly")
    assert predicted["changed"] and "api_token" not in predicted
    assert tokens(vcd) == {} and vcd.writes == []
    made = vcd.run(ApiToken, name="nightly")
    made.pop("api_token")
    assert predicted == made


@pytest.mark.parametrize(("user", "org"), [("administrator@system", "system"), ("admin@Tyrell", "Tyrell")])
def test_a_login_with_the_token_is_a_login_of_its_owner_and_revoking_ends_that(vcd: Any, user: str, org: str) -> None:
    value = vcd.run(ApiToken, vcd_user=user, name="nightly")["api_token"]
    with_it = {**NOBODY, "vcd_api_token": value, "vcd_api_token_org": org}
    session = vcd.run(SessionTask, **with_it)["vcd_session"]
    assert (session["user"], session["org"].lower()) == (user.split("@")[0], org.lower())
    assert "Tyrell" in [row["name"] for row in vcd.run(Organizations, **with_it)["vcd_org"]]
    gone = vcd.run(ApiToken, vcd_user=user, name="nightly", state="absent")
    assert gone["changed"] and gone["vcd_api_token"] == {}
    refused = vcd.run(Organizations, **with_it)
    assert refused["failed"] and f"another organization than vcd_api_token_org ({org})" in refused["msg"]
    assert value not in str(refused)


def test_a_session_that_was_made_from_a_token_may_not_handle_tokens(vcd: Any) -> None:
    value = vcd.run(ApiToken, name="nightly")["api_token"]
    session = vcd.run(SessionTask, **NOBODY, vcd_api_token=value)["vcd_session"]
    vcd.control.clear_journal()
    for module, options in ((ApiToken, {"name": "another"}), (ApiTokens, {})):
        refused = vcd.run(module, **NOBODY, vcd_api_token=value, **options)
        assert refused["msg"].startswith("vcd_api_token is set: a session that is made from an API token can neither")
        assert vcd.control.count() == 0
    for module, options in ((ApiToken, {"name": "another"}), (ApiTokens, {})):
        refused = vcd.run(module, **NOBODY, vcd_token=session["token"], **options)
        assert refused["error"]["status"] == 403
        assert "a session that was itself made from an API token has it never" in refused["msg"]
    assert set(tokens(vcd)) == {"nightly"}


def test_a_session_with_a_cookie_makes_tokens_too(vcd: Any) -> None:
    token = vcd.run(SessionTask)["vcd_session"]["token"]
    made = vcd.run(ApiToken, **NOBODY, vcd_token=token, name="nightly")
    assert made["api_token"] == tokens(vcd)["nightly"].secret


def test_a_file_has_the_value_and_the_result_has_it_not(vcd: Any, tmp_path: Path) -> None:
    path = tmp_path / "nightly"
    path.write_text("an older one")
    path.chmod(0o644)
    made = vcd.run(ApiToken, name="nightly", path=str(path))
    value = tokens(vcd)["nightly"].secret
    assert path.read_text() == f"{value}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "api_token" not in made and value not in str(made)
    assert [each.name for each in tmp_path.iterdir()] == ["nightly"]


def test_a_token_without_its_file_is_warned_about(vcd: Any, tmp_path: Path, warnings: list[str]) -> None:
    path = str(tmp_path / "nightly")
    vcd.run(ApiToken, name="nightly", path=path)
    assert vcd.run(ApiToken, name="nightly", path=path)["changed"] is False and warnings == []
    os.unlink(path)
    for check in (True, False):
        assert vcd.run(ApiToken, check=check, name="nightly", path=path)["changed"] is False
    assert len(warnings) == 2 and f"path {path} does not, and its value cannot be told again" in warnings[0]
    assert vcd.run(ApiToken, name="nightly", path=path, state="absent")["changed"] and len(warnings) == 2


def test_a_token_whose_file_cannot_be_written_is_not_left(
    vcd: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(api_tokens.os, "fsync", full)
    path = tmp_path / "nightly"
    path.write_text("an older one")
    failed = vcd.run(ApiToken, name="nightly", path=str(path))
    assert failed["msg"] == f"path {path} could not be written: No space left on device. No API token was made."
    assert tokens(vcd) == {}
    assert path.read_text() == "an older one" and os.listdir(tmp_path) == ["nightly"]


def test_a_folder_that_is_none_is_told_before_anything_is_sent(vcd: Any, tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "file", tmp_path):
        for check in (True, False):
            failed = vcd.run(ApiToken, check=check, name="nightly", path=str(path))
            assert failed["msg"].startswith(f"path is '{path}'")
    assert vcd.control.count() == 0


@pytest.mark.parametrize("step", ["register", "token"])
def test_a_lost_reply_costs_no_value_and_leaves_no_second_token(vcd: Any, step: str) -> None:
    vcd.control.add_fault("drop_reply", method="POST", path=f"/oauth/provider/{step}", **LOST)
    made = vcd.run(ApiToken, name="nightly")
    assert made["changed"] and made["api_token"] == tokens(vcd)["nightly"].secret
    assert len(tokens(vcd)) == 1


def test_what_fails_after_the_registration_leaves_nothing(vcd: Any) -> None:
    vcd.control.add_fault("refuse_role", method="POST", path="/oauth/provider/token", **LOST)
    failed = vcd.run(ApiToken, name="nightly")
    assert failed["error"]["status"] == 403
    assert tokens(vcd) == {}


def test_a_token_that_could_be_neither_told_nor_revoked_is_named(vcd: Any) -> None:
    vcd.control.add_fault("drop_reply", method="POST", path="/oauth/provider/token", **LOST)
    vcd.control.add_fault("refuse_role", method="DELETE", path="/cloudapi/1.0.0/tokens/*", **LOST)
    failed = vcd.run(ApiToken, name="nightly")
    assert failed["failed"] and "run the task with state absent, then again" in failed["msg"]
    vcd.control.clear_faults()
    assert vcd.run(ApiToken, name="nightly", state="absent")["changed"]
    assert vcd.run(ApiToken, name="nightly")["api_token"]


def test_an_administrator_revokes_the_token_of_a_tenants_user_and_makes_none_for_him(vcd: Any) -> None:
    his = {"name": "nightly", "owner": "admin", "org": "Tyrell"}
    failed = vcd.run(ApiToken, **his)
    assert failed["msg"].startswith("owner is 'admin': API token nightly does not exist, and a user can make")
    vcd.run(ApiToken, vcd_user="admin@Tyrell", name="nightly")
    assert vcd.run(ApiToken, **his)["changed"] is False
    assert vcd.run(ApiToken, name="nightly", state="absent")["changed"] is False  # his, not the administrator's own
    assert vcd.run(ApiToken, **his, state="absent")["changed"]
    assert tokens(vcd) == {}


def test_acting_for_an_organization_makes_the_users_own_token(vcd: Any) -> None:
    made = vcd.run(ApiToken, name="nightly", vcd_tenant="Tyrell")
    assert made["vcd_api_token"]["org"] == "System"
    assert vcd.run(ApiToken, name="nightly", vcd_tenant="Tyrell")["changed"] is False


def test_the_release_before_has_none_and_says_so(before: Any) -> None:
    for module, options in ((ApiToken, {"name": "nightly"}), (ApiTokens, {})):
        failed = before.run(module, **options)
        expected = "API tokens need API version 36.1 (VMware Cloud Director 10.3.1), and 36.0 is spoken here"
        assert failed["msg"] == expected
        assert before.requests == []


def test_a_name_is_needed(vcd: Any) -> None:
    assert vcd.run(ApiToken, name=" ")["msg"] == "name is ' ': name the API token"
    assert vcd.control.count() == 0


def test_a_wrong_password_makes_none_and_is_not_told(vcd: Any) -> None:
    failed = vcd.run(ApiToken, name="nightly", vcd_password="not this one")
    assert failed["error"]["status"] == 401 and "not this one" not in str(failed)
    assert tokens(vcd) == {}


def service_account_token(vcd: Any) -> str:
    """The refresh token of a service account that an administrator has let in, by the device flow."""
    session = vcd.run(SessionTask)["vcd_session"]
    base, number = vcd.simulator.vcd(vcds.HERE), session["api_version"]
    headers = {"Authorization": f"Bearer {session['access_token']}", "Accept": f"application/json;version={number}"}

    def post(path: str, **more: Any) -> Any:
        reply = requests.post(f"{base}/{path}", headers=headers, verify=vcd.simulator.ca_path, timeout=30, **more)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    role = "urn:vcloud:role:System%20Administrator"
    account = {"client_name": "robot", "software_id": str(uuid.uuid4()), "scope": role}
    client = post("oauth/provider/register", json=account)["client_id"]
    codes = post("oauth/provider/device_authorization", data={"client_id": client})
    post("cloudapi/1.0.0/deviceLookup/grant", json={"userCode": codes["user_code"]})
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    form = {"grant_type": grant, "client_id": client, "device_code": codes["device_code"]}
    value: str = post("oauth/provider/token", data=form)["refresh_token"]
    return value


def test_the_token_of_a_service_account_is_refused_with_what_it_means(with_accounts: Any) -> None:
    vcd = with_accounts
    value = service_account_token(vcd)
    before = len({session.id for session in vcd.site.vcd_sessions.values()})
    refused = vcd.run(Organizations, **NOBODY, vcd_api_token=value)
    assert refused["msg"].startswith("vcd_api_token is that of a service account, which every use replaces by another")
    assert len({session.id for session in vcd.site.vcd_sessions.values()}) == before  # the one it opened is closed
    again = vcd.run(Organizations, **NOBODY, vcd_api_token=value)
    assert "vcd_api_token is not valid" in again["msg"]
    assert value not in str(refused) + str(again)
