# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# How objects are found is in module_utils/_vro/objects.py; here it is only told to Ansible.

from __future__ import annotations

DOCUMENTATION = r"""
name: vro_object
short_description: Find an object of a plug-in of vRealize Orchestrator
version_added: "0.1.0"
author: The vcpp.vcloud authors (@vcpp)
description:
  - Finds the one object of a type that has a name or other attributes, and gives what C(Server.findForType) finds it
    by, or what a parameter of a workflow takes.
  - No object, and more than one, are errors that name what there is.
options:
  _terms:
    description: Types as scripts write them, for example V(vCloud:VM). Each gives one object.
    type: list
    elements: str
    required: true
  name:
    description: Name or display name of the object. V(*) stands for any text. Not compared when omitted.
    type: str
  search:
    description:
      - Further attributes and what they must be, as for O(vcpp.vcloud.vro_object_info#module:search).
      - None when omitted; then O(name) is needed.
    type: dict
  want:
    description:
      - V(id) gives what scripts find the object by, V(reference) the dictionary with type and id that a parameter of a
        workflow takes, V(script) the call that finds it, V(object) all that
        RV(vcpp.vcloud.vro_object_info#module:vro_object) tells.
    type: str
    choices: [id, reference, script, object]
    default: id
  several:
    description: Whether any number of objects may match; they are given by name, and none is no error.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro_lookup
notes:
  - In a run that has a task of this collection, the login is shared with it. Else each lookup logs in and out.
seealso:
  - module: vcpp.vcloud.vro_object_info
  - module: vcpp.vcloud.vro_workflow_run
"""

EXAMPLES = r"""
# Server and login come from VRO_URL, VRO_USER and VRO_PASSWORD where they are not given.
- name: What a script finds a machine by
  ansible.builtin.debug:
    msg: "{{ lookup('vcpp.vcloud.vro_object', 'vCloud:VM', name='tyrell-web-a03-01') }}"

- name: A workflow gets a host of the REST plug-in
  vcpp.vcloud.vro_workflow_run:
    workflow: Invoke a REST operation
    category: Library/HTTP-REST
    parameters:
      host: "{{ lookup('vcpp.vcloud.vro_object', 'REST:RESTHost', name='avamar', want='reference') }}"

- name: All vApps of a tenant
  ansible.builtin.debug:
    msg: "{{ query('vcpp.vcloud.vro_object', 'vCloud:VApp', name='tyrell-*', several=true, want='object') }}"
"""

RETURN = r"""
_raw:
  description: One element for each type, or with O(several) all objects that match, as O(want) says.
  type: list
  elements: raw
"""

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ..module_utils._http import HttpError, MissingLibrary
from ..module_utils._options import PRODUCTS
from ..module_utils._plan import InputError
from ..module_utils._remedies import remedy
from ..module_utils._vro import objects
from ..module_utils._vro.client import connect

TOLD = {
    "id": lambda found: found.id,
    "reference": lambda found: found.reference,
    "script": lambda found: found.script,
    "object": objects.told,
}


class LookupModule(LookupBase):
    """Objects of an orchestrator."""

    def run(self, terms, variables=None, **kwargs):
        """What `want` says of the object of each type."""
        self.set_options(var_options=variables, direct=kwargs)
        name, search = self.get_option("name"), self.get_option("search")
        wanted = {**(search or {}), **({"name": name} if name is not None else {})}
        params = {option.name: self.get_option(option.name) for option in PRODUCTS["vro"]}
        try:
            return self._read(terms, wanted, params)
        except (InputError, MissingLibrary) as problem:
            raise AnsibleError(str(problem)) from None
        except HttpError as problem:
            advice = remedy(problem)
            text = str(problem).rstrip(".")
            raise AnsibleError(f"{text}. {advice}".rstrip()) from None

    def _read(self, terms, wanted, params):
        for term in terms:
            objects.read_type("the type", str(term))
        several = self.get_option("several")
        if wanted or not several:
            objects.check_search("the search (name and search)", wanted)
        told = TOLD[self.get_option("want")]
        found = []
        with connect(params) as api:
            for term in map(str, terms):
                if several:
                    found += objects.matching(objects.listed(api, term, option="the type"), wanted, "search")
                else:
                    found.append(objects.one(api, term, wanted, "search"))
        return [told(each) for each in found]
