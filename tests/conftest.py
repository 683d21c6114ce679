"""What holds for all tests."""

import os

# On a busy machine, threads that wait for each other make small products many times slower. NumPy
# reads this when it is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
