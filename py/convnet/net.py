"""A network: layers in a row, and the one array that holds what they learn.

    net = Net([
        dict(type="input", out_sx=28, out_sy=28, out_depth=1),
        dict(type="fc", num_neurons=50, activation="tanh"),
        dict(type="regression", num_neurons=784),
    ], seed=0)
    net.forward(x)   # x (n, 784): reconstructions (n, 1, 1, 784)
    net.backward(x)  # the mean loss; gradients are in net.gradients
    net.forward_from(2, codes)  # codes (n, 50), as layer 2 puts them out: reconstructions

Values of whole minibatches are arrays (n, sy, sx, depth), in ConvNetJS's order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convnet.chance import DROPOUT, generator
from convnet.compute import NumPy, best_backend
from convnet.construction import layers_from_definitions, layers_from_json
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_snapshot_in_steps, with_lists
from convnet.layers import Layer, Parameter, Targets
from convnet.layers.examples import as_examples
from convnet.memory import Memory, enough_memory
from convnet.steps import Steps, finish

MAX_SEED = 2**64 - 1

DRAWN = 2**16
"""Initial weights that are drawn in one go."""

_overflowing = np.errstate(over="ignore", invalid="ignore")
"""In passes: what overflows becomes infinite and shows in the loss."""


class Net:
    """A feed-forward network with one input and one loss layer.

    Args:
        layer_defs: the layers, as ConvNetJS's makeLayers takes them.
        seed: makes initial weights and dropout repeatable; None is different each time.
        dtype: float32, or float64 for checking.
        backend: what computes; None is the fastest that there is for the type.

    Attributes:
        layers: every layer, those included that definitions imply.
        parameters: all parameters (num_parameters,), layer after layer; layers hold views.
        gradients: their gradients in the same order, from the last backward pass.
        input_gradient: (n, sy, sx, depth) from the last backward pass; None where it was left out.
        random: the source of chance for dropout.
        operations: the backend that computes.

    Raises:
        ConvNetError: the definitions describe no network, or one that is too large.
    """

    def __init__(
        self,
        layer_defs: Sequence[Mapping[str, Any]],
        seed: int | None = None,
        dtype: DTypeLike = np.float32,
        backend: NumPy | None = None,
    ) -> None:
        finish(self._begin_in_steps(layer_defs, seed, dtype, backend))

    @classmethod
    def in_steps(
        cls,
        layer_defs: Sequence[Mapping[str, Any]],
        seed: int | None = None,
        dtype: DTypeLike = np.float32,
        backend: NumPy | None = None,
    ) -> Steps[Net]:
        """The same network, made in steps."""
        net = cls.__new__(cls)
        yield from net._begin_in_steps(layer_defs, seed, dtype, backend)
        return net

    @classmethod
    def from_json(
        cls,
        snapshot: str | Mapping[str, Any],
        dtype: DTypeLike = np.float32,
        seed: int | None = None,
        backend: NumPy | None = None,
    ) -> Net:
        """The network in a snapshot of ours or of ConvNetJS, as JSON text or as a dict.

        Raises:
            ConvNetError: it is not a snapshot that can be used.
        """
        return finish(cls.from_json_in_steps(snapshot, dtype, seed, backend))

    @classmethod
    def from_json_in_steps(
        cls,
        snapshot: str | Mapping[str, Any],
        dtype: DTypeLike = np.float32,
        seed: int | None = None,
        backend: NumPy | None = None,
    ) -> Steps[Net]:
        """The same in steps."""
        if isinstance(snapshot, str):
            snapshot = yield from parse_snapshot_in_steps(snapshot)
        layers = Fields(snapshot, "The snapshot").items("layers")
        net = cls.__new__(cls)
        net._allocate(layers_from_json(layers), seed, dtype, backend)
        for layer, layer_json in zip(net.layers, layers, strict=True):
            fields = Fields(layer_json, layer.where)
            layer.check_json(fields)
            yield from layer.load_json_in_steps(fields)
        return net

    def to_json(self) -> dict[str, Any]:
        """A dict that ConvNetJS's fromJSON takes, and `from_json` too."""
        return with_lists(self.copy_as_json())

    def copy_as_json(self) -> dict[str, Any]:
        """The same, but quickly made: with copies of arrays wherever that has lists of numbers."""
        return {"layers": [layer.to_json() for layer in self.layers]}

    def __repr__(self) -> str:
        return f"Net({self.layers}, {self.num_parameters:,} parameters)"

    @property
    def num_parameters(self) -> int:
        """How many numbers the network learns."""
        return len(self.parameters)

    def segments(self) -> Iterator[tuple[Parameter, slice]]:
        """What all layers learn, and which part of `parameters` and `gradients` each is."""
        start = 0
        for layer in self.layers:
            for parameter in layer.parameters:
                yield parameter, slice(start, start + parameter.size)
                start += parameter.size

    @_overflowing
    def forward(self, x: ArrayLike, training: bool = False) -> np.ndarray:
        """The last layer's activation, (n, 1, 1, outputs), valid until the next forward pass.

        Args:
            x: (n, sy, sx, depth) or (n, sy * sx * depth), unchanged until after `backward`.
            training: whether dropout drops.

        Raises:
            ConvNetError: x does not fit the input layer, or is too large a minibatch.
        """
        first = self.layers[0]
        x = as_examples(x, first.out_shape, self.dtype, f"{first.where}: the minibatch")
        if len(x) != self._n:
            self._resize(self.layers, len(x))
            self._n = len(x)
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    @_overflowing
    def forward_from(self, index: int, activations: ArrayLike) -> np.ndarray:
        """The last layer's activation, given what a layer put out, as in prediction.

        Layers above are as after a forward pass then; that one and those below, and what they hold,
        are left alone. A backward pass needs another forward pass before it.

        Args:
            index: the layer, from 0 for the input to the last one, which leaves nothing to do.
            activations: (n, *out_shape) or (n, num_outputs) of that layer.

        Raises:
            ConvNetError: there is no such layer, or activations do not fit it, or are too many.
        """
        last = len(self.layers) - 1
        index = Fields({"layer": index}, "A pass from a layer on").whole("layer", 0, last)
        layer, above = self.layers[index], self.layers[index + 1 :]
        what = f"{layer.where}: a minibatch of its activations"
        x = as_examples(activations, layer.out_shape, self.dtype, what)
        self._resize(above, len(x))
        for each in above:
            x = each.forward(x, training=False)
        return x

    @_overflowing
    def backward(self, y: Targets, input_gradient: bool = True) -> float:
        """The mean loss of an example; overwrites `gradients` with their sum over the minibatch.

        Args:
            y: what the loss layer compares with: targets (n, k) or class indices (n,).
            input_gradient: whether to go down to the input; training needs only parameters.

        Raises:
            ConvNetError: y does not fit, or there was no forward pass.
        """
        if self._n == 0:
            raise ConvNetError("A backward pass needs a forward pass before it.")
        loss_layer = self.layers[-1]
        lowest = 1 if input_gradient else self._first_with_parameters
        # The lowest layer of all that learn is not asked for its input's gradient in training.
        lowest_asked = lowest if input_gradient else lowest + 1
        self._resize_gradients(min(lowest_asked, len(self.layers) - 1))
        loss = loss_layer.compute_loss(y)
        gradient = loss_layer.in_gradient
        for i in range(len(self.layers) - 2, lowest - 1, -1):
            self.layers[i].compute_parameter_gradients(gradient)
            if i >= lowest_asked:
                gradient = self.layers[i].backward(gradient)
        self.input_gradient = gradient if input_gradient else None
        return loss

    def _begin_in_steps(
        self,
        layer_defs: Sequence[Mapping[str, Any]],
        seed: int | None,
        dtype: DTypeLike,
        backend: NumPy | None,
    ) -> Steps[None]:
        """Takes memory, and fills it with what the network knows before it has learnt anything."""
        self._allocate(layers_from_definitions(layer_defs), seed, dtype, backend)
        yield
        random = generator(seed)
        for parameter, part in self.segments():
            self.parameters[part] = parameter.mean
            if not parameter.deviation:
                continue
            for start in range(part.start, part.stop, DRAWN):
                values = self.parameters[start : min(start + DRAWN, part.stop)]
                # In float64 first, so that nets of both types start from the same weights.
                noise = random.standard_normal(len(values))
                values[...] = parameter.mean + parameter.deviation * noise
                yield

    def _allocate(
        self, layers: list[Layer], seed: int | None, dtype: DTypeLike, backend: NumPy | None
    ) -> None:
        """Takes memory for parameters and gives each layer its views."""
        self.layers = layers
        self.dtype = dtype = _float_type(dtype)
        self.operations = backend or best_backend(dtype)
        if seed is not None:
            seed = Fields({"seed": seed}, "The network").whole("seed", 0, MAX_SEED)
        self.random = generator(seed, DROPOUT)
        self._memory = Memory(layers, dtype)
        self._memory.check(1, training=False)
        size = sum(layer.num_parameters for layer in layers)
        with enough_memory(f"{size:,} parameters"):
            self.parameters = np.zeros(size, dtype)
            self.gradients = np.zeros(size, dtype)
        self.input_gradient: np.ndarray | None = None
        self._n = 0
        self._gradients_from, self._n_gradients = len(layers), 0
        values, gradients = self._views(self.parameters), self._views(self.gradients)
        for layer in layers:
            count = len(layer.parameters)
            layer.prepare(
                self.operations,
                dtype,
                self.random,
                values=list(islice(values, count)),
                gradients=list(islice(gradients, count)),
            )
        self._first_with_parameters = next(
            (i for i, layer in enumerate(layers) if layer.parameters), len(layers)
        )

    def _views(self, buffer: np.ndarray) -> Iterator[np.ndarray]:
        """A shaped view of a flat buffer for each parameter of each layer, in order."""
        for parameter, part in self.segments():
            yield buffer[part].reshape(parameter.shape)

    def _resize(self, layers: Sequence[Layer], n: int) -> None:
        """Makes layers hold n examples on their way forward."""
        self._memory.check(n, training=False)
        self._n = 0  # all layers need no longer hold as many, nor if memory runs out between two
        with enough_memory(f"a minibatch of {n:,} examples"):
            for layer in layers:
                layer.resize(n)

    def _resize_gradients(self, lowest: int) -> None:
        """Makes layers from the last down to one hold as many examples' gradients."""
        if self._n_gradients == self._n and self._gradients_from <= lowest:
            return
        self._memory.check(self._n)
        self._n_gradients = 0
        with enough_memory(f"the gradients of {self._n:,} examples"):
            for layer in self.layers[lowest:]:
                layer.resize_gradients(self._n)
        self._gradients_from, self._n_gradients = lowest, self._n


def hidden_layers(net: Net) -> range:
    """Indices of the layers between the input and the one that gives the loss layer its answer."""
    return range(1, len(net.layers) - 2)


def narrowest_layer(net: Net) -> int:
    """Index of the hidden layer with the fewest neurons: the bottleneck.

    Where no layer is hidden, it is the one between input and loss.
    """
    return min(hidden_layers(net) or [1], key=lambda index: net.layers[index].num_outputs)


def _float_type(dtype: DTypeLike) -> np.dtype:
    with suppress(TypeError):
        if np.dtype(dtype) in (np.float32, np.float64):
            return np.dtype(dtype)
    raise ConvNetError(f"The network's dtype must be float32 or float64, but it is {dtype}.")
