"""From definitions, or from a snapshot's JSON, to layers: checked, and without taking memory.

Definitions are short: a regression or a classifier brings its own fc layer, an
activation or a drop_prob its own layer. `layers_from_definitions` writes that
out as ConvNetJS's makeLayers does; add_fc=False leaves out a loss layer's own fc.
JSON lists every layer there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from convnet.definition.arithmetic import MAX_NUMBER
from convnet.errors import ConvNetError
from convnet.fields import Fields, is_number, shown
from convnet.layers import LAYERS, InputLayer, Layer, LossLayer
from convnet.limits import MAX_LAYERS, MAX_SIZE

ACTIVATIONS = ("relu", "sigmoid", "tanh", "maxout")
SIZE_OF_LOSS = {"regression": "num_neurons", "softmax": "num_classes", "svm": "num_classes"}
"""The field of each loss layer that says how many neurons the fc layer before it has."""

DECAY_DEFAULTS = {"l1_decay_mul": 0, "l2_decay_mul": 1}
"""What a definition's multipliers are where it does not say."""

EXPANDED = ("activation", "group_size", "drop_prob")
"""The fields that become layers of their own."""

WRITTEN_BACK = ("in_sx", "in_sy", "in_depth")
"""What ConvNetJS writes into the definitions that it is given, and never reads from them."""


def layers_from_definitions(layer_defs: Sequence[Mapping[str, Any]]) -> list[Layer]:
    """The layers of a network that someone defined.

    Args:
        layer_defs: one mapping for each definition; none is changed.

    Raises:
        ConvNetError: a definition cannot be used; the message names it.
    """
    if not isinstance(layer_defs, list | tuple):
        raise ConvNetError(f"Layer definitions must be a list, not {shown(layer_defs)}.")
    return _connect(_expanded(layer_defs))


def layers_from_json(layers: Sequence[Any]) -> list[Layer]:
    """The layers of a snapshot, with parameters still to be read.

    Raises:
        ConvNetError: a layer cannot be used; the message names it.
    """
    return _connect(_definitions_from_json(layers))


def definitions_from_json(layers: Sequence[Any]) -> list[dict[str, Any]]:
    """Definitions that make a network like a snapshot's, as short as someone would write them.

    Args:
        layers: the snapshot's layers, which `layers_from_json` has found to be a network.
    """
    definitions: list[dict[str, Any]] = []
    for fields in _definitions_from_json(layers):
        layer = {
            name: value
            for name, value in fields.as_dict().items()
            if DECAY_DEFAULTS.get(name) != value
        }
        kind = layer["type"]
        before = definitions[-1] if definitions else {}
        if kind in SIZE_OF_LOSS:
            if before["type"] == "fc" and before.keys() == {"type", "num_neurons"}:
                layer[SIZE_OF_LOSS[kind]] = definitions.pop()["num_neurons"]
            else:
                layer["add_fc"] = False
        if kind in ACTIVATIONS and before["type"] in ("fc", "conv") and "activation" not in before:
            del layer["type"]
            before |= {"activation": kind, **layer}
        else:
            definitions.append(layer)
    return definitions


def definitions_of(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Definitions that make layers like these."""
    return definitions_from_json([layer.fields_to_json() for layer in layers])


def _expanded(layer_defs: Sequence[Mapping[str, Any]]) -> Iterator[Fields]:
    """All layers that the definitions stand for, each with its place in the network."""
    index = 0
    for definition in layer_defs:
        for layer in _expand(definition, index):
            kind = layer["type"]
            size = SIZE_OF_LOSS.get(kind)
            elsewhere = (size, "add_fc") if size else EXPANDED
            yield Fields(layer, _place(definition, index, kind), elsewhere)
            index += 1


def _place(definition: object, index: int, *kind: str) -> str:
    """Where a layer is: in the network, and in the text where its definition comes from one."""
    line = [f"line {definition.line}"] if hasattr(definition, "line") else []
    details = ", ".join([*kind, *line])
    return f"Layer {index} ({details})" if details else f"Layer {index}"


def _expand(definition: Mapping[str, Any], index: int) -> list[dict[str, Any]]:
    """What one definition stands for, as ConvNetJS's makeLayers has it."""
    kind = Fields(definition, _place(definition, index)).choice("type", LAYERS)
    fields = Fields(definition, _place(definition, index, kind))
    layer = fields.as_dict()

    for name in WRITTEN_BACK:
        layer.pop(name, None)
    if kind in SIZE_OF_LOSS:
        return _expand_loss(fields, layer)

    layers = [layer]
    if "activation" in layer:
        activation = fields.choice("activation", ACTIVATIONS)
        layers.append({"type": activation})
        del layer["activation"]
        if activation == "relu" and kind in ("fc", "conv"):
            # A little positive bias keeps a relu from being dead from the start.
            layer.setdefault("bias_pref", 0.1)
        group_size = {"group_size": layer.pop("group_size")} if "group_size" in layer else {}
        if activation == "maxout":
            layers[-1] |= group_size
    if "drop_prob" in layer and kind != "dropout":
        layers.append({"type": "dropout", "drop_prob": layer.pop("drop_prob")})
    return layers


def _expand_loss(fields: Fields, layer: dict[str, Any]) -> list[dict[str, Any]]:
    """A loss layer, and before it the fc layer that it brings unless add_fc is false."""
    size_name = SIZE_OF_LOSS[layer["type"]]
    layer.pop("add_fc", None)
    if not fields.flag("add_fc", default=True):
        if size_name in fields:
            raise ConvNetError(
                f"{fields.where}: {size_name} is the size of the fc layer that add_fc=False "
                "leaves out; give only one of them."
            )
        return [layer]
    size = fields.whole(size_name, 1, MAX_SIZE)
    del layer[size_name]
    return [{"type": "fc", "num_neurons": size}, layer]


def _definitions_from_json(layers: Sequence[Any]) -> Iterator[Fields]:
    for index, json in enumerate(layers):
        kind = Fields(json, f"Layer {index}").choice("layer_type", LAYERS)
        where = f"Layer {index} ({kind})"
        definition = LAYERS[kind].definition_from_json(Fields(json, where))
        yield Fields({"type": kind, **definition}, where)


def _connect(definitions: Iterable[Fields]) -> list[Layer]:
    """Makes each layer for the shape that comes out of the one before it."""
    layers: list[Layer] = []
    for fields in definitions:
        kind = LAYERS[fields.text("type")]
        if issubclass(kind, InputLayer) != (not layers):
            raise ConvNetError(f"{fields.where}: the first layer, and no other, must be an input.")
        if layers and isinstance(layers[-1], LossLayer):
            raise ConvNetError(f"{layers[-1].where}: a loss layer must be the last one.")
        layer = kind(fields, layers[-1].out_shape if layers else None)
        fields.refuse_unknown()
        _check_numbers(fields)
        layers.append(layer)
        if len(layers) > MAX_LAYERS:
            raise ConvNetError(f"{layer.where}: a network has at most {MAX_LAYERS} layers.")
    if not layers or not isinstance(layers[-1], LossLayer):
        raise ConvNetError(
            "A network needs an input layer first and a loss layer "
            f"({', '.join(SIZE_OF_LOSS)}) last."
        )
    return layers


def _check_numbers(fields: Fields) -> None:
    """Raises ConvNetError for a number that the text of a definition could not hold."""
    for name, value in fields.as_dict().items():
        if is_number(value) and abs(value) > MAX_NUMBER:
            raise fields.error(name, "a number from -1e15 to 1e15")
