# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that open a session which outlives their task, and close one: the same for every product."""

from __future__ import annotations

from typing import Any

from ._plan import InputError
from ._resource import Context, Definition, Params


class SessionDefinition(Definition):
    """A session that outlives its task; documented in doc_fragments/state.py and attributes.py, section SESSION."""

    def spec(self) -> dict[str, Any]:
        return {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}

    def validate(self, params: Params) -> None:
        token = f"{self.product}_token"
        if params["state"] == "absent" and not params[token]:
            raise InputError(f"{token} is not set: state absent closes the session of that token")

    def tell(self, api: Any) -> dict[str, Any]:
        """The session in the user's words, with its token."""
        raise TypeError(f"{type(self).__name__} has no tell")

    def execute(self, context: Context) -> dict[str, Any]:
        if context.params["state"] == "absent":
            return {"changed": False, self.noun: {}}
        told = self.tell(context.api)
        context.api.detach()
        return {"changed": False, self.noun: told}
