"""The network, layer by layer: activations as pictures, sizes, ranges, parameters, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy
from pyscript import document

from autoencoder.page import Number, Text, element, make
from autoencoder.views.figure import Figure
from autoencoder.views.layer_pictures import Channels, Filters, Image, LayerPicture, Neurons
from autoencoder.views.numbers import fixed
from autoencoder.views.pointing import Pointing
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session
    from convnet.layers import Layer


class NetworkView(View):
    """One row a layer, made when the network is, then only updated.

    What it draws itself are the numbers of rows that are off screen, which other software reads;
    the others draw theirs with their pictures.
    """

    def __init__(self) -> None:
        super().__init__(document.body)
        self._panel = element("network")
        self._rows: list[LayerRow] = []
        self._pointing = Pointing(self._panel, lambda: self._figures)

    @property
    def parts(self) -> list[View]:
        """The rows, and itself."""
        return [self, *self._rows]

    def renew(self, session: Session) -> None:
        """Makes a row for each layer."""
        for row in self._rows:
            row.stop_watching()
        self._pointing.point(None, None)
        self._layers = session.run.net.layers
        self._rows = make_rows(self._layers, session.run.shape)
        self._panel.replaceChildren(*(row.element for row in self._rows))

    def draw(self, session: Session) -> None:
        """Shows between which numbers the activations of layers off screen lie."""
        for row in self._rows:
            if not row.visible:
                row.show_range()

    @property
    def pointed_at(self) -> tuple[int, int] | None:
        """The layer and the neuron that the visitor points at, where it can be looked at."""
        figure = self._pointing.figure
        if figure is None or figure.neuron is None:
            return None
        return self._layers.index(figure.picture.layer), figure.neuron

    @property
    def _figures(self) -> list[Figure]:
        return [figure for row in self._rows for figure in row.figures]


class LayerRow(View):
    """One layer's line in the panel.

    Args:
        index: the layer's place in the network.
        layer: the layer.

    Attributes:
        element: the line.
        figures: its pictures.
        stop_watching: frees what the browser holds of it.
    """

    def __init__(self, index: int, layer: Layer) -> None:
        self._layer = layer
        self.figures: list[Figure] = []
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
        super().__init__(self.element)

    def add_picture(self, title: str, picture: LayerPicture, of_training: bool = False) -> None:
        """Puts another picture at the end of the line, see `Figure`."""
        opens = picture.layer.type != "input"
        figure = Figure(title, picture, of_training, opens)
        self._views.append(figure.element)
        self.figures.append(figure)

    def draw(self, session: Session) -> None:
        """Shows the layer as the last forward and backward pass have left it."""
        self.show_range()
        trained = session.averages.loss is not None
        for figure in self.figures:
            figure.draw(trained)

    def show_range(self) -> None:
        """Shows between which numbers the activations of the last forward pass lie."""
        activations = self._layer.out_act[0]
        for number, value in ((self._low, activations.min()), (self._high, activations.max())):
            number.show(fixed(float(value), 3), float(value))


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

    def activations(layer: Layer) -> LayerPicture:
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


def count_parameters(layer: Layer) -> str:
    """The number of a layer's parameters and how it comes about, as in 50×30 + 50 = 1,550."""
    if not layer.parameters:
        return "0"
    terms = ["×".join(str(length) for length in p.shape) for p in layer.parameters]
    return f"{' + '.join(terms)} = {layer.num_parameters:,}"


def describe_windows(layer: Layer) -> dict[str, str]:
    """What a conv or pool layer looks through, as a fact."""
    if layer.type not in ("conv", "pool"):
        return {}
    windows = layer.windows
    size = f"{windows.sx}×{windows.sy}, stride {windows.stride}, pad {windows.pad}"
    return {"filters" if layer.type == "conv" else "windows": size}


def _add_fact(facts: JsProxy, name: str) -> JsProxy:
    value = make("dd", data_fact=name)
    line = make("div")
    line.append(make("dt", name), value)
    facts.append(line)
    return value


def _width_first(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    sy, sx, depth = shape
    return sx, sy, depth
