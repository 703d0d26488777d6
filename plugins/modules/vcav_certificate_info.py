#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_certificate_info
short_description: Read the certificates of a vCloud Availability service and of those it talks to
version_added: "0.1.0"
description:
  - Reads the service's own certificate, and the certificates that the service sees at other addresses, with thumbprint,
    names and the days that are left.
author: The vcpp.vcloud authors (@vcpp)
options:
  urls:
    description:
      - Addresses whose certificates the service looks at, C(https://host[:port]). Left out, only its own is read.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
notes:
  - The alternative names are read with the Python library cryptography. Where it is missing, RV(vcav_certificate[].names)
    holds the common name alone.
seealso:
  - module: vcpp.vcloud.vcav_certificate
"""

EXAMPLES = r"""
- name: How long the certificates are valid
  vcpp.vcloud.vcav_certificate_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    urls: ["https://vdev-a03-vcat.vdev.local:8047"]
  register: certificates

- name: None ends within a month
  ansible.builtin.assert:
    that: certificates.vcav_certificate | map(attribute='expires_in_days') | reject('none') | min > 30
"""

RETURN = r"""
vcav_certificate:
  description: The service's own certificate first, then one entry for each of O(urls), in their order.
  returned: success
  type: list
  elements: dict
  contains:
    url: {description: Where it is shown., type: str, sample: "https://vcav.example.com"}
    own: {description: Whether it is the service's own., type: bool, sample: true}
    thumbprint: {description: SHA-256 thumbprint; none where nobody answers., type: str, sample: "SHA-256:A1:B2:C3"}
    common_name: {description: Common name., type: str, sample: vcav.example.com}
    names: {description: Common name and alternative names., type: list, elements: str, sample: [vcav.example.com]}
    expires: {description: When it ends., type: str, sample: "2029-12-31T23:59:59Z"}
    expires_in_days: {description: Whole days that are left; negative when it has ended., type: int, sample: 365}
    error: {description: Why the service could not look there; none where it could., type: str, sample: connection refused}
"""

from ..module_utils._http import HttpError
from ..module_utils._resource import Info, run
from ..module_utils._vcav import certificates, sites
from ..module_utils._vcav.client import connect


class CertificateInfo(Info):
    """Own and remote certificates."""

    noun = "vcav_certificate"
    connect = staticmethod(connect)

    def spec(self):
        return {"urls": {"type": "list", "elements": "str", "default": []}}

    def validate(self, params):
        for number, url in enumerate(params["urls"]):
            sites.normal_url(url, f"urls[{number}]")

    def fetch(self, context):
        own = certificates.read(certificates.own(context.api))
        rows = [{"url": context.api.endpoint, "own": True, **own, "error": None}]
        return rows + [self.look(context, sites.normal_url(url)) for url in context.params["urls"]]

    def look(self, context, url):
        """A certificate elsewhere; that nobody answers there is an answer, unless the service itself is at fault."""
        try:
            seen, error = certificates.remote(context.api, url), None
        except HttpError as problem:
            if problem.status is None or problem.status in (401, 403):
                raise
            seen, error = certificates.Shown(None, None, None, None), problem.server_message or str(problem)
        return {"url": url, "own": False, **certificates.read(seen), "error": error}


def main():
    run(CertificateInfo())


if __name__ == "__main__":
    main()
