"""Uploads as clients send them (contract section 3)."""

from __future__ import annotations

import pytest
import requests

from tests.simulator.vro.exchange import Refusal
from tests.simulator.vro.multipart import upload_of
from tests.simulator.wire import Request

DATA = bytes(range(256)) + b"\r\n--not the boundary\r\n\n\r"


def sent(files: list[tuple[str, tuple[str | None, bytes, str]]], data: dict[str, str] | None = None) -> Request:
    """What `requests` makes of it."""
    prepared = requests.Request("POST", "https://x/vco/api/packages?overwrite=true", files=files, data=data).prepare()
    assert isinstance(prepared.body, bytes)
    return Request("POST", prepared.path_url, dict(prepared.headers), prepared.body)


def test_one_file_and_stray_parts() -> None:
    request = sent(
        [("file", ("com.example.package", DATA, "application/octet-stream"))],
        {"name": "x", "Content-Type": "application/zip", "categoryId": "c-1", "format": "dar", "overwrite": "false"},
    )
    upload = upload_of(request)
    assert (upload.file_name, upload.data) == ("com.example.package", DATA)
    assert upload.option(request, "categoryId") == "c-1" and upload.option(request, "format") == "dar"
    assert upload.flag(request, "overwrite") is True, "the query wins"
    assert upload.flag(request, "nothing") is False


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_by_hand_as_powershell_does(end: bytes) -> None:
    parts = [
        b"--b1",
        b'Content-Disposition: form-data; name="file"; filename="a \\"b\\" c.workflow"',
        b"Content-Type: x",
        b"",
    ]
    body = end.join([*parts, DATA, b"--b1--", b""])
    upload = upload_of(Request("POST", "/x", {"content-type": 'multipart/form-data; boundary="b1"'}, body))
    assert upload.file_name == 'a "b" c.workflow'
    assert upload.data == (DATA if end == b"\r\n" else DATA[:-1]), "a bare line feed takes a carriage return with it"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (Request("POST", "/x", {"content-type": "application/json"}, b"{}"), 415),
        (Request("POST", "/x", {"content-type": "multipart/form-data"}, b"--x"), 400),
        (Request("POST", "/x", {"content-type": "multipart/form-data; boundary=b"}, b""), 400),
        (sent([("upload", ("a", b"1", "x"))]), 400),
        (sent([("file", ("a", b"1", "x")), ("file", ("b", b"2", "x"))]), 400),
    ],
)
def test_what_is_no_upload(request_: Request, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        upload_of(request_)
    assert refused.value.status == status
