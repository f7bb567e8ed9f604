"""Reference values for calls, grades, several labels and numbers, from scikit-learn and scipy.

Writes packages/evaluation/test/golden/metrics-more.json: small random fixtures (two classes with ties, four grades, five labels of
which some are not known, two columns of numbers with ties) and what the libraries say about them.
Run from the repository root: /usr/bin/python3 tools/oracles/metrics_more.py
Recorded with scikit-learn 1.2.1, scipy 1.10.1, numpy seed 31.
"""
import json
from fractions import Fraction

import numpy as np
import scipy
import sklearn
from scipy.stats import kendalltau, linregress, pearsonr, spearmanr
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    cohen_kappa_score,
    f1_score,
    hamming_loss,
    log_loss,
    matthews_corrcoef,
    mean_absolute_error,
    mean_squared_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    top_k_accuracy_score,
)

rng = np.random.default_rng(31)


def ece_mass(p, y, bins=10):
    """By exact fractions: each run of equal p goes to the bin that holds the middle of its mass."""
    n = len(p)
    gaps = {}
    for value in np.unique(p):
        run = p == value
        middle = Fraction(2 * int((p < value).sum()) + int(run.sum()), 2 * n)
        b = min(bins - 1, int(middle * bins))
        gaps[b] = gaps.get(b, 0.0) + float((y[run] - p[run]).sum())
    return sum(abs(g) for g in gaps.values()) / n


def calls(y, call, k):
    labels = list(range(k))
    return {
        "mcc": matthews_corrcoef(y, call),
        "weightedF1": f1_score(y, call, average="weighted", labels=labels, zero_division=0),
        "quadraticKappa": cohen_kappa_score(y, call, weights="quadratic", labels=labels),
        "linearKappa": cohen_kappa_score(y, call, weights="linear", labels=labels),
        "ordinalError": float(np.abs(y - call).mean()),
    }


# Two classes, probabilities of two digits so that ties are common; one label given the probability 0.
n = 160
y2 = (rng.random(n) < 0.4).astype(int)
p2 = np.clip(np.round(1 / (1 + np.exp(-(1.2 * y2 - 0.7 + rng.normal(size=n)))), 2), 0.01, 0.99)
p2[np.flatnonzero(y2 == 1)[0]] = 0.0
call2 = (p2 >= 0.5).astype(int)
# The same without ties and with n divisible by ten, where scikit-learn's quantile bins are exact tenths.
distinct = np.clip(1 / (1 + np.exp(-(1.2 * y2 - 0.7 + rng.normal(size=n)))), 0.01, 0.99)
observed, claimed = calibration_curve(y2, distinct, n_bins=10, strategy="quantile")
binary = {
    "label": y2.tolist(),
    "probability": p2.tolist(),
    "distinct": distinct.tolist(),
    "f1": f1_score(y2, call2, zero_division=0),
    "logLoss": log_loss(y2, np.column_stack([1 - p2, p2]), eps=1e-15),
    "sensitivity": recall_score(y2, call2),
    "specificity": recall_score(y2, call2, pos_label=0),
    "ppv": precision_score(y2, call2),
    "npv": precision_score(y2, call2, pos_label=0),
    "eceMass": ece_mass(p2, y2),
    "eceMassDistinct": float(np.abs(observed - claimed).mean()),
    **calls(y2, call2, 2),
}

# Four grades; nobody is called the last one, so its precision is 0 / 0.
m = 150
y4 = rng.integers(0, 4, size=m)
logits = 0.8 * rng.normal(size=(m, 4)) - 0.5 * np.abs(np.arange(4)[None, :] - y4[:, None])
logits[:, 3] = logits[:, :3].min(axis=1) - 0.1
p4 = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
call4 = p4.argmax(axis=1)
assert 3 not in call4
grades = {
    "label": y4.tolist(),
    "probability": p4.tolist(),
    "f1": f1_score(y4, call4, average="macro", labels=[0, 1, 2, 3], zero_division=0),
    "logLoss": log_loss(y4, p4, eps=1e-15),
    "top1": accuracy_score(y4, call4),
    "top2": top_k_accuracy_score(y4, p4, k=2),
    "top3": top_k_accuracy_score(y4, p4, k=3),
    "withinOne": float((np.abs(y4 - call4) <= 1).mean()),
    "expectedGradeError": mean_absolute_error(y4, p4 @ np.arange(4)),
    "eceMass": ece_mass(p4.max(axis=1), (call4 == y4).astype(int)),
    **calls(y4, call4, 4),
}

# Five labels; the last is absent in everybody. Once all known, once a quarter not known.
r, l = 120, 5
yl = (rng.random((r, l)) < np.array([0.5, 0.3, 0.2, 0.6, 0.0])).astype(int)
pl = np.round(1 / (1 + np.exp(-(1.5 * yl - 0.9 + rng.normal(size=(r, l))))), 2)
hidden = np.where(rng.random((r, l)) < 0.25, -1, yl)


def several(y, p, kept):
    known = y >= 0
    call = (p >= 0.5).astype(int)
    whole = known.all(axis=1)
    columns = [(y[known[:, c], c], p[known[:, c], c], call[known[:, c], c]) for c in kept]
    return {
        "labelAuroc": [roc_auc_score(a, b) for a, b, _ in columns],
        "macroAuroc": float(np.mean([roc_auc_score(a, b) for a, b, _ in columns])),
        "microAuroc": roc_auc_score(y[known], p[known]),
        "meanAveragePrecision": float(np.mean([average_precision_score(a, b) for a, b, _ in columns])),
        "macroF1": float(np.mean([f1_score(a, c, zero_division=0) for a, _, c in columns])),
        "microF1": f1_score(y[known], call[known]),
        "subsetAccuracy": accuracy_score(y[whole], call[whole]),
        "hammingLoss": float((y[known] != call[known]).mean()),
    }


full = several(yl, pl, range(4))
call = (pl >= 0.5).astype(int)
assert abs(full["hammingLoss"] - hamming_loss(yl, call)) < 1e-15
assert abs(full["macroAuroc"] - roc_auc_score(yl[:, :4], pl[:, :4], average="macro")) < 1e-15
assert abs(full["microAuroc"] - roc_auc_score(yl, pl, average="micro")) < 1e-15
assert abs(full["microF1"] - f1_score(yl, call, average="micro")) < 1e-15
multilabel = {
    "label": yl.tolist(),
    "hidden": hidden.tolist(),
    "probability": pl.tolist(),
    "full": full,
    "partly": several(hidden, pl, range(4)),
}

# Numbers with a large offset and one digit, so that ties occur and careless sums lose digits.
s = 90
measured = np.round(1000 + 12 * rng.normal(size=s), 0)
predicted = np.round(0.7 * measured + 310 + 9 * rng.normal(size=s), 0)
line = linregress(predicted, measured)
cov = np.cov(predicted, measured, bias=True)
regression = {
    "label": measured.tolist(),
    "prediction": predicted.tolist(),
    "mae": mean_absolute_error(measured, predicted),
    "rmse": float(np.sqrt(mean_squared_error(measured, predicted))),
    "r2": r2_score(measured, predicted),
    "pearson": float(pearsonr(predicted, measured)[0]),
    "spearman": float(spearmanr(predicted, measured)[0]),
    "kendall": float(kendalltau(predicted, measured)[0]),
    "calibrationSlope": float(line.slope),
    "calibrationIntercept": float(line.intercept),
    "linConcordance": float(2 * cov[0, 1] / (cov[0, 0] + cov[1, 1] + (predicted.mean() - measured.mean()) ** 2)),
}

out = {
    "source": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, tools/oracles/metrics_more.py, seed 31",
    "binary": binary,
    "grades": grades,
    "multilabel": multilabel,
    "regression": regression,
}
with open("packages/evaluation/test/golden/metrics-more.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
