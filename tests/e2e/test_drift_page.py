# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drift page from a real playbook to a real browser: a run of ordinary modules, then headless Chromium from file://.

Speed is asserted as a bound on the number of elements: a clock would measure the machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from selenium.webdriver.common.keys import Keys

from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_html import to_html
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_model import Run, build_report
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_result import Source, items_of
from tests.e2e.browser import Page, chromium

PLAYBOOK = """
- hosts: all
  gather_facts: false
  vars: {ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  tasks:
    - name: Message of the day
      ansible.builtin.copy: {content: "</script><script>alert(1)</script>\\n", dest: "{{ base }}/motd"}
    - name: Settings
      ansible.builtin.template: {src: app.conf.j2, dest: "{{ base }}/app.conf"}
    - name: Lines
      ansible.builtin.lineinfile: {path: "{{ base }}/lines", regexp: "^{{ item.key }} ", line: "{{ item.key }} 2"}
      loop: [{key: one, password: hunter2-label}, {key: two}]
      loop_control: {label: "{{ item.key }}"}
    - name: Hidden
      ansible.builtin.copy: {content: "hunter2-hidden", dest: "{{ base }}/hidden"}
      no_log: true
    - name: Cannot predict
      ansible.builtin.command: /bin/true
    - name: Optional
      ansible.builtin.file: {path: "{{ base }}/nothing", state: file}
      ignore_errors: true
    - name: With a rescue
      block:
        - name: Tried
          ansible.builtin.file: {path: "{{ base }}/nothing", state: file}
      rescue:
        - name: Instead
          ansible.builtin.debug: {msg: rescued}
    - name: Included
      ansible.builtin.include_tasks: more.yml
"""
MORE = """
- name: Delegated
  ansible.builtin.file: {path: "{{ base }}/made", state: directory}
  delegate_to: localhost
"""
INVENTORY = "a03_auckland: {hosts: {web1: }}\nc00_christchurch: {hosts: {web2: }}\n"


def play(base: Path, directory: str, *arguments: str, strategy: str = "linear") -> subprocess.CompletedProcess[str]:
    """Runs the playbook in `base` with the callback and returns what it said."""
    base.mkdir(exist_ok=True)
    files = {"play.yml": PLAYBOOK, "more.yml": MORE, "hosts.yml": INVENTORY, "motd": "Welcome\n"}
    files |= {"app.conf.j2": "port = 443\npassword = hunter2-new\n", "app.conf": "port = 80\npassword = hunter2-old\n"}
    files |= {"lines": "one 1\ntwo 2\n"}
    for name, content in files.items():
        (base / name).write_text(content)
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts.yml", "play.yml", "-e", f"base={base}"]
        + list(arguments),
        cwd=base,
        env={
            **os.environ,
            "ANSIBLE_CALLBACKS_ENABLED": "vcpp.vcloud.drift",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "2",
            "ANSIBLE_STRATEGY": strategy,
            "VCPP_DRIFT_DIR": directory,
            "VCPP_DRIFT_TITLE": "Kiwi Cloud",
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def last_line(run: subprocess.CompletedProcess[str]) -> str:
    return [line for line in run.stdout.splitlines() if line][-1]


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_a_check_run_of_ordinary_modules_becomes_a_page_json_and_junit(tmp_path: Path, strategy: str) -> None:
    run = play(tmp_path / "base", "out", "--check", "--diff", strategy=strategy)
    assert run.returncode == 0, run.stdout + run.stderr
    out = tmp_path / "base" / "out"
    assert last_line(run) == (
        "Drift: 10 of 12 objects differ in 2 sites (a03_auckland 5, c00_christchurch 5);"
        f" 4 failed and ignored, 2 not checkable - page: {out}/drift.html"
    )
    assert "Traceback" not in run.stdout + run.stderr
    assert "callback" not in run.stderr
    data = json.loads((out / "drift.json").read_text())
    found = {(entry["kind"], entry["name"]): entry["state"] for entry in data["objects"] if entry["host"] == "web1"}
    assert found == {
        ("copy", "Message of the day"): "changed",
        ("template", "Settings"): "changed",
        ("lineinfile", "one"): "changed",
        ("lineinfile", "two"): "in_sync",
        ("copy", "Hidden"): "changed",
        ("command", "Cannot predict"): "unchecked",
        ("file", "Optional"): "ignored",
        ("file", "Tried"): "ignored",
        ("file", "Delegated"): "created",
    }
    assert len(list(ElementTree.parse(out / "drift.xml").iter("testcase"))) == len(data["objects"])
    assert not any("hunter2" in path.read_text() for path in out.iterdir())


def test_a_real_run_shows_what_was_changed(tmp_path: Path) -> None:
    run = play(tmp_path / "base", "out", "--diff", "--limit", "web1")
    out = tmp_path / "base" / "out"
    assert last_line(run).startswith("Changes: 6 of 7 objects were changed in 1 site (a03_auckland 6);")
    assert json.loads((out / "drift.json").read_text())["mode"] == "run"


def test_a_full_disk_costs_the_files_and_not_the_totals(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can mount a small disk; the unit tests raise the same error")
    try:
        run = play(tmp_path / "base", str(disk), "--check", "--diff")
        left = [path.name for path in disk.iterdir()]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert "\nDrift: 10 of 12 objects differ in 2 sites (a03_auckland 5, c00_christchurch 5);" in run.stdout
    said = " ".join(run.stderr.split())
    assert f"{disk}/drift.html could not be written: No space left on device." in said
    assert "The totals are in the line that begins with 'Drift:'." in said
    assert "Traceback" not in run.stdout + run.stderr
    assert "drift.html" not in left
    assert not [name for name in left if name.endswith(".tmp")]


# --- in the browser ---


def pages(directory: Path, tenants: int) -> Path:
    """A page with one differing object per tenant, half of them in each of two sites, and a failed one."""
    items = []
    for host, site in (("vcam-a", "A03-Auckland"), ("vcam-c", "C00-Christchurch")):
        source = Source(host=host, task="Policies", module="vcpp.vcloud.vcav_policy_assignments", check=True)
        diff = [
            {
                "before": {"policy": "default", "label": "</script><script>alert(1)</script>"} if number % 5 else {},
                "after": {"policy": "gold" if number % 2 else "silver", "label": ""},
                "object": {"kind": "assignment", "name": f"tenant-{number}", "site": site, "tenant": f"t{number}"},
            }
            for number in range(tenants // 2)
        ]
        items += items_of(source, {"changed": bool(diff), "diff": diff}, "ok")
        items += items_of(Source(host=host, task="Motd", module="copy", check=True), {"changed": False}, "ok")
    if tenants:
        items += items_of(
            Source(host="vcat", task="Tunnel", module="vcpp.vcloud.vcav_health"), {"msg": "down"}, "failed"
        )
    run = Run(playbook="drift.yml", started="2026-11-20T02:15:04+13:00", seconds=12, check=True)
    path = directory / f"page-{tenants}.html"
    path.write_text(to_html(build_report(run, items)))
    return path


class DriftPage(Page):
    """A drift page in the browser."""

    def names(self) -> list[str]:
        return self.script("return [...document.querySelectorAll('.row .name')].map((name) => name.textContent)")

    def focused(self) -> str:
        return self.script("return document.activeElement.querySelector('.name')?.textContent || ''")


@pytest.fixture(scope="module")
def browser() -> Iterator[DriftPage]:
    with chromium() as driver:
        yield DriftPage(driver)


def test_the_page_of_a_playbook_loads_from_disk_silently_and_alone(browser: DriftPage, tmp_path: Path) -> None:
    play(tmp_path / "base", "out", "--check", "--diff")
    path = tmp_path / "base" / "out" / "drift.html"
    browser.open(path)
    assert browser.find("h1").text == "10 of 12 objects differ"
    browser.wait("14 objects")
    browser.keys("e")
    assert "</script><script>alert(1)</script>" in browser.find("#list").text
    assert browser.requests() == [path.as_uri()]
    assert browser.driver.get_log("browser") == []


def test_search_and_filters_narrow_the_list_and_escape_clears_them(browser: DriftPage, tmp_path: Path) -> None:
    browser.open(pages(tmp_path, 40))
    browser.wait("41 objects")
    browser.keys("/", "tenant-7")
    browser.wait("2 of 41 objects")
    assert browser.names() == ["tenant-7", "tenant-7"]
    browser.keys(Keys.ESCAPE)
    browser.wait("41 objects")
    browser.find("#site option[value='C00-Christchurch']").click()
    browser.wait("20 of 41 objects")
    browser.find("#tenant").send_keys("T1")
    browser.wait("1 of 41 objects")
    browser.find("#clear").click()
    browser.wait("41 objects")
    browser.find(".chip.changed").click()
    browser.wait("9 objects")
    browser.find(".chip.in_sync").click()
    browser.wait("11 objects")
    browser.find("#kind option[value='vcav_health']").click()
    browser.wait("1 of 11 objects")
    assert browser.names() == ["Tunnel"]
    browser.find("#q").send_keys("nowhere")
    browser.wait("0 of 11 objects")
    assert "No object matches" in browser.find("#none").text
    assert browser.driver.get_log("browser") == []


def test_the_page_can_be_read_with_the_keyboard_alone(browser: DriftPage, tmp_path: Path) -> None:
    browser.open(pages(tmp_path, 40))
    browser.wait("41 objects")
    browser.keys(Keys.TAB)
    assert browser.script("return document.activeElement.textContent") == "Skip to the objects"
    browser.keys(Keys.ENTER, "j")
    assert browser.focused() == "tenant-0"
    browser.keys("j", Keys.ARROW_DOWN, "k")
    assert browser.focused() == "tenant-1"
    browser.keys(Keys.ENTER)
    head = browser.driver.switch_to.active_element
    assert head.get_attribute("aria-expanded") == "true"
    assert "Should be" in browser.find(f"#{head.get_attribute('aria-controls')}").text
    assert browser.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.keys(Keys.SPACE)
    assert head.get_attribute("aria-expanded") == "false"
    browser.keys(Keys.END)
    assert browser.focused() == "Tunnel"
    browser.keys("?")
    assert browser.script("return document.getElementById('keys').open") is True
    browser.keys(Keys.ESCAPE)
    assert browser.script("return document.getElementById('keys').open") is False


def test_five_thousand_objects_cost_little_more_elements_than_a_hundred(browser: DriftPage, tmp_path: Path) -> None:
    browser.open(pages(tmp_path, 100))
    browser.wait("101 objects")
    few = browser.elements()
    browser.open(pages(tmp_path, 5000))
    browser.wait("5,001 objects")
    assert browser.elements() < 3 * few
    browser.keys("j", Keys.END)
    assert browser.focused() == "Tunnel"
    assert browser.elements() < 3 * few
    browser.keys("/", "silver")
    browser.wait("2,500 of 5,001 objects")
    assert browser.elements() < 3 * few
    browser.keys(" tenant-2498")
    browser.wait("2 of 5,001 objects")
    assert browser.driver.get_log("browser") == []


def test_nothing_is_wider_than_a_phone(browser: DriftPage, tmp_path: Path) -> None:
    browser.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True},
    )
    try:
        browser.open(pages(tmp_path, 40))
        browser.wait("41 objects")
        browser.keys("e")
        assert browser.script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_switch_overrules_the_systems_light_or_dark(browser: DriftPage, tmp_path: Path) -> None:
    browser.open(pages(tmp_path, 0))
    assert "Everything is in sync" in browser.find("h1").text
    colour = "return getComputedStyle(document.body).backgroundColor"
    seen = {browser.find("#theme").text: browser.script(colour)}
    for _turn in range(2):
        browser.find("#theme").click()
        seen[browser.find("#theme").text] = browser.script(colour)
    assert set(seen) == {"Theme: automatic", "Theme: light", "Theme: dark"}
    assert seen["Theme: light"] != seen["Theme: dark"]
    browser.find("#theme").click()


def test_paper_shows_every_object_opened(browser: DriftPage, tmp_path: Path) -> None:
    browser.open(pages(tmp_path, 400))
    browser.wait("401 objects")
    browser.script("dispatchEvent(new Event('beforeprint'))")
    assert browser.script("return document.querySelectorAll('.row > .body').length") == 401
    browser.script("dispatchEvent(new Event('afterprint'))")
    assert browser.script("return document.querySelectorAll('.row > .body').length") == 0
