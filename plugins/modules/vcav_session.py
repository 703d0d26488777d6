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
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.state.session
  - vcpp.vcloud.attributes.session
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

from ..module_utils._resource import run
from ..module_utils._session_task import SessionDefinition
from ..module_utils._vcav import versions
from ..module_utils._vcav.client import closing, connect


class SessionTask(SessionDefinition):
    """A session of vCloud Availability."""

    noun = "vcav_session"

    @staticmethod
    def connect(params):
        return closing(params) if params["state"] == "absent" else connect(params)

    def tell(self, api):
        return {
            "user": api.facts["user"],
            "roles": api.facts["roles"],
            "sites": [entry["site"] for entry in api.facts["sites"] if entry.get("site")],
            "version": versions.text(api.version),
            "token": api.token,
        }


def main():
    run(SessionTask())


if __name__ == "__main__":
    main()
