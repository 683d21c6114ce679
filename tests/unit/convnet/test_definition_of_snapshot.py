"""The definition that is written for a snapshot builds the snapshot's network again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import Net, parse_definition
from convnet.construction import definitions_from_json, layers_from_definitions, layers_from_json
from convnet.definition import format_definition
from convnet.options import TrainerOptions

LRN = {"type": "lrn", "k": 1, "n": 3, "alpha": 0.1, "beta": 0.75}
MULTIPLIERS = st.sampled_from([{}, {"l1_decay_mul": 0.5}, {"l2_decay_mul": 1e-320}])
HIDDEN = st.one_of(
    st.builds(lambda n, m: {"type": "fc", "num_neurons": n} | m, st.integers(64, 66), MULTIPLIERS),
    st.builds(
        lambda m, pad: {"type": "conv", "filters": 64, "sx": 1, "sy": 1, "pad": pad} | m,
        MULTIPLIERS,
        st.integers(0, 1),
    ),
    st.builds(lambda size: {"type": "maxout", "group_size": size}, st.integers(1, 2)),
    st.builds(
        lambda exact: LRN | {"exact_gradient": exact},
        st.booleans(),
    ),
    st.sampled_from([{"type": "dropout", "drop_prob": 0.25}, {"type": "pool", "sx": 1}]),
    st.sampled_from([{"type": "relu"}, {"type": "sigmoid"}, {"type": "tanh"}]),
)
LOSS = st.sampled_from(
    [{"type": kind, "add_fc": False} for kind in ("regression", "softmax", "svm")]
    + [{"type": "regression", "num_neurons": 2}, {"type": "svm", "num_classes": 2}]
)
INPUT = {"type": "input", "out_sx": 2, "out_sy": 3, "out_depth": 64}


def what_is_built(layers):
    """All that is known of layers before they have parameters."""
    plain = [
        {name: value for name, value in vars(layer).items() if name != "where"} for layer in layers
    ]
    for fields in plain:
        if "parameters" in fields:  # what biases begin with is not in a snapshot
            fields["parameters"] = [
                (p.shape, p.l1_decay_mul, p.l2_decay_mul) for p in fields["parameters"]
            ]
    return [layer.type for layer in layers], plain


@settings(max_examples=300, deadline=None)
@given(
    st.lists(HIDDEN, max_size=6),
    LOSS,
    st.booleans(),
    st.sampled_from([{}, {"eps": 1e-30, "ro": 0}]),
)
def test_a_snapshots_definition_builds_the_same_network(hidden, loss, bare, options):
    json = Net([INPUT, *hidden, loss], seed=0).to_json()["layers"]
    if bare:  # as others may have written it
        for layer in json:
            layer.pop("l1_decay_mul", None)
            layer.pop("l2_decay_mul", None)
            layer.pop("exact_gradient", None)
    chosen = TrainerOptions(**options).chosen()
    text = format_definition(definitions_from_json(json), chosen)
    definitions, read = parse_definition(text)
    assert what_is_built(layers_from_definitions(definitions)) == what_is_built(
        layers_from_json(json)
    )
    assert vars(TrainerOptions(**read)) == vars(TrainerOptions(**options))


def test_an_ordinary_networks_definition_is_as_short_as_one_writes_it():
    definitions = [
        {"type": "input", "out_sx": 2, "out_sy": 2, "out_depth": 1},
        {"type": "fc", "num_neurons": 3, "activation": "tanh"},
        {"type": "softmax", "num_classes": 2},
    ]
    text = format_definition(definitions_from_json(Net(definitions).to_json()["layers"]), {})
    assert parse_definition(text)[0] == definitions
    assert "add_fc" not in text
