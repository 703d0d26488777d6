# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that connect a task to vCenter; compared with module_utils/_options.py by a test.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vsphere_hostname:
    description:
      - Name or IP address of vCenter, for example V(vcenter.example.com).
      - Left out, the environment variable E(VSPHERE_HOSTNAME) is used.
    type: str
    required: true
  vsphere_port:
    description:
      - Port of vCenter. Left out, the environment variable E(VSPHERE_PORT) is used, else V(443).
    type: int
    default: 443
  vsphere_user:
    description:
      - User, with its domain, for example V(administrator@vsphere.local). It may hold any character.
      - Left out, the environment variable E(VSPHERE_USER) is used.
    type: str
  vsphere_password:
    description:
      - Password of O(vsphere_user). It may hold any character, quotation marks too.
      - Left out, the environment variable E(VSPHERE_PASSWORD) is used.
    type: str
  validate_certs:
    description:
      - Whether vCenter's certificate must be valid. V(false) trusts anybody; prefer O(ca_path) or O(thumbprint).
      - Left out, the environment variable E(VSPHERE_VALIDATE_CERTS) is used, else V(true).
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificate authorities to trust.
      - Left out, the environment variable E(VSPHERE_CA_PATH) is used, else the system's store.
    type: path
  thumbprint:
    description:
      - SHA-256 thumbprint of vCenter's certificate, as C(SHA-256:A1:B2:…); it replaces the check of names and
        authorities.
      - Left out, the environment variable E(VSPHERE_THUMBPRINT) is used.
    type: str
  timeout:
    description:
      - Longest silence of vCenter in seconds, for connecting and for each answer. It does not limit uploads.
      - Left out, the environment variable E(VSPHERE_TIMEOUT) is used, else V(60).
    type: int
    default: 60
requirements:
  - requests
  - pyvmomi >= 8.0.3
notes:
  - A task that runs on the control node shares one login with all other tasks of the run that use the same server
    and user; it is closed when the run ends. A task that runs elsewhere logs in and out by itself.
"""
