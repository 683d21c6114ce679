"""Reading what users write: definitions, trainer options and snapshots, field by field.

    fields = Fields({"type": "fc", "num_neurons": 50}, "Layer 1 (fc)")
    fields.text("type")
    fields.whole("num_neurons", 1, 100_000)  # 50
    fields.refuse_unknown()

Whatever is missing, of the wrong kind or out of range raises a ConvNetError
that names the place, the field, what was found and what was expected.
"""

from __future__ import annotations

import json
import math
import numbers
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from convnet.errors import ConvNetError

REQUIRED = object()
"""The default of a field that has none."""


class Fields:
    """A mapping read with checks.

    Args:
        values: what the user wrote, expected to be a mapping with string keys.
        where: the place, which opens every message, such as "Layer 3 (fc)".
        elsewhere: names of fields that others read and take away, to be named in messages.
    """

    def __init__(self, values: object, where: str, elsewhere: Iterable[str] = ()) -> None:
        if not isinstance(values, Mapping):
            raise ConvNetError(f"{where} must be a set of named fields, but it is {shown(values)}.")
        self._values = values
        self.where = where
        self._known: set[str] = set()
        self._elsewhere = set(elsewhere)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def whole(self, name: str, low: int, high: int, default: object = REQUIRED) -> int:
        """A whole number from low to high; 5.0 counts, since JavaScript has no integers."""
        expected = f"a whole number{_range(low, high)}" if low < high else shown(low)
        value = self.anything(name, expected, default)
        if not is_number(value) or not low <= value <= high or value != int(value):
            raise self.error(name, expected)
        return int(value)

    def number(
        self, name: str, low: float = -math.inf, high: float = math.inf, default: object = REQUIRED
    ) -> float:
        """A finite number from low to high."""
        expected = f"a number{_range(low, high)}"
        value = self.anything(name, expected, default)
        if not is_number(value) or not low <= value <= high:
            raise self.error(name, expected)
        return float(value)

    def flag(self, name: str, default: object = REQUIRED) -> bool:
        """True or false."""
        value = self.anything(name, "true or false", default)
        if not isinstance(value, bool):
            raise self.error(name, "true or false")
        return value

    def text(self, name: str, default: object = REQUIRED) -> str:
        """A string."""
        value = self.anything(name, "a text", default)
        if not isinstance(value, str):
            raise self.error(name, "a text")
        return value

    def choice(self, name: str, choices: Collection[str], default: object = REQUIRED) -> str:
        """One of several strings."""
        expected = f"one of {', '.join(choices)}"
        value = self.anything(name, expected, default)
        if not isinstance(value, str) or value not in choices:
            raise self.error(name, expected)
        return value

    def items(self, name: str) -> list[Any]:
        """A list."""
        value = self.anything(name, "a list")
        if not isinstance(value, list | tuple):
            raise self.error(name, "a list")
        return list(value)

    def mapping(self, name: str, default: object = REQUIRED) -> dict[str, Any]:
        """A set of named fields, as a dict with string keys."""
        value = self.anything(name, "a set of named fields", default)
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise self.error(name, "a set of named fields")
        return dict(value)

    def hexadecimal(self, name: str, bits: int) -> int:
        """A whole number of so many bits, written as a text of hexadecimal digits."""
        text = self.text(name)
        if not re.fullmatch(rf"[0-9a-f]{{1,{bits // 4}}}", text):
            raise self.error(name, f"a hexadecimal number of {bits} bits")
        return int(text, 16)

    def anything(self, name: str, expected: str, default: object = REQUIRED) -> object:
        """The field's value as it stands, or its default."""
        self._known.add(name)
        value = self._values.get(name, default)
        if value is REQUIRED:
            nearest = _nearest(name, self._values.keys() - self._known)
            advice = (
                f"did you mean it by {shown(nearest)}?" if nearest else f"it must be {expected}."
            )
            raise ConvNetError(f"{self.where}: {name} is missing; {advice}")
        return value

    def given(self, *names: str) -> dict[str, object]:
        """Those of some fields that there are, as they stand."""
        return {name: self._values[name] for name in names if name in self._values}

    def as_dict(self) -> dict[str, object]:
        """All fields there are, as they stand."""
        return dict(self._values)

    def check_equal(self, name: str, value: object, expected: str) -> None:
        """Raises ConvNetError where a field is given that has not a certain value.

        Args:
            name: the field's.
            value: what it has to be.
            expected: how a message puts that.
        """
        if self._values.get(name, value) != value:
            raise self.error(name, expected)

    def only_name(self, *names: str) -> str:
        """Which of several synonyms is used; the first one where none is.

        Raises:
            ConvNetError: two of them are given, and differ.
        """
        self._known.update(names)
        given = [name for name in names if name in self._values]
        if any(self._values[name] != self._values[given[0]] for name in given[1:]):
            raise ConvNetError(f"{self.where}: {' and '.join(given)} mean the same; give only one.")
        return given[0] if given else names[0]

    def refuse_unknown(self) -> None:
        """Raises ConvNetError for the first field that nobody has asked for."""
        for name in self._values:
            if name not in self._known:
                names = (self._known | self._elsewhere) - {name}
                nearest = _nearest(name, names)
                known = ", ".join(sorted(names))
                advice = f'did you mean "{nearest}"?' if nearest else f"known are {known}."
                raise ConvNetError(f"{self.where}: the field {shown(name)} is unknown; {advice}")

    def error(self, name: str, expected: str) -> ConvNetError:
        """The error for a field whose value is not what was expected."""
        found = shown(self._values.get(name))
        return ConvNetError(f"{self.where}: {name} must be {expected}, but it is {found}.")


def is_number(value: object) -> bool:
    """Whether a value is a finite real number; True and False are not."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond what a float can hold
        return False


def shown(value: object) -> str:
    """A value as a message shows it: on one line, short whatever it is, and in no language's words.

    What JSON calls null and Python None is "nothing (null)".
    """
    if isinstance(value, str):
        short = value if len(value) <= 40 else f"{value[:40]}…"
        return json.dumps(short, ensure_ascii=False) if value else "an empty text"
    if isinstance(value, Mapping):
        return "a set of named fields" if value else "an empty set of fields"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if value is None or isinstance(value, bool):
        return {None: "nothing (null)", True: "true", False: "false"}[value]
    if isinstance(value, numbers.Real):
        return _shown_number(value)
    return f"of type {type(value).__name__}"


def typed_number(text: str, what: str) -> float:
    """A number as someone typed it.

    Args:
        text: what was typed.
        what: what messages call it, such as "The learning rate".

    Raises:
        ConvNetError: it is no number, not even an infinite one.
    """
    try:
        return float(text)
    except ValueError:
        pass
    if not text.strip():
        raise ConvNetError(f"{what} must be a number such as 0.01, but the field is empty.")
    found = f"{what} must be a number such as 0.01, but it is {shown(text.strip())}"
    if re.fullmatch(r"\s*[+-]?\d*,\d+\s*", text):
        point = text.strip().replace(",", ".")
        raise ConvNetError(f"{found}; write {point}, with a point.")
    raise ConvNetError(f"{found}.")


def _shown_number(value: numbers.Real) -> str:
    """A number as people write it: 1,000,000 and not 1e+06."""
    if isinstance(value, int) and abs(value) > 10**20:
        return "a number of more than 20 digits"
    if math.isnan(value):
        return "not a number (NaN)"
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    if value == int(value) and abs(value) <= 10**20:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return str(value)


def _nearest(name: object, names: Iterable[object]) -> str | None:
    """That of some names which someone may have meant by another."""
    from difflib import get_close_matches  # costs a page's start too much

    return next(iter(get_close_matches(str(name), map(str, names), n=1)), None)


def _range(low: float, high: float) -> str:
    """How a sentence goes on after "a number"."""
    if math.isinf(low):
        return ""
    if math.isinf(high):
        return f" of at least {shown(low)}"
    return f" from {shown(low)} to {shown(high)}"
