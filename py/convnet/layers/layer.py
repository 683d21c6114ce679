"""What every layer is: a description that takes no memory, then buffers, then mathematics.

A layer is made from its definition and the shape of its input. That settles its
output's shape and its parameters, and refuses what cannot be, while nothing has
been allocated yet. `prepare` then hands it its parameters, `resize` and
`resize_gradients` make it hold a minibatch, and after that passes allocate nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from convnet.compute import NumPy
from convnet.fields import Fields
from convnet.steps import Steps

PASSES = 3
CALLS = 8
"""Of an ordinary layer: how often each value is gone through, and operations in Python."""

CHOOSING_PASSES = 16
"""How long choosing takes for each value that is compared: through masks, in steps."""

Shape = tuple[int, int, int]
"""A volume's height, width and depth: ConvNetJS's sy, sx and depth."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One array of a layer's parameters, as the network has to allocate and fill it.

    Attributes:
        shape: its shape.
        l1_decay_mul: multiplies the trainer's l1_decay.
        l2_decay_mul: multiplies the trainer's l2_decay.
        mean: mean of its initial values.
        deviation: standard deviation of its initial values, which are normal.
    """

    shape: tuple[int, ...]
    l1_decay_mul: float = 0.0
    l2_decay_mul: float = 0.0
    mean: float = 0.0
    deviation: float = 0.0

    @property
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Buffer:
    """An array that a layer keeps for a minibatch.

    Attributes:
        shape: the shape of one example's part.
        fill: what it holds at first.
        dtype: the type of its elements; None is the network's.
        most: examples that it holds at a time, where a minibatch goes through it in parts.
    """

    shape: tuple[int, ...]
    fill: float = 0.0
    dtype: np.dtype | None = None
    most: int | None = None

    def length(self, n: int) -> int:
        """The examples that it holds of n."""
        return n if self.most is None else min(n, self.most)

    def memory(self, n: int, dtype: np.dtype) -> int:
        """The bytes it takes for n examples in a network of a type."""
        return self.length(n) * math.prod(self.shape) * (self.dtype or dtype).itemsize


@dataclass(frozen=True, slots=True)
class Work:
    """What a layer does in a forward and a backward pass: from it follows how long they take.

    Attributes:
        products: multiplications with an addition, in matrix products, for one example.
        passes: values that are gone through one by one, each as often as it is, for one example.
        calls: operations, however many the examples are.
    """

    products: int
    passes: int
    calls: int


class Layer:
    """A layer of a network.

    Subclasses set `type`, call this constructor, implement `forward` and
    `backward`, and declare what they need: `parameters`, `buffers`, `gradient_buffers`, JSON
    fields.

    Attributes:
        type: ConvNetJS's name for this kind of layer.
        where: the layer's place for messages, such as "Layer 3 (fc)".
        in_shape: shape of one example's input.
        out_shape: shape of one example's activation.
        parameters: what the layer learns.
        in_act: input of the last forward pass, (n, *in_shape).
        out_act: its result, (n, *out_shape).
        in_gradient: result of the last backward pass, (n, *in_shape).
    """

    type: ClassVar[str]
    parameters: tuple[Parameter, ...] = ()

    in_act: np.ndarray
    out_act: np.ndarray
    in_gradient: np.ndarray

    def __init__(self, fields: Fields, in_shape: Shape, out_shape: Shape) -> None:
        self.where = fields.where
        self.in_shape = in_shape
        self.out_shape = out_shape
        self._stores: dict[str, np.ndarray] = {}

    def __repr__(self) -> str:
        return f"{self.type}({format_shape(self.in_shape)} -> {format_shape(self.out_shape)})"

    @property
    def num_inputs(self) -> int:
        """Values in one example's input."""
        return math.prod(self.in_shape)

    @property
    def num_outputs(self) -> int:
        """Values in one example's activation."""
        return math.prod(self.out_shape)

    @property
    def num_parameters(self) -> int:
        """Numbers that the layer learns."""
        return sum(parameter.size for parameter in self.parameters)

    @property
    def work(self) -> Work:
        """What it does, here in a layer of an elementary function or of matrix products.

        Every parameter meets every place of the output three times: forward, for its own
        gradient and for the input's.
        """
        sy, sx, _ = self.out_shape
        return Work(
            products=3 * self.num_parameters * sy * sx,
            passes=PASSES * (self.num_inputs + self.num_outputs),
            calls=CALLS,
        )

    def buffers(self) -> dict[str, Buffer]:
        """The arrays that a forward pass needs, by the names of the attributes that hold them."""
        return {"out_act": Buffer(self.out_shape)}

    def gradient_buffers(self) -> dict[str, Buffer]:
        """The arrays that a backward pass needs beside them."""
        return {"in_gradient": Buffer(self.in_shape)}

    def memory(self, n: int, dtype: np.dtype, training: bool) -> int:
        """Bytes that the layer keeps for n examples, parameters aside.

        Args:
            n: the examples.
            dtype: the network's type.
            training: whether there are backward passes too.
        """
        buffers = [*self.buffers().values()]
        if training:
            buffers += self.gradient_buffers().values()
        return sum(buffer.memory(n, dtype) for buffer in buffers)

    def prepare(
        self,
        operations: NumPy,
        dtype: np.dtype,
        random: np.random.Generator,
        values: Sequence[np.ndarray],
        gradients: Sequence[np.ndarray],
    ) -> None:
        """Takes what the network shares among its layers.

        Args:
            operations: what computes.
            dtype: the type of all numbers.
            random: the source of chance while training.
            values: one view for each of `parameters`, of its shape.
            gradients: the same for their gradients.
        """
        self.operations = operations
        self.dtype = dtype
        self.random = random
        self._buffers = self.buffers()
        self._gradient_buffers = self.gradient_buffers()

    def resize(self, n: int) -> None:
        """Makes the buffers hold n examples, allocating only where they never held so many."""
        self._hold(self._buffers, n)

    def resize_gradients(self, n: int) -> None:
        """The same for the buffers of a backward pass."""
        self._hold(self._gradient_buffers, n)

    def _hold(self, buffers: Mapping[str, Buffer], n: int) -> None:
        for name, buffer in buffers.items():
            length = buffer.length(n)
            store = self._stores.get(name)
            if store is None or len(store) < length:
                store = np.full((length, *buffer.shape), buffer.fill, buffer.dtype or self.dtype)
                self._stores[name] = store
            setattr(self, name, store[:length])

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The activation (n, *out_shape) of an input (n, *in_shape)."""
        raise NotImplementedError

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient with respect to the input, from the one with respect to the activation."""
        raise NotImplementedError

    def compute_parameter_gradients(self, gradient: np.ndarray) -> None:
        """Overwrites the parameters' gradients with their sum over the minibatch."""

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's JSON of the layer, but for what it learns."""
        sy, sx, depth = self.out_shape
        return {"layer_type": self.type, "out_sx": sx, "out_sy": sy, "out_depth": depth}

    def to_json(self) -> dict[str, Any]:
        """ConvNetJS's JSON of the layer, with an array wherever that has a list of numbers."""
        return self.fields_to_json()

    @classmethod
    def definition_from_json(cls, fields: Fields) -> Mapping[str, Any]:
        """The definition of a layer that was written by `to_json` or by ConvNetJS."""
        return {}

    def check_json(self, fields: Fields) -> None:
        """Raises ConvNetError where JSON gives the activation another shape than it has here."""
        for name, size in zip(("out_sy", "out_sx", "out_depth"), self.out_shape, strict=True):
            expected = f"{size} after a layer of {format_shape(self.in_shape)}"
            fields.check_equal(name, size, expected)

    def load_json_in_steps(self, fields: Fields) -> Steps[None]:
        """Fills the parameters from the layer's JSON."""
        yield


def format_shape(shape: Shape) -> str:
    """A shape as people write it: width × height × depth."""
    sy, sx, depth = shape
    return f"{sx}×{sy}×{depth}"
