"""Fits by layers in PyTorch, float64: transformers whose layers move the less the nearer they are to the tiles.

Run, from the repository root: /usr/bin/python3 tools/oracles/torch_layers.py > packages/models/test/golden/layers.json   (PyTorch 1.13)
Read by packages/models/test/train/layers.golden.test.ts. The layer of a weight is told here from its name by the rule of the published
fine-tuning (Bao 2022, BEiT; He 2022, MAE): what makes tokens 0, block i (from 1) i, what comes after the blocks L + 1; the convolution
between the blocks of TransMIL counts as a block. Rate = lr * decay^(L + 1 - layer). Descent with momentum is PyTorch's own.
"""
import json
import re

import numpy as np
import torch

import torch_longnet
import torch_transformers as transformers

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
LR, DECAY, MOMENTUM, WEIGHT_DECAY, STEPS = 0.05, 0.6, 0.9, 0.01, 6
LONGNET = {"width": 8, "heads": 2, "ffn": 12, "layers": 2, "branches": [(3, 1), (6, 2)], "sorted": True, "maskPadding": False,
           "classToken": False}


def layer_of(aggregator, name, blocks):
    """Layer of a weight, from its name alone."""
    if re.match(r"(embed|trunk|token|class)\b", name):
        return 0
    if aggregator == "transmil":
        found = {"layer1": 1, "grid": 2, "layer2": 3}.get(name.split(".")[0])
        return blocks + 1 if found is None else found
    found = re.match(r"layers?\.?(\d+)\.", name)
    return blocks + 1 if found is None else int(found[1]) + (1 if aggregator == "longnet" else 0)


def places_of(n):
    return [(i % 3, i // 3) for i in range(n)]


def loss_of(case, w, bag):
    if case["aggregator"] != "longnet":
        return transformers.forward(case, w, bag)["loss"]
    x = torch.tensor(bag["features"]).reshape(bag["n"], case["d"])
    scores = torch_longnet.linear(torch_longnet.encoder(x, places_of(bag["n"]), w, LONGNET), w, "head")
    return torch.nn.functional.cross_entropy(scores, torch.tensor([bag["label"]]))


def run(aggregator, options, blocks, seed, d=3, k=2):
    rng = np.random.RandomState(seed)
    case = {"aggregator": aggregator, "options": options, "d": d, "k": k, "dropout": 0.0}
    if aggregator == "longnet":
        torch.manual_seed(seed)
        start = torch_longnet.weights(d, LONGNET)
    else:
        shapes = (transformers.transmil_shapes if aggregator == "transmil" else transformers.set_shapes)(d, k, options)
        start = {n: transformers.f32(rng, *s, scale=0.4, shift=float(n.endswith("gain"))) for n, s in shapes.items()}
    bags = [{"n": n, "label": i % k, "features": transformers.flat(transformers.f32(rng, n, d))} for i, n in enumerate([5, 9, 7])]
    w = {n: t.clone().requires_grad_() for n, t in start.items()}
    groups = [{"params": [t], "lr": LR * DECAY ** (blocks + 1 - layer_of(aggregator, n, blocks))} for n, t in w.items()]
    optimiser = torch.optim.SGD(groups, lr=LR, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    losses = []
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = loss_of(case, w, bags[step % len(bags)])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return {**case, "bags": bags, "start": {n: transformers.flat(t) for n, t in start.items()}, "losses": losses,
            "weights": {n: transformers.flat(t) for n, t in w.items()}}


OURS = {key: value for key, value in LONGNET.items() if key != "branches"} | {
    "layer": 2, "grid": 10, **{f"segment{i}": 0 for i in (3, 4, 5)}, "segment1": 3, "ratio1": 1, "segment2": 6, "ratio2": 2}
if __name__ == "__main__":
    print(json.dumps({
        "torch": torch.__version__, "lr": LR, "layerDecay": DECAY, "momentum": MOMENTUM, "weightDecay": WEIGHT_DECAY,
        "cases": [
            run("transmil", transformers.TRANSMIL, 3, 1),
            run("set-transformer", transformers.SET, 2, 2),
            run("genbloom", transformers.GENBLOOM, 3, 3),
            run("longnet", OURS, 2, 4),
        ],
    }))
