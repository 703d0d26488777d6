"""Root file systems of the lab's hosts, and the package repository that lies inside them; made once, kept in build/.

    root/         a small Debian 12 with systemd, sshd and Python, read-only below every host
    packages/     what `apt-get install` of the Ceph packages adds to it, a second layer for hosts that shall have them
    repository/   these packages with their index, for hosts on which a role installs them itself

It takes root, mmdebstrap and apt-utils, and a Debian mirror while it is made (about a minute and a half, 1.3 GB).
Nothing of the machine itself is touched: mounts are made in a mount namespace that ends with the command.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
IMAGES = ROOT / "build" / "labs" / "ceph-images"
SUITE = "bookworm"
PROGRAMS = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container", "apt-ftparchive": "apt-utils",
            "ip": "iproute2", "ssh": "openssh-client", "ssh-keygen": "openssh-client", "losetup": "mount"}  # fmt: skip
BASE = ["systemd", "systemd-sysv", "dbus", "udev", "openssh-server", "sudo", "python3", "python3-apt", "iproute2",
        "ca-certificates", "kmod", "procps"]  # fmt: skip
# Daemons and clients; podman is what cephadm asks for.
PACKAGES = ["ceph-mon", "ceph-mgr", "ceph-osd", "ceph-common", "rbd-fuse", "xfsprogs", "chrony"]
OFFERED = [*PACKAGES, "cephadm", "podman"]
# The kernel is the machine's: a host makes the device nodes of its loop devices itself, since no udev runs in it.
# Without a clock of their own and with a network that leads nowhere, these would wait or fail.
MASKED = ["chrony-wait.service", "systemd-firstboot.service", "nvmf-autoconnect.service", "apt-daily.timer",
          "apt-daily-upgrade.timer"]  # fmt: skip
TMPFILES = "".join(f"b! /dev/loop{number} 0660 root disk - 7:{number}\n" for number in range(64))
INSTALL = """
set -eu
mount -t overlay overlay -o "lowerdir=$1/root,upperdir=$1/packages,workdir=$1/work" "$1/merged"
mkdir "$1/merged/srv/repository"
mount --bind "$1/repository" "$1/merged/srv/repository"
mount -t proc proc "$1/merged/proc"
printf '#!/bin/sh\\nexit 101\\n' > "$1/merged/usr/sbin/policy-rc.d"; chmod 755 "$1/merged/usr/sbin/policy-rc.d"
echo 'deb [trusted=yes] file:/srv/repository ./' > "$1/merged/etc/apt/sources.list"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
apt="chroot $1/merged apt-get -qq -o APT::Sandbox::User=root"
$apt update
top=$1; shift
$apt install -y --no-install-recommends "$@"
rm -rf "$top"/merged/var/lib/apt/lists/* "$top/merged/usr/sbin/policy-rc.d"
: > "$top/merged/etc/apt/sources.list"
"""


class NoLab(Exception):
    """This machine cannot run the lab; the text says what is missing."""


@dataclass(frozen=True)
class Image:
    """The three folders."""

    path: Path

    def layers(self, packages: bool) -> str:
        """Value of overlay's `lowerdir`."""
        below = str(self.path / "root")
        return f"{self.path / 'packages'}:{below}" if packages else below

    @property
    def repository(self) -> Path:
        """The repository, bound read-only into every host."""
        return self.path / "repository"


def missing() -> str:
    """Why this machine cannot run the lab; empty where it can."""
    if os.geteuid() != 0:
        return "hosts of the Ceph lab need root"
    path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin:/sbin"
    lacking = sorted({package for program, package in PROGRAMS.items() if not shutil.which(program, path=path)})
    if lacking:
        return f"hosts of the Ceph lab need these packages: apt-get install {' '.join(lacking)}"
    if not Path("/dev/loop-control").exists():
        return "hosts of the Ceph lab need loop devices (/dev/loop-control)"
    return ""


def _do(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise NoLab(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}")


def _base(target: Path) -> None:
    """Root file system and the packages for the repository, both by mmdebstrap."""
    repository = target / "repository"
    repository.mkdir()
    offered = " ".join(OFFERED)
    hooks = [
        'chroot "$1" apt-get -qq update',
        f'chroot "$1" apt-get -qq -y --no-install-recommends --download-only install {offered}',
        f'cp "$1"/var/cache/apt/archives/*.deb "{repository}"',
    ]
    _do("mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--format=directory",
        '--aptopt=APT::Install-Recommends "false"', f"--include={','.join(BASE)}",
        *(f"--customize-hook={hook}" for hook in hooks), SUITE, str(target / "root"))  # fmt: skip
    root = target / "root"
    # Each host makes its own; the files of one machine must not be everybody's.
    for path in [*(root / "etc" / "ssh").glob("ssh_host_*"), root / "etc" / "machine-id"]:
        path.unlink(missing_ok=True)
    (root / "etc" / "apt" / "sources.list").write_text("", encoding="utf-8")
    (root / "etc" / "tmpfiles.d" / "lab.conf").write_text(TMPFILES, encoding="utf-8")
    for unit in MASKED:
        (root / "etc" / "systemd" / "system" / unit).symlink_to("/dev/null")
    (root / "etc" / "ssh" / "sshd_config.d" / "lab.conf").write_text("UseDNS no\nMaxSessions 50\n", encoding="utf-8")
    with (repository / "Packages").open("w", encoding="utf-8") as index:
        subprocess.run(["apt-ftparchive", "packages", "."], cwd=repository, stdout=index, check=True)


def image() -> Image:
    """The image, made now if it is not there yet."""
    if reason := missing():
        raise NoLab(reason)
    recipe = hashlib.sha256(
        "\0".join([SUITE, *BASE, "", *PACKAGES, "", *OFFERED, *MASKED, TMPFILES, INSTALL]).encode()
    ).hexdigest()
    final = IMAGES / recipe[:12]
    if final.is_dir():
        return Image(final)
    print(f"Making the hosts' file systems in {final.relative_to(ROOT)} (once) ...", file=sys.stderr, flush=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    making = IMAGES / f"making-{os.getpid()}"
    try:
        for name in ("packages", "work", "merged"):
            (making / name).mkdir(parents=True)
        _base(making)
        _do("unshare", "--mount", "sh", "-c", INSTALL, "install", str(making), *PACKAGES)
        shutil.rmtree(making / "work")
        (making / "merged").rmdir()
        making.rename(final)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Image(final)
