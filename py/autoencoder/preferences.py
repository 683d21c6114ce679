"""Settings of this browser, which every run in it has: kept as text in `localStorage`.

preferences = Preferences(session)
complaints = await preferences.take()
preferences.keep()  # if they have changed
"""

from __future__ import annotations

import json

from autoencoder import local_storage
from autoencoder.frames import between_frames
from autoencoder.session import Session
from autoencoder.settings import Lives, read, written
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_json_in_steps
from convnet.steps import finish

NAME = "settings"


class Preferences:
    """The settings that live in this browser.

    Args:
        session: whose settings they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept = self._now()

    async def take(self) -> list[str]:
        """Sets what was kept, and returns a sentence for each that could not be set."""
        try:
            text = local_storage.get(NAME)
            if text is None:
                return []
            parsed = finish(parse_json_in_steps(text))
            kept = Fields(parsed, "What this browser keeps of settings").as_dict()
        except ConvNetError:
            return []
        complaints = await between_frames(
            read(self._session, kept, Lives.BROWSER), tell=lambda _: None
        )
        self._kept = self._now()
        return complaints

    def keep(self) -> None:
        """Keeps them where they have changed.

        Raises:
            FullError, DeniedError: this cannot be kept.
        """
        now = self._now()
        if now != self._kept:
            local_storage.put(NAME, now)
            self._kept = now

    def _now(self) -> str:
        return json.dumps(written(self._session, Lives.BROWSER))
