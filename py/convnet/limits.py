"""How large a network may be, so that a browser tab can hold it.

Everything here is checked on numbers alone, before any memory is taken.
"""

MAX_LAYERS = 1_000
"""Layers in one network, counted after expansion."""

MAX_SIZE = 100_000
"""Width, height or depth of a volume, and so the number of neurons of a layer."""

MAX_PARAMETERS = 20_000_000
"""Parameters in one network; training holds up to six arrays of this length."""

MAX_ACTIVATIONS = 1_000_000
"""Values that all layers together keep for one example, gradients included."""

MAX_MINIBATCH_VALUES = 250_000_000
"""Values that all layers together keep for one minibatch: a gigabyte in float32."""

MAX_COUNT = 2**53
"""Examples or updates that are counted; a run that gets so far goes on, and its counts stay."""

MAX_COMPARED = 1_000
"""Values that pool or maxout choose from, and neighbours that lrn adds up, one by one."""
