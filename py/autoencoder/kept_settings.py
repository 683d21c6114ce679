"""The settings that a run takes along when it is saved, and has again when it comes back.

snapshot = await work.do(session.save(of_run(session)))
...
await work.do(session.load(snapshot))
complaints = await work.do(restore(session))
"""

from __future__ import annotations

from autoencoder.session import Session
from autoencoder.settings import Lives, read, written
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.steps import Steps


def of_run(session: Session) -> dict[str, str]:
    """What is saved with the run, by name, as text."""
    return written(session, Lives.RUN)


def restore(session: Session) -> Steps[list[str]]:
    """Sets what the run was saved with, in steps; it may have been written by anyone.

    Returns:
        A sentence for each that could not be set, and is at its default.
    """
    settings = session.run.beside.get("settings", {})
    try:
        settings = Fields(settings, "The run's settings").as_dict()
    except ConvNetError as error:
        return [str(error)]
    return (yield from read(session, settings, Lives.RUN))
