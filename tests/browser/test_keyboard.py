"""Keys press buttons, unless they mean something else where they are pressed."""

from __future__ import annotations

import pytest

LIST = """[...document.querySelectorAll("#key-list > div")]
    .map(line => [...line.children].map(part => part.textContent))"""
LISTED = [
    ["Space", "Pause or resume"],
    [".", "Train on one minibatch, and pause"],
    ["s", "Save the network as a file"],
    ["o", "Open a saved network"],
    ["m", "Let the map fill the screen, or leave it again"],
    ["?", "Show this list of keys"],
]
TOOLTIPS = {
    "#pause": ("Space", "#pause"),
    "#step": (".", "#step"),
    "#download-json": ("s", "#download-json"),
    "label[for=open-json]": ("o", "#open-json"),
    "#map-full-screen": ("m", "#map-full-screen"),
    "#show-keys": ("?", "#show-keys"),
}


@pytest.fixture(scope="module", autouse=True)
def rule_with_a_rate(loaded):
    loaded.train_by_rate()


@pytest.fixture
def keys(visit):
    """The page with the focus nowhere, training, and every key awake."""
    visit.wait_until("document.getElementById('show-keys').title !== ''")
    rest(visit)
    yield visit
    rest(visit)


def rest(visit):
    visit.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    visit.wait_until("document.activeElement === document.body")


def presses(visit, name):
    """Counts clicks on an element from now on, in place of what they do."""
    visit.page.evaluate(
        """name => {
            window.clicks = 0;
            window.forget?.();
            const count = (event) => {
                clicks += 1;
                event.preventDefault();
                event.stopImmediatePropagation();
            };
            const element = document.getElementById(name);
            element.addEventListener("click", count, {capture: true});
            window.forget = () => element.removeEventListener("click", count, {capture: true});
        }""",
        name,
    )


def clicks(visit):
    visit.next_frames()
    return visit.page.evaluate("clicks")


@pytest.fixture
def counted(keys):
    """Counts what the space bar presses."""
    presses(keys, "pause")
    yield keys
    keys.page.evaluate("forget()")


def test_space_pauses_and_resumes_and_does_not_scroll(keys):
    keys.page.keyboard.press("Space")
    keys.wait_for_state("paused")
    assert keys.page.evaluate("scrollY") == 0
    keys.page.keyboard.press("Space")
    keys.wait_for_state("training")


def test_a_point_is_a_step(keys):
    keys.page.keyboard.press(".")
    keys.wait_for_state("paused")
    keys.next_frames()
    seen = keys.save()["convnet_py"]["session"]["examples_seen"]
    rest(keys)
    keys.page.keyboard.press(".")
    keys.wait_until(
        "n => Number(document.getElementById('examples-seen').dataset.value) === n", seen + 50
    )


def test_s_saves_a_file(keys):
    keys.page.evaluate("delete window.showSaveFilePicker")  # else the browser asks where to
    with keys.page.expect_download() as download:
        keys.page.keyboard.press("s")
    assert download.value.suggested_filename.endswith(".json")


def test_o_asks_for_a_file(keys):
    with keys.page.expect_file_chooser() as chooser:
        keys.next_frames()  # until then, Playwright may not have told the browser to ask it
        keys.page.keyboard.press("o")
    assert chooser.value.element.get_attribute("id") == "open-json"


def test_m_fills_the_screen_with_the_map_and_leaves_it(keys):
    keys.page.keyboard.press("m")
    keys.wait_until("document.fullscreenElement?.id === 'map'")
    keys.page.keyboard.press("m")
    keys.wait_until("document.fullscreenElement === null")


def test_a_question_mark_lists_every_key_and_escape_leads_back(keys):
    keys.page.focus("#cycle")
    keys.page.keyboard.press("?")
    keys.page.wait_for_selector("#keys[open]")
    assert keys.page.evaluate(LIST) == LISTED
    assert keys.page.evaluate("document.getElementById('keys').contains(document.activeElement)")
    keys.page.keyboard.press("Escape")
    keys.page.wait_for_selector("#keys", state="hidden")
    assert keys.page.evaluate("document.activeElement.id") == "cycle"


def test_a_button_lists_the_keys_too(keys):
    keys.press("show-keys")
    keys.page.wait_for_selector("#keys[open]")
    keys.page.click("#close-keys")
    keys.page.wait_for_selector("#keys", state="hidden")
    assert keys.page.evaluate("document.activeElement.id") == "show-keys"
    assert keys.page.evaluate("document.getElementById('pace').open")
    keys.page.keyboard.press("Escape")
    assert not keys.page.evaluate("document.getElementById('pace').open")


def test_each_keys_button_says_so_in_its_tooltip_and_to_screen_readers(keys):
    does = dict(LISTED)
    for seen, (key, button) in TOOLTIPS.items():
        assert keys.page.get_attribute(seen, "title") == f"{does[key]} ({key})"
        assert keys.page.get_attribute(button, "aria-keyshortcuts") == key


@pytest.mark.parametrize("field", ["#definition", "#learning-rate", "#seed", "#stop-examples"])
def test_what_is_typed_into_a_field_is_only_typed(counted, field):
    visit = counted
    visit.unfold(field[1:])
    before = visit.value(field[1:])
    visit.page.focus(field)
    visit.page.keyboard.press("End")
    visit.page.keyboard.type("s o.m?")
    assert visit.value(field[1:]) != before
    assert "s o.m?" in visit.value(field[1:])
    assert clicks(visit) == 0
    assert visit.page.locator("#keys[open]").count() == 0
    visit.page.fill(field, before)


def test_keys_in_a_list_choose_from_it(counted):
    counted.page.focus("#hold")
    counted.page.keyboard.press("s")
    counted.page.keyboard.press("?")
    assert counted.page.locator("#keys[open]").count() == 0


def test_keys_in_a_text_of_the_visitors_are_written(counted):
    counted.page.evaluate(
        """() => {
            const text = document.body.appendChild(document.createElement("div"));
            text.id = "written";
            text.contentEditable = "true";
            text.focus();
        }"""
    )
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 0
    counted.page.evaluate("document.getElementById('written').remove()")


def test_the_space_bar_presses_what_has_the_focus_and_nothing_else(counted):
    for selector in ("#pace > summary", "label[for=open-json] + input", "#report"):
        counted.page.evaluate("selector => document.querySelector(selector).focus()", selector)
        counted.page.evaluate(
            "dispatchEvent.call(document.activeElement, new KeyboardEvent('keydown', "
            "{key: ' ', bubbles: true, cancelable: true}))"
        )
        assert clicks(counted) == 0
    counted.page.focus("#pause")
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 1


def test_after_the_slider_was_moved_the_space_bar_pauses(counted):
    counted.page.focus("#noise")
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 1


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta", "Shift"])
def test_keys_with_others_are_the_browsers(counted, modifier):
    counted.page.evaluate(
        """modifier => {
            const held = {Control: "ctrlKey", Alt: "altKey", Meta: "metaKey", Shift: "shiftKey"};
            const options = {key: " ", bubbles: true, cancelable: true, [held[modifier]]: true};
            window.free = document.body.dispatchEvent(new KeyboardEvent("keydown", options));
        }""",
        modifier,
    )
    assert clicks(counted) == 0
    assert counted.page.evaluate("free"), "the browser's own key was taken away"


@pytest.mark.parametrize("what", ["repeat", "isComposing"])
def test_a_key_that_is_held_down_or_part_of_a_letter_does_nothing(counted, what):
    counted.page.evaluate(
        """what => document.body.dispatchEvent(
            new KeyboardEvent("keydown", {key: " ", bubbles: true, [what]: true}))""",
        what,
    )
    assert clicks(counted) == 0


def test_a_key_that_something_else_has_heard_does_nothing(counted):
    counted.page.evaluate(
        """() => {
            const hear = (event) => event.preventDefault();
            document.body.addEventListener("keydown", hear, {once: true});
        }"""
    )
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 0
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 1


def test_no_key_reaches_through_the_list(counted):
    counted.page.keyboard.press("?")
    counted.page.wait_for_selector("#keys[open]")
    counted.page.evaluate(
        "document.getElementById('keys').dispatchEvent(new KeyboardEvent('keydown', "
        "{key: ' ', bubbles: true}))"
    )
    assert clicks(counted) == 0
    counted.page.keyboard.press("Escape")
    counted.page.wait_for_selector("#keys", state="hidden")


def test_who_has_no_use_for_keys_can_turn_them_off(counted):
    counted.page.keyboard.press("?")
    counted.page.click("#use-keys")
    counted.wait_until("document.getElementById('use-keys').ariaPressed === 'false'")
    counted.page.click("#close-keys")
    rest(counted)
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 0
    counted.press("show-keys")
    counted.page.click("#use-keys")
    counted.wait_until("document.getElementById('use-keys').ariaPressed === 'true'")
    counted.page.click("#close-keys")
    rest(counted)
    counted.page.keyboard.press("Space")
    assert clicks(counted) == 1
