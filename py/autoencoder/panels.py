"""What training can begin without: controls and pictures.

    await furnish(session, loop, notice)

Each is made in a frame of its own, and what it takes is imported there: compiling it would keep the
first training step waiting.
"""

from __future__ import annotations

from pyodide.ffi import create_proxy
from pyscript import document, window

from autoencoder.frames import next_frame
from autoencoder.loop import Loop
from autoencoder.page import Notice, link_to_issues
from autoencoder.session import Session


async def furnish(session: Session, loop: Loop, notice: Notice) -> None:
    """Makes all that the visitor sees and uses beside the numbers."""
    await next_frame()
    connect_controls(session, loop, notice)
    await next_frame()
    add_map(loop)
    await next_frame()
    add_graph(loop)
    window.addEventListener("beforeprint", create_proxy(lambda _: loop.print()))
    link_to_issues()


def connect_controls(session: Session, loop: Loop, notice: Notice) -> None:
    """Lets the visitor use what waited for Python to be awake."""
    from autoencoder.controls import Controls
    from autoencoder.listening import Listening
    from autoencoder.page import Said
    from autoencoder.snapshots import Snapshots

    listening = Listening(loop, notice)
    said = Said("reload-status", "snapshot-status")
    Controls(session, listening, said)
    Snapshots(session, listening, said)
    for control in document.querySelectorAll("[disabled]"):
        control.disabled = False


def add_map(loop: Loop) -> None:
    """Draws the map, and the example whose place it marks."""
    from autoencoder.views.embedding import EmbeddingView
    from autoencoder.views.example_group import ExampleGroup
    from autoencoder.views.flow import FlowView
    from autoencoder.views.mark import MarkView
    from autoencoder.views.network import NetworkView

    digits = EmbeddingView()
    loop.add(digits)
    loop.add(ExampleGroup(FlowView(), MarkView(digits), NetworkView()))


def add_graph(loop: Loop) -> None:
    """Draws the loss graph."""
    from autoencoder.views.loss_graph import LossGraphView

    loop.add(LossGraphView())
