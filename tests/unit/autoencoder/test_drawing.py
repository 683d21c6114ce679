"""What the frame loop draws, and when."""

from __future__ import annotations

import itertools

import pytest
from frames_of_a_page import FRAME_MS, Page, Run, View


def test_what_has_no_period_is_drawn_in_every_frame():
    page = Page(View(0), View(0))
    page.show(20)
    assert [view.frames for view in page.views] == [list(range(1, 21))] * 2


def test_a_picture_is_drawn_once_in_its_period():
    page = Page(View(500))
    page.show(301)  # five seconds
    frames = page.views[0].frames
    assert len(frames) in (10, 11)
    gaps = [(b - a) * FRAME_MS for a, b in itertools.pairwise(frames)]
    assert min(gaps) >= 499
    assert max(gaps) < 500 + 2 * FRAME_MS


def test_at_most_one_picture_is_drawn_in_a_frame_and_each_gets_its_turn():
    page = Page(View(0), View(1), View(1), View(100), View(100))
    page.show(300)
    always, *pictures = page.views
    assert len(always.frames) == 300
    drawn = [frame for view in pictures for frame in view.frames]
    assert len(drawn) == len(set(drawn))
    assert min(len(view.frames) for view in pictures) >= 30


def test_the_picture_that_is_most_late_comes_first():
    page = Page(View(100), View(200), View(1000))
    page.show(3)  # each is drawn once, in one frame each
    assert sorted(frame for view in page.views for frame in view.frames) == [1, 2, 3]
    page.clock.now += 1100  # late by about 1000, 900 and 100
    page.show(3)
    assert [view.frames[1] for view in page.views] == [4, 5, 6]


def test_a_picture_that_comes_later_is_drawn_as_soon_as_it_is_there():
    page = Page(View(0))
    page.show(3)
    late = View(400)
    page.loop.add(late)
    page.show(10)
    assert late.frames == [4]


def test_what_is_off_screen_is_not_drawn_until_it_comes_on_screen():
    page = Page(View(100), View(100, visible=False))
    page.show(10)
    shown, hidden = page.views
    before = list(hidden.frames)
    page.show(100)
    assert hidden.frames == before
    assert len(shown.frames) > 10
    hidden.visible = True
    page.show(3)
    assert len(hidden.frames) == len(before) + 1


def test_what_the_visitor_changes_is_drawn_at_once_on_screen_or_off():
    page = Page(View(0), View(10_000), View(10_000), View(10_000, visible=False))
    page.show(10)
    page.loop.refresh()
    page.show(3)
    _, *pictures = page.views
    assert sorted(view.frames[-1] for view in pictures) == [11, 12, 13]
    counts = [len(view.frames) for view in pictures]
    page.show(50)
    assert [len(view.frames) for view in pictures] == counts


def test_paused_a_picture_is_drawn_once_more_and_then_only_when_something_has_changed():
    page = Page(View(100), View(100, visible=False))
    page.show(30)
    shown, hidden = page.views
    page.session.set_paused(True)
    page.show(20)
    count = len(shown.frames)
    page.show(200)
    assert len(shown.frames) == count
    page.session.changes += 1
    page.show(20)
    assert len(shown.frames) == count + 1
    before = len(hidden.frames)
    hidden.visible = True
    page.show(20)
    assert len(hidden.frames) == before + 1, "what has come on screen shows what it did before"


def test_a_picture_that_is_not_finished_is_drawn_on_though_nothing_changes():
    page = Page(View(100))
    page.show(10)
    page.session.set_paused(True)
    page.show(20)
    (view,) = page.views
    view.unfinished = True
    count = len(view.frames)
    page.show(100)
    assert len(view.frames) > count + 5
    view.unfinished = False
    count = len(view.frames)
    page.show(100)
    assert len(view.frames) == count


# A rehearsal


def test_a_rehearsal_draws_every_view_once_and_holds_frames_up():
    page = Page(View(0), View(100), View(10_000, visible=False))
    page.show(5)
    before = [len(view.frames) for view in page.views]
    for _ in page.loop.rehearse():
        assert page.show(3) == [0, 0, 0]
    assert [len(view.frames) for view in page.views] == [count + 1 for count in before]
    assert min(page.show(5)) >= 1


def test_a_rehearsal_that_fails_says_so_to_its_caller_and_frames_go_on():
    page = Page(View(0), View(100))
    page.show(5)
    page.views[1].fault = ValueError("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        list(page.loop.rehearse())
    page.views[1].fault = None
    assert min(page.show(5)) >= 1
    assert page.sentences == []


# Another network


def test_every_picture_is_told_of_another_network_before_it_is_drawn():
    page = Page(View(0), View(100), View(100), View(10_000, visible=False))
    page.show(10)
    first, second = page.session.run, Run()
    page.session.run = second
    page.loop.refresh()
    page.show(10)
    assert [view.runs for view in page.views] == [[first, second]] * 4


def test_a_picture_that_comes_later_knows_the_network_when_it_is_drawn():
    page = Page(View(0))
    page.show(3)
    late = View(400)
    page.loop.add(late)
    page.show(1)
    assert late.runs == [page.session.run]
    assert late.frames == [4]


def test_a_rehearsal_tells_pictures_of_the_network_that_is_tried_and_then_of_the_old_one():
    page = Page(View(0), View(100), View(100))
    page.show(5)
    old, tried = page.session.run, Run()
    page.session.run = tried
    page.views[1].fault = ValueError("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        list(page.loop.rehearse())
    page.views[1].fault = None
    page.session.run = old
    page.show(10)
    assert [view.runs for view in page.views[:2]] == [[old, tried, old]] * 2
    assert page.views[2].runs[-1] is old


def test_what_is_printed_is_the_network_that_there_is():
    page = Page(View(0), View(100))
    page.show(5)
    page.session.run = Run()
    page.loop.print()
    assert [view.runs[-1] for view in page.views] == [page.session.run] * 2
