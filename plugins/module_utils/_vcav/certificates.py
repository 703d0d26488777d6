# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate of a service, and those that it sees elsewhere (contract vcav-api.md, 3.7 and 4.4).

What a PKCS#12 file holds is read in pkcs12.py; what a replacement breaks stands in repairs.py.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .._http import HttpError
from .._moments import at, days_until, now, written
from .._plan import InputError
from . import client, pkcs12, services, sites, versions
from .client import Vcav

PASSPHRASE = "pkcs12_passphrase"


@dataclass(frozen=True)
class Shown:
    """A certificate as the service tells it. `encoded` is DER in base 64; what it does not tell is None."""

    thumbprint: str | None
    common_name: str | None
    expires: datetime | None
    encoded: str | None


def _shown(document: Any) -> Shown:
    about = (document or {}).get("certificate") or {}
    ends = about.get("expiresOn")
    return Shown(
        about.get("thumbPrint"),
        (about.get("issuedTo") or {}).get("CN"),
        at(ends) if isinstance(ends, (int, float)) and ends > 0 else None,
        (document or {}).get("encoded"),
    )


def own(api: Vcav) -> Shown:
    """The service's own certificate."""
    return _shown(api.get("config/certificate"))


def remote(api: Vcav, url: str) -> Shown:
    """The certificate that the service sees at another endpoint. Raises HttpError where nobody answers there."""
    return _shown(api.get("config/remote-certificate", url=url))


def thumbprint_of_encoded(encoded: str | None) -> str | None:
    """The thumbprint of a certificate in base 64; None for none, and for what is no base 64."""
    try:
        return pkcs12.thumbprint_of(base64.b64decode(encoded, validate=True)) if encoded else None
    except (binascii.Error, ValueError):
        return None


def read(shown: Shown, since: datetime | None = None) -> dict[str, Any]:
    """A certificate in the user's words. `since` is the moment from which the days are counted."""
    names: tuple[str, ...] | None = None
    if shown.encoded:
        with contextlib.suppress(binascii.Error, ValueError):
            names = pkcs12.names_in(base64.b64decode(shown.encoded))
    return {
        "thumbprint": shown.thumbprint,
        "common_name": shown.common_name,
        "names": list(names if names is not None else filter(None, [shown.common_name])),
        "expires": None if shown.expires is None else written(shown.expires),
        "expires_in_days": None if shown.expires is None else days_until(shown.expires, since),
    }


def load(params: Mapping[str, Any]) -> pkcs12.Bundle | None:
    """The PKCS#12 file of the options, None where none is given. Raises InputError."""
    if not params["pkcs12_path"]:
        return None
    passphrase = params[PASSPHRASE]
    # It travels in a header (contract 3.1), which carries neither everything nor outer blanks.
    if not passphrase.isprintable() or not passphrase.isascii() or passphrase != passphrase.strip() or not passphrase:
        raise InputError(
            f"{PASSPHRASE} is empty, or holds characters or outer blanks that the product cannot take, because it is "
            "sent as a header: export the file with a passphrase of printable ASCII characters. Nothing was changed."
        )
    return pkcs12.load(params["pkcs12_path"], passphrase)


def check_conditions(params: Mapping[str, Any]) -> None:
    """Refuse conditions of making a certificate anew that cannot be. Raises InputError."""
    days = params["regenerate_before_days"]
    if days is not None and days < 0:
        raise InputError(f"regenerate_before_days is {days}: give a number of days, 0 or more")
    if params["regenerate_thumbprint"]:
        sites.normal_thumbprint(params["regenerate_thumbprint"], "regenerate_thumbprint")


def is_due(shown: Shown, params: Mapping[str, Any], version: versions.Version) -> bool:
    """True if the options ask for another self-signed certificate now. Raises InputError where none can be made."""
    due = False
    if params["regenerate_thumbprint"]:
        due = shown.thumbprint == sites.normal_thumbprint(params["regenerate_thumbprint"], "regenerate_thumbprint")
    days = params["regenerate_before_days"]
    if days is not None and shown.expires is None:
        raise InputError(
            "regenerate_before_days cannot be judged: the service does not say when its certificate expires. Give "
            f"regenerate_thumbprint: {shown.thumbprint} to replace exactly this one. Nothing was changed."
        )
    if days is not None and shown.expires is not None:
        due = due or shown.expires - now() < timedelta(days=days)
    if due and not versions.has(version, "regenerate_certificate"):
        raise InputError(
            f"the certificate {shown.thumbprint} is to be made anew, which a service does by itself from release "
            f"{versions.since('regenerate_certificate')} on, and this one runs {versions.text(version)}: give "
            "pkcs12_path. Nothing was changed."
        )
    return due


@contextlib.contextmanager
def reach(params: Mapping[str, Any], bundle: pkcs12.Bundle | None, notices: list[str]) -> Iterator[Vcav]:
    """A logged-in client, also where the service has the certificate of the bundle already.

    A service that shows the very certificate that the task brings is the right one, whatever the connection options
    still say: so a task can be run again after it has done its work. Then `notices` gets a warning about the options.
    Raises HttpError, InputError.
    """
    with contextlib.ExitStack() as stack:
        found = _enter(stack, params)
        if isinstance(found, HttpError):
            if bundle is None:
                raise found
            known = _enter(stack, {**params, "thumbprint": bundle.thumbprint})
            if isinstance(known, HttpError):
                found.advice = _strange(bool(params["thumbprint"]), known, bundle)
                raise found from known
            notices.append(
                f"{known.endpoint} shows the certificate of pkcs12_path already, and the connection options of this "
                f"task do not fit it: give other tasks thumbprint: {bundle.thumbprint}, or a ca_path with its "
                "authority."
            )
            found = known
        yield found


def _enter(stack: contextlib.ExitStack, params: Mapping[str, Any]) -> Vcav | HttpError:
    """The client of a service, or why its certificate was not accepted. Raises HttpError for anything else."""
    try:
        return stack.enter_context(client.connect(params))
    except HttpError as problem:
        if problem.kind != "tls":
            raise
        return problem


def _strange(pinned: bool, problem: HttpError, bundle: pkcs12.Bundle) -> str:
    """What to do about a certificate that is neither the trusted one nor that of the bundle."""
    seen = f"Of pkcs12_path it is not either ({problem.server_message})"
    if pinned:
        return (
            f"{seen}, so somebody else has replaced it. Ask the appliance's administrator; only if it was meant so, "
            "give the thumbprint that is shown in thumbprint, and run again."
        )
    return (
        f"{seen}. Compare the thumbprint that is shown with the appliance's console, then give it in thumbprint; or "
        f"name its authority in ca_path. {bundle.thumbprint} is that of the file."
    )


def install(api: Vcav, bundle: pkcs12.Bundle, passphrase: str, wait: Mapping[str, int]) -> None:
    """Send the PKCS#12, wait for the service's restart, and go on with it under its new certificate.

    Raises HttpError, TaskFailed.
    """
    api.hide(passphrase)
    headers = {"Content-Type": "application/octet-stream", "Secret": passphrase}
    try:
        api.request("POST", "config/certificate", data=bundle.data, headers=headers)
    except HttpError as lost:
        # The service may go before its answer has left; whether it took the certificate is read back.
        if not lost.outcome_unknown:
            raise
    _return(api, bundle.thumbprint, wait)


def regenerate(api: Vcav, wait: Mapping[str, int]) -> None:
    """Let the service make itself a new self-signed certificate, and wait for its restart (4.x).

    Raises HttpError, TaskFailed.
    """
    answer = _shown(api.request("PUT", "config/certificate"))
    # That the answer tells the new certificate is INFERRED (contract 4.4); without it the connection options decide.
    _return(api, answer.thumbprint, wait)


def _return(api: Vcav, thumbprint: str | None, wait: Mapping[str, int]) -> None:
    what = "replacing the certificate"
    services.await_gone(api, what, **wait)
    if thumbprint:
        api.trust(thumbprint)
    try:
        services.await_return(api, what=what, **wait)
    except HttpError as problem:
        if problem.kind == "tls":
            problem.advice = (
                "The service has restarted, but what it shows is not what it was given. Look at the appliance's page: "
                "it may have refused the certificate, or a proxy in front of it shows its own. Nothing was repaired "
                "yet."
            )
        raise
