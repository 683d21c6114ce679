"""The operations in NumPy: what every other implementation must reproduce.

Arrays that receive results are named `out`, or by what they hold, and are
overwritten where nothing else is said; nothing large is allocated. This module
is only the list: an implementation of its own offers these names.
"""

from convnet.compute.elementwise import (
    dropout,
    relu,
    relu_gradient,
    sigmoid,
    sigmoid_gradient,
    tanh,
    tanh_gradient,
)
from convnet.compute.losses import (
    hinge_loss,
    softmax,
    softmax_loss,
    squared_loss,
    sum_of_squares,
)
from convnet.compute.matrix import affine, affine_input_gradient, affine_parameter_gradients
from convnet.compute.patches import (
    add_to_chosen,
    gather_windows,
    greatest,
    scatter_windows,
    sum_over_neighbours,
)
from convnet.compute.pixels import gather_and_mask
from convnet.compute.updates import update

__all__ = [
    "add_to_chosen",
    "affine",
    "affine_input_gradient",
    "affine_parameter_gradients",
    "dropout",
    "gather_and_mask",
    "gather_windows",
    "greatest",
    "hinge_loss",
    "relu",
    "relu_gradient",
    "scatter_windows",
    "sigmoid",
    "sigmoid_gradient",
    "softmax",
    "softmax_loss",
    "squared_loss",
    "sum_of_squares",
    "sum_over_neighbours",
    "tanh",
    "tanh_gradient",
    "update",
]
