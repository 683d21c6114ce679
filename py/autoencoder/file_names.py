"""What files are called that the page saves.

file_name(RUN, "784–50–2–50–784, adadelta", date(2026, 11, 28), 120_000)
# autoencoder-784-50-2-50-784-2026-11-28-120000.json
"""

from __future__ import annotations

import re
from datetime import date

RUN = "autoencoder"
"""What files of a run are."""

MOST = 60
"""Characters that tell of the network."""


def file_name(what: str, network: str, day: date, examples: int, extension: str = "json") -> str:
    """The name of a file: network, date and examples; letters, digits and hyphens only.

    Args:
        what: it shows of the run.
        network: in a few words, see `describe_network`; its method is left out.
        day: when it is saved.
        examples: how many the run has seen.
        extension: tells what it is written in.
    """
    layers = network.rpartition(",")[0].lower()
    parts = re.findall("[a-z0-9]+", layers)
    return "-".join([what, "-".join(parts)[:MOST], f"{day}", f"{examples}.{extension}"])
