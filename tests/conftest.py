"""What holds for all tests."""

import os
import signal

# On a busy machine, threads that wait for each other make small products many times slower. NumPy
# reads this when it is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A shell that starts the tests in the background lets them ignore Ctrl-C, and with them every
# command that they start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
