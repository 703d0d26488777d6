# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that connect a task to vRealize Orchestrator; compared with module_utils/_options.py by a test.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vro_url:
    description:
      - Address of the orchestrator, for example V(https://vro.example.com); before release 8 with port 8281.
      - Left out, the environment variable E(VRO_URL) is used.
    type: str
    required: true
  vro_login:
    description:
      - How to log in. V(basic) sends user and password with every request (releases before 8, and a standalone 8.x with
        vSphere authentication), V(aria) asks vRealize or Aria Automation 8 for a token, V(vcf) VCF Automation 9.
      - V(auto) asks the server which of them it takes, once per run and without sending a password.
      - Left out, the environment variable E(VRO_LOGIN) is used, else V(auto).
    type: str
    choices: [auto, basic, aria, vcf]
    default: auto
  vro_login_url:
    description:
      - Address of the Automation appliance that gives the token, where it is not on the orchestrator's own address.
      - Left out, the environment variable E(VRO_LOGIN_URL) is used, else O(vro_url).
    type: str
  vro_user:
    description:
      - User. With V(basic) as the server takes it, C(user), C(user@domain) or C(DOMAIN\user); with V(aria) C(user) or
        C(user@domain); with V(vcf) C(user@organization), a provider's organization being C(system).
      - Left out, the environment variable E(VRO_USER) is used.
    type: str
  vro_password:
    description:
      - Password of O(vro_user). Left out, the environment variable E(VRO_PASSWORD) is used.
    type: str
  vro_refresh_token:
    description:
      - API token of a user of vRealize or Aria Automation 8, instead of user and password.
      - Left out, the environment variable E(VRO_REFRESH_TOKEN) is used.
    type: str
  vro_token:
    description:
      - Access token, instead of all other credentials. The task does not renew it.
      - Left out, the environment variable E(VRO_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Whether the server's certificate must be valid. V(false) trusts anybody; prefer O(ca_path) or O(thumbprint).
      - Left out, the environment variable E(VRO_VALIDATE_CERTS) is used, else V(true).
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust.
      - Left out, the environment variable E(VRO_CA_PATH) is used, else the system's store.
    type: path
  thumbprint:
    description:
      - SHA-256 thumbprint of the server's certificate, as C(SHA-256:A1:B2:…); it replaces the check of names and
        authorities.
      - Left out, the environment variable E(VRO_THUMBPRINT) is used.
    type: str
  timeout:
    description:
      - Longest silence of the server in seconds, for connecting and for each answer.
      - Left out, the environment variable E(VRO_TIMEOUT) is used, else V(60).
    type: int
    default: 60
requirements:
  - requests
notes:
  - A task that runs on the control node shares one login with all other tasks of the run that use the same server
    and user; it is closed when the run ends. A task that runs elsewhere logs in and out by itself.
"""
