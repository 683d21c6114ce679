"""What one has found can be shown to others: links and frames."""

from __future__ import annotations

import itertools

import pytest
from definitions import SMALL, numbers
from watched import ABANDONED

UPDATES = 100
EXAMPLES = 50 * UPDATES

HASH = "text => location.hash.includes(text)"


def address(visit) -> str:
    return visit.page.evaluate("location.href")


def open_at(new_visit, site, where, state="training", **options):
    visit = new_visit(site + where, **options)
    visit.page.goto(visit.url, wait_until="commit")
    visit.wait_for_state(state)
    visit.page.wait_for_selector("#pause:enabled")
    visit.page.wait_for_selector("#presets li", state="attached")
    return visit


def wait_for_stop(visit) -> None:
    visit.wait_for_state("paused")
    visit.wait_until(
        "n => Number(document.getElementById('examples-seen').dataset.value) === n", EXAMPLES
    )


def test_a_link_in_another_browser_leads_to_the_same_weights(new_visit, site):
    where = f"?examples={EXAMPLES}#seed=7&noise=30&map_pair=1,0"
    here = open_at(new_visit, site, where, "paused")
    wait_for_stop(here)
    here.press("copy-link")
    link = here.value("share-link")
    assert link == address(here) == f"{site}#seed=7&examples={EXAMPLES}&noise=30&map_pair=1,0"
    there = new_visit(link)
    there.page.goto(link)
    wait_for_stop(there)
    assert numbers(there.save()) == numbers(here.save())
    assert there.message == here.message == ""
    assert "Neurons 1 (across) and 0 (upward)" in there.text("cycle-status")


def test_a_definition_goes_into_the_link_and_stands_over_lines_where_it_is_opened(
    fresh_visit, new_visit, site
):
    fresh_visit.define(SMALL)
    definition = "definition=Trainer(Net([dict(type='input',out_sx=28,"
    fresh_visit.wait_until(
        "text => location.hash.includes(text) && !location.hash.includes('paused')", definition
    )
    there = open_at(new_visit, "", address(fresh_visit))
    assert there.value("definition").count("\n") >= 5
    assert there.text("layers").startswith("input(784)fc(3)")


def test_the_address_follows_what_is_set_and_the_history_stays_short(fresh_visit):
    visit = fresh_visit
    visit.wait_until("location.hash.includes('seed=')")
    length = visit.page.evaluate("history.length")
    for percent in (30, 45, 60):
        visit.set_noise(percent)
        visit.wait_until(HASH, f"noise={percent}")
    visit.pause()
    visit.wait_until(HASH, "paused")
    visit.page.click("#details > summary")
    visit.wait_until(HASH, "show=details")
    visit.page.click("#details > summary")
    visit.page.click("#layers button >> nth=0")
    visit.wait_until(HASH, "map_layer=1")
    visit.page.click("#layers button >> nth=4")
    visit.resume()
    visit.set_noise(10)
    visit.wait_until("/^#seed=[0-9]+$/.test(location.hash)")
    assert visit.page.evaluate("history.length") == length


def test_a_link_that_is_pasted_into_the_page_is_opened_there(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    visit.set_noise(60)
    visit.page.evaluate("location.hash = '#seed=5&paused'")
    visit.wait_for_state("paused")
    visit.wait_until("document.getElementById('seed').value === '5'")
    assert visit.number("examples-seen") == 0
    assert visit.value("noise") == "10"
    visit.page.evaluate("location.hash = '#noise=20'")
    visit.wait_until("document.getElementById('noise').value === '20'")
    assert (visit.state, visit.value("seed")) == ("paused", "5")
    visit.wait_until(HASH, "seed=5&paused&noise=20")


def test_a_place_on_the_page_is_no_setting(fresh_visit):
    visit = fresh_visit
    seen = visit.number("examples-seen")
    visit.page.evaluate("location.hash = '#network-section'")
    visit.train(1000)
    assert visit.number("examples-seen") > seen
    assert visit.message == ""
    visit.page.evaluate("scrollTo(0, 0)")


def test_parts_are_hidden_and_folds_opened(new_visit, site):
    where = "?paused&hide=header,map,flow,own,denoising,network,footer&show=details,presets"
    visit = open_at(new_visit, site, where, "paused")
    for selector in (
        "body > header",
        "#map",
        "#flow",
        "#own",
        "#denoising",
        "#network-section",
        "main > footer",
    ):
        assert visit.page.locator(selector).is_hidden(), selector
    for selector in ("#loss", "#define", "#pause", "#l1-loss", "#presets li >> nth=0"):
        assert visit.page.locator(selector).is_visible(), selector
    assert visit.number("examples-seen") == 0
    boxes = visit.page.evaluate(
        """() => ["bar", "loss", "define"].map(id => {
            const {top, bottom, left, right} = document.getElementById(id).getBoundingClientRect();
            return {top, bottom, left, right};
        })"""
    )
    for upper, lower in itertools.pairwise(boxes):
        assert 0 < lower["top"] - upper["bottom"] < 20  # no gap where the others were
        assert (lower["left"], lower["right"]) == (upper["left"], upper["right"])
    visit.wait_until(HASH, "hide=header,flow,map,own,denoising,network,footer&show=details,presets")


@pytest.mark.parametrize(
    "hidden",
    [
        "map",
        "loss",
        "bar",
        "flow,loss,bar",
        "map,loss,define",
        "bar,flow,map,loss",
        "bar,own",
        "bar,denoising",
    ],
)
def test_what_is_left_keeps_its_order_and_covers_nothing(visit, hidden):
    visit.page.evaluate("names => { location.hash = `#hide=${names}`; }", hidden)
    visit.wait_until(
        "names => document.querySelectorAll('.away').length === names", hidden.count(",") + 1
    )
    boxes = visit.page.evaluate(
        """() => [...document.querySelectorAll("main > section:not(.away), footer")].map(part => {
            const {top, bottom, left, right} = part.getBoundingClientRect();
            return {top, bottom, left, right};
        })"""
    )
    for one, other in itertools.combinations(boxes, 2):
        beside = one["right"] <= other["left"] or other["right"] <= one["left"]
        assert beside or one["bottom"] <= other["top"]
    visit.page.evaluate("location.hash = '#hide='")
    visit.wait_until("document.querySelectorAll('.away').length === 0")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("#noise=<img src=x onerror=alert(1)>", '"noise", which was left out'),
        ("?paused=<b>&seed=-1&definition=Net(&hide=<b>&%3Cscript%3E=1", " and 1 more"),
        ("#definition=while(true){}", "loops"),
        ("#seed=%ff%fe%00&=&&==&&%&noise=9e999", "seed"),
        ("#show=javascript:alert(1)", "show"),
        ("#hide=bar,%3Cimg%3E", "hide"),
        ("#noise=" + "9" * 30_000, "characters"),
        ("#nobody", '"nobody"'),
    ],
)
def test_what_is_wrong_in_an_address_is_told_in_a_sentence_and_the_page_trains(
    new_visit, site, where, words
):
    visit = new_visit(site + where)
    visit.page.on("dialog", lambda _: pytest.fail("something of the address was run"))
    visit.page.goto(visit.url, wait_until="commit")
    visit.wait_for_state("training")
    assert words in visit.expect_message("address")
    assert visit.page.locator("#message *, main script, main img").count() == 0
    visit.train(500)
    visit.wait_until("/^#seed=[0-9]+(&hide=bar)?$/.test(location.hash)")


def test_what_is_wrong_in_a_pasted_link_leaves_the_run_alone(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    before = len(visit.examples_shown())
    seen, definition = visit.number("examples-seen"), visit.value("definition")
    visit.page.evaluate("location.hash = '#definition=Net([<b>])&noise=x'")
    assert '"definition"' in visit.expect_message("address is wrong")
    visit.train(1000)
    assert visit.number("examples-seen") > seen
    assert visit.value("definition") == definition
    assert visit.examples_shown()[before:] == sorted(visit.examples_shown()[before:])
    visit.close_message()


def test_the_link_is_copied(new_visit, site):
    visit = open_at(new_visit, site, "#seed=7&paused", "paused")
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.press("copy-link")
    visit.wait_until("document.getElementById('share-status').textContent === 'Copied.'")
    assert visit.page.evaluate("navigator.clipboard.readText()") == f"{site}#seed=7&paused"
    visit.press("copy-frame")
    visit.wait_until("navigator.clipboard.readText().then(text => text.startsWith('<iframe'))")
    source = visit.page.evaluate(
        "text => new DOMParser().parseFromString(text, 'text/html').querySelector('iframe').src",
        visit.page.evaluate("navigator.clipboard.readText()"),
    )
    assert source == f"{site}#seed=7&paused"


def test_without_a_clipboard_the_link_is_copied_from_its_field(new_visit, site):
    visit = new_visit(site + "#seed=7&paused")
    visit.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    visit.page.goto(visit.url)
    visit.page.wait_for_selector("#presets li", state="attached")
    visit.press("copy-link")
    visit.wait_until("document.getElementById('share-status').textContent === 'Copied.'")
    assert visit.page.evaluate("getSelection().toString()") == f"{site}#seed=7&paused"
    visit.page.evaluate("document.execCommand = () => false")
    visit.press("copy-link")
    visit.wait_until("document.getElementById('share-status').textContent.includes('field')")


def test_a_run_from_elsewhere_says_that_its_weights_are_not_in_the_link(fresh_visit):
    visit = fresh_visit
    layers = {"layers": visit.save()["layers"]}
    visit.load(layers)
    visit.page.click("#share > summary")
    visit.wait_until("document.getElementById('share-hint').textContent.includes('weights')")
    visit.page.click("#share > summary")


def test_a_definition_that_is_too_long_for_a_link_is_left_out_and_that_is_told(fresh_visit):
    visit = fresh_visit
    layer = '    dict(type="fc", num_neurons=3, activation="tanh"),'
    long_layer = layer.replace("3,", "3, bias_pref=0, l1_decay_mul=0, l2_decay_mul=1,")
    visit.define(SMALL.replace(layer, "\n".join([long_layer] * 25)))
    visit.page.click("#share > summary")
    visit.wait_until("document.getElementById('share-hint').textContent.includes('2,000')")
    assert "definition" not in visit.value("share-link")
    assert "seed" not in visit.value("share-link")
    visit.page.click("#share > summary")


KEEPS_NOTHING = (
    "This browser keeps nothing for this page: save the run as a file before you close it."
)


def test_in_a_frame_of_another_site_it_trains_and_is_copied_from(new_visit, site, framed):
    inner = f"{site}#seed=7&hide=header,footer"
    visit = new_visit(
        framed(inner, 'width="900" height="700"').replace("127.0.0.1", "localhost"),
        f"favicon|Permissions policy|{ABANDONED.pattern}",
    )
    visit.page.goto(visit.url)
    frame = visit.page.frame_locator("iframe")
    frame.locator('body[data-state="training"]').wait_for()
    frame.locator("#presets li").first.wait_for(state="attached")
    assert frame.locator("body > header").is_hidden()
    frame.locator("#share > summary").click()
    frame.locator("#copy-link").click()
    frame.locator("#share-status", has_text="Copied.").wait_for()
    assert frame.locator("#share-link").input_value() == inner
    assert frame.locator("#message").text_content() in ("", KEEPS_NOTHING)
    visit.foreign.clear()  # all that the frame asks for is from another site than the outer page
