"""The best possible preserved-site folds, proven by an exact solver (HiGHS through scipy 1.17).

Reads patients of each label at each site from packages/evaluation/test/golden/site-folds.json (real tables: the TCGA cohorts that
docs/methods/evaluation.md names, sites as institutions; and one drawn at random, of the size of the example of Howard 2021), and writes the
least sum over labels and folds of (k n_lf - n_l)^2 beside each. The square is convex, so at whole numbers it is the largest of its
secants, and the problem becomes linear. Minutes, not seconds: an oracle, not a method.
"""
import json
import pathlib

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

FILE = pathlib.Path(__file__).parents[2] / "packages/evaluation/test/golden/site-folds.json"


def optimum(counts: np.ndarray, k: int) -> int:
    sites, labels = counts.shape
    totals = counts.sum(0)
    places = sites * k
    size = places + labels * k
    matrix = lil_matrix((sites + int(totals.sum()) * k, size))
    low, high = [], []
    for site in range(sites):
        matrix[len(low), site * k : (site + 1) * k] = 1
        low.append(1)
        high.append(1)
    for label in range(labels):
        for fold in range(k):
            for n in range(int(totals[label])):
                here = (k * n - totals[label]) ** 2
                slope = (k * (n + 1) - totals[label]) ** 2 - here
                row = len(low)
                matrix[row, places + label * k + fold] = 1
                for site in np.flatnonzero(counts[:, label]):
                    matrix[row, site * k + fold] = -slope * counts[site, label]
                low.append(here - slope * n)
                high.append(np.inf)
    lower, upper = np.zeros(size), np.concatenate([np.ones(places), np.full(labels * k, np.inf)])
    lower[int(counts.sum(1).argmax()) * k] = 1  # folds have no names: the largest site lies in the first
    answer = milp(
        np.concatenate([np.zeros(places), np.ones(labels * k)]),
        constraints=LinearConstraint(matrix.tocsr(), low, high),
        integrality=np.concatenate([np.ones(places), np.zeros(labels * k)]),
        bounds=Bounds(lower, upper),
        options={"mip_rel_gap": 0},
    )
    assert answer.success and abs(answer.fun - answer.mip_dual_bound) < 1e-3
    return round(answer.fun)


cases = json.loads(FILE.read_text())
for case in cases:
    case["optimum"] = optimum(np.array(case["counts"]), case["k"])
    print(case["name"], case["k"], case["optimum"], flush=True)
FILE.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
