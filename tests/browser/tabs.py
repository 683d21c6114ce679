"""Tabs of a real Chromium as visitors have them: one that is not in front is hidden.

    tabs = Tabs(browser)
    page = tabs.open("http://localhost:8000/")
    page.wait_until("document.body.dataset.state === 'training'")
    other = tabs.open("about:blank")  # in front of it
    page.run("document.hidden")  # True

Playwright lets its own pages believe that they are always in front. These it does not know of.
"""

from __future__ import annotations

import itertools
import json
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Browser

PATIENCE = 60
"""Seconds for which something is waited for."""

AS_VISITORS_HAVE_IT = [
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]
"""What Playwright would start Chromium with, so that hidden pages are treated like others."""


class Tabs:
    """The tabs of one window.

    Args:
        browser: started without `AS_VISITORS_HAVE_IT`.
    """

    def __init__(self, browser: Browser) -> None:
        self._devtools = browser.new_browser_cdp_session()

    def open(self, address: str) -> Tab:
        """Opens another tab, in front of those there are."""
        return Tab(self._devtools, address)


class Tab:
    """A tab, which answers to the DevTools protocol."""

    def __init__(self, devtools: Any, address: str) -> None:
        self._devtools = devtools
        self._target = devtools.send("Target.createTarget", {"url": address})["targetId"]
        attached = devtools.send(
            "Target.attachToTarget", {"targetId": self._target, "flatten": False}
        )
        self._session = attached["sessionId"]
        self._ids = itertools.count()
        self._answers: dict[int, Any] = {}
        self.faults: list[str] = []
        devtools.on("Target.receivedMessageFromTarget", self._receive)
        for domain in ("Runtime", "Log"):
            self._send(f"{domain}.enable")

    def to_front(self) -> None:
        """Shows it."""
        self._devtools.send("Target.activateTarget", {"targetId": self._target})

    def close(self) -> None:
        """Closes it."""
        self._devtools.remove_listener("Target.receivedMessageFromTarget", self._receive)
        self._devtools.send("Target.closeTarget", {"targetId": self._target})

    def run(self, expression: str) -> Any:
        """What a JavaScript expression, or its promise, comes to."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_until(self, condition: str) -> None:
        """Waits until a JavaScript expression is true."""
        deadline = monotonic() + PATIENCE
        while not self.run(condition):
            assert monotonic() < deadline, f"never true: {condition}"
            sleep(0.05)

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        message = json.dumps({"id": number, "method": method, "params": parameters})
        self._devtools.send(
            "Target.sendMessageToTarget", {"sessionId": self._session, "message": message}
        )
        while number not in self._answers:  # any call lets Playwright hear of what happens
            self._devtools.send("Target.getTargetInfo", {"targetId": self._target})
        answer = self._answers.pop(number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _receive(self, event: dict[str, Any]) -> None:
        if event["sessionId"] != self._session:
            return
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message
        elif message["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.faults.append(json.dumps(message["params"]))
