"""What the browser keeps as text, for this page alone: the same for every tab, and at once.

    local.put("settings", text)  # raises FullError or DeniedError
    local.get("settings")
    local.names("run:")

Browsers give about five million characters to all of an origin, and may write them to disk minutes
later; so nothing stands here alone that a browser that is killed may not lose.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from pyodide.ffi import JsException, JsProxy, create_proxy, to_js
from pyscript import window

from convnet.errors import ConvNetError

T = TypeVar("T")

PREFIX = "autoencoder:"
"""Opens every name, since other pages may have the same origin."""

RUN = "run:"
"""Opens the names of what is in the list of kept runs."""

DENIED = "This browser keeps nothing for this page: save the run as a file before you close it."
FULL = (
    "This browser has no room left for this page: delete runs that it keeps, or save this one as "
    "a file."
)

QUOTA = ("QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED")


class DeniedError(ConvNetError):
    """The browser keeps nothing for this page, or does not let it read what it keeps."""


class FullError(ConvNetError):
    """The browser has no room left for this page."""


def attempt(act: Callable[[], T]) -> T:
    """What an act of the browser's storage gives.

    Raises:
        FullError: there is no room for it.
        DeniedError: it cannot be done, for whatever other reason.
    """
    try:
        return act()
    except JsException as error:
        raise refusal(error) from None
    except AttributeError:  # the browser has no such storage, or only a part of it
        raise DeniedError(DENIED) from None


def refusal(error: JsProxy | None) -> ConvNetError:
    """What is said where a browser's storage fails."""
    if getattr(error, "name", "") in QUOTA:
        return FullError(FULL)
    return DeniedError(DENIED)


def get(name: str, storage: str = "localStorage") -> str | None:
    """A text; None if there is none under that name."""
    text = attempt(lambda: getattr(window, storage).getItem(PREFIX + name))
    return text if isinstance(text, str) else None


def put(name: str, text: str, storage: str = "localStorage") -> None:
    """Keeps a text, which takes the place of the one before, if any."""
    attempt(lambda: getattr(window, storage).setItem(PREFIX + name, text))


def remove(name: str) -> None:
    """Keeps it no more."""
    attempt(lambda: window.localStorage.removeItem(PREFIX + name))


def get_long(name: str) -> bytes | None:
    """The same for a long text of ASCII, as bytes, see `long_text`."""
    text = attempt(lambda: window.longText.kept(PREFIX + name))
    return None if text is None else text.to_bytes()


def put_long(name: str, text: bytes) -> None:
    """The same for keeping one."""
    attempt(lambda: window.longText.keep(PREFIX + name, to_js(text)))


def names(prefix: str) -> list[str]:
    """All names that begin so, without that beginning."""
    whole = PREFIX + prefix
    keys = attempt(lambda: list(window.Object.keys(window.localStorage)))
    return [key.removeprefix(whole) for key in keys if key.startswith(whole)]


def is_anything_kept() -> bool:
    """Whether this browser keeps any run."""
    with suppress(DeniedError):
        return bool(names(RUN))
    return False


def on_change(act: Callable[[str | None], None]) -> None:
    """Calls an act with each name that another tab changes; with None where it clears all."""

    def listen(event: JsProxy) -> None:
        name = event.key
        if not isinstance(name, str):
            act(None)
        elif name.startswith(PREFIX):
            act(name.removeprefix(PREFIX))

    window.addEventListener("storage", create_proxy(listen))
