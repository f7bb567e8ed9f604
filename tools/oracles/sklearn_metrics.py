"""Reference values for the metrics, from scikit-learn.

Writes packages/evaluation/test/golden/sklearn-metrics.json: two small random fixtures (two classes with many ties, three
classes) and what scikit-learn says about them. Run from the repository root: /usr/bin/python3 tools/oracles/sklearn_metrics.py
Recorded with scikit-learn 1.2.1, numpy seed 20.
"""
import json

import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

rng = np.random.default_rng(20)

# Two classes, probabilities rounded to two digits so that ties are common.
n = 160
label = (rng.random(n) < 0.35).astype(int)
probability = np.clip(np.round(1 / (1 + np.exp(-(1.3 * label - 0.9 + rng.normal(size=n)))), 2), 0.01, 0.99)
other = np.clip(np.round(1 / (1 + np.exp(-(0.6 * label - 0.3 + rng.normal(size=n)))), 2), 0.01, 0.99)
call = (probability >= 0.5).astype(int)
fpr, tpr, _ = roc_curve(label, probability, drop_intermediate=False)
precision, recall, _ = precision_recall_curve(label, probability)

# Three classes.
k = 150
labels3 = rng.integers(0, 3, size=k)
logits = rng.normal(size=(k, 3)) + 1.1 * np.eye(3)[labels3]
p3 = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
one_hot = np.eye(3)[labels3]
call3 = p3.argmax(axis=1)

out = {
    "source": f"scikit-learn {sklearn.__version__}, tools/oracles/sklearn_metrics.py, seed 20",
    "binary": {
        "label": label.tolist(),
        "probability": probability.tolist(),
        "other": other.tolist(),
        "auroc": roc_auc_score(label, probability),
        "aurocOther": roc_auc_score(label, other),
        "auprc": average_precision_score(label, probability),
        "accuracy": accuracy_score(label, call),
        "balancedAccuracy": balanced_accuracy_score(label, call),
        "brier": brier_score_loss(label, probability),
        "roc": {"fpr": fpr.tolist(), "tpr": tpr.tolist()},
        "pr": {"precision": precision[:-1][::-1].tolist(), "recall": recall[:-1][::-1].tolist()},
    },
    "three": {
        "label": labels3.tolist(),
        "probability": p3.tolist(),
        "auroc": roc_auc_score(labels3, p3, multi_class="ovr", average="macro"),
        "auprc": average_precision_score(one_hot, p3, average="macro"),
        "accuracy": accuracy_score(labels3, call3),
        "balancedAccuracy": balanced_accuracy_score(labels3, call3),
        "brier": float(((p3 - one_hot) ** 2).sum(axis=1).mean()),
    },
}
with open("packages/evaluation/test/golden/sklearn-metrics.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
