# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and the other options of the way to a server: one reader for every product, before anything is sent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ._http import BLOT, Transport
from ._plan import InputError

# The lowest value of each option that counts seconds; an interval of nothing is a short pause. The highest is four
# months: nobody means more, and some of the system's clocks cannot count much more.
_LOWEST = {"timeout": 1, "wait_timeout": 0, "wait_interval": 0}
_HIGHEST = 10_000_000


def blotted(text: str) -> str:
    """An address as it may be shown: without user and password, and without a query, which may hold a token.

    Everything up to the last `@` is taken for the password, because one that was not escaped may hold any character.
    """
    shown = re.sub(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*://|\s*//|)(.*)@", rf"\g<1>{BLOT}@", text, flags=re.DOTALL)
    return re.sub(r"\?.*", f"?{BLOT}", shown, flags=re.DOTALL)


def login_part(text: Any) -> str | None:
    """User and password that somebody wrote into an address, None where there are none."""
    if not isinstance(text, str):
        return None
    found = re.match(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(.+)@", text, flags=re.DOTALL)
    return found[1] if found else None


def read_address(option: str, text: str, remedy: str, *, page: bool = False) -> SplitResult:
    """The parts of an `https` address without user, query and fragment; a path only where a `page` is taken too.

    Raises InputError with the option's name, its blotted value and the remedy ("write it as …").
    """
    try:
        parts = urlsplit(text.strip())
        sound = parts.scheme == "https" and parts.port != 0 and "@" not in text and _is_host(parts)
    except ValueError:  # a port that is no number, a bracket without its fellow
        sound = False
    if not sound or not page and (parts.path.strip("/") or parts.query or parts.fragment):
        raise InputError(f"{option} is {blotted(text)!r}: {remedy}")
    return parts


def _is_host(parts: SplitResult) -> bool:
    """True for a name or an IP address; one of IPv6 stands in brackets, and nothing else does. Raises ValueError."""
    host = parts.hostname or ""
    if "[" in parts.netloc or ":" in host:
        return bool(ipaddress.IPv6Address(host)) and parts.netloc.startswith("[")
    labels = host.removesuffix(".").split(".")
    return all(re.fullmatch(r"[\w-]{1,63}", label) for label in labels)


def transport(url: str, params: Mapping[str, Any]) -> Transport:
    """The transport to a sound address by the connection options of a task.

    Raises InputError for times that cannot be, those of waiting included: here every module comes by in time.
    """
    for option, lowest in _LOWEST.items():
        value = params.get(option)
        if value is not None and not lowest <= value <= _HIGHEST:
            raise InputError(f"{option} is {value}: give a number of seconds, {lowest} to {_HIGHEST}")
    return Transport(
        url, params["validate_certs"], params["ca_path"], params["thumbprint"], float(params["timeout"])
    ).normalised()
