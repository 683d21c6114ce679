"""A hidden tab: training stands still there and the page says so, or goes on if one wants it."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from tabs import AS_VISITORS_HAVE_IT, Tabs

SHOWN = "Number(document.getElementById('examples-seen').dataset.value)"
SPEED = "Number(document.getElementById('examples-per-second').dataset.value)"
INTERRUPTION = "document.getElementById('interruption').textContent"
SAVED = "document.getElementById('snapshot-json').value"
COUNT_FRAMES = "window.frames = 0; (function count() { frames++; requestAnimationFrame(count) })()"


@pytest.fixture(scope="module")
def tabs(browser, launching):
    """The tabs of a Chromium that treats hidden ones as visitors' does."""
    chromium = browser.browser_type.launch(**launching, ignore_default_args=AS_VISITORS_HAVE_IT)
    yield Tabs(chromium)
    chromium.close()


@pytest.fixture(scope="module")
def opened(tabs, site):
    page = tabs.open(site)
    page.wait_until("document.body?.dataset.state === 'training'")
    page.wait_until("document.getElementById('show-keys').title !== ''")
    page.run(COUNT_FRAMES)
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """The page in a tab in front, training its first network, in the background too."""
    turn(opened, "background", "ariaPressed", "true")
    turn(opened, "pause", "textContent", "Pause")
    train(opened, 5000)
    yield opened
    assert opened.faults == []


def press(page, name):
    page.run(f"document.getElementById('{name}').click()")


def turn(page, name, attribute, value):
    """Presses a button unless it shows already what it is to show."""
    if page.run(f"document.getElementById('{name}').{attribute}") != value:
        press(page, name)
        page.wait_until(f"document.getElementById('{name}').{attribute} === '{value}'")


def write(page, name, text, event):
    page.run(
        f"""(() => {{
            const field = document.getElementById("{name}");
            field.value = "{text}";
            field.dispatchEvent(new Event("{event}"));
        }})()"""
    )


def train(page, examples):
    goal = page.run(SHOWN) + examples
    page.wait_until(f"{SHOWN} >= {goal}")


def save(page):
    """The run as the page saves it, where nothing needs to be seen."""
    page.run(f"{SAVED} = ''")
    press(page, "save-json")
    page.wait_until(f"{SAVED} !== ''")
    return json.loads(page.run(SAVED))


def examples_seen(page):
    return save(page)["convnet_py"]["session"]["examples_seen"]


@contextmanager
def hidden(tabs, page):
    """Lets another tab be in front for a while."""
    other = tabs.open("about:blank")
    page.wait_until("document.hidden")
    frames = page.run("frames")
    yield other
    assert page.run("frames") <= frames + 1, "frames were shown"
    other.close()
    page.to_front()
    page.wait_until("!document.hidden")


def wait(tab, seconds):
    tab.run(f"new Promise(done => setTimeout(done, {1000 * seconds}))")


def test_training_stands_still_where_nobody_wants_it_otherwise_and_that_is_said(tabs, page):
    turn(page, "background", "ariaPressed", "false")
    train(page, 10_000)
    before = page.run(SPEED)
    with hidden(tabs, page) as other:
        seen = examples_seen(page)
        wait(other, 3)
        assert examples_seen(page) == seen
    page.wait_until(f"{INTERRUPTION} !== ''")
    assert "hidden" in page.run(INTERRUPTION)
    train(page, 20_000)
    assert page.run(SPEED) > before / 3
    press(page, "pause")
    page.wait_until(f"{INTERRUPTION} === ''")


def test_training_goes_on_in_the_background_and_nothing_is_said(tabs, page):
    with hidden(tabs, page) as other:
        seen = examples_seen(page)
        wait(other, 3)
        now = examples_seen(page)
        assert now > seen + 1000
    page.wait_until(f"{SHOWN} >= {now}")
    assert page.run(INTERRUPTION) == ""


def test_the_switch_is_heeded_each_time(tabs, page):
    for value in ("false", "true", "false"):
        turn(page, "background", "ariaPressed", value)
        with hidden(tabs, page) as other:
            seen = examples_seen(page)
            wait(other, 1)
            assert (examples_seen(page) > seen) == (value == "true")


def test_a_pause_holds_in_the_background(tabs, page):
    press(page, "pause")
    with hidden(tabs, page) as other:
        seen = examples_seen(page)
        wait(other, 1)
        assert examples_seen(page) == seen


def test_what_is_trained_in_the_background_is_the_same_and_ends_where_it_is_to_stop(tabs, page):
    def begin():
        turn(page, "pause", "textContent", "Pause")  # the pause at a stop is not one's own
        turn(page, "pause", "textContent", "Resume")
        write(page, "seed", "7", "input")
        press(page, "change-seed")
        page.wait_until(f"{SHOWN} === 0")
        write(page, "stop-examples", "20010", "change")

    def train_to_the_stop():
        press(page, "pause")
        while (saved := save(page))["convnet_py"]["session"]["examples_seen"] < 20_010:
            pass
        return saved["layers"]

    begin()
    in_front = train_to_the_stop()
    begin()
    with hidden(tabs, page):
        in_background = train_to_the_stop()
    assert in_background == in_front
    page.wait_until(f"{SHOWN} === 20050")
    assert "20,010" in page.run("document.getElementById('stop-status').textContent")
    assert page.run("document.body.dataset.state") == "paused"
    write(page, "stop-examples", "", "change")
