"""A browser context that is watched: what it asks for, what comes, and what it complains of.

class Visit(Watched): ...
visit.hold("**/train-01.npz").fail()
visit.check()
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

PATIENCE_MS = 60_000
"""How long a condition may take on a busy machine; no test passes or fails by how long it did."""

LOG = Path(__file__).parents[2] / ".cache/chromium.log"
"""What Chromium said on its standard error while the tests ran."""

# What a browser says when a page is left while it is still loading.
ABANDONED = re.compile("ERR_ABORTED")


class Gate:
    """Where requests wait."""

    def __init__(self):
        self._waiting: list[Route] = []
        self._answer = self._waiting.append

    def arrive(self, route: Route) -> None:
        self._answer(route)

    def open(self) -> None:
        """Lets everything through, from now on."""
        self._settle(Route.continue_)

    def fail(self) -> None:
        """Lets every request fail as without a connection, from now on."""
        self._settle(Route.abort)

    def _settle(self, answer: Callable[[Route], None]) -> None:
        self._answer = answer
        while self._waiting:
            answer(self._waiting.pop())


class Watched:
    """A browser context of its own, on its way to one address.

    Args:
        browser: the browser.
        url: the address.
        options: of the browser context, such as `color_scheme`.

    Attributes:
        page: Playwright's page: the tab that is used.
        faults: what the browser complained of: on the console, in scripts, in requests.
        foreign: requests to another origin.
        answered: names of the files that came, in order.
    """

    def __init__(self, browser: Browser, url: str, **options):
        self.url = url
        self.faults: list[str] = []
        self.foreign: list[str] = []
        self.answered: list[str] = []
        self._origin = re.match(r"\w+://[^/]+/", url)[0]
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        self.context.on("request", self._note_request)
        self.context.on("requestfailed", self._note_failure)
        self.context.on("requestfinished", self._note_answer)
        self.new_tab()

    def new_tab(self) -> Page:
        """Opens a tab, which is the one that is used from now on, and returns the one before."""
        before = getattr(self, "page", None)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._note_message)
        self.page.on("crash", self._note_crash)
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        return before

    def _note_request(self, request):
        if not request.url.startswith((self._origin, "data:", "blob:" + self._origin)):
            self.foreign.append(request.url)

    def _note_failure(self, request):
        self.faults.append(f"request: {request.url}: {request.failure}")

    def _note_answer(self, request):
        self.answered.append(request.url.rpartition("/")[2])

    def _note_crash(self, _):
        words = LOG.read_text(errors="replace") if LOG.exists() else ""
        self.faults.append(f"the renderer crashed; the end of {LOG}:\n{words[-5000:]}")

    def _note_message(self, message):
        if message.type in ("error", "warning"):
            place = message.location.get("url", "")
            self.faults.append(f"console {message.type}: {message.text} ({place})")

    def check(self, allowed: str | None = None) -> None:
        """Fails if the browser complained, of anything but what a pattern allows; starts anew."""
        faults, self.faults = self.faults, []
        unexpected = [f for f in faults if allowed is None or not re.search(allowed, f)]
        assert not unexpected, f"the browser complained: {unexpected}"
        assert not self.foreign, f"requests to another origin: {self.foreign}"

    def close(self) -> None:
        self.context.close()

    def hold(self, address: str) -> Gate:
        """Keeps requests for an address waiting until the gate that is returned is opened."""
        gate = Gate()
        self.context.route(address, gate.arrive)
        return gate

    def under_policy(self, policy: str) -> None:
        """Lets the page come with a Content-Security-Policy in its header."""

        def answer(route: Route) -> None:
            response = route.fetch()
            headers = response.headers | {"content-security-policy": policy}
            route.fulfill(response=response, headers=headers)

        self.context.route(self.url, answer)
