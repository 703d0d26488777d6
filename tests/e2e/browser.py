"""Headless Chromium for the tests of pages: how it is started, and a page with the words of a reader.

Needs Chromium and its driver (the packages chromium and chromium-driver).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.e2e.plays import not_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


class Page:
    """A page in the browser. Each has a status line `#shown`."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path) -> None:
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(path.as_uri())

    def script(self, text: str) -> Any:
        return self.driver.execute_script(text)

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def wait(self, text: str) -> None:
        """Until the status line says this."""
        try:
            WebDriverWait(self.driver, 60).until(lambda _driver: self.find("#shown").text == text)
        except TimeoutException:
            pytest.fail(f"the page says {self.find('#shown').text!r} and not {text!r}")

    def elements(self) -> int:
        return self.script("return document.querySelectorAll('*').length")

    def requests(self) -> list[str]:
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]


@contextmanager
def chromium() -> Iterator[Any]:
    """The driver of a browser of its own."""
    if not (CHROMIUM and DRIVER):
        not_run("no chromium with chromedriver on this machine; `make system-packages` installs them")
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    # Without these it looks up its maker's hosts at every start, and many tests run where nothing answers.
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", *quiet):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=DRIVER))
    try:
        yield driver
    finally:
        driver.quit()
