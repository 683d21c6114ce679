"""What a setting may be, and how a control holds it: as text, both ways.

kind = Noise()
kind.read("35")  # Corruption("masking", 0.35)
kind.write(Corruption("masking", 0.35))  # "35"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convnet.corruption import KINDS, MASKING, Corruption
from convnet.errors import ConvNetError
from convnet.fields import shown, typed_number


class Kind:
    """A kind of values."""

    def read(self, text: str) -> object:
        """The value that a control's text stands for.

        Raises:
            ConvNetError: it stands for none; the message says why.
        """
        raise NotImplementedError

    def write(self, value: object) -> str:
        """A control's text for a value."""
        return str(value)

    def show(self, value: object) -> str:
        """A value as people read it."""
        return self.write(value)


@dataclass(frozen=True)
class Noise(Kind):
    """A corruption: its kind, a colon, and its strength, shares in percent, as in "gaussian:0.3".

    What is only a number is a percentage of masking, and what is only a kind is as strong as that
    is by default.
    """

    def read(self, text: str) -> Corruption:
        """Either, or both."""
        if text in KINDS:
            return Corruption(text, KINDS[text].default)
        kind, _, amount = text.rpartition(":")
        strength = typed_number(amount, "The noise") / (100 if _is_share(kind) else 1)
        return Corruption(kind or MASKING.kind, strength)

    def write(self, value: Corruption) -> str:
        """As short as it goes."""
        if value.kind == "none":
            return value.kind
        amount = self.amount(value.kind, value.strength)
        return amount if value.kind == MASKING.kind else f"{value.kind}:{amount}"

    def show(self, value: Corruption) -> str:
        """Its strength, with its unit."""
        return value.amount

    def amount(self, kind: str, strength: float) -> str:
        """A strength as a slider has it."""
        return _exactly(round(100 * strength, 6) if _is_share(kind) else strength)

    def scale(self, kind: str) -> dict[str, str]:
        """The ends and steps of a slider for a kind: attributes of its element."""
        limits = KINDS[kind]
        most, step = (self.amount(kind, each) for each in (limits.most, limits.step))
        return {"min": "0", "max": most, "step": step}


def _is_share(kind: str) -> bool:
    """Whether a kind's strength, or masking's where none is named, is written in percent."""
    kind = kind or MASKING.kind
    return kind in KINDS and KINDS[kind].unit == "%"


@dataclass(frozen=True)
class Number(Kind):
    """A number, typed.

    Attributes:
        what: what messages call it.
        low: the least it may be.
        high: the greatest.
    """

    what: str
    low: float
    high: float

    def read(self, text: str) -> float:
        """As typed."""
        return _within(self.what, typed_number(text, self.what), self.low, self.high)

    def write(self, value: float) -> str:
        """As short as it goes."""
        return _exactly(value)


@dataclass(frozen=True)
class Choice(Kind):
    """One of several numbers, from a list.

    Attributes:
        what: what messages call it.
        values: what there is to choose from, and how people read each.
    """

    what: str
    values: Mapping[float, str]

    def read(self, text: str) -> float:
        """One of the values."""
        written = {self.write(value): value for value in self.values}
        if text not in written:
            choices = ", ".join(written)
            raise ConvNetError(f"{self.what} must be one of {choices}, but it is {shown(text)}.")
        return written[text]

    def write(self, value: float) -> str:
        """As short as it goes."""
        return f"{value:g}"

    def show(self, value: float) -> str:
        """In words."""
        return self.values[value]


class OneOf(Choice):
    """One of several names, from a list: as a number is chosen, but written as it is."""

    def write(self, value: str) -> str:
        """The name."""
        return value


@dataclass(frozen=True)
class Switch(Kind):
    """On or off.

    Attributes:
        turn_on: what its button says while it is off.
        turn_off: what that says while it is on; a button that says the same stays pressed in.
    """

    turn_on: str
    turn_off: str

    @property
    def is_pressed_in(self) -> bool:
        """Whether its button looks pressed while it is on, and says the same as before."""
        return self.turn_on == self.turn_off

    @property
    def does(self) -> str:
        """What its button does, either way."""
        return f"{self.turn_on} or {self.turn_off.lower()}"

    def read(self, text: str) -> bool:
        """As attributes have it."""
        if text not in ("true", "false"):
            raise ConvNetError(f'A switch must be "true" or "false", but it is {shown(text)}.')
        return text == "true"

    def write(self, value: bool) -> str:
        """As attributes have it."""
        return "true" if value else "false"

    def show(self, value: bool) -> str:
        """What the button will do."""
        return self.turn_off if value else self.turn_on


@dataclass(frozen=True)
class Maybe(Kind):
    """A value of another kind, or none, for which an empty field stands.

    Attributes:
        kind: what it is where there is one.
    """

    kind: Kind

    def read(self, text: str) -> object:
        """As the other kind has it."""
        return self.kind.read(text) if text.strip() else None

    def write(self, value: object) -> str:
        """As the other kind has it."""
        return "" if value is None else self.kind.write(value)


@dataclass(frozen=True)
class Typed(Kind):
    """A text.

    Attributes:
        what: what messages call it.
        most: the most characters that it may have.
    """

    what: str
    most: int

    def read(self, text: str) -> str:
        """As it stands."""
        if len(text) > self.most:
            raise ConvNetError(
                f"{self.what} has {len(text):,} characters; {self.most:,} are the most."
            )
        return text


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from 0 on, typed.

    Attributes:
        what: what messages call it.
        most: the greatest.
    """

    what: str
    most: int

    def read(self, text: str) -> int:
        """Its digits."""
        digits = text.strip()
        is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(self.most))
        if not is_number or int(digits) > self.most:
            raise ConvNetError(
                f"{self.what} must be a whole number from 0 to {self.most}, but it is "
                f"{shown(text)}."
            )
        return int(digits)


@dataclass(frozen=True)
class Pair(Kind):
    """Two neurons of a layer, by their indices."""

    def read(self, text: str) -> tuple[int, int]:
        """Digits, a comma, digits; whether there are such neurons, the layer knows."""
        parts = text.split(",")
        if len(parts) != 2 or not all(p.isascii() and p.isdecimal() and len(p) < 10 for p in parts):
            raise ConvNetError(
                f"A pair of neurons must be two whole numbers, as in 0,1, but it is {shown(text)}."
            )
        across, upward = map(int, parts)
        return across, upward

    def write(self, value: tuple[int, int]) -> str:
        """With a comma."""
        return "{},{}".format(*value)


@dataclass(frozen=True)
class Layer(Kind):
    """A layer, by its index."""

    def read(self, text: str) -> int:
        """Digits; whether there is such a layer, the network knows."""
        if not (text.isascii() and text.isdecimal()):
            raise ConvNetError(f"A layer must be a whole number, but it is {shown(text)}.")
        return int(text)


def _exactly(value: float) -> str:
    """A number as short as it goes, so that reading it gives the same."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def _within(what: str, value: float, low: float, high: float) -> float:
    """The value, if it lies between two others."""
    if not low <= value <= high:
        raise ConvNetError(
            f"{what} must be a number from {shown(low)} to {shown(high)}, but it is {shown(value)}."
        )
    return value
