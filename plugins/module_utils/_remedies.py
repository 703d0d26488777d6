# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do about a failed request: one sentence per kind of failure, in one place. Pure."""

from __future__ import annotations

from ._http import HttpError

_BY_KIND = {
    "unsent": "Correct the option that the message names; a password or a token may hold a line end or the like.",
    "refused": "Is the service running, and are host and port of the URL right?",
    "dns": "Check the host name in the URL, and the name servers of this machine.",
    "tls": "Name the certificate authority in ca_path, or pin the certificate with thumbprint; "
    "if it was replaced, make sure by whom first.",
    "timeout": "The service may be starting or overloaded; raise timeout if it is only slow.",
    "connection": "A proxy or a restart may have cut it; run the task again.",
    "body": "Does the URL point at this product, without a proxy's log-in page in between?",
}
_BY_STATUS = {
    401: "The session has ended, or the token is not of this service: open another, or give user and password.",
    403: "The user lacks the right, or what is asked for is not there: log in as somebody who may, root of an "
    "appliance or a System administrator.",
    404: "The path or the object is not there: check names, the URL and the product's version.",
    406: "The service is older than this request's API version.",
    429: "The service limits its requests; fewer tasks at once, or later.",
    502: "A proxy in front of the service does not reach it: is the service running?",
    503: "The service is starting or restarting; try again in a minute.",
    504: "A proxy in front of the service waits in vain for it: is the service overloaded?",
    507: "There is no space left where it was to be stored: free some, or choose another place.",
}
# What a login that is refused means, which is not what the same status means for a session's requests.
_LOGIN_BY_STATUS = {
    400: "Does this release know this way to log in, and is the address that of the right product?",
    401: "Check the user and the password, and that they are of this site and service.",
    404: "Nobody logs in here: is the address that of the right product, without a path?",
    405: "Nobody logs in here: is the address that of the right product, without a path?",
}


def remedy(problem: HttpError) -> str:
    """Advice for a failed request; an empty string where there is none that would not be a guess."""
    if problem.advice:
        return problem.advice
    if problem.code == "RemoteAuthenticationFailure":
        return (
            "The other site needs its own login: set vcav_remote_site with vcav_remote_user and vcav_remote_password."
        )
    if problem.status is None or problem.kind != "status":
        return _BY_KIND.get(problem.kind, "")
    is_login = problem.method == "POST" and problem.path.endswith(
        ("/sessions", "/sessions/provider", "/token", "/api/login")
    )
    if is_login and problem.status in _LOGIN_BY_STATUS:
        return _LOGIN_BY_STATUS[problem.status]
    return _BY_STATUS.get(problem.status, "")
