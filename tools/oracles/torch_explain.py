"""Integrated gradients of a gated-attention model, by brute quadrature in float64.

Run: /usr/bin/python3 tools/oracles/torch_explain.py > packages/models/test/golden/explain.json   (recorded with PyTorch 1.13, seed below)
    part of tile i in score c = mean over 2,000 midpoints a of (gradient of score c by tile i at m + a (x - m)) . (x_i - m)
Features are standardised inside the model; m is the mean train tile. Inputs are rounded to float32 first.
"""
import json

import torch

torch.manual_seed(20240311)
torch.set_default_dtype(torch.float64)
STEPS = 2000
D, HIDDEN, ATTENTION, K, N = 5, 6, 4, 3, 7


def normal(*shape, scale=1.0):
    return (torch.randn(shape) * scale).float().double()


mean, deviation = normal(D), (torch.rand(D) + 0.5).float().double()
weights = {
    "trunk.weight": normal(D, HIDDEN),
    "trunk.bias": normal(HIDDEN, scale=0.3),
    "gate.tanh.weight": normal(HIDDEN, ATTENTION),
    "gate.tanh.bias": normal(ATTENTION, scale=0.3),
    "gate.sigmoid.weight": normal(HIDDEN, ATTENTION),
    "gate.sigmoid.bias": normal(ATTENTION, scale=0.3),
    "gate.score.weight": normal(ATTENTION, 1, scale=2.0),
    "head.weight": normal(HIDDEN, K),
    "head.bias": normal(K, scale=0.3),
}
x = normal(N, D, scale=1.5)


def scores(features):
    w = weights
    h = torch.relu(((features - mean) / deviation) @ w["trunk.weight"] + w["trunk.bias"])
    content = torch.tanh(h @ w["gate.tanh.weight"] + w["gate.tanh.bias"])
    gate = torch.sigmoid(h @ w["gate.sigmoid.weight"] + w["gate.sigmoid.bias"])
    shares = torch.softmax((content * gate) @ w["gate.score.weight"], 0)
    return ((shares.T @ h) @ w["head.weight"] + w["head.bias"])[0]


parts = torch.zeros(N, K)
for step in range(STEPS):
    at = (mean + (step + 0.5) / STEPS * (x - mean)).requires_grad_()
    found = scores(at)
    for c in range(K):
        (slope,) = torch.autograd.grad(found[c], at, retain_graph=True)
        parts[:, c] += (slope * (x - mean)).sum(1) / STEPS


def plain(t):
    return {"shape": list(t.shape), "values": t.detach().reshape(-1).tolist()}


change = scores(x) - scores(mean.expand(N, D))
print(json.dumps({
    "torch": torch.__version__,
    "steps": STEPS,
    "hidden": HIDDEN,
    "attention": ATTENTION,
    "mean": plain(mean),
    "deviation": plain(deviation),
    "weights": {name: plain(value) for name, value in weights.items()},
    "x": plain(x),
    "parts": plain(parts),
    "change": plain(change),
    "missed": float((parts.sum(0) - change).abs().max()),
}))
