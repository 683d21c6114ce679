"""What all tests need."""

import signal

# A shell that starts the tests in the background lets them ignore Ctrl-C, and with them every
# command that they start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
