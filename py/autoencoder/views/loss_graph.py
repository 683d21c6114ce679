"""The loss over the examples seen, and what else is measured by it, drawn by uPlot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pyodide.ffi import JsProxy, create_proxy, to_js
from pyscript import document, window

from autoencoder.history import LOSS
from autoencoder.page import element
from autoencoder.views.numbers import NOTHING, fixed, short, whole
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

EMPTY_RANGES = {"x": (0, 10_000), "y": (0, 100)}
USUAL_SHARE = 95
"""Percentage of the losses that set the graph's height: the first ones lie far above the others."""
ROOM = 0.05
DASHES = ([], [8, 4], [2, 4], [8, 4, 2, 4])
STROKES = ("--pico-primary", "--pico-color", "--pico-del-color")
"""How each series is told from the others: by its dashes, and by its colour in the stylesheet."""


class LossGraphView(View):
    """uPlot's chart in `#loss-graph`, as wide as its panel and in the page's own colours.

    Dragging over it zooms in, and a double click shows all again.
    """

    period_ms = 500

    def __init__(self) -> None:
        self._panel = element("loss-graph")
        super().__init__(self._panel)
        self._examples: Sequence[int] = []
        self._series: dict[str, Sequence[float | None]] = {LOSS: []}
        self._data = to_js([[], []])
        self._shown: tuple = ()
        # Made once, for every chart that there will be.
        self._range_x = create_proxy(self._range_of_examples)
        self._range_y = create_proxy(self._range_of_losses)
        self._marks = create_proxy(lambda _, marks, *__: to_js([short(mark) for mark in marks]))
        self._legend = create_proxy(lambda _, *place: self._number(*place))
        self._chart: JsProxy | None = None
        self._make_chart()
        window.matchMedia("(prefers-color-scheme: dark)").addEventListener(
            "change", create_proxy(lambda _: self._make_chart())
        )
        window.ResizeObserver.new(create_proxy(lambda *_: self._fit())).observe(self._panel)

    def draw(self, session: Session) -> None:
        """Shows the curve, if it has changed; what the visitor has zoomed into stays."""
        curve = session.curve
        latest = [values[-1:] for values in (curve.examples, *curve.series.values())]
        shown = (curve, len(curve.examples), latest)
        if shown == self._shown:
            return
        zoomed = self._shown[:1] == shown[:1] and self._is_zoomed() and curve.examples
        self._shown = shown
        named_anew = list(curve.series) != list(self._series)
        self._examples = curve.examples.copy()
        self._series = {name: values.copy() for name, values in curve.series.items()}
        self._data = to_js([_column(self._examples), *map(_column, self._series.values())])
        if named_anew:
            self._make_chart()
            return
        self._chart.setData(self._data, not zoomed)
        if zoomed:
            self._chart.redraw()
            self._chart.setLegend()

    def _make_chart(self) -> None:
        """Makes the chart anew: uPlot takes its colours when it is made."""
        if self._chart is not None:
            self._chart.destroy()
        style = window.getComputedStyle(document.documentElement)
        text = style.getPropertyValue("--pico-muted-color").strip()
        grid = {"stroke": style.getPropertyValue("--pico-muted-border-color").strip(), "width": 1}
        words = window.getComputedStyle(element("interruption"))  # small ones
        font = f"{words.fontSize} {words.fontFamily}"
        axis = {"stroke": text, "grid": grid, "ticks": grid, "values": self._marks}
        axis |= {"font": font, "labelFont": font, "labelSize": 20}
        options = {
            **self._size(),
            "scales": {"x": {"time": False, "range": self._range_x}, "y": {"range": self._range_y}},
            "axes": [{**axis, "label": "examples seen", "size": 30}, {**axis, "label": "loss"}],
            "series": [
                {"label": "Examples", "value": self._legend},
                *(self._line(number, name, style) for number, name in enumerate(self._series)),
            ],
        }
        self._chart = window.uPlot.new(_object(options), self._data, self._panel)

    def _line(self, number: int, name: str, style: JsProxy) -> dict[str, Any]:
        """How a series is drawn: joined over its gaps, with points where it has any."""
        return {
            "label": name.capitalize(),
            "value": self._legend,
            "stroke": style.getPropertyValue(STROKES[number % len(STROKES)]).strip(),
            "dash": DASHES[number % len(DASHES)],
            "width": 2,
            "spanGaps": True,
            "points": {"show": None in self._series[name], "size": 5},
        }

    def _is_zoomed(self) -> bool:
        scale = self._chart.scales.x
        return len(self._examples) > 1 and (
            scale.min > self._examples[0] or scale.max < self._examples[-1]
        )

    def _range_of_examples(self, chart: JsProxy, low: object, high: object, *_: object) -> JsProxy:
        return to_js([low, high] if self._examples else EMPTY_RANGES["x"])

    def _range_of_losses(self, chart: JsProxy, *_: object) -> JsProxy:
        """From the least to the greatest usual loss of those between the ends of the x axis."""
        if not self._examples:
            return to_js(EMPTY_RANGES["y"])
        first, last = chart.series[0].idxs
        losses = self._losses(slice(int(first), int(last) + 1)) or self._losses(slice(None))
        low, high = min(losses), float(np.percentile(losses, USUAL_SHARE))
        room = ROOM * (high - low) or ROOM * abs(high) or 1
        return to_js([low - room, high + room])

    def _losses(self, part: slice) -> list[float]:
        """All values of all series at some of the points."""
        return [
            value for values in self._series.values() for value in values[part] if value is not None
        ]

    def _number(self, value: object, column: int, index: object) -> str:
        """What the legend says: of the point where the pointer is, else at the end of the curve."""
        if not isinstance(index, (int, float)):
            values = (self._examples, *self._series.values())[column]
            value = next((each for each in reversed(values) if each is not None), None)
        if not isinstance(value, (int, float)):
            return NOTHING
        return whole(value) if column == 0 else fixed(value, 2)

    def _size(self) -> dict[str, int]:
        # uPlot's legend stands below the chart proper.
        return {
            "width": max(self._panel.clientWidth, 100),
            "height": max(self._panel.clientHeight - 30, 100),
        }

    def _fit(self) -> None:
        self._chart.setSize(_object(self._size()))


def _object(options: dict[str, Any]) -> JsProxy:
    """Options as a JavaScript object."""
    return to_js(options, dict_converter=window.Object.fromEntries)


def _column(values: Sequence[float | None]) -> JsProxy:
    """Numbers as JavaScript's Float64Array, copied in one go; with gaps as a list."""
    if None in values:
        return to_js(values)
    array = window.Float64Array.new(len(values))
    array.assign(np.asarray(values, float))
    return array
