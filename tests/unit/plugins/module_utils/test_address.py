"""Addresses and times in the connection options: what is refused, in which words, and that no password is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._address import blotted, login_part
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import client as vcav
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import sites
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import client as vcd

OPTIONS: dict[str, Any] = {"validate_certs": True, "ca_path": None, "thumbprint": None, "timeout": 60}
READERS: dict[str, Callable[[str], object]] = {
    "vcav_url": lambda url: vcav.connection({**OPTIONS, "vcav_url": url}).endpoint,
    "vcd_url": lambda url: vcd.connection({**OPTIONS, "vcd_url": url}).endpoint,
    "public_endpoint": sites.normal_url,
}


@pytest.fixture(name="option", params=list(READERS))
def an_option(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("url", [
    "https://adm:S3cretPw@vcd.example.com", "https://:S3cretPw@vcd.example.com", "https://adm:S3cretPw@",
    "https://adm:/S3cretPw@vcd.example.com", "https://adm:S3cretPw#@vcd.example.com", "adm:S3cretPw@vcd.example.com",
    "http://adm:S3cretPw@vcd.example.com", "https://adm:S3cretPw@[vcd.example.com", "https://a:@S3cretPw@vcd.example.com",
    "https://vcd.example.com:notaport?token=S3cretPw",
])  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_shown(option: str, url: str) -> None:
    with pytest.raises(InputError, match=f"{option} is .*write it as https://<host>") as refused:
        READERS[option](url)
    assert "S3cret" not in str(refused.value) and "********" in str(refused.value)


@pytest.mark.parametrize("url", [
    "https://vcd.example.com:notaport", "https://[vcd.example.com", "https://[vcd.example.com]", "https://2001:db8::1",
    "https://vcd.example.com:99999", "https://vcd.example.com:0", "https://vcd.example.com]", "https://x[2001:db8::1]",
    "https://", "https://:443", "https://vcd..example.com", "https://vcd example.com", "https://<host>",
    "vcd.example.com", "https:/vcd.example.com", "http://vcd.example.com", f"https://{64 * 'a'}.example.com", "",
])  # fmt: skip
def test_what_is_no_address_is_refused_with_option_value_and_remedy(option: str, url: str) -> None:
    with pytest.raises(InputError) as refused:
        READERS[option](url)
    assert f"{option} is {url!r}: write it as https://<host>" in str(refused.value)


@pytest.mark.parametrize("url", [
    "https://vcd.example.com:8443", "https://[2001:db8::1]:8443", "https://192.0.2.1:443", "https://vcd_1.example.com.:443",
    "https://localhost:8443", "https://höhle.example.com:443",
])  # fmt: skip
def test_every_sound_address_is_taken(option: str, url: str) -> None:
    assert READERS[option](url) == url


@pytest.mark.parametrize(("url", "shown"), [
    ("https://vcd.example.com/a", "https://vcd.example.com/a"), ("u:p@host", "********@host"),
    ("https://u:p@host/x?y=z", "https://********@host/x?********"),
])  # fmt: skip
def test_blotting_leaves_what_is_no_secret(url: str, shown: str) -> None:
    assert blotted(url) == shown


@pytest.mark.parametrize(("option", "value", "lowest"), [
    ("timeout", 0, 1), ("timeout", -1, 1), ("wait_timeout", -1, 0), ("wait_interval", -1, 0),
])  # fmt: skip
def test_times_that_cannot_be_are_refused_for_every_product(option: str, value: int, lowest: int) -> None:
    words = f"{option} is {value}: give a number of seconds, {lowest} to 10000000"
    with pytest.raises(InputError, match=words):
        vcav.connection({**OPTIONS, "vcav_url": "https://vcav.example.com", option: value})
    with pytest.raises(InputError, match=words):
        vcd.connection({**OPTIONS, "vcd_url": "https://vcd.example.com", option: value})


def test_the_lowest_times_are_taken() -> None:
    lowest = {"timeout": 1, "wait_timeout": 0, "wait_interval": 0}
    assert vcav.connection({**OPTIONS, "vcav_url": "https://vcav.example.com", **lowest}).timeout == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://root:s3cret@vcav.example.com", "root:s3cret"),
        ("https://root:a@b@vcav.example.com/x", "root:a@b"),
        ("//root:s3cret@vcav.example.com", "root:s3cret"),
        ("https://vcav.example.com", None),
        ("root@vsphere.local", None),
        (5, None),
    ],
)
def test_what_somebody_wrote_before_the_host_is_found_so_that_it_can_be_hidden(text: object, found: str | None) -> None:
    assert login_part(text) == found
