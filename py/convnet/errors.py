"""The engine's one exception type: everything a user can get wrong ends here."""

from __future__ import annotations


class ConvNetError(ValueError):
    """A definition, option, snapshot or array that the engine cannot use.

    The message is one sentence for the user: it names the layer or field, what
    was found there and what was expected.
    """


class DefinitionError(ConvNetError):
    """A network definition that does not parse, with the place of the fault.

    Attributes:
        line: line of the fault, counted from 1.
        column: column of the fault, counted from 1.
    """

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {message}")
        self.line = line
        self.column = column
