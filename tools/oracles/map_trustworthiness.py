"""Trustworthiness of the embedding map by scikit-learn, beside chance and beside the first two principal components.

Run from the repository root after a build: /usr/bin/python3 tools/oracles/map_trustworthiness.py
Prints one line a layout; the numbers stand in docs/methods/search.md. Points: planted clusters in 64 dimensions, seed 3.
"""
import json
import subprocess

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

NODE = """
import { embeddingMap } from "@nacre/features";
const rows = JSON.parse(await new Response(process.stdin).text()).map((row) => Float32Array.from(row));
const map = await embeddingMap({ n: rows.length, d: rows[0].length, read: (i, into) => into.set(rows[i]) }, FITTED);
process.stdout.write(JSON.stringify([[...map.x], [...map.y]]));
"""


def layout(rows, options):
    script = NODE.replace("FITTED", json.dumps(options))
    run = subprocess.run(["node", "--input-type=module", "-e", script], input=json.dumps(rows.tolist()), text=True, capture_output=True, check=True)
    return np.array(json.loads(run.stdout)).T


rng = np.random.default_rng(3)
centres = rng.normal(size=(12, 64)) * 2
rows = centres[np.arange(800) % 12] + rng.normal(size=(800, 64))
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
layouts = {
    "map": layout(rows, {"seed": 1}),
    "map, half of the points placed": layout(rows, {"seed": 1, "fitted": 400}),
    "two principal components": PCA(n_components=2).fit_transform(rows),
    "chance": rng.normal(size=(800, 2)),
}
for name, points in layouts.items():
    print(f"{name}: {trustworthiness(rows, points, n_neighbors=15):.3f}")
