#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_rest_host
short_description: Manage hosts of the REST plug-in of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Adds, changes and removes REST hosts with their operations, which workflows then call. It does so with the workflows
    in C(Library/HTTP-REST/Configuration), and gives each only the inputs that this server's release declares.
  - The catalog shows a host's name and address, and more or less of the rest by the plug-in's release. What it shows is
    compared; what it does not show is written when the host is made, and with every other change of the host.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the host. Upper and lower case differ.
    type: str
    required: true
  url:
    description: Address that paths of operations are added to. Left as it is when omitted; a new host needs one.
    type: str
  authentication:
    description: How the plug-in logs in to the host. Left as it is when omitted; V(none) for a new host.
    type: str
    choices: [none, basic, digest, ntlm, kerberos, oauth1, oauth2]
  user:
    description: User for V(basic), V(digest) and V(ntlm). None when omitted.
    type: str
  password:
    description: Password of O(user). None when omitted.
    type: str
  update_password:
    description:
      - When the password and the other secrets are written. V(on_create) writes them only when the host is made or
        another change is, V(always) each time, which is always a change.
    type: str
    choices: [on_create, always]
    default: on_create
  session_mode:
    description:
      - Whether all workflows use the same login or each user's own. Left out, V(shared) for a new host.
    type: str
    choices: [shared, per_user]
  connection_timeout:
    description: Longest time to connect, in seconds. Left out, 30 for a new host.
    type: int
  operation_timeout:
    description: Longest time to wait for an answer, in seconds. Left out, 60 for a new host.
    type: int
  host_verification:
    description: Whether the name in the host's certificate is compared. Left out, V(true) for a new host.
    type: bool
  accept_certificate:
    description:
      - Whether the certificate that the host shows while it is added is trusted unseen. Left out, V(false).
    type: bool
  import_certificate:
    description:
      - Whether the certificate that O(url) shows is imported first, by the workflow C(Import a certificate from URL),
        when the host is made and when its address changes. It is trusted as it is seen by the server then.
    type: bool
    default: false
  proxy_host:
    description: Proxy to reach the host by. None when omitted.
    type: str
  proxy_port:
    description: Port of O(proxy_host). None when omitted.
    type: int
  domain:
    description: Domain of O(user) for V(ntlm). None when omitted.
    type: str
  workstation:
    description: Name of the workstation for V(ntlm). None when omitted.
    type: str
  auto_redirect:
    description: Whether redirects are followed, in releases that have it. Left out, the release's own default.
    type: bool
  redirect_strategy:
    description: Which redirects are followed, in releases that have it. Left out, the release's own default.
    type: str
    choices: [default, always, never]
  parallel_requests:
    description: Whether several requests may go on at a time, in releases that have it. Left out, the release's default.
    type: bool
  consumer_key:
    description: Consumer key for V(oauth1). None when omitted.
    type: str
  consumer_secret:
    description: Secret of O(consumer_key). None when omitted.
    type: str
  access_token:
    description: Access token for V(oauth1). None when omitted.
    type: str
  access_token_secret:
    description: Secret of O(access_token). None when omitted.
    type: str
  oauth2_token:
    description: Bearer token for V(oauth2). None when omitted.
    type: str
  token_sending_strategy:
    description: Where the token of V(oauth2) is sent, as the workflow has it. Left out, the release's own default.
    type: str
  operations:
    description:
      - Operations of the host, found by name; others stay, unless O(prune_operations) is set.
      - Left as they are when omitted; none for a new host.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the operation.
        type: str
        required: true
      method:
        description: Method of HTTP.
        type: str
        choices: [GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS]
        default: GET
      url_template:
        description: What is added to O(url), with parameters in braces, for example V(/admin/tenant/{id}).
        type: str
        required: true
      content_type:
        description:
          - Type of the content that it sends. The catalog does not show it, so it is not compared. None when omitted.
        type: str
  prune_operations:
    description: Whether operations that O(operations) does not name are removed.
    type: bool
    default: false
  recreate:
    description:
      - Whether a host that has to change may be removed and made again where the server has no workflow C(Update a REST
        host). Its operations are made again, but it gets another id, which workflows may have kept.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vro_rest_host_info
  - module: vcpp.vcloud.vro_workflow_run
"""

EXAMPLES = r"""
- name: Workflows reach the REST API of Avamar
  vcpp.vcloud.vro_rest_host:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    name: avamar
    url: https://avamar.example.com:8543/rest-api
    authentication: basic
    user: MCUser
    password: "{{ vault_avamar_password }}"
    accept_certificate: true
    operations:
      - {name: Get sessions, url_template: /sessions}
      - {name: Log in, method: POST, url_template: /login, content_type: application/json}
      - {name: Get clients of a tenant, url_template: "/admin/tenant/{tenantId}/client"}

- name: They do no more
  vcpp.vcloud.vro_rest_host:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    name: avamar
    state: absent
"""

RETURN = r"""
vro_rest_host:
  description:
    - The host as it is now, or would be in check mode, as far as the catalog shows it. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Its name., type: str, sample: avamar}
    url: {description: Its address., type: str, sample: "https://avamar.example.com:8543/rest-api"}
    authentication: {description: "How the plug-in logs in, where the catalog tells.", type: str, sample: basic}
    operations:
      description: Its operations by name, with O(operations).
      type: list
      elements: dict
      sample: [{name: Get sessions, method: GET, url_template: /sessions}]
    password_updated:
      description: Whether the secrets were written. Only with O(update_password=always).
      type: bool
      sample: true
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vro import rest_hosts
from ..module_utils._vro.client import connect


class RestHost(Resource):
    """A REST host, found by its name."""

    noun, product = "vro_rest_host", "vro"
    waits = 300
    fields = rest_hosts.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return rest_hosts.SPEC

    def validate(self, params):
        rest_hosts.check(params)
        self.always, self.written = params["update_password"] == "always", False

    def find(self, context):
        self.host = rest_hosts.find(context.api, context.params["name"], context.params["operations"] is not None)
        return self.host

    def managed(self, context):
        return rest_hosts.managed(self.host)

    def read(self, context, wire):
        values = rest_hosts.read(wire)
        return {**values, "password_updated": self.written} if self.always else values

    def wanted(self, context):
        values = rest_hosts.wanted(self.host, context.params)
        return {**values, "password_updated": True} if self.always else values

    def advise(self, context, step):
        if step.is_change and step.after:
            rest_hosts.refuse_what_cannot_be(context.api, self.host, step.changed, context.params)

    def create(self, context, values):
        rest_hosts.create(context.api, values, context.params, context.wait)
        self.written = True

    def update(self, context, wire, values):
        rest_hosts.update(context.api, wire, values, context.params, context.wait)
        self.written = True

    def delete(self, context, wire):
        rest_hosts.remove(context.api, wire, context.wait)


def main():
    run(RestHost())


if __name__ == "__main__":
    main()
