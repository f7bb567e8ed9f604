"""Reference values for the probes, from scikit-learn (float64).

Run once from the repository root: /usr/bin/python3 tools/oracles/probe.py > packages/models/test/golden/probe.json
Recorded with scikit-learn 1.2.1, numpy 1.24.2, seed 11. Embeddings are rounded to five decimals and recorded with the answers.
"""
import json

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid

rng = np.random.default_rng(11)


def flat(a):
    return np.asarray(a, dtype=float).ravel().tolist()


def rows(n, d, k, means=None):
    label = np.concatenate([np.arange(k), rng.choice(k, n - k, p=np.arange(1, k + 1) / (k * (k + 1) / 2))])
    means = rng.standard_normal((k, d)) * 0.7 if means is None else means
    return np.round(means[label] + rng.standard_normal((n, d)) + 0.4, 5), label


def part(x, y):
    return {"n": x.shape[0], "d": x.shape[1], "x": flat(x), "label": y.tolist()}


# Newton's method, since lbfgs there also stops when the objective changes little, at coefficients only good to 1e-4.
def logistic(x, y, c, balanced, tol=1e-9):
    m = LogisticRegression(C=c, class_weight="balanced" if balanced else None, solver="newton-cholesky" if y.max() == 1 else "newton-cg", tol=tol, max_iter=1000)
    return m.fit(x, y)


means3 = rng.standard_normal((3, 6)) * 0.7
x3, y3 = rows(70, 6, 3, means3)
t3, u3 = rows(40, 6, 3, means3)
x2, y2 = rows(50, 5, 2)
wide, ywide = rows(14, 30, 2)
out = {"three": part(x3, y3), "threeTune": part(t3, u3), "two": part(x2, y2), "wide": part(wide, ywide)}

out["logistic"] = []
for name, x, y in (("two", x2, y2), ("three", x3, y3), ("wide", wide, ywide)):
    for c in (0.03, 1.0, 40.0):
        for balanced in (False, True):
            m = logistic(x, y, c, balanced)
            out["logistic"].append({"rows": name, "c": c, "balanced": balanced, "coef": flat(m.coef_), "intercept": flat(m.intercept_),
                                    "probabilities": flat(m.predict_proba(x[:4]))})
path = np.exp(np.linspace(np.log(1e-5), np.log(1e6), 45))
out["path"] = [log_loss(u3, logistic(x3, y3, c, False, 1e-7).predict_proba(t3)) for c in path]

target = np.round(x3 @ rng.standard_normal(6) + 3 + 0.5 * rng.standard_normal(70), 5)
target_wide = np.round(wide @ rng.standard_normal(30) - 1 + 0.5 * rng.standard_normal(14), 5)
out["ridge"] = {"three": flat(target), "wide": flat(target_wide), "fits": []}
for name, x, y in (("three", x3, target), ("wide", wide, target_wide)):
    for alpha in (1e-4, 0.5, 30.0):
        m = Ridge(alpha=alpha, solver="svd").fit(x, y)
        out["ridge"]["fits"].append({"rows": name, "alpha": alpha, "coef": flat(m.coef_), "intercept": float(m.intercept_)})

out["knn"] = []
for k in (1, 5, 20):
    for metric in ("euclidean", "cosine"):
        for weights in ("uniform", "distance"):
            m = KNeighborsClassifier(k, metric=metric, weights=weights, algorithm="brute").fit(x3, y3)
            r = KNeighborsRegressor(k, metric=metric, weights=weights, algorithm="brute").fit(x3, target)
            out["knn"].append({"neighbours": k, "cosine": metric == "cosine", "weighted": weights == "distance",
                               "probabilities": flat(m.predict_proba(t3)), "numbers": flat(r.predict(t3))})

unit = lambda a: a / np.linalg.norm(a, axis=1, keepdims=True)
centre = x3.mean(0)
m = NearestCentroid().fit(unit(x3 - centre), y3)
z = unit(t3 - centre)
out["prototypes"] = {"classes": m.predict(z).tolist(), "squared": flat(((z[:, None] - m.centroids_[None]) ** 2).sum(2))}
uni = KNeighborsClassifier(20, algorithm="brute").fit(unit(x3 - centre), y3)
out["uni"] = flat(uni.predict_proba(z))

print(json.dumps(out, separators=(",", ":")))
