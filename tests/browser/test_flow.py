"""One digit on its way through the network: the same in all panels, for as long as is wanted."""

from __future__ import annotations

import pytest

# What shows the digit, read in one task, so that it is of one frame.
SHOWN = """() => {
    const of = (selector) => String([...pixelsOf(document.querySelector(selector))]);
    const network = [...document.querySelectorAll("#network canvas")];
    return {
        clean: of("#current-image"),
        input: of("#current-corrupted"),
        output: of("#current-reconstruction"),
        input_layer: String([...pixelsOf(network[0])]),
        prediction: String([...pixelsOf(network[1])]),
        code: [...document.querySelectorAll("#code-numbers li")].map(n => +n.dataset.value),
        loss: Number(document.getElementById("current-loss").dataset.value),
    };
}"""

# Both are grey from 0 to 1: what the network is given has its darkest pixel at 0 too.
SAME = f"""(() => {{
    const greys = (pixels) => pixels.split(",").map((pixel) => pixel & 255);
    const {{input, input_layer}} = ({SHOWN})();
    const expected = greys(input_layer);
    return greys(input).every((grey, i) => Math.abs(grey - expected[i]) <= 2);
}})()"""


@pytest.fixture
def whole(fresh_visit):
    """A window in which the flow and the network's first row are both on screen, and drawn."""
    visit = fresh_visit
    visit.page.set_viewport_size({"width": 1280, "height": 2400})
    visit.wait_until(SAME)
    yield visit
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def greys(pixels: str) -> list[int]:
    return [int(pixel) & 255 for pixel in pixels.split(",")]


def test_flow_and_network_show_the_same_digit_in_every_frame(whole):
    frames = whole.page.evaluate(
        f"""async () => {{
            const shown = {SHOWN};
            const frames = [];
            const until = performance.now() + 6000;
            while (performance.now() < until) {{
                await new Promise(requestAnimationFrame);
                frames.push(shown());
            }}
            return frames;
        }}"""
    )
    assert len({frame["clean"] for frame in frames}) >= 2
    for frame in frames:
        assert greys(frame["input"]) == pytest.approx(greys(frame["input_layer"]), abs=2)


def test_what_comes_on_screen_shows_the_digit_at_once(fresh_visit):
    visit = fresh_visit
    visit.scroll_to("#network canvas")
    visit.next_frames()
    visit.page.evaluate("scrollTo(0, 0)")
    visit.wait_until(f"!{SAME}")  # next digit
    visit.page.evaluate(
        f"""() => {{
            const tellWhenSeen = (tell) => async (entries) => {{
                if (!entries.at(-1).isIntersecting) return;
                for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
                tell({SAME});
            }};
            window.shownSame = new Promise(tell => new IntersectionObserver(tellWhenSeen(tell))
                .observe(document.querySelector("#network article")));
        }}"""
    )
    visit.page.set_viewport_size({"width": 1280, "height": 2400})
    try:
        same = visit.page.evaluate("shownSame")
    finally:
        visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert same


def test_the_loss_of_the_digit_is_that_of_its_two_pictures(whole):
    whole.train(20_000)
    whole.halt()
    shown = whole.page.evaluate(SHOWN)
    error = [
        (a - b) / 255 for a, b in zip(greys(shown["output"]), greys(shown["clean"]), strict=True)
    ]
    # Pictures are cut off at 0 and 1; the loss is not.
    least = sum(e * e for e in error) / 2
    assert least * 0.95 <= shown["loss"] <= least * 1.6 + 1


def test_the_code_is_what_the_bottleneck_puts_out(whole):
    whole.train(5000)
    whole.halt()
    code = whole.page.evaluate(SHOWN)["code"]
    low, high = (
        float(
            whole.page.get_attribute(f'#network [data-layer="5"] [data-fact={name}]', "data-value")
        )
        for name in ("min", "max")
    )
    assert len(code) == 2
    assert [min(code), max(code)] == pytest.approx([low, high])


def test_a_digit_that_is_kept_stays_also_in_another_network(whole):
    whole.press("keep")
    whole.wait_until("document.getElementById('keep').textContent !== 'Keep it'")
    first = whole.page.evaluate(SHOWN)
    whole.train(300_000)
    later = whole.page.evaluate(SHOWN)
    assert later["clean"] == first["clean"]
    assert later["output"] != first["output"], "what the network makes of it goes on changing"
    whole.press("restart")
    whole.wait_until("/^Started anew/.test(document.getElementById('reload-status').textContent)")
    whole.train(1000)
    assert whole.page.evaluate(SHOWN)["clean"] == first["clean"]
    whole.press("keep")
    whole.wait_until(f"clean => ({SHOWN})().clean !== clean", first["clean"])


def test_how_long_a_digit_is_held_can_be_chosen(whole):
    changes = """async () => {
        const clean = () => String([...pixelsOf(document.getElementById("current-image"))]);
        const seen = new Set();
        const until = performance.now() + 6000;
        while (performance.now() < until) {
            await new Promise(requestAnimationFrame);
            seen.add(clean());
        }
        return seen.size;
    }"""
    whole.page.select_option("#hold", "0.5")
    often = whole.page.evaluate(changes)
    whole.page.select_option("#hold", "10")
    seldom = whole.page.evaluate(changes)
    whole.page.select_option("#hold", "2")
    assert seldom <= 2
    assert often >= 5


def test_who_wants_little_to_move_sees_a_digit_for_two_seconds_at_least(new_visit):
    visit = new_visit(reduced_motion="reduce")
    visit.open()
    visit.page.select_option("#hold", "0.5")
    visit.wait_until("coloursOf(document.getElementById('current-image')) > 2")
    seen = visit.page.evaluate(
        """async () => {
            const clean = () => String([...pixelsOf(document.getElementById("current-image"))]);
            const seen = new Set();
            const until = performance.now() + 5000;
            while (performance.now() < until) {
                await new Promise(requestAnimationFrame);
                seen.add(clean());
            }
            return seen.size;
        }"""
    )
    assert seen <= 4


def test_the_ring_lies_on_the_map_where_the_code_is(whole):
    whole.train(20_000)
    whole.halt()
    whole.wait_until("!document.getElementById('map-mark').hidden")
    marks, ends, code = whole.page.evaluate(
        """() => {
            const ends = (way) => {
                const {low, high} = document.getElementById(`map-${way}`).dataset;
                return [Number(low), Number(high)];
            };
            const style = document.getElementById("map-mark").style;
            return [
                [parseFloat(style.left) / 100, 1 - parseFloat(style.top) / 100],
                [ends("across"), ends("upward")],
                [...document.querySelectorAll("#code-numbers li")].map(n => +n.dataset.value),
            ];
        }"""
    )
    for place, (low, high), firing in zip(marks, ends, code, strict=True):
        expected = min(max((firing - low) / (high - low), 0), 1)
        assert place == pytest.approx(expected, abs=1e-3)


def test_layers_stand_in_a_row_as_high_as_they_are_wide(fresh_visit):
    boxes = fresh_visit.page.eval_on_selector_all(
        "#layers > *",
        """all => all.map(part => [part.getBoundingClientRect().left,
            part.querySelector("i").getBoundingClientRect().height])""",
    )
    places = [left for left, _ in boxes]
    heights = [height for _, height in boxes]
    assert len(boxes) == 11
    assert places == sorted(set(places))
    assert heights.index(min(heights)) == 5
    assert heights[0] == heights[10] == max(heights)
