"""Every preset leads to what its line says one will see."""

from __future__ import annotations

import pytest

from autoencoder.presets import PRESETS
from autoencoder.session import DEFAULT_DEFINITION
from convnet import parse_definition


def open_presets(visit) -> None:
    visit.page.evaluate("document.getElementById('presets').open = true")


def fold_all(visit) -> None:
    """Folds all that is open, which the address would tell of."""
    visit.page.evaluate(
        "document.querySelectorAll('details[open]').forEach(fold => { fold.open = false; })"
    )


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_opens_in_place_and_trains(fresh_visit, preset):
    visit = fresh_visit
    fold_all(visit)
    texts = preset.texts
    visit.set_noise(25)
    open_presets(visit)
    visit.page.get_by_role("link", name=preset.name, exact=True).click()
    visit.wait_until(
        "noise => document.getElementById('noise').value === noise", texts.get("noise", "10")
    )
    visit.next_frames()
    definition = texts.get("definition", DEFAULT_DEFINITION)
    assert parse_definition(visit.value("definition")) == parse_definition(definition)
    fold_all(visit)
    if preset.name == "Diverging":
        visit.expect_message("stopped being a finite number")
        visit.close_message()
    visit.wait_until("address => location.hash === address", preset.address)
    if preset.name == "Diverging":
        visit.write("learning-rate", "0.001")
        visit.press("change-learning-rate")
        visit.resume()
    visit.train(200)
    assert visit.message == ""


def test_a_preset_that_one_is_at_begins_anew_and_with_a_key_another_tab_has_it(fresh_visit):
    visit = fresh_visit
    fold_all(visit)
    link = visit.page.locator("#presets a").first
    open_presets(visit)
    link.click()
    fold_all(visit)
    visit.wait_until("location.hash === '#seed=1'")
    visit.train(3000)
    visit.page.evaluate("window.before = examplesShown.length - 1")
    open_presets(visit)
    link.click()
    visit.wait_until("examplesShown.slice(before).some((n, i, all) => n < all[i - 1])")
    with visit.context.expect_page() as opened:
        visit.page.locator("#presets a").last.click(modifiers=["Control"])
    assert "noise=0" in opened.value.url
    opened.value.close()
    assert visit.value("noise") == "10"
    fold_all(visit)
    visit.faults.clear()  # of the tab that was closed before it had loaded
