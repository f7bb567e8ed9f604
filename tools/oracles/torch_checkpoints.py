"""Checkpoints of every method as PyTorch saves them, from the weights of the recorded parity files.

Run: python3 tools/oracles/torch_checkpoints.py packages/models/test/golden   (recorded with PyTorch 1.13 in float32)
Reads parity-<method>.json there and writes checkpoints/<method>.pt beside, each wrapped as training scripts wrap theirs: alone, below
"model" with settings and an optimiser, below "state_dict", with the prefix of data parallelism, in the old dialect. longnet.pt holds
the weights of ../shared/data/golden/longnet_tiny.json, where the answers lie too.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch

FOLDER = sys.argv[1]
OUT = os.path.join(FOLDER, "checkpoints")
os.makedirs(OUT, exist_ok=True)


def weights(name):
    return tensors_in(os.path.join(FOLDER, f"parity-{name}.json"))


def tensors_in(path):
    with open(path) as file:
        recorded = json.load(file)["weights"]
    return {key: torch.tensor(np.array(value, dtype=np.float32)) for key, value in recorded.items()}


def optimiser(tensors):
    """The state of an Adam that took one step, as it lies beside weights: tensors that are not the model's."""
    parameters = [torch.nn.Parameter(tensor.clone()) for tensor in list(tensors.values())[:2]]
    adam = torch.optim.Adam(parameters)
    sum(p.sum() for p in parameters).backward()
    adam.step()
    return adam.state_dict()


def save(name, value, **options):
    torch.save(value, os.path.join(OUT, f"{name}.pt"), **options)


old = {"_use_new_zipfile_serialization": False}
save("clam-sb", weights("clam-sb"))
save("clam-mb", weights("clam-mb"), **old)
abmil = weights("abmil-plain")
save("abmil", {
    "model": abmil,
    "args": argparse.Namespace(lr=2e-4, drop_out=True, classes=["no", "yes"], results_dir="./results"),
    "epoch": 19,
    "optimizer": optimiser(abmil),
})
save("dsmil", weights("dsmil"), **old)
save("transmil", {
    "epoch": 7,
    "global_step": 1400,
    "state_dict": {f"model.{key}": tensor for key, tensor in weights("transmil").items()},
    "hyper_parameters": {"n_classes": 3, "lr": 2e-4},
})
save("toad", {f"module.{key}": tensor for key, tensor in weights("toad").items()})
save("chief", weights("chief"))
slide = tensors_in(os.path.join(FOLDER, "../../../../../shared/data/golden/longnet_tiny.json"))
save("longnet", {"model": slide, "args": argparse.Namespace(input_dim=6, freeze=False), "optimizer": optimiser(slide)})
