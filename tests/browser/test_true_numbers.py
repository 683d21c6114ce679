"""What the page shows is true of the network that runs now, and keeps still to be read."""

from __future__ import annotations

import pytest
from definitions import SMALL

AVERAGED = ["regression-loss", "l1-loss", "l2-loss", "forward-time", "backward-time"]
SHOWN = """names => names.map(name => {
    const {textContent, dataset} = document.getElementById(name);
    return [textContent, dataset.value ?? null];
})"""


@pytest.mark.parametrize("way", ["reloaded", "loaded"])
def test_a_network_that_has_not_been_trained_has_no_averages(fresh_visit, way):
    visit = fresh_visit
    visit.train(1000)
    visit.pause()
    snapshot = visit.save()
    visit.resume()
    visit.train(1000)
    visit.pause()
    if way == "reloaded":
        visit.define(SMALL)
    else:
        visit.load({"layers": snapshot["layers"]})  # as ConvNetJS writes it
    visit.wait_until("document.getElementById('regression-loss').textContent === '–'")
    assert visit.page.evaluate(SHOWN, AVERAGED) == [["–", None]] * len(AVERAGED)
    visit.resume()
    visit.train(1000)
    shown = visit.page.evaluate(SHOWN, AVERAGED)
    assert all(text != "–" and value is not None for text, value in shown)


def test_a_run_that_was_saved_has_the_losses_that_it_had(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    visit.halt()
    losses = AVERAGED[:3]
    shown, snapshot = visit.page.evaluate(SHOWN, losses), visit.save()
    visit.define(SMALL)
    visit.wait_until("document.getElementById('regression-loss').textContent === '–'")
    visit.load(snapshot)
    visit.wait_until("document.getElementById('regression-loss').textContent !== '–'")
    assert visit.page.evaluate(SHOWN, losses) == shown


def test_there_is_no_gradient_before_the_first_update(fresh_visit):
    visit = fresh_visit
    visit.pause()
    visit.define(SMALL)
    visit.scroll_to('#network [data-layer="1"]')
    caption = "document.querySelectorAll('#network [data-layer=\"1\"] figcaption')[2].textContent"
    visit.wait_until(f"{caption} === 'Gradients: none before the first update'")
    canvas = "document.querySelectorAll('#network [data-layer=\"1\"] canvas')[2]"
    assert visit.page.evaluate(f"coloursOf({canvas})") == 1
    visit.resume()
    visit.scroll_to('#network [data-layer="1"]')
    visit.wait_until(f"{caption} === 'Gradients'")
    visit.wait_until(f"coloursOf({canvas}) > 1")


def test_a_number_that_is_selected_stays_to_be_copied(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    selected = visit.page.evaluate(
        """() => {
            const seen = document.getElementById("examples-seen");
            getSelection().selectAllChildren(seen);
            return seen.textContent;
        }"""
    )
    visit.train(3000)
    assert visit.page.evaluate("String(getSelection())") == selected
    assert visit.text("examples-seen") == selected
    visit.page.evaluate("getSelection().removeAllRanges()")
    visit.wait_until(
        "old => document.getElementById('examples-seen').textContent !== old", selected
    )


def test_a_digit_stays_for_long_enough_to_be_looked_at(fresh_visit):
    visit = fresh_visit
    visit.scroll_to("#current-image")
    stays = visit.page.evaluate(
        """async () => {
            const changes = [];
            let last = null;
            while (changes.length < 4) {
                const now = await new Promise(requestAnimationFrame);
                const pixels = String([...pixelsOf(document.getElementById("current-image"))]);
                if (pixels !== last) changes.push(now);
                last = pixels;
            }
            return changes.slice(2).map((time, index) => time - changes[index + 1]);
        }"""
    )
    assert min(stays) > 1500


def test_an_l1_decay_that_no_layer_takes_part_in_is_explained(fresh_visit):
    visit = fresh_visit
    without = visit.first_definition.replace("l1_decay=0.001, ", "")
    taking_part = visit.first_definition.replace(
        "num_neurons=50,", "num_neurons=50, l1_decay_mul=1,", 1
    )
    assert "l1_decay is 0.001" in visit.text("l1-hint")
    assert "l1_decay_mul" in visit.text("l1-hint")
    for definition in (without, taking_part):
        assert definition != visit.first_definition
        visit.define(definition)
        visit.wait_until("document.getElementById('l1-hint').textContent === ''")
    visit.train(1000)
    assert visit.number("l1-loss") > 0
    visit.define(SMALL)
    assert visit.text("l1-hint") == ""
    visit.define(visit.first_definition)
    visit.wait_until("document.getElementById('l1-hint').textContent !== ''")
