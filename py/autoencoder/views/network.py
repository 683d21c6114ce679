"""The network, layer by layer: activations as pictures, sizes, ranges, parameters, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from pyodide.ffi import JsProxy
from pyscript import document

from autoencoder.page import Number, Text, element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.numbers import fixed
from autoencoder.views.pictures import enlarge, shade, shade_signed, sheet
from autoencoder.views.view import View, watch_visibility

if TYPE_CHECKING:
    from autoencoder.session import Session
    from convnet.layers import Layer

NEURON_COLUMNS = 25
NEURON_SIZE = 10
TILE_SIZE = 56
AREA_COLUMNS = 8
IMAGE_SIZE = 84
MOST_TILES = 100
MOST_NEURONS = 1000
WEIGHT_COLUMNS = 10


class NetworkView(View):
    """One row a layer, made when the network is, then only updated."""

    def __init__(self) -> None:
        super().__init__(document.body)
        self._panel = element("network")
        self._rows: list[LayerRow] = []

    def renew(self, session: Session) -> None:
        """Makes a row for each layer."""
        for row in self._rows:
            row.stop_watching()
        self._rows = make_rows(session.run.net.layers, session.run.shape)
        self._panel.replaceChildren(*(row.element for row in self._rows))

    def draw(self, session: Session) -> None:
        """Shows what every layer makes of the current example: pictures only where on screen."""
        self._draw_rows(session, [row for row in self._rows if row.visible])

    def print(self, session: Session) -> None:
        """Shows all pictures of all layers."""
        self._draw_rows(session, self._rows)

    def _draw_rows(self, session: Session, seen: list[LayerRow]) -> None:
        for row in self._rows:
            row.show_range()
        trained = session.averages.loss is not None
        for row in seen:
            row.draw(trained)
        for row in self._rows:
            row.drawn = row in seen

    @property
    def revealed(self) -> bool:
        """Whether a row has come on screen since it was last drawn off it."""
        return any(row.visible and not row.drawn for row in self._rows)


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
        self._figures: list[Figure] = []
        self._views = make("div", class_="views")
        facts = make("dl")
        self._low = Number(_add_fact(facts, "min"))
        self._high = Number(_add_fact(facts, "max"))
        parameters = Text(_add_fact(facts, "parameters"))
        parameters.show(count_parameters(layer), layer.num_parameters)
        for name, text in describe_windows(layer).items():
            Text(_add_fact(facts, name)).show(text)
        caption = make("div")
        size = "×".join(str(length) for length in _width_first(layer.out_shape))
        caption.append(make("h3", f"{index} · {layer.type} ({size})"), facts)
        self.element = make("article", class_="layer", data_layer=str(index))
        self.element.append(caption, self._views)
        self.visible = True
        self.drawn = False
        self.stop_watching = watch_visibility(self.element, self._set_visible)

    def _set_visible(self, visible: bool) -> None:
        self.visible = visible

    def add_picture(self, title: str, picture: Picture, of_training: bool = False) -> None:
        """Puts another picture at the end of the line.

        Args:
            title: what stands below it.
            picture: what it shows.
            of_training: whether there is nothing to see before the network has been trained.
        """
        name = f"{title} of a {self._layer.type} layer"
        figure = Figure(title, name, picture, of_training)
        self._views.append(figure.element)
        self._figures.append(figure)

    def show_range(self) -> None:
        """Shows between which numbers the activations of the last forward pass lie."""
        activations = self._layer.out_act[0]
        for number, value in ((self._low, activations.min()), (self._high, activations.max())):
            number.show(fixed(float(value), 3), float(value))

    def draw(self, trained: bool) -> None:
        """Shows the layer as it stands after the last forward and backward pass, if any."""
        for figure in self._figures:
            figure.draw(trained)


def make_rows(layers: list[Layer], shape: tuple[int, int]) -> list[LayerRow]:
    """A row for each layer of a network.

    Args:
        layers: the layers.
        shape: height and width of the images that go through them.
    """
    height, width = shape
    first_dense = next((layer for layer in layers if layer.type == "fc"), None)
    of_an_image = ((height, width, 1), (1, 1, height * width))
    images = [layers[i] for i in (0, -2, -1) if layers[i].out_shape in of_an_image]

    def activations(layer: Layer) -> Picture:
        if layer in images:
            return Image(layer, shape)
        return Neurons(layer) if layer.out_shape[:2] == (1, 1) else Channels(layer)

    rows = []
    for index, layer in enumerate(layers):
        row = LayerRow(index, layer)
        row.add_picture("Activations", activations(layer))
        if index == 0:
            row.add_picture("Predicted reconstruction", Image(layers[-1], shape))
        if layer is first_dense or layer.type == "conv":
            row.add_picture("Weights", Filters(layer, layer.filters))
            row.add_picture("Gradients", Filters(layer, layer.filter_gradients), True)
        rows.append(row)
    return rows


class Figure:
    """A picture with its caption; see `LayerRow.add_picture`.

    Attributes:
        element: both.
    """

    def __init__(self, title: str, name: str, picture: Picture, of_training: bool) -> None:
        self._title = f"{title}: {picture.part}" if picture.part else title
        self._untrained = f"{title}: none before the first update" if of_training else ""
        self._picture = picture
        canvas, caption = make("canvas", role="img", aria_label=name), make("figcaption")
        canvas.style.width = f"{picture.width}px"
        self.element = make("figure")
        self.element.append(canvas, caption)
        self._canvas, self._caption = Canvas(canvas), Text(caption)

    def draw(self, trained: bool) -> None:
        """Shows the picture as it is now, or that there is none."""
        missing = bool(self._untrained) and not trained
        self._caption.show(self._untrained if missing else self._title)
        self._canvas.show(self._picture.pixels())
        if missing:
            self._canvas.clear()


class Picture(Protocol):
    """Something of a layer, as pixels.

    Attributes:
        width: its width on the page.
        part: how much of the layer it shows, if that is not all.
    """

    width: int
    part: str

    def pixels(self) -> np.ndarray:
        """The picture as it is now, uint32 (height, width)."""


class Image:
    """A layer's activations for the current example, where they are an image's pixels: grey."""

    width = IMAGE_SIZE
    part = ""

    def __init__(self, layer: Layer, shape: tuple[int, int]) -> None:
        self._layer = layer
        self._shape = shape

    def pixels(self) -> np.ndarray:
        """From black, the lowest, to white, the highest."""
        image = self._layer.out_act[0].reshape(self._shape)
        return shade(image, image.min(), image.max())


class Neurons:
    """A layer's activations for the current example: one square a neuron, orange and blue."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        count = min(layer.num_outputs, MOST_NEURONS)
        self._columns = min(count, NEURON_COLUMNS)
        self.width = self._columns * (NEURON_SIZE + 1) - 1
        self.part = part_of(count, layer.num_outputs, "neurons")

    def pixels(self) -> np.ndarray:
        """The same scale for all."""
        neurons = self._layer.out_act[0].reshape(-1, 1, 1)[:MOST_NEURONS]
        return sheet(enlarge(shade_signed(neurons), NEURON_SIZE), self._columns)


class Channels:
    """A layer's activations for the current example: one tile a channel, orange and blue."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        _, sx, depth = layer.out_shape
        count = min(depth, MOST_TILES)
        self._columns = min(count, AREA_COLUMNS)
        self.width = _sheet_width(sx, self._columns)
        self.part = part_of(count, depth, "channels")

    def pixels(self) -> np.ndarray:
        """The same scale for all."""
        tiles = shade_signed(self._layer.out_act[0][..., :MOST_TILES]).transpose(2, 0, 1)
        return sheet(tiles, self._columns)


class Filters:
    """Weights, or their gradients: one tile for each filter and channel of its input."""

    def __init__(self, layer: Layer, filters: np.ndarray) -> None:
        sy, sx, depth = layer.in_shape if layer.type == "fc" else layer.filter_shape
        count = max(1, MOST_TILES // depth)
        self._filters = filters[:count].reshape(-1, sy, sx, depth)
        shown = len(self._filters) * depth
        self._columns = min(shown, WEIGHT_COLUMNS)
        self.width = _sheet_width(sx, self._columns)
        self.part = part_of(shown, len(filters) * depth, "tiles")

    def pixels(self) -> np.ndarray:
        """Every tile on the same scale, so that strong filters stand out."""
        tiles = shade_signed(self._filters).transpose(0, 3, 1, 2)
        tiles = tiles.reshape(-1, *tiles.shape[2:])
        return sheet(tiles, self._columns)


def count_parameters(layer: Layer) -> str:
    """The number of a layer's parameters and how it comes about, as in 50×30 + 50 = 1,550."""
    if not layer.parameters:
        return "0"
    terms = ["×".join(str(length) for length in p.shape) for p in layer.parameters]
    return f"{' + '.join(terms)} = {layer.num_parameters:,}"


def part_of(shown: int, count: int, what: str) -> str:
    """How much is shown, as in "the first 96 of 128 tiles"; nothing where that is all."""
    return f"the first {shown:,} of {count:,} {what}" if shown < count else ""


def describe_windows(layer: Layer) -> dict[str, str]:
    """What a conv or pool layer looks through, as a fact."""
    if layer.type not in ("conv", "pool"):
        return {}
    windows = layer.windows
    size = f"{windows.sx}×{windows.sy}, stride {windows.stride}, pad {windows.pad}"
    return {"filters" if layer.type == "conv" else "windows": size}


def _sheet_width(tile: int, columns: int) -> int:
    """Width on the page of a sheet whose tiles' pixels are enlarged by a whole number."""
    return (columns * (tile + 1) - 1) * max(1, TILE_SIZE // tile)


def _add_fact(facts: JsProxy, name: str) -> JsProxy:
    value = make("dd", data_fact=name)
    line = make("div")
    line.append(make("dt", name), value)
    facts.append(line)
    return value


def _width_first(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    sy, sx, depth = shape
    return sx, sy, depth
