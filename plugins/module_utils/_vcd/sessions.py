# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of vCloud Director that outlive a task: telling their tokens, and ending them (contract 2.1 to 2.3)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from .._http import HttpError
from . import versions
from .client import ACCESS_TOKEN, AUTHORIZATION, SHORT_TOKEN, XML, Vcd, connect


def tell(api: Vcd) -> dict[str, Any]:
    """Both tokens of the session, who it is, and the version that it speaks. Raises HttpError.

    `cookie` is the 32 character token, None where the spoken version has none; `access_token` the longer one, None
    where a short one was given to a server that tells no other. `token` is the one of them that this version takes.
    """
    # A session that is asked with either of its tokens answers both of them.
    known = api.send("GET", "api/session", media=XML).headers if api.version < versions.SHORT_TOKEN_UNTIL else {}
    given_short = len(api.token) == SHORT_TOKEN
    short = known.get(AUTHORIZATION) or (api.token if given_short else None)
    long = known.get(ACCESS_TOKEN) or (None if given_short else api.token)
    about = {name: api.facts[name] for name in ("user", "org", "site", "api_version")}
    return {**about, "token": short or long, "cookie": short, "access_token": long}


def access_token(api: Vcd) -> str:
    """The session's access token, also where a 32 character token was given. Raises HttpError."""
    if len(api.token) != SHORT_TOKEN:
        return api.token
    return str(tell(api)["access_token"])


@contextlib.contextmanager
def closing(params: Mapping[str, Any]) -> Iterator[None]:
    """Close the session of the token in `params`; one that has already ended is closed. Raises HttpError."""
    try:
        with connect(params) as api:
            api.leave()
    except HttpError as problem:
        if problem.status != 401:
            raise
    yield
