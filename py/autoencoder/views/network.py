"""The network, layer by layer: activations as pictures, sizes, ranges, parameters, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from pyodide.ffi import JsProxy
from pyscript import document

from autoencoder.page import Text, element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.pixels import enlarge, shade, shade_signed, sheet
from autoencoder.views.view import View, watch_visibility
from convnet.mnist import PIXELS

if TYPE_CHECKING:
    from autoencoder.session import Session
    from convnet.layers import Layer

NEURON_COLUMNS = 25
NEURON_SIZE = 10
TILE_SIZE = 56
AREA_COLUMNS = 8
DIGIT_SIZE = 84
MOST_TILES = 100
MOST_NEURONS = 1000
WEIGHT_COLUMNS = 10


class NetworkView(View):
    """One row a layer, made when the network is, then only updated."""

    period_ms = 400

    def __init__(self) -> None:
        super().__init__(document.body)
        self._panel = element("network")
        self._generation = -1
        self._rows: list[LayerRow] = []

    def draw(self, session: Session) -> None:
        """Shows what every layer makes of the current example: pictures only where on screen."""
        session.reconstruct_current()
        if session.generation != self._generation:
            self._generation = session.generation
            self._make_rows(session.net.layers)
        for row in self._rows:
            row.draw()

    @property
    def unfinished(self) -> bool:
        """Whether a row has come on screen since it was last drawn off it."""
        return any(row.visible and not row.drawn for row in self._rows)

    def _make_rows(self, layers: list[Layer]) -> None:
        for row in self._rows:
            row.stop_watching()
        first_dense = next((layer for layer in layers if layer.type == "fc"), None)
        self._rows = []
        for index, layer in enumerate(layers):
            row = LayerRow(index, layer)
            if index == 0:
                row.add_picture("Predicted reconstruction", Activations(layers[-1]))
            if layer is first_dense or layer.type == "conv":
                row.add_picture("Weights", Filters(layer, layer.filters))
                row.add_picture("Gradients", Filters(layer, layer.filter_gradients))
            self._rows.append(row)
        self._panel.replaceChildren(*(row.element for row in self._rows))


class LayerRow:
    """One layer's line in the panel.

    Args:
        index: the layer's place in the network.
        layer: the layer.

    Attributes:
        element: the line.
        visible: whether some of it is on screen.
        drawn: whether its pictures are those of the last drawing.
    """

    def __init__(self, index: int, layer: Layer) -> None:
        self._layer = layer
        self._pictures: list[tuple[Canvas, Picture]] = []
        self._views = make("div", class_="views")
        facts = make("dl")
        self._low = _add_fact(facts, "min")
        self._high = _add_fact(facts, "max")
        parameters = _add_fact(facts, "parameters")
        parameters.show(count_parameters(layer), layer.num_parameters)
        caption = make("div")
        size = "×".join(str(length) for length in _width_first(layer.out_shape))
        caption.append(make("h3", f"{index} · {layer.type} ({size})"), facts)
        self.element = make("article", class_="layer", data_layer=str(index))
        self.element.append(caption, self._views)
        self.visible = True
        self.drawn = False
        self.stop_watching = watch_visibility(self.element, self._set_visible)
        self.add_picture("Activations", Activations(layer))

    def _set_visible(self, visible: bool) -> None:
        self.visible = visible

    def add_picture(self, title: str, picture: Picture) -> None:
        """Puts another picture at the end of the line."""
        canvas = make("canvas", role="img", aria_label=f"{title} of a {self._layer.type} layer")
        figure = make("figure")
        figure.append(canvas, make("figcaption", title))
        self._views.append(figure)
        canvas.style.width = f"{picture.width}px"
        self._pictures.append((Canvas(canvas), picture))

    def draw(self) -> None:
        """Shows the layer as it stands after the last forward and backward pass."""
        activations = self._layer.out_act[0]
        for fact, value in ((self._low, activations.min()), (self._high, activations.max())):
            fact.show(f"{value:.4f}", float(value))
        self.drawn = self.visible
        if self.visible:
            for canvas, picture in self._pictures:
                canvas.show(picture.pixels())


class Picture(Protocol):
    """Something of a layer, as pixels."""

    width: int

    def pixels(self) -> np.ndarray:
        """The picture as it is now, uint32 (height, width)."""


class Activations:
    """A layer's activations for the current example.

    Whatever has a digit's size is shown as a digit; other volumes as one tile a channel.
    """

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        sy, sx, depth = layer.out_shape
        self._digit = layer.num_outputs == PIXELS
        if self._digit:
            self.width = DIGIT_SIZE
        elif sy * sx == 1:
            self.width = min(depth, NEURON_COLUMNS) * (NEURON_SIZE + 1) - 1
        else:
            self._columns = min(depth, AREA_COLUMNS)
            self.width = _sheet_width(sx, self._columns)

    def pixels(self) -> np.ndarray:
        """Grey for digits; orange and blue for everything else."""
        volume = self._layer.out_act[0]
        if self._digit:
            return shade(volume.reshape(28, 28), volume.min(), volume.max())
        tiles = shade_signed(volume[..., :MOST_NEURONS]).transpose(2, 0, 1)
        if tiles.shape[1:] == (1, 1):
            return sheet(enlarge(tiles, NEURON_SIZE), min(len(tiles), NEURON_COLUMNS))
        return sheet(tiles, self._columns)


class Filters:
    """Weights, or their gradients: one tile for each filter and channel of its input."""

    def __init__(self, layer: Layer, filters: np.ndarray) -> None:
        sy, sx, depth = layer.in_shape if layer.type == "fc" else layer.filter_shape
        count = max(1, MOST_TILES // depth)
        self._filters = filters[:count].reshape(-1, sy, sx, depth)
        self._columns = min(len(self._filters) * depth, WEIGHT_COLUMNS)
        self.width = _sheet_width(sx, self._columns)

    def pixels(self) -> np.ndarray:
        """Every tile on the same scale, so that strong filters stand out."""
        tiles = shade_signed(self._filters).transpose(0, 3, 1, 2)
        tiles = tiles.reshape(-1, *tiles.shape[2:])
        return sheet(tiles, self._columns)


def count_parameters(layer: Layer) -> str:
    """The number of a layer's parameters and how it comes about, as in 50×784 + 50 = 39,250."""
    if not layer.parameters:
        return "0"
    terms = ["×".join(str(length) for length in p.shape) for p in layer.parameters]
    return f"{' + '.join(terms)} = {layer.num_parameters:,}"


def _sheet_width(tile: int, columns: int) -> int:
    """Width on the page of a sheet whose tiles' pixels are enlarged by a whole number."""
    return (columns * (tile + 1) - 1) * max(1, TILE_SIZE // tile)


def _add_fact(facts: JsProxy, name: str) -> Text:
    value = make("dd", data_fact=name)
    line = make("div")
    line.append(make("dt", name), value)
    facts.append(line)
    return Text(value)


def _width_first(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    sy, sx, depth = shape
    return sx, sy, depth
