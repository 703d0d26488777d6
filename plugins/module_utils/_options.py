# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options of every product, once: names, environment, types, secrets.

The argument specs are made from this table; the documentation fragments, the AWX credential types and the
guides are compared with it by tests/unit/plugins/test_connection_options.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """One connection option; `env` is the environment variable that fills it when the task leaves it out."""

    name: str
    env: str
    type: str = "str"
    default: Any = None
    required: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()


def _transport(prefix: str) -> tuple[Option, ...]:
    """The options of the way to a server, the same for every product; prefix is that of the environment names."""
    return (
        Option("validate_certs", f"{prefix}_VALIDATE_CERTS", type="bool", default=True),
        Option("ca_path", f"{prefix}_CA_PATH", type="path"),
        Option("thumbprint", f"{prefix}_THUMBPRINT"),
        Option("timeout", f"{prefix}_TIMEOUT", type="int", default=60),
    )


VCAV: tuple[Option, ...] = (
    Option("vcav_url", "VCAV_URL", required=True),
    Option("vcav_login", "VCAV_LOGIN", default="local", choices=("local", "vcd", "sso")),
    Option("vcav_user", "VCAV_USER"),
    Option("vcav_password", "VCAV_PASSWORD", secret=True),
    Option("vcav_vcd_cookie", "VCAV_VCD_COOKIE", secret=True),
    Option("vcav_vcd_access_token", "VCAV_VCD_ACCESS_TOKEN", secret=True),
    Option("vcav_token", "VCAV_TOKEN", secret=True),
    Option("vcav_remote_site", "VCAV_REMOTE_SITE"),
    Option("vcav_remote_user", "VCAV_REMOTE_USER"),
    Option("vcav_remote_password", "VCAV_REMOTE_PASSWORD", secret=True),
    Option("vcav_remote_vcd_cookie", "VCAV_REMOTE_VCD_COOKIE", secret=True),
    Option("vcav_remote_vcd_access_token", "VCAV_REMOTE_VCD_ACCESS_TOKEN", secret=True),
    Option("vcav_remote_org", "VCAV_REMOTE_ORG"),
    *_transport("VCAV"),
)

VCD: tuple[Option, ...] = (
    Option("vcd_url", "VCD_URL", required=True),
    Option("vcd_user", "VCD_USER"),
    Option("vcd_password", "VCD_PASSWORD", secret=True),
    Option("vcd_api_token", "VCD_API_TOKEN", secret=True),
    Option("vcd_api_token_org", "VCD_API_TOKEN_ORG", default="system"),
    Option("vcd_token", "VCD_TOKEN", secret=True),
    Option("vcd_tenant", "VCD_TENANT"),
    Option("vcd_api_version", "VCD_API_VERSION"),
    *_transport("VCD"),
)

VRO: tuple[Option, ...] = (
    Option("vro_url", "VRO_URL", required=True),
    Option("vro_login", "VRO_LOGIN", default="auto", choices=("auto", "basic", "aria", "vcf")),
    Option("vro_login_url", "VRO_LOGIN_URL"),
    Option("vro_user", "VRO_USER"),
    Option("vro_password", "VRO_PASSWORD", secret=True),
    Option("vro_refresh_token", "VRO_REFRESH_TOKEN", secret=True),
    Option("vro_token", "VRO_TOKEN", secret=True),
    *_transport("VRO"),
)

VROPS: tuple[Option, ...] = (
    Option("vrops_url", "VROPS_URL", required=True),
    Option("vrops_user", "VROPS_USER"),
    Option("vrops_password", "VROPS_PASSWORD", secret=True),
    Option("vrops_auth_source", "VROPS_AUTH_SOURCE"),
    Option("vrops_token", "VROPS_TOKEN", secret=True),
    *_transport("VROPS"),
)

VSPHERE: tuple[Option, ...] = (
    Option("vsphere_hostname", "VSPHERE_HOSTNAME", required=True),
    Option("vsphere_port", "VSPHERE_PORT", type="int", default=443),
    Option("vsphere_user", "VSPHERE_USER"),
    Option("vsphere_password", "VSPHERE_PASSWORD", secret=True),
    *_transport("VSPHERE"),
)

# No server is spoken to: these say how the programs of the host reach the cluster.
CEPH: tuple[Option, ...] = (
    Option("ceph_conf", "CEPH_CONF", type="path"),
    Option("ceph_keyring", "CEPH_KEYRING", type="path"),
    Option("ceph_user", "CEPH_USER", default="client.admin"),
    Option("ceph_via", "CEPH_VIA", default="auto", choices=("auto", "host", "cephadm")),
    Option("ceph_timeout", "CEPH_TIMEOUT", type="int", default=30),
)

PRODUCTS: dict[str, tuple[Option, ...]] = {
    "vcav": VCAV,
    "vcd": VCD,
    "vro": VRO,
    "vrops": VROPS,
    "vsphere": VSPHERE,
    "ceph": CEPH,
}
