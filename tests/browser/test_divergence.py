"""A run that diverges is back where it was sound, and the page shows nothing else."""

from __future__ import annotations

import json

import pytest
from definitions import SMALL

MOMENTUM = SMALL.replace("momentum=0", "momentum=0.9")


def change_rate(visit, rate):
    visit.write("learning-rate", rate)
    visit.press("change-learning-rate")
    visit.wait_until(
        "rate => Number(document.getElementById('learning-rate').dataset.value) === rate",
        float(rate),
    )


def test_what_the_page_suggests_to_try_does_what_it_says(fresh_visit):
    visit = fresh_visit
    suggested = 'method="sgd", momentum=0.9, learning_rate=0.01'
    assert suggested in visit.page.content()
    visit.define(visit.first_definition.replace('method="adadelta", learning_rate=1', suggested))
    visit.train(10_000)
    assert visit.state == "training"
    loss = visit.number("regression-loss")
    change_rate(visit, "0.1")
    visit.expect_message(r"paused.*back where it was after [\d,]+ examples.*smaller")
    visit.next_frames()
    assert visit.state == "paused"
    assert visit.number("examples-seen") >= 9_000
    assert visit.number("regression-loss") == pytest.approx(loss, rel=0.5)
    assert len(visit.text("regression-loss")) < 10
    curve = visit.save()["convnet_py"]["session"]["curve"]
    assert curve["examples"][-1] <= visit.number("examples-seen")
    assert max(curve["losses"]) < 200

    change_rate(visit, "0.01")
    visit.resume()
    visit.train(5_000)
    assert visit.state == "training"


def test_another_network_goes_on_training_after_one_that_diverged(fresh_visit):
    visit = fresh_visit
    visit.define(MOMENTUM)
    visit.train(500)
    change_rate(visit, "1000000")
    visit.expect_message("paused")
    visit.write("definition", SMALL)
    visit.press("reload")
    visit.wait_for_state("training")
    visit.train(500)


def test_a_rule_without_a_learning_rate_does_not_ask_for_one(fresh_visit):
    visit = fresh_visit
    for name in ("learning-rate", "change-learning-rate"):
        assert visit.page.locator(f"#{name}").is_disabled()
    assert "ignores it" in visit.text("learning-rate-hint")
    visit.define(SMALL)
    visit.next_frames()
    for name in ("learning-rate", "change-learning-rate"):
        assert visit.page.locator(f"#{name}").is_enabled()
    assert visit.text("learning-rate-hint") == ""


def test_a_rate_that_is_another_than_the_text_says_is_shown_as_that(fresh_visit):
    visit = fresh_visit
    visit.define(SMALL)
    visit.next_frames()
    assert visit.text("definition-hint") == ""
    change_rate(visit, "0.02")
    visit.next_frames()
    assert "0.01" in visit.text("definition-hint")
    assert "0.02" in visit.text("definition-hint")
    change_rate(visit, "0.01")
    visit.next_frames()
    assert visit.text("definition-hint") == ""


def test_what_is_typed_while_a_reload_runs_is_not_overwritten(fresh_visit):
    visit = fresh_visit
    visit.write("definition", SMALL)
    visit.page.evaluate(
        """() => {
            const field = document.getElementById("definition");
            document.getElementById("reload").click();
            field.value += "# and more";
            field.dispatchEvent(new InputEvent("input"));
        }"""
    )
    visit.wait_until("document.querySelectorAll('#layers [data-layer]').length === 3")
    visit.train(500)
    assert visit.value("definition") == SMALL + "# and more"
    saved = visit.save()
    assert saved["convnet_py"]["session"]["definition"] == SMALL
    visit.load(saved)
    assert visit.value("definition") == SMALL


def test_a_snapshot_that_leaves_nothing_to_draw_harms_nothing(fresh_visit):
    visit = fresh_visit
    visit.train(500)
    loss = {
        "layer_type": "regression",
        "num_inputs": 784,
        "out_depth": 784,
        "out_sx": 1,
        "out_sy": 1,
    }
    volume = {"layer_type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1}
    visit.write("snapshot-json", json.dumps({"layers": [volume, loss]}))
    visit.press("load-json")
    visit.expect_message("no layer between")
    visit.train(500)
    assert visit.state == "training"


WRITES = """() => {
    let writes = 0;
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...image) {
        writes += 1;
        put.apply(this, image);
    };
    window.writesOf = () => writes;
}"""


def test_paused_no_picture_is_made_again_until_something_changes(fresh_visit):
    visit = fresh_visit
    visit.page.evaluate(WRITES)
    visit.pause()
    for _ in range(60):
        visit.next_frames()
    writes = visit.page.evaluate("writesOf()")
    for _ in range(60):
        visit.next_frames()
    assert visit.page.evaluate("writesOf()") == writes
    visit.press("cycle")
    visit.wait_until("writes => writesOf() > writes", writes)
    for _ in range(60):
        visit.next_frames()
    writes = visit.page.evaluate("writesOf()")
    visit.scroll_to("#network article:last-child")
    visit.wait_until("writes => writesOf() > writes", writes)
