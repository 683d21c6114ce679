"""What the frame loop does when training or a picture fails."""

from __future__ import annotations

import pytest
from frames_of_a_page import Page, Run, View

from convnet import ConvNetError


def test_what_the_session_says_pauses_and_is_told():
    page = Page(View(0))
    page.show(5)
    page.session.fault = ConvNetError("The loss stopped being a finite number.")
    page.show()
    assert page.session.paused
    assert page.sentences == ["The loss stopped being a finite number."]
    assert page.views[0].shown_paused, "the page tells of a pause that it does not show"
    page.show(10)
    assert page.sentences == page.sentences[:1]
    assert page.views[0].frames[-1] == 16
    page.session.fault = None
    page.session.set_paused(False)
    assert min(page.show(5)) >= 1
    assert page.sentences == [], "what stopped training is over"


def test_a_fault_in_training_pauses_is_told_and_shows_on_the_console():
    page = Page(View(0), View(100))
    page.show(5)
    page.session.fault = ZeroDivisionError("by 0")
    with pytest.raises(ZeroDivisionError):
        page.show()
    assert page.session.paused
    (sentence,) = page.sentences
    assert "ZeroDivisionError: by 0" in sentence
    assert "save" in sentence
    assert page.views[0].shown_paused, "the page tells of a pause that it does not show"
    page.show(20)
    assert len(page.sentences) == 1
    assert page.views[0].frames[-1] > 6
    assert page.views[1].frames[-1] == 6, "what was shown before the fault still is"


def test_a_picture_that_fails_is_told_once_and_stops_neither_training_nor_other_pictures():
    page = Page(View(0), View(0), View(100), View(100))
    page.show(5)
    status, broken, *pictures = page.views
    broken.fault = ValueError("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        page.show()
    assert status.frames[-1] == broken.frames[-1] == 6
    assert min(page.show(100)) >= 1
    assert broken.frames[-1] == 6
    assert status.frames[-1] == 106
    assert all(view.frames[-1] > 90 for view in pictures)
    (sentence,) = page.sentences
    assert "not a picture" in sentence
    assert "kept" not in sentence


def test_a_picture_that_failed_is_tried_again_when_something_is_changed():
    page = Page(View(0), View(100))
    page.show(5)
    broken = page.views[1]
    broken.fault = ConvNetError("This picture needs too much memory.")
    page.show(20)
    assert page.sentences == ["This picture needs too much memory."]
    assert not page.session.paused
    count = len(broken.frames)
    broken.fault = None
    page.loop.refresh()
    page.show(20)
    assert len(broken.frames) > count


def test_a_picture_that_cannot_take_on_another_network_is_left_out_and_told():
    page = Page(View(0), View(0))
    page.show(5)
    broken = page.views[1]

    def renew(session):
        raise ValueError("no such layer")

    broken.renew = renew
    page.session.run = Run()
    with pytest.raises(ValueError, match="no such layer"):
        page.show()
    assert min(page.show(10)) >= 1
    assert page.views[0].frames[-1] == 16
    assert broken.frames[-1] == 5
    assert "no such layer" in page.sentences[0]
