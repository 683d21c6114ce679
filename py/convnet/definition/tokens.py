"""The words of a definition: names, numbers, strings and symbols, each with its place.

    [token.text for token in tokenize("n = 28*28  # pixels")]  # ["n", "=", "28", "*", "28", ""]

One set of tokens serves Python and JavaScript. They differ in "//" alone: a comment
in a text that shows signs of JavaScript, floor division in any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from convnet.definition.arithmetic import bounded
from convnet.errors import DefinitionError

MAX_TEXT_LENGTH = 20_000  # bounds the number of tokens too: none is empty but the last
MAX_TOKEN_LENGTH = 1_000
_QUOTE_LENGTH = 40

_JAVASCRIPT_WORDS = frozenset(
    {"var", "let", "const", "new", "push", "makeLayers", "convnetjs"}
    | {"true", "false", "null", "undefined"}
)
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_WRONG_QUOTES = frozenset("“”„‟‘’‚‛«»‹›`´′″＂＇")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"} | {c: c for c in "\\/'\""}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")


def _pattern(line_comment: str) -> re.Pattern[str]:
    # Possessive quantifiers (*+) keep the scan linear: what fails is not tried again.
    return re.compile(
        rf"""
          (?P<blank>  (?: [\s\u200b\u2060\ufeff] | \\\n | (?:{line_comment})[^\n]*+
                        | /\*(?s:.*?)\*/ )++ )
        | (?P<name>   (?:[^\W\d]|\$)[\w$]*+ )
        | (?P<number> 0[xX][0-9a-zA-Z_]*+ | \.?[0-9](?:[eE][+-]|[0-9a-zA-Z_.])*+ )
        | (?P<string> "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' )
        | (?P<symbol> >>>|<<|>>|=>|\.\.\.|[=!]==?|&&|\|\||\?\?|\*\*|//|/\*|\+=|. )
        """,
        re.VERBOSE,
    )


_PYTHON = _pattern(r"\#")
_JAVASCRIPT = _pattern(r"\#|//")


class Token(NamedTuple):
    """One word of a definition.

    Attributes:
        kind: "name", "number", "string", "symbol" or "end".
        text: as written.
        value: the number or string that it stands for; else its text.
        line: counted from 1.
        column: counted from 1.
        starts_line: whether it is the first token on its line.
    """

    kind: str
    text: str
    value: int | float | str
    line: int
    column: int
    starts_line: bool

    @property
    def shown(self) -> str:
        """The token as a message shows it."""
        if self.kind == "end":
            return "the end of the text"
        return visible(self.text) if self.kind == "string" else quoted(self.text)

    def error(self, message: str) -> DefinitionError:
        """The exception for a fault at this token."""
        return DefinitionError(message, self.line, self.column)


def visible(text: str) -> str:
    """`text` shortened, with characters that cannot be seen spelled out."""
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text[: _QUOTE_LENGTH + 1]
    )
    return shown if len(shown) <= _QUOTE_LENGTH else shown[: _QUOTE_LENGTH - 1] + "…"


def quoted(text: str) -> str:
    """`text` in quotes, for a message."""
    return f'"{visible(text)}"'


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, with matching brackets, and a last one of kind "end".

    Raises:
        DefinitionError: the text is too long, or has a character, number, string,
            comment or bracket that is wrong or is not closed.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise DefinitionError(
            f"expected at most {MAX_TEXT_LENGTH:,} characters, but found {len(text):,}.", 1, 1
        )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    tokens = _scan(text, _JAVASCRIPT)
    if not _is_javascript(tokens):
        tokens = _scan(text, _PYTHON)
    _match_brackets(tokens)
    return tokens


def _scan(text: str, pattern: re.Pattern[str]) -> list[Token]:
    tokens = []
    line, line_start, starts_line = 1, 0, True
    for match in pattern.finditer(text):
        kind, word = match.lastgroup, match.group()
        if kind != "blank":
            token = Token(kind, word, word, line, match.start() - line_start + 1, starts_line)
            tokens.append(_READERS[kind](token))
            starts_line = False
        elif "\n" in word:
            line += word.count("\n")
            line_start = match.start() + word.rindex("\n") + 1
            starts_line = True
    tokens.append(Token("end", "", "", line, len(text) - line_start + 1, True))
    return tokens


def _is_javascript(tokens: list[Token]) -> bool:
    return any(
        token.kind == "name" and (token.text in _JAVASCRIPT_WORDS or following.text == ":")
        for token, following in pairwise(tokens)
    )


def _match_brackets(tokens: list[Token]) -> None:
    unclosed: list[Token] = []
    for token in tokens:
        if token.text in _BRACKETS:
            unclosed.append(token)
        elif token.text in _BRACKETS.values():
            if not unclosed:
                raise token.error(
                    f'expected a bracket for "{token.text}" to close, but none is open.'
                )
            opening = unclosed.pop()
            if token.text != _BRACKETS[opening.text]:
                raise token.error(
                    f'expected "{_BRACKETS[opening.text]}" to close the "{opening.text}" of '
                    f'line {opening.line}, column {opening.column}, but found "{token.text}".'
                )
    if unclosed:
        opening = unclosed[-1]
        raise opening.error(
            f'this "{opening.text}" is never closed; expected "{_BRACKETS[opening.text]}".'
        )


def _read_word(token: Token) -> Token:
    if len(token.text) > MAX_TOKEN_LENGTH:
        raise token.error(
            f"expected at most {MAX_TOKEN_LENGTH:,} characters in a name, number or string, "
            f"but {token.shown} has {len(token.text):,}."
        )
    return token


def _read_number(token: Token) -> Token:
    digits = _read_word(token).text
    try:
        # Python refuses 010, older JavaScript reads it as 8: float() would say 10.
        number = int(digits, 0) if re.match("0[0-9_xXoObB]", digits) else float(digits)
    except ValueError:
        advice = " (after a point, as in 0.05?)" if re.fullmatch("0[0-9]+", digits) else ""
        raise token.error(f"expected a number, but found {token.shown}{advice}.") from None
    try:
        return token._replace(value=bounded(number))
    except ValueError as fault:
        raise token.error(str(fault)) from None


def _read_string(token: Token) -> Token:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            return chr(int(code, 16))
        if match[3] not in _ESCAPES:
            place = token._replace(column=token.column + match.start() + 1)
            raise place.error(
                f'expected an escape such as "\\n" or "\\\\", but found {quoted(match[0])}.'
            )
        return _ESCAPES[match[3]]

    units = _ESCAPE.sub(character, _read_word(token).text[1:-1])
    try:
        # JavaScript writes a character beyond the first 65,536 as two halves.
        value = units.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise token.error("expected whole characters, but this text has half of one.") from None
    return token._replace(value=value)


def _read_symbol(token: Token) -> Token:
    if token.text in _WRONG_QUOTES:
        raise token.error(f"expected a straight quote, \" or ', but found {token.text}.")
    if token.text in ("'", '"'):
        raise token.error(f"this {token.text} is never closed; expected another on its line.")
    if token.text == "/*":
        raise token.error('this "/*" is never closed; expected "*/".')
    return token


_READERS: dict[str, Callable[[Token], Token]] = {
    "name": _read_word,
    "number": _read_number,
    "string": _read_string,
    "symbol": _read_symbol,
}
