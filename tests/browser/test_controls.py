"""Each control does its work."""

from __future__ import annotations

import pytest
from definitions import CONVNETJS_TEXT, LAYERS, SMALL, numbers

LAYER_BUTTONS = "[...document.querySelectorAll('#layers [data-layer]')].map(b => b.textContent)"


# Pause


def test_controls_begin_with_what_is_set(new_visit):
    visit = new_visit()
    visit.open()
    visit.wait_until("!document.getElementById('hold').disabled")
    assert visit.value("noise") == "10"
    assert visit.text("noise-value") == "10%"
    assert visit.value("hold") == "2"
    assert visit.text("keep") == "Keep it"
    assert visit.page.get_attribute("#noise", "max") == "90"
    assert visit.page.locator("#layers [aria-pressed=true]").get_attribute("data-layer") == "5"


def test_pausing_stops_training_and_resuming_goes_on(fresh_visit):
    visit = fresh_visit
    label = visit.text("pause")
    visit.press("pause")
    visit.wait_for_state("paused")
    assert visit.text("pause") != label
    visit.next_frames()
    seen = visit.save()
    count = visit.number("examples-seen")
    for _ in range(30):
        visit.next_frames()
    assert visit.number("examples-seen") == count
    assert numbers(visit.save()) == numbers(seen)
    visit.press("pause")
    visit.wait_for_state("training")
    assert visit.text("pause") == label
    visit.train(1000)


def test_a_click_is_answered_in_the_next_frame(fresh_visit):
    state = fresh_visit.page.evaluate(
        """async () => {
            document.getElementById("pause").click();
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            return document.body.dataset.state;
        }"""
    )
    assert state == "paused"


# Learning rate


def change_by_button(visit, rate):
    visit.write("learning-rate", rate)
    visit.press("change-learning-rate")


def change_by_enter(visit, rate):
    visit.write("learning-rate", rate)
    visit.page.press("#learning-rate", "Enter")


@pytest.mark.parametrize("change", [change_by_button, change_by_enter])
def test_the_learning_rate_is_the_one_that_the_trainer_takes(fresh_visit, change):
    visit = fresh_visit
    visit.define(SMALL)
    assert visit.number("learning-rate") == 0.01
    change(visit, "0")
    visit.wait_until("document.getElementById('learning-rate').dataset.value == 0")
    visit.train(50 * 110)  # the losses are averaged over a window of 100 minibatches
    first = visit.number("l2-loss")
    visit.train(50 * 50)
    assert visit.number("l2-loss") == first > 0
    change(visit, "0.02")
    visit.wait_until("document.getElementById('learning-rate').dataset.value == 0.02")
    visit.train(50 * 50)
    assert visit.number("l2-loss") != first
    assert visit.message == ""


def test_what_is_typed_stays_until_it_is_entered(fresh_visit):
    visit = fresh_visit
    visit.define(SMALL)
    visit.write("learning-rate", "0.25")
    visit.train(1000)
    assert visit.value("learning-rate") == "0.25"
    assert visit.number("learning-rate") == 0.01


# Noise


def corruption(visit):
    """How many pixels of the current image differ from what the network sees, and how many do not.

    Pixels that are black anyway are left out.
    """
    return visit.page.evaluate(
        """() => {
            const pixels = (id) => pixelsOf(document.getElementById(id));
            const clean = pixels("current-image"), noisy = pixels("current-corrupted");
            const black = 0xff000000;
            const digit = [...clean.keys()].filter(i => clean[i] !== black);
            const kept = digit.filter(i => noisy[i] === clean[i]);
            const out = digit.filter(i => noisy[i] === black);
            return [out.length, kept.length, digit.length];
        }"""
    )


def test_without_noise_the_network_sees_the_image_itself(fresh_visit):
    visit = fresh_visit
    visit.set_noise(0)
    visit.train(1000)
    visit.halt()
    out, kept, digit = corruption(visit)
    assert out == 0
    assert kept == digit > 20


def test_with_much_noise_most_pixels_are_blacked_out_and_the_others_kept(fresh_visit):
    visit = fresh_visit
    visit.page.focus("#noise")
    visit.page.keyboard.press("End")
    assert visit.value("noise") == "90"
    visit.train(1000)
    visit.halt()
    out, kept, digit = corruption(visit)
    assert out > 0.7 * digit > 14
    assert out + kept == digit


# Loss graph

# Axes and grid are grey; only the curve has a colour.
COLOURED = """\
(() => {
    const canvas = document.querySelector("#loss-graph canvas");
    let coloured = 0;
    for (const pixel of pixelsOf(canvas)) {
        const parts = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
        if (pixel >>> 24 > 128 && Math.max(...parts) - Math.min(...parts) > 60) coloured += 1;
    }
    return coloured;
})()"""


def test_the_loss_graph_is_drawn_cleared_and_drawn_again(fresh_visit):
    visit = fresh_visit
    visit.scroll_to("#loss-graph")
    visit.wait_until(f"{COLOURED} > 20")
    visit.pause()
    visit.press("clear-graph")
    visit.wait_until(f"{COLOURED} === 0")
    assert visit.page.evaluate("coloursOf(document.querySelector('#loss-graph canvas'))") > 1
    visit.resume()
    visit.wait_until(f"{COLOURED} > 20")


# Definition


def test_a_definition_in_python_is_trained(fresh_visit):
    visit = fresh_visit
    visit.define(SMALL)
    visit.wait_until(f"{LAYER_BUTTONS}.join() === 'fc(3),tanh(3),fc(784)'")
    assert visit.number("learning-rate") == 0.01
    visit.train(1000)
    types = [layer["layer_type"] for layer in visit.save()["layers"]]
    assert types == ["input", "fc", "tanh", "fc", "regression"]
    assert visit.message == ""


def test_convnetjs_own_definition_is_trained_as_it_is(fresh_visit):
    visit = fresh_visit
    visit.define(CONVNETJS_TEXT)
    buttons = [f"{kind}({size})" for kind, size in LAYERS[1:-1]]
    visit.wait_until(f"{LAYER_BUTTONS}.join() === {','.join(buttons)!r}")
    visit.train(1000)
    snapshot = visit.save()
    assert [layer["layer_type"] for layer in snapshot["layers"]] == [kind for kind, _ in LAYERS]
    assert visit.value("definition") == CONVNETJS_TEXT
    assert visit.message == ""


def test_a_reload_makes_a_new_network(fresh_visit):
    visit = fresh_visit
    visit.pause()
    before = numbers(visit.save())
    visit.define(visit.first_definition)
    assert visit.number("examples-seen") == 0
    after = numbers(visit.save())
    assert len(after) == len(before)
    assert sum(old != new for old, new in zip(before, after, strict=True)) > 80_000


def test_a_network_of_convolutions_is_trained(fresh_visit):
    visit = fresh_visit
    visit.define(
        """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=5, filters=4, stride=2, activation="relu"),
    dict(type="pool", sx=2, stride=2),
    dict(type="fc", num_neurons=10, drop_prob=0.1),
    dict(type="regression", num_neurons=784),
]
trainer = Trainer(Net(layer_defs), method="adam", learning_rate=0.001, batch_size=10)
"""
    )
    visit.train(500)
    assert visit.message == ""


# Which layer and neurons the map shows


def test_each_layer_between_input_and_loss_has_a_button(fresh_visit):
    visit = fresh_visit
    buttons = visit.page.eval_on_selector_all(
        "#layers [data-layer]", "all => all.map(b => [b.dataset.layer, b.textContent])"
    )
    expected = [f"{kind}({size})" for kind, size in LAYERS]
    assert buttons == [[str(i), expected[i]] for i in range(1, len(LAYERS) - 1)]


PRESSED = "[...document.querySelectorAll('#layers [aria-pressed=true]')].map(b => b.dataset.layer)"


def test_a_layers_button_is_pressed_when_it_is_chosen(fresh_visit):
    visit = fresh_visit
    assert visit.page.evaluate(PRESSED) == ["5"]
    visit.page.click('#layers [data-layer="2"]')
    visit.wait_until(f"{PRESSED}.join() === '2'")
    assert "tanh(50)" in visit.text("cycle-status")
    assert visit.page.locator("#layers [aria-pressed=false]").count() == 9


def test_the_map_begins_with_the_bottleneck_and_cycling_swaps_its_neurons(fresh_visit):
    visit = fresh_visit
    first = visit.text("cycle-status")
    assert "fc(2)" in first
    visit.press("cycle")
    visit.wait_until("t => document.getElementById('cycle-status').textContent !== t", first)
    visit.press("cycle")
    visit.wait_until("t => document.getElementById('cycle-status').textContent === t", first)


def test_cycling_goes_through_a_layers_neurons_and_wraps(fresh_visit):
    visit = fresh_visit
    visit.define(SMALL)
    visit.page.click('#layers [data-layer="1"]')
    visit.next_frames()
    texts = [visit.text("cycle-status")]
    for _ in range(3):
        visit.press("cycle")
        visit.wait_until(
            "t => document.getElementById('cycle-status').textContent !== t", texts[-1]
        )
        texts.append(visit.text("cycle-status"))
    assert len(set(texts)) == 3
    assert texts[3] == texts[0]


def test_what_was_typed_stays_while_the_network_that_there_is_starts_again(fresh_visit):
    visit = fresh_visit
    visit.write("definition", "nonsense")
    visit.press("reload")
    visit.expect_message("line 1")
    visit.train(1000)
    shown = len(visit.examples_shown())
    visit.press("restart")
    visit.wait_until(
        "shown => examplesShown.slice(shown).some(n => n < examplesShown[shown - 1])", shown
    )
    visit.wait_until("document.getElementById('reload-status').textContent !== ''")
    assert visit.value("definition") == "nonsense"
    assert visit.text("reload-status").startswith("Started anew with 84,586 parameters")
    assert "fc(2)" in visit.text("cycle-status")
