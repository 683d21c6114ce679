"""What a definition means: its values, its variables, its network and its trainer.

The parser calls this as it reads. Every function is given the token to blame, and
raises `DefinitionError` there. A layer holds scalars, and a list holds scalars and
layers, so that no value contains itself or outgrows the limits below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from convnet.definition.arithmetic import calculate
from convnet.definition.tokens import Token, quoted

MAX_ITEMS = 1_000  # of a list, and so of a network's layers
MAX_FIELDS = 100  # of a layer or of the trainer's options


@dataclass
class Network:
    """What Net(…) makes; `layers` is None until it is given some."""

    layers: list[dict] | None = None


@dataclass
class Trainer:
    """What Trainer(…) makes."""

    options: dict


Scalar = int | float | str | bool | None
Value = Scalar | dict | list | Network | Trainer


@dataclass
class Program:
    """A definition, as far as it has been read."""

    variables: dict[str, Value] = field(default_factory=dict)
    network: Network | None = None
    trainer: Trainer | None = None

    def variable(self, token: Token, name: str) -> Value:
        """The value of the variable `name`."""
        if name not in self.variables:
            known = ", ".join(quoted(known) for known in islice(self.variables, 5))
            raise token.error(
                f"expected a name that has a value by now ({known or 'none has'}), "
                f"or quotes around a text, but found {quoted(name)}."
            )
        return self.variables[name]

    def make_network(
        self, token: Token, values: Sequence[tuple[Token, Value]], fields: dict
    ) -> Network:
        """Net() or Net(layer_defs)."""
        if self.network:
            raise token.error("expected one network, but this is a second one.")
        if fields or len(values) > 1:
            raise token.error("expected nothing but the list of layers in Net(…).")
        self.network = Network(copy_layers(*values[0]) if values else None)
        return self.network

    def give_layers(
        self, token: Token, network: Value, values: Sequence[tuple[Token, Value]]
    ) -> None:
        """net.makeLayers(layer_defs)."""
        if not isinstance(network, Network):
            raise token.error(f"expected a network, but found {describe(network)}.")
        if network.layers:
            raise token.error("expected a network without layers, but this one has some.")
        if len(values) != 1:
            raise token.error("expected one list of layers in makeLayers(…).")
        network.layers = copy_layers(*values[0])

    def make_trainer(
        self, token: Token, values: Sequence[tuple[Token, Value]], options: dict
    ) -> Trainer:
        """Trainer(net, learning_rate=0.01) or SGDTrainer(net, {learning_rate: 0.01})."""
        if self.trainer:
            raise token.error("expected one trainer, but this is a second one.")
        if not values or not isinstance(values[0][1], Network):
            raise token.error("expected the network first, as in Trainer(net, learning_rate=0.01).")
        for excess, value in values[1:]:
            raise excess.error(
                "expected options after the network, such as learning_rate=0.01, "
                f"but found {describe(value)}."
            )
        self.trainer = Trainer(options)
        return self.trainer

    def chosen_layers(self, token: Token) -> list[dict]:
        """The network's layers, or else those of `layer_defs`, or of the only list of layers."""
        if self.network and self.network.layers:
            return self.network.layers
        if isinstance(self.variables.get("layer_defs"), list):
            return copy_layers(token, self.variables["layer_defs"])
        names = [name for name, value in self.variables.items() if _are_layers(value)]
        if not names:
            raise token.error(
                'expected layers, as in layer_defs = [dict(type="input", out_sx=28, out_sy=28, '
                "out_depth=1), …], but found none."
            )
        if len(names) > 1:
            raise token.error(
                f"expected Net(…) to choose between the lists of layers {quoted(names[0])} "
                f"and {quoted(names[1])}, but found no such call."
            )
        return copy_layers(token, self.variables[names[0]])


def _are_layers(value: Value) -> bool:
    match value:
        case [{"type": _}, *_]:
            return True
    return False


def copy_layers(token: Token, value: Value) -> list[dict]:
    """A copy of a list of layers as it is now: what is appended later is not in it."""
    layers = as_list(token, value)
    if not layers:
        raise token.error("expected layers, but this list has none.")
    for number, layer in enumerate(layers, 1):
        if not isinstance(layer, dict):
            raise token.error(
                'expected nothing but layers such as dict(type="fc", num_neurons=50) in this '
                f"list, but item {number} is {describe(layer)}."
            )
    return [dict(layer) for layer in layers]


def as_list(token: Token, value: Value) -> list:
    """`value`, which has to be a list."""
    if not isinstance(value, list):
        raise token.error(f"expected a list, but found {describe(value)}.")
    return value


def as_item(token: Token, value: Value) -> Scalar | dict:
    """`value`, which has to be a scalar or a layer, as the items of a list are."""
    if not isinstance(value, Scalar | dict):
        raise token.error(f"expected a layer, but found {describe(value)}.")
    return value


def extend(target: list, token: Token, items: list) -> None:
    """Adds `items` to the list `target`."""
    if len(target) + len(items) > MAX_ITEMS:
        raise token.error(f"expected at most {MAX_ITEMS:,} items in a list, but found more.")
    target.extend(items)


def set_field(fields: dict, token: Token, name: str, value: Value) -> None:
    """Adds a field, which has to be new and a scalar, to a layer or to options."""
    if name in fields:
        raise token.error(f"expected each field once, but {quoted(name)} is here twice.")
    if len(fields) == MAX_FIELDS:
        raise token.error(f"expected at most {MAX_FIELDS} fields, but found more.")
    if not isinstance(value, Scalar):
        raise token.error(
            f"expected a number, text, true, false or null for {quoted(name)}, "
            f"but found {describe(value)}."
        )
    fields[name] = value


def combine(operator: Token, left: Value, right: Value) -> Value:
    """The result of a binary operator: of arithmetic, or of "+" between two lists."""
    if operator.text == "+" and isinstance(left, list) and isinstance(right, list):
        joined = list(left)
        extend(joined, operator, right)
        return joined
    left, right = as_number(operator, left), as_number(operator, right)
    try:
        return calculate(operator.text, left, right)
    except ValueError as fault:
        raise operator.error(str(fault)) from None


def as_number(operator: Token, value: Value) -> int | float:
    """`value`, which has to be a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise operator.error(
            f"expected a number beside {operator.shown}, but found {describe(value)}."
        )
    return value


def describe(value: Value) -> str:
    """What kind of thing `value` is, for a message."""
    match value:
        case None | bool():
            return "true, false or null"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
        case dict():
            return "a group of fields"
        case Network():
            return "a network"
    return "a trainer"
