#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_certificate
short_description: Replace the certificate of a vCloud Availability service
version_added: "0.1.0"
description:
  - Gives a service (cloud, manager, replicator or tunnel) the certificate of a PKCS#12 file, or lets it make itself a new
    one, and waits until the service has restarted. The certificates are compared by their SHA-256 thumbprint.
  - The file is checked before anything is sent. It must open with the passphrase, hold the private key, carry the
    extended key usage Server Authentication, be valid now, and hold no certificate that is not of its chain.
  - Everybody who pinned the old certificate is broken until repaired. The result lists it in RV(repairs), and what the
    same service can repair itself is done if the options for it are given. Role P(vcpp.vcloud.vcav_certificates#role)
    replaces the certificates of a whole site and repairs everything in the right order.
  - Where the service shows the certificate of O(pkcs12_path) already, it is trusted by that, also if O(thumbprint) still
    names the old one or O(ca_path) does not know the new one. So a task can be run again.
author: The vcpp.vcloud authors (@vcpp)
options:
  pkcs12_path:
    description:
      - PKCS#12 file with the certificate, its private key and its chain, on the host where the task runs.
      - Left out, O(regenerate_before_days) or O(regenerate_thumbprint) says when the service makes itself another one.
    type: path
  pkcs12_passphrase:
    description:
      - Passphrase of O(pkcs12_path), printable ASCII characters. Needed with O(pkcs12_path), not used when that is omitted.
    type: str
  regenerate_before_days:
    description:
      - The service makes itself a new self-signed certificate if the present one expires within so many days.
        Release 4.0 and newer. Left out, the expiry does not matter.
    type: int
  regenerate_thumbprint:
    description:
      - The service makes itself a new self-signed certificate if the present one has this SHA-256 thumbprint, and leaves
        any other alone. Release 4.0 and newer. Left out, the thumbprint does not matter.
    type: str
  tunnel_root_password:
    description:
      - Password of root at the tunnel appliance. With it a cloud service logs in to its tunnel anew, which refuses it after
        a change of the certificate. Left out, that is to be done by M(vcpp.vcloud.vcav_tunnel). Other services ignore it.
    type: str
  replicator_root_password:
    description:
      - Password of root at the replicators. With it, O(sso_user) and O(sso_password) a manager service repairs the
        registration of its replicators. Left out, that is to be done by M(vcpp.vcloud.vcav_replicator). Other services ignore it.
    type: str
  sso_user:
    description: User of the vCenter's single sign-on, for O(replicator_root_password). Left out, replicators are not repaired.
    type: str
  sso_password:
    description: Password of O(sso_user). Left out, replicators are not repaired.
    type: str
  wait_timeout:
    description: Longest time to wait for the restart of the service, in seconds.
    type: int
    default: 600
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
requirements:
  - cryptography, for O(pkcs12_path)
notes:
  - A certificate that a paired site has is refused, because two sites with one certificate cannot be paired. A name that
    covers a paired site too is only told in a warning.
  - The restart ends all sessions of the service, so a O(vcav_token) is refused where the certificate would change.
  - A repair that was not done, because a password was missing or the task failed, is not made up for by running it again.
    RV(repairs) then names what is broken, as far as the service knows.
seealso:
  - module: vcpp.vcloud.vcav_certificate_info
  - module: vcpp.vcloud.vcav_tunnel
  - module: vcpp.vcloud.vcav_replicator
  - module: vcpp.vcloud.vcav_site_pairing
"""

EXAMPLES = r"""
- name: A self-signed certificate that ends within a month is made anew
  vcpp.vcloud.vcav_certificate:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    regenerate_before_days: 30

- name: The portal has its own certificate, and the tunnel is logged in to anew
  vcpp.vcloud.vcav_certificate:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    pkcs12_path: "{{ playbook_dir }}/files/vcav.example.com.p12"
    pkcs12_passphrase: "{{ vault_pkcs12_passphrase }}"
    tunnel_root_password: "{{ vault_vcav_password }}"
  register: portal
"""

RETURN = r"""
vcav_certificate:
  description: The certificate as it is now, or would be in check mode. One of the two values, by what the options compare.
  returned: success
  type: dict
  contains:
    thumbprint: {description: SHA-256 thumbprint. With O(pkcs12_path)., type: str, sample: "SHA-256:A1:B2:C3"}
    due: {description: "Whether the certificate is to be made anew, so V(false). Without O(pkcs12_path).", type: bool, sample: false}
current_thumbprint:
  description:
    - The SHA-256 thumbprint that the service shows at the end of the task, for O(thumbprint) of the tasks that follow.
      In check mode the present one.
  returned: success
  type: str
  sample: "SHA-256:A1:B2:C3"
repairs:
  description:
    - What the change breaks, in the order of repair. Where nothing changes, what the service knows to be broken.
  returned: success
  type: list
  elements: dict
  contains:
    kind: {description: "V(tunnel), V(replicator), V(pairing), V(paired sites), V(on-premises site), V(portal plug-in).", type: str, sample: tunnel}
    name: {description: "Address or name of what is broken.", type: str, sample: "https://vdev-a03-vcat.vdev.local:8047"}
    done: {description: Whether this task repairs it., type: bool, sample: true}
    module: {description: The module that repairs it; none where a person has to., type: str, sample: vcpp.vcloud.vcav_tunnel}
    how: {description: What to do., type: str, sample: "The tunnel wants its root password anew: run the task with repair: true."}
"""

from ..module_utils._plan import Field
from ..module_utils._resource import Failure, Setting, run
from ..module_utils._vcav import certificates, repairs, services

WAYS = ("pkcs12_path", "regenerate_before_days", "regenerate_thumbprint")


class Certificate(Setting):
    """The certificate of one service."""

    noun = "vcav_certificate"
    fields = {"thumbprint": Field("thumbPrint"), "due": Field("due")}
    waits = 600

    def connect(self, params):
        self.notices, self.made = [], False
        return certificates.reach(params, self.bundle, self.notices)

    def spec(self):
        texts = ("regenerate_thumbprint", "sso_user")
        secrets = ("pkcs12_passphrase", "tunnel_root_password", "replicator_root_password", "sso_password")
        return {
            "pkcs12_path": {"type": "path"},
            "regenerate_before_days": {"type": "int"},
            **{name: {"type": "str"} for name in texts},
            **{name: {"type": "str", "no_log": True} for name in secrets},
        }

    def rules(self):
        return {
            "required_one_of": [WAYS],
            "mutually_exclusive": [WAYS[:2], WAYS[::2]],
            "required_by": {"pkcs12_path": "pkcs12_passphrase"},
        }

    def validate(self, params):
        certificates.check_conditions(params)
        self.bundle = certificates.load(params)

    def find(self, context):
        self.shown = certificates.own(context.api)
        return self.shown

    def read(self, context, wire):
        if self.bundle:
            return {"thumbprint": wire.thumbprint}
        return {"due": not self.made and certificates.is_due(wire, context.params, context.api.version)}

    def wanted(self, context):
        return {"thumbprint": self.bundle.thumbprint} if self.bundle else {"due": False}

    def advise(self, context, step):
        self.paired = repairs.peers(context.api)
        if step.is_change:
            services.refuse_token(context.api, "replacing the certificate")
        if step.is_change and self.bundle:
            repairs.refuse_duplicate(self.bundle, self.paired)
            self.notices += [*self.bundle.warnings, *repairs.shared_names(self.bundle, self.paired)]
        for text in self.notices:
            context.warn(text)

    def more(self, context, step):
        consequences = (context.api, self.paired, context.params)
        self.repairs = repairs.consequences(*consequences) if step.is_change else repairs.broken(*consequences[:2])
        return {"repairs": [repair.row() for repair in self.repairs]}

    def update(self, context, wire, values):
        if self.bundle:
            passphrase = context.params["pkcs12_passphrase"]
            certificates.install(context.api, self.bundle, passphrase, context.wait)
        else:
            certificates.regenerate(context.api, context.wait)
        self.made = True
        failed = repairs.carry_out(self.repairs)
        if failed:
            raise Failure(failed, changed=True, repairs=[repair.row() for repair in self.repairs])

    def execute(self, context):
        result = super().execute(context)
        return {**result, "current_thumbprint": self.shown.thumbprint}


def main():
    run(Certificate())


if __name__ == "__main__":
    main()
