"""What the page shows: the current image, the map, the network."""

from __future__ import annotations

import pytest
from definitions import CONVOLUTIONAL

LAYERS = [
    "input", "fc", "tanh", "fc", "tanh", "fc", "fc", "tanh", "fc", "tanh", "fc", "regression",
]  # fmt: skip
SIZES = [
    "28×28×1", "1×1×50", "1×1×50", "1×1×50", "1×1×50", "1×1×2",
    "1×1×50", "1×1×50", "1×1×50", "1×1×50", "1×1×784", "1×1×784",
]  # fmt: skip
PARAMETERS = [
    0, 50 * 784 + 50, 0, 50 * 50 + 50, 0, 2 * 50 + 2,
    50 * 2 + 50, 0, 50 * 50 + 50, 0, 784 * 50 + 784, 0,
]  # fmt: skip

WIDE = """
net = Net([
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=2000),
    dict(type="regression", num_neurons=784),
])
trainer = Trainer(net, learning_rate=0.0001, batch_size=10)
"""


def test_nothing_is_blank_on_any_canvas_but_what_waits_for_the_visitor(visit):
    canvases = visit.page.locator("main canvas:visible:not(#own canvas)")
    count = canvases.count()
    assert count > 15
    for index in range(count):
        canvas = canvases.nth(index)
        canvas.scroll_into_view_if_needed()
        visit.wait_until("canvas => coloursOf(canvas) > 1", canvas.element_handle())


def test_the_current_image_is_a_digit_and_changes(visit):
    visit.scroll_to("#current-image")
    seen = set()
    for _ in range(3):
        pixels = visit.pixels("#current-image")
        assert len(pixels) == 28 * 28
        assert all(p >> 24 == 255 and p & 255 == p >> 8 & 255 == p >> 16 & 255 for p in pixels)
        assert 20 < sum(p & 255 > 0 for p in pixels) < 500  # a digit, on black
        seen.add(tuple(pixels))
        visit.wait_until(
            "old => String([...pixelsOf(document.getElementById('current-image'))]) !== old",
            ",".join(map(str, pixels)),
        )
    assert len(seen) == 3


def test_the_reconstruction_comes_to_resemble_the_image(fresh_visit):
    fresh_visit.scroll_to("#current-image")
    # A correlation over the pixels of one image; that of an untrained network is near 0.
    fresh_visit.wait_until(
        """() => {
            const grey = (id) => [...pixelsOf(document.getElementById(id))].map(p => p & 255);
            const centred = (v) => {
                const mean = v.reduce((a, b) => a + b) / v.length;
                return v.map(x => x - mean);
            };
            const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
            const image = centred(grey("current-image"));
            const made = centred(grey("current-reconstruction"));
            return dot(image, made) > 0.7 * Math.sqrt(dot(image, image) * dot(made, made));
        }"""
    )


# The map


def legend(visit) -> dict[str, str]:
    """Each class's colour, as the legend has it."""
    return dict(
        visit.page.eval_on_selector_all(
            "#legend li",
            "items => items.map(item => "
            "[item.textContent, getComputedStyle(item).borderBottomColor])",
        )
    )


def test_the_legend_gives_ten_classes_a_colour_each(visit):
    colours = legend(visit)
    assert list(colours) == [str(digit) for digit in range(10)]
    assert len(set(colours.values())) == 10


def test_the_map_has_digits_of_every_class_bordered_in_its_colour(visit):
    visit.scroll_to("#embedding")
    # Tiles cover one another while all is one heap; later each class shows.
    visit.wait_until(
        """colours => {
            const count = new Map();
            for (const pixel of pixelsOf(document.getElementById("embedding"))) {
                count.set(pixel, (count.get(pixel) ?? 0) + 1);
            }
            return colours.every(colour => {
                const [red, green, blue] = colour.match(/\\d+/g).map(Number);
                return count.get(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0) >= 20;
            });
        }""",
        list(legend(visit).values()),
    )


MAP = "String([...pixelsOf(document.getElementById('embedding'))])"


def clear_map(visit, then=""):
    """Empties the canvas and runs a statement, before a frame can draw on it again."""
    visit.page.evaluate(
        f"""() => {{
            const map = document.getElementById("embedding");
            map.getContext("2d").clearRect(0, 0, map.width, map.height);
            {then}
        }}"""
    )


def test_a_network_too_slow_to_place_all_digits_in_a_frame_has_a_map_too(fresh_visit):
    visit = fresh_visit
    visit.define(WIDE)
    visit.scroll_to("#embedding")
    clear_map(visit)
    visit.wait_until("coloursOf(document.getElementById('embedding')) > 1")


def test_the_map_follows_training(fresh_visit):
    fresh_visit.scroll_to("#embedding")
    before = fresh_visit.page.evaluate(MAP)
    fresh_visit.wait_until(f"before => {MAP} !== before", before)


def test_the_map_follows_the_choice_of_layer_and_neurons(fresh_visit):
    visit = fresh_visit
    visit.train(500)
    visit.pause()
    visit.scroll_to("#embedding")
    maps = []

    def redrawn(button):
        """The map once it is drawn anew, after a button was pressed."""
        clear_map(visit, f"document.querySelector('{button}').click();")
        visit.wait_until("coloursOf(document.getElementById('embedding')) > 1")
        maps.append(visit.page.evaluate(MAP))

    redrawn('#layers [data-layer="5"]')
    redrawn('#layers [data-layer="1"]')
    redrawn("#cycle")
    redrawn('#layers [data-layer="5"]')
    assert len(set(maps)) == 3
    assert maps[3] == maps[0]


# The axes: their names, and whether numbers rise between their ends.
NAMES = "[...document.querySelectorAll('.axis > .name')].map(part => part.textContent).join()"
NUMBERS = """["upward", "across"].map(way => {
    const axis = document.getElementById(`map-${way}`);
    const shown = [...axis.querySelectorAll(".number:not([hidden])")];
    return [+axis.dataset.low, ...shown.map(number => +number.textContent), +axis.dataset.high];
})"""


def test_the_map_has_axes_with_their_neurons_and_round_numbers(fresh_visit):
    visit = fresh_visit
    visit.scroll_to("#embedding")
    visit.wait_until(f"{NAMES} === 'neuron 1,neuron 0'")
    visit.pause()
    for numbers in visit.page.evaluate(NUMBERS):
        low, *between, high = numbers
        assert 2 <= len(between) <= 7
        assert sorted({low - 1e-9, *between, high}) == pytest.approx(numbers)
    visit.resume()
    visit.press("cycle")
    visit.wait_until(f"{NAMES} === 'neuron 0,neuron 1'")


# The network


@pytest.mark.parametrize("index", range(len(LAYERS)))
def test_each_layer_has_a_row_with_its_size_and_parameters(visit, index):
    text = visit.page.inner_text(f'#network [data-layer="{index}"]')
    assert LAYERS[index] in text
    assert SIZES[index] in text
    assert f"{PARAMETERS[index]:,}" in text.splitlines()[-1] or f"{PARAMETERS[index]:,}" in text
    fact = f'#network [data-layer="{index}"] [data-fact="parameters"]'
    assert visit.page.get_attribute(fact, "data-value") == str(PARAMETERS[index])


def test_there_are_no_rows_but_those(visit):
    rows = visit.page.eval_on_selector_all(
        "#network [data-layer]", "rows => rows.map(row => row.dataset.layer)"
    )
    assert rows == [str(index) for index in range(len(LAYERS))]


FACTS = """() => [...document.querySelectorAll("#network [data-layer]")].map(row =>
    ["min", "max"].map(name => Number(row.querySelector(`[data-fact=${name}]`).dataset.value)))"""


def test_the_range_of_each_layers_activations_is_shown_and_changes(visit):
    before = visit.page.evaluate(FACTS)
    for index, (low, high) in enumerate(before):
        assert low < high
        if LAYERS[index] == "tanh":
            assert -1 <= low < high <= 1
    # The input's darkest pixel is black in every digit.
    visit.wait_until(
        f"before => ({FACTS})().every(([low, high], i) => high !== before[i][1] || !i)", before
    )
    visit.wait_until(
        f"before => ({FACTS})().every(([low, high], i) => low !== before[i][0] || !i)", before
    )


def test_the_input_stands_beside_its_predicted_reconstruction(visit):
    row = visit.page.locator('#network [data-layer="0"]')
    assert row.locator("canvas").count() == 2
    assert "reconstruction" in row.inner_text().lower()
    visit.pause()
    image, reconstruction = redrawn(visit, 0)
    (output,) = redrawn(visit, len(LAYERS) - 1)
    assert_alike(grey_levels(reconstruction), grey_levels(output))
    assert image != reconstruction
    # The brightest pixel of this row's digit is white, which not every digit's is.
    corrupted = grey_levels(",".join(map(str, visit.pixels("#current-corrupted"))))
    assert_alike(grey_levels(image), [255 * level / max(corrupted) for level in corrupted])


def assert_alike(levels, others):
    """Compares grey levels: a value on the border of two of them may fall on either side."""
    assert max(abs(a - b) for a, b in zip(levels, others, strict=True)) <= 1


def grey_levels(picture: str) -> list[int]:
    """A picture's pixels from 0 to 255."""
    return [int(pixel) & 255 for pixel in picture.split(",")]


def redrawn(visit, layer: int) -> list[str]:
    """A row's pictures once they are drawn anew, which clearing them makes sure of."""
    selector = f'#network [data-layer="{layer}"] canvas'
    visit.page.eval_on_selector_all(
        selector,
        "all => all.forEach(c => c.getContext('2d').clearRect(0, 0, c.width, c.height))",
    )
    visit.scroll_to(selector)
    canvases = f"[...document.querySelectorAll('{selector}')]"
    visit.wait_until(f"{canvases}.every(canvas => coloursOf(canvas) > 1)")
    return visit.page.evaluate(f"{canvases}.map(canvas => String(pixelsOf(canvas)))")


def test_the_first_layers_weights_and_gradients_are_pictures_of_28_by_28(visit):
    row = '#network [data-layer="1"]'
    text = visit.page.inner_text(row)
    assert "Weights" in text
    assert "Gradients" in text
    visit.scroll_to(row)
    sizes = visit.page.eval_on_selector_all(
        f"{row} canvas", "all => all.map(canvas => [canvas.width, canvas.height])"
    )
    # Fifty tiles of 28×28, a pixel between them.
    rows, columns = (sizes[1][1] + 1) // 29, (sizes[1][0] + 1) // 29
    assert sizes[1] == sizes[2] == [29 * columns - 1, 29 * rows - 1]
    assert rows * columns >= 50
    pictures = f"""[...document.querySelectorAll('{row} canvas')].slice(1)
        .map(canvas => String(pixelsOf(canvas)))"""
    before = visit.page.evaluate(pictures)
    assert before[0] != before[1]
    visit.wait_until(f"before => {pictures}.every((now, i) => now !== before[i])", before)


def test_another_network_has_rows_of_its_own(fresh_visit):
    visit = fresh_visit
    visit.define(
        """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=5, filters=6, stride=3, activation="relu"),
    dict(type="fc", num_neurons=7),
    dict(type="regression", num_neurons=784),
]
trainer = Trainer(Net(layer_defs), method="adadelta", batch_size=10)
"""
    )
    visit.wait_until("document.querySelectorAll('#network [data-layer]').length === 6")
    row = '#network [data-layer="1"]'
    assert "156" in visit.page.inner_text(row)
    visit.page.locator(row).scroll_into_view_if_needed()
    for index in range(visit.page.locator(f"{row} canvas").count()):
        visit.wait_until(
            "([row, i]) => coloursOf(document.querySelectorAll(`${row} canvas`)[i]) > 1",
            [row, index],
        )


def test_layers_say_what_they_look_through_and_what_is_left_out(fresh_visit):
    visit = fresh_visit
    visit.define(CONVOLUTIONAL)
    visit.wait_until("document.querySelectorAll('#network [data-layer]').length === 9")
    rows = visit.page.eval_on_selector_all(
        "#network [data-layer]", "rows => rows.map(row => row.innerText)"
    )
    assert "5×5, stride 2, pad 2" in rows[1]
    assert "2×2, stride 2, pad 0" in rows[3]
    assert "3×3, stride 1, pad 1" in rows[4]
    assert "Weights: the first 96 of 128 tiles" in rows[4]
    assert "Activations: the first 1,000 of 2,000 neurons" in rows[6]
    assert "tiles" not in rows[1]
    assert "neurons" not in rows[1]


SEVEN_BY_SEVEN = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=4, filters=16, stride=4, activation="relu"),
    dict(type="fc", num_neurons=784),
    dict(type="regression", num_neurons=28*28),
]
trainer = Trainer(Net(layer_defs), method="adadelta", batch_size=10)
"""


def test_only_what_is_a_digit_is_drawn_as_one(fresh_visit):
    visit = fresh_visit
    visit.define(SEVEN_BY_SEVEN)
    visit.wait_until("document.querySelectorAll('#network [data-layer]').length === 6")
    sizes = visit.page.eval_on_selector_all(
        "#network [data-layer] canvas:first-of-type",
        """all => all.filter(c => c.closest("figure").previousSibling === null)
            .map(c => [c.width, c.height].join())""",
    )
    channels = f"{8 * 8 - 1},{2 * 8 - 1}"
    neurons = f"{25 * 11 - 1},{32 * 11 - 1}"
    assert sizes == ["28,28", channels, channels, neurons, "28,28", "28,28"]


def test_a_layer_of_one_neuron_is_drawn_across_and_by_class(fresh_visit):
    visit = fresh_visit
    visit.define(CONVOLUTIONAL)
    visit.pause()
    visit.scroll_to("#embedding")
    visit.wait_until(
        "document.getElementById('cycle-status').textContent.includes('the class (upward)')"
    )
    assert visit.page.is_disabled("#cycle")
    visit.wait_until(f"{NAMES}.startsWith('class,')")
    # Between the rows of the ten classes nothing lies.
    rows = visit.page.evaluate(
        """() => {
            const {width, height} = document.getElementById("embedding");
            const pixels = pixelsOf(document.getElementById("embedding"));
            let rows = 0;
            let inside = false;
            for (let y = 0; y < height; y++) {
                const filled = pixels.subarray(y * width, (y + 1) * width).some(p => p !== 0);
                if (filled && !inside) rows++;
                inside = filled;
            }
            return rows;
        }"""
    )
    assert rows == 10
