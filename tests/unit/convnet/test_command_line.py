"""`python -m convnet`: from a definition to a trained, evaluated, described network."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from convnet.__main__ import main
from convnet.command_line import train as train_module
from convnet.command_line.progress import Progress
from convnet.compute import Reproducible, best_backend
from convnet.limits import MAX_COUNT
from convnet.mnist import read_digits
from convnet.run import Run
from convnet.snapshot import load_in_steps
from convnet.steps import finish

AUTOENCODER = """
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=8, activation="tanh", drop_prob=0.1),
    dict(type="regression", num_neurons=28*28),
]
net = Net(layer_defs)
trainer = Trainer(net, method="adadelta", batch_size=10, l2_decay=0.001)
"""
CLASSIFIER = """
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="softmax", num_classes=10),
]
net = Net(layer_defs)
trainer = Trainer(net, method="adam", batch_size=20)
"""


def load(snapshot, dtype=np.float32):
    return finish(load_in_steps(snapshot, dtype))


def session_of(path):
    """What a saved run says of itself."""
    return load(path.read_text()).session


@pytest.fixture
def folder(tmp_path):
    """A folder with digits: in those of class c all rows but row c are black."""
    manifest = {}
    for part, count in (("train", 200), ("test", 50)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        images = np.zeros((count, 28, 28), np.uint8)
        images[np.arange(count), labels] = 255
        file = io.BytesIO()
        np.savez_compressed(file, images=images, labels=labels)
        (tmp_path / f"{part}.npz").write_bytes(file.getvalue())
        digest = hashlib.sha256(file.getvalue()).hexdigest()
        manifest[part] = [{"file": f"{part}.npz", "count": count, "sha256": digest}]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "autoencoder.txt").write_text(AUTOENCODER)
    (tmp_path / "classifier.txt").write_text(CLASSIFIER)
    return tmp_path


def train(folder, *arguments, save="net.json", examples=1000):
    command = ["train", *arguments, "--data", folder, "--save", folder / save]
    return main([str(part) for part in [*command, "--examples", examples]])


def error_of_evaluation(folder, capsys, save="net.json"):
    capsys.readouterr()
    assert main(["evaluate", str(folder / save), "--data", str(folder)]) == 0
    return capsys.readouterr().out


def test_an_autoencoder_learns_and_is_evaluated(folder, capsys):
    assert train(folder, folder / "autoencoder.txt", "--seed", 1, examples=10) == 0
    before = error_of_evaluation(folder, capsys)
    assert train(folder, "--resume", folder / "net.json", examples=8000) == 0
    after = error_of_evaluation(folder, capsys)
    assert "half squared error" in after
    assert "50 digits" in after
    errors = [float(line.split("error: ")[1].split()[0]) for line in (before, after)]
    assert errors[1] < errors[0] / 2


def test_an_autoencoder_is_evaluated_beside_principal_components(folder, capsys):
    train(folder, folder / "autoencoder.txt", "--seed", 1)
    lines = error_of_evaluation(folder, capsys).splitlines()
    assert re.fullmatch(r"half squared error: \d+\.\d{4} an image, mean of 50 digits", lines[0])
    assert re.fullmatch(r"class agreement: [01]\.\d{4} of 50 codes", lines[1])
    # Ten digits in equal numbers, each with 28 pixels that no other has: nine components with a
    # variance of 2.8, of which codes of 8 lose one.
    assert lines[2:] == [
        "half squared error of PCA with codes of 8: 1.4000",
        "class agreement of PCA: 1.0000",
    ]


def test_an_autoencoder_without_hidden_layers_has_no_codes(folder, capsys):
    without = [line for line in AUTOENCODER.splitlines(True) if "num_neurons=8" not in line]
    (folder / "shallow.txt").write_text("".join(without))
    train(folder, folder / "shallow.txt", examples=10)
    (line,) = error_of_evaluation(folder, capsys).splitlines()
    assert line.startswith("half squared error: ")


def test_a_classifier_learns_and_is_evaluated(folder, capsys):
    assert train(folder, folder / "classifier.txt", examples=4000) == 0
    assert error_of_evaluation(folder, capsys) == "error rate: 0.00% of 50 digits\n"


def test_the_same_seed_gives_the_same_file(folder):
    for name in ("a.json", "b.json"):
        train(folder, folder / "autoencoder.txt", "--seed", 5, save=name)
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()


def test_a_resumed_run_ends_where_an_unbroken_one_does(folder):
    train(folder, folder / "autoencoder.txt", "--seed", 5, examples=600, save="whole.json")
    train(folder, folder / "autoencoder.txt", "--seed", 5, examples=400, save="half.json")
    train(folder, "--resume", folder / "half.json", examples=200, save="both.json")
    assert (folder / "both.json").read_bytes() == (folder / "whole.json").read_bytes()
    session = load((folder / "both.json").read_text()).session
    assert session["examples_seen"] == 600
    assert session["definition"] == AUTOENCODER


@pytest.mark.parametrize(
    ("arguments", "kind", "strength"),
    [
        ([], "masking", 0.1),
        (["--noise", 0.3], "masking", 0.3),
        (["--corruption", "square"], "square", 8),
        (["--corruption", "gaussian", "--noise", 0.5], "gaussian", 0.5),
        (["--corruption", "none"], "none", 0),
    ],
)
def test_noise_is_of_the_kind_and_strength_that_are_asked_for(folder, arguments, kind, strength):
    train(folder, folder / "autoencoder.txt", "--seed", 5, *arguments, save="net.json")
    session = load((folder / "net.json").read_text()).session
    assert (session["corruption"], session["noise"]) == (kind, strength)


def test_a_resumed_run_keeps_its_noise_or_what_of_it_is_not_named(folder):
    gaussian = ("--corruption", "gaussian")
    train(folder, folder / "autoencoder.txt", "--seed", 5, *gaussian, save="first.json")
    found = []
    for arguments in ((), ("--noise", 0.5), ("--corruption", "none")):
        train(folder, "--resume", folder / "first.json", *arguments, save="net.json")
        session = load((folder / "net.json").read_text()).session
        found.append((session["corruption"], session["noise"]))
    assert found == [("gaussian", 0.3), ("gaussian", 0.5), ("none", 0)]
    train(folder, "--resume", folder / "net.json", "--noise", 0.2, save="again.json")
    session = load((folder / "again.json").read_text()).session
    assert (session["corruption"], session["noise"]) == ("masking", 0.2)


def test_without_a_seed_one_is_drawn_and_told_so_that_any_run_can_be_had_again(folder, capsys):
    train(folder, folder / "autoencoder.txt", save="a.json")
    pattern = r"Saved to .*a\.json after 1,000 examples; seed (\d+)\.\n"
    seed = re.fullmatch(pattern, capsys.readouterr().out)[1]
    train(folder, folder / "autoencoder.txt", "--seed", seed, save="again.json")
    assert (folder / "again.json").read_bytes() == (folder / "a.json").read_bytes()
    train(folder, folder / "autoencoder.txt", save="other.json")
    assert session_of(folder / "other.json")["seed"] != int(seed)


def test_the_seed_is_told_only_of_a_run_that_it_gives_again(folder, capsys):
    train(folder, folder / "autoencoder.txt", "--seed", 5, examples=10)
    for arguments, ending in (
        ([], "after 20 examples; seed 5."),
        (["--seed", 6], "after 30 examples."),
        ([], "after 40 examples."),
    ):
        capsys.readouterr()
        train(folder, "--resume", folder / "net.json", *arguments, examples=10)
        assert capsys.readouterr().out.strip().endswith(f"net.json {ending}")
        session = session_of(folder / "net.json")
        assert session["repeatable"] == ("seed" in ending)
    assert session["seed"] == 6


@pytest.mark.parametrize(
    ("arguments", "backend"), [([], Reproducible()), (["--fast"], best_backend())]
)
def test_sums_are_reproducible_unless_they_are_to_be_fast(folder, arguments, backend):
    train(folder, folder / "autoencoder.txt", "--seed", 5, *arguments, examples=500)
    train(folder, "--resume", folder / "net.json", *arguments, examples=500)
    digits = read_digits(folder, "train")
    run = finish(Run.in_steps(AUTOENCODER, digits, seed=5, backend=backend))
    for _ in range(100):
        run.step()
    saved = load((folder / "net.json").read_text()).net.parameters
    assert (saved == run.net.parameters).all()


def test_a_run_that_goes_on_by_a_seed_goes_on_so_again(folder):
    train(folder, folder / "autoencoder.txt", examples=10)
    for name, seed in (("a", 6), ("same", 6), ("other", 7)):
        arguments = "--resume", folder / "net.json", "--seed", seed
        train(folder, *arguments, examples=100, save=f"{name}.json")
    first, same, other = ((folder / f"{name}.json").read_bytes() for name in ("a", "same", "other"))
    assert first == same != other


def test_a_run_that_has_seen_all_the_examples_that_are_counted_goes_on(folder):
    train(folder, folder / "autoencoder.txt", examples=10)
    snapshot = json.loads((folder / "net.json").read_text())
    snapshot["convnet_py"]["session"]["examples_seen"] = MAX_COUNT - 5
    (folder / "net.json").write_text(json.dumps(snapshot))
    for _ in range(2):
        assert train(folder, "--resume", folder / "net.json", examples=30) == 0
        saved = load((folder / "net.json").read_text())
        assert saved.session["examples_seen"] == MAX_COUNT
    assert saved.trainer.rule.updates == 7


def test_describe_shows_every_layer(folder, capsys):
    train(folder, folder / "autoencoder.txt")
    capsys.readouterr()
    assert main(["describe", str(folder / "net.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["layer", "type", "output", "parameters", "bytes", "an", "example"],
        ["0", "input", "28×28×1", "0", "0"],
    ]
    assert ["4", "fc", "1×1×784", "7,056", "3,168"] in [line.split() for line in lines]
    assert ["total", "13,336", "9,632"] in [line.split() for line in lines]
    assert "with 10 examples at a time takes 0 MB of memory; the limit here is " in lines[-2]
    assert "adadelta in 100 updates" in lines[-1]


def test_describe_needs_no_memory_for_the_network(tmp_path, capsys):
    fc = {"layer_type": "fc", "out_sx": 1, "out_sy": 1, "out_depth": 100_000}
    layers = [{**fc, "layer_type": "input"}, *[fc] * 200, {**fc, "layer_type": "regression"}]
    (tmp_path / "net.json").write_text(json.dumps({"layers": layers}))
    assert main(["describe", str(tmp_path / "net.json")]) == 0
    printed = capsys.readouterr().out
    assert "2,000,020,000,000" in printed
    assert "1 example at a time takes 16,000,320 MB" in printed


def test_evaluate_takes_as_many_digits_at_once_as_there_is_memory_for(folder, capsys, monkeypatch):
    train(folder, folder / "autoencoder.txt")
    evaluate = ["evaluate", str(folder / "net.json"), "--data", str(folder)]
    capsys.readouterr()
    main(evaluate)
    expected = capsys.readouterr().out
    # Parameters and gradients are 107 kB, and an example is 12.
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: 150_000)
    assert main(evaluate) == 0
    assert capsys.readouterr().out == expected


def test_progress_is_shown_on_stderr(folder, capsys):
    train(folder, folder / "autoencoder.txt")
    captured = capsys.readouterr()
    assert "1,000 of 1,000 examples, loss " in captured.err
    assert captured.out.startswith("Saved to ")


def test_ctrl_c_saves_what_there_is(folder):
    command = [sys.executable, "-m", "convnet", "train", str(folder / "autoencoder.txt")]
    command += ["--data", str(folder), "--save", str(folder / "net.json")]
    path = str(Path(__file__).parents[3] / "py")
    process = subprocess.Popen(
        [*command, "--examples", "1000000000"],
        env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stderr.readline()  # it trains
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert out.startswith("Saved to ")
    assert load((folder / "net.json").read_text()).session["examples_seen"] > 0
    assert sorted(folder.glob("*.part")) == []


def test_a_save_that_fails_leaves_the_old_file(folder, monkeypatch, capsys):
    (folder / "net.json").write_text("old")

    def fail(value):
        yield "{"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("convnet.command_line.documents.json_pieces", fail)
    assert train(folder, folder / "autoencoder.txt") == 1
    assert "No space left on device" in capsys.readouterr().err
    assert (folder / "net.json").read_text() == "old"
    assert sorted(folder.glob("*.part")) == []


def test_a_run_whose_folder_is_gone_is_kept_elsewhere_and_says_where(folder, monkeypatch, capsys):
    read = train_module.read_digits
    (folder / "out").mkdir()

    def lose(*arguments):
        (folder / "out").rmdir()
        return read(*arguments)

    monkeypatch.setattr(train_module, "read_digits", lose)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert train(folder, folder / "autoencoder.txt", save="out/net.json") == 1
    (kept,) = folder.glob("*-net.json")
    assert f"is kept in {kept}" in capsys.readouterr().err
    assert load(kept.read_text()).session["examples_seen"] > 0


def test_a_loss_that_overflows_ends_the_run_with_a_sentence(folder, capsys):
    text = AUTOENCODER.replace('method="adadelta"', 'method="sgd", learning_rate=100000')
    (folder / "wild.txt").write_text(text)
    assert train(folder, folder / "wild.txt") == 1
    assert "smaller learning rate" in capsys.readouterr().err
    assert np.isfinite(load((folder / "net.json").read_text()).net.parameters).all()


def bad(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (lambda f: [f / "missing.txt"], "missing.txt: No such file"),
        (lambda f: [bad(f, "bad.txt", "layer_defs = [")], "Line 1, column"),
        (lambda f: [bad(f, "bad.txt", CLASSIFIER.replace("10", "9"))], "10 outputs"),
        (lambda f: [bad(f, "bad.txt", AUTOENCODER.replace("28*28", "9"))], "784 outputs"),
        (lambda f: [bad(f, "bad.txt", AUTOENCODER.replace("out_sx=28", "out_sx=9"))], "784 pixels"),
        (lambda f: ["--resume", bad(f, "bad.json", "{}")], "bad.json: The snapshot: layers is"),
        (lambda f: [f / "autoencoder.txt", "--noise", 2], "--noise must be from 0 to 0.9"),
        (lambda f: [f / "autoencoder.txt", "--seed", -1], "--seed must be a whole number"),
        (lambda f: ["--resume", f / "net.json", "--seed", -1], "--seed must be a whole number"),
        (lambda f: [f / "autoencoder.txt", "--save", f / "no" / "x.json"], "no folder"),
        (lambda f: [f / "autoencoder.txt", "--save", f], "is a folder; name a file"),
        (lambda f: [f / "autoencoder.txt", "--corruption", "none", "--noise", 0.1], "must be 0"),
        (lambda f: [f / "autoencoder.txt", "--noise", "nan"], "--noise must be from 0 to 0.9"),
        (lambda f: [f / "autoencoder.txt", "--data", f / "no"], "holds no manifest.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(folder, capsys, arguments, words):
    command = ["train", "--examples", "10", "--data", folder, "--save", folder / "net.json"]
    assert main([str(part) for part in command + arguments(folder)]) == 1
    captured = capsys.readouterr()
    assert words in captured.err
    assert len(captured.err.splitlines()) == 1
    assert not (folder / "net.json").exists()


def test_examples_must_be_at_least_1(folder, capsys):
    assert train(folder, folder / "autoencoder.txt", examples=0) == 1
    assert "--examples must be at least 1" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_one_line_that_is_drawn_over():
    times = iter(np.arange(0, 100, 0.5))
    stream = Terminal()
    progress = Progress(100, stream, clock=lambda: next(times))
    progress.update(50, 8.0)
    progress.update(100, 8.0)
    progress.close()
    drawings = stream.getvalue().split("\r")
    assert "[###############...............] 50 of 100 examples, loss 8.000" in drawings[1]
    assert f"[{'#' * 30}] 100 of 100" in drawings[2]
    assert stream.getvalue().count("\n") == 1
