"""Golden answers, losses and gradients of the transformers over tiles, from PyTorch in float64, and a small TransMIL file.

Run once, from the repository root: /usr/bin/python3 tools/oracles/torch_transformers.py
Writes packages/models/test/golden/transformers.json and packages/models/test/golden/parity-transmil.json.
Written from the papers (Shao 2021 with Xiong 2021; Vaswani 2017; Touvron 2021; Abnar 2020), in their own order of steps: zeros are
really put before the tokens, all tokens pass through all layers, three convolutions stay three, and full attention is PyTorch's own.
Weights and features are rounded to float32 first, so that both sides start from the same numbers.
"""
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
GOLDEN = Path(__file__).resolve().parents[2] / "packages/models/test/golden"


def f32(rng, *shape, scale=1.0, shift=0.0):
    return torch.tensor((rng.standard_normal(shape) * scale + shift).astype(np.float32).astype(np.float64))


def flat(t):
    return [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]


def shares(row):
    positive = row.clamp(min=0) + 1e-12
    return positive / positive.sum()


# ---- Nyström attention (Xiong 2021) and TransMIL (Shao 2021); weights as torch keeps them, [out, in]

def pinv(x, iterations):
    eye = torch.eye(x.shape[-1], dtype=x.dtype)
    z = x.transpose(-1, -2) / (x.abs().sum(-1).max() * x.abs().sum(-2).max())
    for _ in range(iterations):
        xz = x @ z
        z = 0.25 * z @ (13 * eye - xz @ (15 * eye - xz @ (7 * eye - xz)))
    return z


def nystrom(x, w, o):
    t, h, dh, m = len(x), o["heads"], o["headWidth"], o["landmarks"]
    front = (m - t % m) % m
    x = F.pad(x, (0, 0, front, 0))
    q, k, v = [part.reshape(-1, h, dh).transpose(0, 1) for part in (x @ w["to_qkv.weight"].T).chunk(3, dim=-1)]
    q = q * dh ** -0.5
    run = math.ceil(t / m)
    q_l, k_l = [part.reshape(h, m, run, dh).sum(2) / run for part in (q, k)]
    a1, a2, a3 = [torch.softmax(s, -1) for s in (q @ k_l.mT, q_l @ k_l.mT, q_l @ k.mT)]
    a = a1 @ pinv(a2, o["iterations"])
    out = a @ (a3 @ v) + F.conv2d(v[None], w["res_conv.weight"], padding=(16, 0), groups=h)[0]
    out = out.transpose(0, 1).reshape(-1, h * dh) @ w["to_out.0.weight"].T + w["to_out.0.bias"]
    return out[front:], (a @ a3).mean(0)[front, front:]


def under(w, prefix):
    return {key[len(prefix):]: v for key, v in w.items() if key.startswith(prefix)}


def dropped(x, masks, name, rate, lay):
    if not masks:
        return x
    rows = masks[name]
    mask = lay(masks[f"{name}.token"], rows) if f"{name}.token" in masks else F.pad(rows, (0, 0, 0, len(x) - len(rows)))
    return x * mask / (1 - rate)


def transmil(x, w, o, masks=None, rate=0.0):
    """Embedding, attention of the tiles and none of rollout."""
    width, n = o["heads"] * o["headWidth"], len(x)
    h = torch.relu(x @ w["_fc1.0.weight"].T + w["_fc1.0.bias"])
    side = math.ceil(math.sqrt(n))
    lay = lambda token, rows: torch.cat([token, rows, rows[: side * side - n]])
    t = lay(w["cls_token"].reshape(1, -1), h)
    norm = lambda name, v: F.layer_norm(v, (width,), w[f"{name}.weight"], w[f"{name}.bias"])

    def layer(i, t):
        out, row = nystrom(norm(f"layer{i}.norm", t), under(w, f"layer{i}.attn."), o)
        return t + dropped(out, masks, f"layer{i}.attention", rate, lay), row

    t, _ = layer(1, t)
    image = t[1:].T.reshape(1, width, side, side)
    conv = lambda name, k: F.conv2d(image, w[f"pos_layer.{name}.weight"], w[f"pos_layer.{name}.bias"], padding=k // 2, groups=width)
    image = conv("proj", 7) + image + conv("proj1", 5) + conv("proj2", 3)
    t = torch.cat([t[:1], image.reshape(width, -1).T])
    t, row = layer(2, t)
    tiles = row[1:]
    folded = tiles[:n] + F.pad(tiles[n:], (0, n - len(tiles[n:])))
    return norm("norm", t)[:1], shares(folded), None


TRANSMIL_KEYS = {
    "trunk.weight": ("_fc1.0.weight", True), "trunk.bias": ("_fc1.0.bias", False), "token": ("cls_token", False),
    **{f"layer{i}.{ours}": (f"layer{i}.{theirs}", turn) for i in (1, 2) for ours, theirs, turn in (
        ("norm.gain", "norm.weight", False), ("norm.bias", "norm.bias", False),
        ("attention.weight", "attn.to_qkv.weight", True), ("attention.project.weight", "attn.to_out.0.weight", True),
        ("attention.project.bias", "attn.to_out.0.bias", False), ("attention.along", "attn.res_conv.weight", False))},
    **{f"grid.conv{k}.{part}": (f"pos_layer.{name}.{part}", False)
       for k, name in ((7, "proj"), (5, "proj1"), (3, "proj2")) for part in ("weight", "bias")},
    "norm.gain": ("norm.weight", False), "norm.bias": ("norm.bias", False),
    "head.weight": ("_fc2.weight", True), "head.bias": ("_fc2.bias", False),
}


def transmil_shapes(d, k, o):
    width, h = o["heads"] * o["headWidth"], o["heads"]
    layer = {"norm.gain": (width,), "norm.bias": (width,), "attention.weight": (width, 3 * width),
             "attention.project.weight": (width, width), "attention.project.bias": (width,), "attention.along": (h, 1, 33, 1)}
    s = {"trunk.weight": (d, width), "trunk.bias": (width,), "token": (1, width)}
    s |= {f"layer{i}.{key}": v for i in (1, 2) for key, v in layer.items()}
    s |= {f"grid.conv{j}.weight": (width, 1, j, j) for j in (7, 5, 3)} | {f"grid.conv{j}.bias": (width,) for j in (7, 5, 3)}
    return s | {"norm.gain": (width,), "norm.bias": (width,), "head.weight": (width, k), "head.bias": (k,)}


def theirs(w):
    return {key: (w[ours].T if turn else w[ours]) for ours, (key, turn) in TRANSMIL_KEYS.items()}


# ---- transformer over a set

def set_transformer(x, w, o, masks=None, rate=0.0):
    width, heads, layers, epsilon = o["heads"] * o["headWidth"], o["heads"], o["layers"], o["epsilon"]
    norm = lambda name, v: F.layer_norm(v, (width,), w[f"{name}.gain"], w[f"{name}.bias"], epsilon)
    has_token = "token" in w
    lay = (lambda token, rows: torch.cat([token, rows])) if has_token else (lambda _, rows: rows)
    t = dropped(x @ w["embed.weight"] + w["embed.bias"], masks, "embed", rate, None)
    t = lay(w.get("token"), t)
    looks = []
    for i in range(1, layers + 1):
        name = f"layer{i}"
        seen = norm(f"{name}.norm1", t)[:, None]
        out, a = F.multi_head_attention_forward(
            seen, seen, seen, width, heads, w[f"{name}.attention.weight"].T, w[f"{name}.attention.bias"], None, None, False,
            0.0, w[f"{name}.attention.project.weight"].T, w[f"{name}.attention.project.bias"], training=False)
        looks.append(a[0])
        path = (masks or {}).get(f"{name}.attention.path", torch.ones(1, 1)) / (1 - o.get("dropPathAt", {}).get(name, 0))
        t = t + path * w.get(f"{name}.attention.scale", 1) * dropped(out[:, 0], masks, f"{name}.attention", rate, lay)
        inner = dropped(F.gelu(norm(f"{name}.norm2", t) @ w[f"{name}.mlp.up.weight"] + w[f"{name}.mlp.up.bias"]),
                        masks, f"{name}.mlp.up", rate, lay)
        out = dropped(inner @ w[f"{name}.mlp.down.weight"] + w[f"{name}.mlp.down.bias"], masks, f"{name}.mlp.down", rate, lay)
        path = (masks or {}).get(f"{name}.mlp.path", torch.ones(1, 1)) / (1 - o.get("dropPathAt", {}).get(name, 0))
        t = t + path * w.get(f"{name}.mlp.scale", 1) * out
    t = norm("norm", t)
    rolled = torch.eye(len(t), dtype=t.dtype)
    for a in looks:
        rolled = (0.5 * a + 0.5 * torch.eye(len(t), dtype=t.dtype)) @ rolled
    if has_token:
        return t[:1], shares(looks[-1][0, 1:]), shares(rolled[0, 1:])
    return t.mean(0, keepdim=True), shares(looks[-1].mean(0)), shares(rolled.mean(0))


def set_shapes(d, k, o):
    width, inside = o["heads"] * o["headWidth"], o["heads"] * o["headWidth"] * o["ratio"]
    layer = {"norm1.gain": (width,), "norm1.bias": (width,), "attention.weight": (width, 3 * width), "attention.bias": (3 * width,),
             "attention.project.weight": (width, width), "attention.project.bias": (width,), "norm2.gain": (width,),
             "norm2.bias": (width,), "mlp.up.weight": (width, inside), "mlp.up.bias": (inside,),
             "mlp.down.weight": (inside, width), "mlp.down.bias": (width,)}
    if o["layerScale"] > 0:
        layer |= {"attention.scale": (width,), "mlp.scale": (width,)}
    s = {"embed.weight": (d, width), "embed.bias": (width,)} | ({"token": (1, width)} if o.get("classToken", True) else {})
    s |= {f"layer{i + 1}.{key}": v for i in range(o["layers"]) for key, v in layer.items()}
    return s | {"norm.gain": (width,), "norm.bias": (width,), "head.weight": (width, k), "head.bias": (k,)}


EPSILON = {"set-transformer": 1e-5, "genbloom": 1e-6}


def forward(case, w, bag, x=None, masks=None):
    if x is None:
        x = torch.tensor(bag["features"], dtype=w["head.bias"].dtype).reshape(bag["n"], case["d"])
    o, rate = case["options"], case["dropout"]
    if case["aggregator"] == "transmil":
        embedding, attention, rollout = transmil(x, theirs(w), o, masks, rate)
    else:
        epsilon = EPSILON[case["aggregator"]]
        at = {f"layer{i + 1}": o["dropPath"] * i / (o["layers"] - 1) for i in range(o["layers"])} if masks else {}
        embedding, attention, rollout = set_transformer(x, w, o | {"epsilon": epsilon, "dropPathAt": at}, masks, rate)
    logits = (embedding @ w["head.weight"] + w["head.bias"])[0]
    loss = F.cross_entropy(logits[None], torch.tensor([bag["label"]]))
    return {"loss": loss, "logits": logits, "embedding": embedding, "attention": attention, "rollout": rollout}


def answers(case, w, bag):
    x = torch.tensor(bag["features"]).reshape(bag["n"], case["d"]).requires_grad_()
    out = forward(case, w, bag, x)
    slopes = [torch.autograd.grad(score, x, retain_graph=True)[0] for score in out["logits"]]
    out["contribution"] = torch.stack([(slope * x).sum(1) for slope in slopes], 1)
    out["probabilities"] = torch.softmax(out["logits"], 0)
    return {key: flat(out[key]) for key in ("logits", "probabilities", "embedding", "attention", "contribution", "rollout")
            if out[key] is not None}


def single_precision(case, weights, bag, masks):
    low = {key: v.float().requires_grad_() for key, v in weights.items()}
    torch.set_default_dtype(torch.float32)
    loss = forward(case, low, bag, masks={key: v.float() for key, v in masks.items()} if masks else None)["loss"]
    torch.set_default_dtype(torch.float64)
    loss.backward()
    error = lambda a, b: max(abs(x - y) for x, y in zip(a, b)) / max(max(abs(y) for y in b), 1e-3)
    worst = [error(flat(v.grad), bag["gradients"][key]) for key, v in low.items() if v.grad is not None]
    return {"loss": error([loss.item()], [bag["loss"]]), "gradients": max(worst)}


def mask_sizes(case, n):
    """Rows and width of every mask that a fit draws: one row where only the class token goes on."""
    o = case["options"]
    width = o["heads"] * o["headWidth"]
    if case["aggregator"] == "transmil":
        return {"layer1.attention": (n, width), "layer1.attention.token": (1, width), "layer2.attention": (1, width)}
    sizes, has_token = {"embed": (n, width)}, o.get("classToken", True)
    for i in range(o["layers"]):
        is_last = i == o["layers"] - 1
        for name, wide in (("attention", width), ("mlp.up", width * o["ratio"]), ("mlp.down", width)):
            sizes[f"layer{i + 1}.{name}"] = (1 if is_last and has_token else n, wide)
            if has_token and not is_last:
                sizes[f"layer{i + 1}.{name}.token"] = (1, wide)
        if o["dropPath"] > 0 and i > 0:
            sizes |= {f"layer{i + 1}.attention.path": (1, 1), f"layer{i + 1}.mlp.path": (1, 1)}
    return sizes


def record(name, aggregator, sizes, options, k=2, d=3, dropout=0.0, scale=0.5, seed=1):
    rng = np.random.RandomState(seed)
    case = {"name": name, "aggregator": aggregator, "options": options, "k": k, "d": d, "dropout": dropout,
            "mean": [0] * d, "deviation": [1] * d, "classWeights": [1] * k}
    shapes = (transmil_shapes if aggregator == "transmil" else set_shapes)(d, k, options)
    weights = {key: f32(rng, *shape, scale=scale, shift=float(key.endswith("gain"))) for key, shape in shapes.items()}
    case["shapes"] = {key: list(shape) for key, shape in shapes.items()}
    case["weights"] = {key: flat(v) for key, v in weights.items()}
    case["bags"] = []
    for i, n in enumerate(sizes):
        bag, masks = {"n": n, "label": i % k, "features": flat(f32(rng, n, d, scale=1.5))}, None
        if dropout > 0:
            masks = {key: torch.tensor((rng.uniform(size=size) >= dropout).astype(float)) for key, size in mask_sizes(case, n).items()}
            bag["masks"] = {key: [int(v) for v in mask.reshape(-1)] for key, mask in masks.items()}
        live = {key: v.clone().requires_grad_() for key, v in weights.items()}
        loss = forward(case, live, bag, masks=masks)["loss"]
        loss.backward()
        bag["loss"] = loss.item()
        bag["gradients"] = {key: flat(v.grad if v.grad is not None else torch.zeros_like(v)) for key, v in live.items()}
        bag["float32Error"] = single_precision(case, weights, bag, masks)
        bag["outputs"] = answers(case, weights, bag)
        case["bags"].append(bag)
    return case


def parity(seed=31, d=6, k=3, n=11):
    """A checkpoint of TransMIL under its own key names, a bag, and what the original answers."""
    rng = np.random.RandomState(seed)
    o = {"heads": 2, "headWidth": 4, "landmarks": 4, "iterations": 6}
    w = {key: f32(rng, *shape, scale=0.5, shift=float(key.endswith("gain"))) for key, shape in transmil_shapes(d, k, o).items()}
    file = theirs(w)
    file["cls_token"] = file["cls_token"].reshape(1, 1, -1)
    x = f32(rng, n, d)
    embedding, _, _ = transmil(x, file, o)
    logits = embedding @ file["_fc2.weight"].T + file["_fc2.bias"]
    return {"config": {"n_classes": k}, "weights": {key: v.tolist() for key, v in file.items()}, "x": x.tolist(),
            "expected": {"logits": logits.tolist(), "Y_prob": torch.softmax(logits, 1).tolist()}}


TRANSMIL = {"heads": 2, "headWidth": 4, "landmarks": 4, "iterations": 6}
SET = {"heads": 2, "headWidth": 3, "layers": 2, "ratio": 2, "classToken": True, "dropPath": 0, "layerScale": 0}
GENBLOOM = {"heads": 2, "headWidth": 3, "layers": 3, "ratio": 2, "dropPath": 0, "layerScale": 0.5}


def main():
    cases = [
        record("one tile, two, three", "transmil", [1, 2, 3], TRANSMIL, seed=1),
        record("five tiles, twelve, forty", "transmil", [5, 12, 40], TRANSMIL, k=3, seed=2),
        record("dropout masks", "transmil", [7], TRANSMIL, dropout=0.25, seed=3),
        record("class token", "set-transformer", [1, 2, 9], SET, seed=4),
        record("mean of the tokens, three classes", "set-transformer", [1, 4, 9], SET | {"classToken": False}, k=3, seed=5),
        record("dropout masks and stochastic depth", "set-transformer", [7], SET | {"dropPath": 0.25}, dropout=0.25, seed=6),
        record("dropout masks without a class token", "set-transformer", [7], SET | {"classToken": False}, dropout=0.25, seed=7),
        record("three blocks, each branch scaled", "genbloom", [1, 3, 9], GENBLOOM, seed=8),
    ]
    (GOLDEN / "transformers.json").write_text(json.dumps({"torch": torch.__version__, "dtype": "float64", "cases": cases}))
    (GOLDEN / "parity-transmil.json").write_text(json.dumps(parity()))


if __name__ == "__main__":
    main()
