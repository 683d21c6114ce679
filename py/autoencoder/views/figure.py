"""A picture of a layer on the page: its name, what its colours mean, and what one points at.

figure = Figure("Weights", picture)
panel.append(figure.element)
figure.draw()
place = figure.place_under(event)
figure.point_at(place)
"""

from __future__ import annotations

from itertools import count

from pyodide.ffi import JsProxy

from autoencoder.page import Text, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.layer_pictures import LayerPicture, Place
from autoencoder.views.numbers import telling
from autoencoder.views.pictures import colour

SHADES = 8
"""How many colours of a bar are told to the browser."""

_numbers = count()


class Figure:
    """A picture with its caption, its scale, and a line for the value that is pointed at.

    Args:
        title: its name, below it.
        picture: what it shows.
        of_training: whether there is nothing to see before the network has been trained.
        opens: whether its neurons can be looked at closely.

    Attributes:
        picture: as above.
        opens: as above.
        element: all of it.
        number: tells figures apart; what holds the canvas bears it too.
        place: the value that is pointed at, if any.
    """

    def __init__(
        self, title: str, picture: LayerPicture, of_training: bool = False, opens: bool = False
    ) -> None:
        self.picture = picture
        self.opens = opens
        self._title = f"{title}: {picture.part}" if picture.part else title
        self._untrained = f"{title}: none before the first update" if of_training else ""
        self._missing = False
        self.number = str(next(_numbers))
        self.place: Place | None = None
        self._last: Place = (0, 0, 0)
        name = f"{title} of a {picture.layer.type} layer"
        keys = "arrow keys point at its values" + (", Enter opens a neuron" if opens else "")
        canvas = make("canvas", role="img", aria_label=name)
        canvas.style.width = f"{picture.width}px"
        frame = make("div", class_="picture", role="application", tabindex="0")
        frame.setAttribute("aria-label", f"{name}: {keys}")
        frame.dataset.figure = self.number
        frame.classList.toggle("opens", opens)
        self._mark = make("i", class_="mark", hidden="", aria_hidden="true")
        frame.append(canvas, self._mark)
        caption, line = make("figcaption"), make("div", class_="caption")
        self._scale = Scale(picture)
        line.append(caption, self._scale.element)
        readout = make("p", class_="readout", aria_live="off")
        self.element = make("figure", class_=type(picture).__name__.lower())
        self.element.append(frame, line, readout)
        self._canvas, self._caption = Canvas(canvas), Text(caption)
        self._readout, self._told = readout, Text(readout)

    def draw(self, trained: bool) -> None:
        """Shows the picture as it is now, or that there is none, and what is pointed at.

        Args:
            trained: whether the network has been.
        """
        self._missing = bool(self._untrained) and not trained
        self._caption.show(self._untrained if self._missing else self._title)
        self._canvas.show(self.picture.pixels())
        if self._missing:
            self._canvas.clear()
        self._scale.show(self._missing)
        if self.place is not None:
            self._readout.setAttribute("aria-live", "off")  # only what keys lead to is said
            self._tell()

    def place_under(self, event: JsProxy) -> Place | None:
        """The value that a pointer is over, if any."""
        if self._missing:
            return None
        box = self._canvas.element.getBoundingClientRect()
        if not box.width * box.height:
            return None
        return self.picture.place_at(
            (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height
        )

    def place_after(self, across: int, down: int) -> Place | None:
        """The value that keys lead to: by so much from the one that is pointed at, else the one
        that was pointed at last.
        """
        if self._missing:
            return None
        return self._last if self.place is None else self.picture.step(self.place, across, down)

    def point_at(self, place: Place | None, aloud: bool = False) -> None:
        """Marks a value and tells it, or none.

        Args:
            place: where it is.
            aloud: whether screen readers are to say it.
        """
        self.place = place
        self._mark.hidden = place is None
        self._readout.setAttribute("aria-live", "polite" if aloud else "off")
        if place is not None:
            self._last = place
            sides = zip(("left", "top", "width", "height"), self.picture.box_of(place), strict=True)
            for side, share in sides:
                setattr(self._mark.style, side, f"{share:.4%}")
        self._tell()

    @property
    def neuron(self) -> int | None:
        """The neuron that is pointed at and can be looked at closely."""
        return self.picture.neuron(self.place) if self.opens and self.place else None

    def _tell(self) -> None:
        if self.place is None or self._missing:
            self._told.show("")
            return
        value = float(self.picture.values[self.place])
        self._told.show(f"{self.picture.name(self.place)}: {telling(value)}", value)


class Scale:
    """The colours of a picture, from its lowest value to its highest, with a 0 where signs part.

    Args:
        picture: whose colours they are.

    Attributes:
        element: all of it.
    """

    def __init__(self, picture: LayerPicture) -> None:
        self._picture = picture
        self.element = make("span", class_="scale")
        ends = make("span", class_="low"), make("span", class_="high")
        self._low, self._high = map(Text, ends)
        parts = [_bar(picture, 0, 255)]
        if picture.signed:
            parts = [_bar(picture, 0, 127), make("span", "0"), _bar(picture, 128, 255)]
        self.element.append(ends[0], *parts, ends[1])

    def show(self, missing: bool) -> None:
        """Writes the ends as they are in the picture; the scale of none is not seen."""
        self.element.classList.toggle("missing", missing)
        self._low.show(telling(self._picture.low), self._picture.low)
        self._high.show(telling(self._picture.high), self._picture.high)


def _bar(picture: LayerPicture, first: int, last: int) -> JsProxy:
    """Some of a picture's ramp, as a bar."""
    shades = [first + (last - first) * i // (SHADES - 1) for i in range(SHADES)]
    colours = [colour(picture.ramp[shade]) for shade in shades]
    bar = make("i", class_="ramp", data_colours=" ".join(colours))
    bar.style.backgroundImage = f"linear-gradient(to right, {', '.join(colours)})"
    return bar
