"""Packages from files and addresses: what is read before an import, what is refused, and how files are streamed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere import package
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.channel import Trust
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.package import (
    Incomplete,
    Package,
    Remote,
    check_source,
    open_package,
)
from tests.unit.plugins.module_utils._vsphere.packages import DISK, descriptor, manifest, ova, whole
from tests.unit.plugins.module_utils.certificates import authority
from tests.unit.plugins.module_utils.serving import Answer, Asked, Server, serving

PLAIN = Trust()


def opened(source: str | Path, trust: Trust = PLAIN) -> Package:
    return open_package(str(source), trust, 5)


def digests(found: Package) -> dict[str, str]:
    """The SHA-256 of every file that the descriptor names, read in blocks as an upload does."""
    result = {}
    buffer = memoryview(bytearray(100_000))
    for member in found.stream([file.href for file in found.descriptor.files]):
        digest = hashlib.sha256()
        while count := member.readinto(buffer):
            digest.update(buffer[:count])
        result[member.name] = digest.hexdigest()
    return result


EXPECTED = {"disk.vmdk": hashlib.sha256(DISK).hexdigest()}


def web(content: bytes, *, ranges: bool = True, length: bool = True) -> Callable[[Asked], Answer]:
    """A web server with one file."""

    def answer(asked: Asked) -> Answer:
        wanted = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("Range", ""))
        if not (wanted and ranges):
            return Answer(200, content, (("ETag", '"one"'),))
        start = int(wanted.group(1))
        told = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return Answer(206, content[start:], (("Content-Range", told), ("ETag", '"one"')))

    return answer


# Files on this machine


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
def test_an_ova_is_understood_and_streamed_without_being_unpacked(tmp_path: Path, algorithm: str) -> None:
    with opened(ova(tmp_path / "a.ova", whole(algorithm=algorithm))) as found:
        assert found.descriptor.product == "Some Appliance"
        assert found.manifest is not None and found.manifest["disk.vmdk"].algorithm == algorithm.lower()
        assert found.bytes_to_send == len(DISK)
        assert digests(found) == EXPECTED
    assert [path.name for path in tmp_path.iterdir()] == ["a.ova"]


def test_an_ovf_with_its_files_beside_it_is_the_same(tmp_path: Path) -> None:
    for name, content in whole().items():
        (tmp_path / name).write_bytes(content)
    with opened(tmp_path / "a.ovf") as found:
        assert found.manifest is not None
        assert digests(found) == EXPECTED


def test_a_package_without_a_manifest_and_one_without_disks_are_read_too(tmp_path: Path) -> None:
    with opened(ova(tmp_path / "a.ova", {"a.ovf": descriptor(), "disk.vmdk": DISK})) as found:
        assert found.manifest is None
    with opened(ova(tmp_path / "b.ova", {"b.ovf": descriptor(file="")})) as found:
        assert digests(found) == {}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"a.ovf": descriptor(), "a.mf": manifest({"a.ovf": b"else", "disk.vmdk": DISK})},
            "not what its manifest says",
        ),
        ({"a.ovf": descriptor(), "a.mf": manifest({"disk.vmdk": DISK})}, "does not list a.ovf"),
        ({"a.ovf": descriptor(), "a.mf": manifest({"a.ovf": descriptor()})}, "does not list disk.vmdk"),
        ({"a.ovf": descriptor(), "a.mf": b"MD5(a.ovf)= 00"}, "line 1 of the manifest"),
        ({"a.ovf": descriptor()}, "does not hold disk.vmdk"),
        ({"a.ovf": descriptor(), "disk.vmdk": DISK[:-1]}, f"has {len(DISK) - 1} bytes, not the {len(DISK)}"),
        ({"disk.vmdk": DISK, "a.ovf": descriptor()}, "its first file is disk.vmdk"),
        ({}, "is no OVA|is cut off or damaged"),
    ],
)
def test_a_package_that_is_not_whole_is_refused_before_anything_is_sent(
    tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(InputError, match=f"(?s)^source.*{said}"):
        opened(ova(tmp_path / "a.ova", files))


def test_an_ova_that_is_cut_off_is_refused_with_where_it_ends(tmp_path: Path) -> None:
    path = ova(tmp_path / "a.ova", whole())
    path.write_bytes(path.read_bytes()[:1_000_000])
    with pytest.raises(InputError, match="cut off.*there are 1000000.*fetch the package again"):
        opened(path)


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ova").write_bytes(content)
    with pytest.raises(InputError, match="is no OVA"):
        opened(tmp_path / "a.ova")


def test_a_file_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    for name in ("a.ova", "a.ovf"):
        with pytest.raises(InputError, match=f"{name}.*No such file"):
            opened(tmp_path / name)


@pytest.mark.parametrize(
    ("attributes", "said"), [('ovf:compression="gzip"', "compressed"), ('ovf:chunkSize="100"', "split into chunks")]
)
def test_compressed_and_split_files_are_refused_explicitly(tmp_path: Path, attributes: str, said: str) -> None:
    text = descriptor(file=f'<File ovf:href="disk.vmdk" ovf:id="f1" {attributes}/>')
    with pytest.raises(InputError, match=f"{said}.*ovftool"):
        opened(ova(tmp_path / "a.ova", {"a.ovf": text, "disk.vmdk": DISK}))


@pytest.mark.parametrize("href", ["../disk.vmdk", "/etc/passwd", "https://elsewhere.example/disk.vmdk"])
def test_an_ovf_cannot_name_a_file_outside_of_its_folder(tmp_path: Path, href: str) -> None:
    (tmp_path / "a.ovf").write_bytes(descriptor(file=f'<File ovf:href="{href}" ovf:id="f1"/>'))
    with pytest.raises(InputError, match="outside of its own folder"):
        opened(tmp_path / "a.ovf")


def test_a_file_that_shrinks_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = ova(tmp_path / "a.ova", whole())
    with opened(path) as found:
        path.write_bytes(path.read_bytes()[:1_000_000])
        with pytest.raises(Incomplete, match="disk.vmdk ends after"):
            digests(found)


# Addresses


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    return ova(tmp_path / "a.ova", whole()).read_bytes()


def starts(server: Server) -> list[str]:
    return [asked.headers.get("Range", "") for asked in server.asked]


def test_an_ova_behind_an_address_is_read_by_ranges(archive: bytes) -> None:
    with serving(web(archive)) as server, opened(f"{server.url}/images/a.ova?key=1") as found:
        assert digests(found) == EXPECTED
        assert found.label == "a.ova"
    assert len(server.asked) <= 4
    assert starts(server)[0] == "bytes=0-"


def test_an_ova_of_a_server_without_ranges_is_read_in_one_pass(archive: bytes) -> None:
    with serving(web(archive, ranges=False)) as server, opened(f"{server.url}/a.ova") as found:
        assert digests(found) == EXPECTED
        assert len(server.asked) == 1


def test_a_file_whose_size_is_a_multiple_of_the_block_of_tar_does_not_break_the_one_pass(tmp_path: Path) -> None:
    """tarfile looks one byte back before it goes on, which a stream cannot do by itself."""
    files = '<File ovf:href="one.vmdk" ovf:id="f1"/><File ovf:href="two.vmdk" ovf:id="f2"/>'
    text = descriptor(file=files)
    text += b" " * (512 - len(text) % 512)
    content = ova(tmp_path / "a.ova", {"a.ovf": text, "one.vmdk": DISK, "two.vmdk": DISK[:1024]}).read_bytes()
    with serving(web(content, ranges=False)) as server, opened(f"{server.url}/a.ova") as found:
        assert list(digests(found)) == ["one.vmdk", "two.vmdk"]
        assert len(server.asked) == 1


def test_an_ovf_behind_an_address_has_its_files_beside_it() -> None:
    files = whole()

    def answer(asked: Asked) -> Answer:
        content = files.get(asked.path.rpartition("/")[2])
        return Answer(404) if content is None else web(content)(asked)

    with serving(answer) as server, opened(f"{server.url}/images/a.ovf") as found:
        assert digests(found) == EXPECTED
        del files["a.mf"]
        with opened(f"{server.url}/images/a.ovf") as again:
            assert again.manifest is None


def test_a_transfer_that_breaks_is_taken_up_again_where_it_broke(archive: bytes) -> None:
    left = [2]

    def answer(asked: Asked) -> Answer:
        whole_answer = web(archive)(asked)
        if left[0] and len(whole_answer.body) > 1_000_000:
            left[0] -= 1
            return Answer(206, whole_answer.body[:500_000], whole_answer.headers, promised=len(whole_answer.body))
        return whole_answer

    with serving(answer) as server, opened(f"{server.url}/a.ova") as found:
        assert digests(found) == EXPECTED
    assert left == [0]


def test_a_file_that_is_replaced_while_it_is_read_is_noticed(archive: bytes) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("If-Range") == '"one"':
            return Answer(200, archive, (("ETag", '"two"'),))
        return web(archive)(asked)

    with serving(answer) as server:
        remote = Remote(f"{server.url}/a.ova", PLAIN, 5)
        remote.seek(2_500_000)
        with pytest.raises(HttpError, match="replaced while it was read"):
            remote.read(10)
        remote.close()


def test_a_redirection_is_followed_but_never_to_a_less_safe_address(archive: bytes) -> None:
    with serving(web(archive)) as target:
        to = (("Location", f"{target.url}/b.ova"),)
        with serving(lambda asked: Answer(302, b"", to)) as server, opened(f"{server.url}/a.ova") as found:
            assert digests(found) == EXPECTED
        identity = authority().issue("127.0.0.1")
        with serving(lambda asked: Answer(302, b"", to), identity) as server:
            with pytest.raises(HttpError, match="no safer address"):
                opened(f"{server.url}/a.ova", Trust(ca_path=authority().ca_path))


def test_the_certificate_of_an_address_is_checked(archive: bytes) -> None:
    with serving(web(archive), authority().issue("127.0.0.1")) as server:
        with pytest.raises(HttpError) as refused:
            opened(f"{server.url}/a.ova")
        assert refused.value.kind == "tls"
        with opened(f"{server.url}/a.ova", Trust(ca_path=authority().ca_path)) as found:
            assert digests(found) == EXPECTED
        with opened(f"{server.url}/a.ova", Trust(checked=False)) as found:
            assert digests(found) == EXPECTED


def test_a_server_that_has_no_such_file_is_told_with_address_and_status() -> None:
    with serving(lambda asked: Answer(404)) as server:
        with pytest.raises(HttpError, match="GET /a.ova at .* was answered 404"):
            opened(f"{server.url}/a.ova")


def test_a_single_pass_that_ends_too_early_is_noticed(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "RESUMES", 0)
    short = Answer(200, archive[:1_000_000], promised=len(archive))
    with serving(lambda asked: short) as server, opened(f"{server.url}/a.ova") as found:
        with pytest.raises(HttpError, match="the connection broke|it ends after"):
            digests(found)


@pytest.mark.parametrize("source", ["ftp://a/b.ova", "https://user:pw@host/a.ova", "https:///a.ova", "http://h:x/a"])
def test_an_address_that_is_none_is_refused_without_its_password(source: str) -> None:
    with pytest.raises(InputError) as refused:
        check_source(source)
    assert "pw" not in str(refused.value).replace("without user and password", "")
    check_source("/srv/a.ova")
    check_source("https://host/a.ova?x=1")
