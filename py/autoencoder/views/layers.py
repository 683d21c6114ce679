"""The layers in a row, as high as they are wide: parts to choose one from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy

from autoencoder.page import make

if TYPE_CHECKING:
    from convnet import Net
    from convnet.layers import Layer


def show_layers(net: Net, row: JsProxy) -> None:
    """Makes a part of the row for each layer up to the loss, and a button for each hidden one."""
    first, *hidden, _ = net.layers
    most = max(layer.num_outputs for layer in (first, *hidden))
    parts = [make("span", class_="end")]
    parts += [make("button", type_="button", data_layer=str(i + 1)) for i in range(len(hidden))]
    for index, (part, layer) in enumerate(zip(parts, (first, *hidden), strict=True)):
        part.append(*_picture(layer, math.log1p(layer.num_outputs) / math.log1p(most)))
        if layer is not first:
            part.setAttribute("aria-label", f"{index} · {part.textContent}")
    row.replaceChildren(*parts)


def mark_layer(row: JsProxy, index: int) -> None:
    """Marks the part of the layer that was chosen."""
    for part in row.querySelectorAll("[data-layer]"):
        chosen = part.dataset.layer == str(index)
        part.setAttribute("aria-pressed", "true" if chosen else "false")


def _picture(layer: Layer, height: float) -> list[JsProxy]:
    """A bar of some share of the row's height, and below it the layer's kind and size."""
    bar, line = make("span", class_="bar"), make("i")
    line.style.height = f"{height:.0%}"
    bar.append(line)
    size = layer.num_outputs if layer.type == "input" else layer.out_shape[2]
    kind, opening = make("span", layer.type), make("span", "(", class_="unseen")
    number, closing = make("span", str(size)), make("span", ")", class_="unseen")
    return [bar, kind, opening, number, closing]
