"""Which kept run a tab goes on with."""

from __future__ import annotations

import pytest

from autoencoder.continuing import Tab, run_to_continue
from autoencoder.entries import Entry


def entry(key, when, address=""):
    return Entry(key, "", "784–2–784, sgd", 5000, 20.0, 3.0, when, 1000, "", address)


OLD, NEW = entry("a" * 16, 1), entry("b" * 16, 2, "#seed=7")
BOTH = [NEW, OLD]


def continued(tab=None, entries=BOTH, address="", elsewhere=()):
    return run_to_continue(tab or Tab(), entries, address, elsewhere.__contains__)


def test_where_nothing_is_kept_nothing_goes_on():
    assert continued(entries=[]) is None
    assert continued(Tab(OLD.key), entries=[]) is None


def test_a_tab_goes_on_with_its_own_run_though_another_is_newer():
    assert continued(Tab(OLD.key)) == OLD.key


def test_a_new_tab_goes_on_with_the_newest_run_unless_another_tab_has_it():
    assert continued() == NEW.key
    assert continued(elsewhere=[OLD.key]) == NEW.key
    assert continued(elsewhere=[NEW.key]) is None


def test_a_tab_whose_run_is_kept_no_more_is_like_a_new_one():
    assert continued(Tab("c" * 16)) == NEW.key


@pytest.mark.parametrize(
    ("tab", "address", "key"),
    [
        (Tab(), "#seed=8", None),
        (Tab(), NEW.address, NEW.key),
        (Tab(OLD.key, "#seed=5"), "#seed=5", OLD.key),
        (Tab(OLD.key, "#seed=5"), "#seed=8", None),
        (Tab(OLD.key, "#seed=5"), "", OLD.key),
        (Tab(OLD.key, "#seed=5"), NEW.address, None),
    ],
    ids=["link", "newest's own", "reload", "another", "none", "the newest's in an old tab"],
)
def test_an_address_that_tells_of_a_run_begins_it_unless_it_is_what_stood_there(tab, address, key):
    assert continued(tab, address=address) == key


def test_what_a_tab_remembers_comes_back():
    tab = Tab(NEW.key, "#seed=7&definition=…")
    assert Tab.from_json(tab.to_json()) == tab


@pytest.mark.parametrize("text", ["", "null", "{}", "[" * 100_000, '{"key": 1, "address": ""}'])
def test_a_tab_that_remembers_nonsense_remembers_nothing(text):
    assert Tab.from_json(text) == Tab()
