# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that connect a task to vRealize Operations; compared with module_utils/_options.py by a test.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vrops_url:
    description:
      - Address of vRealize Operations (Aria Operations, VCF Operations), for example V(https://vrops.example.com).
      - Left out, the environment variable E(VROPS_URL) is used.
    type: str
    required: true
  vrops_user:
    description:
      - User of O(vrops_auth_source). Left out, the environment variable E(VROPS_USER) is used.
    type: str
  vrops_password:
    description:
      - Password of O(vrops_user). Left out, the environment variable E(VROPS_PASSWORD) is used.
    type: str
  vrops_auth_source:
    description:
      - Display name of the authentication source that knows the user, as the log-in page lists it.
      - Left out, the environment variable E(VROPS_AUTH_SOURCE) is used, else the server's own users, V(LOCAL).
    type: str
  vrops_token:
    description:
      - Token of an open session, instead of user and password. The task does not release it.
      - Left out, the environment variable E(VROPS_TOKEN) is used.
    type: str
  validate_certs:
    description:
      - Whether the server's certificate must be valid. V(false) trusts anybody; prefer O(ca_path) or O(thumbprint).
      - Left out, the environment variable E(VROPS_VALIDATE_CERTS) is used, else V(true).
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust.
      - Left out, the environment variable E(VROPS_CA_PATH) is used, else the system's store.
    type: path
  thumbprint:
    description:
      - SHA-256 thumbprint of the server's certificate, as C(SHA-256:A1:B2:…); it replaces the check of names and
        authorities.
      - Left out, the environment variable E(VROPS_THUMBPRINT) is used.
    type: str
  timeout:
    description:
      - Longest silence of the server in seconds, for connecting and for each answer.
      - Left out, the environment variable E(VROPS_TIMEOUT) is used, else V(60).
    type: int
    default: 60
requirements:
  - requests
notes:
  - A task that runs on the control node shares one login with all other tasks of the run that use the same server
    and user; it is closed when the run ends. A task that runs elsewhere logs in and out by itself.
"""
