# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors the collection to build/docs for antsibull-docs, and prints the mirror's path.

antsibull-docs (2.16 and newer) takes a routed *action* for a redirected *module*: every reference to a module that runs
through our action plugin would count as a reference to the plugin, and fail. The mirror therefore has no action routes;
everything else is as in the repository.
"""

from __future__ import annotations

import yaml

from tests.tools.tree import collection_tree, mirror


def main() -> None:
    """Make the mirror and print where it is."""
    tree = collection_tree("docs")
    mirror(tree)
    runtime = tree / "meta" / "runtime.yml"
    content = yaml.safe_load(runtime.read_text(encoding="utf-8"))
    content.get("plugin_routing", {}).pop("action", None)
    runtime.write_text(yaml.safe_dump(content), encoding="utf-8")
    print(tree)


if __name__ == "__main__":
    main()
