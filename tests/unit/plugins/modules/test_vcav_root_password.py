"""The module in this process against the simulator: a first password, a later one, and the days when none is right."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _sessions
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import passwords
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_root_password import RootPassword
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_root_password_info import RootPasswordInfo

NEW = "N3w-Secret-2030"
CHANGE = "POST /config/root-password"


@pytest.fixture
def fresh(estate: Any) -> Any:
    """The estate whose appliances were powered on just now; `estate.first` is the password of their OVF properties."""
    estate.control.reset(start="first-boot")
    estate.control.task_seconds(0)
    estate.control.restart_seconds(0.2)
    estate.control.clear_journal()
    estate.first = estate.simulator.simulator.world.estate.initial_root_password
    yield estate
    estate.control.reset(start="configured")


def attempts(estate: Any) -> list[int]:
    """The status of every login."""
    entries = [each for each in estate.control.journal() if (each["method"], each["path"]) == ("POST", "/sessions")]
    return [entry["status"] for entry in entries]


def secrets_in(result: Any, *secrets: str) -> list[str]:
    return [secret for secret in secrets if secret in str(result)]


def test_a_first_password_is_replaced_once(fresh: Any) -> None:
    options = {"current_password": fresh.first}
    predicted = fresh.run(RootPassword, check=True, **options)
    assert fresh.writes == []
    made = fresh.run(RootPassword, **options)
    assert made == predicted
    assert made["changed"] is True
    assert made["vcav_root_password"] == {"as_wanted": True, "expired": False, "expires_in_days": None}
    assert made["diff"][0]["before"] == {"as_wanted": False, "expired": True}
    assert made["diff"][0]["after"] == {"as_wanted": True, "expired": False}
    again = fresh.run(RootPassword, **options)
    assert again["changed"] is False and "diff" not in again
    assert fresh.run(RootPassword, check=True, **options) == again
    assert fresh.writes == [CHANGE]
    assert fresh.sessions == 0


def test_the_password_is_already_changed_and_the_first_one_is_not_even_tried(estate: Any) -> None:
    result = estate.run(RootPassword, current_password="of-long-ago")
    assert result["changed"] is False
    assert result["vcav_root_password"]["as_wanted"] is True
    days = result["vcav_root_password"]["expires_in_days"]
    assert days is None if estate.release == "3.0" else 360 < days <= 365
    assert attempts(estate) == [200]
    assert len(estate.control.journal()) <= 4  # login, release, expiry, logout


def test_the_connections_password_is_todays_where_another_is_wanted(estate: Any) -> None:
    assert estate.run(RootPassword, password=NEW)["changed"] is True
    assert attempts(estate) == [401, 200, 200]
    result = estate.run(RootPassword, vcav_password=NEW)
    assert (result["changed"], result["vcav_root_password"]["expired"]) == (False, False)


def test_a_forgotten_password_is_tried_once_each_and_told(estate: Any) -> None:
    result = estate.run(RootPassword, vcav_password="Wr0ng-wanted!", current_password="Wr0ng-current!")
    assert result["failed"] is True
    assert "refused with the wanted password and with current_password; each was tried once" in result["msg"]
    assert "only the appliance's console helps" in result["msg"] and "Nothing was changed" in result["msg"]
    assert attempts(estate) == [401, 401]
    assert secrets_in(result, "Wr0ng-wanted!", "Wr0ng-current!") == []


def test_a_password_that_was_changed_proves_nothing_any_more_in_the_same_run(
    fresh: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _sessions.RunStore(str(tmp_path))
    monkeypatch.setattr(_sessions, "_run", run)
    assert fresh.run(RootPassword, current_password=fresh.first)["changed"] is True
    assert "refused with the wanted password" in fresh.run(RootPassword, vcav_password=fresh.first)["msg"]
    run.close()
    assert fresh.sessions == 0


def test_a_password_that_somebody_changes_during_the_run_is_told_as_that(
    fresh: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _sessions.RunStore(str(tmp_path))
    monkeypatch.setattr(_sessions, "_run", run)
    fresh.run(RootPassword, check=True, current_password=fresh.first)
    appliance = fresh.simulator.simulator.sites[fresh.here].cloud.appliance
    appliance.change_root_password(fresh.first, "S0mebody-else")
    told = fresh.run(RootPassword, current_password=fresh.first)["msg"]
    run.close()
    assert "Somebody has changed it since this run logged in: give in current_password" in told
    assert appliance.root_password == "S0mebody-else"


def test_a_refusal_without_a_current_password_asks_for_it(estate: Any) -> None:
    result = estate.run(RootPassword, vcav_password="Wr0ng-wanted!")
    assert "current_password is not given" in result["msg"]
    assert attempts(estate) == [401]


def test_a_new_appliance_that_boots_is_waited_for_and_no_password_is_tried_twice(fresh: Any) -> None:
    name = fresh.simulator.simulator.sites[fresh.here].cloud.appliance.name
    fresh.control.appliance("power-off", fresh.here, name)
    fresh.control.appliance("power-on", fresh.here, name)
    assert fresh.run(RootPassword, current_password=fresh.first, wait_interval=1)["changed"] is True
    assert attempts(fresh) == [401, 200, 200]


def test_a_restart_between_two_tries_does_not_try_the_first_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def log_in(params: Any, password: str, sessions: Any) -> Any:
        tried.append(password)
        status = 503 if tried == ["wanted", "current"] else 401
        problem = HttpError("status", "POST", "https://x", "/sessions", status=status)
        raise passwords._Refused(problem) if status == 401 else problem

    monkeypatch.setattr(passwords, "_log_in", log_in)
    params = {"password": "wanted", "current_password": "current", "wait_timeout": 5, "wait_interval": 0}
    with pytest.raises(passwords.InputError, match="each was tried once"), passwords.enter(params):
        pass
    assert tried == ["wanted", "current", "current"]


def test_an_appliance_that_is_off_is_told_after_the_time(estate: Any) -> None:
    name = estate.simulator.simulator.sites[estate.here].cloud.appliance.name
    estate.control.appliance("power-off", estate.here, name)
    result = estate.run(RootPassword, wait_timeout=0)
    assert result["failed"] is True and "the connection was refused" in result["msg"]


def test_an_expired_password_cannot_be_renewed_to_itself(fresh: Any) -> None:
    result = fresh.run(RootPassword, vcav_password=fresh.first)
    assert result["failed"] is True
    assert "it has expired, and a password cannot be renewed to itself" in result["msg"]
    assert result["vcav_root_password"]["expired"] is True
    assert fresh.writes == []
    told = fresh.run(RootPasswordInfo, vcav_password=fresh.first)["vcav_root_password"]
    assert told == {"expired": True, "expires_in_days": None if fresh.release == "3.0" else 0}


def test_an_old_password_is_warned_of_in_time(estate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    days = 340
    for site in estate.simulator.simulator.sites.values():
        for appliance in site.appliances.values():
            appliance.password_changed -= days * 24 * 3600 * 1000
    warnings: list[str] = []
    monkeypatch.setattr("ansible.module_utils.basic.AnsibleModule.warn", lambda self, text: warnings.append(text))
    assert estate.run(RootPassword, warn_before_days=0)["changed"] is False
    assert warnings == []
    estate.run(RootPassword)
    known = estate.release != "3.0"
    assert [text.partition(" expires ")[2] for text in warnings] == ["in 24 days: set another one in time."] * known


def test_a_weak_password_is_refused_by_the_server_with_a_hint_and_without_showing_it(fresh: Any) -> None:
    result = fresh.run(RootPassword, password="onlyletters", current_password=fresh.first)
    assert result["failed"] is True and result["error"]["status"] == 400
    assert "It lacks an upper-case letter, a digit, a character that is" in result["msg"]
    assert "The password is as it was" in result["msg"]
    assert secrets_in(result, "onlyletters", fresh.first) == []


def test_a_lost_answer_is_settled_by_logging_in(fresh: Any) -> None:
    fresh.control.add_fault("drop_reply", path="config/root-password", times=1)
    assert fresh.run(RootPassword, current_password=fresh.first)["changed"] is True
    assert fresh.run(RootPassword)["changed"] is False
    assert fresh.writes == [CHANGE]


def test_the_manager_shares_the_password_and_the_replicator_does_not(fresh: Any) -> None:
    fresh.run(RootPassword, current_password=fresh.first)
    manager = fresh.simulator.manager(fresh.here)
    assert fresh.run(RootPassword, vcav_url=manager)["changed"] is False
    replicator = fresh.simulator.replicator(fresh.here)
    assert fresh.run(RootPassword, vcav_url=replicator, current_password=fresh.first)["changed"] is True


def test_the_other_path_of_the_expiry_is_tried_where_the_first_is_not_there() -> None:
    class Api:
        asked: list[str] = []

        def has(self, feature: str) -> bool:
            return feature == "password_expiry_in_config"

        def get(self, path: str) -> Any:
            self.asked.append(path)
            if path.startswith("config/"):
                raise HttpError("status", "GET", "https://x", path, status=404)
            return {"rootPasswordExpired": False, "secondsUntilExpiration": 3 * 24 * 3600 + 5}

    api = Api()
    assert passwords.expiry(api) == {"expired": False, "expires_in_days": 3}  # type: ignore[arg-type]
    assert api.asked == ["config/root-password-expired", "appliance/root-password-expired"]


@pytest.mark.parametrize(("options", "words"), [
    ({"vcav_token": "abc"}, "vcav_token is given, and a session proves no password"),
    ({"vcav_login": "sso", "vcav_user": "administrator@vsphere.local"}, "the password is root's"),
    ({"vcav_password": None}, "no password: set password, or vcav_password"),
    ({"warn_before_days": -1}, "warn_before_days is -1: give 0 or more"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    assert words in estate.run(RootPassword, **options)["msg"]
    assert estate.control.count() == 0


@pytest.mark.parametrize(("password", "missing"), [
    ("Str0ng-enough", []),
    ("short", ["eight characters", "an upper-case letter", "a digit", "a character that is neither letter nor digit"]),
    ("LONGERTHAN8", ["a lower-case letter", "a character that is neither letter nor digit"]),
])  # fmt: skip
def test_what_a_password_lacks(password: str, missing: list[str]) -> None:
    assert passwords.lacks(password) == missing
