"""The loss over the examples seen, and what else is measured by it, drawn by uPlot."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pyodide.ffi import JsProxy, create_proxy, to_js
from pyscript import document, window

from autoencoder.baseline import code_size
from autoencoder.history import LOSS
from autoencoder.page import element, make
from autoencoder.views.numbers import NOTHING, fixed, short, whole
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.comparison import Compared
    from autoencoder.history import LossCurve
    from autoencoder.session import Session

EMPTY_RANGES = {"x": (0, 10_000), "y": (0, 100)}
USUAL_SHARE = 95
"""Percentage of the losses that set the graph's height: the first ones lie far above the others."""
ROOM = 0.05
DASHES = ([], [8, 4], [2, 4], [8, 4, 2, 4], [16, 4], [16, 4, 2, 4, 2, 4], [3, 9])
STROKES = ("--pico-primary", "--pico-color", "--pico-del-color", "--negative", "--pico-ins-color")
"""How each line is told from the others: by its dashes, and by its colour in the stylesheet."""
LEGEND = 30
"""Pixels of height that the legend takes at least."""
LOGARITHMIC = 3
"""How uPlot calls such a scale."""
LEAST = 1e-6
"""What has no logarithm lies here on a scale of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is drawn as one line.

    Attributes:
        name: what the legend calls it.
        examples: where its points lie, rising.
        values: what they are, or None for a gap.
    """

    name: str
    examples: Sequence[int]
    values: Sequence[float | None]

    def at(self, examples: float) -> float | None:
        """Its last value up to so many examples; None beyond its ends."""
        place = bisect_right(self.examples, examples)
        if not place or examples > self.examples[-1]:
            return None
        return self.values[place - 1]

    def between(self, low: float, high: float) -> list[float]:
        """All its values there."""
        first, end = bisect_left(self.examples, low), bisect_right(self.examples, high)
        return [value for value in self.values[first:end] if value is not None]

    @property
    def last(self) -> float | None:
        """Its last value."""
        return next((each for each in reversed(self.values) if each is not None), None)


class LossGraphView(View):
    """uPlot's chart in `#loss-graph`, as wide as its panel and in the page's own colours.

    Dragging over it zooms in, and a double click shows all again. Runs that are compared have their
    losses on it too, and what principal components come to is a line to beat.
    """

    period_ms = 500

    def __init__(self) -> None:
        self._panel = element("loss-graph")
        super().__init__(self._panel)
        self._lines = [Line(LOSS.capitalize(), [], [])]
        self._log_scales = False
        self._compared: Sequence[Compared] = ()
        self._data = to_js([[], []])
        self._others: list[JsProxy] = []  # the same of those that are compared
        self._shown: tuple = ()
        # Made once, for every chart that there will be.
        self._range_x = create_proxy(self._range_of_examples)
        self._range_y = create_proxy(self._range_of_losses)
        self._marks = create_proxy(lambda _, marks, *__: to_js([*map(_mark, marks)]))
        self._legend = create_proxy(lambda _, *place: self._number(*place))
        self._sample = create_proxy(_sample)
        self._chart: JsProxy | None = None
        self._make_chart()
        window.matchMedia("(prefers-color-scheme: dark)").addEventListener(
            "change", create_proxy(lambda _: self._make_chart(self._is_zoomed()))
        )
        window.ResizeObserver.new(create_proxy(lambda *_: self._fit())).observe(self._panel)

    def draw(self, session: Session) -> None:
        """Shows the curve, if it has changed; what the visitor has zoomed into stays."""
        curve = session.curve
        latest = [values[-1:] for values in (curve.examples, *curve.series.values())]
        baseline = session.baseline.measured(code_size(session))
        shown = (curve, session.compared, session.log_scales, len(curve.examples), latest, baseline)
        if shown == self._shown:
            return
        zoomed = self._shown[:3] == shown[:3] and self._is_zoomed() and curve.examples
        self._shown = shown
        looks = self._log_scales, [line.name for line in self._lines]
        self._log_scales = session.log_scales
        self._take(curve, session.compared, baseline_of(session, curve))
        if looks != (self._log_scales, [line.name for line in self._lines]):
            self._make_chart(zoomed)
            return
        self._fit()
        self._chart.setData(self._data, not zoomed)
        if zoomed:
            self._chart.redraw()
            self._chart.setLegend()

    def _take(
        self, curve: LossCurve, compared: Sequence[Compared], baseline: Sequence[Line]
    ) -> None:
        """Takes in what is to be drawn: this run's curve, what it is to beat, and other runs."""
        examples = curve.examples.copy()
        own = [
            Line(name.capitalize(), examples, values.copy())
            for name, values in curve.series.items()
        ]
        others = [Line(run.title, run.curve.examples, run.curve.series[LOSS]) for run in compared]
        self._lines = [*own, *baseline, *others]
        self._panel.classList.toggle("comparing", len(self._lines) > 1)
        if compared is not self._compared:
            self._compared = compared
            self._others = [_columns(line) for line in others]
        columns = to_js([_column(examples), *(_column(line.values) for line in own)])
        # uPlot draws all lines over the same examples: it lays the others' between our own.
        others = [*map(_columns, baseline), *self._others]
        self._data = window.uPlot.join(to_js([columns, *others])) if others else columns

    async def enlarged(self, scale: float) -> JsProxy:
        """A canvas with the chart as it is seen, drawn anew so many times as large."""
        holder = make("div")
        # uPlot draws as many pixels for one as the screen has.
        options = self._options(scale / window.devicePixelRatio)
        chart = window.uPlot.new(_object(options), self._data, holder)
        chart.setScale("x", _seen(self._chart))
        await asyncio.sleep(0)  # it draws when what has called it is done
        chart.destroy()
        return chart.ctx.canvas

    @property
    def canvas(self) -> JsProxy:
        """The chart proper."""
        return self._chart.ctx.canvas

    def _make_chart(self, zoomed: bool = False) -> None:
        """Makes the chart anew: uPlot takes its colours and lines when it is made.

        Args:
            zoomed: whether the same examples are to be seen as before.
        """
        before = self._chart
        if before is not None:
            before.destroy()
        self._chart = window.uPlot.new(_object(self._options()), self._data, self._panel)
        if len(self._lines) > 1:
            self._fit()  # there may be no room for their legend
        if zoomed:
            self._chart.setScale("x", _seen(before))
        if before is not None:  # where the pointer is it stays
            at = {"left": before.cursor.left, "top": before.cursor.top}
            self._chart.setCursor(_object(at))

    def _options(self, scale: float = 1) -> dict[str, Any]:
        """How the chart looks, so many times as large as it is on the page."""
        style = window.getComputedStyle(document.documentElement)
        text = style.getPropertyValue("--pico-muted-color").strip()
        grid = {"stroke": style.getPropertyValue("--pico-muted-border-color").strip()}
        grid |= {"width": scale}
        words = window.getComputedStyle(element("interruption"))  # small ones
        font = f"{scale * float(words.fontSize.removesuffix('px'))}px {words.fontFamily}"
        axis = {"stroke": text, "grid": grid, "values": self._marks}
        axis |= {"ticks": {**grid, "size": 10 * scale}, "gap": 5 * scale}
        axis |= {"font": font, "labelFont": font, "labelSize": 20 * scale}
        across = {**axis, "label": "examples seen", "size": 30 * scale, "space": 50 * scale}
        upward = {**axis, "label": "loss", "size": 50 * scale, "space": 30 * scale}
        return {
            **{length: scale * pixels for length, pixels in self._size().items()},
            "scales": {
                "x": {"time": False, "range": self._range_x, **self._distribution},
                "y": {"range": self._range_y, **self._distribution},
            },
            "axes": [across, upward],
            "series": [
                {"label": "Examples", "value": self._legend},
                *(self._series(*each, style, scale) for each in enumerate(self._lines)),
            ],
            "legend": {"markers": {"width": 0, "fill": self._sample}},
        }

    def _series(self, number: int, line: Line, style: JsProxy, scale: float) -> dict[str, Any]:
        """How a line is drawn: joined over its gaps, with points where it has any."""
        return {
            "label": line.name,
            "value": self._legend,
            "stroke": style.getPropertyValue(STROKES[number % len(STROKES)]).strip(),
            "dash": [scale * length for length in DASHES[number % len(DASHES)]],
            "width": 2 * scale,
            "spanGaps": True,
            "points": {"show": None in line.values, "size": 5 * scale},
        }

    @property
    def _distribution(self) -> dict[str, int]:
        return {"distr": LOGARITHMIC} if self._log_scales else {}

    def _is_zoomed(self) -> bool:
        scale = self._chart.scales.x
        ends = [end for line in self._lines for end in (*line.examples[:1], *line.examples[-1:])]
        return len(set(ends)) > 1 and (scale.min > min(ends) or scale.max < max(ends))

    @property
    def _is_empty(self) -> bool:
        return not any(line.examples for line in self._lines)

    def _range_of_examples(self, chart: JsProxy, low: object, high: object, *_: object) -> JsProxy:
        if self._is_empty:
            return self._empty_range("x")
        return to_js([max(low, 1), max(high, 2)] if self._log_scales else [low, high])

    def _range_of_losses(self, chart: JsProxy, *_: object) -> JsProxy:
        """From the least to the greatest usual loss of those between the ends of the x axis."""
        if self._is_empty:
            return self._empty_range("y")
        ends = [self._data[0][int(index)] for index in chart.series[0].idxs]
        losses = self._losses(*ends) or self._losses(0, np.inf)
        low, high = min(losses), float(np.percentile(losses, USUAL_SHARE))
        if self._log_scales:  # which have room for the first losses too
            return to_js(_round_ends(low, max(losses)))
        room = ROOM * (high - low) or ROOM * abs(high) or 1
        return to_js([low - room, high + room])

    def _empty_range(self, axis: str) -> JsProxy:
        low, high = EMPTY_RANGES[axis]
        return to_js([max(low, 1) if self._log_scales else low, high])

    def _losses(self, low: float, high: float) -> list[float]:
        """All values of all lines between some numbers of examples."""
        return [value for line in self._lines for value in line.between(low, high)]

    def _number(self, _: object, column: int, index: object) -> str:
        """What the legend says: of the point where the pointer is, else at the end of the curve."""
        line = self._lines[max(column - 1, 0)]
        if isinstance(index, (int, float)):
            examples = self._data[0][int(index)]
            value = line.at(examples)
        else:
            examples, value = next(iter(line.examples[-1:]), None), line.last
        if column == 0:
            return whole(examples)
        return NOTHING if value is None else fixed(value, 2)

    def _size(self) -> dict[str, int]:
        # uPlot's legend stands below the chart proper.
        legend = self._panel.querySelector(".u-legend")
        taken = max(LEGEND, legend.offsetHeight) if len(self._lines) > 1 and legend else LEGEND
        return {
            "width": max(self._panel.clientWidth, 100),
            "height": max(self._panel.clientHeight - taken, 100),
        }

    def _fit(self) -> None:
        """Takes the room that the legend leaves, whose lines come and go with its numbers."""
        size = self._size()
        if (self._chart.width, self._chart.height) != (size["width"], size["height"]):
            self._chart.setSize(_object(size))


def _seen(chart: JsProxy) -> JsProxy:
    """The first and the last number of examples that a chart shows, as uPlot takes them."""
    scale = chart.scales.x
    return _object({"min": scale.min, "max": scale.max})


def _sample(chart: JsProxy, column: int) -> str:
    """A line's colour and dashes as a background, for the legend."""
    series, end, stops = chart.series[column], 0, []
    for index, length in enumerate(DASHES[(column - 1) % len(DASHES)] or [1]):
        shade = "transparent" if index % 2 else series.stroke(chart, column)
        stops.append(f"{shade} {end}px {end + length}px")
        end += length
    return f"repeating-linear-gradient(90deg, {', '.join(stops)})"


def _round_ends(low: float, high: float) -> list[float]:
    """Ends of a logarithmic scale on which numbers from one to another lie, of one digit each."""
    low = max(low, LEAST)
    high = max(high, 1.1 * low)
    below, above = (10 ** math.floor(math.log10(end)) for end in (low, high))
    return [math.floor(low / below) * below, math.ceil(high / above) * above]


def _mark(mark: object) -> str:
    """What stands at a mark of an axis; at most of a logarithmic one nothing does."""
    return short(mark) if isinstance(mark, (int, float)) else ""


def baseline_of(session: Session, curve: LossCurve) -> list[Line]:
    """The line to beat, as long as the run's own, if it is known."""
    size = code_size(session)
    measured = session.baseline.measured(size)
    if measured is None or not curve.examples:
        return []
    ends = [curve.examples[0], curve.examples[-1]][: len(curve.examples)]
    return [Line(f"PCA with {size:,}", ends, [measured.loss] * len(ends))]


def _columns(line: Line) -> JsProxy:
    """A line as uPlot takes it, with examples of its own."""
    return to_js([_column(line.examples), _column(line.values)])


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
