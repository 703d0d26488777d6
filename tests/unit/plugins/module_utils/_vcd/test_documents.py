"""Error bodies of both families, and ids."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import Reply
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import documents

FORBIDDEN = "ACCESS_TO_RESOURCE_IS_FORBIDDEN"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            b'<Error xmlns="http://www.vmware.com/vcloud/v1.5" majorErrorCode="403" message="[ 3f0a ] No right"'
            b' minorErrorCode="ACCESS_TO_RESOURCE_IS_FORBIDDEN"><TenantError message="No"/></Error>',
            (FORBIDDEN, "[ 3f0a ] No right"),
        ),
        (b'<Error majorErrorCode="406" message="Not Acceptable"/>', ("406", "Not Acceptable")),
        (
            b'{"minorErrorCode": "BAD_REQUEST", "message": "[ 3f0a ] Bad", "stackTrace": null}',
            ("BAD_REQUEST", "[ 3f0a ] Bad"),
        ),
        (b'{"error": "invalid_grant", "error_description": "Expired"}', ("invalid_grant", "Expired")),
        (b"", (None, "")),
        (b"<html><title>502 Bad  Gateway</title></html>", (None, "a page for browsers, '502 Bad Gateway'")),
        (b"<html><p>never closed", (None, "a page for browsers, 'never closed'")),
        (b"Service starting", (None, "Service starting")),
        (b"[]", (None, "[]")),
    ],
)
def test_errors_of_every_shape_are_read(body: bytes, expected: tuple[str | None, str]) -> None:
    assert documents.read_error(Reply(500, {}, body)) == expected


def test_ids_are_found_at_the_end_of_urns_and_addresses() -> None:
    uuid = "c196c6f0-5c31-4929-a626-b29b2c9ff5ab"
    assert documents.bare_id(f"urn:vcloud:org:{uuid}") == uuid
    assert documents.bare_id(f"https://vcd.example.test/api/org/{uuid.upper()}/") == uuid
    assert documents.bare_id("other") == "other"
