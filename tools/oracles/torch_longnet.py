"""Values and gradients of dilated attention and of the slide encoder, from PyTorch in float64.

Run: /usr/bin/python3 tools/oracles/torch_longnet.py > packages/models/test/golden/longnet.json
Written from the formulas (docs/methods/longnet.md), token by token and head by head, with none of the index arithmetic of the
TypeScript: a branch is a loop over segments and heads, and what it leaves out is left out. Inputs are rounded to float32 first.
"""
import json
import math

import torch

torch.manual_seed(20240207)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def normal(*shape, scale=1.0):
    return (torch.randn(shape) * scale).float().double()


def plain(t):
    return {"shape": list(t.shape), "values": t.detach().reshape(-1).tolist()}


def dilated(q, k, v, heads, branches, masks_padding):
    """q, k, v [L, width] -> [L, width]"""
    tokens, width = q.shape
    e = width // heads
    values = torch.zeros(len(branches), tokens, heads, e)
    sums = torch.full((len(branches), tokens, heads), -1e8)
    for b, (segment, ratio) in enumerate(branches):
        length = min(segment, tokens)
        padded = math.ceil(length / ratio) * ratio
        size = math.ceil(heads / ratio)
        for start in range(0, tokens, length):
            for h in range(heads):
                offset = h // size
                columns = slice(h * e, (h + 1) * e)
                inside = list(range(offset, padded, ratio))
                real = [start + i for i in inside if i < length and start + i < tokens]
                zeros = torch.zeros(0 if masks_padding else len(inside) - len(real), e)
                if not real:
                    continue
                keys = torch.cat([k[real, columns], zeros])
                vals = torch.cat([v[real, columns], zeros])
                logits = q[real, columns] @ keys.t() / math.sqrt(e)
                values = values.index_put(
                    (torch.tensor(b), torch.tensor(real), torch.tensor(h)), torch.softmax(logits, 1) @ vals
                )
                sums[b, real, h] = torch.logsumexp(logits, 1).detach()
    shares = torch.softmax(sums, 0)
    return (values * shares[..., None]).sum(0).reshape(tokens, width)


def code(p, length):
    half = length // 2
    angles = p[:, None].double() * 10000.0 ** (-torch.arange(half).double() / half)
    return torch.cat([torch.sin(angles), torch.cos(angles)], 1)


def norm(x, w, name, eps=1e-5):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def linear(x, w, name):
    return x @ w[name + ".weight"] + w[name + ".bias"]


def encoder(x, places, w, c):
    width = c["width"]
    order = sorted(range(len(x)), key=lambda i: (places[i][0], places[i][1])) if c["sorted"] else list(range(len(x)))
    column = torch.tensor([places[i][0] for i in order])
    row = torch.tensor([places[i][1] for i in order])
    tokens = linear(x[order], w, "embed") + torch.cat([code(row, width // 2), code(column, width // 2)], 1)
    x = torch.cat([w["class"], tokens])
    for i in range(c["layers"]):
        p = f"layers.{i}."
        unit = norm(x, w, p + "attention.norm")
        mixed = dilated(*(linear(unit, w, p + n) for n in ("query", "key", "value")), c["heads"], c["branches"], c["maskPadding"])
        x = x + linear(norm(mixed, w, p + "inner.norm"), w, p + "out")
        inner = torch.nn.functional.gelu(linear(norm(x, w, p + "forward.norm"), w, p + "first"))
        x = x + linear(norm(inner, w, p + "middle.norm"), w, p + "second")
    pooled = x[:1] if c["classToken"] else x[1:].mean(0, keepdim=True)
    return norm(pooled, w, "outer.norm", 1e-6)


def weights(d, c):
    width, ffn, k = c["width"], c["ffn"], 2
    shapes = {"embed.weight": (d, width), "embed.bias": (width,), "class": (1, width)}
    for i in range(c["layers"]):
        p = f"layers.{i}."
        for n in ("query", "key", "value", "out"):
            shapes |= {p + n + ".weight": (width, width), p + n + ".bias": (width,)}
        shapes |= {p + "first.weight": (width, ffn), p + "first.bias": (ffn,)}
        shapes |= {p + "second.weight": (ffn, width), p + "second.bias": (width,)}
        for n, size in (("attention", width), ("inner", width), ("forward", width), ("middle", ffn)):
            shapes |= {f"{p}{n}.norm.weight": (size,), f"{p}{n}.norm.bias": (size,)}
    shapes |= {"outer.norm.weight": (width,), "outer.norm.bias": (width,), "head.weight": (width, k), "head.bias": (k,)}
    return {n: (normal(*s, scale=0.4) + (1 if n.endswith("norm.weight") else 0)).float().double() for n, s in shapes.items()}


def attention_case(tokens, width, heads, branches, masks_padding):
    q, k, v = (normal(tokens, width).requires_grad_() for _ in range(3))
    out = dilated(q, k, v, heads, branches, masks_padding)
    weight = normal(tokens, width)
    (out * weight).sum().backward()
    return {
        "width": width, "heads": heads, "masksPadding": masks_padding,
        "branches": [{"segment": s, "ratio": r} for s, r in branches],
        "inputs": [plain(t) for t in (q, k, v)], "weight": plain(weight), "out": plain(out),
        "gradients": [plain(t.grad) for t in (q, k, v)],
    }


def model_case(n, d, places, c):
    x = normal(n, d)
    w = {name: t.requires_grad_() for name, t in weights(d, c).items()}
    scores = linear(encoder(x, places, w, c), w, "head")
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor([1]))
    loss.backward()
    return {
        "config": {**{n_: c[n_] for n_ in ("width", "heads", "ffn", "layers", "sorted", "maskPadding", "classToken")},
                   "branches": [{"segment": s, "ratio": r} for s, r in c["branches"]]},
        "x": plain(x), "places": [list(p) for p in places], "weights": {n_: plain(t) for n_, t in w.items()},
        "scores": plain(scores), "loss": loss.item(), "gradients": {n_: plain(t.grad) for n_, t in w.items()},
    }


def main():
    attention = [
        attention_case(13, 16, 4, [(4, 1), (8, 2), (64, 4)], False),
        attention_case(13, 16, 4, [(4, 1), (8, 2), (64, 4)], True),
        attention_case(11, 12, 3, [(5, 2), (7, 4), (3, 3)], False),
        attention_case(1, 8, 2, [(4, 1), (8, 2)], False),
        attention_case(9, 8, 4, [(5, 2), (100, 16)], True),
    ]
    base = {"width": 8, "heads": 2, "ffn": 12, "layers": 2, "branches": [(3, 1), (6, 2)]}
    places = [(3, 1), (0, 2), (3, 0), (1, 7), (0, 1), (5, 5)]
    models = [
        model_case(6, 3, places, {**base, "sorted": True, "maskPadding": False, "classToken": False}),
        model_case(6, 3, places, {**base, "sorted": False, "maskPadding": True, "classToken": True}),
    ]
    print(json.dumps({"attention": attention, "models": models}))


if __name__ == "__main__":
    main()
