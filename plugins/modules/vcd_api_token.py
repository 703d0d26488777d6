#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_api_token
short_description: Make and revoke API tokens of vCloud Director
version_added: "0.1.0"
description:
  - Makes an API token of the user who logs in, and revokes API tokens. VMware Cloud Director 10.3.1 and newer.
  - Whoever has the token logs in as that user, until it is revoked. Give it as O(vcd_api_token), with
    O(vcd_api_token_org), to other tasks.
  - The product tells the value of a token once, when it is made, so this module cannot tell it later either.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the token. Upper and lower case differ.
    type: str
    required: true
  owner:
    description:
      - Name of the user whose token it is. Left out, it is the user who logs in.
      - Nobody makes tokens for others, but an administrator can revoke them.
    type: str
  org:
    description: Name of the organization of O(owner). Left out, it is that of the user who logs in.
    type: str
  path:
    description:
      - File that the value of a new token is written to, on the host where the task runs, with mode 0600. It is written
        whole or not at all, before anything else can fail, and replaces an older file. The value is not returned then.
      - A token that exists already and whose file is missing makes a warning, because its value cannot be told again.
      - Left out, the value is returned. A file of a token that is revoked is not removed.
    type: path
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - A session that was itself made from an API token may neither make nor list nor revoke API tokens.
  - The option O(vcd_tenant) is not used here; API tokens belong to users.
seealso:
  - module: vcpp.vcloud.vcd_api_token_info
  - module: vcpp.vcloud.vcd_session
"""

EXAMPLES = r"""
- name: An API token for the nightly jobs
  vcpp.vcloud.vcd_api_token:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: nightly
  register: made
  no_log: true

- name: Log in with it
  vcpp.vcloud.vcd_org_info:
    vcd_url: https://vcd.example.com
    vcd_api_token: "{{ made.api_token }}"

- name: It is revoked
  vcpp.vcloud.vcd_api_token:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: nightly
    state: absent
"""

RETURN = r"""
vcd_api_token:
  description: The token as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the token., type: str, sample: nightly}
    owner: {description: Name of the user whose token it is., type: str, sample: administrator}
    org: {description: Name of that user's organization., type: str, sample: System}
api_token:
  description:
    - The value of a token that was made, for O(vcd_api_token) of other tasks. It cannot be read again. Register it in a
      task with C(no_log).
  returned: when a token was made, O(path) is not given, and not in check mode
  type: str
  sample: not-the-value-of-a-real-token
"""

from ..module_utils._plan import CREATE
from ..module_utils._resource import Resource, run
from ..module_utils._vcd import api_tokens
from ..module_utils._vcd.client import connect


class ApiToken(Resource):
    """An API token, found by its name and its owner."""

    noun, product = "vcd_api_token", "vcd"
    fields = api_tokens.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "owner": {"type": "str"},
            "org": {"type": "str"},
            "path": {"type": "path"},
        }

    def validate(self, params):
        api_tokens.check(params)

    def find(self, context):
        return api_tokens.matching(context.api, **self.wanted(context)) or None

    def read(self, context, wire):
        return api_tokens.read(wire[0])

    def wanted(self, context):
        return api_tokens.wanted(context.api, context.params)

    def advise(self, context, step):
        if step.action == CREATE:
            api_tokens.refuse_others(context.api, step.after)
        elif api_tokens.missing_file(context.params):
            context.warn(api_tokens.missing_file(context.params))

    def create(self, context, values):
        self.value = api_tokens.create(context.api, values["name"], context.params["path"])

    def delete(self, context, wire):
        for token in wire:
            api_tokens.revoke(context.api, token["id"])

    def _verify(self, context, step):
        # That the value was told is the proof of a token; a look that fails now would lose it.
        if step.action != CREATE:
            super()._verify(context, step)

    def execute(self, context):
        self.value = None
        result = super().execute(context)
        told = {"api_token": self.value} if self.value and not context.params["path"] else {}
        return {**result, **told}


def main():
    run(ApiToken())


if __name__ == "__main__":
    main()
