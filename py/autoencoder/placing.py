"""The map's turn in the loop: its digits are placed in steps, it glides, and is drawn.

loop.add(Placing(session, EmbeddingView(manifold), manifold, PickedView()))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from autoencoder.digit_map import MAP_SIZE

if TYPE_CHECKING:
    from autoencoder.manifold import Manifold
    from autoencoder.session import Session
    from autoencoder.views.view import View

PERIOD_MS = 300
GLIDING_MS = 30
AT_ONCE = 0
MOST_DECODED = 600
"""Pictures of the manifold that are decoded at a time, where there are none yet."""
PART_DECODED = 150
"""The same where there are, of some moments before."""
CALM_S = 2.0
"""The shortest time between two jumps of the axes, where someone wants little to move."""
LONGEST_S = 0.1
"""So much time at most counts between two frames of a glide."""


class Placing:
    """Drawn as a view is, it moves on what the map shows, and lets views draw that.

    A network too slow to place all digits in a frame places some of them each time it is its turn,
    which it then wants to have the more often. What the visitor moves is drawn in the next frame.

    Args:
        session: whose map it is.
        view: draws the map.
        manifold: what lies under its digits.
        others: draw what is marked on it.
        clock: returns seconds.

    Attributes:
        unfinished: whether there is more to do though the session is as it was.
    """

    def __init__(
        self,
        session: Session,
        view: View,
        manifold: Manifold,
        *others: View,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._session = session
        self._views = view, *others
        self._manifold = manifold
        self._clock = clock
        self._now = clock()
        self._jumped = -math.inf  # when the axes did, for who wants little to move
        self._forget()

    @property
    def visible(self) -> bool:
        """Whether the map is on screen."""
        return self._views[0].visible

    @property
    def period_ms(self) -> float:
        """No time passes where the visitor moves what is seen; little while that glides, or while
        some of the manifold is decoded.
        """
        window = self._session.digit_map.window
        if self.visible and self._shown[:2] != (window, window.changes):
            return AT_ONCE
        glides = window.moves and not self._session.map_look.is_calm
        if glides or not self._manifold.is_whole:
            return GLIDING_MS
        images = max(1, len(self._session.digit_map.images))
        return PERIOD_MS * min(1, self._at_once / images)

    @property
    def _at_once(self) -> int:
        """How many digits are placed at a time."""
        return min(self._session.run.stretch, MAP_SIZE)

    def renew(self, session: Session) -> None:
        """Is told of another network."""
        self._forget()
        self._manifold.clear()
        for view in self._views:
            view.renew(session)

    def _forget(self) -> None:
        self.unfinished = self._places_more = self._decodes_more = False
        self._decodes = False  # whether the last turn was the manifold's, not the digits'
        self._begun: object = None  # the moment of which the digits are being placed
        self._decoded: object = None  # likewise the manifold
        self._decoded_at = -math.inf
        self._shown: tuple = ()

    def draw(self, session: Session) -> None:
        """Takes the next steps, and shows what has come of them."""
        before, self._now = self._now, self._clock()
        digit_map, look = session.digit_map, session.map_look
        window = digit_map.window
        if not look.is_calm:
            window.glide(min(self._now - before, LONGEST_S))
        elif window.moves and self._now - self._jumped >= CALM_S:
            window.glide(math.inf)
            self._jumped = self._now
        if not look.manifold:
            self._manifold.clear()
        self._take_turn(session)
        self.unfinished = self._places_more or self._decodes_more or window.moves
        shown = (window, window.changes, digit_map, digit_map.changes)
        shown += (look.style, look.trails, self._manifold.changes)
        if shown != self._shown:
            self._shown = shown
            for view in self._views:
                view.draw(session)

    def print(self, session: Session) -> None:
        """Places all digits, and shows them."""
        self._shown = ()
        self.draw(session)
        while session.digit_map.placed:
            self.draw(session)

    def _take_turn(self, session: Session) -> None:
        """Places digits, or decodes pictures: both together would take too much of a frame.

        Where another part of the plane is seen, its pictures come at once.
        """
        has_manifold = session.map_look.manifold
        self._decodes = has_manifold and not self._decodes
        if not self._decodes:
            self._places_more = self._place(session)
            self._decodes_more = has_manifold
        if self._decodes or not self._manifold.shows(session.digit_map.window):
            self._decodes_more = self._decode(session)

    def _place(self, session: Session) -> bool:
        """Places the next digits, if their codes may be others now; returns whether there are more.

        Digits that have come since are placed with the next ones.
        """
        digit_map = session.digit_map
        moment = session.changes, len(digit_map.images)
        if digit_map.placed == 0:
            if self._begun == moment and digit_map.codes is not None:
                return False
            self._begun = moment
        digit_map.place_next(self._at_once)
        return digit_map.placed > 0 or self._begun != moment

    def _decode(self, session: Session) -> bool:
        """Decodes the next pictures of the manifold, if it is to be seen; returns as `_place`."""
        digit_map, manifold = session.digit_map, self._manifold
        if not session.map_look.manifold or not digit_map.can_decode:
            return False
        window = digit_map.window
        moment = session.changes, digit_map.changes if digit_map.others_at_mean else 0
        is_early = 1000 * (self._now - self._decoded_at) < PERIOD_MS
        if manifold.is_whole:
            if manifold.shows(window) and (self._decoded == moment or is_early):
                return self._decoded != moment
            self._decoded, self._decoded_at = moment, self._now
        most = PART_DECODED if manifold.picture is not None else MOST_DECODED
        manifold.decode_next(digit_map, session.run.shape, min(session.run.stretch, most))
        return not manifold.is_whole or self._decoded != moment
