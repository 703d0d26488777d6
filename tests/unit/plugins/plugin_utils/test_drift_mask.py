# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stay out of the report: names, numbers that are rules, texts of every kind."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_mask import (
    MASK,
    is_secret_name,
    mask_lines,
    mask_message,
    mask_value,
)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "vcav_password",
        "rootPasswd",
        "API_KEY",
        "apiKey",
        "private-key",
        "vcdCookie",
        "vcdAccessToken",
        "client_secret",
        "Authorization",
        "pwd",
        "db.pass",
        "credentials",
        "session_id",
        "psk",
    ],
)
def test_a_value_under_a_secrets_name_is_hidden(name: str) -> None:
    assert mask_value({name: "s3cr3t"}) == {name: MASK}


@pytest.mark.parametrize("name", ["thumbprint", "bypass_proxy", "compass", "author", "authors", "name", "min_rpo"])
def test_names_that_merely_resemble_one_are_shown(name: str) -> None:
    assert mask_value({name: "shown"}) == {name: "shown"}


def test_numbers_and_switches_that_are_rules_about_secrets_are_shown() -> None:
    rules = {"password_max_age": 90, "token_lifetime": 3600, "password_required": True}
    assert mask_value(rules) == rules


def test_a_numeric_password_is_hidden() -> None:
    assert is_secret_name("password", 123456)


def test_everything_below_a_secrets_name_is_hidden() -> None:
    assert mask_value({"a": [{"credentials": {"user": "x", "key": "y"}}]}) == {"a": [{"credentials": MASK}]}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password = hunter2 with blanks", f"password = {MASK}"),
        ("  db_password: hunter2", f"  db_password: {MASK}"),
        ('{"api_key": "hunter2", "port": 80}', f'{{"api_key": "{MASK}", "port": 80}}'),
        ("export TOKEN='hunter2'", f"export TOKEN='{MASK}'"),
        ("<adminPassword>hunter2</adminPassword>", f"<adminPassword>{MASK}</adminPassword>"),
        ("url: https://admin:hunter2@vcd.example.net/api", f"url: https://admin:{MASK}@vcd.example.net/api"),
        ("curl -H 'X: Bearer hunter2hunter2'", f"curl -H 'X: Bearer {MASK}'"),
        ("root:$6$salt$hunter2hash:19000:0", f"root:{MASK}:19000:0"),
        ("requirepass hunter2", f"requirepass {MASK}"),
        ("jwt eyJhbGciOi.eyJzdWIiOi.hunter2", f"jwt {MASK}"),
        ("password_max_age = 90", "password_max_age = 90"),
        ("PasswordAuthentication: no", "PasswordAuthentication: no"),
        ("PermitRootLogin no", "PermitRootLogin no"),
    ],
)
def test_a_line_of_a_file_keeps_its_name_and_loses_its_secret(line: str, shown: str) -> None:
    assert mask_lines([line]) == [shown]


def test_a_private_key_is_hidden_line_by_line() -> None:
    lines = ["a", "-----BEGIN RSA PRIVATE KEY-----", "MIIhunter2", "hunter2==", "-----END RSA PRIVATE KEY-----", "b"]
    assert mask_lines(lines) == ["a", lines[1], MASK, MASK, lines[4], "b"]


def test_a_yaml_block_under_a_secrets_name_is_hidden() -> None:
    assert mask_lines(["secret: |", "  hunter2", "", "  more", "port: 80"]) == [
        "secret: |",
        f"  {MASK}",
        "",
        f"  {MASK}",
        "port: 80",
    ]


def test_a_message_loses_the_secret_and_keeps_the_sentence() -> None:
    assert mask_message("login failed: password=hunter2 is wrong for root") == (
        f"login failed: password={MASK} is wrong for root"
    )
