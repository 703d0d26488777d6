#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_session
short_description: Open or close a vCloud Availability session
version_added: "0.1.0"
description:
  - Returns the token of a session for tasks that run the ordinary way, on another host for example, and would log in
    one by one. Tasks on the control node share a login by themselves and do not need this module.
  - Close the session with O(state=absent) in an C(always) section.
author: The vcpp.vcloud authors (@vcpp)
options:
  state:
    description:
      - V(present) opens a session and returns its token, V(absent) closes the session of O(vcav_token).
      - A session that has already ended counts as closed.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
attributes:
  check_mode:
    details: Opens and closes sessions in check mode too, because nothing in the estate changes by that.
  diff_mode:
    support: N/A
    description: A session is nothing that is managed.
  idempotent:
    support: partial
    description: Opening gives another token each time; closing twice is harmless.
"""

EXAMPLES = r"""
- name: Work on a host that cannot share logins
  block:
    - name: Log in
      vcpp.vcloud.vcav_session:
        vcav_url: https://vcav.example.com
        vcav_password: "{{ vault_vcav_password }}"
      register: login
      no_log: true

    - name: Read the policies
      vcpp.vcloud.vcav_policy_info:
        vcav_url: https://vcav.example.com
        vcav_token: "{{ login.vcav_session.token }}"
  always:
    - name: Log out
      vcpp.vcloud.vcav_session:
        vcav_url: https://vcav.example.com
        vcav_token: "{{ login.vcav_session.token }}"
        state: absent
      when: login.vcav_session.token is defined
"""

RETURN = r"""
vcav_session:
  description: The session. Empty when it was closed.
  returned: success
  type: dict
  contains:
    token:
      description: The token, for O(vcav_token) of other tasks. Register it in a task with C(no_log).
      type: str
      sample: bm90IGEgcmVhbCB0b2tlbg==
    user: {description: Who is logged in., type: str, sample: root}
    roles: {description: Roles of the user., type: list, elements: str, sample: [EVERYONE, ADMINISTRATORS]}
    sites: {description: Names of the sites where the session is logged in., type: list, elements: str, sample: [A03-Auckland]}
    version: {description: Release of the service., type: str, sample: "3.0"}
"""

from ..module_utils._resource import Definition, InputError, run
from ..module_utils._vcav import versions
from ..module_utils._vcav.client import closing, connect


class SessionTask(Definition):
    """A session that outlives its task."""

    noun = "vcav_session"

    def spec(self):
        return {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}

    def validate(self, params):
        if params["state"] == "absent" and not params["vcav_token"]:
            raise InputError("vcav_token is not set: state absent closes the session of that token")

    @staticmethod
    def connect(params):
        return closing(params) if params["state"] == "absent" else connect(params)

    def execute(self, context):
        api = context.api
        if context.params["state"] == "absent":
            return {"changed": False, "vcav_session": {}}
        api.detach()
        sites = [entry["site"] for entry in api.facts["sites"] if entry.get("site")]
        session = {"user": api.facts["user"], "roles": api.facts["roles"], "sites": sites}
        session |= {"version": versions.text(api.version), "token": api.token}
        return {"changed": False, "vcav_session": session}


def main():
    run(SessionTask())


if __name__ == "__main__":
    main()
