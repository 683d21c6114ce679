"""Writes a definition, in Python's syntax: one layer a line, or all on one without spaces.

print(format_definition([{"type": "fc", "num_neurons": 50}], {"method": "adadelta"}))
print(compact_definition([{"type": "fc", "num_neurons": 50}], {"method": "adadelta"}))
"""

from __future__ import annotations

import json
from keyword import iskeyword

from convnet.definition.arithmetic import MAX_NUMBER, bounded
from convnet.definition.tokens import quoted, tokenize, visible
from convnet.errors import ConvNetError


def format_definition(layer_defs: list[dict], trainer_options: dict) -> str:
    """The text from which `parse_definition` reads these layers and options again.

    Raises:
        ConvNetError: a value is none that a definition can hold: a number from -1e15
            to 1e15, a string, a boolean or None.
    """
    layers = [
        f"    dict({_arguments(layer, f'Layer {index}')}),\n"
        for index, layer in enumerate(layer_defs)
    ]
    text = f"layer_defs = [\n{''.join(layers)}]\nnet = Net(layer_defs)\n"
    if trainer_options:
        text += f"trainer = Trainer(net, {_arguments(trainer_options, 'The trainer')})\n"
    return text


def compact_definition(layer_defs: list[dict], trainer_options: dict) -> str:
    """The same on one line and without spaces, as addresses carry it.

    Raises:
        ConvNetError: as `format_definition` does.
    """
    layers = ",".join(
        f"dict({_compact(_arguments(layer, f'Layer {index}'))})"
        for index, layer in enumerate(layer_defs)
    )
    network = f"Net([{layers}])"
    if not trainer_options:
        return network
    return f"Trainer({network},{_compact(_arguments(trainer_options, 'The trainer'))})"


def _arguments(fields: dict, owner: str) -> str:
    values = {name: _literal(value, name, owner) for name, value in fields.items()}
    if all(name.isascii() and name.isidentifier() and not iskeyword(name) for name in values):
        return ", ".join(f"{name}={value}" for name, value in values.items())
    return f"**{{{', '.join(f'{_string(name)}: {value}' for name, value in values.items())}}}"


def _literal(value: object, name: str, owner: str) -> str:
    match value:
        case None | bool():
            return str(value)
        case str():
            return _string(value)
        case int() | float() if abs(value) <= MAX_NUMBER:
            return str(bounded(value))
    raise ConvNetError(
        f"{owner}: expected a number, a string, a boolean or None for {quoted(name)}, "
        f"but found {visible(repr(value))}."
    )


def _string(text: str) -> str:
    # A string of JSON is one of Python's and of JavaScript's too.
    return json.dumps(text, ensure_ascii=False)


def _compact(text: str) -> str:
    """The same words without spaces, and strings in the quotes that addresses need not escape."""
    return "".join(
        _in_single_quotes(token.text) if token.kind == "string" else token.text
        for token in tokenize(text)
    )


def _in_single_quotes(string: str) -> str:
    return "'" + string[1:-1].replace("'", "\\'") + "'"
