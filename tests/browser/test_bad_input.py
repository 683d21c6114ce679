"""Whatever a visitor enters, training goes on, and a sentence says what was wrong with it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from convnet import Net

ATTACK = """<img src=x onerror="window.executed = true"><script>window.executed = true</script>"""
INPUT = 'dict(type="input", out_sx=28, out_sy=28, out_depth=1)'
OUTPUT = 'dict(type="regression", num_neurons=784)'


def definition(*hidden, first=INPUT, last=OUTPUT, trainer="batch_size=50"):
    layers = ",\n    ".join([first, *hidden, last])
    return f"layer_defs = [\n    {layers}\n]\ntrainer = Trainer(Net(layer_defs), {trainer})\n"


def snapshot(change=None):
    """A network's JSON text, with something changed."""
    layer_defs = [
        {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
        {"type": "fc", "num_neurons": 2},
        {"type": "regression", "num_neurons": 784},
    ]
    network = Net(layer_defs, seed=1).to_json()
    if change:
        network = copy.deepcopy(network)
        change(network["layers"])
    return json.dumps(network)


def set_weight(value):
    def change(layers):
        layers[1]["filters"][0]["w"][0] = value

    return change


def set_type(value):
    def change(layers):
        layers[1]["layer_type"] = value

    return change


def drop_weight(layers):
    layers[2]["filters"][783]["w"].pop()


def drop_weights(layers):
    del layers[1]["filters"][1]["w"]


def drop_loss(layers):
    layers.pop()


GOLDEN = Path(__file__).parent.parent / "golden/autoencoder_adadelta.json"

DEFINITIONS = {
    "empty": ("", "layers"),
    "prose": ("Please learn faster.", "line 1, column"),
    "broken off": ('layer_defs = [\n    dict(type="input", out_sx=28,', "line 2, column"),
    "a missing comma": (
        'layer_defs = [\n    dict(type="input" out_sx=28)\n]',
        "line 2, column 23",
    ),
    "an unknown layer": (definition('dict(type="recurrent", num_neurons=5)'), "recurrent"),
    "an unknown field": (definition('dict(type="fc", neurons=5)'), "neurons"),
    "an unknown rule": (definition(trainer='method="sgdd"'), "sgdd"),
    "no size": (definition('dict(type="fc")'), "num_neurons"),
    "a size of 0": (definition('dict(type="fc", num_neurons=0)'), "num_neurons"),
    "an output of the wrong size": (
        definition(last='dict(type="regression", num_neurons=100)'),
        "layer 2.*784.*100",
    ),
    "an input of the wrong size": (
        definition(first='dict(type="input", out_sx=10, out_sy=10, out_depth=1)'),
        "layer 0.*784.*100",
    ),
    "a classifier": (
        definition(last='dict(type="softmax", num_classes=10)'),
        "softmax.*regression",
    ),
    "no loss": (f"layer_defs = [{INPUT}]", "loss"),
    "too many parameters": (definition('dict(type="fc", num_neurons=90000)'), "limit"),
    "too many layers": (definition(*['dict(type="fc", num_neurons=2)'] * 1100), "more|most|limit"),
    "too large a minibatch": (definition(trainer="batch_size=100000"), "batch|limit"),
    "a negative learning rate": (definition(trainer="learning_rate=-1"), "learning_rate"),
    "Python that imports": ('__import__("js").window.executed = True', "line 1, column"),
    "JavaScript that runs": ("window.executed = true;", "line 1, column|layers"),
    "JavaScript that never ends": ("while (true) {}", "line 1, column"),
    "HTML": (ATTACK, "line 1, column"),
    "HTML as a layer's type": (definition(f"dict(type={ATTACK!r})"), "<img"),
    "a megabyte of words": ("a " * 500_000, "characters|column"),
    "a megabyte of brackets": ("[" * 1_000_000, "characters|column|deep"),
    "a megabyte of digits": ("x = " + "9" * 1_000_000, "characters|column|digits"),
}
SNAPSHOTS = {
    "empty": ("", "no JSON text yet"),
    "prose": ("The network, please.", "line 1, column 1"),
    "broken off": (snapshot()[:5000], "line 1, column"),
    "a list": ("[]", "list"),
    "null": ("null", "snapshot"),
    "a number": ("1", "snapshot"),
    "other JSON": ('{"a": 1}', "layers"),
    "no layers": ('{"layers": []}', "layer"),
    "layers of another kind": ('{"layers": [1, 2]}', "layer 0"),
    "an unknown layer": (snapshot(set_type("recurrent")), "layer 1.*recurrent"),
    "a layer too few": (snapshot(drop_loss), "loss"),
    "a weight too few": (snapshot(drop_weight), "layer 2"),
    "no weights": (snapshot(drop_weights), "layer 1"),
    "a weight that is NaN": (snapshot(set_weight(float("nan"))), "NaN"),
    "a weight that is infinite": (snapshot(set_weight(float("inf"))), "Infinity"),
    "a weight too large": (snapshot(set_weight(1e300)), "layer 1.*finite"),
    "a weight of 5,000 digits": (
        snapshot(set_weight(0)).replace("[0,", f"[{'9' * 5000},"),
        "number",
    ),
    "a weight that is a text": (snapshot(set_weight(ATTACK)), "layer 1.*numbers"),
    "a network for other images": (
        json.dumps(json.loads(GOLDEN.read_text())["before"]),
        "layer 0.*784",
    ),
    "HTML": (ATTACK, "line 1, column 1"),
    "HTML as a layer's type": (snapshot(set_type(ATTACK)), "<img"),
    "a megabyte of words": ("a " * 500_000, "line 1, column 1"),
    "a megabyte of brackets": ("[" * 1_000_000, "a list"),
    "a megabyte of text": (json.dumps({"layers": [{"layer_type": "x" * 1_000_000}]}), "layer 0"),
}
LEARNING_RATES = {
    "words": ("abc", "abc"),
    "nothing": ("", "learning rate|learning_rate"),
    "not a number": ("nan", "nan"),
    "negative": ("-1", "-1"),
    "infinite": ("1e999", "learning rate|learning_rate"),
    "two numbers": ("0.1 0.2", "0.1 0.2"),
    "a decimal comma": ("0,1", "write 0.1"),
    "HTML": (ATTACK, "<img"),
    "a megabyte": ("7" * 1_000_000, "learning rate|learning_rate"),
}


def cases(table):
    return pytest.mark.parametrize(("text", "fault"), table.values(), ids=table.keys())


@pytest.fixture(scope="module", autouse=True)
def rule_with_a_rate(loaded):
    loaded.train_by_rate()


@pytest.fixture
def unharmed(visit):
    """Runs what a visitor does, and checks that it has harmed nothing.

    The network that is training goes on: its count of examples never starts again, and what the
    page has built for it is still there.
    """
    visit.wait_until("examplesShown.at(-1) >= 3000")  # to start over would show
    buttons = visit.page.locator("#layers").inner_text()
    rate = visit.number("learning-rate")

    def run(act, fault):
        shown = len(visit.examples_shown())
        act()
        message = visit.expect_message(fault)
        visit.train(500)
        since = visit.examples_shown()[shown - 1 :]
        assert since == sorted(since), "the network has started over"
        assert visit.state == "training"
        assert visit.message == message
        assert visit.page.locator("#layers").inner_text() == buttons
        assert visit.number("learning-rate") == rate
        assert visit.page.evaluate("window.executed") is None
        assert visit.page.locator("img").count() == 0

    return run


@cases(DEFINITIONS)
def test_a_definition_that_cannot_be_used(visit, unharmed, text, fault):
    def act():
        visit.write("definition", text)
        visit.press("reload")

    unharmed(act, fault)
    assert visit.value("definition") == text.replace("\r\n", "\n"), "the visitor's text is kept"


@cases(SNAPSHOTS)
def test_a_snapshot_that_cannot_be_used(visit, unharmed, text, fault):
    def act():
        visit.write("snapshot-json", text)
        visit.press("load-json")

    unharmed(act, fault)


@cases(LEARNING_RATES)
def test_a_learning_rate_that_cannot_be_used(visit, unharmed, text, fault):
    def act():
        visit.write("learning-rate", text)
        visit.press("change-learning-rate")

    unharmed(act, fault)


def test_a_learning_rate_that_cannot_be_used_entered_with_the_keyboard(visit, unharmed):
    def act():
        visit.write("learning-rate", "abc")
        visit.page.press("#learning-rate", "Enter")

    unharmed(act, "abc")


FIELDS = [
    ("definition", "reload", "line 1"),
    ("snapshot-json", "load-json", "line 1"),
    ("learning-rate", "change-learning-rate", "number"),
]


def is_marked(visit, name):
    return visit.page.get_attribute(f"#{name}", "aria-invalid") == "true"


def has_focus(visit, name):
    return visit.page.evaluate("name => document.activeElement.id === name", name)


@pytest.mark.parametrize(("name", "button", "fault"), FIELDS)
def test_the_wrong_field_is_marked_and_has_the_focus_until_it_is_written_in(
    visit, name, button, fault
):
    visit.write(name, "nonsense")
    visit.press(button)
    visit.expect_message(fault)
    assert has_focus(visit, name)
    assert is_marked(visit, name)
    assert visit.page.get_attribute(f"#{name}", "aria-errormessage") == "message"
    visit.page.keyboard.type("x")
    assert not is_marked(visit, name)
    assert visit.message


def test_a_file_that_is_wrong_is_marked_too(visit):
    file = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Dear network,"}
    visit.page.set_input_files("#open-json", file)
    visit.expect_message("line 1")
    assert is_marked(visit, "open-json")


def test_who_writes_elsewhere_meanwhile_is_left_there(visit):
    visit.write("definition", "nonsense")
    visit.page.evaluate(
        """() => {
            document.getElementById("reload").click();
            document.getElementById("learning-rate").focus();
        }"""
    )
    visit.expect_message("line 1")
    assert is_marked(visit, "definition")
    assert has_focus(visit, "learning-rate")


def test_a_message_stays_when_something_else_succeeds_and_goes_when_the_same_does(visit):
    visit.write("definition", "nonsense")
    visit.press("reload")
    visit.expect_message("line 1")
    visit.write("learning-rate", "0.02")
    visit.press("change-learning-rate")
    visit.wait_until("document.getElementById('learning-rate').dataset.value === '0.02'")
    visit.press("cycle")
    visit.pause()
    visit.resume()
    assert "ine 1" in visit.message
    visit.define(visit.first_definition)
    visit.wait_until("!document.getElementById('message').checkVisibility()")


def test_escape_closes_a_message_from_wherever_one_is(visit):
    visit.write("learning-rate", "fast")
    visit.press("change-learning-rate")
    visit.expect_message("fast")
    visit.page.keyboard.press("Escape")
    assert visit.message == ""
    assert has_focus(visit, "learning-rate")


def test_who_closes_a_message_by_its_button_is_back_where_they_were(visit):
    visit.write("learning-rate", "fast")
    visit.press("change-learning-rate")
    visit.expect_message("fast")
    visit.page.focus("#dismiss")
    visit.page.keyboard.press("Enter")
    assert visit.message == ""
    assert has_focus(visit, "learning-rate")


def test_a_plain_input_event_at_the_json_field_is_as_good_as_any(visit):
    visit.page.evaluate(
        "document.getElementById('snapshot-json').dispatchEvent(new Event('input'))"
    )
    visit.next_frames()
    assert visit.message == ""


def test_a_message_can_be_dismissed_and_the_next_one_shows_again(visit):
    visit.write("learning-rate", "fast")
    visit.press("change-learning-rate")
    visit.expect_message("fast")
    visit.page.get_by_role("button", name="Dismiss").click()
    assert visit.message == ""
    visit.write("learning-rate", "faster")
    visit.press("change-learning-rate")
    visit.expect_message("faster")


def test_a_run_that_diverges_is_paused_and_can_be_saved_and_mended(fresh_visit):
    visit = fresh_visit
    visit.pause()
    visit.define(
        definition(
            'dict(type="fc", num_neurons=20, activation="tanh")',
            trainer='method="sgd", learning_rate=1000000, momentum=0.9, batch_size=50',
        )
    )
    visit.press("pause")
    visit.expect_message("paused.*learning rate")
    assert visit.state == "paused"
    layers = visit.save()["layers"]  # refuses NaN and Infinity
    assert [layer["layer_type"] for layer in layers] == ["input", "fc", "tanh", "fc", "regression"]
    visit.write("learning-rate", "0.01")
    visit.press("change-learning-rate")
    visit.resume()
    visit.train(2000)
    assert visit.state == "training"
    assert visit.message == ""
    assert 0 < visit.number("regression-loss") < 100
