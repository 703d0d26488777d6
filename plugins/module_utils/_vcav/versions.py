# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between the releases of vCloud Availability (contract vcav-api.md, 1.4)."""

from __future__ import annotations

import re

from .._plan import InputError

Version = tuple[int, int]

# feature: (first release that has it, first release that no longer has it)
_FEATURES: dict[str, tuple[Version, Version | None]] = {
    "pairing_task": ((4, 0), None),
    "remote_root_password": ((3, 0), (4, 0)),
    "repair_site": ((4, 0), None),
    "health_by_post": ((4, 6), None),
    "access_token_login": ((4, 1), None),
    "multisite_extension": ((4, 0), None),
    "regenerate_certificate": ((4, 0), None),
    "tunnel_list": ((4, 0), None),
    "nested_replicator_repair": ((4, 0), None),
    "network_mappings": ((3, 5), None),
    "network_settings_by_put": ((4, 1), None),
    "sla_profile": ((4, 0), None),
    "source_reconfigure": ((3, 0), (3, 5)),
    "manager_sso": ((3, 0), (3, 5)),
    "lookup_service_sso": ((4, 0), None),
    "check_vcloud": ((4, 0), None),
    "provider_vdc_filter": ((3, 5), None),
    "password_expiry_in_config": ((4, 5), None),
    "time_and_ssh": ((3, 5), None),
    "direct_download": ((4, 0), None),
    "backups": ((4, 0), None),
    "traffic": ((3, 5), None),
    "traffic_by_interval": ((4, 0), None),
}


def parse(build: str) -> Version:
    """(major, minor) of a `buildVersion` such as 3.0.0.13174385-9b7cd0b00. Raises InputError on anything else."""
    found = re.match(r"(\d+)\.(\d+)", build or "")
    if not found:
        raise InputError(f"the service calls its version {build!r}; vCloud Availability 3.0 to 4.7 is expected")
    return int(found.group(1)), int(found.group(2))


def media_type(version: Version) -> str:
    """The Accept header for a release: 3.0 is h4-v3, 4.0 is h4-v4, all others carry both numbers (contract 3.1)."""
    major, minor = version
    return f"application/vnd.vmware.h4-v{major}{f'.{minor}' if minor else ''}+json;charset=UTF-8"


def has(version: Version, feature: str) -> bool:
    """True if a release has a feature of the table above."""
    since, until = _FEATURES[feature]
    return version >= since and (until is None or version < until)


def since(feature: str) -> str:
    """The first release that has a feature, as people write it."""
    return text(_FEATURES[feature][0])


def text(version: Version) -> str:
    """A release as people write it."""
    return f"{version[0]}.{version[1]}"
