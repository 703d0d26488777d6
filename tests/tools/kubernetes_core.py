# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the collection kubernetes.core, which role k8s_ceph_storage is made of, into an environment for tests.

    .venv/bin/python -m tests.tools.kubernetes_core .venv/collections "ansible >= 12"

Galaxy serves it to users. A machine for tests need not reach Galaxy: the package `ansible` of the Python index is a
bundle of collections, of which this one alone is unpacked. What the bundle depends on is not installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

INSIDE = "ansible_collections/kubernetes/core/"


def unpack(bundle: Path, collections: Path) -> int:
    """Put the files of kubernetes.core in a bundle below a folder of collections; return how many there were.

    What an earlier bundle left there goes first. Raises ValueError where the bundle has no such collection.
    """
    with zipfile.ZipFile(bundle) as archive:
        names = [name for name in archive.namelist() if name.startswith(INSIDE)]
        if f"{INSIDE}MANIFEST.json" not in names:
            raise ValueError(f"{bundle.name} has no collection kubernetes.core in it.")
        shutil.rmtree(collections / INSIDE, ignore_errors=True)
        archive.extractall(collections, names)
    return len(names)


def main() -> int:
    """Download the bundle that the requirement names, with the pip of this interpreter, and unpack it."""
    if len(sys.argv) != 3:
        print("usage: kubernetes_core.py FOLDER_OF_COLLECTIONS REQUIREMENT", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*download, "--dest", folder, sys.argv[2]], check=True)
        (bundle,) = Path(folder).glob("*.whl")
        unpack(bundle, Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
