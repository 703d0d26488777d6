# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that connect a task to vCloud Director; compared with module_utils/_options.py by a test.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vcd_url:
    description:
      - Address of vCloud Director, for example V(https://vcd.example.com).
      - Left out, the environment variable E(VCD_URL) is used.
    type: str
    required: true
  vcd_user:
    description:
      - User, written C(user@organization); a provider's administrator is C(administrator@system).
      - Left out, the environment variable E(VCD_USER) is used.
    type: str
  vcd_password:
    description:
      - Password of O(vcd_user). Left out, the environment variable E(VCD_PASSWORD) is used.
    type: str
  vcd_api_token:
    description:
      - API token of a user, instead of user and password (VMware Cloud Director 10.3.1 and newer). The token of a
        service account is no help, because every use of it makes another.
      - Left out, the environment variable E(VCD_API_TOKEN) is used.
    type: str
  vcd_api_token_org:
    description:
      - Organization of the user whose O(vcd_api_token) it is.
      - Left out, the environment variable E(VCD_API_TOKEN_ORG) is used, else the provider's, V(system).
    type: str
    default: system
  vcd_token:
    description:
      - Token of an open session, a 32 character one or an access token, instead of all other credentials.
        The task does not close it.
      - Left out, the environment variable E(VCD_TOKEN) is used.
    type: str
  vcd_tenant:
    description:
      - Name of an organization for which a System administrator acts. What the task makes belongs to it, and what the
        task reads is what it would see. It costs one request more.
      - Left out, the environment variable E(VCD_TENANT) is used, else nobody is acted for.
    type: str
  vcd_api_version:
    description:
      - API version to speak, for example V("36.0").
      - Left out, the environment variable E(VCD_API_VERSION) is used, else the newest that both sides know.
    type: str
  validate_certs:
    description:
      - Whether the server's certificate must be valid. V(false) trusts anybody; prefer O(ca_path) or O(thumbprint).
      - Left out, the environment variable E(VCD_VALIDATE_CERTS) is used, else V(true).
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust.
      - Left out, the environment variable E(VCD_CA_PATH) is used, else the system's store.
    type: path
  thumbprint:
    description:
      - SHA-256 thumbprint of the server's certificate, as C(SHA-256:A1:B2:…); it replaces the check of names and
        authorities.
      - Left out, the environment variable E(VCD_THUMBPRINT) is used.
    type: str
  timeout:
    description:
      - Longest silence of the server in seconds, for connecting and for each answer.
      - Left out, the environment variable E(VCD_TIMEOUT) is used, else V(60).
    type: int
    default: 60
requirements:
  - requests
notes:
  - A task that runs on the control node shares one login with all other tasks of the run that use the same server
    and user; it is closed when the run ends. A task that runs elsewhere logs in and out by itself.
"""
