"""Public keys of nodes: one line, whatever they were saved as (contract cse-api.md, 10)."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._cse.ssh_key import one_line
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIFCoOMRJUmlvPGMUNdeeV5cYClgDWNIVMCJ8/vYLDt7y"
KEY = f"ssh-ed25519 {BLOB}"
BEGIN, END = "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KEY, KEY),
        (f"  {KEY} roy@tyrell\n", f"{KEY} roy@tyrell"),
        (f'{BEGIN}\nComment: "roy@tyrell"\n{BLOB[:30]}\n{BLOB[30:]}\n{END}\n', KEY),
        (f"{BEGIN}\r\nComment: a long \\\r\none\r\nSubject: roy\r\n{BLOB}\r\n{END}", KEY),
        (f"{BEGIN}\n{BLOB}\n{END}", KEY),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "private key"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\n", "private key"),
        (f"{KEY}\n{KEY}", "several lines"),
        (f"{BEGIN}\n{BLOB}\n", "is missing"),
        (f"{BEGIN}\n{BLOB[:40]}\n{END}", "no key"),
        (f"{KEY[:-8]} roy", "cut off"),
        (f"ssh-rsa {BLOB}", "cut off or changed"),
        (f"ssh-dss {BLOB}", "does not begin with a kind"),
        (f"{KEY} it's mine", "single quote"),
        ("", "does not begin with a kind"),
    ],
)
def test_what_no_node_could_use_is_refused_unseen(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        one_line(text)
    assert BLOB not in str(refused.value)
