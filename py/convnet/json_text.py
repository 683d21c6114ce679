"""JSON as text, however long: read and written in steps, none of which takes long.

    text = "".join(json_pieces({"w": np.ones(3), "gsum": b"..."}))
    value = finish(parse_json_in_steps(text))

A snapshot of a large network has tens of megabytes. Python's own parser reads whatever lies whole
within a piece of it in one go; what is longer is gone into, bracket by bracket.
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

PIECE = 2**16
"""Characters that are written or read in one go, about."""

ENCODED = 3 * 2**14
"""Bytes that are made base64 in one go: a multiple of 3, so that pieces can be joined."""

# By how much a character, where it is in no string, changes the depth of brackets.
DEEPER = np.zeros(256, np.int32)
DEEPER[list(b"[{")] = 1
DEEPER[list(b"]}")] = -1

FAULTS = {
    "Expecting value": "there should be a value",
    "Expecting property name": "there should be a name in double quotes",
    "Expecting ':'": "there should be a colon after the name",
    "Expecting ','": "there should be a comma or a closing bracket",
    "Illegal trailing comma": "there is a comma too many",
    "Unterminated string": "a text begins here, and nothing ends it",
    "Invalid control character": "a text holds a line break or another control character",
    "Invalid": "a text holds a backslash that means nothing",
    "Extra data": "there is more text after the end",
}
"""Our words for how the messages of Python's parser begin."""

_skip_space = re.compile(r"[ \t\n\r]*").match


# Reading


def parse_snapshot_in_steps(text: str) -> Steps[dict[str, object]]:
    """A snapshot's text as Python objects; each step yields the share that has been read.

    What cannot be a snapshot is refused before the most of it is read.

    Raises:
        ConvNetError: it is not JSON, and the message says where it stops being so; or there are
            no layers in it.
    """
    start = _skip_space(text).end()
    opening = text[start : start + 1]
    if not opening:
        raise ConvNetError("There is no JSON text yet; save a network or paste one.")
    if opening in '["':
        kind = "a list" if opening == "[" else "a text"
        raise ConvNetError(f"The snapshot must be a set of named fields, but it is {kind}.")
    if opening == "{" and len(text) > PIECE and '"layers"' not in text:
        raise ConvNetError("The snapshot: layers is missing; it must be a list.")
    return (yield from parse_json_in_steps(text))


def parse_json_in_steps(text: str) -> Steps[object]:
    """JSON text as Python objects; each step yields the share that has been read.

    Raises:
        ConvNetError: it is not JSON; the message says where it stops being so.
    """
    try:
        value, end = yield from _value(text, 0, depth=0)
        end = _skip_space(text, end).end()
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise ConvNetError(_sentence(error)) from None
    except ConvNetError:
        raise
    except ValueError:
        raise ConvNetError("The snapshot holds a number with thousands of digits.") from None
    except MemoryError:
        raise ConvNetError("There is not enough memory to read the snapshot.") from None
    return value


def _sentence(error: json.JSONDecodeError) -> str:
    """Where text stops being JSON, and how."""
    fault = next(FAULTS[words] for words in FAULTS if error.msg.startswith(words))
    if _skip_space(error.doc, error.pos).end() == len(error.doc):
        fault = "the text breaks off before its end; maybe not all of it was copied"
    return f"The snapshot is not JSON: line {error.lineno}, column {error.colno}: {fault}."


def _refuse_constant(name: str) -> None:
    raise ConvNetError(f"The snapshot holds {name} where a number should be.")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _value(text: str, start: int, depth: int) -> Steps[tuple[object, int]]:
    """The value that begins somewhere within so many brackets, and where it ends."""
    start = _skip_space(text, start).end()
    yield start / max(len(text), 1)
    opening = text[start : start + 1]
    if opening == "[":
        return (yield from _items(text, start + 1, depth + 1))
    if opening == "{":
        return (yield from _members(text, start + 1, depth + 1))
    return _DECODER.raw_decode(text, start)


def _items(text: str, start: int, depth: int) -> Steps[tuple[list[object], int]]:
    """The items of a list after its bracket, and where it ends."""
    items: list[object] = []
    at, is_over = _end(text, start, "]")
    doubtful = at
    while not is_over:
        end = _end_of_run(text, at, depth) if at >= doubtful else at
        if end == at:
            item, at = yield from _value(text, at, depth)
            items.append(item)
        else:
            run = _run(f"[{text[at:end]}]")
            if run is None:
                doubtful = end
                continue
            items += run
            at = end
            yield at / len(text)
        at, is_over = _end_or_comma(text, at, "]")
    return items, at


def _members(text: str, start: int, depth: int) -> Steps[tuple[dict[str, object], int]]:
    """The members of an object after its bracket, and where it ends."""
    members: dict[str, object] = {}
    at, is_over = _end(text, start, "}")
    doubtful = at
    while not is_over:
        end = _end_of_run(text, at, depth) if at >= doubtful else at
        if end == at:
            name, at = _name(text, at)
            members[name], at = yield from _value(text, at, depth)
        else:
            run = _run(f"{{{text[at:end]}}}")
            if run is None:
                doubtful = end
                continue
            members |= run
            at = end
            yield at / len(text)
        at, is_over = _end_or_comma(text, at, "}")
    return members, at


def _run(text: str) -> list[object] | dict[str, object] | None:
    """A short list or object; None where there is a fault in it, whose place is still to be found:
    one by one.
    """
    try:
        return _DECODER.raw_decode(text)[0]
    except json.JSONDecodeError:
        return None


def _name(text: str, at: int) -> tuple[str, int]:
    """The name of a member, and where its value begins."""
    if text[at : at + 1] != '"':
        raise json.JSONDecodeError("Expecting property name", text, at)
    name, at = _DECODER.raw_decode(text, at)
    at = _skip_space(text, at).end()
    if text[at : at + 1] != ":":
        raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
    return name, at + 1


def _end_of_run(text: str, start: int, depth: int) -> int:
    """Where those items or members end that lie whole within a piece of text.

    Args:
        text: the text.
        start: where one begins.
        depth: of the brackets around it.

    Returns:
        The place of a comma or of the closing bracket; `start` where not even one is whole.
    """
    piece = text[start : start + PIECE].encode("latin-1", errors="replace")  # a byte a character
    marks = np.frombuffer(re.sub(rb"\\.", b"..", piece, flags=re.DOTALL), np.uint8)
    outside = np.cumsum(marks == ord('"'), dtype=np.uint8) % 2 == 0
    depths = np.cumsum(DEEPER[marks] * outside)
    closed = np.flatnonzero(depths < 0)
    inside = slice(closed[0] if len(closed) else None)
    if depth + depths[inside].max(initial=0) > MAX_NESTING:
        raise ConvNetError(f"The snapshot is nested more than {MAX_NESTING} brackets deep.")
    if len(closed):
        return start + int(closed[0])
    commas = np.flatnonzero((marks == ord(",")) & outside & (depths == 0))
    return start + int(commas[-1]) if len(commas) else start


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
    return _skip_space(text, at + 1).end(), False


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
