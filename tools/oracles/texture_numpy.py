"""The texture features of one tile, computed anew with numpy and scipy, for packages/features/test/texture/texture.test.ts.

Written from docs/methods/texture.md: quantiles from sorted arrays of bins, two-dimensional Gabor kernels, scipy's filters and
labelling, and plain loops for binary patterns and co-occurrence, so that it shares no shortcut with the implementation.
Run: python3 tools/oracles/texture_numpy.py packages/features/test/golden/texture_numpy.json
Recorded with numpy 1.24.2, scipy 1.10.1.
"""
import base64
import json
import sys

import numpy as np
from scipy import ndimage

SIZE = 97
rng = np.random.default_rng(5)


def make_tile():
    yy, xx = np.mgrid[:SIZE, :SIZE]
    h = np.full((SIZE, SIZE), 0.05)
    for _ in range(18):
        cx, cy, a, b, t = rng.uniform(0, SIZE), rng.uniform(0, SIZE), rng.uniform(3, 8), rng.uniform(3, 8), rng.uniform(0, np.pi)
        u = (xx - cx) * np.cos(t) + (yy - cy) * np.sin(t)
        v = -(xx - cx) * np.sin(t) + (yy - cy) * np.cos(t)
        h[(u / a) ** 2 + (v / b) ** 2 < 1] = rng.uniform(0.35, 0.8)
    e = 0.3 + 0.1 * ndimage.gaussian_filter(rng.normal(size=(SIZE, SIZE)), 4) * 8
    e[70:, :30] = 0.0
    h[70:, :30] = 0.0
    density = h[..., None] * np.array([0.65, 0.7, 0.29]) + e[..., None] * np.array([0.07, 0.99, 0.11])
    rgb = 250 * 10 ** -density + rng.normal(size=(SIZE, SIZE, 1)) * 3 + rng.normal(size=(SIZE, SIZE, 3))
    return np.clip(np.round(rgb), 0, 255).astype(np.uint8)


def unit(v):
    return np.array(v) / np.linalg.norm(v)


tile = make_tile()
od = -np.log10((tile.astype(float) + 1) / 256)
hv, ev = unit([0.65, 0.7, 0.29]), unit([0.07, 0.99, 0.11])
stains = np.linalg.inv(np.stack([hv, ev, unit(np.cross(hv, ev))]))
densities = (od @ stains).astype(np.float32).astype(float)


def halve(plane):
    n = plane.shape[0] // 2
    return plane[: 2 * n, : 2 * n].reshape(n, 2, n, 2).mean((1, 3))


fine = densities[..., 0]
h, e, residual = (halve((od @ stains)[..., i]) for i in range(3))
grey = halve((tile / 255.0) @ np.array([0.299, 0.587, 0.114]))
pyramid = [h, halve(h), halve(halve(h))]
out = {}


def hist_quantile(values, share, low, high, bins):
    counts = np.bincount(np.clip(np.floor((values.ravel() - low) / (high - low) * bins), 0, bins - 1).astype(int), minlength=bins)
    cumulative = np.cumsum(counts)
    wanted = share * values.size
    b = int(np.argmax((cumulative >= wanted) & (counts > 0)))
    return low + (b + (wanted - (cumulative[b] - counts[b])) / counts[b]) * (high - low) / bins


def shape(values):
    c = values - values.mean()
    return (c**3).mean() / values.std() ** 3, (c**4).mean() / values.std() ** 4 - 3


for name, plane, low, high, bins in [("hematoxylin", h, -0.5, 2, 500), ("eosin", e, -0.5, 2, 500), ("grey", grey, 0, 1, 256)]:
    out[f"{name}.mean"], out[f"{name}.sd"] = plane.mean(), plane.std()
    for share in [5, 25, 50, 75, 95]:
        out[f"{name}.q{share:02d}"] = hist_quantile(plane, share / 100, low, high, bins)
    out[f"{name}.skewness"], out[f"{name}.kurtosis"] = shape(plane)

out["stain.hematoxylin-cv"] = h.std() / h.mean()
out["stain.eosin-cv"] = e.std() / e.mean()
out["stain.hematoxylin-share"] = h.clip(0).sum() / (h.clip(0) + e.clip(0)).sum()
out["stain.correlation"] = np.corrcoef(h.ravel(), e.ravel())[0, 1]
out["stain.residual-mean"], out["stain.residual-sd"] = residual.mean(), residual.std()
out["stain.stained-share"] = (h + e > 0.15).mean()

for radius in [1, 2]:
    histogram = np.zeros(10)
    for y in range(radius, SIZE - radius, 2):
        for x in range(radius, SIZE - radius, 2):
            bits = []
            for p in range(8):
                py, px = y - radius * np.sin(2 * np.pi * p / 8), x + radius * np.cos(2 * np.pi * p / 8)
                py, px = np.round(py, 9), np.round(px, 9)
                y0, x0 = int(np.floor(py)), int(np.floor(px))
                fy, fx = py - y0, px - x0
                y1, x1 = y0 + (fy > 0), x0 + (fx > 0)
                value = (1 - fy) * ((1 - fx) * fine[y0, x0] + fx * fine[y0, x1]) + fy * ((1 - fx) * fine[y1, x0] + fx * fine[y1, x1])
                bits.append(int(value >= fine[y, x] - 1e-5))
            changes = sum(bits[i] != bits[i - 1] for i in range(8))
            histogram[sum(bits) if changes <= 2 else 9] += 1
    for i, value in enumerate(histogram / histogram.sum()):
        out[f"lbp{radius}.{i if i < 9 else 'mixed'}"] = value

for name, plane, distances in [("hematoxylin", h, [1, 2, 4]), ("eosin", e, [1, 2])]:
    low = hist_quantile(plane, 0.01, -0.5, 2, 500)
    high = max(hist_quantile(plane, 0.99, -0.5, 2, 500), low + 0.05)
    levels = np.clip(np.floor((plane - low) * 16 / (high - low)), 0, 15).astype(int)
    n = levels.shape[0]
    for d in distances:
        counts = np.zeros((16, 16))
        for dy, dx in [(0, d), (d, 0), (d, d), (d, -d)]:
            for y in range(n):
                for x in range(n):
                    if 0 <= y + dy < n and 0 <= x + dx < n:
                        counts[levels[y, x], levels[y + dy, x + dx]] += 1
                        counts[levels[y + dy, x + dx], levels[y, x]] += 1
        p = counts / counts.sum()
        i, j = np.mgrid[:16, :16]
        mean = (i * p).sum()
        key = f"glcm-{name}{2 * d}"
        out[f"{key}.contrast"] = ((i - j) ** 2 * p).sum()
        out[f"{key}.correlation"] = ((i - mean) * (j - mean) * p).sum() / ((i - mean) ** 2 * p).sum()
        out[f"{key}.energy"] = np.sqrt((p**2).sum())
        out[f"{key}.homogeneity"] = (p / (1 + (i - j) ** 2)).sum()
        out[f"{key}.entropy"] = -(p[p > 0] * np.log(p[p > 0])).sum() / np.log(256)

t = np.arange(-5, 6)
g = np.exp(-(t**2) / (2 * 2.24**2))
g /= g.sum()
for wavelength, plane in zip([8, 16, 32], pyramid):
    centred = np.pad(plane - plane.mean(), 5, mode="reflect")
    responses = []
    for angle in [0, 45, 90, 135]:
        u, v = np.cos(np.radians(angle)) / 4, np.sin(np.radians(angle)) / 4
        kernel = np.outer(g, g) * np.exp(2j * np.pi * (u * t[None, :] + v * t[:, None]))
        n = plane.shape[0]
        response = np.array([[(centred[y : y + 11, x : x + 11] * kernel).sum() for x in range(0, n, 2)] for y in range(0, n, 2)])
        responses.append(np.abs(response))
    mean_map = np.mean(responses, axis=0)
    directions = [r.mean() for r in responses]
    out[f"gabor{wavelength}.mean"] = mean_map.mean()
    out[f"gabor{wavelength}.relative-mean"] = mean_map.mean() / plane.std()
    out[f"gabor{wavelength}.cv"] = mean_map.std() / mean_map.mean()
    out[f"gabor{wavelength}.anisotropy"] = (max(directions) - min(directions)) / mean_map.mean()


def taps(sigma):
    k = np.exp(-(np.arange(-5, 6) ** 2) / (2 * sigma**2))
    return k / k.sum()


def blur(plane, sigma):
    return ndimage.correlate1d(ndimage.correlate1d(plane, taps(sigma), axis=1, mode="mirror"), taps(sigma), axis=0, mode="mirror")


for name, plane in zip(["small", "large"], pyramid):
    narrow = blur(plane, 1.6)
    response = narrow - blur(narrow, 1.6 * np.sqrt(1.6**2 - 1))
    ring = np.ones((3, 3), bool)
    ring[1, 1] = False
    highest = ndimage.maximum_filter(response, footprint=ring)
    inner = np.zeros_like(ring, shape=plane.shape)
    inner[1:-1, 1:-1] = True
    peaks = inner & (response > highest) & (response > max(response.std(), 0.01))
    out[f"blob-{name}.count"] = peaks.sum() * 1e4 / plane.size
    out[f"blob-{name}.strength"] = response[peaks].mean() / plane.std()
    out[f"blob-{name}.energy"] = response.std() / plane.std()
    out[f"blob-{name}.skewness"] = shape(response)[0]

bins = np.clip(np.floor((h.ravel() + 0.5) / 0.005), 0, 499).astype(int)
best, at = -1, 0
for b in range(499):
    low, high = bins[bins <= b], bins[bins > b]
    if low.size and high.size:
        between = low.size * high.size / bins.size**2 * (low.mean() - high.mean()) ** 2
        if between > best + 1e-12:
            best, at = between, b
threshold = -0.5 + (at + 1) * 0.005
inside = h > threshold
labels, count = ndimage.label(inside)
areas = np.bincount(labels.ravel())[1:]
areas = np.log2(areas[areas >= 6])
out["nuclei.share"] = inside.mean()
out["nuclei.separation"] = best / bins.var()
out["nuclei.gap"] = (h[inside].mean() - h[~inside].mean()) / h.std()
out["nuclei.eosin-gap"] = (e[inside].mean() - e[~inside].mean()) / e.std()
out["nuclei.pieces"] = areas.size * 1e4 / h.size
out["nuclei.log-area"], out["nuclei.log-area-sd"] = areas.mean(), areas.std()
out["nuclei.edge"] = (inside & ~ndimage.binary_erosion(inside)).sum() / inside.sum()
out["nuclei.contrast"] = h[inside].mean() - h[~inside].mean()

json.dump({"numpy": np.__version__, "size": SIZE, "tile": base64.b64encode(tile.tobytes()).decode(),
           "features": {key: float(value) for key, value in out.items()}}, open(sys.argv[1], "w"), indent=1)
