"""The page can be used with a keyboard, a screen reader, weak eyes and a small screen."""

from __future__ import annotations

import itertools

import pytest

CONTROLS = [
    "pause",
    "learning-rate",
    "change-learning-rate",
    "noise",
    "restart",
    "seed",
    "change-seed",
    "dice",
    "speed",
    "step",
    "stop-examples",
    "stop-loss",
    "background",
    "show-keys",
    "download-json",
    "open-json",
    "hold",
    "keep",
    "corruption",
    "clear-graph",
    "cycle",
    "map-full-screen",
    "definition",
    "reload",
    "snapshot-json",
    "save-json",
    "load-json",
]
WIDTHS = {"phone": (360, 740), "tablet": (800, 1000), "desktop": (1440, 900)}
SCHEMES = ["light", "dark"]

ROLES_WITH_NAMES = {
    "button", "graphics-document", "image", "img", "link", "progressbar",
    "region", "slider", "spinbutton", "textbox", "toolbar",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def rule_with_a_rate(loaded):
    loaded.train_by_rate()


@pytest.fixture
def look(visit):
    """Looks at the page with a screen of some size, in light or dark."""

    def look(size="desktop", scheme="light"):
        width, height = WIDTHS[size]
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.emulate_media(color_scheme=scheme)
        visit.next_frames()

    yield look
    look()


# Names and keys


def test_the_page_has_a_language_a_title_and_one_heading_above_all_others(visit):
    assert visit.page.get_attribute("html", "lang") == "en"
    assert visit.page.title()
    levels = visit.page.eval_on_selector_all(
        "h1, h2, h3, h4", "all => all.map(heading => Number(heading.localName[1]))"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_all_that_can_be_used_or_seen_has_a_name(visit):
    visit.unfold("snapshot-json")
    session = visit.context.new_cdp_session(visit.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    named = {}
    for node in nodes:
        role = node.get("role", {}).get("value", "").lower()
        if not node.get("ignored") and role in ROLES_WITH_NAMES:
            named.setdefault(role, []).append(node.get("name", {}).get("value", "").strip())
    assert len(named["button"]) >= 7 + 10  # a button a layer, and the others
    assert len(named["textbox"]) == 3
    assert len(named["slider"]) == 1
    assert len(named.get("image", []) + named.get("img", [])) > 15
    assert {role: names.count("") for role, names in named.items() if "" in names} == {}
    buttons = named["button"]
    assert len(set(buttons)) > 12


def test_every_canvas_has_a_name_or_a_text_beside_it_that_stands_for_it(visit):
    unnamed = visit.page.eval_on_selector_all(
        "canvas",
        """all => all.filter(canvas => canvas.checkVisibility())
            .filter(canvas => !canvas.closest("[role=img], [role=application]")?.ariaLabel)
            .filter(canvas => !(canvas.ariaHidden === "true" && canvas.parentElement.textContent))
            .map(canvas => canvas.outerHTML)""",
    )
    assert unnamed == []


def test_what_went_wrong_is_announced(visit):
    assert visit.page.get_attribute("#message", "role") == "alert"


def test_the_tab_key_reaches_every_control(visit):
    visit.unfold("snapshot-json")
    visit.unfold("step")
    visit.page.evaluate("document.querySelector('h1').tabIndex = -1")
    visit.page.focus("h1")
    reached = []
    for _ in range(80):
        visit.page.keyboard.press("Tab")
        focused = visit.page.evaluate(
            """() => {
                const element = document.activeElement;
                const isFile = element.type === "file";  // its label stands for it
                const style = getComputedStyle(isFile ? element.labels[0] : element);
                const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
                return [element.id || element.dataset.layer || element.localName, marked];
            }"""
        )
        if focused[0] == "body":
            break
        reached.append(focused)
    names = [name for name, _ in reached]
    assert [name for name in names if name in CONTROLS] == [
        name for name in names if name in CONTROLS and names.count(name) == 1
    ]
    assert set(CONTROLS) <= set(names)
    assert {str(index) for index in range(1, 11)} <= set(names)
    # A slider's mark is on its handle, where getComputedStyle does not look.
    assert [name for name, marked in reached if name in CONTROLS and not marked] in ([], ["noise"])


def test_the_keyboard_pauses_and_resumes(visit):
    visit.page.focus("#pause")
    visit.page.keyboard.press("Enter")
    visit.wait_for_state("paused")
    visit.page.keyboard.press("Space")
    visit.wait_for_state("training")


def test_the_keyboard_chooses_a_layer(visit):
    visit.page.focus('#layers [data-layer="3"]')
    visit.page.keyboard.press("Space")
    visit.wait_until(
        """document.querySelector("#layers [data-layer='3']").ariaPressed === "true" """
    )


# Layout


def sticks_out(visit) -> str:
    """What is wider than the screen, if anything is."""
    return visit.page.evaluate(
        """() => {
            const root = document.scrollingElement;
            if (root.scrollWidth <= innerWidth) return "";
            const wide = [...document.body.querySelectorAll("*")]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5);
            return `${root.scrollWidth} > ${innerWidth}: ` + wide.slice(0, 5)
                .map(e => `${e.localName}#${e.id}.${e.className}`).join(", ");
        }"""
    )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_is_wider_than_the_screen(visit, look, size, scheme):
    look(size, scheme)
    assert sticks_out(visit) == ""
    visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    visit.write("definition", "dict(" + "x" * 300)
    visit.press("reload")
    visit.expect_message("line 1")
    assert sticks_out(visit) == ""
    visit.press("dismiss")


@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_moves_while_numbers_change(visit, look, size):
    look(size)
    visit.train(500)
    moved = visit.page.evaluate(
        """async () => {
            const parts = [...document.querySelectorAll(
                "section, h2, button, canvas, dt, input, textarea, figure, #layers, #legend li"
            )].filter(part => part.checkVisibility());
            const places = () => parts.map(part => {
                const box = part.getBoundingClientRect();
                return [box.x + scrollX, box.y + scrollY, box.width, box.height].join(" ");
            });
            const before = places();
            const moved = new Set();
            const goal = examplesShown.at(-1) + 4000;
            while (examplesShown.at(-1) < goal) {
                await new Promise(requestAnimationFrame);
                places().forEach((place, index) => {
                    const part = parts[index];
                    if (place !== before[index]) {
                        moved.add(`${part.localName}#${part.id} ${before[index]} -> ${place}`);
                    }
                });
            }
            return [...moved].slice(0, 5);
        }"""
    )
    assert moved == []


def test_nothing_moves_when_training_is_paused_and_resumed(visit, look):
    look("phone")
    boxes = "['pause', 'examples-seen', 'loss'].map(id => { const b = document.getElementById(id)"
    boxes += ".getBoundingClientRect(); return [b.x, b.y + scrollY, b.width].join(' '); })"
    before = visit.page.evaluate(boxes)
    visit.halt()
    assert visit.page.evaluate(boxes) == before
    visit.resume()


# Contrast

# The ratio of WCAG 2.2, for each text on the page with what lies behind it.
CONTRASTS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, bottom) => [0, 1, 2].map(i => top[3] * top[i] + (1 - top[3]) * bottom[i]);
    const behind = (element) => {
        if (!element) return [255, 255, 255];
        const colour = rgba(getComputedStyle(element).backgroundColor);
        return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement));
    };
    const luminance = (colour) => {
        const [r, g, b] = colour.map(c => c / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    const check = (element, text, style) => {
        if (!text.trim() || element.closest(":disabled, svg") || !element.checkVisibility()) return;
        const ground = behind(element);
        const [light, dark] = [luminance(over(rgba(style.color), ground)), luminance(ground)]
            .sort((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        found.push([Math.round(100 * contrast) / 100, text.trim().slice(0, 30)]);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        check(element, walker.currentNode.data, getComputedStyle(element));
    }
    for (const field of document.querySelectorAll("input[type=text], textarea")) {
        check(field, field.value, getComputedStyle(field));
        check(field, field.placeholder, getComputedStyle(field, "::placeholder"));
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out_from_what_is_behind_it(visit, look, scheme):
    look(scheme=scheme)
    visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    visit.write("learning-rate", "fast")
    visit.press("change-learning-rate")
    visit.expect_message("fast")
    # Colours may fade in.
    visit.page.evaluate(
        "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
    )
    found = visit.page.evaluate(CONTRASTS)
    visit.press("dismiss")
    assert len(found) > 100
    assert min(found)[0] >= 4.5, sorted(found)[:5]


def test_dark_and_light_follow_the_system(visit, look):
    look(scheme="light")
    background = "getComputedStyle(document.querySelector('main > section')).backgroundColor"
    light = visit.page.evaluate(background)
    look(scheme="dark")
    visit.wait_until(f"light => {background} !== light", light)
