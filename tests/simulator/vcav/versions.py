"""What differs between the simulated product versions (contract vCAV 1.4, 3.1), as questions that code can ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_VENDOR = re.compile(r"application/vnd\.vmware\.h4-v(\d{1,4}(?:\.\d{1,4})?)\+json", re.IGNORECASE)
_CHARSET = ";charset=UTF-8"
PLAIN_JSON = "application/json" + _CHARSET

# Builds: the form is the contract's (4.3), the numbers of 3.0 are those of the reference estate's image.
_BUILDS = {
    "3.0": ("3.0.0.13174385-9b7cd0b00", 1553817600000),
    "3.5": ("3.5.0.15299216-0c3f2a7d1", 1574899200000),
    "4.3": ("4.3.0.2930871-7f1d20c4e", 1637193600000),
    "4.7": ("4.7.0.8342166-d9a1c0f23", 1698883200000),
}


# What an update brings: a build of the same release, so that nothing else changes.
_NEWER_BUILDS = {
    "3.0": "3.0.1.13601414-5d2c9f3ab",
    "3.5": "3.5.1.16029882-2b7e5a1c9",
    "4.3": "4.3.1.3311520-6e0d2f8b1",
    "4.7": "4.7.1.8712345-a41c7be02",
}


def _number(version: str) -> tuple[int, int]:
    major, _dot, minor = version.partition(".")
    return int(major), int(minor or 0)


@dataclass(frozen=True)
class Product:
    """One version of the product."""

    version: str

    @cached_property
    def number(self) -> tuple[int, int]:
        """For comparisons."""
        return _number(self.version)

    @property
    def api(self) -> str:
        """The number in the media type: 3.0 is `3` (contract 3.1)."""
        return self.version.removesuffix(".0")

    @property
    def build(self) -> str:
        """`buildVersion`."""
        return _BUILDS[self.version][0]

    @property
    def newer_build(self) -> str:
        """The `buildVersion` after an update."""
        return _NEWER_BUILDS[self.version]

    @property
    def build_date(self) -> int:
        """`buildDate`, epoch ms."""
        return _BUILDS[self.version][1]

    @property
    def is_3(self) -> bool:
        """vCloud Availability 3.x rather than VMware Cloud Director Availability 4.x."""
        return self.number < (4, 0)

    def since(self, version: str) -> bool:
        """Whether this is that version or a newer one."""
        return self.number >= _number(version)

    @property
    def family(self) -> str:
        """The product's name of its time."""
        return "VMware vCloud Availability" if self.is_3 else "VMware Cloud Director Availability"

    @property
    def root_expiry_paths(self) -> tuple[str, ...]:
        """Where the expiry of the root password is read: both paths were seen on 4.0 - 4.5 (contract 1.4)."""
        if self.is_3:
            return ("appliance/root-password-expired",)
        if not self.since("4.6"):
            return ("appliance/root-password-expired", "config/root-password-expired")
        return ("config/root-password-expired",)

    @property
    def health_method(self) -> str:
        """The verb of `diagnostics/health`; 4.3 answers GET with a task, 4.7 wants POST (contract 1.4)."""
        return "POST" if self.since("4.6") else "GET"

    @property
    def login_types(self) -> frozenset[str]:
        """Session types of the Cloud service (contract 3.2)."""
        types = {"localUser", "ssoCredentials", "ssoToken", "vcdCredentials", "vcdCookie"}
        return frozenset(types | {"vcdAccessToken"} if self.since("4.1") else types)

    @property
    def extension_types(self) -> frozenset[str]:
        """Types of `sessions/extend` (contract 3.2)."""
        types = {"credentials", "cookie"}
        if self.since("4.0"):
            types.add("multisite")
        if self.since("4.1"):
            types.add("vcdAccessToken")
        return frozenset(types)

    def negotiate(self, accept: str | None) -> str | None:
        """The answer's media type for an Accept header, None when nothing in it can be served (contract 9).

        An older vendor version is echoed, a newer one refused; no header counts as `*/*`.
        """
        if not accept:
            return PLAIN_JSON
        for part in accept.split(","):
            wanted = part.partition(";")[0].strip()
            vendor = _VENDOR.fullmatch(wanted)
            if vendor:
                if _number(vendor.group(1)) <= self.number:
                    return wanted + _CHARSET
            elif wanted.lower() in ("application/json", "application/*", "*/*"):
                return PLAIN_JSON
        return None
