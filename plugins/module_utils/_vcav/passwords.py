# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The root password of an appliance: which one holds, when it expires, and changing it (contract vcav-api.md, 4.1, 7).

A password cannot be read, so the wanted one is tried by logging in with it. Each password is tried once at most: more
would feed the appliance's counter of failed logins.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._http import HttpError, is_passing
from .._plan import InputError
from .._sessions import Store, store
from .._wait import WaitTimeout, wait_for
from .client import Vcav

_PATHS = ("config/root-password-expired", "appliance/root-password-expired")
_DAY = 24 * 3600
_SHORTEST = 8
_CLASSES: dict[str, Callable[[str], bool]] = {
    "a lower-case letter": str.islower,
    "an upper-case letter": str.isupper,
    "a digit": str.isdigit,
    "a character that is neither letter nor digit": lambda one: not one.isalnum(),
}


@dataclass
class Door:
    """An appliance that let us in with the password `current`."""

    api: Vcav
    wanted: str
    current: str
    sessions: Store

    @property
    def holds(self) -> bool:
        """Whether the wanted password is in place."""
        return self.wanted == self.current

    @property
    def site(self) -> str | None:
        """The name of the service's site, if it has one."""
        return self.api.site

    @property
    def endpoint(self) -> str:
        """The service's address."""
        return self.api.endpoint


def pick(params: Mapping[str, Any]) -> tuple[str, str | None]:
    """(the wanted password, the one to try after it or None) from a task's options. Raises InputError.

    `password` left out, the connection's own is the wanted one; `current_password` left out, the connection's own is
    the one to try if another is wanted.
    """
    if params.get("vcav_token"):
        raise InputError(
            "vcav_token is given, and a session proves no password: give vcav_password, and current_password for an "
            "appliance that may still have its first one"
        )
    if params.get("vcav_login") not in (None, "local") or params.get("vcav_user") not in (None, "", "root"):
        raise InputError("the password is root's: leave vcav_login and vcav_user out")
    connection = params.get("vcav_password")
    wanted = params.get("password") or connection
    if not wanted:
        raise InputError("no password: set password, or vcav_password (environment VCAV_PASSWORD), to the wanted one")
    other = params.get("current_password") or connection
    return str(wanted), str(other) if other and other != wanted else None


@contextlib.contextmanager
def enter(params: Mapping[str, Any]) -> Iterator[Door]:
    """Log in with the wanted password, or else with the current one; a service that is starting is waited for.

    Raises InputError, HttpError.
    """
    wanted, other = pick(params)
    refused: dict[str, HttpError] = {}
    with store() as sessions:
        try:
            door = wait_for(
                lambda: _open(params, wanted, other, sessions, refused), lambda door: True,
                timeout=params["wait_timeout"], interval=params["wait_interval"],
                tolerate=is_passing,
            )  # fmt: skip
        except WaitTimeout as late:
            raise late.fault or late from late
        yield door


def _open(
    params: Mapping[str, Any], wanted: str, other: str | None, sessions: Store, refused: dict[str, HttpError]
) -> Door:
    """Try each password unless it is known to be refused: waiting must not feed the counter of failed logins."""
    for password in (wanted, other):
        if password is None or password in refused:
            continue
        try:
            return Door(_log_in(params, password, sessions), wanted, password, sessions)
        except _Refused as problem:
            refused[password] = problem.reason
    reason = refused[wanted]
    if other is None:
        raise InputError(
            f"root at {reason.endpoint} is refused with the wanted password, and current_password is not given. Give "
            "in it what the password is now; a new appliance has the one of its OVF properties. If nobody knows it, "
            "only the appliance's console helps. Nothing was changed."
        ) from reason
    raise InputError(
        f"root at {reason.endpoint} is refused with the wanted password and with current_password; each was tried "
        "once, so that nobody is locked out. Somebody has changed it: give in current_password what it is now. If "
        "nobody knows it, only the appliance's console helps. Nothing was changed."
    ) from reason


class _Refused(Exception):
    """The server does not take the password."""

    def __init__(self, reason: HttpError) -> None:
        self.reason = reason
        super().__init__(str(reason))


def _log_in(params: Mapping[str, Any], password: str, sessions: Store) -> Vcav:
    given = {**params, "vcav_login": "local", "vcav_user": "root", "vcav_password": password}
    # Other ways in would win over user and password.
    given |= {"vcav_vcd_cookie": None, "vcav_vcd_access_token": None, "vcav_remote_site": None}
    try:
        return Vcav(given, sessions)
    except HttpError as problem:
        if problem.status == 401 and problem.method == "POST":
            raise _Refused(problem) from problem
        raise


def expiry(api: Vcav) -> dict[str, Any]:
    """{expired, expires_in_days}: whole days, None where the release does not tell them (contract 4.1, 6)."""
    paths = _PATHS if api.has("password_expiry_in_config") else _PATHS[::-1]
    try:
        found = api.get(paths[0])
    except HttpError as problem:
        if problem.status != 404:
            raise
        found = api.get(paths[1])
    found = found or {}
    seconds = found.get("secondsUntilExpiration")
    expired = bool(found.get("rootPasswordExpired"))
    days = None if seconds is None else max(0, int(seconds) // _DAY)
    return {"expired": expired, "expires_in_days": days}


def lacks(password: str) -> list[str]:
    """What known clients give every password and this one lacks. A hint only: the product's rule is not published."""
    missing = [name for name, has in _CLASSES.items() if not any(has(one) for one in password)]
    return [*(["eight characters"] if len(password) < _SHORTEST else []), *missing]


def change(door: Door, params: Mapping[str, Any]) -> None:
    """Change the password to the wanted one and log in with it. Raises HttpError, InputError.

    An answer that is lost is no failure: the login with the wanted password tells whether it was changed.
    """
    api = door.api
    api.hide(door.wanted, door.current)
    lost: HttpError | None = None
    try:
        api.request(
            "POST",
            "config/root-password",
            document={"rootPassword": door.wanted},
            headers={"Config-Secret": door.current},
        )
    except HttpError as problem:
        if not problem.outcome_unknown:
            problem.advice = _advice(door.wanted, problem)
            raise
        lost = problem
    try:
        door.api = _log_in(params, door.wanted, door.sessions)
    except _Refused as refused:
        if lost is not None:
            raise InputError(
                f"the answer to changing root's password at {door.endpoint} was lost ({lost}), and the wanted "
                "password is not accepted: it was not changed. Run the task again."
            ) from refused.reason
        raise InputError(
            f"root's password at {door.endpoint} was changed, the server said, but the wanted one is not "
            "accepted. Somebody else may be changing it too; run the task again with current_password."
        ) from refused.reason
    # A login that the run keeps would prove the former password to a later task.
    api.leave()
    door.current = door.wanted


def _advice(wanted: str, problem: HttpError) -> str:
    # The product's words, because no code of its is known (contract 3.3); they only choose the advice.
    if "current root password" in problem.server_message.lower():
        return (
            "Somebody has changed it since this run logged in: give in current_password what it is now. The password "
            "is as it was."
        )
    hint = lacks(wanted)
    seems = f" It lacks {', '.join(hint)}." if hint else ""
    return (
        "The wanted password may break the product's rules, which are not published: known clients take at least "
        f"eight characters of all four kinds, and no password that was used before.{seems} The password is as it was."
    )
