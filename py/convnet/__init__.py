"""A small neural-network engine on NumPy that speaks ConvNetJS's language.

    from convnet import Net, Trainer, parse_definition

    layer_defs, trainer_options = parse_definition(text)
    net = Net(layer_defs, seed=0)
    trainer = Trainer(net, **trainer_options)
    stats = trainer.train(x, y)

Definitions, options and snapshots are ConvNetJS's; everything a user can get
wrong raises ConvNetError with a sentence that says what and where.
"""

from convnet.definition import parse_definition
from convnet.errors import ConvNetError, DefinitionError
from convnet.net import Net
from convnet.trainer import Stats, Trainer

__all__ = ["ConvNetError", "DefinitionError", "Net", "Stats", "Trainer", "parse_definition"]
