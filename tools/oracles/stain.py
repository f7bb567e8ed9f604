"""Stain profiles and normalised pixels from the formulas of docs/methods/stain.md, in numpy float64.

Writes packages/imaging/test/golden/stain.json: two small pictures (base64 RGB) and what each method makes of them.
Eigenvectors by numpy.linalg.eigh, amounts by numpy.linalg.lstsq and by a projected loop run to convergence: other ways
than those of the package. numpy 1.24, Python 3.
"""
import base64
import json
import pathlib

import numpy as np

SIDE = 48
rng = np.random.default_rng(11)


def od(rgb):
    return -np.log10((rgb.astype(np.float64) + 1) / 256)


def picture(h, e, strength):
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    nuclei = np.clip(1.6 * np.sin(x / 3.1) * np.cos(y / 2.7) - 0.3, 0, None) * strength[0]
    ground = (0.45 + 0.35 * np.sin(x / 9 + y / 7)) * strength[1]
    ground[:, :8] = 0
    nuclei[:, :8] = 0
    d = nuclei[..., None] * h + ground[..., None] * e + rng.normal(0, 0.01, (SIDE, SIDE, 3))
    return np.clip(np.rint(256 * 10 ** -d - 1), 0, 255).astype(np.uint8)


def unit(v):
    v = np.asarray(v, float)
    return v / np.linalg.norm(v)


def stained(rgb, least=0.15):
    d = od(rgb).reshape(-1, 3)
    return d[(d >= least).all(1)]


def macenko(rgb):
    d = stained(rgb)
    values, vectors = np.linalg.eigh(np.cov(d.T))
    plane = vectors[:, [2, 1]]
    if plane[:, 0].sum() < 0:
        plane[:, 0] *= -1
    t = d @ plane
    phi = np.arctan2(t[:, 1], t[:, 0])
    low, high = np.percentile(phi, [1, 99])
    a = unit(plane @ [np.cos(low), np.sin(low)])
    b = unit(plane @ [np.cos(high), np.sin(high)])
    h, e = (a, b) if a[0] > b[0] else (b, a)
    amounts = np.linalg.lstsq(np.stack([h, e], 1), d.T, rcond=None)[0]
    return h, e, np.percentile(amounts, 99, axis=1)


LAMBDA = 0.1 / np.log(10)


def lasso(d, w):
    """Non-negative lasso of every row, by coordinate descent until nothing moves."""
    a = np.zeros((len(d), 2))
    g = w @ w.T
    v = d @ w.T - LAMBDA
    for _ in range(4000):
        before = a.copy()
        for j in (0, 1):
            a[:, j] = np.maximum(0, (v[:, j] - g[j, 1 - j] * a[:, 1 - j]) / g[j, j])
        if np.abs(a - before).max() < 1e-15:
            break
    return a


def vahadane(rgb):
    d = stained(rgb)
    w = np.stack([unit([0.65, 0.70, 0.29]), unit([0.07, 0.99, 0.11])])
    for _ in range(60):
        a = lasso(d, w)
        g, v = a.T @ a, a.T @ d
        for j in (0, 1):
            w[j] = unit(np.maximum(1e-12, v[j] - g[j, 1 - j] * w[1 - j]))
    h, e = (w[0], w[1]) if w[0, 0] > w[1, 0] else (w[1], w[0])
    return h, e, np.percentile(lasso(d, np.stack([h, e])), 99, axis=0)


LMS = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
OPP = np.diag([3**-0.5, 6**-0.5, 2**-0.5]) @ np.array([[1, 1, 1], [1, 1, -2], [1, -1, 0]])


def opponent(rgb):
    return np.log10(((rgb.reshape(-1, 3) + 1.0) / 256) @ LMS.T) @ OPP.T


def reinhard(rgb):
    v = opponent(rgb)[od(rgb).reshape(-1, 3).mean(1) >= 0.15]
    return v.mean(0), v.std(0)


def shown(d):
    return np.clip(256 * 10**-d - 1, 0, 255)


def redyed(rgb, amounts, to, gain):
    return shown((amounts * gain) @ np.stack(to[:2]))


a = picture(unit([0.65, 0.70, 0.29]), unit([0.2, 0.9, 0.3]), (1.0, 0.8))
b = picture(unit([0.55, 0.78, 0.36]), unit([0.1, 0.95, 0.2]), (0.7, 0.6))
out = {"side": SIDE, "a": base64.b64encode(a.tobytes()).decode(), "b": base64.b64encode(b.tobytes()).decode()}

for name, fit in (("macenko", macenko), ("vahadane", vahadane)):
    pa, pb = fit(a), fit(b)
    d = od(a).reshape(-1, 3)
    w = np.stack(pa[:2])
    amounts = np.linalg.lstsq(w.T, d.T, rcond=None)[0].T if name == "macenko" else lasso(d, w)
    out[name] = {
        "a": {"haematoxylin": pa[0].tolist(), "eosin": pa[1].tolist(), "strength": pa[2].tolist()},
        "b": {"haematoxylin": pb[0].tolist(), "eosin": pb[1].tolist(), "strength": pb[2].tolist()},
        "aLikeB": np.round(redyed(a, amounts, pb, pb[2] / pa[2]).reshape(-1)[::7], 4).tolist(),
    }

(ma, sa), (mb, sb) = reinhard(a), reinhard(b)
lms = 10 ** (((opponent(a) - ma) / sa * sb + mb) @ OPP)
moved = 256 * (lms @ np.linalg.inv(LMS).T) - 1
share = np.clip(od(a).reshape(-1, 3).mean(1) / 0.15, 0, 1)[:, None]
grey = a.reshape(-1, 3) + share * (moved - a.reshape(-1, 3))
out["reinhard"] = {
    "a": {"mean": ma.tolist(), "deviation": sa.tolist()},
    "b": {"mean": mb.tolist(), "deviation": sb.tolist()},
    "aLikeB": np.round(np.clip(grey, 0, 255).reshape(-1)[::7], 4).tolist(),
}

hed = np.stack([unit([0.65, 0.70, 0.29]), unit([0.07, 0.99, 0.11]), np.zeros(3)])
hed[2] = unit(np.cross(hed[0], hed[1]))
out["hed"] = {"inverse": np.linalg.inv(hed).T.tolist()}

path = pathlib.Path(__file__).parents[2] / "packages/imaging/test/golden/stain.json"
path.write_text(json.dumps(out) + "\n")
print({k: out[k]["a"] for k in ("macenko", "vahadane", "reinhard")})
