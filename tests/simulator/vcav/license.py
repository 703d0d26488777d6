"""A site's license (contract 4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .errors import ApiError

LAB_LICENSE = "LAB00-LAB00-LAB00-LAB00-LAB00"
# The form is the vendor's client's; which keys of that form are good is the simulator's own invention.
_FORM = re.compile(r"^\S{5}(-\S{5}){4}$")
_UNKNOWN, _TRIAL = "WRONG", "TRIAL"
_TRIAL_MS = 60 * 24 * 3600 * 1000


class License:
    """The key of a site, which the cloud and the manager service show alike."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self.key: str | None = None
        self._expires = 0

    def enter(self, key: str) -> None:
        """Takes a key. Raises ApiError 400 for one that is none: of another form, or beginning with WRONG."""
        if not _FORM.match(key) or key.startswith(_UNKNOWN):
            raise ApiError(400, "BadUserInput", "The license key is not valid.")
        self.key = key
        self._expires = self._clock() + _TRIAL_MS if key.startswith(_TRIAL) else 0

    def forget(self) -> None:
        """As delivered: there is none."""
        self.key, self._expires = None, 0

    @property
    def is_valid(self) -> bool:
        """There is one, and it has not expired."""
        return self.key is not None and (not self._expires or self._clock() < self._expires)

    def view(self) -> dict[str, Any]:
        """The answer of `license`. An `expirationDate` of 0 is never, and the key comes back whole (INFERRED)."""
        return {"key": self.key, "isLicensed": self.is_valid, "expirationDate": self._expires}
