"""A table of the runs that are compared: what was set otherwise, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.comparison import of_session, rows
from autoencoder.page import Text, element, make
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.comparison import Row
    from autoencoder.session import Session


class ComparisonView(View):
    """The table in `#comparison`, hidden while nothing is compared."""

    period_ms = 1000

    def __init__(self) -> None:
        self._table = element("compared-runs")
        super().__init__(element("runs-sheet"))
        self._shown: tuple[list[str], list[str]] | None = None
        self._cells: list[Text] = []

    def draw(self, session: Session) -> None:
        """Writes what differs now; the table is made anew where other runs or settings do."""
        element("comparison").hidden = not session.compared
        if not session.compared:
            return
        runs = [of_session(session), *session.compared]
        lines = rows(runs)
        shown = [run.title for run in runs], [row.label for row in lines]
        if shown != self._shown:
            self._shown = shown
            self._make(shown[0], lines)
        values = [value for row in lines for value in row.values]
        for cell, value in zip(self._cells, values, strict=True):
            cell.show(value)

    def _make(self, titles: list[str], lines: list[Row]) -> None:
        head = make("tr")
        head.append(make("td"), *(make("th", title, scope="col") for title in titles))
        self._table.replaceChildren(head)
        self._cells = []
        for row in lines:
            line = make("tr")
            line.append(make("th", row.label, scope="row"))
            for _ in row.values:
                cell = make("td")
                line.append(cell)
                self._cells.append(Text(cell))
            self._table.append(line)
