"""Nearest neighbours by cosine, principal components and the trustworthiness of layouts, from scikit-learn (float64).

Run once from the repository root: /usr/bin/python3 tools/oracles/sklearn_neighbours.py > packages/features/test/golden/sklearn_neighbours.json
Recorded with scikit-learn 1.2.1, numpy 1.24.2, seed 7. Inputs are rounded to four decimals and recorded with the answers.
"""
import json

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

K = 10


def main():
    rng = np.random.default_rng(7)
    rows = np.round(rng.normal(size=(80, 19)) + 0.5, 4)
    queries = np.round(rng.normal(size=(6, 19)), 4)
    found = NearestNeighbors(n_neighbors=K, metric="cosine", algorithm="brute").fit(rows)
    distances, order = found.kneighbors(queries)
    spread = np.round(rng.normal(size=(60, 7)) * np.array([9, 6, 4, 2, 1, 0.5, 0.2]), 4)
    pca = PCA(n_components=3, svd_solver="full").fit(spread)
    high = np.round(rng.normal(size=(70, 5)), 4)
    layouts = {
        "random": np.round(rng.normal(size=(70, 2)), 4),
        "two features": high[:, :2],
    }
    record = {
        "rows": rows.tolist(),
        "queries": queries.tolist(),
        "order": order.tolist(),
        "cosine": (1 - distances).tolist(),
        "spread": spread.tolist(),
        "components": pca.components_.tolist(),
        "shares": pca.explained_variance_ratio_.tolist(),
        "high": high.tolist(),
        "layouts": [
            {"name": name, "points": points.tolist(), "trustworthiness": trustworthiness(high, points, n_neighbors=K)}
            for name, points in layouts.items()
        ],
    }
    print(json.dumps(record))


main()
