# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors the collection to build/docs for antsibull-docs, and prints the mirror's path.

antsibull-docs (2.16 and newer) takes an *action* that is a link for a *module* that has been renamed: every reference
to a module that has such a link would count as a reference to the file behind it, and fail. The mirror therefore lacks
the links; everything else is as in the repository.
"""

from __future__ import annotations

from tests.tools.tree import collection_tree, mirror


def main() -> None:
    """Make the mirror and print where it is."""
    tree = collection_tree("docs")
    mirror(tree)
    for action in (tree / "plugins" / "action").iterdir():
        if action.is_symlink():
            action.unlink()
    print(tree)


if __name__ == "__main__":
    main()
