"""Reference values for robustness of features, from numpy by brute force and scikit-learn.

Writes packages/evaluation/test/golden/robustness.json: tiles of 24 slides, 3 classes and 4 centres; their robustness index over
ranks 1 to k counted by sorting all similarities; adjusted Rand indices; the silhouette of a fixed clustering; and the performance
drops of three models. Run from the repository root: /usr/bin/python3 tools/oracles/robustness_numpy.py
Recorded with numpy 1.24.2, scipy 1.10.1, scikit-learn 1.2.1, seed 41.
"""
import json

import numpy as np
import sklearn
from scipy import stats
from sklearn.metrics import adjusted_rand_score, silhouette_score

rng = np.random.default_rng(41)
slides, per, d, k = 24, 5, 6, 9
slide = np.repeat(np.arange(slides), per)
label = (slide % 3)
centre = (slide // 3) % 4
vectors = np.round(
    rng.normal(size=(slides * per, d)) + 1.2 * rng.normal(size=(3, d))[label] + 1.2 * rng.normal(size=(4, d))[centre], 4
)
unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
similarity = unit @ unit.T
similarity[slide[:, None] == slide[None, :]] = -np.inf
near = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
so = (label[near] == label[:, None]) & (centre[near] != centre[:, None])
os = (label[near] != label[:, None]) & (centre[near] == centre[:, None])
cum_so, cum_os = so.sum(0).cumsum(), os.sum(0).cumsum()

cluster = rng.integers(0, 4, size=slides * per)
cluster[0] = 4  # a row alone in its cluster
pairs = [([0, 0, 1, 1, 2, 2], [0, 0, 1, 2, 2, 2]), ([0, 0, 0], [1, 1, 1]), ([0, 1, 2], [2, 1, 0]), ([0, 0, 1, 1], [0, 1, 0, 1])]

# accuracy[model][seed][split]
accuracy = np.round(0.9 - 0.05 * np.arange(4)[None, None, :] * np.array([0.2, 1, 1.5])[:, None, None]
                    + 0.01 * rng.normal(size=(3, 6, 4)) + 0.02 * rng.normal(size=(1, 6, 1)), 4)
drop = (accuracy[:, :, 1:] / accuracy[:, :, :1]).mean(2) - 1
single = [stats.t.ppf(0.975, 5) * row.std(ddof=1) / np.sqrt(6) for row in drop]
rest = drop - drop.mean(1, keepdims=True) - drop.mean(0, keepdims=True) + drop.mean()
joint = stats.t.ppf(0.975, 10) * np.sqrt((rest**2).sum() / 10 / 6)

out = {
    "source": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, tools/oracles/robustness_numpy.py, seed 41",
    "d": d, "k": k, "vectors": vectors.ravel().tolist(), "classes": label.tolist(), "centres": centre.tolist(),
    "slides": slide.tolist(), "cumulated": (cum_so / (cum_so + cum_os)).tolist(), "so": int(cum_so[-1]), "os": int(cum_os[-1]),
    "cluster": cluster.tolist(), "silhouette": silhouette_score(vectors, cluster),
    "randClass": adjusted_rand_score(label, cluster), "rand": [{"a": a, "b": b, "value": adjusted_rand_score(a, b)} for a, b in pairs],
    "accuracy": accuracy.tolist(), "drop": drop.mean(1).tolist(), "half": single, "jointHalf": joint,
}
with open("packages/evaluation/test/golden/robustness.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
