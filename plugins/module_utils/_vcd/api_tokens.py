# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens of users: finding, making and revoking them (contract vcd-api.md, 2.4).

A token is made in two steps, and its value is told in the second one, once. What fails between the two leaves a token
that nobody can use, so it is revoked again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from .._files import replacing
from .._http import HttpError
from .._plan import Field, InputError, Values, given, refuse_empty, to_user
from . import sessions, versions
from .client import JSON, Vcd
from .filters import all_of, equals

TOKENS = "cloudapi/1.0.0/tokens"
API_TOKEN = "REFRESH"  # the type of an API token
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "owner": Field("owner", immutable=True, read=lambda owner: owner["name"]),
    "org": Field("org", immutable=True, read=lambda org: org["name"]),
}


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    refuse_empty("name", params.get("name"), "name the API token")
    if params.get("vcd_api_token") and not params.get("vcd_token"):
        raise InputError(
            "vcd_api_token is set: a session that is made from an API token can neither list, make nor revoke API "
            "tokens; give vcd_user and vcd_password, and leave vcd_api_token (environment VCD_API_TOKEN) out"
        )
    if not params.get("path"):
        return
    folder = os.path.dirname(os.path.abspath(params["path"]))
    if not (os.path.isdir(folder) and os.access(folder, os.W_OK)):
        raise InputError(f"path is {params['path']!r}: {folder} is no folder that this user may write to")
    if os.path.isdir(params["path"]):
        raise InputError(f"path is {params['path']!r}, which is a folder: name a file")


def matching(
    api: Vcd, *, name: str | None = None, owner: str | None = None, org: str | None = None
) -> list[dict[str, Any]]:
    """The API tokens that the user may see, by organization, owner and name, each as the server tells it.

    Those of extensions and of service accounts are none. Raises InputError below API 36.1, HttpError.
    """
    if not api.has("api_tokens"):
        raise InputError(
            "API tokens need API version 36.1 (VMware Cloud Director 10.3.1), and "
            f"{versions.text(api.version)} is spoken here"
        )
    # The server is not known to choose by organization.
    wanted = {"name": name, "owner.name": owner, "type": API_TOKEN}
    where = all_of(*(equals(field, value) for field, value in wanted.items() if value))
    try:
        # In the user's own organization: whoever acts for another one has no tokens there.
        found = api.acting_for(None).gather(TOKENS, where)
    except HttpError as problem:
        raise _explained(problem) from problem
    asked = {"name": name, "owner": owner, "org": org}
    told = [(token, read(token)) for token in found if token.get("type") == API_TOKEN]
    # Again by us, because the server compares names without regard to case.
    fitting = [token for token, values in told if all(wish in (None, values[key]) for key, wish in asked.items())]
    return sorted(fitting, key=lambda token: (token["org"]["name"], token["owner"]["name"], token["name"]))


def _explained(problem: HttpError) -> HttpError:
    if problem.status == 403:
        problem.advice = (
            'The user needs the right "Manage user\'s own API token", and a session that was itself made from an API '
            "token has it never: log in with user and password."
        )
    return problem


def read(token: Mapping[str, Any]) -> Values:
    """A token in the user's words."""
    return to_user(FIELDS, token)


def wanted(api: Vcd, params: Mapping[str, Any]) -> Values:
    """Name, owner and organization of the token that the options name: by default the user who logged in."""
    own = {"owner": api.facts["user"], "org": api.facts["org"]}
    return {**own, **given(params, FIELDS)}


def refuse_others(api: Vcd, values: Values) -> None:
    """Nobody makes a token for somebody else. Raises InputError."""
    for option, own in (("owner", api.facts["user"]), ("org", api.facts["org"])):
        if values[option] != own:
            raise InputError(
                f"{option} is {values[option]!r}: API token {values['name']} does not exist, and a user can make API "
                f"tokens only for themselves; log in as {values['owner']}@{values['org']}"
            )


def missing_file(params: Mapping[str, Any]) -> str | None:
    """What is to be said of a token that is there without its file; None where nothing is."""
    if params["state"] == "absent" or not params["path"] or os.path.exists(params["path"]):
        return None
    return (
        f"API token {params['name']} exists, but path {params['path']} does not, and its value cannot be told again. "
        "To have it in that file, remove the token with state absent and make it anew"
    )


def create(api: Vcd, name: str, path: str | None) -> str:
    """Make a token of one's own and return its value, which is shown nowhere else and never again.

    With `path` the value is in that file, mode 0600, before anything else is done; the file is opened before anything
    is sent. Raises InputError where it cannot be written, HttpError; then there is no token.
    """
    try:
        with replacing(path, 0o600) if path else contextlib.nullcontext() as file:
            value = _make(api.acting_for(None), name)
            if file is not None:
                try:
                    file.write(f"{value}\n".encode())
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    _discard(api, name)
                    raise
    except OSError as problem:
        raise InputError(f"path {path} could not be written: {problem.strerror}. No API token was made.") from problem
    return value


def _make(api: Vcd, name: str) -> str:
    """The value of a new token. Raises HttpError; then nothing is left of it, or the advice says what is."""
    place = "provider" if api.is_provider else f"tenant/{quote(str(api.facts['org']), safe='')}"
    try:
        client = _told(api, f"oauth/{place}/register", "client_id", document={"client_name": name})
        form = {"grant_type": JWT_BEARER, "client_id": client, "assertion": sessions.access_token(api)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return _told(api, f"oauth/{place}/token", "refresh_token", data=urlencode(form).encode(), headers=headers)
    except HttpError as problem:
        if not problem.outcome_unknown and problem.path.endswith("/register"):
            raise _explained(problem) from problem
        try:
            _discard(api, name)
        except HttpError as second:
            problem.sent = False  # what is known of the outcome is told here, and it is nothing to look up
            problem.advice = (
                f"API token {name} may have been made, but its value is lost and it could not be revoked ({second}): "
                "run the task with state absent, then again."
            )
        raise


def _told(api: Vcd, path: str, key: str, **more: Any) -> str:
    """One text of the answer to a POST. Raises HttpError."""
    reply = api.send("POST", path, media=JSON, **more)
    try:
        text = reply.json()[key]
    except (ValueError, KeyError, TypeError) as problem:
        raise api.unexpected("POST", path, reply.status, f"an answer without {key}") from problem
    if not text:
        raise api.unexpected("POST", path, reply.status, f"an answer with an empty {key}")
    return str(text)


def _discard(api: Vcd, name: str) -> None:
    """Revoke one's own token of this name, whose value nobody has. Raises HttpError."""
    for token in matching(api, name=name, owner=api.facts["user"], org=api.facts["org"]):
        revoke(api, token["id"])


def revoke(api: Vcd, identity: str) -> None:
    """Revoke a token: it makes no further session. Raises HttpError."""
    api.acting_for(None).request("DELETE", f"{TOKENS}/{identity}")
