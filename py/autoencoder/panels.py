"""What training can begin without: controls and pictures.

    await furnish(session, loop, notice)

Each is made in a frame of its own, and what it takes is imported there: compiling it would keep the
first training step waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import create_proxy
from pyscript import document, window

from autoencoder.frames import next_frame
from autoencoder.loop import Loop
from autoencoder.page import Notice, link_to_issues
from autoencoder.session import Session

if TYPE_CHECKING:
    from autoencoder.exports import Exports
    from autoencoder.keeping import Keeping
    from autoencoder.listening import Listening
    from autoencoder.offer import Offer
    from autoencoder.page import Said
    from autoencoder.resuming import Resumed
    from autoencoder.views.embedding import EmbeddingView
    from autoencoder.views.example_group import ExampleGroup
    from autoencoder.views.loss_graph import LossGraphView
    from autoencoder.views.network import NetworkView


async def furnish(session: Session, loop: Loop, notice: Notice, resumed: Resumed | None) -> None:
    """Makes all that the visitor sees and uses beside the numbers, and keeps the run.

    Args:
        session: the run.
        loop: draws it.
        notice: tells what goes wrong.
        resumed: what was found of runs that this browser keeps; None if it keeps none.
    """
    await next_frame()
    listening, said, offer, keeping = connect_controls(session, loop, notice, resumed)
    await next_frame()
    listen_beyond_controls(session, loop)
    await next_frame()
    digits, example, network = add_map(session, loop, listening)
    await next_frame()
    graph = add_graph(session, loop)
    await next_frame()
    add_denoising(loop)
    await next_frame()
    add_neuron(session, loop, listening, network)
    await next_frame()
    add_links(session, listening, said, notice, (digits, example, graph))
    await next_frame()
    add_pad(session, loop, listening)
    await next_frame()
    add_runs(session, loop, listening, keeping, offer)
    window.addEventListener("beforeprint", create_proxy(lambda _: loop.print()))
    link_to_issues()
    await keeping.start()


def connect_controls(
    session: Session, loop: Loop, notice: Notice, resumed: Resumed | None
) -> tuple[Listening, Said, Offer, Keeping]:
    """Lets the visitor use what waited for Python to be awake."""
    from autoencoder.controls import Controls
    from autoencoder.keeping import Keeping
    from autoencoder.listening import Listening
    from autoencoder.offer import Offer
    from autoencoder.page import Said
    from autoencoder.snapshots import Snapshots

    listening = Listening(loop, notice)
    said = Said("reload-status", "snapshot-status", "share-status")
    Controls(session, listening, said)
    Snapshots(session, listening, said, notice)
    offer = Offer()
    keeping = Keeping(session, listening, offer, notice, resumed)
    for control in document.querySelectorAll("[disabled]"):
        control.disabled = False
    return listening, said, offer, keeping


def listen_beyond_controls(session: Session, loop: Loop) -> None:
    """Hears the keyboard, and trains while the page is hidden."""
    from autoencoder.background import Background
    from autoencoder.keyboard import Keyboard

    Keyboard(session, "keys")
    Background(session, loop)


def add_map(
    session: Session, loop: Loop, listening: Listening
) -> tuple[EmbeddingView, ExampleGroup, NetworkView]:
    """Draws the map, which answers to the visitor, and the example whose place it marks."""
    from autoencoder.manifold import Manifold
    from autoencoder.map_controls import MapControls
    from autoencoder.placing import Placing
    from autoencoder.views.decoded import DecodedView
    from autoencoder.views.embedding import SIZE, EmbeddingView
    from autoencoder.views.example_group import ExampleGroup
    from autoencoder.views.flow import FlowView
    from autoencoder.views.mark import MarkView, Ring, RingView
    from autoencoder.views.network import NetworkView
    from autoencoder.views.neuron import NeuronView
    from autoencoder.views.own_mark import OwnMarkView
    from autoencoder.views.picked import PickedView

    manifold = Manifold(SIZE)
    digits, network = EmbeddingView(manifold), NetworkView()
    ring = Ring()
    example = ExampleGroup(FlowView(), MarkView(ring), network, NeuronView())
    loop.add(Placing(session, digits, manifold, RingView(ring), PickedView()))
    loop.add(example)
    loop.add(DecodedView(session))
    loop.add(OwnMarkView(session))
    MapControls(session, listening, digits.reach)
    return digits, example, network


def add_graph(session: Session, loop: Loop) -> LossGraphView:
    """Draws the loss graph, and measures the run beside."""
    from autoencoder.measuring import Measuring
    from autoencoder.views.loss_graph import LossGraphView
    from autoencoder.views.measures import MeasuresView

    graph = LossGraphView()
    loop.add(graph)
    loop.add(Measuring(session, MeasuresView()))
    return graph


def add_denoising(loop: Loop) -> None:
    """Draws digits that the network restores."""
    from autoencoder.views.denoising import DenoisingView

    loop.add(DenoisingView())


def add_neuron(session: Session, loop: Loop, listening: Listening, network: NetworkView) -> None:
    """Lets the visitor look closer at a neuron."""
    from autoencoder.neuron_controls import NeuronControls
    from autoencoder.views.exciting import ExcitingView

    NeuronControls(session, listening, network)
    loop.add(ExcitingView())


def add_links(
    session: Session,
    listening: Listening,
    said: Said,
    notice: Notice,
    pictures: tuple[EmbeddingView, ExampleGroup, LossGraphView],
) -> None:
    """Keeps the address current, and offers what others can be shown, and links to begin with."""
    from autoencoder.share import Share
    from autoencoder.views.presets import list_presets

    def make_exports() -> Exports:
        from autoencoder.exports import Exports

        return Exports(session, listening.work, *pictures)

    Share(session, listening, said, notice, make_exports)
    list_presets()


def add_pad(session: Session, loop: Loop, listening: Listening) -> None:
    """Lets the visitor draw a digit, and shows what the network makes of it."""
    from autoencoder.pad import Pad
    from autoencoder.views.own_digit import OwnDigitView

    Pad(session, listening)
    loop.add(OwnDigitView(session.own_digit))


def add_runs(
    session: Session, loop: Loop, listening: Listening, keeping: Keeping, offer: Offer
) -> None:
    """Lists the runs that are kept, and compares them."""
    from autoencoder.runs import Runs
    from autoencoder.views.comparison import ComparisonView

    Runs(session, listening, keeping, offer)
    loop.add(ComparisonView())
