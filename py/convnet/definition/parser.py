"""Reads a definition: Python's syntax and ConvNetJS's JavaScript, in one grammar.

    definition = { statement | ";" }
    statement  = ( "import" | "from" ) rest of the line
               | ( "var" | "let" | "const" ) name [ "=" value ] { "," name [ "=" value ] }
               | name "=" value
               | name "+=" value
               | name "." ( "append" | "push" | "extend" | "makeLayers" ) "(" values ")"
    value      = operand { ( "+" | "-" | "*" | "/" | "//" | "%" | "**" ) operand }
    operand    = number | string | constant | name | ( "+" | "-" ) value
               | "(" value ")" | "[" values "]" | "{" [ field { "," field } ] "}"
               | [ "new" ] [ ( "convnetjs" | "convnet" ) "." ] function
                 "(" [ argument { "," argument } ] ")"
    constant   = "True" | "true" | "False" | "false" | "None" | "null" | "undefined"
    function   = "dict" | "Net" | "Trainer" | "SGDTrainer"
    values     = [ value { "," value } ]
    field      = ( name | string ) ":" value
    argument   = value | name "=" value | "**" value

A comma may follow the last of several. A statement ends at ";" or at the end of its
line. There are no loops and no functions to define, so that each value is computed as
it is read: the parser goes over the tokens once and never goes back.
"""

from __future__ import annotations

from typing import NoReturn

from convnet.definition.program import (
    Program,
    Value,
    as_item,
    as_list,
    as_number,
    combine,
    describe,
    extend,
    set_field,
)
from convnet.definition.tokens import Token, quoted, tokenize

MAX_NESTING = 50

_CONSTANTS = {"True": True, "False": False, "None": None}
_CONSTANTS |= {"true": True, "false": False, "null": None, "undefined": None}
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 4}
_SIGN_PRECEDENCE = 3  # -2**2 is -4
_FUNCTIONS = ("dict", "Net", "Trainer", "SGDTrainer")
_METHODS = ("append", "push", "extend", "makeLayers")
_ALLOWED = (
    "expected one of a definition's statements (an assignment, append, push, extend, "
    "makeLayers or an import)"
)


def parse_definition(text: str) -> tuple[list[dict], dict]:
    """The layer definitions and the trainer's options that `text` describes.

    The layers are those given to Net(…) or makeLayers(…); without such a call, those of
    `layer_defs`, or of the only list of layers. Fields keep the names they are written
    with, and hold numbers, strings, booleans and None. Without a trainer the options
    are {}.

    Raises:
        DefinitionError: the text is no definition; it says where, what was found and
            what was expected.
    """
    return _Parser(tokenize(text)).definition()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.nesting = 0
        self.program = Program()

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
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
        if not self.take(word):
            self.unexpected(f'"{word}" after {after}')

    def unexpected(self, expected: str) -> NoReturn:
        raise self.token.error(f"expected {expected}, but found {self.token.shown}.")

    # Statements

    def definition(self) -> tuple[list[dict], dict]:
        while self.token.kind != "end":
            if not self.take(";"):
                self.statement()
        trainer = self.program.trainer
        return self.program.chosen_layers(self.token), trainer.options if trainer else {}

    def statement(self) -> None:
        if self.take("import") or self.take("from"):
            while not self.at_end_of_statement():
                self.advance()
        elif self.take("var") or self.take("let") or self.take("const"):
            self.declaration()
            while self.take(","):
                self.declaration()
        else:
            self.action()
        if not self.at_end_of_statement():
            self.unexpected(f'";" or a new line after {self.tokens[self.index - 1].shown}')

    def at_end_of_statement(self) -> bool:
        return self.token.starts_line or self.token.text == ";"

    def declaration(self) -> None:
        name = self.token
        if name.kind != "name":
            self.unexpected("the name of a variable")
        self.advance()
        if self.take("="):
            self.assign(name, name.text)

    def action(self) -> None:
        start = self.token
        if start.kind != "name":
            raise start.error(f"{_ALLOWED}, but found {start.shown}.")
        path = self.path()
        if self.take("="):
            self.assign(start, path)
        elif self.take("+="):
            target = as_list(start, self.program.variable(start, path))
            extend(target, self.token, as_list(self.token, self.value()))
        elif self.take("("):
            self.method(start, path)
        else:
            raise start.error(
                f"{_ALLOWED}, but found {quoted(path)} followed by {self.token.shown}."
            )

    def assign(self, start: Token, name: str) -> None:
        if "." in name or name in _CONSTANTS:
            raise start.error(f"expected the name of a variable, but found {quoted(name)}.")
        self.program.variables[name] = self.value()

    def method(self, start: Token, path: str) -> None:
        owner, _, method = path.rpartition(".")
        if not owner or method not in _METHODS:
            raise start.error(f"{_ALLOWED}, but found a call of {quoted(path)}.")
        target = self.program.variable(start, owner)
        values = self.values(")")
        if method == "makeLayers":
            self.program.give_layers(start, target, values)
            return
        target = as_list(start, target)
        for token, value in values:
            items = as_list(token, value) if method == "extend" else [as_item(token, value)]
            extend(target, token, items)

    # Values

    def value(self, precedence: int = 0) -> Value:
        """Reads a value, up to the first operator that binds less than `precedence`."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.token.error(
                f"expected at most {MAX_NESTING} levels of nesting, but found more."
            )
        value = self.operand()
        while _PRECEDENCE.get(self.token.text, -1) >= precedence:
            operator = self.advance()
            binding = _PRECEDENCE[operator.text]
            right = self.value(binding if operator.text == "**" else binding + 1)
            value = combine(operator, value, right)
        self.nesting -= 1
        return value

    def operand(self) -> Value:
        if self.token.kind in ("number", "string"):
            return self.advance().value
        if self.token.kind == "name":
            return self.named()
        start = self.token
        if self.take("-"):
            return -as_number(start, self.value(_SIGN_PRECEDENCE))
        if self.take("+"):
            return as_number(start, self.value(_SIGN_PRECEDENCE))
        if self.take("("):
            value = self.value()
            self.expect(")", "the value in parentheses")
            return value
        if self.take("["):
            items: list[Value] = []
            for token, item in self.values("]"):
                extend(items, token, [as_item(token, item)])
            return items
        if self.take("{"):
            return self.fields()
        name, last = self.tokens[self.index - 2 : self.index]
        words = name.text + last.text if last.text in (":", "=") else last.text
        self.unexpected(f"a value after {quoted(words)}")

    def named(self) -> Value:
        start = self.token
        called = self.take("new")
        path = self.path()
        if called or self.token.text == "(":
            self.expect("(", quoted(path))
            return self.call(start, path)
        if path in _CONSTANTS:
            return _CONSTANTS[path]
        return self.program.variable(start, path)

    def path(self) -> str:
        """A name, or several joined by dots."""
        names = []
        while True:
            if self.token.kind != "name":
                self.unexpected("a name")
            names.append(self.advance().text)
            if not self.take("."):
                return ".".join(names)

    def call(self, start: Token, path: str) -> Value:
        function = path.removeprefix("convnetjs.").removeprefix("convnet.")
        if function not in _FUNCTIONS:
            raise start.error(
                "expected dict(…), Net(…) or Trainer(…), as a definition calls nothing else, "
                f"but found a call of {quoted(path)}."
            )
        values, fields = self.arguments()
        if function == "Net":
            return self.program.make_network(start, values, fields)
        if function != "dict":
            return self.program.make_trainer(start, values, fields)
        for token, value in values:
            raise token.error(f'expected fields such as type="fc", but found {describe(value)}.')
        return fields

    def arguments(self) -> tuple[list[tuple[Token, Value]], dict]:
        """The values and the fields of a call; a group of fields as a value is fields too."""
        values: list[tuple[Token, Value]] = []
        fields: dict = {}
        while not self.take(")"):
            start = self.token
            if start.kind == "name" and self.tokens[self.index + 1].text in ("=", ":"):
                self.advance()
                self.expect("=", start.shown)
                set_field(fields, start, start.text, self.value())
            else:
                spread = self.take("**")
                value = self.value()
                if isinstance(value, dict):
                    for name, each in value.items():
                        set_field(fields, start, name, each)
                elif spread:
                    raise start.error(f'expected fields after "**", but found {describe(value)}.')
                else:
                    values.append((start, value))
            self.comma_before(")")
        return values, fields

    def fields(self) -> dict:
        """The fields of a group, after its opening brace."""
        fields: dict = {}
        while not self.take("}"):
            key = self.token
            if key.kind not in ("name", "string"):
                self.unexpected("the name of a field")
            self.advance()
            self.expect(":", key.shown)
            set_field(fields, key, key.value, self.value())
            self.comma_before("}")
        return fields

    def values(self, closing: str) -> list[tuple[Token, Value]]:
        """Values up to a closing bracket, each with its first token."""
        values = []
        while not self.take(closing):
            values.append((self.token, self.value()))
            self.comma_before(closing)
        return values

    def comma_before(self, closing: str) -> None:
        if not self.take(",") and self.token.text != closing:
            self.unexpected(f'"," or "{closing}"')
