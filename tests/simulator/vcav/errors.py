"""Error answers of vCloud Availability (contract 3.3)."""

from __future__ import annotations

from typing import Any

from ..wire import Headers


class ApiError(Exception):
    """A request that fails, or a task that does."""

    def __init__(self, status: int, code: str, message: str, headers: Headers | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers: Headers = headers or []

    def as_dict(self) -> dict[str, Any]:
        """The `error` of a task, a comm error, or the body of an answer."""
        return error_body(self.code, self.message)


def error_body(code: str, message: str) -> dict[str, Any]:
    """The shape of every error."""
    return {"code": code, "msg": message, "args": [], "stacktrace": f"com.vmware.h4.exception.{code}"}


def bad_input(message: str) -> ApiError:
    """400."""
    return ApiError(400, "BadUserInput", message)


def bad_credentials() -> ApiError:
    """401 at login: without the WWW-Authenticate header, which is for tokens alone (contract 9)."""
    return ApiError(401, "NotAuthenticated", "Authentication required.")


def token_required() -> ApiError:
    """401 for a missing or expired token."""
    header = ("WWW-Authenticate", "Authentication Token Required")
    return ApiError(401, "NotAuthenticated", "Authentication required.", [header])


def remote_not_authenticated(site: str) -> ApiError:
    """401 for a site that the session has not been extended to."""
    return ApiError(401, "RemoteAuthenticationFailure", f"Remote site '{site}' is not authenticated.")


def forbidden() -> ApiError:
    """403: the role is missing."""
    return ApiError(403, "Forbidden", "Permission denied.")


def not_found(what: str) -> ApiError:
    """404. The code is INFERRED (contract 9)."""
    return ApiError(404, "NotFound", f"{what} was not found.")


def failure(message: str) -> ApiError:
    """500: anything that has no code of its own."""
    return ApiError(500, "GeneralServerFailure", message)
