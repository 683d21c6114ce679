"""The sheet Pace: steps, speed, where to stop."""

from __future__ import annotations

import pytest
from definitions import numbers

WIDE = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=400, activation="relu"),
    dict(type="fc", num_neurons=2),
    dict(type="regression", num_neurons=784),
]
trainer = Trainer(Net(layer_defs), method="adam", learning_rate=0.001, batch_size=1000)
"""
"""Its minibatches are taken in parts."""


@pytest.fixture
def paced(fresh_visit):
    """The page, paused before its first network is trained any further than the page shows."""
    fresh_visit.pause()
    yield fresh_visit
    for field in ("stop-examples", "stop-loss"):
        enter(fresh_visit, field, "")
    fresh_visit.page.select_option("#speed", "inf")
    fresh_visit.close_message()
    fresh_visit.page.evaluate("document.activeElement.blur()")


def enter(visit, field, text):
    visit.write(field, text)
    visit.page.press(f"#{field}", "Enter")
    visit.page.evaluate("document.activeElement.blur()")


def shown(visit):
    """What the page shows of the run, once it is all drawn."""
    return visit.page.evaluate(
        """() => [...document.querySelectorAll("#embedding, #current-reconstruction")]
            .map(canvas => pixelsOf(canvas).join())"""
    )


def wait_for_examples(visit, count):
    visit.wait_until(
        "count => Number(document.getElementById('examples-seen').dataset.value) === count", count
    )


# Steps


def test_a_step_is_one_minibatch_and_shows_in_every_picture(paced):
    visit = paced
    seen, before, weights = visit.number("examples-seen"), shown(visit), numbers(visit.save())
    visit.press("step")
    wait_for_examples(visit, seen + 50)
    visit.wait_until(
        """before => [...document.querySelectorAll("#embedding, #current-reconstruction")]
            .every((canvas, index) => pixelsOf(canvas).join() !== before[index])""",
        before,
    )
    assert visit.state == "paused"
    assert numbers(visit.save()) != weights
    for count in (2, 3):
        visit.press("step")
        wait_for_examples(visit, seen + 50 * count)


def test_a_step_pauses_what_was_running(paced):
    visit = paced
    visit.resume()
    visit.press("step")
    visit.wait_for_state("paused")
    visit.next_frames()
    seen = visit.save()["convnet_py"]["session"]["examples_seen"]
    for _ in range(20):
        visit.next_frames()
    assert visit.save()["convnet_py"]["session"]["examples_seen"] == seen


def test_a_step_that_takes_longer_than_a_frame_is_one_minibatch_too(paced):
    visit = paced
    visit.resume()
    visit.define(WIDE)
    visit.pause()
    visit.press("step")  # ends what is half done
    visit.next_frames()
    visit.wait_until("document.getElementById('examples-seen').dataset.value % 1000 === 0")
    seen = visit.number("examples-seen")
    for count in (1, 2):
        visit.press("step")
        wait_for_examples(visit, seen + 1000 * count)


# Speed


@pytest.mark.parametrize("speed", ["10", "1"])
def test_speed_and_the_number_that_is_shown_for_it_agree(paced, speed):
    visit = paced
    visit.unfold("speed")
    visit.page.select_option("#speed", speed)
    visit.resume()
    expected = 50 * int(speed)
    visit.wait_until(
        """expected => {
            const shown = Number(document.getElementById("examples-per-second").dataset.value);
            return Math.abs(shown - expected) < 0.15 * expected;
        }""",
        expected,
    )
    before = visit.page.evaluate("[examplesShown.at(-1), performance.now()]")
    visit.train(2 * expected)
    after = visit.page.evaluate("[examplesShown.at(-1), performance.now()]")
    # Never faster: a busy machine may be slower. What is shown is up to half a second old.
    seconds = (after[1] - before[1]) / 1000
    assert after[0] - before[0] <= expected * (seconds + 1.1)


# Stops


def test_training_stops_at_the_first_minibatch_with_so_many_examples_and_says_so(paced):
    visit = paced
    stop = int(visit.number("examples-seen")) + 1010
    enter(visit, "stop-examples", str(stop))
    assert visit.value("stop-examples") == str(stop)
    visit.press("pause")
    wait_for_examples(visit, stop + 40)
    assert visit.state == "paused"
    assert visit.save()["convnet_py"]["session"]["examples_seen"] == stop + 40
    assert visit.text("stop-status") == (
        f"Paused: the stop at {stop:,} examples is reached. Resume goes on."
    )
    assert visit.page.get_by_role("status").locator("xpath=self::*[@id='stop-status']").count() == 1
    assert visit.page.is_visible("#stop-status")
    assert visit.message == ""
    visit.resume()
    assert visit.value("stop-examples") == ""
    assert visit.text("stop-status") == ""
    visit.train(1000)


def test_training_stops_at_a_loss(paced):
    visit = paced
    visit.resume()
    visit.wait_until("document.getElementById('total-loss').dataset.value < 40")
    visit.train(50 * 100)
    loss = round(visit.number("total-loss") - 0.5, 1)
    enter(visit, "stop-loss", str(loss))
    visit.wait_for_state("paused")
    visit.wait_until(
        "loss => Number(document.getElementById('total-loss').dataset.value) <= loss", loss
    )
    assert f"loss of {loss:g}" in visit.text("stop-status")
    enter(visit, "stop-loss", "")
    visit.wait_until("document.getElementById('stop-status').textContent === ''")


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("stop-examples", "many", "The number of examples to stop at must be a whole number"),
        ("stop-examples", "-5", "The number of examples to stop at must be a whole number"),
        ("stop-loss", "low", "The loss to stop at must be a number"),
    ],
)
def test_what_cannot_be_a_stop_is_told_and_changes_nothing(paced, field, text, sentence):
    visit = paced
    enter(visit, field, text)
    visit.expect_message(sentence)
    assert visit.page.get_attribute(f"#{field}", "aria-invalid") == "true"
    assert visit.page.get_attribute(f"#{field}", "data-value") == ""
    visit.resume()
    visit.train(1000)
    enter(visit, field, "")
    visit.wait_until("document.getElementById('notice').hidden")


def test_the_time_of_training_is_saved_with_the_run(paced):
    visit = paced
    before = visit.save()["convnet_py"]["session"]["seconds"]
    assert before > 0
    assert visit.save()["convnet_py"]["session"]["seconds"] == before
    visit.resume()
    visit.train(1000)
    visit.pause()
    assert visit.save()["convnet_py"]["session"]["seconds"] > before


# Looks


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1024, 768), (360, 740)])
def test_all_of_the_sheet_can_be_seen_and_used(visit, width, height):
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.unfold("step")
    for name in ("seed", "dice", "speed", "step", "stop-examples", "stop-loss", "background"):
        visit.page.click(f"#{name}", trial=True)
        box = visit.page.locator(f"#{name}").bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width, name
    visit.page.click("#pace > summary")
    visit.page.evaluate("scrollTo(0, 0)")
    visit.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (360, 740)])
def test_what_is_said_of_a_stop_is_in_sight_and_moves_nothing(paced, width, height):
    visit = paced
    visit.page.set_viewport_size({"width": width, "height": height})
    places = """() => ["pause", "noise", "embedding"].map(name => {
        const {x, y} = document.getElementById(name).getBoundingClientRect();
        return [x, y + scrollY].join();
    })"""
    before = visit.page.evaluate(places)
    enter(visit, "stop-examples", "1")
    visit.wait_until("document.getElementById('stop-status').textContent !== ''")
    visit.page.click("#pace > summary")
    box = visit.page.locator("#stop-status").bounding_box()
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert 0 <= box["y"] <= box["y"] + box["height"] <= height
    visit.page.evaluate("scrollTo(0, 0)")
    assert visit.page.evaluate(places) == before
    visit.page.set_viewport_size({"width": 1280, "height": 900})
