"""Links: what is on the page goes into an address and comes back; what is wrong changes nothing."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sessions import SMALL, definition, new_session, state, train

from autoencoder.link import (
    LONGEST,
    MOST_CHARACTERS,
    NAMED,
    compact,
    described,
    describes_run,
    names_in,
    open_link,
    read_address,
    rest_of_query,
    what_is_wrong,
    write_address,
)
from autoencoder.session import DEFAULT_DEFINITION
from convnet import ConvNetError
from convnet.corruption import Corruption
from convnet.definition import parse_definition
from convnet.steps import finish
from unit.convnet.definition_texts import (
    CONVNETJS_CLASSIFY2D,
    CONVNETJS_DEFAULT,
    CONVNETJS_IMAGE_REGRESSION,
    CONVNETJS_MNIST,
    PYTHON_DEFAULT,
)

DEFINITIONS = [
    *(DEFAULT_DEFINITION, CONVNETJS_DEFAULT, CONVNETJS_CLASSIFY2D, CONVNETJS_MNIST),
    *(CONVNETJS_IMAGE_REGRESSION, PYTHON_DEFAULT, SMALL),
    definition('{type:"dropout", drop_prob:1e-3}', trainer='method:"adam", eps:1e-12'),
]
WIDE = definition('{type:"fc", num_neurons:7}', '{type:"fc", num_neurons:3, activation:"relu"}')


def go_to(session, fragment, search=""):
    """Follows a link; returns what is wrong with it."""
    return finish(open_link(session, read_address(search, fragment)))


def link_of(session):
    return write_address(described(session))


# Text and names


@trying(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*NAMED, "hide", "show"]), st.text(max_size=40)))
def test_whatever_is_written_is_read_back(texts):
    address = write_address(texts)
    # What browsers escape in an address would not be there as it was written.
    assert not set(address) - set(string.ascii_letters + string.digits + "!$'()*,-./:;=?@[]_~%&")
    assert read_address("", address) == texts


@pytest.mark.parametrize("text", DEFINITIONS)
def test_a_definition_in_an_address_means_the_same_and_is_readable(text):
    address = write_address({"definition": compact(text), "seed": "7"})
    assert "%" not in address
    assert address.endswith("&seed=7")  # and not with a bracket, which other programs leave out
    read = read_address("", f"#{address}")["definition"]
    assert parse_definition(read) == parse_definition(text)


def test_an_address_is_short_and_names_what_is_set(session):
    assert link_of(session) == "seed=1"
    session.set_corruption(Corruption("masking", 0.3))
    session.set_paused(True)
    assert link_of(session) == "seed=1&paused&noise=30"


def test_query_and_fragment_are_read_and_the_fragment_wins():
    texts = read_address("?noise=20&paused&compute=numpy&utm_source=x&fbclid=y", "#noise=30")
    assert texts == {"noise": "30", "paused": "true"}


def test_what_the_fragment_says_is_not_left_in_the_query():
    assert rest_of_query("?noise=20&paused&compute=numpy&show=about") == "?compute=numpy"
    assert rest_of_query("?noise=20") == rest_of_query("") == ""


def test_spaces_may_be_written_as_forms_write_them():
    assert read_address("?definition=a+%2B+b%20c", "") == {"definition": "a + b c"}


def test_an_address_without_end_is_not_read():
    with pytest.raises(ConvNetError, match=f"{MOST_CHARACTERS:,} are the most"):
        read_address("", "a=" + "x" * MOST_CHARACTERS)


def test_an_address_tells_of_a_run_where_it_has_seed_or_definition():
    assert describes_run({"seed": "1"})
    assert describes_run({"definition": "x"})
    assert not describes_run({"noise": "1", "hide": "map"})


def test_names_in_lists_are_known_or_not():
    assert names_in("map,loss,,map,<b>", ["loss", "map"]) == (["map", "loss"], ["<b>"])


# Sessions


@pytest.fixture
def other(digits):
    """The session of someone who opens a link."""
    return new_session(digits, seed=99)


@trying(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_link_leads_to_the_same_settings_and_the_same_weights(data, digits_of_all):
    here, there = new_session(digits_of_all, seed=99), new_session(digits_of_all, seed=98)
    text = data.draw(st.sampled_from([DEFAULT_DEFINITION, SMALL, WIDE]))
    finish(here.reload(text, data.draw(st.integers(0, 2**32))))
    here.set_corruption(Corruption("masking", data.draw(st.integers(0, 18)) / 20))
    here.set_paused(data.draw(st.booleans()))
    here.set_learning_rate(data.draw(st.sampled_from([0.01, 0.002, 0, 1e-7])))
    here.digit_map.choose_layer(data.draw(st.integers(1, len(here.run.net.layers) - 2)))
    neurons = st.integers(0, here.digit_map.depth - 1)
    here.digit_map.choose_pair(data.draw(neurons), data.draw(neurons))
    assert go_to(there, link_of(here)) == {}
    assert there.run.seed == here.run.seed
    assert parse_definition(there.run.definition) == parse_definition(text)
    for name in NAMED.keys() - {"definition"}:
        assert NAMED[name].get(there) == NAMED[name].get(here), name
    train(here, 3)
    train(there, 3)
    assert (here.run.net.parameters == there.run.net.parameters).all()
    assert link_of(there) == link_of(here)


@pytest.fixture(scope="session")
def digits_of_all(shards):
    """The same as `digits`, for tests that try much in one go and change none."""
    from autoencoder.digits import Digits

    digits = Digits(4000)
    digits.add(*shards[0])
    return digits


def test_a_definition_from_a_link_is_spread_out_over_lines(session):
    assert go_to(session, f"definition={compact(SMALL)}") == {}
    assert session.run.definition.count("\n") >= 5


def test_what_a_link_to_a_run_does_not_name_is_as_by_default(session):
    session.set_corruption(Corruption("masking", 0.5))
    session.set_paused(True)
    assert go_to(session, "seed=1") == {}
    assert (session.run.corruption.strength, session.paused) == (0.1, False)


def test_a_link_to_no_run_changes_what_it_names_and_nothing_else(session):
    session.set_corruption(Corruption("masking", 0.5))
    train(session, 2)
    run = session.run
    assert go_to(session, "paused") == {}
    assert (session.run, session.paused, session.run.corruption.strength) == (run, True, 0.5)


def test_nothing_trains_while_a_link_is_opened(session):
    steps = open_link(session, {"seed": "5", "noise": "30"})
    for _ in steps:
        assert not session.trains
    assert session.trains


def test_a_pause_that_a_fault_has_made_is_not_in_the_link(session):
    session.stop()
    assert link_of(session) == "seed=1"


def test_too_long_a_definition_stays_out_of_the_address(session):
    layers = ['{type:"fc", num_neurons:5, activation:"tanh"}'] * 60
    finish(session.reload(definition(*layers), 5))
    session.set_corruption(Corruption("masking", 0.3))
    assert len(compact(session.run.definition)) > LONGEST
    assert link_of(session) == "noise=30"


def test_a_run_whose_definition_no_one_can_read_has_no_link(session):
    session.run.definition = "<script>alert(1)</script>"
    assert "seed" not in link_of(session)


# What is wrong


def test_what_is_wrong_is_left_as_it_is_and_the_rest_is_done(session):
    wrong = go_to(session, "seed=7&definition=Net([])&noise=95&paused&foo=1&learning_rate=x")
    assert wrong.keys() == {"definition", "noise", "foo", "learning_rate"}
    assert (session.run.seed, session.run.corruption.strength, session.paused) == (7, 0.1, True)
    assert session.run.definition == DEFAULT_DEFINITION


def test_one_wrong_thing_is_told_with_its_reason_and_many_by_their_names(session):
    assert what_is_wrong(go_to(session, "noise=95")) == (
        'The address is wrong about "noise", which was left out: The noise must be from 0 to 0.9, '
        "but it is 0.95."
    )
    sentence = what_is_wrong({name * 100: "" for name in "abcdefg"})
    assert sentence.endswith(" and 3 more: they were left out.")
    assert len(sentence) < 300


HOSTILE = [
    "<script>alert(1)</script>", "javascript:alert(1)", "__import__('os').system('x')", "%", "%ff",
    "%00", "\ud800", "1e999", "-1", "NaN", "Infinity", "9" * 400, "²", "0x10", "1,2,3", ",",
    "--", "{}", "[]", "null", "None",
    "true", "false", "../../etc/passwd", "’", "\u202e", "a" * 5000,
    "Net(" * 60, "[" * 3000, "dict(" * 100 + ")" * 100, "Net([dict(type='fc',num_neurons=1e9)])",
    "Net([dict(type='input',out_sx=28,out_sy=28,out_depth=1),dict(type='fc',num_neurons=100000),"
    "dict(type='fc',num_neurons=100000),dict(type='regression',num_neurons=784)])",
    "layer_defs=[dict(type='input')]*1000000", "x=2**9**9**9", "'" * 999, "/*" * 999, "=", "&", "#",
]  # fmt: skip


def hostile_addresses(count):
    """Addresses of which nothing can be used."""
    chance = random.Random(12)
    names = [*NAMED, "hide", "show", "constructor", "__proto__", "<b>", "", "seed%00", "SEED"]
    for _ in range(count):
        parts = []
        for _ in range(chance.randrange(1, 5)):
            value = chance.choice(HOSTILE)
            if chance.random() < 0.3:
                cut = chance.randrange(len(value))
                value = (
                    value[:cut] + chance.choice("\0\n\x7fßé\u2028\u200b漢\U0001f600") + value[cut:]
                )
            parts.append(chance.choice(names) + chance.choice(["=", "=", "==", ""]) + value)
        yield "&".join(parts)


def test_hostile_addresses_raise_nothing_and_change_nothing(session):
    before, told = state(session), 0
    for number, address in enumerate(hostile_addresses(10_000)):
        try:
            texts = read_address("", address)
        except ConvNetError:
            continue
        if texts.get("paused") in ("true", "false"):
            del texts["paused"]
        if wrong := finish(open_link(session, texts)):
            told += 1
            assert len(what_is_wrong(wrong)) < 1500
        if number % 100 == 0:
            assert state(session) == before, address
    assert state(session) == before
    assert told > 5000
