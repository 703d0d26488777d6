# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose image a file is: names, kinds, several at once, wrong spellings; and the filter that tells Ansible."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.vcpp.vcloud.plugins.filter import vcd_branding_images as plugin
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.image_files import with_images

TYRELL = {"org": "Tyrell", "portal_name": "T"}


def test_images_go_to_those_whose_name_they_have() -> None:
    rows = [TYRELL, {"orgs": ["Wallace", "Nexus"], "theme": "Dark"}]
    files = ["/i/Tyrell.png", "/i/Tyrell-icon.ico", "/i/Nexus.SVG", "/i/System.jpeg", "/i/readme.md"]
    assert with_images({"system": {"theme": "Kiwi"}, "tenants": rows}, files) == {
        "system": {"theme": "Kiwi", "logo": "/i/System.jpeg"},
        "tenants": [
            {**TYRELL, "logo": "/i/Tyrell.png", "icon": "/i/Tyrell-icon.ico"},
            {"org": "Wallace", "theme": "Dark"},
            {"org": "Nexus", "theme": "Dark", "logo": "/i/Nexus.SVG"},
        ],
    }


def test_the_table_goes_before_the_folder_and_who_inherits_gets_none() -> None:
    rows = [{**TYRELL, "logo": ""}, {"org": "Wallace", "state": "inherited"}]
    found = with_images({"tenants": rows}, ["/i/Tyrell.png", "/i/Wallace.png"], ["logo"])
    assert found == {"tenants": rows}


def test_a_common_image_is_one_that_every_tenant_has_and_none_of_the_system() -> None:
    wishes = {"system": {"theme": "Dark"}, "tenants": [TYRELL], "common": {"logo": "/srv/all.png", "icon": None}}
    found = with_images(wishes, ["/i/System.png"], ["logo"])
    assert found == {**wishes, "system": {"theme": "Dark", "logo": "/i/System.png"}}
    for files, missing in ((["/i/System.png"], "Tyrell has no icon"), ([], "System has no logo")):
        with pytest.raises(InputError, match=missing):
            with_images(wishes, files, ["logo", "icon"] if files else ["logo"])


def test_the_system_is_named_only_where_there_is_something_for_it() -> None:
    assert with_images({"system": {}, "tenants": []}, []) == {"tenants": []}
    assert with_images({}, ["/i/System.png"]) == {"system": {"logo": "/i/System.png"}, "tenants": []}


def test_an_organization_may_be_called_like_an_icon() -> None:
    found = with_images({"tenants": [{"org": "acme-icon"}]}, ["/i/acme-icon.png"])
    assert found["tenants"] == [{"org": "acme-icon", "logo": "/i/acme-icon.png"}]
    with pytest.raises(InputError, match="may be the logo of 'acme-icon' or the icon of 'acme'"):
        with_images({"tenants": [{"orgs": ["acme", "acme-icon"]}]}, ["/i/acme-icon.png"])


@pytest.mark.parametrize(
    ("files", "more", "message"),
    [
        (["/i/Tyrel.png"], {}, "/i/Tyrel.png belongs to no organization that is named; did you mean 'Tyrell'"),
        (["/i/tyrell-icon.png"], {}, "did you mean 'Tyrell'"),
        (["/i/Tyrell.png", "/i/Tyrell.svg"], {}, "Tyrell.png and /i/Tyrell.svg are both the logo of Tyrell"),
        ([], {"required": ["logo"]}, "Tyrell has no logo: put Tyrell.png into the folder"),
        (["/i/Tyrell.png"], {"required": ["logo", "icon"]}, "Tyrell has no icon: put Tyrell-icon.png"),
        ([], {"required": ["banner"]}, "required is 'banner': give logo or icon"),
        ("/i/Tyrell.png", {}, "files is a text"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_meant(files: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"vcpp.vcloud.vcd_branding_images: .*{message}"):
        plugin.vcd_branding_images({"tenants": [TYRELL]}, files, **more)


@pytest.mark.parametrize(
    "wrong", [None, [], {"tenant": []}, {"tenants": [{}]}, {"tenants": [{"org": "a", "orgs": []}]}]
)
def test_what_is_no_branding_is_refused(wrong: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="give a dictionary"):
        plugin.vcd_branding_images(wrong, [])


def test_strange_files_can_be_let_be() -> None:
    assert plugin.vcd_branding_images({"tenants": [TYRELL]}, ["/i/Other.png"], strict=False) == {"tenants": [TYRELL]}


def test_ansible_is_told_its_name() -> None:
    assert plugin.FilterModule().filters() == {"vcd_branding_images": plugin.vcd_branding_images}
