# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that connect a task to a vCloud Availability service; compared with module_utils/_options.py by a test.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vcav_url:
    description:
      - Address of the service, for example V(https://vcav.example.com) for a cloud appliance
        or V(https://vcav.example.com:8441) for the manager service on it.
      - Left out, the environment variable E(VCAV_URL) is used.
    type: str
    required: true
  vcav_login:
    description:
      - Who logs in. V(local) is the appliance's root, V(vcd) a vCloud Director user written C(user@organization),
        V(sso) a vSphere single sign-on user written C(user@domain).
      - Ignored when O(vcav_token), O(vcav_vcd_cookie) or O(vcav_vcd_access_token) is given.
      - Left out, the environment variable E(VCAV_LOGIN) is used, else V(local).
    type: str
    choices: [local, vcd, sso]
    default: local
  vcav_user:
    description:
      - User name. Left out, the environment variable E(VCAV_USER) is used, else V(root) for O(vcav_login=local).
    type: str
  vcav_password:
    description:
      - Password of O(vcav_user). Left out, the environment variable E(VCAV_PASSWORD) is used.
    type: str
  vcav_vcd_cookie:
    description:
      - Secret of a vCloud Director session, instead of user and password.
      - Left out, the environment variable E(VCAV_VCD_COOKIE) is used.
    type: str
  vcav_vcd_access_token:
    description:
      - Access token of vCloud Director, instead of user and password. Release 4.1 and newer.
      - Left out, the environment variable E(VCAV_VCD_ACCESS_TOKEN) is used.
    type: str
  vcav_token:
    description:
      - Token of a session that is already open, as M(vcpp.vcloud.vcav_session) returns it. The task does not close it.
      - Left out, the environment variable E(VCAV_TOKEN) is used.
    type: str
  vcav_remote_site:
    description:
      - Name of a paired site to which the session is extended, needed for tasks that read or change the other site too.
      - Left out, the environment variable E(VCAV_REMOTE_SITE) is used; without one the session stays local.
    type: str
  vcav_remote_user:
    description:
      - vCloud Director user at the other site, written C(user@organization).
      - Left out, the environment variable E(VCAV_REMOTE_USER) is used.
    type: str
  vcav_remote_password:
    description:
      - Password of O(vcav_remote_user). Left out, the environment variable E(VCAV_REMOTE_PASSWORD) is used.
    type: str
  vcav_remote_vcd_cookie:
    description:
      - Secret of a vCloud Director session at the other site, instead of user and password.
      - Left out, the environment variable E(VCAV_REMOTE_VCD_COOKIE) is used.
    type: str
  vcav_remote_vcd_access_token:
    description:
      - Access token of vCloud Director at the other site. Release 4.1 and newer.
      - Left out, the environment variable E(VCAV_REMOTE_VCD_ACCESS_TOKEN) is used.
    type: str
  vcav_remote_org:
    description:
      - Organization at the other site, where both vCloud Directors are associated as a multisite.
        Release 4.0 and newer.
      - Left out, the environment variable E(VCAV_REMOTE_ORG) is used.
    type: str
  validate_certs:
    description:
      - Whether the service's certificate must be valid. V(false) trusts anybody; prefer O(ca_path) or O(thumbprint).
      - Left out, the environment variable E(VCAV_VALIDATE_CERTS) is used, else V(true).
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust.
      - Left out, the environment variable E(VCAV_CA_PATH) is used, else the system's store.
    type: path
  thumbprint:
    description:
      - SHA-256 thumbprint of the service's certificate, as C(SHA-256:A1:B2:…). It replaces the check of names and
        authorities, so it suits the self-signed certificate that an appliance is born with.
      - Left out, the environment variable E(VCAV_THUMBPRINT) is used.
    type: str
  timeout:
    description:
      - Longest silence of the server in seconds, for connecting and for each answer.
      - Left out, the environment variable E(VCAV_TIMEOUT) is used, else V(60).
    type: int
    default: 60
requirements:
  - requests
notes:
  - A task that runs on the control node shares one login with all other tasks of the run that use the same service
    and user; it is closed when the run ends. A task that runs elsewhere logs in and out by itself.
"""
