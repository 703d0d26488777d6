# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast way in: runs a module of this collection inside the worker process that handles the task.

plugins/action holds a link to this file under every module's name, so that ansible-core finds an action of that very
name: a redirect in meta/runtime.yml would make all modules one action, and the module_defaults of one would reach every
other. The file itself stands here, because an action without a documented module of its name does not pass sanity.

ansible-core's own `_execute_module` does all of its work as ever (module arguments, environment, parsing of the answer,
internal keys); only the two steps around the process are replaced: instead of packing the module and starting a Python,
its `main()` is called and what it prints is caught. Where a task cannot run here (another host, become, async, kept
remote files, switched off) nothing is replaced.

The class is loaded in the parent process by the linear and free strategies, so the imports below are paid once per
run and inherited by every fork, and so is the store of the run's logins, which the parent closes when it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import json
import multiprocessing
import os
import pkgutil
import traceback
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import ansible.module_utils.basic as ansible_basic
import ansible.module_utils.common.warnings as ansible_warnings
from ansible import constants as C
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from ansible_collections.vcpp.vcloud.plugins import modules as our_modules
from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _resource, _sessions

try:
    import ansible.module_utils._internal as ansible_internal
    from ansible.module_utils.testing import patch_module_args

    AnsibleJSONEncoder = None
    from ansible.template import trust_as_template as trusted
except ImportError:  # ansible-core before 2.19
    from ansible.parsing.ajson import AnsibleJSONEncoder

    trusted = str
    ansible_internal = None
    patch_module_args = None

SWITCH = "vcpp_in_process"
PREFIX = "ansible_collections.vcpp.vcloud.plugins.modules."


def _prepare_run() -> None:
    """Done once, in the parent: pay the imports, read the certificate store, open the store of the run's logins."""
    if _sessions.has_run() or multiprocessing.parent_process() is not None:
        return  # done already, or a strategy that loads actions in its workers: there each task logs in and out itself
    for found in pkgutil.iter_modules(our_modules.__path__):
        importlib.import_module(PREFIX + found.name)
    if _http.REQUESTS_PROBLEM is None:
        with contextlib.suppress(OSError):
            _http.tls_context(True, None)
    # A fork that is the first to meet a filter reads all of them, which costs each task as much as all the rest.
    Templar(DataLoader(), {}).template(trusted("{{ [] | default([]) is defined }}"))
    run = _sessions.open_run(C.DEFAULT_LOCAL_TMP)
    # Registered after ansible-core's own clean-up of that directory, so it runs before it; workers leave without
    # running such functions.
    atexit.register(run.close)


class ActionModule(ActionBase):
    """Runs the task's module here where that gives the same answer, and the ordinary way everywhere else."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        self._here = self._can_run_here(task_vars or {})
        wrap_async = bool(self._task.async_val) and not getattr(self._connection, "has_native_async", False)
        result = merge_hash(result, self._execute_module(task_vars=task_vars, wrap_async=wrap_async))
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _can_run_here(self, task_vars: dict[str, Any]) -> bool:
        """True where a process of its own would run on this machine, as this user, and be waited for."""
        switch = self._templar.template(task_vars.get(SWITCH, True))
        return (
            boolean(switch, strict=False)
            and self._connection.transport == "local"
            and not self._task.async_val
            and not (self._connection.become or self._play_context.become)
            and not C.DEFAULT_KEEP_REMOTE_FILES
            and _http.REQUESTS_PROBLEM is None  # another interpreter of the task's may have it
        )

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        # With pipelining there is no temporary directory to make and no file to transfer.
        return self._here or super()._is_pipelining_enabled(module_style, wrap_async)

    def _configure_module(self, module_name: str, module_args: dict[str, Any], task_vars: dict[str, Any]) -> Any:
        if not self._here:
            return super()._configure_module(module_name, module_args, task_vars)
        name = module_name.rsplit(".", 1)[-1]
        self._pending = (importlib.import_module(PREFIX + name), module_args)
        path = str(self._pending[0].__file__)
        if patch_module_args is None:
            return "new", "#!python", b"", path
        built = SimpleNamespace(
            module_style="new",
            shebang="#!python",
            b_module_data=b"",
            serialization_profile="legacy",
            has_async=False,
            has_become=False,
            has_environment=False,
            process_result=None,
            get_command_args=lambda remote_module_path: None,
        )
        return built, path

    def _low_level_execute_command(self, cmd: str, *args: Any, **more: Any) -> dict[str, Any]:
        if not self._here:
            return super()._low_level_execute_command(cmd, *args, **more)
        module, module_args = self._pending
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        output = io.StringIO()
        errors = ""
        with _as_a_module_process(module_args, environment), contextlib.redirect_stdout(output):
            try:
                module.main()
                code = 0
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else 0
            except Exception:
                errors, code = traceback.format_exc(), 1
        text = output.getvalue()
        return {
            "rc": code,
            "stdout": text,
            "stdout_lines": text.splitlines(),
            "stderr": errors,
            "stderr_lines": errors.splitlines(),
        }


@contextlib.contextmanager
def _as_a_module_process(module_args: dict[str, Any], environment: dict[str, Any]) -> Iterator[None]:
    """Inside, module code finds what it would find in a process of its own, and leaves nothing behind."""
    # What a module process changes of its environment: what the task sets, and the locale (AnsibleModule's doing).
    saved = {name: os.environ.get(name) for name in (*environment, "LANG", "LC_ALL", "LC_MESSAGES")}
    ansible_warnings._global_warnings.clear()
    ansible_warnings._global_deprecations.clear()
    with contextlib.ExitStack() as stack:
        # A worker's display hands its lines to the parent process, so a long task's progress is seen with -v at once.
        stack.callback(setattr, _resource, "watcher", _resource.watcher)
        _resource.watcher = Display().v
        if patch_module_args is not None:
            stack.enter_context(patch_module_args(module_args))
            # In a controller process warnings would go to the display instead of into the module's result.
            stack.callback(setattr, ansible_internal, "is_controller", ansible_internal.is_controller)
            ansible_internal.is_controller = False
        else:
            stack.callback(setattr, ansible_basic, "_ANSIBLE_ARGS", None)
            document = {"ANSIBLE_MODULE_ARGS": module_args}
            ansible_basic._ANSIBLE_ARGS = json.dumps(document, cls=AnsibleJSONEncoder, vault_to_text=True).encode()
        os.environ.update({name: str(value) for name, value in environment.items()})
        try:
            yield
        finally:
            for name, value in saved.items():
                if value is not None:
                    os.environ[name] = value
                else:
                    os.environ.pop(name, None)
            ansible_warnings._global_warnings.clear()
            ansible_warnings._global_deprecations.clear()


_prepare_run()
if __name__.rpartition(".")[2].startswith("vsphere_"):
    with contextlib.suppress(ImportError):  # the module says it better
        importlib.import_module("pyVmomi")
