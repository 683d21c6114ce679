"""How the map is to look: what a visitor chooses of it, for every network."""

from __future__ import annotations

from dataclasses import dataclass

PICTURES, DOTS = "pictures", "dots"

STYLES = {PICTURES: "pictures", DOTS: "dots"}


@dataclass(slots=True)
class MapLook:
    """What is drawn on the map.

    Attributes:
        style: one of `STYLES`.
        manifold: whether decoded pictures lie under the digits.
        trails: whether each digit draws where it came from.
        is_calm: whether the visitor wants little to move.
    """

    style: str = PICTURES
    manifold: bool = False
    trails: bool = False
    is_calm: bool = False
