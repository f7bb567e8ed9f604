"""Paths of PyTorch's optimisers in float64 on a linear map with an offset: both weights after each of twenty steps.

Run: /usr/bin/python3 tools/oracles/torch_optimisers.py > packages/graph/test/golden/optimisers.json   (PyTorch 1.13, seed below)
The case names and settings are read by packages/graph/test/optimiser.test.ts. The offset moves at `offsetScale` of the rate,
without decay; gradients are summed over `bags` bags of 5 rows, averaged, and clipped to `clipNorm` where that is not null;
`average` is the decay of a moving average of the weights, which then is the path.
"""
import json

import torch

from torch_record import normal, plain

torch.manual_seed(20240118)
torch.set_default_dtype(torch.float64)


X, Y, W, B = normal(4, 5, 3), normal(4, 5, 2) * 3, normal(3, 2), normal(2)
CASES = {
    "adamw": {"kind": "adam", "isDecoupled": True, "weightDecay": 0.1},
    "adamw, slower offset, clipped": {"kind": "adam", "isDecoupled": True, "weightDecay": 0.5, "offsetScale": 0.25, "clipNorm": 2.0},
    "adam, other moments": {"kind": "adam", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weightDecay": 0.02},
    "adamw over four bags": {"kind": "adam", "isDecoupled": True, "weightDecay": 0.1, "bags": 4, "clipNorm": 1.5},
    "adam, averaged": {"kind": "adam", "average": 0.9},
    "descent": {"kind": "descent", "weightDecay": 0.05},
    "momentum": {"kind": "descent", "momentum": 0.9, "weightDecay": 0.05, "offsetScale": 0.5},
    "nesterov": {"kind": "descent", "momentum": 0.8, "isNesterov": True},
}


def optimiser_of(case, groups):
    if case["kind"] == "adam":
        make = torch.optim.AdamW if case.get("isDecoupled") else torch.optim.Adam
        betas = (case.get("beta1", 0.9), case.get("beta2", 0.999))
        return make(groups, lr=0.01, betas=betas, eps=case.get("epsilon", 1e-8))
    return torch.optim.SGD(groups, lr=0.01, momentum=case.get("momentum", 0), nesterov=case.get("isNesterov", False))


def path_of(case):
    w, b = W.clone().requires_grad_(), B.clone().requires_grad_()
    slower = 0.01 * case.get("offsetScale", 1)
    groups = [
        {"params": [w], "weight_decay": case.get("weightDecay", 0)},
        {"params": [b], "weight_decay": 0, "lr": slower},
    ]
    optimiser = optimiser_of(case, groups)
    bags, average, path = case.get("bags", 1), [W.clone(), B.clone()], []
    for step in range(20):
        optimiser.zero_grad()
        for bag in range(bags):
            i = (step * bags + bag) % 4
            (((X[i] @ w + b - Y[i]) ** 2).mean() / bags).backward()
        if "clipNorm" in case:
            torch.nn.utils.clip_grad_norm_([w, b], case["clipNorm"])
        optimiser.step()
        decay = case.get("average", 0)
        average = [decay * a + (1 - decay) * p.detach() for a, p in zip(average, (w, b))]
        path.append([t.reshape(-1).tolist() for t in average])
    return path


cases = {name: {"settings": case, "path": path_of(case)} for name, case in CASES.items()}
start = {"w": plain(W), "b": plain(B), "x": [plain(x) for x in X], "y": [plain(y) for y in Y]}
print(json.dumps({"torch": torch.__version__, "lr": 0.01, "start": start, "cases": cases}))
