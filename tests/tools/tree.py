# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors the collection to build/, for tools that want the path ansible_collections/<namespace>/<name>.

The link in .venv has that path too, but tools that write beside the sources, follow links or ask git need real files.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
# What ansible-test leaves in the tree and wants to find again; everything else unknown is removed from the mirror.
KEPT = ("tests/output", ".git")


def collection_tree(name: str) -> Path:
    """Return the folder of the collection in the mirror build/<name>, made if it is not there."""
    tree = BUILD / name / "ansible_collections" / "vcpp" / "vcloud"
    tree.mkdir(parents=True, exist_ok=True)
    # A repository of its own: in ours build/ is ignored, so that tools which ask git would see nothing and be content.
    if not (tree / ".git").is_dir():
        subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    return tree


def tracked_files() -> list[str]:
    """Return the files that are committed or would be (not ignored), relative to ROOT, deleted ones left out."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    return sorted(name for name in set(listing.split("\0")) if name and os.path.lexists(ROOT / name))


def mirror(tree: Path) -> None:
    """Make tree hold exactly the tracked files, and keep unchanged files untouched so that caches stay valid."""
    wanted = tracked_files()
    known = set(wanted)
    for folder, _folders, files in os.walk(tree, topdown=False):
        relative = os.path.relpath(folder, tree)
        if relative.startswith(KEPT):
            continue
        for name in files:
            if os.path.normpath(os.path.join(relative, name)) not in known:
                os.unlink(os.path.join(folder, name))
        if folder != str(tree) and not os.listdir(folder):
            os.rmdir(folder)
    for name in wanted:
        source, target = ROOT / name, tree / name
        if source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            target.symlink_to(os.readlink(source))
        elif not target.is_file() or not filecmp.cmp(source, target, shallow=False) or mode(source) != mode(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def mode(path: Path) -> int:
    """Return the permission bits of a file; sanity looks at them."""
    return path.stat().st_mode & 0o777
