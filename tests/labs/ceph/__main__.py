# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The labs' command line: `python -m tests.labs.ceph small up`, `... small down`, `... hosts up`; each knows --help."""

from __future__ import annotations

import importlib
import sys

LABS = ("small", "hosts")


def main() -> int:
    """Hand the arguments to the lab that the first one names."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name not in LABS:
        print(f"usage: python -m tests.labs.ceph {{{','.join(LABS)}}} ...", file=sys.stderr)
        return 2
    return int(importlib.import_module(f"tests.labs.ceph.{name}").main(arguments))


if __name__ == "__main__":
    sys.exit(main())
