"""JSON as text, however long: read and written in steps, none of which takes long.

    text = "".join(json_pieces({"w": np.ones(3), "gsum": b"..."}))
    value = finish(parse_json_in_steps(text))

A snapshot of a large network has tens of megabytes. Its numbers are in thousands of volumes, each
of which Python's own parser reads in one go.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

import numpy as np

from convnet.errors import ConvNetError
from convnet.steps import Steps

MAX_NESTING = 50
"""Brackets within brackets in JSON. Python's parser takes some memory of the stack for each;
a browser's stack is small, and Pyodide does not survive its end."""

LEVELS = 4
"""How far down reading pauses between values: a volume in a layer's filters is read in one go."""

PIECE = 2**16
"""Characters that are written or looked through in one go, about."""

ENCODED = 3 * 2**14
"""Bytes that are made base64 in one go: a multiple of 3, so that pieces can be joined."""

NEITHER_QUOTES_NOR_BRACKETS = bytes(set(range(256)) - set(b'"[]{}'))

_skip_space = re.compile(r"[ \t\n\r]*").match


# Reading


def parse_json_in_steps(text: str) -> Steps[object]:
    """A snapshot's text as Python objects.

    Raises:
        ConvNetError: it is not JSON; the message says where it stops being so.
    """
    yield from _check_nesting(text)
    try:
        value, end = yield from _value(text, 0, LEVELS)
        end = _skip_space(text, end).end()
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise ConvNetError(
            f"The snapshot is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except ConvNetError:
        raise
    except ValueError:
        raise ConvNetError("The snapshot holds a number with thousands of digits.") from None
    return value


def _check_nesting(text: str) -> Steps[None]:
    """Finds out how deep brackets are nested without going down into them."""
    depth = start = 0
    open_string = b""
    while start < len(text):
        end = start + PIECE
        while text[end - 1 : end] == "\\":  # belongs to what follows
            end += 1
        data = re.sub(rb"\\.", b"", text[start:end].encode(errors="replace"), flags=re.DOTALL)
        marks = open_string + data.translate(None, delete=NEITHER_QUOTES_NOR_BRACKETS)
        brackets, open_string, _ = re.sub(rb'"[^"]*"', b"", marks).partition(b'"')
        for bracket in brackets:
            depth += 1 if bracket in b"[{" else -1
            if depth > MAX_NESTING:
                raise ConvNetError(f"The snapshot is nested more than {MAX_NESTING} brackets deep.")
        start = end
        yield


def _refuse_constant(name: str) -> None:
    raise ConvNetError(f"The snapshot holds {name} where a number should be.")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _value(text: str, start: int, levels: int) -> Steps[tuple[object, int]]:
    """The value that begins somewhere, and where it ends; pauses within some levels of it."""
    yield
    start = _skip_space(text, start).end()
    opening = text[start : start + 1]
    if levels and opening == "{":
        return (yield from _members(text, start + 1, levels - 1))
    if levels and opening == "[":
        return (yield from _items(text, start + 1, levels - 1))
    return _DECODER.raw_decode(text, start)


def _items(text: str, start: int, levels: int) -> Steps[tuple[list[object], int]]:
    """The items of a list after its bracket, and where it ends."""
    items: list[object] = []
    at, is_over = _end(text, start, "]")
    while not is_over:
        item, at = yield from _value(text, at, levels)
        items.append(item)
        at, is_over = _end_or_comma(text, at, "]")
    return items, at


def _members(text: str, start: int, levels: int) -> Steps[tuple[dict[str, object], int]]:
    """The members of an object after its bracket, and where it ends."""
    members: dict[str, object] = {}
    at, is_over = _end(text, start, "}")
    while not is_over:
        at = _skip_space(text, at).end()
        if text[at : at + 1] != '"':
            message = "Expecting property name enclosed in double quotes"
            raise json.JSONDecodeError(message, text, at)
        name, at = _DECODER.raw_decode(text, at)
        at = _skip_space(text, at).end()
        if text[at : at + 1] != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
        members[name], at = yield from _value(text, at + 1, levels)
        at, is_over = _end_or_comma(text, at, "}")
    return members, at


def _end(text: str, at: int, bracket: str) -> tuple[int, bool]:
    """Where to go on, and whether a closing bracket was there."""
    at = _skip_space(text, at).end()
    is_there = text[at : at + 1] == bracket
    return at + is_there, is_there


def _end_or_comma(text: str, at: int, bracket: str) -> tuple[int, bool]:
    """The same where there has to be a comma otherwise."""
    at, is_there = _end(text, at, bracket)
    if is_there:
        return at, True
    if text[at : at + 1] != ",":
        raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    return at + 1, False


# Writing


def json_pieces(value: object) -> Iterator[str]:
    """JSON text in pieces, each quickly made.

    Args:
        value: what `json` can write, and in it arrays, which become lists of numbers, and bytes,
            which become base64.
    """
    piece: list[str] = []
    length = 0
    for part in _parts(value):
        piece.append(part)
        length += len(part)
        if length >= PIECE:
            yield "".join(piece)
            piece.clear()
            length = 0
    yield "".join(piece)


def _parts(value: object) -> Iterator[str]:
    """JSON text in parts, none longer than the longest array's."""
    if isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(key)}:"
            yield from _parts(item)
        yield "}"
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield "["
        for number, item in enumerate(value):
            if number:
                yield ","
            yield from _parts(item)
        yield "]"
    elif isinstance(value, bytes):
        yield '"'
        for start in range(0, len(value), ENCODED):
            yield base64.b64encode(value[start : start + ENCODED]).decode("ascii")
        yield '"'
    else:
        numbers = short_floats(value) if isinstance(value, np.ndarray) else value
        yield json.dumps(numbers, separators=(",", ":"))


def with_lists(value: object) -> object:
    """A value with lists of numbers for arrays, as `json` takes it."""
    if isinstance(value, dict):
        return {key: with_lists(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_lists(item) for item in value]
    return short_floats(value) if isinstance(value, np.ndarray) else value


def short_floats(values: np.ndarray) -> list[float]:
    """Python floats whose decimal text is short and reads back as the same numbers.

    Nine significant digits tell every float32 from its neighbours, and often eight do: the
    float32 nearest to 0.1 becomes 0.1 and not 0.10000000149011612, which halves a file.
    """
    exact = values.astype(np.float64)
    if values.dtype == np.float64:
        return exact.tolist()
    eight = _round(exact, 8)
    return np.where(eight.astype(np.float32) == values, eight, _round(exact, 9)).tolist()


def _round(values: np.ndarray, digits: int) -> np.ndarray:
    """The float64 nearest to each value's so many significant decimal digits.

    Powers of ten above 22 are not exact, which makes the text of very small numbers longer, but
    no less right.
    """
    with np.errstate(divide="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** np.where(np.isfinite(magnitude), digits - 1 - magnitude, 0)
    return np.rint(values * scale) / scale
