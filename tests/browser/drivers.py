"""Firefox and WebKitGTK, driven by the standard library: going to a page, running a script in it.

with Firefox("firefox-esr", folder) as browser:
    browser.go("http://127.0.0.1:8000/")
    browser.run("return document.title")
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic, sleep
from typing import Any

PATIENCE = 300
"""Seconds that anything may take on a busy machine."""

TIMEOUTS = {"pageLoad": PATIENCE * 1000, "script": PATIENCE * 1000}


def wait_for(condition, what: str) -> Any:
    """Returns what a function returns, once that is true."""
    deadline = monotonic() + PATIENCE
    while not (value := condition()):
        assert monotonic() < deadline, f"{what} never came"
        sleep(0.2)
    return value


class Browser:
    """A browser that runs within a `with` statement.

    Args:
        folder: an empty folder for what it writes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen] = []

    def __enter__(self) -> Browser:
        try:
            self.open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, *command: str, **options) -> subprocess.Popen:
        """Starts a process that ends with the browser."""
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **options)
        self._processes.append(process)
        return process

    def open(self) -> None:
        """Starts the browser and a session in it."""
        raise NotImplementedError

    def go(self, url: str) -> None:
        """Goes to an address and waits until it is loaded."""
        raise NotImplementedError

    def run(self, script: str) -> Any:
        """Returns what the body of a JavaScript function returns in the page."""
        raise NotImplementedError


class Firefox(Browser):
    """Firefox, through Marionette, which geckodriver too speaks with it.

    A message is its length, a colon, and JSON: [0, id, command, parameters], answered by
    [1, id, error, result].
    """

    def __init__(self, path: str, folder: Path) -> None:
        super().__init__(folder)
        self._path = path
        self._ids = itertools.count()

    def open(self) -> None:
        """Starts Firefox with a new profile, on a port of its own choice."""
        (self._folder / "user.js").write_text('user_pref("marionette.port", 0);\n')
        port = self._folder / "MarionetteActivePort"
        self.start(
            self._path, "--headless", "--no-remote", "--marionette", "--profile", str(self._folder)
        )
        wait_for(lambda: port.exists() and port.read_text(), "Firefox's port")
        self._socket = socket.create_connection(("127.0.0.1", int(port.read_text())), PATIENCE)
        self._answers = self._socket.makefile("rb")
        self._receive()  # a greeting
        self._call("NewSession")
        self._call("SetTimeouts", **TIMEOUTS)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        if hasattr(self, "_socket"):
            self._answers.close()
            self._socket.close()

    def go(self, url: str) -> None:
        """See `Browser`."""
        self._call("Navigate", url=url)

    def run(self, script: str) -> Any:
        """See `Browser`."""
        return self._call("ExecuteScript", script=script, args=[])["value"]

    def _call(self, command: str, **parameters: Any) -> Any:
        message = json.dumps([0, next(self._ids), f"WebDriver:{command}", parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        assert error is None, f"Firefox: {error}"
        return result

    def _receive(self) -> Any:
        length = b""
        while (byte := self._answers.read(1)) != b":":
            assert byte, "Firefox has gone"
            length += byte
        return json.loads(self._answers.read(int(length)))


class WebKit(Browser):
    """WebKitGTK's MiniBrowser on a screen of its own, through its WebDriver."""

    def __init__(self, driver: str, xvfb: str, folder: Path) -> None:
        super().__init__(folder)
        self._driver = driver
        self._xvfb = xvfb
        self._session = ""

    def open(self) -> None:
        """Starts a screen, the driver, and through it the browser."""
        reader, writer = os.pipe()
        with os.fdopen(reader) as number:
            self.start(
                self._xvfb, "-displayfd", str(writer), "-screen", "0", "1280x1024x24",
                "-nolisten", "tcp", pass_fds=[writer],
            )  # fmt: skip
            os.close(writer)
            display = f":{number.readline().strip()}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._address = f"http://127.0.0.1:{port}"
        # Without a language, WebKit says "C", which JavaScript's own formats refuse.
        environment = {"DISPLAY": display, "LC_ALL": "en_US.UTF-8"}
        self.start(self._driver, f"--port={port}", env=os.environ | environment)
        session = wait_for(self._new_session, "WebKit's driver")
        self._session = f"/session/{session['sessionId']}"

    def _new_session(self) -> Any:
        try:
            return self._call("/session", capabilities={"alwaysMatch": {"timeouts": TIMEOUTS}})
        except ConnectionRefusedError:
            return None  # it does not listen yet

    def __exit__(self, *_: object) -> None:
        try:
            if self._session:
                self._call("", method="DELETE")
        finally:
            super().__exit__()

    def go(self, url: str) -> None:
        """See `Browser`."""
        self._call("/url", url=url)

    def run(self, script: str) -> Any:
        """See `Browser`."""
        return self._call("/execute/sync", script=script, args=[])

    def _call(self, path: str, method: str = "POST", **parameters: Any) -> Any:
        request = urllib.request.Request(
            self._address + self._session + path, json.dumps(parameters).encode(), method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"WebKit: {error.read().decode()}") from error
        except urllib.error.URLError as error:
            raise error.reason from None
