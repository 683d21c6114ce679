"""The list of networks to begin with: links, which browsers follow as any others."""

from __future__ import annotations

from autoencoder.page import element, make
from autoencoder.presets import PRESETS


def list_presets() -> None:
    """Fills the list."""
    items = []
    for preset in PRESETS:
        item = make("li")
        item.append(make("a", preset.name, href=preset.address), make("span", f": {preset.line}"))
        items.append(item)
    element("presets").querySelector("ul").append(*items)
