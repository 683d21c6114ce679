"""The kinds of layers. To add one, write its module and name its class here."""

from __future__ import annotations

from convnet.layers.activations import ReluLayer, SigmoidLayer, TanhLayer
from convnet.layers.conv import ConvLayer
from convnet.layers.dense import FullyConnectedLayer
from convnet.layers.dropout import DropoutLayer
from convnet.layers.input import InputLayer
from convnet.layers.layer import Layer, Parameter
from convnet.layers.loss import LossLayer, RegressionLayer, SoftmaxLayer, SVMLayer, Targets
from convnet.layers.maxout import MaxoutLayer
from convnet.layers.normalization import LocalResponseNormalizationLayer
from convnet.layers.pool import PoolLayer

LAYERS: dict[str, type[Layer]] = {
    layer.type: layer
    for layer in (
        InputLayer,
        FullyConnectedLayer,
        ConvLayer,
        PoolLayer,
        ReluLayer,
        SigmoidLayer,
        TanhLayer,
        MaxoutLayer,
        DropoutLayer,
        LocalResponseNormalizationLayer,
        SoftmaxLayer,
        SVMLayer,
        RegressionLayer,
    )
}
"""Every kind of layer by ConvNetJS's name for it."""

__all__ = ["LAYERS", "InputLayer", "Layer", "LossLayer", "Parameter", "Targets"]
