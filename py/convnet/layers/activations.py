"""Layers that apply one function to every element."""

from __future__ import annotations

import numpy as np

from convnet.fields import Fields
from convnet.layers.layer import Layer, Shape


class ElementwiseLayer(Layer):
    """A layer whose output has its input's shape; subclasses name the function."""

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        super().__init__(fields, in_shape, in_shape)


class ReluLayer(ElementwiseLayer):
    """max(0, x)."""

    type = "relu"

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Zero for what is negative."""
        self.in_act = x
        self.operations.relu(x, out=self.out_act)
        return self.out_act

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient where the activation is positive."""
        self.operations.relu_gradient(self.out_act, gradient, out=self.in_gradient)
        return self.in_gradient


class SigmoidLayer(ElementwiseLayer):
    """1 / (1 + exp(-x)), between 0 and 1."""

    type = "sigmoid"

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The logistic function of every element."""
        self.in_act = x
        self.operations.sigmoid(x, out=self.out_act)
        return self.out_act

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient times a (1 - a)."""
        self.operations.sigmoid_gradient(self.out_act, gradient, out=self.in_gradient)
        return self.in_gradient


class TanhLayer(ElementwiseLayer):
    """The hyperbolic tangent, between -1 and 1."""

    type = "tanh"

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The hyperbolic tangent of every element."""
        self.in_act = x
        self.operations.tanh(x, out=self.out_act)
        return self.out_act

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient times 1 - a²."""
        self.operations.tanh_gradient(self.out_act, gradient, out=self.in_gradient)
        return self.in_gradient
