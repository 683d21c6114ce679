"""A walk over a definition's tokens, with what is said where another should have come.

reader = Reader(tokenize("a = [1, 2]"))
reader.name()  # "a"
reader.take("=")  # True
"""

from __future__ import annotations

from typing import NoReturn

from convnet.definition.refusals import REFUSED
from convnet.definition.tokens import Token

OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")


class Reader:
    """Goes over tokens once, and never back.

    Args:
        tokens: a definition's, the last of which is its end.

    Attributes:
        tokens: as above.
        index: the place of the next one.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    @property
    def last(self) -> Token:
        """The token before it."""
        return self.tokens[self.index - 1]

    def advance(self) -> Token:
        """Goes past the next token, and returns it."""
        token = self.token
        self.index += 1
        return token

    def take(self, word: str) -> bool:
        """Whether the next token is `word`; goes past it if it is."""
        if self.token.text != word:
            return False
        self.advance()
        return True

    def expect(self, word: str, after: str) -> None:
        """Goes past `word`, or raises DefinitionError where it is not next."""
        if not self.take(word):
            self.unexpected(f'"{word}" after {after}')

    def name(self) -> str:
        """Goes past a name, and returns it; or raises DefinitionError."""
        if self.token.kind != "name":
            self.unexpected("a name")
        return self.advance().text

    def comma_before(self, closing: str) -> None:
        """Goes past a comma, unless `closing` is next; or raises DefinitionError."""
        if not self.take(",") and self.token.text != closing:
            self.unexpected(f'"," or "{closing}"')

    def at_end_of_statement(self) -> bool:
        """Whether a line or a semicolon ends the statement here."""
        return self.token.starts_line or self.token.text == ";"

    def pass_over_statement(self) -> None:
        """Goes to the end of the statement, which is in no brackets."""
        nesting = 0
        while nesting or not self.at_end_of_statement():
            nesting += self._deeper()

    def pass_over_call(self) -> None:
        """Goes past a call's closing parenthesis; the tokens' brackets match."""
        nesting = 1
        while nesting:
            nesting += self._deeper()

    def _deeper(self) -> int:
        """How many brackets deeper it is after the next token."""
        token = self.advance()
        return (token.text in OPENING) - (token.text in CLOSING)

    def unexpected(self, expected: str) -> NoReturn:
        """Raises DefinitionError for the next token."""
        for token in self.tokens[self.index : self.index + 2]:
            if token.text in REFUSED:
                raise token.error(REFUSED[token.text])
        raise self.token.error(f"expected {expected}, but found {self.token.shown}.")

    def refuse_decimal_comma(self, before: int = 0) -> None:
        """Raises DefinitionError where a comma stands between digits, as in 1,5."""
        whole, comma, part = self.tokens[self.index - before - 2 : self.index - before + 1]
        if (whole.kind, comma.text, part.kind) == ("number", ",", "number"):
            raise comma.error(
                f'expected a number with a point, as in {whole.text}.{part.text}, but found ",".'
            )
