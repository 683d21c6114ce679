"""What tests do with the map on the page, and what the engine on CPython says of it."""

from __future__ import annotations

import json

import numpy as np

from convnet import Net

SIZE = 640


def point(visit, across, upward):
    """Moves the mouse to a place on the map, shares to the right and upward."""
    box = visit.page.locator("#embedding").bounding_box()
    x, y = box["x"] + across * box["width"], box["y"] + (1 - upward) * box["height"]
    visit.page.mouse.move(x, y)
    return x, y


def code(visit):
    return [float(n) for n in visit.page.get_attribute("#decoded", "data-code").split(",")]


def ends(visit):
    """The map's window: low across, high across, low upward, high upward."""
    return visit.page.evaluate(
        """["across", "upward"].flatMap(way => {
            const {low, high} = document.getElementById(`map-${way}`).dataset;
            return [Number(low), Number(high)];
        })"""
    )


def still(visit):
    """Pauses, and waits until the map has come to rest."""
    visit.pause()
    visit.page.evaluate(
        """async () => {
            const seen = () => JSON.stringify([
                document.getElementById("map-across").dataset,
                document.getElementById("map-upward").dataset,
                String(pixelsOf(document.getElementById("embedding"))),
            ]);
            for (let same = 0, before = ""; same < 20; ) {
                await new Promise(requestAnimationFrame);
                const now = seen();
                same = now === before ? same + 1 : 0;
                before = now;
            }
        }"""
    )


def decoder(visit):
    """The network on the page as the engine on CPython has it."""
    snapshot = visit.save()
    return Net.from_json(json.dumps({"layers": snapshot["layers"]}))


def greys(pixels):
    return np.array(pixels, np.uint32) & 255


def expected_greys(pictures):
    return np.clip(255.999 * np.asarray(pictures).ravel(), 0, 255).astype(int)
