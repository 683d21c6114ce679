"""Network definitions as text: read, in Python or in ConvNetJS's JavaScript, and written.

    layer_defs, trainer_options = parse_definition('''
        layer_defs = [
            dict(type="input", out_sx=28, out_sy=28, out_depth=1),
            dict(type="regression", num_neurons=28*28),
        ]
        net = Net(layer_defs)
        trainer = Trainer(net, method="adadelta", batch_size=50)
    ''')
    text = format_definition(layer_defs, trainer_options)
    text = compact_definition(layer_defs, trainer_options)  # for an address

The text is data: nothing in it is executed, and what it can cost is bounded by its
length. `parser` has the grammar, `tokens` the words that it is made of.
"""

from convnet.definition.parser import parse_definition
from convnet.definition.writer import compact_definition, format_definition

__all__ = ["compact_definition", "format_definition", "parse_definition"]
