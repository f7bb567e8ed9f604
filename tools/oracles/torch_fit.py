"""Fits of gated attention in PyTorch, float64: the loss of every step and the weights at the end, for each way a fit can run.

Run: /usr/bin/python3 tools/oracles/torch_fit.py > packages/models/test/golden/fit.json   (PyTorch 1.13, seed below)
Read by packages/models/test/train/fit.golden.test.ts. Optimisers, clipping and automatic differentiation are PyTorch's own;
schedule, warm-up, layer-wise rates and the average of the weights are written here from their papers.
"""
import json
import math

import torch

torch.manual_seed(20240607)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

D, HIDDEN, ATTENTION, K, STEPS = 5, 6, 4, 3, 12
SIZES = [7, 150, 64, 1, 201, 33]
SHAPES = {
    "trunk.weight": (D, HIDDEN), "trunk.bias": (HIDDEN,),
    "gate.tanh.weight": (HIDDEN, ATTENTION), "gate.tanh.bias": (ATTENTION,),
    "gate.sigmoid.weight": (HIDDEN, ATTENTION), "gate.sigmoid.bias": (ATTENTION,),
    "gate.score.weight": (ATTENTION, 1),
    "head.weight": (HIDDEN, K), "head.bias": (K,),
}
# Layers are counted from the tiles; what has none lies above all of them.
LAYERS = {"trunk.weight": 0, "trunk.bias": 0, "gate.tanh.weight": 1, "gate.tanh.bias": 1, "gate.sigmoid.weight": 1,
          "gate.sigmoid.bias": 1, "gate.score.weight": 1}
CASES = {
    "adam": {"optimiser": "adam", "weightDecay": 0.01},
    "adam over three bags": {"optimiser": "adam", "weightDecay": 0.01, "batch": 3},
    "adamw, clipped": {"optimiser": "adamw", "weightDecay": 0.1, "clipNorm": 0.2},
    "adamw by layers, cosine after a warm-up": {"optimiser": "adamw", "weightDecay": 0.1, "layerDecay": 0.5, "warmup": 4},
    "sgd over two bags, clipped": {"optimiser": "sgd", "weightDecay": 0.01, "momentum": 0.8, "batch": 2, "clipNorm": 0.5},
    "adam, averaged": {"optimiser": "adam", "weightDecay": 0.0, "ema": 0.8},
}
LR = 0.02


def f32(t):
    return t.float().double()


START = {name: f32(torch.randn(shape) * 0.6) for name, shape in SHAPES.items()}
BAGS = [f32(torch.randn(n, D) * 1.5) for n in SIZES]
LABELS = [i % K for i in range(len(SIZES))]


def loss_of(w, i):
    h = torch.relu(BAGS[i] @ w["trunk.weight"] + w["trunk.bias"])
    gate = torch.tanh(h @ w["gate.tanh.weight"] + w["gate.tanh.bias"])
    gate = gate * torch.sigmoid(h @ w["gate.sigmoid.weight"] + w["gate.sigmoid.bias"])
    a = torch.softmax(gate @ w["gate.score.weight"], 0)
    logits = a.t() @ h @ w["head.weight"] + w["head.bias"]
    return torch.nn.functional.cross_entropy(logits, torch.tensor([LABELS[i]]))


def optimiser_of(case, w):
    scale = case.get("layerDecay", 1.0)
    groups = []
    for name, weight in w.items():
        spared = case["optimiser"] == "adamw" and weight.dim() == 1
        above = 2 - LAYERS.get(name, 2)
        groups.append({"params": [weight], "scale": scale ** above, "weight_decay": 0.0 if spared else case["weightDecay"]})
    if case["optimiser"] == "sgd":
        return torch.optim.SGD(groups, lr=LR, momentum=case["momentum"])
    return (torch.optim.AdamW if case["optimiser"] == "adamw" else torch.optim.Adam)(groups, lr=LR)


def rate(case, step):
    warmup = case.get("warmup", 0)
    if warmup == 0:
        return LR
    if step <= warmup:
        return LR * step / warmup
    return LR * (1 + math.cos(math.pi * (step - warmup - 1) / (STEPS - warmup))) / 2


def run(case):
    w = {name: t.clone().requires_grad_() for name, t in START.items()}
    average = {name: t.clone() for name, t in START.items()}
    optimiser, batch, losses = optimiser_of(case, w), case.get("batch", 1), []
    for step in range(1, STEPS + 1):
        for group in optimiser.param_groups:
            group["lr"] = rate(case, step) * group["scale"]
        optimiser.zero_grad()
        bags = [((step - 1) * batch + j) % len(BAGS) for j in range(batch)]
        loss = sum(loss_of(w, i) for i in bags) / batch
        loss.backward()
        if "clipNorm" in case:
            torch.nn.utils.clip_grad_norm_(list(w.values()), case["clipNorm"])
        optimiser.step()
        losses.append(loss.item())
        decay = case.get("ema", 0.0)
        average = {name: decay * average[name] + (1 - decay) * w[name].detach() for name in w}
    return {"losses": losses, "weights": {name: t.reshape(-1).tolist() for name, t in average.items()}}


def long_bag(n):
    """Loss and gradients of a bag made of a formula: feature j of tile i is ((7919 i + 104729 j) mod 2003) / 1001 - 1, in float32."""
    i, j = torch.arange(n).reshape(-1, 1), torch.arange(D)
    bag = f32(((7919 * i + 104729 * j) % 2003) / 1001 - 1)
    BAGS.append(bag), LABELS.append(1)
    w = {name: t.clone().requires_grad_() for name, t in START.items()}
    loss = loss_of(w, len(BAGS) - 1)
    loss.backward()
    BAGS.pop(), LABELS.pop()
    return {"n": n, "label": 1, "loss": loss.item(), "gradients": {k: t.grad.reshape(-1).tolist() for k, t in w.items()}}


print(json.dumps({
    "torch": torch.__version__, "d": D, "k": K, "hidden": HIDDEN, "attention": ATTENTION, "lr": LR, "steps": STEPS,
    "layers": LAYERS, "long": long_bag(64000),
    "start": {name: t.reshape(-1).tolist() for name, t in START.items()},
    "bags": [{"n": len(b), "label": LABELS[i], "features": b.reshape(-1).tolist()} for i, b in enumerate(BAGS)],
    "cases": {name: {"settings": case, **run(case)} for name, case in CASES.items()},
}))
