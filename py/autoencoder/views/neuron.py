"""One neuron, looked at closely: its weights, what it says of the example, its formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autoencoder.formula import DOES, WEIGHING, Stop, path_to
from autoencoder.page import Text, element
from autoencoder.views.figure import Figure
from autoencoder.views.formula_text import has_area, name_of, write_formula
from autoencoder.views.layer_pictures import Filters
from autoencoder.views.numbers import telling
from autoencoder.views.pace import Pace
from autoencoder.views.pointing import Pointing
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session
    from convnet.layers import Layer


class NeuronView(View):
    """The panel `#neuron`, hidden while no neuron is looked at: then nothing is computed."""

    def __init__(self) -> None:
        self._panel = element("neuron")
        self._title = Text(element("neuron-title"))
        self._facts = Text(element("neuron-facts"))
        self._weights = element("neuron-weights")
        self._details = element("formula")
        self._formula = Text(element("formula-text"))
        self._figures: list[Figure] = []
        self._source: tuple[int, int] | None = None
        self._pace = Pace()
        self._pointing = Pointing(self._weights, lambda: self._figures)

    @property
    def visible(self) -> bool:
        """Whether it is to be seen, or has to be hidden."""
        return self._session.inspected.layer is not None or not self._panel.hidden

    def renew(self, session: Session) -> None:
        """Forgets another network's weights."""
        self._session = session
        self._show_weights([], None)

    def draw(self, session: Session) -> None:
        """Shows the neuron as it is now, after a forward pass of the example."""
        inspected, layers = session.inspected, session.run.net.layers
        self._panel.hidden = inspected.layer is None
        if inspected.layer is None:
            self._show_weights(layers, None)
            return
        path = path_to(layers, inspected.layer, inspected.neuron)
        first = path[0]
        weighs = layers[first.layer].type in WEIGHING
        self._show_weights(layers, (first.layer, first.spot[2]) if weighs else None)
        for figure in self._figures:
            figure.draw(trained=True)
        seen = inspected.layer, inspected.neuron, self._details.open
        moment = id(session.example.clean), session.paused and session.changes
        if self._pace.is_due((seen, moment, self._source)):
            self._tell(session, path)

    def _tell(self, session: Session, path: list[Stop]) -> None:
        layers, inspected = session.run.net.layers, session.inspected
        layer = layers[inspected.layer]
        name = name_of(layer, inspected.neuron).capitalize()
        self._title.show(f"{name} of layer {inspected.layer} ({layer.type})")
        value = next(stop.value for stop in path if stop.layer == inspected.layer)
        most = "at most " if has_area(layer) else ""
        self._facts.show(
            f"It says {most}{telling(value)} of the digit on its way. "
            f"Layer {inspected.layer} {DOES[layer.type]}",
            value,
        )
        if self._details.open:
            places = ""
            if has_area(layer):
                sy, sx, _ = layer.out_shape
                places = f"One of {sx}×{sy} places: where it is greatest now.\n"
            self._formula.show(places + "\n".join(write_formula(layers, path)))

    def _show_weights(self, layers: Sequence[Layer], source: tuple[int, int] | None) -> None:
        """Makes the picture of the weights of a neuron of a layer, or of none, unless it is there.

        Args:
            layers: the network's.
            source: the layer and the neuron.
        """
        if source == self._source:
            return
        self._source, self._figures = source, []
        self._pointing.point(None, None)
        if source:
            index, neuron = source
            layer = layers[index]
            title = f"Weights of {name_of(layer, neuron)} of layer {index} ({layer.type})"
            self._figures = [Figure(title, Filters(layer, layer.filters, only=neuron))]
        self._weights.replaceChildren(*(figure.element for figure in self._figures))
