"""Golden losses and gradients of the pretrainings of packages/models, from PyTorch in float64, written out from their papers.

Run once, from the repository root: /usr/bin/python3 tools/oracles/torch_pretrain.py
Writes packages/models/test/golden/pretrain.json.
Self-distillation on sub-bags (Caron 2021, Zhou 2022, Sablayrolles 2019) for a set transformer with a class token, and the alignment of its
embedding with binary profiles (Khosla 2020). Weights and inputs are rounded to float32 first, so that both sides start from the same numbers.
"""
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
GOLDEN = Path(__file__).resolve().parents[2] / "packages/models/test/golden"
D, O = 3, {"heads": 2, "headWidth": 3, "layers": 2, "ratio": 2, "dropPath": 0, "layerScale": 0.5}
WIDTH, HEAD, NECK, K = 6, 5, 4, 7
STUDENT, TEACHER = 0.1, 0.07
rng = np.random.RandomState(20240121)


def f32(*shape, scale=1.0, shift=0.0):
    return torch.tensor((rng.standard_normal(shape) * scale + shift).astype(np.float32).astype(np.float64))


def flat(t):
    return [float(f"{v:.10g}") for v in t.detach().reshape(-1).tolist()]


def encoder_shapes():
    inside = WIDTH * O["ratio"]
    layer = {"norm1.gain": (WIDTH,), "norm1.bias": (WIDTH,), "attention.weight": (WIDTH, 3 * WIDTH), "attention.bias": (3 * WIDTH,),
             "attention.project.weight": (WIDTH, WIDTH), "attention.project.bias": (WIDTH,), "attention.scale": (WIDTH,),
             "norm2.gain": (WIDTH,), "norm2.bias": (WIDTH,), "mlp.up.weight": (WIDTH, inside), "mlp.up.bias": (inside,),
             "mlp.down.weight": (inside, WIDTH), "mlp.down.bias": (WIDTH,), "mlp.scale": (WIDTH,)}
    s = {"embed.weight": (D, WIDTH), "embed.bias": (WIDTH,), "token": (1, WIDTH)}
    s |= {f"layer{i + 1}.{key}": v for i in range(O["layers"]) for key, v in layer.items()}
    return s | {"norm.gain": (WIDTH,), "norm.bias": (WIDTH,)}


def map_shapes(name, a, b):
    return {f"{name}.weight": (a, b), f"{name}.bias": (b,)}


def draw(shapes, scale):
    return {key: f32(*shape, scale=scale, shift=float(key.endswith("gain"))) for key, shape in shapes.items()}


def encode(x, w):
    """Class token [1, WIDTH] and tokens of the tiles [n, WIDTH], after the last norm."""
    norm = lambda name, v: F.layer_norm(v, (WIDTH,), w[f"{name}.gain"], w[f"{name}.bias"], 1e-6)
    t = torch.cat([w["token"], x @ w["embed.weight"] + w["embed.bias"]])
    for i in range(1, O["layers"] + 1):
        name = f"layer{i}"
        seen = norm(f"{name}.norm1", t)[:, None]
        out, _ = F.multi_head_attention_forward(
            seen, seen, seen, WIDTH, O["heads"], w[f"{name}.attention.weight"].T, w[f"{name}.attention.bias"], None, None, False,
            0.0, w[f"{name}.attention.project.weight"].T, w[f"{name}.attention.project.bias"], training=False)
        t = t + w[f"{name}.attention.scale"] * out[:, 0]
        inner = F.gelu(norm(f"{name}.norm2", t) @ w[f"{name}.mlp.up.weight"] + w[f"{name}.mlp.up.bias"])
        t = t + w[f"{name}.mlp.scale"] * (inner @ w[f"{name}.mlp.down.weight"] + w[f"{name}.mlp.down.bias"])
    t = norm("norm", t)
    return t[:1], t[1:]


def lin(x, w, name):
    return x @ w[f"{name}.weight"] + w[f"{name}.bias"]


def speak(x, w):
    inside = lin(F.gelu(lin(F.gelu(lin(x, w, "views.first")), w, "views.second")), w, "views.third")
    return F.normalize(inside, dim=1) @ F.normalize(w["views.prototypes"], dim=0)


def slopes_of(loss_of, weights, dtype):
    live = {key: v.detach().clone().to(dtype).requires_grad_() for key, v in weights.items()}
    torch.set_default_dtype(dtype)
    loss = loss_of(live, lambda t: t.to(dtype))
    torch.set_default_dtype(torch.float64)
    loss.backward()
    return loss.item(), {key: flat(v.grad) for key, v in live.items() if v.grad is not None}


def record(loss_of, weights):
    """Loss and gradients in float64, and what PyTorch itself loses in float32, relative to the largest gradient of a weight."""
    loss, slopes = slopes_of(loss_of, weights, torch.float64)
    low, rough = slopes_of(loss_of, weights, torch.float32)
    error = lambda a, b: max(abs(x - y) for x, y in zip(a, b)) / max(max(abs(y) for y in b), 1e-3)
    lost = {key: error(rough[key], slopes[key]) for key in slopes}
    return {"loss": loss, "gradients": slopes, "float32Error": {"loss": error([low], [loss]), "gradients": lost}}


def views():
    shapes = encoder_shapes() | {"views.hidden": (1, D)} | map_shapes("views.first", WIDTH, HEAD)
    shapes |= map_shapes("views.second", HEAD, HEAD) | map_shapes("views.third", HEAD, NECK) | {"views.prototypes": (NECK, K)}
    weights = draw(shapes, 0.35)
    mean, deviation = f32(D), f32(D, scale=0.1, shift=1.2)
    # The runtime divides by multiplying with the float32 inverse.
    inverse = torch.tensor((1 / deviation.numpy().astype(np.float32)).astype(np.float32).astype(np.float64))
    scaled = lambda x, cast=lambda t: t: (cast(x) - cast(mean)) * cast(inverse)
    centre, tile_centre = f32(1, K, scale=0.1), f32(1, K, scale=0.1)
    cases = []
    for n, hide in ((1, [0]), (3, [0, 1, 0]), (7, [1, 0, 0, 1, 0, 1, 0])):
        x, other, others = f32(n, D), f32(n, D), f32(2, WIDTH)
        hidden = torch.tensor(hide, dtype=torch.float64)[:, None]
        with torch.no_grad():
            whole, tokens = encode(scaled(other), weights)
            target = torch.softmax((speak(whole, weights) - centre) / TEACHER, 1)
            tile_target = torch.softmax((speak(tokens, weights) - tile_centre) / TEACHER, 1)
        # What the student is told has been rounded by whoever told it.
        target, tile_target = [torch.tensor(t.numpy().astype(np.float32).astype(np.float64)) for t in (target, tile_target)]
        surprise = lambda logits, wanted: -(wanted * F.log_softmax(logits / STUDENT, 1)).sum(1)

        def large(w, cast):
            seen = torch.where(hidden == 1, w["views.hidden"], scaled(x, cast))
            whole, tokens = encode(seen, w)
            tile_loss = surprise(speak(tokens, w), cast(tile_target))[hidden[:, 0] == 1].mean() if sum(hide) > 0 else 0
            nearest = (2 - 2 * (F.normalize(whole, dim=1) @ F.normalize(cast(others), dim=1).T)).min()
            near = -0.5 * (nearest + 1e-8).log()
            return 0.25 * surprise(speak(whole, w), cast(target))[0] + 0.5 * tile_loss + 0.1 * near

        small = lambda w, cast: 0.125 * surprise(speak(encode(scaled(x, cast), w)[0], w), cast(target))[0]
        cases.append({"n": n, "features": flat(x), "teacherFeatures": flat(other), "others": flat(others), "hidden": hide,
                      "target": flat(target), "tileTarget": flat(tile_target), "global": record(large, weights),
                      "local": record(small, weights)})
    return {"weights": {key: flat(v) for key, v in weights.items()}, "mean": flat(mean), "deviation": flat(deviation),
            "centre": flat(centre), "tileCentre": flat(tile_centre), "cases": cases}


def contrast(anchors, candidates, positive, known, temperature):
    cosines = F.normalize(anchors, dim=1) @ F.normalize(candidates, dim=1).T / temperature
    parts = []
    for i in range(len(anchors)):
        good = [j for j in range(len(candidates)) if positive[i][j]]
        seen = [j for j in range(len(candidates)) if known[j]]
        if good:
            parts.append(-sum(cosines[i, j] - torch.logsumexp(cosines[i, seen], 0) for j in good) / len(good))
    return sum(parts) / len(parts) if parts else torch.tensor(0.0)


def agrees(a, b):
    both = [(x, y) for x, y in zip(a, b) if x is not None and y is not None]
    return len(both) > 0 and all(x == y for x, y in both)


def profiles(inner=4, code=5, temperature=0.2, lam=0.5, drop=0.25):
    columns = [3, 2]
    shapes = encoder_shapes() | map_shapes("profile.slide.first", WIDTH, inner)
    shapes |= {"profile.slide.gain": (inner,), "profile.slide.shift": (inner,)} | map_shapes("profile.slide.second", inner, code)
    for p, g in enumerate(columns):
        shapes |= map_shapes(f"profile.{p}.encoder.first", 2 * g, inner) | map_shapes(f"profile.{p}.encoder.second", inner, code)
        shapes |= map_shapes(f"profile.{p}.decoder.first", code, inner) | map_shapes(f"profile.{p}.decoder.second", inner, g)
    weights = draw(shapes, 0.5)
    bags = [f32(n, D) for n in (1, 3, 5, 4, 6)]
    known = [[[1, 0, 1], [0, 1]], [[1, 0, 1], [1, None]], [[0, 0, 0], [None, None]], [[None, 0, 1], [0, 1]], [[0, 1, 0], [1, 0]]]
    mask = torch.tensor((rng.uniform(size=(len(bags), inner)) >= drop).astype(float))

    def loss_of(w, cast):
        e = torch.cat([encode(cast(x), w)[0] for x in bags])
        raw = lin(e, w, "profile.slide.first")
        bent = F.gelu(F.batch_norm(raw, None, None, w["profile.slide.gain"], w["profile.slide.shift"], training=True, eps=1e-5))
        slides = lin(bent * cast(mask) / (1 - drop), w, "profile.slide.second")
        loss = 0
        for p, g in enumerate(columns):
            rows = [row[p] for row in known]
            value = torch.tensor([[float(v or 0) for v in row] for row in rows])
            told = torch.tensor([[float(v is not None) for v in row] for row in rows])
            codes = lin(F.gelu(lin(torch.cat([value, told], 1), w, f"profile.{p}.encoder.first")), w, f"profile.{p}.encoder.second")
            positive = [[agrees(a, b) for b in rows] for a in rows]
            some = [any(v is not None for v in row) for row in rows]
            both = contrast(slides, codes, positive, some, temperature) + contrast(codes, slides, positive, some, temperature)
            said = lin(F.gelu(lin(codes, w, f"profile.{p}.decoder.first")), w, f"profile.{p}.decoder.second")
            loss = loss + both / 2 + lam * F.binary_cross_entropy_with_logits(said[told == 1], value[told == 1])
        return loss

    return {"weights": {key: flat(v) for key, v in weights.items()}, "inner": inner, "code": code, "temperature": temperature,
            "lambda": lam, "dropout": drop, "columns": columns, "mask": [int(v) for v in mask.reshape(-1)], "profiles": known,
            "bags": [flat(x) for x in bags]} | record(loss_of, weights)


def main():
    recorded = {"torch": torch.__version__, "dtype": "float64", "d": D, "options": O, "head": [HEAD, NECK, K],
                "temperatures": [STUDENT, TEACHER], "views": views(), "profiles": profiles()}
    (GOLDEN / "pretrain.json").write_text(json.dumps(recorded))


if __name__ == "__main__":
    main()
