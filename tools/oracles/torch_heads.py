"""Losses, gradients and answers of the heads, and the models of TOAD and CHIEF, from PyTorch in float64, written out from their papers.

Run: for what in heads heads-models parity-toad parity-chief; do
       /usr/bin/python3 tools/oracles/torch_heads.py $what > packages/models/test/golden/$what.json; done
PyTorch 1.13. Inputs are rounded to float32 first, so that both sides start from the same numbers. Gradients are PyTorch's own: the closed
form of the Cox slopes is held against automatic differentiation of the likelihood written as a double loop.
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
RNG = np.random.RandomState(20240811)


def f32(*shape, scale=1.0):
    return torch.tensor((RNG.standard_normal(shape) * scale).astype(np.float32).astype(np.float64))


def rounded(value):
    """A target, or a weight inside it, as float32 holds it."""
    return float(np.float32(value))


# --- losses of one answer -------------------------------------------------------------------------------------------------------------

def class_loss(log_p, y, weight, loss, smoothing):
    k = len(log_p)
    target = torch.full((k,), smoothing / k)
    target[y] += 1 - smoothing
    if loss == "cross-entropy":
        per = -target * log_p
    elif loss == "focal":
        per = -target * (1 - log_p.exp()) ** 2 * log_p
    else:
        q = (log_p.exp() - 0.05).clamp(min=0)
        per = -target * log_p - (1 - target) * q**4 * torch.log(1 - q)
    return weight * per.sum()


def yes_loss(logit, y, loss):
    p = torch.sigmoid(logit if y else -logit)
    log_p = F.logsigmoid(logit if y else -logit)
    if loss == "cross-entropy":
        return -log_p
    if loss == "focal":
        return -((1 - p) ** 2) * log_p
    if y:
        return -log_p
    q = (torch.sigmoid(logit) - 0.05).clamp(min=0)
    return -(q**4) * torch.log(1 - q)


def balanced(counts, kind):
    return [rounded(sum(counts) / (len(counts) * c)) if kind == "balanced" else 1.0 for c in counts]


# --- heads: facts of the train labels, loss of a bag, answers ------------------------------------------------------------------------

class Classify:
    def __init__(self, task, train, o):
        self.k = len(task["classes"])
        self.facts = {"counts": [train.count(c) for c in range(self.k)]}
        self.w, self.o = balanced(self.facts["counts"], o["classWeights"]), o

    def log_p(self, s):
        return torch.log_softmax(s, 0)

    def loss(self, s, y, smooth=True):
        return class_loss(self.log_p(s), y, self.w[y], self.o["loss"], self.o["labelSmoothing"] if smooth else 0.0)

    def weight(self, y):
        return self.w[y]

    def answers(self, s):
        return {"probabilities": self.log_p(s).exp()}


class Ordinal(Classify):
    def __init__(self, task, train, o):
        super().__init__(task, train, o)
        self.k -= 1

    def log_p(self, s):
        above = [s[0]]
        for gap in s[1:]:
            above.append(above[-1] - torch.log(1 + torch.exp(gap)))
        tail = [torch.ones(())] + [torch.sigmoid(c) for c in above] + [torch.zeros(())]
        return torch.log(torch.stack([a - b for a, b in zip(tail, tail[1:])]))

    def answers(self, s):
        p = self.log_p(s).exp()
        return {"probabilities": p, "grade": (p * torch.arange(len(p))).sum().reshape(1)}


class Multilabel:
    def __init__(self, task, train, o):
        self.k, self.o = len(task["labels"]), o
        count = lambda a: [sum(1 for row in train if row[l] == a) for l in range(self.k)]
        self.facts = {"no": count(0), "yes": count(1)}
        self.w = [balanced([n, y], o["classWeights"]) for n, y in zip(self.facts["no"], self.facts["yes"])]

    def weights(self, y):
        return [0.0 if a is None else rounded(self.w[l][a] / self.k) for l, a in enumerate(y)]

    def loss(self, s, y, smooth=True):
        e = self.o["labelSmoothing"] / 2 if smooth else 0.0
        total = torch.zeros(())
        for logit, answer, w in zip(s, y, self.weights(y)):
            if answer is not None:
                loss = self.o["loss"]
                total = total + w * ((1 - e) * yes_loss(logit, answer, loss) + e * yes_loss(logit, 1 - answer, loss))
        return total

    def weight(self, y):
        return sum(self.weights(y))

    def answers(self, s):
        return {"probabilities": torch.sigmoid(s)}


class Regress:
    k = 1

    def __init__(self, task, train, o):
        self.mean, self.sd = float(np.mean(train)), float(np.std(train))
        self.facts, self.o = {"mean": self.mean, "deviation": self.sd}, o

    def loss(self, s, y, smooth=True):
        z = torch.tensor([rounded((y - self.mean) / self.sd)])
        return F.huber_loss(s, z, delta=1.0) if self.o["loss"] == "huber" else F.mse_loss(s, z)

    def weight(self, y):
        return 1.0

    def answers(self, s):
        return {"value": s * self.sd + self.mean}


class Hazard:
    def __init__(self, task, train, o):
        self.k = task["intervals"]
        events = [y["time"] for y in train if y["event"]]
        cuts = [float(np.quantile(events, j / self.k)) for j in range(1, self.k)]
        self.cuts, self.facts = cuts, {"times": cuts + [max(y["time"] for y in train)]}

    def loss(self, s, y, smooth=True):
        h = torch.sigmoid(s)
        at = sum(1 for cut in self.cuts if cut <= y["time"])
        survived = torch.cat([torch.ones(1), torch.cumprod(1 - h, 0)])
        return -torch.log(survived[at] * h[at]) if y["event"] else -torch.log(survived[at + 1])

    def weight(self, y):
        return 1.0

    def answers(self, s):
        survival = torch.cumprod(1 - torch.sigmoid(s), 0)
        return {"survival": survival, "risk": -survival.sum().reshape(1)}


class Cox:
    k = 1

    def __init__(self, task, train, o):
        self.facts = {"events": sum(y["event"] for y in train)}

    def coupled(self, s, labels):
        """Efron 1977, over m: at each time, the log of the risk set less l / d of those who die there, for l < d."""
        t, total = [y["time"] for y in labels], torch.zeros(())
        for time in sorted({y["time"] for y in labels if y["event"]}):
            dying = [i for i, y in enumerate(labels) if y["event"] and y["time"] == time]
            risk = sum(torch.exp(s[i, 0]) for i in range(len(t)) if t[i] >= time)
            own = sum(torch.exp(s[i, 0]) for i in dying)
            total = total + sum(s[i, 0] for i in dying)
            total = total - sum(torch.log(risk - l / len(dying) * own) for l in range(len(dying)))
        return -total / len(labels)

    def answers(self, s):
        return {"risk": s}


def head_of(task, train, o):
    kinds = {"classify": Classify, "ordinal": Ordinal, "multilabel": Multilabel, "regress": Regress}
    if task["kind"] == "survive":
        return (Cox if task["intervals"] is None else Hazard)(task, train, o)
    return (Multitask if task["kind"] == "multitask" else kinds[task["kind"]])(task, train, o)


class Multitask:
    def __init__(self, task, train, o):
        self.names = [t["name"] for t in task["tasks"]]
        known = [[row[i] for row in train if row[i] is not None] for i in range(len(self.names))]
        fits = {"classify": ("focal", "asymmetric"), "ordinal": ("focal", "asymmetric"), "multilabel": ("focal", "asymmetric"),
                "regress": ("huber",), "survive": ()}
        plain = lambda t: o if o["loss"] in fits[t["task"]["kind"]] else o | {"loss": "cross-entropy"}
        self.heads = [head_of(t["task"], rows, plain(t)) for t, rows in zip(task["tasks"], known)]
        total = sum(t["weight"] for t in task["tasks"])
        self.shares = [t["weight"] / total for t in task["tasks"]]
        self.facts = {"tasks": [h.facts for h in self.heads]}
        self.k = sum(h.k for h in self.heads)

    def cut(self, s):
        return torch.split(s, [h.k for h in self.heads], dim=-1)

    def loss(self, s, labels, smooth=True):
        parts = zip(self.heads, self.shares, self.cut(s), labels)
        return sum((w * h.loss(x, y, smooth) for h, w, x, y in parts if y is not None and not isinstance(h, Cox)), torch.zeros(()))

    def coupled(self, s, rows):
        total = torch.zeros(())
        for i, (h, w, x) in enumerate(zip(self.heads, self.shares, self.cut(s))):
            known = [b for b, row in enumerate(rows) if row[i] is not None]
            if isinstance(h, Cox) and known:
                total = total + w * h.coupled(x[known], [rows[b][i] for b in known]) * len(known) / len(rows)
        return total

    def judged(self, s, rows):
        total = torch.zeros(())
        for i, (h, w, x) in enumerate(zip(self.heads, self.shares, self.cut(s))):
            known = [b for b, row in enumerate(rows) if row[i] is not None]
            if known:
                total = total + w * judge(h, x[known], [rows[b][i] for b in known])
        return total

    def answers(self, s):
        return {f"{n}.{a}": v for n, h, x in zip(self.names, self.heads, self.cut(s)) for a, v in h.answers(x).items()}


def judge(head, s, labels):
    if isinstance(head, Cox):
        return head.coupled(s, labels)
    if isinstance(head, Multitask):
        return head.judged(s, labels)
    return sum(head.loss(x, y, False) for x, y in zip(s, labels)) / sum(head.weight(y) for y in labels)


def record(name, task, train, bags, scale=1.5, **options):
    o = {"classWeights": "none", "loss": "cross-entropy", "labelSmoothing": 0} | options
    head = head_of(task, train, o)
    scores = f32(len(bags), head.k, scale=scale)
    case = {"name": name, "task": task, "options": o, "train": train, "facts": head.facts, "labels": bags, "scores": scores.tolist()}
    case["judge"] = judge(head, scores, bags).item()
    case["answers"] = [{key: v.reshape(-1).tolist() for key, v in head.answers(s).items()} for s in scores]
    if hasattr(head, "loss"):
        live = [s.clone().requires_grad_() for s in scores]
        losses = [head.loss(s, y) for s, y in zip(live, bags)]
        for loss in losses:
            if loss.requires_grad:
                loss.backward()
        grads = [torch.zeros_like(s) if s.grad is None else s.grad for s in live]
        case |= {"losses": [v.item() for v in losses], "gradients": [g.tolist() for g in grads]}
    if hasattr(head, "coupled"):
        live = scores.clone().requires_grad_()
        loss = head.coupled(live, bags)
        if loss.requires_grad:
            loss.backward()
            case["coupled"] = {"loss": loss.item(), "slopes": live.grad.tolist()}
    return case


CLASSES = {"kind": "classify", "label": "y", "classes": ["a", "b", "c"], "positive": "a"}
GRADES = {"kind": "ordinal", "label": "g", "classes": ["0", "1", "2", "3"]}
TWO = {"kind": "ordinal", "label": "g", "classes": ["low", "high"]}
LABELS = {"kind": "multilabel", "labels": ["er", "pr", "her2"]}
NUMBER = {"kind": "regress", "label": "age"}
COX = {"kind": "survive", "time": "t", "event": "e", "intervals": None}
BINS = COX | {"intervals": 4}
Y = [0, 0, 1, 2, 0, 1]
G = [0, 1, 1, 2, 3, 3, 3]
L = [[1, 0, None], [0, 0, 1], [1, 1, 0], [None, 0, 0], [1, None, 1], [None, None, None]]
N = [34.5, 61.0, 47.25, 80.0]
S = [{"time": t, "event": e} for t, e in
     [(5.0, True), (5.0, True), (3.0, False), (8.0, True), (8.0, False), (1.0, True), (8.0, True), (8.0, True), (12.0, False), (2.5, True)]]


def multi(*tasks):
    return {"kind": "multitask", "tasks": [{"name": n, "weight": w, "task": t} for n, w, t in tasks]}


def several(*columns):
    size = max(len(c) for c in columns)
    return [[c[i] if i < len(c) else None for c in columns] for i in range(size)]


def heads():
    cases = []
    for loss in ("cross-entropy", "focal", "asymmetric"):
        for smoothing, weights in ((0, "none"), (0, "balanced"), (0.1, "balanced")):
            o = {"loss": loss, "labelSmoothing": smoothing, "classWeights": weights}
            text = f"{loss}, smoothing {smoothing}, weights {weights}"
            cases.append(record(f"classes: {text}", CLASSES, Y, [0, 1, 2, 0], **o))
            cases.append(record(f"grades: {text}", GRADES, G, [0, 1, 2, 3, 3], **o))
            cases.append(record(f"labels: {text}", LABELS, L, L, **o))
    cases.append(record("two grades", TWO, [0, 1, 1], [0, 1, 1], classWeights="balanced"))
    cases.append(record("a number: squares", NUMBER, N, N + [20.0]))
    cases.append(record("a number: huber", NUMBER, N, N + [20.0], loss="huber", scale=2))
    cases.append(record("intervals", BINS, S, S))
    cases.append(record("two intervals", BINS | {"intervals": 2}, S, S[::-1]))
    cases.append(record("proportional hazards, with ties", COX, S, S))
    cases.append(record("proportional hazards, far apart", COX, S, S[2:], scale=12))
    tasks = several(Y, G, L, N, S)
    every = multi(("organ", 2, CLASSES), ("grade", 1, GRADES), ("stain", 1, LABELS), ("age", 0.5, NUMBER), ("relapse", 1, BINS))
    cases.append(record("several tasks, not all known", every, tasks, tasks, classWeights="balanced"))
    cases.append(record("several tasks, focal where there is one", every, tasks, tasks, loss="focal"))
    mixed = multi(("organ", 3, CLASSES), ("death", 1, COX))
    cases.append(record("several tasks, one of them coupled", mixed, several(Y, S), several(Y, S)))
    return {"cases": cases}


# --- models ----------------------------------------------------------------------------------------------------------------------------

def gate(w, h, prefix):
    a = torch.tanh(F.linear(h, w[f"{prefix}.attention_a.0.weight"], w[f"{prefix}.attention_a.0.bias"]))
    b = torch.sigmoid(F.linear(h, w[f"{prefix}.attention_b.0.weight"], w[f"{prefix}.attention_b.0.bias"]))
    return F.linear(a * b, w[f"{prefix}.attention_c.weight"], w[f"{prefix}.attention_c.bias"]).t()


def gate_weights(prefix, h, a, branches):
    return {f"{prefix}.attention_a.0.weight": f32(a, h, scale=0.6), f"{prefix}.attention_a.0.bias": f32(a, scale=0.3),
            f"{prefix}.attention_b.0.weight": f32(a, h, scale=0.6), f"{prefix}.attention_b.0.bias": f32(a, scale=0.3),
            f"{prefix}.attention_c.weight": f32(branches, a), f"{prefix}.attention_c.bias": f32(branches)}


def layer(name, o, i, scale=0.6):
    return {f"{name}.weight": f32(o, i, scale=scale), f"{name}.bias": f32(o, scale=0.3)}


def toad_weights(d=6, h=5, a=4, origins=18):
    return {**layer("attention_net.0", h, d), **layer("attention_net.3", h, h), **gate_weights("attention_net.6", h, a, 2),
            **layer("classifier", origins, h + 1), **layer("site_classifier", 2, h + 1)}


def toad(w, x, sex):
    h = torch.relu(F.linear(x, w["attention_net.0.weight"], w["attention_net.0.bias"]))
    h = torch.relu(F.linear(h, w["attention_net.3.weight"], w["attention_net.3.bias"]))
    raw = gate(w, h, "attention_net.6")
    A = torch.softmax(raw, 1)
    M = torch.cat([A @ h, sex * torch.ones(2, 1)], 1)
    logits = F.linear(M[:1], w["classifier.weight"], w["classifier.bias"])
    site = F.linear(M[1:], w["site_classifier.weight"], w["site_classifier.bias"])
    return {"logits": logits, "Y_prob": torch.softmax(logits, 1), "site_logits": site, "site_prob": torch.softmax(site, 1),
            "A": A, "A_raw": raw, "features": M}


def chief_weights(d=6, h=5, a=4, k=2, organs=19, prompt=7):
    return {**layer("attention_net.0", h, d), **gate_weights("attention_net.3", h, a, 1), "organ_embedding": f32(organs, prompt),
            **layer("text_to_vision.0", h, prompt), **layer("classifiers", k, h),
            **layer("instance_classifiers.0", 2, h), **layer("instance_classifiers.1", 2, h), **layer("att_head.attention_a.0", a, h)}


def chief(w, x, organ):
    h = torch.relu(F.linear(x, w["attention_net.0.weight"], w["attention_net.0.bias"]))
    raw = gate(w, h, "attention_net.3")
    A = torch.softmax(raw, 1)
    prompt = torch.relu(F.linear(w["organ_embedding"][organ], w["text_to_vision.0.weight"], w["text_to_vision.0.bias"]))
    M = A @ h + prompt
    return {"logits": F.linear(M, w["classifiers.weight"], w["classifiers.bias"]), "WSI_feature": A @ x,
            "WSI_feature_anatomical": M, "bag_feature": M, "attention": A, "attention_raw": raw}


def parity(weights, forward, x, **beside):
    out = forward(weights, x, *beside.values())
    return {"source": f"PyTorch {torch.__version__}, float64, written from the formulas", "config": {},
            "weights": {k: v.tolist() for k, v in weights.items()}, "x": x.tolist(), **beside,
            "expected": {k: v.tolist() for k, v in out.items()}}


def gradients(name, forward, weights, bags, loss):
    """Loss and gradients under the original's keys, so that the same key map tells which is which."""
    found = []
    for bag in bags:
        live = {k: v.clone().requires_grad_() for k, v in weights.items()}
        value = loss(forward(live, torch.tensor(bag["x"]), bag["beside"]), bag["labels"])
        value.backward()
        found.append({**bag, "loss": value.item(), "gradients": {k: v.grad.tolist() for k, v in live.items() if v.grad is not None}})
    return {"name": name, "weights": {k: v.tolist() for k, v in weights.items()}, "bags": found}


def models():
    ce = lambda logits, y: F.cross_entropy(logits, torch.tensor([y]))
    both = lambda out, y: 0.75 * ce(out["logits"], y[0]) + 0.25 * ce(out["site_logits"], y[1])
    one = lambda out, y: ce(out["logits"], y[0])
    bags = lambda beside, labels: [{"x": f32(n, 6).tolist(), "beside": b, "labels": y} for n, b, y in zip((7, 1, 12), beside, labels)]
    return {"cases": [
        gradients("toad", toad, toad_weights(origins=4), bags([0, 1, 1], [[2, 0], [0, 1], [3, 1]]), both),
        gradients("chief", chief, chief_weights(organs=3), bags([0, 2, 1], [[0], [1], [1]]), one),
    ]}


WHAT = {
    "heads": heads,
    "heads-models": models,
    "parity-toad": lambda: parity(toad_weights(), toad, f32(9, 6), sex=1),
    "parity-chief": lambda: parity(chief_weights(), chief, f32(9, 6), organ=5),
}
print(json.dumps(WHAT[sys.argv[1]]()))
