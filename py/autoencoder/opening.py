"""What the page opens with: the run that its address tells of, or the one that was kept.

resumed = await open_page(session, notice.show)  # before anything trains
"""

from __future__ import annotations

from collections.abc import Callable

from pyscript import window

from autoencoder.address import open_address, show_parts, texts_of
from autoencoder.link import describes_run, what_is_wrong
from autoencoder.local_storage import is_anything_kept
from autoencoder.resuming import Resumed, resume
from autoencoder.session import Session
from convnet import ConvNetError


async def open_page(session: Session, report: Callable[[str], object]) -> Resumed | None:
    """Goes on with a kept run, or begins what the address says; what is wrong is reported.

    Args:
        session: is made so.
        report: shows the visitor a sentence.

    Returns:
        What was found of kept runs; None if nothing is kept.
    """
    texts = {}
    try:
        texts = texts_of(window.location)
    except ConvNetError as error:
        report(str(error))
    has_run = describes_run(texts)
    address = window.location.hash if has_run else ""
    resumed = await resume(session, address) if is_anything_kept() else None
    if has_run and resumed and resumed.entry:  # the address is the kept run's own
        wrong = show_parts(texts)
    else:
        wrong = await open_address(session, texts)
    if wrong:
        report(what_is_wrong(wrong))
    return resumed
