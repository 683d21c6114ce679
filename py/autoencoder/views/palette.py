"""The colours of the ten classes.

Petroff, "Accessible color sequences for data visualization", arXiv:2107.02270: ten colours
chosen by colour-vision models so that colour-blind people can tell them apart.
"""

from __future__ import annotations

import numpy as np

from autoencoder.views.pictures import rgb

CLASS_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
CLASS_PIXELS = np.array([rgb(colour) for colour in CLASS_COLOURS], np.uint32)
