"""Reads a definition: Python's syntax and ConvNetJS's JavaScript, in one grammar.

    definition = { statement | ";" }
    statement  = ( "import" | "from" ) rest of the line
               | ( "var" | "let" | "const" ) declared { "," declared }
               | reference [ ( "=" | "+=" ) value ]
               | string
    declared   = name [ "=" value ] | "{" name { "," name } "}" "=" value
    reference  = [ "new" ] name { "." name | "[" value "]" | "(" arguments ")" }
    arguments  = [ argument { "," argument } ]
    value      = operand { ( "+" | "-" | "*" | "/" | "//" | "%" | "**"
                 | "|" | "^" | "&" | "<<" | ">>" | ">>>" ) operand }
    operand    = number | string | constant | reference | ( "+" | "-" | "~" ) value
               | "(" value ")" | "[" values "]" | "{" [ field { "," field } ] "}"
    constant   = "True" | "true" | "False" | "false" | "None" | "null" | "undefined"
    values     = [ value { "," value } ]
    field      = ( name | string ) ":" value
    argument   = value | name "=" value | "**" value

What may be called are dict, Net, Trainer and SGDTrainer (the last three as members of a
library by any name), require, Array and Object, the methods append, push, extend, concat
and makeLayers, and the pure functions of `functions`; console.log(…) and print(…) are
passed over. A comma may follow the last of several. A statement ends at ";" or at the end
of its line. There are no loops and no functions to define, so that each value is computed
as it is read: the parser goes over the tokens once and never goes back.
"""

from __future__ import annotations

from convnet.definition.arithmetic import inverted
from convnet.definition.functions import FUNCTIONS, call
from convnet.definition.program import (
    LIBRARY,
    MAX_ITEMS,
    Group,
    Name,
    Program,
    Value,
    as_list,
    as_number,
    combine,
    describe,
    extend,
    set_field,
)
from convnet.definition.reader import Reader
from convnet.definition.refusals import REFUSED
from convnet.definition.tokens import Token, quoted, tokenize

MAX_NESTING = 50

_HERE = Name("this")

_CONSTANTS = {"True": True, "False": False, "None": None}
_CONSTANTS |= {"true": True, "false": False, "null": None, "undefined": None}
_PRECEDENCE = {"|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, ">>>": 4, "+": 5, "-": 5}
_PRECEDENCE |= {"*": 6, "/": 6, "//": 6, "%": 6, "**": 8}
_SIGN_PRECEDENCE = 7  # -2**2 is -4
_METHODS = ("append", "push", "extend", "concat", "makeLayers")
_ALLOWED = (
    "one of a definition's statements (an assignment, append, push, extend, "
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


class _Parser(Reader):
    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.nesting = 0
        self.program = Program()

    # Statements

    def definition(self) -> tuple[list[dict], dict]:
        while self.token.kind != "end":
            if not self.take(";"):
                self.statement()
        trainer = self.program.trainer
        return self.program.chosen_layers(self.token), trainer.options if trainer else {}

    def statement(self) -> None:
        if self.take("import") or self.take("from"):
            self.pass_over_statement()
        elif self.take("var") or self.take("let") or self.take("const"):
            self.declaration()
            while self.take(","):
                self.declaration()
        else:
            self.action()
        if not self.at_end_of_statement():
            if self.token.text == ",":
                self.refuse_decimal_comma(before=-1)
            self.unexpected(f'";" or a new line after {self.last.shown}')

    def declaration(self) -> None:
        if self.take("{"):
            self.destructuring()
            return
        name = self.token
        if name.kind != "name":
            self.unexpected("the name of a variable")
        self.advance()
        if self.take("="):
            self.program.variables[name.text] = self.value()

    def destructuring(self) -> None:
        """What is taken from the library by its own name, which is known without it."""
        while not self.take("}"):
            if self.token.text not in LIBRARY:
                self.unexpected(f"one of {', '.join(LIBRARY)} in these braces")
            self.advance()
            self.comma_before("}")
        self.expect("=", "these braces")
        start, library = self.token, self.value()
        if not isinstance(library, Name):
            raise start.error(f"expected the library, but found {describe(library)}.")

    def action(self) -> None:
        start = self.token
        if start.kind == "string":
            self.advance()  # 'use strict', or what Python calls a docstring
            return
        if start.kind != "name":
            self.unexpected(f"{_ALLOWED}")
        owner, key, value = self.reference()
        if self.take("="):
            if key in _CONSTANTS or key is None:
                raise start.error(f"expected the name of a variable, but found {start.shown}.")
            self.program.set_member(start, owner, key, self.value())
        elif self.take("+="):
            target = as_list(start, self.program.known(start, value))
            extend(target, self.token, as_list(self.token, self.value()))
        elif key is not None:
            if start.text in REFUSED and isinstance(value, Name):
                raise start.error(REFUSED[start.text])
            self.unexpected(_ALLOWED)

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
        if self.take("~"):
            return inverted(as_number(start, self.value(_SIGN_PRECEDENCE)))
        if self.take("("):
            value = self.value()
            self.expect(")", "the value in parentheses")
            return value
        if self.take("["):
            items: list[Value] = []
            for token, item in self.values("]"):
                extend(items, token, [item])
            return items
        if self.take("{"):
            return self.fields()
        name, last = self.tokens[self.index - 2 : self.index]
        words = name.text + last.text if last.text in (":", "=") else last.text
        self.unexpected(f"a value after {quoted(words)}")

    def named(self) -> Value:
        start = self.token
        if start.text in _CONSTANTS:
            return _CONSTANTS[self.advance().text]
        _, _, value = self.reference()
        if isinstance(value, Name) and self.token.text in REFUSED:
            self.unexpected("a value")
        return self.program.known(start, value)

    def reference(self) -> tuple[Value, str | int | None, Value]:
        """A name with what follows it: what owns it, as what (None: a call's result), its value."""
        start = self.token
        made = self.take("new")
        path, owner, key = self.name(), _HERE, None
        key, value = path, self.program.look_up(path)
        while True:
            if self.take("."):
                owner, key = value, self.name()
                path += f".{key}"
                value = self.member(start, owner, key)
            elif self.token.text == "[" and not self.token.starts_line:
                self.advance()
                owner, place, key = value, self.token, self.value()
                self.expect("]", "the place of an item")
                if not isinstance(key, int | str):
                    raise place.error(f"expected a place or a name, but found {describe(key)}.")
                value = self.member(place, owner, key)
            elif self.token.text == "(" and not self.token.starts_line:
                self.advance()
                value = self.called(start, path, owner, key, value)
                owner, key, made = value, None, False
            elif made:
                self.unexpected(f'"(" after {quoted(path)}')
            else:
                return owner, key, value

    def member(self, token: Token, owner: Value, key: str | int) -> Value:
        """A member as it is; where it is to be written or called it need not be there yet."""
        if self.token.text in ("=", "("):
            if isinstance(owner, Name):
                return self.program.member(token, owner, key)
            return Name(str(key))
        return self.program.member(token, owner, key)

    def called(
        self, start: Token, path: str, owner: Value, key: str | int | None, function: Value
    ) -> Value:
        """What a call gives, after its opening parenthesis."""
        if path in ("console.log", "print"):
            self.pass_over_call()
            return None
        if key in _METHODS and owner != _HERE:
            if isinstance(owner, Name):
                self.program.variable(start, owner.path)
            return self.method(start, owner, str(key))
        if not isinstance(function, Name) or not isinstance(owner, Name):
            raise self.program.not_called(start, path)
        return self.call(start, function.path)

    def method(self, start: Token, target: Value, name: str) -> Value:
        values = self.values(")")
        if name == "makeLayers":
            self.program.give_layers(start, target, values)
            return None
        target = as_list(start, target)
        if name == "concat":
            target = list(target)
        for token, value in values:
            several = name == "extend" or (name == "concat" and isinstance(value, list))
            extend(target, token, as_list(token, value) if several else [value])
        return target if name == "concat" else None

    def call(self, start: Token, function: str) -> Value:
        if function not in ("dict", "require", "Array", "Object", *LIBRARY, *FUNCTIONS):
            raise self.program.not_called(start, function)
        if function in FUNCTIONS:
            values = self.values(")")
            try:
                return call(function, [value for _, value in values])
            except ValueError as fault:
                raise start.error(str(fault)) from None
        values, fields = self.arguments()
        if function == "Net":
            return self.program.make_network(start, values, fields)
        if function in LIBRARY:
            return self.program.make_trainer(start, values, fields)
        if function == "require":
            return Name("convnetjs")
        if function == "Array":
            return self.array(start, [value for _, value in values])
        for token, value in values:
            raise token.error(f'expected fields such as type="fc", but found {describe(value)}.')
        return Group(fields, start.line)

    def array(self, start: Token, items: list[Value]) -> list[Value]:
        """new Array(…): of so many items without a value, or of these."""
        match items:
            case [int(length)] if not 0 <= length <= MAX_ITEMS:
                raise start.error(f"expected at most {MAX_ITEMS:,} items in a list.")
            case [int(length)]:
                return [None] * length
        return items

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
                    if fields:
                        self.refuse_decimal_comma(before=1)
                    values.append((start, value))
            self.comma_before(")")
        return values, fields

    def fields(self) -> dict:
        """The fields of a group, after its opening brace."""
        fields = Group({}, self.last.line)
        while not self.take("}"):
            key = self.token
            if key.kind not in ("name", "string"):
                self.refuse_decimal_comma()
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
