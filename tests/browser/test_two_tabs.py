"""Two tabs: each has a run of its own, and the list that both see has both."""

from __future__ import annotations

from watched import ABANDONED

RUN = "autoencoder:run:"


def lines(page):
    """The list of kept runs, by key."""
    entries = page.evaluate(
        """Object.entries(localStorage)
            .filter(([name]) => name.startsWith("autoencoder:run:"))
            .map(([, text]) => JSON.parse(text))"""
    )
    return {entry["key"]: entry for entry in entries}


def own_key(page):
    return page.evaluate("JSON.parse(sessionStorage.getItem('autoencoder:tab')).key")


def wait_for_line(visit, page, key):
    visit.wait_until(f"localStorage.getItem('{RUN}{key}') !== null")
    return lines(page)[key]


def test_each_tab_has_a_run_of_its_own_and_goes_on_with_that(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    visit.train(2000)
    first = visit.page
    key = own_key(first)
    wait_for_line(visit, first, key)

    visit.new_tab()
    visit.open()
    assert visit.offer == "", "the first tab has the newest run"
    other = own_key(visit.page)
    assert other != key
    visit.train(2000)
    wait_for_line(visit, visit.page, other)
    assert lines(visit.page).keys() == lines(first).keys() == {key, other}
    seed = visit.number("seed")
    assert first.evaluate("Number(document.getElementById('seed').dataset.value)") != seed

    visit.page.reload(wait_until="commit")
    visit.wait_for_state("training")
    visit.wait_until("examplesShown.length > 0")
    assert own_key(visit.page) == other
    assert visit.number("seed") == seed
    assert lines(visit.page).keys() == {key, other}

    first.reload(wait_until="commit")
    first.wait_for_selector('body[data-state="training"]')
    assert own_key(first) == key


def test_a_run_whose_tab_was_closed_goes_on_in_the_next(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    visit.train(2000)
    key = own_key(visit.page)
    visit.new_tab().close(run_before_unload=True)
    visit.open()
    assert own_key(visit.page) == key
    assert "goes on" in visit.offer


def test_a_tab_that_was_duplicated_begins_another_run(new_visit):
    visit = new_visit(allowed=f"{ABANDONED.pattern}|favicon")
    visit.open()
    key = own_key(visit.page)
    wait_for_line(visit, visit.page, key)
    remembered = visit.page.evaluate("sessionStorage.getItem('autoencoder:tab')")
    visit.new_tab()
    visit.page.goto(visit.url + "assets/icon.svg")
    visit.page.evaluate("text => sessionStorage.setItem('autoencoder:tab', text)", remembered)
    visit.open()
    assert own_key(visit.page) != key
