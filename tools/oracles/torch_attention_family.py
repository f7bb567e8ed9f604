"""Golden files of the attention family, from PyTorch in float64.

Run once: /usr/bin/python3 tools/oracles/torch_attention_family.py packages/models/test/golden
Writes parity-*.json (weights under the keys of the published codes, an input, and the answers of those codes; compared through
checkpoint/parity.ts) and attention-family.json (losses, gradients and answers of our aggregators by our names, as models.json has
them). Written from the papers (Ilse 2018, Lu 2021, Li 2021, Li and Vasconcelos 2015, Maron and Lozano-Perez 1998), not from the
TypeScript. Weights and features are rounded to float32 first, so that both sides start alike.
"""
import json
import math
import os
import sys

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def f32(rng, *shape, scale=0.6):
    return torch.tensor((rng.standard_normal(shape) * scale).astype(np.float32).astype(np.float64))


def linear(rng, name, out, inside):
    return {f"{name}.weight": f32(rng, out, inside), f"{name}.bias": f32(rng, out)}


def layer(w, name, x):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def lists(value):
    return value.tolist() if isinstance(value, torch.Tensor) else value


def write(folder, name, record):
    record = {"source": "PyTorch float64, tools/oracles/torch_attention_family.py", **record}
    for part in ("weights", "expected"):
        record[part] = {key: lists(v) for key, v in record[part].items()}
    record["x"] = lists(record["x"])
    with open(os.path.join(folder, f"parity-{name}.json"), "w") as out:
        json.dump(record, out)


def gate(w, name, h):
    score = torch.tanh(layer(w, f"{name}.attention_a.0", h)) * torch.sigmoid(layer(w, f"{name}.attention_b.0", h))
    return layer(w, f"{name}.attention_c", score)


def smooth_svm(scores, label):
    """Berrada 2018, top-1 of two classes, alpha 1, tau 1; mean over rows."""
    margin = 1 + scores[:, 1 - label] - scores[:, label]
    is_far = (scores[:, 0] - scores[:, 1]).abs() >= math.log(1000)
    return torch.where(is_far, margin.clamp(min=0), F.softplus(margin)).mean()


def instance_loss(w, a, h, label, config, k):
    """a [branches, n]. Every class looks through its own branch where there are several."""
    total, n = torch.zeros(()), h.shape[0]
    size = min(config["k_sample"], n // 2)
    judge = smooth_svm if config["inst_loss"] == "svm" else (
        lambda scores, y: F.cross_entropy(scores, torch.full((len(scores),), y)))
    for c in range(k):
        branch = a[c] if len(a) > 1 else a[0]
        top = torch.topk(branch, size)[1]
        bottom = torch.topk(-branch, size)[1]
        head = lambda rows: layer(w, f"instance_classifiers.{c}", h[rows])
        if c == label:
            total = total + (judge(head(top), 1) + judge(head(bottom), 0)) / 2
        elif config["subtyping"]:
            total = total + judge(head(top), 0)
    return total / k if config["subtyping"] else total


def clam(method, n, d, hidden, attention, k, label, config, prefix, gate_at, seed):
    rng = np.random.RandomState(seed)
    branches = k if method == "clam-mb" else 1
    w = linear(rng, "attention_net.0", hidden, d)
    name = f"attention_net.{gate_at}"
    w |= linear(rng, f"{name}.attention_a.0", attention, hidden) | linear(rng, f"{name}.attention_b.0", attention, hidden)
    w |= linear(rng, f"{name}.attention_c", branches, attention)
    if method == "clam-mb":
        for c in range(k):
            w |= linear(rng, f"classifiers.{c}", 1, hidden)
    else:
        w |= linear(rng, "classifiers", k, hidden)
    for c in range(k):
        w |= linear(rng, f"instance_classifiers.{c}", 2, hidden)
    x = f32(rng, n, d, scale=1.5)
    h = torch.relu(layer(w, "attention_net.0", x))
    raw = gate(w, name, h).T
    a = torch.softmax(raw, 1)
    m = a @ h
    if method == "clam-mb":
        logits = torch.cat([layer(w, f"classifiers.{c}", m[c]) for c in range(k)]).reshape(1, k)
    else:
        logits = layer(w, "classifiers", m)
    inner = instance_loss(w, a, h, label, config, k)
    bag = F.cross_entropy(logits, torch.tensor([label]))
    b = config["bag_weight"]
    expected = {"logits": logits, "Y_prob": torch.softmax(logits, 1), "Y_hat": logits.argmax(1, keepdim=True), "A": a, "A_raw": raw,
                "M": m, "instance_loss": inner, "bag_loss": bag, "loss": b * bag + (1 - b) * inner}
    weights = {key.replace("attention_net.", prefix): v for key, v in w.items()}
    if config["inst_loss"] == "svm":
        weights["instance_loss_fn.labels"] = torch.tensor([0.0, 1.0])
    return {"config": config, "weights": weights, "x": x, "label": label, "expected": expected}


def abmil(n, d, hidden, attention, k, label, gated, trunk, names, seed):
    rng = np.random.RandomState(seed)
    inside = hidden if trunk else d
    w = linear(rng, names["trunk"], hidden, d) if trunk else {}
    w |= linear(rng, names["V"], attention, inside)
    if gated:
        w |= linear(rng, names["U"], attention, inside)
    w |= linear(rng, names["w"], 1, attention) | linear(rng, names["classifier"], k, inside)
    x = f32(rng, n, d, scale=1.5)
    h = torch.relu(layer(w, names["trunk"], x)) if trunk else x
    score = torch.tanh(layer(w, names["V"], h))
    if gated:
        score = score * torch.sigmoid(layer(w, names["U"], h))
    raw = layer(w, names["w"], score).T
    a = torch.softmax(raw, 1)
    z = a @ h
    logits = layer(w, names["classifier"], z)
    expected = {"logits": logits, "A": a, "A_raw": raw, "Z": z}
    if k == 1:
        p = torch.sigmoid(logits)
        kept = torch.clamp(p, 1e-5, 1 - 1e-5)
        expected |= {"Y_prob": p, "Y_hat": torch.ge(p, 0.5).double(),
                     "neg_log_likelihood": -(label * torch.log(kept) + (1 - label) * torch.log(1 - kept))}
    else:
        expected |= {"Y_prob": torch.softmax(logits, 1), "loss": F.cross_entropy(logits, torch.tensor([label]))}
    return {"config": {}, "weights": w, "x": x, "label": label, "expected": expected}


def dsmil(n, d, query, k, label, nonlinear, values, average, seed):
    rng = np.random.RandomState(seed)
    w = linear(rng, "i_classifier.fc.0", k, d)
    if nonlinear:
        w |= linear(rng, "b_classifier.q.0", query, d) | linear(rng, "b_classifier.q.2", query, query)
    else:
        w |= linear(rng, "b_classifier.q", query, d)
    if values:
        w |= linear(rng, "b_classifier.v.1", d, d)
    w |= {"b_classifier.fcc.weight": f32(rng, k, k, d), "b_classifier.fcc.bias": f32(rng, k)}
    x = f32(rng, n, d, scale=1.5)

    def q(rows):
        if not nonlinear:
            return layer(w, "b_classifier.q", rows)
        return torch.tanh(layer(w, "b_classifier.q.2", torch.relu(layer(w, "b_classifier.q.0", rows))))

    classes = layer(w, "i_classifier.fc.0", x)
    v = torch.relu(layer(w, "b_classifier.v.1", x)) if values else x
    critical = x[classes.argmax(0)]
    raw = q(x) @ q(critical).T / math.sqrt(query)
    a = torch.softmax(raw, 0)
    b = (a.T @ v).reshape(1, k, d)
    bag = F.conv1d(b, w["b_classifier.fcc.weight"], w["b_classifier.fcc.bias"]).reshape(1, k)
    highest = classes.max(0, keepdim=True).values
    both = (highest + bag) / 2
    target = torch.tensor([label]).double()
    loss_bag, loss_max = (F.binary_cross_entropy_with_logits(s, target) for s in (bag, highest))
    expected = {"classes": classes, "prediction_bag": bag, "A": a, "B": b, "max_prediction": highest, "A_raw": raw,
                "logits": both if average else bag,
                "Y_prob": (torch.sigmoid(highest) + torch.sigmoid(bag)) / 2 if average else torch.sigmoid(bag),
                "loss": (loss_bag + loss_max) / 2}
    return {"config": {"average": average}, "weights": w, "x": x, "label": label, "expected": expected}


PUBLISHED = {"trunk": "feature_extractor_part2.0", "V": "attention_V.0", "U": "attention_U.0", "w": "attention_w", "classifier": "classifier.0"}
PLAIN = {"trunk": "fc.0", "V": "attention.0", "w": "attention.2", "classifier": "classifier"}
BARE = {"V": "attention_net.2.attention_a.0", "U": "attention_net.2.attention_b.0", "w": "attention_net.2.attention_c", "classifier": "classifiers"}


def parity(folder):
    clam_config = {"k_sample": 3, "bag_weight": 0.7, "subtyping": True, "inst_loss": "svm"}
    write(folder, "clam-sb", clam("clam-sb", 11, 7, 6, 5, 3, 1, clam_config, "attention_net.module.", 3, 31))
    write(folder, "clam-mb", clam("clam-mb", 13, 7, 6, 5, 3, 2, clam_config | {"subtyping": False, "inst_loss": "ce"}, "attention_net.", 2, 32))
    write(folder, "abmil", abmil(9, 7, 6, 5, 1, 1, True, True, PUBLISHED, 33))
    write(folder, "abmil-plain", abmil(9, 7, 6, 5, 3, 2, False, True, PLAIN, 34))
    write(folder, "abmil-bare", abmil(9, 7, 6, 5, 2, 0, True, False, BARE, 35))
    write(folder, "dsmil", dsmil(10, 6, 5, 2, [0, 1], True, False, False, 36))
    write(folder, "dsmil-values", dsmil(10, 6, 5, 1, [1], False, True, True, 37))
    write(folder, "dsmil-three", dsmil(10, 6, 5, 3, [0, 0, 1], True, True, True, 38))


def trunk(case, w, x, mask):
    h = torch.relu(x @ w["trunk.weight"] + w["trunk.bias"])
    return h if mask is None else h * mask / (1 - case["dropout"])


def pooled(w, shares, inst, own):
    """Scores of one branch, or of a branch a score, and what each tile adds."""
    c = (shares if own else shares.expand(-1, w["head.weight"].shape[1])) * (inst @ w["head.weight"])
    return {"logits": c.sum(0) + w["head.bias"], "contribution": c, "embedding": (shares.T @ inst).reshape(-1), "attention": shares.mean(1)}


def run_clam_mb(case, w, x, label, mask):
    o, k = case["options"], case["k"]
    h = trunk(case, w, x, mask)
    g = torch.tanh(h @ w["gate.tanh.weight"] + w["gate.tanh.bias"]) * torch.sigmoid(h @ w["gate.sigmoid.weight"] + w["gate.sigmoid.bias"])
    a = torch.softmax(g @ w["gate.score.weight"], 0)
    theirs = {f"instance_classifiers.{c}.{leaf}": torch.stack([w[f"instance.{side}.{leaf}"][..., c] for side in ("negative", "positive")])
              for c in range(k) for leaf in ("weight", "bias")}
    config = {"k_sample": o["sample"], "subtyping": o["subtyping"], "inst_loss": "svm"}
    aux = instance_loss(theirs, a.T, h, label, config, k) if len(x) > 1 else torch.zeros(())
    return pooled(w, a, h, True) | {"auxiliary": (aux, 1 - o["bagWeight"])}


def run_top_k(case, w, x, label, mask):
    o, n = case["options"], len(x)
    h = trunk(case, w, x, mask)
    size = min(n, max(o["count"], math.ceil(o["share"] * n - 1e-3)))
    shares = torch.zeros(n, case["k"])
    top = torch.topk((h @ w["head.weight"]).detach(), size, 0)[1]
    return pooled(w, shares.scatter(0, top, 1 / size), h, True)


def run_per_tile(case, w, x, label, mask):
    h, k = trunk(case, w, x, mask), case["k"]
    if not case["options"]["noisyOr"]:
        s = (h @ w["head.weight"] + w["head.bias"]).detach()
        p = torch.softmax(s, 1)
        best = p[:, 1].argmax() if k == 2 else p.max(1).values.argmax()
        return pooled(w, F.one_hot(best, len(x)).to(x.dtype).reshape(-1, 1), h, False)
    brought = -F.logsigmoid(-(h @ w["tile.weight"] + w["tile.bias"]))
    logits = torch.log(1 - torch.exp(-brought.sum(0))) + brought.sum(0)
    if k == 2:
        logits, brought = logits * torch.tensor([0.0, 1.0]), brought[:, 1:]
    shares = brought.sum(1, keepdim=True) / brought.sum()
    return {"logits": logits, "embedding": (shares.T @ h).reshape(-1), "attention": shares.reshape(-1)}


def run_dsmil(case, w, x, label, mask):
    o, k = case["options"], case["k"]

    def q(rows):
        first = rows @ w["query.first.weight"] + w["query.first.bias"]
        return torch.tanh(torch.relu(first) @ w["query.second.weight"] + w["query.second.bias"]) if o["nonlinear"] else first

    s = x @ w["instance.weight"] + w["instance.bias"]
    a = torch.softmax(q(x) @ q(x[s.argmax(0)]).T / math.sqrt(o["query"]), 0)
    v = torch.relu(x @ w["value.weight"] + w["value.bias"]) if o["values"] else x
    b = a.T @ v
    bag = F.conv1d(b[None], w["bag.weight"], w["bag.bias"]).reshape(-1)
    highest = s.max(0).values
    own = torch.stack([(a * (v @ w["bag.weight"][c].T)).sum(1) for c in range(k)], 1)
    wins = (s == highest).to(x.dtype)
    both = {"logits": (bag + highest) / 2, "contribution": (own + wins * (s - w["instance.bias"])) / 2}
    alone = {"logits": bag, "contribution": own}
    fitting = F.cross_entropy(highest[None], torch.tensor([label]))
    return (both if o["average"] else alone) | {"embedding": b.reshape(-1), "attention": a.mean(1), "trained": bag, "auxiliary": (fitting, 0.5)}


def loss_of(case, out, label):
    own = case["classWeights"][label] * F.cross_entropy(out.get("trained", out["logits"])[None], torch.tensor([label]))
    if "auxiliary" not in out:
        return own
    aux, share = out["auxiliary"]
    return (1 - share) * own + share * aux


def shapes(case):
    d, k, o = case["d"], case["k"], case["options"]
    head = lambda h: {"head.weight": (h, k), "head.bias": (k,)}
    if case["aggregator"] == "dsmil":
        q = o["query"]
        s = {"instance.weight": (d, k), "instance.bias": (k,), "query.first.weight": (d, q), "query.first.bias": (q,)}
        if o["nonlinear"]:
            s |= {"query.second.weight": (q, q), "query.second.bias": (q,)}
        if o["values"]:
            s |= {"value.weight": (d, d), "value.bias": (d,)}
        return s | {"bag.weight": (k, k, d), "bag.bias": (k,)}
    h = o["hidden"]
    s = {"trunk.weight": (d, h), "trunk.bias": (h,)}
    if case["aggregator"] == "clam-mb":
        a = o["attention"]
        s |= {"gate.tanh.weight": (h, a), "gate.tanh.bias": (a,), "gate.sigmoid.weight": (h, a), "gate.sigmoid.bias": (a,), "gate.score.weight": (a, k)}
        s |= {f"instance.{side}.{leaf}": (h, k) if leaf == "weight" else (k,) for side in ("negative", "positive") for leaf in ("weight", "bias")}
    return s | ({"tile.weight": (h, k), "tile.bias": (k,)} if o.get("noisyOr") else head(h))


def family(name, aggregator, sizes, options, k=2, d=5, dropout=0.0, scale=0.6, seed=1):
    run = {"clam-mb": run_clam_mb, "top-k": run_top_k, "per-tile": run_per_tile, "dsmil": run_dsmil}[aggregator]
    rng = np.random.RandomState(seed)
    case = {"name": name, "aggregator": aggregator, "options": options, "k": k, "d": d, "dropout": dropout,
            "mean": f32(rng, d).tolist(), "deviation": [float(np.float32(v)) for v in rng.uniform(0.5, 2, d)],
            "classWeights": [float(np.float32(v)) for v in rng.uniform(0.5, 1.5, k)]}
    weights = {key: f32(rng, *shape, scale=scale) for key, shape in shapes(case).items()}
    case["shapes"] = {key: list(v.shape) for key, v in weights.items()}
    case["weights"] = {key: v.reshape(-1).tolist() for key, v in weights.items()}
    case["bags"] = []
    for i, n in enumerate(sizes):
        x = f32(rng, n, d, scale=1.5)
        bag = {"n": n, "label": i % k, "features": x.reshape(-1).tolist()}
        mask = None
        if dropout > 0:
            mask = torch.tensor(rng.uniform(size=(n, options["hidden"])) >= dropout).double()
            bag["masks"] = {"trunk": mask.int().reshape(-1).tolist()}

        def trained(dtype):
            live = {key: v.to(dtype).clone().requires_grad_() for key, v in weights.items()}
            tiles = ((x - torch.tensor(case["mean"])) / torch.tensor(case["deviation"])).to(dtype)
            torch.set_default_dtype(dtype)
            out = run(case, live, tiles, bag["label"], None if mask is None else mask.to(dtype))
            loss = loss_of(case, out, bag["label"])
            loss.backward()
            torch.set_default_dtype(torch.float64)
            return loss.item(), {key: (torch.zeros_like(v) if v.grad is None else v.grad).double() for key, v in live.items()}

        loss, slopes = trained(torch.float64)
        low, low_slopes = trained(torch.float32)
        error = lambda a, b: ((a - b).abs().max() / b.abs().max().clamp(min=1e-3)).item()
        bag["loss"] = loss
        bag["gradients"] = {key: v.reshape(-1).tolist() for key, v in slopes.items()}
        bag["float32Error"] = {"loss": abs(low - loss) / max(abs(loss), 1e-3),
                               "gradients": max(error(low_slopes[key], v) for key, v in slopes.items())}
        out = run(case, weights, (x - torch.tensor(case["mean"])) / torch.tensor(case["deviation"]), bag["label"], None)
        answers = {"logits": out["logits"], "probabilities": torch.softmax(out["logits"], 0)} | {
            key: out[key] for key in ("embedding", "attention", "contribution") if key in out}
        bag["outputs"] = {key: v.reshape(-1).tolist() for key, v in answers.items()}
        case["bags"].append(bag)
    return case


MB = {"hidden": 6, "attention": 4, "sample": 4, "bagWeight": 0.7, "subtyping": False}
DS = {"query": 4, "nonlinear": True, "values": False, "average": True}
CASES = [
    lambda: family("two classes", "clam-mb", [13, 12], MB, seed=41),
    lambda: family("small bags, three classes, subtyping", "clam-mb", [7, 1, 2, 5], MB | {"subtyping": True}, k=3, seed=42),
    lambda: family("dropout masks of the trunk", "top-k", [9, 12], {"hidden": 6, "count": 3, "share": 0}, dropout=0.25, seed=43),
    lambda: family("a share of the tiles, three classes, and bags smaller than the count", "top-k", [9, 12, 1, 2], {"hidden": 6, "count": 3, "share": 0.4}, k=3, seed=44),
    lambda: family("the tile with the highest probability", "per-tile", [9, 1, 12], {"hidden": 6, "noisyOr": False}, seed=45),
    lambda: family("the surest tile of three classes", "per-tile", [9, 4, 12], {"hidden": 6, "noisyOr": False}, k=3, scale=0.4, seed=46),
    lambda: family("noisy-or of two classes", "per-tile", [9, 1, 3], {"hidden": 6, "noisyOr": True}, seed=47),
    lambda: family("noisy-or of three classes", "per-tile", [5, 2, 3], {"hidden": 6, "noisyOr": True}, k=3, scale=0.4, seed=48),
    lambda: family("two streams, two classes", "dsmil", [9, 1, 12], DS, seed=49),
    lambda: family("a layer of values, linear queries, three classes", "dsmil", [9, 4, 12], DS | {"nonlinear": False, "values": True}, k=3, seed=50),
    lambda: family("the attending stream alone", "dsmil", [9, 12], DS | {"average": False}, seed=51),
]

parity(sys.argv[1])
with open(os.path.join(sys.argv[1], "attention-family.json"), "w") as out:
    json.dump({"torch": torch.__version__, "dtype": "float64", "cases": [case() for case in CASES]}, out)
