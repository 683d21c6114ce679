"""What a definition means: its values, its variables, its network and its trainer.

The parser calls this as it reads. Every function is given the token to blame, and
raises `DefinitionError` there. Lists and fields are shared between the names that hold
them, as in both languages; nothing here walks into what they hold, so that however they
are nested each step costs no more than the limits below allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from convnet.definition.arithmetic import calculate
from convnet.definition.functions import CONSTANTS, FUNCTIONS
from convnet.definition.refusals import REFUSED, REFUSED_CALLS
from convnet.definition.tokens import Token, quoted
from convnet.errors import DefinitionError

MAX_ITEMS = 1_000  # of a list, and so of a network's layers
MAX_FIELDS = 100  # of a layer or of the trainer's options
MAX_NETWORKS = 10  # that are given layers, which are copied

LIBRARY = ("Net", "Trainer", "SGDTrainer")
"""What the library has, by whatever name the library goes."""

_KNOWN = {*LIBRARY, "dict", "require", "convnetjs", "Array", "Object"} | FUNCTIONS
_SCOPES = ("this", "window", "self", "globalThis", "global")


@dataclass
class Network:
    """What Net(…) makes; `layers` is None until it is given some."""

    layers: list[dict] | None = None


@dataclass
class Trainer:
    """What Trainer(…) makes."""

    options: dict
    network: Network


@dataclass(frozen=True)
class Name:
    """What is no value yet: a function, a library, or a name that nothing is known by."""

    path: str


class Group(dict):
    """Named fields, as a dict that knows the line on which it was written."""

    def __init__(self, fields: Mapping[str, object], line: int) -> None:
        super().__init__(fields)
        self.line = line


Scalar = int | float | str | bool | None
Value = Scalar | Group | list | Network | Trainer | Name


@dataclass
class Program:
    """A definition, as far as it has been read."""

    variables: dict[str, Value] = field(default_factory=dict)
    network: Network | None = None
    trainer: Trainer | None = None
    networks_made: int = 0

    def look_up(self, name: str) -> Value:
        """What a name stands for, which may be nothing but itself."""
        if name in self.variables:
            return self.variables[name]
        return Group({"exports": Name("exports")}, 1) if name == "module" else Name(name)

    def member(self, token: Token, owner: Value, key: str | int) -> Value:
        """owner.key or owner[key]."""
        match owner:
            case Name(path=path) if path in _SCOPES:
                return self.look_up(str(key))
            case Name(path=path):
                name = key if key in LIBRARY else f"{path}.{key}"
                return CONSTANTS.get(name, Name(name))
            case list() | str() if key == "length":
                return len(owner)
            case list():
                if not isinstance(key, int) or not -len(owner) <= key < len(owner):
                    raise token.error(
                        f"expected the place of an item, one of {len(owner)} counted from 0, "
                        f"but found {describe(key)}."
                    )
                return owner[key]
            case dict() if key in owner:
                return owner[key]
            case dict():
                known = ", ".join(quoted(name) for name in islice(owner, 5)) or "none"
                raise token.error(
                    f"expected one of its fields ({known}), but found {describe(key)}."
                )
            case Trainer() if key in owner.options:
                return owner.options[key]
        raise token.error(f"expected a list or fields to read from, but found {describe(owner)}.")

    def set_member(self, token: Token, owner: Value, key: str | int, value: Value) -> None:
        """owner.key = value or owner[key] = value."""
        match owner:
            case Name(path=path) if path in _SCOPES:
                self.variables[str(key)] = value
            case Name(path="exports" | "module"):
                pass  # what others are given changes nothing here
            case list() if isinstance(key, int) and 0 <= key < MAX_ITEMS:
                owner.extend([None] * (key + 1 - len(owner)))
                owner[key] = value
            case dict() if isinstance(key, str):
                owner.pop(key, None)
                set_field(owner, token, key, value)
            case Trainer():
                pass  # its options are those that it is made with
            case _:
                raise token.error(
                    f"expected a list or fields to change, but found {describe(owner)}."
                )

    def known(self, token: Token, value: Value) -> Value:
        """A value, which must not be a mere name."""
        if isinstance(value, Name) and value.path not in _KNOWN:
            self.variable(token, value.path)
        return value

    def not_called(self, token: Token, path: str) -> DefinitionError:
        """The error for a call of something else than a definition calls."""
        last = path.rpartition(".")[2]
        if last in REFUSED:
            return token.error(REFUSED[last])
        if last in REFUSED_CALLS:
            return token.error(f"found a call of {quoted(path)}, but {REFUSED_CALLS[last]}.")
        return token.error(
            "expected dict(…), Net(…), Trainer(…) or a function of numbers such as "
            f"Math.floor(…), but found a call of {quoted(path)}."
        )

    def variable(self, token: Token, name: str) -> Value:
        """The value of the variable `name`."""
        if name not in self.variables:
            if name in REFUSED:
                raise token.error(REFUSED[name])
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
        if fields or len(values) > 1:
            raise token.error("expected nothing but the list of layers in Net(…).")
        self.network = Network()
        if values:
            self.give_layers(token, self.network, values)
        return self.network

    def give_layers(
        self, token: Token, network: Value, values: Sequence[tuple[Token, Value]]
    ) -> None:
        """net.makeLayers(layer_defs)."""
        if not isinstance(network, Network):
            raise token.error(f"expected a network, but found {describe(network)}.")
        self.networks_made += 1
        if self.networks_made > MAX_NETWORKS:
            raise token.error(f"expected at most {MAX_NETWORKS} networks, but found more.")
        if len(values) != 1:
            raise token.error("expected one list of layers in makeLayers(…).")
        network.layers = copy_layers(*values[0])

    def make_trainer(
        self, token: Token, values: Sequence[tuple[Token, Value]], options: dict
    ) -> Trainer:
        """Trainer(net, learning_rate=0.01) or SGDTrainer(net, {learning_rate: 0.01})."""
        if not values or not isinstance(values[0][1], Network):
            raise token.error("expected the network first, as in Trainer(net, learning_rate=0.01).")
        for excess, value in values[1:]:
            raise excess.error(
                "expected options after the network, such as learning_rate=0.01, "
                f"but found {describe(value)}."
            )
        check_scalars(token, options)
        self.trainer = Trainer(options, values[0][1])
        return self.trainer

    def chosen_layers(self, token: Token) -> list[dict]:
        """The layers of the last trainer's network or of the last network, or else those of
        `layer_defs`, or of the only list of layers.
        """
        network = self.trainer.network if self.trainer else self.network
        if network and network.layers:
            return network.layers
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
        check_scalars(token, layer)
    return [Group(layer, layer.line) for layer in layers]


def check_scalars(token: Token, fields: dict) -> None:
    """Raises DefinitionError where a layer or options hold more than plain values."""
    for name, value in fields.items():
        if not isinstance(value, Scalar):
            raise token.error(
                f"expected a number, text, true, false or null for {quoted(name)}, "
                f"but found {describe(value)}."
            )


def as_list(token: Token, value: Value) -> list:
    """`value`, which has to be a list."""
    if not isinstance(value, list):
        raise token.error(f"expected a list, but found {describe(value)}.")
    return value


def extend(target: list, token: Token, items: list) -> None:
    """Adds `items` to the list `target`."""
    if len(target) + len(items) > MAX_ITEMS:
        raise token.error(f"expected at most {MAX_ITEMS:,} items in a list, but found more.")
    target.extend(items)


def set_field(fields: dict, token: Token, name: str, value: Value) -> None:
    """Adds a field, which has to be new."""
    if name in fields:
        raise token.error(f"expected each field once, but {quoted(name)} is here twice.")
    if len(fields) == MAX_FIELDS:
        raise token.error(f"expected at most {MAX_FIELDS} fields, but found more.")
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
        case Name(path=path):
            return quoted(path)
    return "a trainer"
