#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_branding_preview
short_description: Show portals as they are and as a branding would make them
version_added: "0.1.0"
description:
  - Makes one self-contained HTML page that shows, side by side, what the portals of the system and of organizations show
    now and what they would show after M(vcpp.vcloud.vcd_branding) with the same O(system), O(tenants) and
    O(common). It speaks to vCloud Director only to read.
  - The page tells portal name, banner colour, logo, icon, theme with its colours, and both menus; what differs, what
    follows the system, and which colours cannot be read well on one another (WCAG 2, level AA).
  - There is one request for each organization and, unless O(images=false), two more for its images, 8 at a time.
  - Every run makes the page anew, so every run is changed.
  - Organizations and themes that do not exist are no error, in check mode or not, because they may be made before the
    branding. The page and a warning tell of them.
author: The vcpp.vcloud authors (@vcpp)
options:
  dest:
    description:
      - The HTML file to write, on the host that runs the task. Its directory is created when it is missing.
    type: path
    required: true
  title:
    description: What stands above the page.
    type: str
    default: Portal branding
  themes:
    description:
      - Themes that will be made or get another style sheet before the branding, with M(vcpp.vcloud.vcd_theme). The
        page shows their colours. None when omitted.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the theme.
        type: str
        required: true
      css:
        description: Text of its style sheet. Left out, it is the one that the theme has now.
        type: str
      css_file:
        description:
          - File of its style sheet, on the host that runs the task. With C(palette), the sheet that the palette is laid
            over. Left out, there is none.
        type: path
      palette:
        description: Its colours, as for the filter P(vcpp.vcloud.vcd_theme_css#filter). Left out, there is none.
        type: dict
  prune:
    description: Whether organizations that O(tenants) does not name are in it too, as they look with nothing of their own.
    type: bool
    default: false
  images:
    description:
      - Whether the logo and the icon of every organization are read. With V(false), only of those for which one is
        given, and the page does not show the others.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.branding
  - vcpp.vcloud.attributes.report
seealso:
  - module: vcpp.vcloud.vcd_branding
  - module: vcpp.vcloud.vcd_theme
"""

EXAMPLES = r"""
- name: How the portals would look
  vcpp.vcloud.vcd_branding_preview:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    dest: /tmp/preview/kiwi-cloud.html
    title: Kiwi Cloud
    themes:
      - name: Kiwi
        palette: {header: "#323843", background: "#FAFAFA", text: "#1B2330", primary: "#3F6212", accent: "#D9EDBF"}
    system:
      portal_name: Kiwi Cloud
      portal_color: "#323843"
      theme: Kiwi
      custom_links:
        - {type: override, name: about, url: "https://my.company.com/about/"}
        - {type: section, name: Support}
        - {type: link, name: Help Desk, url: "https://my.company.com/helpdesk/"}
    tenants:
      - org: Tyrell
        portal_name: Tyrell Corporation
        theme: Dark
  register: preview

- name: Who would see something new
  ansible.builtin.debug:
    msg: "{{ preview.vcd_branding_preview.orgs | rejectattr('fate', 'equalto', 'stays') | map(attribute='org') | list }}"
"""

RETURN = r"""
vcd_branding_preview:
  description: What the page shows.
  returned: success
  type: dict
  contains:
    dest: {description: The file., type: str, sample: /tmp/preview/kiwi-cloud.html}
    system:
      description: Whether the system's own portal C(changes) or C(stays). Null where O(system) is left out.
      type: str
      sample: changes
    totals:
      description: How many organizations are in it, and how many of them change, stay, and return to the system's branding.
      type: dict
      sample: {tenants: 1, changes: 1, stays: 0, returns: 0}
    orgs:
      description: Each organization, whether it C(changes), C(stays) or C(returns), and the fields that differ.
      type: list
      elements: dict
      sample: [{org: Tyrell, fate: changes, changed: [portal_name, theme]}]
    weak:
      description: Two colours of a portal as it would be that are hard to read on one another, one sentence each.
      type: list
      elements: str
      sample: []
    missing_themes:
      description: Themes that are neither there nor in O(themes), so that M(vcpp.vcloud.vcd_branding) would refuse them.
      type: list
      elements: str
      sample: []
    missing_orgs:
      description:
        - Organizations that do not exist yet, so that M(vcpp.vcloud.vcd_branding) would refuse them outside check mode. They
          are shown as new ones, with the system's branding as it is.
      type: list
      elements: str
      sample: []
    warnings:
      description: What is to be known beside; of RV(vcd_branding_preview.missing_orgs) first, with what may have been meant.
      type: list
      elements: str
      sample: []
"""

from ..module_utils._files import written
from ..module_utils._moments import now
from ..module_utils._moments import written as moment
from ..module_utils._preview.model import totals
from ..module_utils._preview.page import to_html
from ..module_utils._resource import Definition, run
from ..module_utils._vcd import branding, branding_preview
from ..module_utils._vcd.client import connect


class Preview(Definition):
    """Portals as they are and as they would be, as a page."""

    noun, product = "vcd_branding_preview", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        themes = {"type": "list", "elements": "dict", "default": [], "options": branding_preview.THEME_SPEC}
        return {
            "dest": {"type": "path", "required": True},
            "title": {"type": "str", "default": "Portal branding"},
            **branding.SPEC,
            "themes": themes,
            "prune": {"type": "bool", "default": False},
            "images": {"type": "bool", "default": True},
        }

    def rules(self):
        return {"required_by": {"common": "tenants"}}

    def validate(self, params):
        branding_preview.file_name_refused(params["dest"])
        self._wishes = branding.read_wishes(params["system"], params["tenants"] or [], params["common"])
        self._css = branding_preview.read_themes(params["themes"])

    def execute(self, context):
        params = context.params
        chosen = {"everybody": params["prune"], "pictures": params["images"]}
        found = branding_preview.collect(context.api, self._wishes, self._css, **chosen)
        for text in found.warnings:
            context.warn(text)
        about = {"title": params["title"], "endpoint": context.api.endpoint, "generated": moment(now())}
        page = to_html(found.rows, warnings=found.warnings, **about)
        if not context.check_mode:
            written({params["dest"]: page})
        count = totals(found.rows)
        shown = {
            "dest": params["dest"],
            "system": next((row.fate for row in found.rows if row.org is None), None),
            "totals": {name: count[name] for name in ("tenants", "changes", "stays", "returns")},
            "orgs": found.result(),
            "weak": found.weak(),
            "missing_themes": found.missing_themes,
            "missing_orgs": found.missing_orgs,
            "warnings": found.warnings,
        }
        return {"changed": True, "vcd_branding_preview": shown}


def main():
    run(Preview())


if __name__ == "__main__":
    main()
