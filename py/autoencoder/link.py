"""The page's address: all that is on the page and is no weights, as text.

    texts = read_address("?paused", "#seed=7&noise=30")
    # {"paused": "true", "seed": "7", "noise": "30"}
    wrong = yield from open_link(session, texts)
    write_address(described(session))  # "seed=7&noise=30&paused"

Anyone may have written an address. What is in it is text, which the kinds of settings check; what
is wrong is left as it is, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import GeneratorType
from urllib.parse import quote, unquote_plus

from autoencoder.session import DEFAULT_DEFINITION, Session
from autoencoder.settings import SETTINGS, Lives, read
from convnet.definition import compact_definition, format_definition, parse_definition
from convnet.errors import ConvNetError
from convnet.fields import shown
from convnet.steps import Steps

LONGEST = 2_000
"""Characters of an address that is written: mail and office programs cut longer ones."""

MOST_CHARACTERS = 20_000
"""Of an address that is read: as many as a definition may have."""

ON = "true"
"""What a name without a value means."""

OF_THE_RUN = ("seed", "definition")
"""What a run begins with: an address that has one of them tells of a run."""

HIDDEN, OPENED = "hide", "show"

PARTS = {
    "header": "body > header",
    "bar": "#bar",
    "noise": ".at-hand > .setting",
    "restart": "#restart",
    "rate": "#rate",
    "pace": "#pace",
    "files": ".files",
    "share": "#share",
    "runs": "#runs",
    "flow": "#flow",
    "layers": "#layers",
    "map": "#map",
    "loss": "#loss",
    "own": "#own",
    "denoising": "#denoising",
    "define": "#define",
    "presets": "#presets",
    "network": "#network-section",
    "footer": "main > footer",
}
"""What `hide` can take away, each with its selector."""

FOLDS = {
    "about": "#about",
    "pace": "#pace",
    "json": "#snapshot",
    "details": "#details",
    "presets": "#presets",
}
"""What `show` can open, likewise: not what is this browser's own, nor the sheet of links itself."""

NAMED = {setting.name: setting for setting in SETTINGS if Lives.ADDRESS in setting.lives}
KNOWN = {*NAMED, HIDDEN, OPENED}

OF_OTHERS = re.compile(r"compute|utm_\w*|\w*clid")
"""What main.py reads, and what other sites add to the links that lead from them."""

UNESCAPED = "!$'()*,-./:;=?@[]_~"
"""Beside letters and digits, what stands in an address as it is."""

MOST_NAMED = 4


def read_address(search: str, fragment: str) -> dict[str, str]:
    """What an address says, by name.

    Args:
        search: its query.
        fragment: what follows "#", which wins where both say something.

    Raises:
        ConvNetError: it is too long to be read.
    """
    length = len(search) + len(fragment)
    if length > MOST_CHARACTERS:
        raise ConvNetError(
            f"The address has {length:,} characters, of which {MOST_CHARACTERS:,} are the most: "
            "it was not read."
        )
    texts = _parameters(search.removeprefix("?")) | _parameters(fragment.removeprefix("#"))
    return {name: text for name, text in texts.items() if not OF_OTHERS.fullmatch(name)}


def _parameters(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split("&") if part)
    return {unquote_plus(n): unquote_plus(value) if given else ON for n, given, value in parts}


def rest_of_query(search: str) -> str:
    """A query without what the fragment says from now on."""
    parts = [part for part in search.removeprefix("?").split("&") if part]
    rest = [part for part in parts if unquote_plus(part.partition("=")[0]) not in KNOWN]
    return f"?{'&'.join(rest)}" if rest else ""


def write_address(texts: Mapping[str, str]) -> str:
    """The fragment that says so, without its "#".

    The definition comes first: many programs that find links in a text take a bracket at the end
    for the text's own.
    """
    names = sorted(texts, key=lambda name: name != "definition")
    return "&".join(
        name if texts[name] == ON else f"{name}={quote(texts[name], UNESCAPED)}" for name in names
    )


def described(session: Session) -> dict[str, str]:
    """The settings that an address carries: the seed, and what is not as it is by default.

    Without seed and definition, where they are too long for a link.
    """
    texts = {
        name: setting.kind.write(value)
        for name, setting in NAMED.items()
        if (value := setting.get(session)) != setting.default(session)
    }
    try:
        texts["definition"] = compact(session.run.definition)
    except ConvNetError:  # a snapshot may bring any text
        return _without_run(texts)
    if texts["definition"] == compact(DEFAULT_DEFINITION):
        del texts["definition"]
    return texts if len(write_address(texts)) <= LONGEST else _without_run(texts)


def _without_run(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if name not in OF_THE_RUN}


def describes_run(texts: Mapping[str, str]) -> bool:
    """Whether an address tells with which network training begins."""
    return any(name in texts for name in OF_THE_RUN)


@lru_cache(maxsize=4)
def compact(definition: str) -> str:
    """A definition as an address carries it; reading it gives the same layers and options.

    Raises:
        ConvNetError: it is no definition.
    """
    return compact_definition(*parse_definition(definition))


# Opening a link


def open_link(session: Session, texts: Mapping[str, str]) -> Steps[dict[str, str]]:
    """Makes a session what an address says, in steps, meanwhile nothing trains.

    Where it tells of a run, that begins, and what is not named is as by default. Else what is not
    named stays as it is.

    Returns:
        What could not be done, and so is as it was: by name, a sentence.
    """
    wrong = {name: "There is nothing of that name." for name in texts if name not in KNOWN}
    with session.standstill():
        if (yield from _begin_run(session, texts, wrong)):
            yield from _take_defaults(session)
        for name in NAMED:
            if name in texts and name not in OF_THE_RUN:
                for sentence in (yield from read(session, {name: texts[name]}, Lives.ADDRESS)):
                    wrong[name] = sentence
    return wrong


def _begin_run(session: Session, texts: Mapping[str, str], wrong: dict[str, str]) -> Steps[bool]:
    """Begins the run that an address tells of; returns whether there is one."""
    seed, definition = None, DEFAULT_DEFINITION
    if "seed" in texts:
        try:
            seed = NAMED["seed"].kind.read(texts["seed"])
        except ConvNetError as error:
            wrong["seed"] = str(error)
    if "definition" in texts:
        try:
            yield from session.reload(_spread_out(texts["definition"]), seed)
        except ConvNetError as error:
            wrong["definition"] = str(error)
            definition = session.run.definition
        else:
            return True
    if seed is None:
        return False
    yield from session.reload(definition, seed)
    return True


def _spread_out(definition: str) -> str:
    """A definition from an address as people read it."""
    return format_definition(*parse_definition(definition))


def _take_defaults(session: Session) -> Steps[None]:
    for name, setting in NAMED.items():
        default = setting.default(session)
        if name not in OF_THE_RUN and setting.get(session) != default:
            steps = setting.set(session, default)
            if isinstance(steps, GeneratorType):
                yield from steps


def names_in(text: str, known: Iterable[str]) -> tuple[list[str], list[str]]:
    """Names that commas part, as in "map,loss": those that are known, and the others."""
    names = [name for name in dict.fromkeys(text.split(",")) if name]
    return [n for n in names if n in known], [n for n in names if n not in known]


def what_is_wrong(wrong: Mapping[str, str]) -> str:
    """One sentence for all that could not be taken from an address.

    Args:
        wrong: sentences by name, at least one.
    """
    if len(wrong) == 1:
        ((name, sentence),) = wrong.items()
        return f"The address is wrong about {shown(name)}, which was left out: {sentence}"
    names = [shown(name) for name in wrong]
    rest = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"The address is wrong about {', '.join(names[:MOST_NAMED])}{rest}: they were left out."
