# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What the filter does is in module_utils/_vcd/image_files.py; here it is only told to Ansible.

from __future__ import annotations

DOCUMENTATION = r"""
name: vcd_branding_images
short_description: Give organizations the logos and icons that are named after them
version_added: "0.1.0"
author: The vcpp.vcloud authors (@vcpp)
description:
  - Completes the options C(system) and C(tenants) of M(vcpp.vcloud.vcd_branding) with the files of a folder.
    C(Tyrell.png) is the logo of Tyrell, C(Tyrell-icon.png) its icon, C(System.svg) the logo of the system.
  - A logo ends in C(.png), C(.jpg), C(.jpeg) or C(.svg), an icon in C(.png) or C(.ico); other files are passed over.
  - An entry for several organizations becomes one for each. What an entry says of its images itself stays, and an
    organization with C(state=inherited) gets none.
  - It reads no file. The module does, on the host that runs it, which has to have the files under these paths.
positional: files
options:
  _input:
    description: A dictionary with C(system), C(tenants), C(common) or several of them. C(common) stays as it is.
    type: dict
    required: true
  files:
    description: Paths of the files, for example of the lookup P(ansible.builtin.fileglob#lookup).
    type: list
    elements: str
    required: true
  required:
    description:
      - Images that every organization of C(tenants) must have, unless it inherits, V(logo), V(icon) or both. One that
        C(common) names all of them have.
      - None when omitted.
    type: list
    elements: str
    default: []
  strict:
    description: Whether an image that is named after nobody is refused, which finds wrong spellings.
    type: bool
    default: true
seealso:
  - module: vcpp.vcloud.vcd_branding
"""

EXAMPLES = r"""
- name: Whose image is which
  ansible.builtin.debug:
    msg: "{{ {'tenants': [{'org': 'Tyrell'}]} | vcpp.vcloud.vcd_branding_images(['/srv/portal/Tyrell.png']) }}"

- name: The table with the images of a folder
  ansible.builtin.set_fact:
    rows: "{{ {'tenants': table} | vcpp.vcloud.vcd_branding_images(files) }}"
  vars:
    files: "{{ lookup('ansible.builtin.fileglob', '/srv/portal/*', wantlist=true) }}"
    table:
      - {org: Tyrell, portal_name: Tyrell Corporation}
"""

RETURN = r"""
_value:
  description: The same, with C(logo) and C(icon) where there is a file, and C(system) only where there is one for it.
  type: dict
"""

from ansible.errors import AnsibleFilterError

from ..module_utils._plan import InputError
from ..module_utils._vcd.image_files import with_images


def vcd_branding_images(branding, files, required=(), strict=True):
    """The options with the images. Raises AnsibleFilterError for files and organizations that do not fit."""
    if isinstance(files, str):
        raise AnsibleFilterError(
            "vcpp.vcloud.vcd_branding_images: files is a text: give a list, wantlist=true with lookup"
        )
    try:
        return with_images(branding, files, required, strict)
    except InputError as problem:
        raise AnsibleFilterError(f"vcpp.vcloud.vcd_branding_images: {problem}") from problem


class FilterModule:
    """The filters of this file, as Ansible asks for them."""

    def filters(self):
        return {"vcd_branding_images": vcd_branding_images}
