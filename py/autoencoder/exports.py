"""What leaves the page as it is seen: pictures as PNG, numbers as CSV.

exports = Exports(session, work, embedding_view, example_views, loss_graph_view)
name = await exports.hand_over("map")  # "map-784-50-2-50-784-2026-11-28-120000.png"
"""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy, to_js
from pyscript import window

from autoencoder.file_names import file_name
from autoencoder.network_name import describe_network
from autoencoder.page import download, element, make
from autoencoder.tables import codes_csv, codes_in_steps, curve_csv
from autoencoder.views.canvas import Canvas
from autoencoder.views.embedding import SIZE
from autoencoder.views.paper import Paper
from autoencoder.views.pictures import enlarge

if TYPE_CHECKING:
    from autoencoder.session import Session
    from autoencoder.views.embedding import EmbeddingView
    from autoencoder.views.example_group import ExampleGroup
    from autoencoder.views.loss_graph import LossGraphView
    from autoencoder.work import Work

SCALE = 2
"""Pixels of a picture for one of the page."""


class Exports:
    """Makes files of what is on the page.

    Args:
        session: what they show.
        work: takes the steps of what takes longer than a frame.
        digits: draws the map.
        example: draws the example on its way, and with it the network.
        graph: draws the loss.
    """

    def __init__(
        self,
        session: Session,
        work: Work,
        digits: EmbeddingView,
        example: ExampleGroup,
        graph: LossGraphView,
    ) -> None:
        self._session = session
        self._work = work
        self._digits = digits
        self._example = example
        self._graph = graph

    async def hand_over(self, what: str) -> str:
        """Hands the visitor a file, and returns its name.

        Args:
            what: map, loss or network, as pictures; curve or codes, as numbers.

        Raises:
            ConvNetError: that part of the page is hidden.
        """
        make_file = getattr(self, f"_{what}")
        run = self._session.run
        blob = await make_file()
        extension = "csv" if blob.type.startswith("text/csv") else "png"
        network = describe_network(run.net, run.trainer.options.method)
        name = file_name(what, network, date.today(), run.examples_seen, extension)
        download(blob, name)
        return name

    async def _map(self) -> JsProxy:
        canvas, mark = element("embedding"), element("map-mark")
        paper = Paper(element("map"), SCALE)
        times = max(1, math.ceil(SCALE * canvas.clientWidth / SIZE))
        picture = Canvas(make("canvas"))
        picture.show(enlarge(self._digits.picture(self._session)[None], times)[0])
        paper.paste(canvas, picture.element, smooth=True)
        marks = element("map-marks").querySelectorAll(".picked-mark, .neighbour-mark")
        for part in (canvas, *marks, *element("legend").children):
            paper.frame(part)
        paper.ring(mark)
        paper.write(element("map"))
        return await paper.png()

    async def _loss(self) -> JsProxy:
        panel = element("loss-graph")
        paper = Paper(panel, SCALE)
        paper.paste(self._graph.canvas, await self._graph.enlarged(SCALE))
        for marker in panel.querySelectorAll(".u-marker"):
            paper.frame(marker)
        paper.write(panel)
        return await paper.png()

    async def _network(self) -> JsProxy:
        panel = element("network")
        paper = Paper(panel, SCALE)
        self._example.print(self._session)
        for row in panel.children:
            paper.frame(row)
            for canvas in row.querySelectorAll("canvas"):
                paper.paste(canvas)
            for bar in row.querySelectorAll(".scale:not(.missing) .ramp"):
                paper.shade(bar)
            paper.write(row)
        return await paper.png()

    async def _curve(self) -> JsProxy:
        return _text_file(curve_csv(self._session.curve))

    async def _codes(self) -> JsProxy:
        codes = await self._work.do(codes_in_steps(self._session))
        return _text_file(codes_csv(self._session.digit_map.labels, codes))


def _text_file(text: str) -> JsProxy:
    options = to_js({"type": "text/csv;charset=utf-8"}, dict_converter=window.Object.fromEntries)
    return window.Blob.new(to_js([text]), options)
