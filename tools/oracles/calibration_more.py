"""Reference values for calibration on the tune part and for triage, from scikit-learn, scipy and plain numpy.

Writes packages/evaluation/test/golden/calibration-more.json: random fixtures of two and three classes with ties, what scikit-learn and
scipy fit to the tune part, what the fits make of the test part, and thresholds and rates found by trying every threshold.
Run from the repository root: /usr/bin/python3 tools/oracles/calibration_more.py
Recorded with scikit-learn 1.2.1, scipy 1.10.1, numpy seed 31.
"""
import json

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq
from scipy.special import expit, log_softmax, logit, softmax
from scipy.stats import beta
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

rng = np.random.default_rng(31)


def binary(n, digits):
    """Labels and probabilities that are too sure by a factor of two, rounded so that ties occur."""
    label = (rng.random(n) < 0.4).astype(int)
    p = expit(2.0 * (1.1 * label - 0.6 + rng.normal(size=n)))
    return label, np.round(p, digits)


def platt(x, y):
    fit = LogisticRegression(penalty=None, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(x[:, None], y)
    return float(fit.coef_[0, 0]), float(fit.intercept_[0])


def temperature(z, y):
    """Root of the derivative of the log likelihood in 1 / T."""
    rows = np.arange(len(y))
    slope = lambda b: float((z[rows, y] - (softmax(b * z, axis=1) * z).sum(axis=1)).sum())
    return 1 / brentq(slope, 1e-6, 1e3, xtol=1e-15, rtol=1e-15)


def pearson(hits, n):
    low = 0.0 if hits == 0 else beta.ppf(0.025, hits, n - hits + 1)
    high = 1.0 if hits == n else beta.ppf(0.975, hits + 1, n - hits)
    return [float(low), float(high)]


def rate(name, y, p, t):
    """Hits and the number they are of, calling at p >= t."""
    called = p >= t
    if name == "sensitivity":
        return int((called & (y == 1)).sum()), int((y == 1).sum())
    if name == "specificity":
        return int((~called & (y == 0)).sum()), int((y == 0).sum())
    if name == "npv":
        return int((~called & (y == 0)).sum()), int((~called).sum())
    return int((called & (y == 1)).sum()), int(called.sum())


def choose(name, least, by, y, p, start=-np.inf):
    """Largest (rule-out) or smallest (rule-in) probability seen at which the rate is reached; None where none is."""
    good = []
    for t in np.unique(p[p >= start]):
        hits, n = rate(name, y, p, t)
        if n > 0 and (hits / n if by == "point" else pearson(hits, n)[0]) >= least:
            good.append(float(t))
    if not good:
        return None
    return max(good) if name in ("sensitivity", "npv") else min(good)


def area(sure, wrong):
    """Mean over coverages of the expected error, patients who are equally sure in random order."""
    total, covered, errors = 0.0, 0, 0
    for s in np.unique(sure)[::-1]:
        tie = sure == s
        m, e = int(tie.sum()), int(wrong[tie].sum())
        for j in range(1, m + 1):
            total += (errors + j * e / m) / (covered + j)
        covered, errors = covered + m, errors + e
    return total / len(sure)


yt, pt = binary(240, 3)
pt = np.clip(pt, 0.001, 0.999)
ye, pe = binary(300, 2)
pe = np.clip(pe, 0.01, 0.99)
slope, intercept = platt(logit(pt), yt)
T = temperature(np.stack([np.zeros(len(pt)), logit(pt)], axis=1), yt)
iso = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1).fit(pt, yt)
after = {
    "temperature": expit(logit(pe) / T),
    "platt": expit(intercept + slope * logit(pe)),
    "isotonic": iso.predict(pe),
}

# Probabilities of exactly 0 and 1, placed 1e-7 from the end.
y0, p0 = binary(200, 2)
p0[:4] = [0, 1, 0, 1]
y0[:4] = [0, 1, 1, 0]
slope0, intercept0 = platt(logit(np.clip(p0, 1e-7, 1 - 1e-7)), y0)

# Three classes.
y3 = rng.integers(0, 3, size=200)
p3 = softmax(2.2 * (rng.normal(size=(200, 3)) + 1.0 * np.eye(3)[y3]), axis=1)
T3 = temperature(np.log(p3), y3)

asked = [
    ("sensitivity", 0.95, "point"),
    ("sensitivity", 0.98, "point"),
    ("sensitivity", 0.9, "bound"),
    ("sensitivity", 0.98, "bound"),
    ("npv", 0.9, "point"),
    ("npv", 0.7, "bound"),
    ("specificity", 0.95, "point"),
    ("specificity", 0.85, "bound"),
    ("ppv", 0.8, "point"),
    ("ppv", 0.6, "bound"),
]
thresholds = []
for name, least, by in asked:
    t = choose(name, least, by, yt, pt)
    row = {"rate": name, "least": least, "by": by, "threshold": t}
    if t is not None:
        row["tune"] = rate(name, yt, pt, t)
        row["test"] = rate(name, ye, pe, t)
        row["interval"] = pearson(*row["test"])
        row["patients"] = int((pe < t).sum()) if name in ("sensitivity", "npv") else int((pe >= t).sum())
    thresholds.append(row)

call3 = p3.argmax(axis=1)
sure = np.round(np.maximum(pe, 1 - pe), 9)
wrong = (pe >= 0.5).astype(int) != ye

out = {
    "source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, tools/oracles/calibration_more.py, seed 31",
    "tune": {"label": yt.tolist(), "probability": pt.tolist()},
    "test": {"label": ye.tolist(), "probability": pe.tolist()},
    "temperature": T,
    "platt": {"slope": slope, "intercept": intercept},
    "isotonic": {"x": iso.X_thresholds_.tolist(), "y": iso.y_thresholds_.tolist()},
    "before": {"brier": brier_score_loss(ye, pe), "logLoss": log_loss(ye, pe)},
    "after": {
        name: {
            "probability": q.tolist(),
            "brier": brier_score_loss(ye, q),
            # Both columns are handed over, so that the clip at 1e-15 is put on each of them.
            "logLoss": float(-np.log(np.maximum(np.where(ye == 1, q, 1 - q), 1e-15)).mean()),
        }
        for name, q in after.items()
    },
    "ends": {"label": y0.tolist(), "probability": p0.tolist(), "slope": slope0, "intercept": intercept0},
    "three": {
        "label": y3.tolist(),
        "probability": p3.tolist(),
        "temperature": T3,
        "after": softmax(np.log(p3[:20]) / T3, axis=1).tolist(),
        "area": area(p3.max(axis=1), call3 != y3),
        "gain": float((log_softmax(np.log(p3) / T3, axis=1) - np.log(p3))[np.arange(200), y3].mean()),
    },
    "thresholds": thresholds,
    "area": area(sure, wrong),
    "pearson": [[h, n, *pearson(h, n)] for h, n in [(0, 10), (10, 10), (155, 160), (1, 3), (999, 1000), (5000, 9999)]],
}
with open("packages/evaluation/test/golden/calibration-more.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
