"""One visit to the page in a real browser: reading it and using it.

    visit = Visit(browser, site.url)
    visit.open()
    visit.press("pause")
    visit.number("examples-seen")

Numbers are read from `data-value`, as other software does. Waiting is for conditions only.
"""

from __future__ import annotations

import json
import re
from time import monotonic

from playwright.sync_api import Browser, Error, expect
from watched import PATIENCE_MS, Watched

MOST_FRAMES = 50
"""In which all pictures are drawn, one in a frame."""

# Notes every number of examples that the page shows, and reads canvases without making the
# browser warn that they are read often.
IN_THE_PAGE = """
window.examplesShown = [];
addEventListener("DOMContentLoaded", () => {
  const seen = document.getElementById("examples-seen");
  if (!seen) return;
  const note = () => examplesShown.push(Number(seen.dataset.value));
  new MutationObserver(note).observe(seen, {attributes: true, attributeFilter: ["data-value"]});
});
window.pixelsOf = (canvas) => {
  if (!canvas.width || !canvas.height) return new Uint32Array();
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  return new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
};
window.coloursOf = (canvas) => new Set(pixelsOf(canvas)).size;
"""


class Visit(Watched):
    """A browser context of its own with the page in it, see `Watched`."""

    def __init__(self, browser: Browser, url: str, **options):
        super().__init__(browser, url, **options)
        self.context.add_init_script(IN_THE_PAGE)

    # Getting there

    def open(self, state: str = "training") -> None:
        """Goes to the page and waits until it trains, or whatever else it is to end in."""
        self.page.goto(self.url, wait_until="commit")
        self.wait_for_state(state)
        if state == "training":
            self.wait_until("examplesShown.length > 0")
            self.first_definition = self.value("definition")

    def start_over(self) -> None:
        """Starts the page's first network anew, with everything set as it was."""
        self.close_message()
        self.pause()
        self.set_noise(10)
        self.define(self.first_definition)
        self.resume()
        self.wait_until("!document.getElementById('offer').hidden")
        self.press("decline")
        self.page.evaluate(
            "document.querySelectorAll('.sheet[open]').forEach(sheet => { sheet.open = false; })"
        )
        self.page.evaluate("scrollTo(0, 0)")

    def train_by_rate(self) -> None:
        """Trains the first network by a rule that has a learning rate, whose field is of use."""
        self.first_definition = self.first_definition.replace(
            'method="adadelta", learning_rate=1', 'method="adagrad", learning_rate=0.01'
        )
        self.define(self.first_definition)

    def wait_for_state(self, state: str) -> None:
        """Waits for `body[data-state]`; at once an error if the start has failed instead."""
        self.page.wait_for_selector(f'body:is([data-state="{state}"], [data-state="failed"])')
        assert self.state == state, self.message

    def wait_until(self, condition: str, argument=None) -> None:
        """Waits until a JavaScript expression, or a function of an argument, is true."""
        try:
            self.page.wait_for_function(condition, arg=argument, timeout=PATIENCE_MS)
        except Error as error:
            shown = self.page.evaluate("[document.body.dataset.state, examplesShown.slice(-5)]")
            raise AssertionError(
                f"never true: {condition} ({argument!r}); page: {shown}, message: "
                f"{self.message!r}, faults: {self.faults}"
            ) from error

    def wait_for_answer(self, name: str) -> None:
        """Waits until a file has come, named without its folder."""
        deadline = monotonic() + PATIENCE_MS / 1000
        while name not in self.answered:
            assert monotonic() < deadline, f"{name} never came; so far: {self.answered}"
            self.next_frames()  # lets Playwright hear of what happens

    # Reading

    @property
    def state(self) -> str:
        return self.page.evaluate("document.body.dataset.state")

    @property
    def message(self) -> str:
        """What `#message` tells the visitor now; nothing if it is hidden."""
        return self.page.evaluate(
            """() => {
                const message = document.getElementById("message");
                return message.checkVisibility({visibilityProperty: true}) ? message.innerText : "";
            }"""
        )

    @property
    def offer(self) -> str:
        """What the page offers to undo, or to do; nothing if it offers nothing."""
        return self.page.evaluate(
            """() => {
                const line = document.getElementById("offer");
                return line.hidden ? "" : line.querySelector("p").innerText;
            }"""
        )

    def kept(self) -> list[dict]:
        """The list of kept runs, as the browser's storage has it, the newest first."""
        return self.page.evaluate(
            """Object.entries(localStorage)
                .filter(([name]) => name.startsWith("autoencoder:run:"))
                .map(([, text]) => JSON.parse(text))
                .sort((a, b) => b.when - a.when)"""
        )

    def text(self, name: str) -> str:
        return self.page.evaluate("name => document.getElementById(name).textContent", name)

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.page.evaluate("name => document.getElementById(name).value", name)

    def number(self, name: str) -> float:
        """A number's `data-value`."""
        return float(
            self.page.evaluate("name => document.getElementById(name).dataset.value", name)
        )

    def examples_shown(self) -> list[int]:
        """Every number of examples that the page has shown since it was opened."""
        return self.page.evaluate("examplesShown")

    def pixels(self, selector: str) -> list[int]:
        """A canvas's pixels, each R, G, B, A from the lowest byte up."""
        return self.page.evaluate("s => [...pixelsOf(document.querySelector(s))]", selector)

    # Using

    def press(self, name: str) -> None:
        """Clicks what has an id."""
        self.unfold(name)
        self.page.click(f"#{name}")

    def unfold(self, name: str) -> None:
        """Opens what something is folded away in, as a visitor does."""
        folded = self.page.locator(f"details:not([open]):has(#{name})")
        for _ in range(folded.count()):
            folded.first.locator("> summary").click()

    def write(self, name: str, text: str) -> None:
        """Puts text into a field. A long one is not typed, which takes a browser minutes."""
        self.unfold(name)
        if len(text) < 10_000:
            self.page.fill(f"#{name}", text)
            return
        self.page.evaluate(
            """([name, text]) => {
                const field = document.getElementById(name);
                field.value = text;
                field.dispatchEvent(new InputEvent("input", {inputType: "insertFromPaste"}));
            }""",
            [name, text],
        )

    def scroll_to(self, selector: str) -> None:
        self.page.evaluate(
            "s => document.querySelector(s).scrollIntoView({block: 'center', behavior: 'instant'})",
            selector,
        )

    def next_frames(self, count: int = 2) -> None:
        """Waits until the page has drawn what was just done."""
        self.page.evaluate(
            """async (count) => {
                for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame);
            }""",
            count,
        )

    def pause(self) -> None:
        self._set_paused(True)

    def halt(self) -> None:
        """Pauses, and waits until every picture shows that moment."""
        self.pause()
        self.next_frames(MOST_FRAMES)

    def resume(self) -> None:
        self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        state = "paused" if paused else "training"
        if self.state != state:
            self.press("pause")
            self.wait_for_state(state)

    def set_noise(self, percent: int) -> None:
        self.page.fill("#noise", str(percent))

    def train(self, examples: int) -> None:
        """Waits until so many more examples are shown as seen."""
        goal = self.number("examples-seen") + examples
        self.wait_until(
            "goal => Number(document.getElementById('examples-seen').dataset.value) >= goal", goal
        )

    def define(self, definition: str) -> None:
        """Starts over with a network, and goes on as before: paused or training."""
        self.write("definition", definition)
        self._start_anew("reload")

    def load(self, snapshot: dict | str) -> None:
        """Starts from a snapshot, and goes on as before: paused or training."""
        text = snapshot if isinstance(snapshot, str) else json.dumps(snapshot)
        self.write("snapshot-json", text)
        self._start_anew("load-json")

    def _start_anew(self, button: str) -> None:
        """Presses a button that changes the network, and waits until the count tells so.

        The page is paused meanwhile, so that no training hides it.
        """
        state = self.state
        if self.number("examples-seen") == 0:
            self.resume()
            self.train(1)
        self.pause()
        shown = len(self.examples_shown())
        self.press(button)
        self.wait_until(
            "shown => examplesShown.slice(shown).some(n => n < examplesShown[shown - 1])", shown
        )
        if state == "training":
            self.resume()

    def save(self) -> dict:
        """The network that the page saves, parsed."""
        self.write("snapshot-json", "")
        self.press("save-json")
        self.wait_until("document.getElementById('snapshot-json').value !== ''")
        return json.loads(self.value("snapshot-json"), parse_constant=_refuse)

    def saved_run(self) -> dict:
        """The same without what is measured of the network meanwhile, and measured anew."""
        snapshot = self.save()
        session = snapshot["convnet_py"]["session"]
        session.pop("measured", None)
        session["curve"].pop("others", None)
        return snapshot

    def close_message(self) -> None:
        if self.message:
            self.press("dismiss")

    def expect_message(self, pattern: str) -> str:
        """Waits for a message and returns it; it has to be a sentence that says the right thing."""
        message = self.page.locator("#message")
        expect(message).to_be_visible(timeout=PATIENCE_MS)
        expect(message).to_contain_text(re.compile(pattern, re.IGNORECASE), timeout=PATIENCE_MS)
        text = self.message
        assert re.search(r"[.?!]$", text), f"no sentence: {text!r}"
        assert len(text) < 1000, f"a message of {len(text)} characters"
        return text


def _refuse(constant: str) -> None:
    raise AssertionError(f"the JSON holds {constant}")
