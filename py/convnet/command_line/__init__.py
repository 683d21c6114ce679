"""The engine from the command line: one module for each command of `python -m convnet`."""
