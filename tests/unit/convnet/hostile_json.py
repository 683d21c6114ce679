"""Places in JSON where anything may stand once others have written it."""

from __future__ import annotations


def paths(json, path=()):
    """Every place in nested JSON."""
    yield path
    if isinstance(json, dict):
        for key in json:
            yield from paths(json[key], (*path, key))
    elif isinstance(json, list):
        for i, value in enumerate(json):
            yield from paths(value, (*path, i))
