"""What a program has and a definition has not, and what to write in its place.

REFUSED["for"]  # 'a loop ("for"): ...'
"""

from __future__ import annotations


def _each(words: str, kind: str, advice: str) -> dict[str, str]:
    return {
        word: f'a definition has no {kind}, but found "{word}": {advice}.' for word in words.split()
    }


REFUSED = (
    _each("for while do", "loops", "write each layer out")
    | _each(
        "if else elif switch case ? && || ?? ! == === != !== < > <= >= and or not in is "
        "instanceof typeof",
        "conditions",
        "write the value that is meant",
    )
    | _each(
        "function => def lambda async await yield return",
        "functions",
        "write what they do where they are used",
    )
    | _each("class", "classes", "write the layers and the trainer by themselves")
    | _each("...", "spreads", 'join lists by concat(…) or by "+", and write fields out')
    | _each("try catch except finally throw raise assert with", "error handling", "leave it out")
    | _each("break continue pass del delete void global nonlocal", "such words", "leave it out")
)
"""What to say of a word or symbol that belongs to no definition."""

_RUNNING = "a definition says what is trained, and runs nothing: leave this out"
_LOOPING = "a definition has no loops: write each layer out"
_PAGE = "a definition knows of no page: write the value, or leave this out"

REFUSED_CALLS = (
    dict.fromkeys(["train", "forward", "backward", "getCostLoss", "getPrediction"], _RUNNING)
    | dict.fromkeys(["Vol", "getParamsAndGrads", "setTimeout", "setInterval"], _RUNNING)
    | dict.fromkeys(["forEach", "map", "filter", "reduce", "range", "fill"], _LOOPING)
    | dict.fromkeys(["getElementById", "querySelector", "alert", "$"], _PAGE)
    | dict.fromkeys(
        ["random", "randf", "randi", "randn"],
        "a definition means the same each time, and has no chance: write a number",
    )
    | dict.fromkeys(
        ["fromJSON", "from_json", "toJSON", "to_json", "parse", "stringify"],
        "a network in JSON is loaded as a snapshot, not by a definition",
    )
)
"""What to say of a call, by the last part of what is called."""
