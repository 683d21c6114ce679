"""The loss over the examples seen, drawn by uPlot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pyodide.ffi import JsProxy, create_proxy, to_js
from pyscript import document, window

from autoencoder.page import element
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session


class LossGraphView(View):
    """uPlot's chart in `#loss-graph`, as wide as its panel and in the page's own colours."""

    period_ms = 500

    def __init__(self) -> None:
        self._panel = element("loss-graph")
        super().__init__(self._panel)
        self._data = to_js([[], []])
        self._shown: tuple = ()
        self._make_chart()
        window.matchMedia("(prefers-color-scheme: dark)").addEventListener(
            "change", create_proxy(lambda _: self._make_chart())
        )
        window.ResizeObserver.new(create_proxy(lambda *_: self._fit())).observe(self._panel)

    def draw(self, session: Session) -> None:
        """Shows the curve, if it has changed."""
        curve = session.curve
        shown = (curve, len(curve.examples), curve.examples[-1:])
        if shown == self._shown:
            return
        self._shown = shown
        self._data = to_js([_typed(curve.examples), _typed(curve.losses)])
        self._chart.setData(self._data)

    def _make_chart(self) -> None:
        """Makes the chart anew: uPlot takes its colours when it is made."""
        self._panel.replaceChildren()
        style = window.getComputedStyle(document.documentElement)
        text = style.getPropertyValue("--pico-muted-color").strip()
        grid = {"stroke": style.getPropertyValue("--pico-muted-border-color").strip(), "width": 1}
        axis = {"stroke": text, "grid": grid, "ticks": grid}
        line = style.getPropertyValue("--pico-primary").strip()
        options = {
            **self._size(),
            "scales": {"x": {"time": False}},
            "legend": {"live": True},
            "axes": [
                {**axis, "label": "examples seen", "labelSize": 20},
                {**axis, "label": "loss", "labelSize": 20},
            ],
            "series": [
                {"label": "examples"},
                {"label": "loss", "stroke": line, "width": 2, "points": {"show": False}},
            ],
        }
        js_options = to_js(options, dict_converter=window.Object.fromEntries)
        self._chart = window.uPlot.new(js_options, self._data, self._panel)

    def _size(self) -> dict[str, int]:
        # uPlot's legend stands below the chart proper.
        return {
            "width": max(self._panel.clientWidth, 100),
            "height": max(self._panel.clientHeight - 30, 100),
        }

    def _fit(self) -> None:
        self._chart.setSize(to_js(self._size(), dict_converter=window.Object.fromEntries))


def _typed(numbers: Sequence[float]) -> JsProxy:
    """Numbers as JavaScript's Float64Array, copied in one go."""
    array = window.Float64Array.new(len(numbers))
    array.assign(np.asarray(numbers, float))
    return array
