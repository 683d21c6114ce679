"""The engine from the command line.

python -m convnet train DEFINITION.txt --data assets/mnist --examples 1000000 --save net.json
python -m convnet train --resume net.json --data assets/mnist --examples 1000000 --save net.json
python -m convnet evaluate net.json --data assets/mnist
python -m convnet describe net.json
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from convnet.command_line import describe, evaluate, train
from convnet.errors import ConvNetError
from convnet.memory import OUT_OF_MEMORY

COMMANDS = {"train": train, "evaluate": evaluate, "describe": describe}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status, which is not 0 where it failed."""
    parser = ArgumentParser(prog="python -m convnet", description="Trains networks on MNIST.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        purpose = command.__doc__.split(": ", 1)[1]
        command.add_arguments(commands.add_parser(name, help=purpose, description=purpose))
    parsed = parser.parse_args(arguments)
    try:
        return COMMANDS[parsed.command].run(parsed)
    except ConvNetError as error:
        print(error, file=sys.stderr)
    except MemoryError:
        print(OUT_OF_MEMORY, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted; nothing was saved.", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
