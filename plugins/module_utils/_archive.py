# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules about files that an appliance keeps share: backups and support bundles; see _vcav/archives.py."""

from __future__ import annotations

from typing import Any, ClassVar

from ._resource import Context, Definition, Params
from ._vcav import archives
from ._vcav.client import connect


class Archive(Definition):
    """One file that an appliance makes of itself, and how many of them it keeps."""

    kind: ClassVar[type[archives.Archives]]
    connect = staticmethod(connect)

    def spec(self) -> dict[str, Any]:
        return {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "id": {"type": "str"},
            "max_age": {"type": "float"},
            "dest": {"type": "path"},
            "keep": {"type": "int"},
        }

    def validate(self, params: Params) -> None:
        archives.check(params)

    def execute(self, context: Context) -> dict[str, Any]:
        there = self.kind(context.api)
        work = there.plan(context.params)
        chosen = work.chosen
        if work.step.is_change and not context.check_mode:
            chosen = there.perform(work, context.params, context.wait)
        result = {"changed": work.step.is_change, self.noun: there.told(work, chosen, context.params)}
        if work.step.is_change and context.want_diff:
            label = str(context.api.site or context.api.endpoint)
            result["diff"] = [context.diff_entry(work.step, self.noun, label)]
        return result
