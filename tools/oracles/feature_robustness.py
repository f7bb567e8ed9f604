"""The robustness index pooled over paired designs, from a sort of all similarities in numpy.

Three centres with five patients of each of two labels: every pair of centres is a design and no patient has to be drawn.
Writes packages/evaluation/test/golden/feature-robustness.json. Needs numpy 1.24.
"""
import itertools
import json
import pathlib

import numpy as np

rng = np.random.default_rng(11)
SIZE, D = 5, 6
labels, centres, rows = [], [], []
for centre, label, _ in itertools.product(range(3), range(2), range(SIZE)):
    v = rng.normal(0, 0.6, D)
    v[label] += 1.0
    v[2 + centre] += 0.8
    labels.append(label)
    centres.append(centre)
    rows.append(np.round(v, 6))
vectors = np.array(rows)
unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
labels, centres = np.array(labels), np.array(centres)
same = other = 0
for a, b in itertools.combinations(range(3), 2):
    at = np.flatnonzero((centres == a) | (centres == b))
    near = unit[at] @ unit[at].T
    np.fill_diagonal(near, -np.inf)
    for i, row in enumerate(near):
        for j in np.argsort(-row)[: 2 * SIZE - 1]:
            is_label = labels[at[i]] == labels[at[j]]
            is_centre = centres[at[i]] == centres[at[j]]
            same += int(is_label and not is_centre)
            other += int(is_centre and not is_label)
out = pathlib.Path(__file__).parents[2] / "packages/evaluation/test/golden/feature-robustness.json"
value = {
    "d": D,
    "vectors": vectors.ravel().tolist(),
    "labels": labels.tolist(),
    "centres": [f"c{c}" for c in centres],
    "same": same,
    "other": other,
    "index": same / (same + other),
}
out.write_text(json.dumps(value) + "\n")
print(same, other, value["index"])
