"""Runs a definition as a module in this process: arguments in, parsed result out, on every promised ansible-core."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings

from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition, run

try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core before 2.19

    @contextlib.contextmanager
    def patch_module_args(args: dict[str, Any] | None = None) -> Iterator[None]:
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": args or {}}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = None


def run_module(definition: Definition, params: Mapping[str, Any], check: bool = False, diff: bool = True) -> Any:
    """What the module prints: its result with `failed`. It must leave by itself, and print one document only."""
    # ansible-core collects those of a process, which is one module's elsewhere.
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    output = io.StringIO()
    with (
        patch_module_args(arguments),
        contextlib.redirect_stdout(output),
        pytest.raises(SystemExit) as leaving,
    ):
        run(definition)
    result = json.loads(output.getvalue())
    assert result.get("failed", False) is bool(leaving.value.code)
    result.pop("invocation", None)
    return result
