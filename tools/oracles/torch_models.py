"""Golden losses, gradients and Adam trajectories of the aggregators, from PyTorch in float64.

Run once: /usr/bin/python3 tools/oracles/torch_models.py > packages/models/test/golden/models.json
Written from the papers (Ilse 2018, Lu 2021) and from the closed form of the smooth top-1 SVM (Berrada 2018), not from
the TypeScript: automatic differentiation, the optimiser and the softmax family are PyTorch's own. Weights and features
are rounded to float32 first, so that both sides start from the same numbers.
"""
import json
import math

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def f32(rng, *shape, scale=1.0):
    return torch.tensor((rng.standard_normal(shape) * scale).astype(np.float32).astype(np.float64))


def flat(t):
    return t.detach().reshape(-1).tolist()


def gated(case, w, h, masks):
    v = torch.tanh(h @ w["gate.tanh.weight"] + w["gate.tanh.bias"])
    keep = 1 - case["dropout"]
    if masks:
        v = v * masks["gate.tanh"] / keep
    g = v
    if case["options"].get("gated", True):
        u = torch.sigmoid(h @ w["gate.sigmoid.weight"] + w["gate.sigmoid.bias"])
        if masks:
            u = u * masks["gate.sigmoid"] / keep
        g = v * u
    return torch.softmax((g @ w["gate.score.weight"]).reshape(-1), 0)


def trunk(case, w, x, masks):
    h = torch.relu(x @ w["trunk.weight"] + w["trunk.bias"])
    return h * masks["trunk"] / (1 - case["dropout"]) if masks else h


def smooth_svm(scores, label):
    """Mean over rows of the smooth top-1 SVM with two classes, alpha = 1, tau = 1. scores [n, 2]."""
    s_y, s_o = scores[:, label], scores[:, 1 - label]
    m = 1 + s_o - s_y
    hard = (s_y - s_o).abs() >= math.log(1000)
    return torch.where(hard, torch.clamp(m, min=0), torch.nn.functional.softplus(m))


def clam_instance_loss(case, w, a, h, label):
    n, k = len(a), case["k"]
    size = min(case["options"]["sample"], n // 2)
    if size < 1:
        return torch.zeros(())
    order = torch.argsort(a, descending=True, stable=True)
    top, bottom = order[:size], order[n - size:]
    total = torch.zeros(())
    for c in range(k):
        head = lambda rows: torch.stack(
            [h[rows] @ w["instance.negative.weight"][:, c] + w["instance.negative.bias"][c],
             h[rows] @ w["instance.positive.weight"][:, c] + w["instance.positive.bias"][c]], 1)
        if c == label:
            total = total + torch.cat([smooth_svm(head(top), 1), smooth_svm(head(bottom), 0)]).mean()
        elif case["options"]["subtyping"]:
            total = total + smooth_svm(head(top), 0).mean()
    return total / k if case["options"]["subtyping"] else total


def forward(case, w, bag, masks=None):
    x = torch.tensor(bag["features"]).reshape(bag["n"], case["d"])
    x = (x - torch.tensor(case["mean"])) / torch.tensor(case["deviation"])
    n, aux = bag["n"], None
    if case["aggregator"] == "mean":
        shares, inst = torch.full((n, 1), 1.0 / n), x
    elif case["aggregator"] == "max":
        win = (x == x.max(0, keepdim=True).values).to(x.dtype)
        shares, inst = win / win.sum(0, keepdim=True), x
    else:
        inst = trunk(case, w, x, masks)
        shares = gated(case, w, inst, masks).reshape(-1, 1)
        if case["aggregator"] == "clam-sb":
            aux = clam_instance_loss(case, w, shares.reshape(-1), inst, bag["label"])
    parts = shares * inst
    contribution = parts @ w["head.weight"]
    embedding = parts.sum(0)
    logits = contribution.sum(0) + w["head.bias"]
    loss = case["classWeights"][bag["label"]] * torch.nn.functional.cross_entropy(
        logits.reshape(1, -1), torch.tensor([bag["label"]]))
    if aux is not None:
        b = case["options"]["bagWeight"]
        loss = b * loss + (1 - b) * aux
    return {"loss": loss, "logits": logits, "probabilities": torch.softmax(logits, 0), "embedding": embedding,
            "attention": shares.mean(1), "contribution": contribution}


def shapes(case):
    d, k, o = case["d"], case["k"], case["options"]
    if case["aggregator"] in ("mean", "max"):
        return {"head.weight": (d, k), "head.bias": (k,)}
    h, a = o["hidden"], o["attention"]
    s = {"trunk.weight": (d, h), "trunk.bias": (h,), "gate.tanh.weight": (h, a), "gate.tanh.bias": (a,)}
    if o.get("gated", True):
        s |= {"gate.sigmoid.weight": (h, a), "gate.sigmoid.bias": (a,)}
    s |= {"gate.score.weight": (a, 1)}
    if case["aggregator"] == "clam-sb":
        s |= {"instance.negative.weight": (h, k), "instance.negative.bias": (k,),
              "instance.positive.weight": (h, k), "instance.positive.bias": (k,)}
    return s | {"head.weight": (h, k), "head.bias": (k,)}


def single_precision(case, weights, bag, masks):
    """What float32 itself loses: largest difference of PyTorch float32 from float64, relative as in the tests."""
    low = {key: v.float().requires_grad_() for key, v in weights.items()}
    small = {key: v.float() for key, v in masks.items()} if masks else None
    torch.set_default_dtype(torch.float32)
    loss = forward(case, low, bag, small)["loss"]
    torch.set_default_dtype(torch.float64)
    loss.backward()
    error = lambda a, b: max(abs(x - y) for x, y in zip(a, b)) / max(max(abs(y) for y in b), 1e-3)
    worst = {key: error(flat(v.grad), bag["gradients"][key]) for key, v in low.items() if v.grad is not None}
    return {"loss": error([loss.item()], [bag["loss"]]), "gradients": max(worst.values())}


def record(name, aggregator, sizes, options, k=2, d=5, dropout=0.0, scale=0.6, seed=1):
    rng = np.random.RandomState(seed)
    case = {"name": name, "aggregator": aggregator, "options": options, "k": k, "d": d, "dropout": dropout,
            "mean": flat(f32(rng, d)), "deviation": [float(np.float32(v)) for v in rng.uniform(0.5, 2, d)],
            "classWeights": [float(np.float32(v)) for v in rng.uniform(0.5, 1.5, k)]}
    weights = {key: f32(rng, *shape, scale=scale) for key, shape in shapes(case).items()}
    case["shapes"] = {key: list(v.shape) for key, v in weights.items()}
    case["weights"] = {key: flat(v) for key, v in weights.items()}
    bags = [{"n": n, "label": i % k, "features": flat(f32(rng, n, d, scale=1.5))} for i, n in enumerate(sizes)]
    masks_of = []
    for bag in bags:
        if dropout > 0:
            h, a, n = options["hidden"], options["attention"], bag["n"]
            bag["masks"] = {key: (rng.uniform(size=(n, m)) >= dropout).astype(int).reshape(-1).tolist()
                            for key, m in (("trunk", h), ("gate.tanh", a), ("gate.sigmoid", a))}
            masks_of.append({key: torch.tensor(v, dtype=torch.float64).reshape(bag["n"], -1) for key, v in bag["masks"].items()})
        else:
            masks_of.append(None)
        live = {key: v.clone().requires_grad_() for key, v in weights.items()}
        trained = forward(case, live, bag, masks_of[-1])
        trained["loss"].backward()
        bag["loss"] = trained["loss"].item()
        bag["gradients"] = {key: flat(v.grad if v.grad is not None else torch.zeros_like(v)) for key, v in live.items()}
        bag["float32Error"] = single_precision(case, weights, bag, masks_of[-1])
        out = forward(case, live, bag)
        bag["outputs"] = {key: flat(out[key]) for key in ("logits", "probabilities", "embedding", "attention", "contribution")}
    case["bags"] = bags
    live = {key: v.clone().requires_grad_() for key, v in weights.items()}
    lr, decay = 1e-2, 1e-3
    adam = torch.optim.Adam(live.values(), lr=lr, weight_decay=decay)
    losses = []
    for step in range(20):
        i = step % len(bags)
        loss = forward(case, live, bags[i], masks_of[i])["loss"]
        adam.zero_grad(set_to_none=False)
        loss.backward()
        for v in live.values():
            v.grad = torch.zeros_like(v) if v.grad is None else v.grad
        adam.step()
        losses.append(loss.item())
    case["adam"] = {"lr": lr, "weightDecay": decay, "losses": losses, "weights": {key: flat(v) for key, v in live.items()}}
    return case


ATTENTION = {"hidden": 6, "attention": 4, "gated": True}
CLAM = {"hidden": 6, "attention": 4, "sample": 8, "bagWeight": 0.7, "subtyping": False}
cases = [
    record("mean of two classes", "mean", [7, 1, 12], {}),
    record("mean of three classes", "mean", [7, 4, 12], {}, k=3, seed=2),
    record("max of two classes", "max", [7, 1, 12], {}, scale=0.2, seed=3),
    record("max of three classes", "max", [7, 4, 12], {}, k=3, scale=0.2, seed=4),
    record("gated attention", "abmil", [7, 1, 12], ATTENTION, seed=5),
    record("gated attention with dropout masks", "abmil", [7, 5, 12], ATTENTION, dropout=0.25, seed=6),
    record("plain attention, three classes", "abmil", [7, 4, 12], ATTENTION | {"gated": False}, k=3, seed=7),
    record("clustering, two classes", "clam-sb", [21, 19, 30], CLAM, seed=8),
    record("clustering, bags smaller than twice the sample, one tile, two tiles", "clam-sb", [7, 1, 2, 5], CLAM, seed=9),
    record("clustering with subtyping, three classes", "clam-sb", [21, 9, 17], CLAM | {"subtyping": True}, k=3, seed=10),
    record("clustering far from the margin", "clam-sb", [21, 9, 17], CLAM | {"subtyping": True}, scale=2.5, seed=11),
    record("clustering with dropout masks", "clam-sb", [21, 9, 17], CLAM, dropout=0.25, seed=12),
]
print(json.dumps({"torch": torch.__version__, "dtype": "float64", "cases": cases}))
