"""Fit the weights of traits: fit.py EXAMPLES.npz FITTED.npz BUCKETS, by a Python that has scikit-learn.

One logistic regression for each kind of figure against all others. Weights too small to tell anything are left out, and
the others rounded to 127 steps: a quarter of a hundredth of them are left, and figures are told as well
(docs/decisions.md).
"""

import sys

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

SMALL = 0.7  # log odds, of a figure with a single trait; others have about 80, each divided by the root of their number


def main(given: str, fitted: str, buckets: int) -> None:
    """Read the examples, fit, and write what is left."""
    examples = np.load(given)
    ends, found = examples["ends"], examples["buckets"]
    counts = np.diff(ends, prepend=0)
    values = np.repeat(1 / np.sqrt(counts), counts)
    table = csr_matrix((values, found, np.concatenate(([0], ends))), shape=(len(ends), buckets))
    model = SGDClassifier(loss="log_loss", alpha=5e-7, max_iter=25, tol=None, n_jobs=-1, random_state=1)
    model.fit(table, examples["kinds"])
    scale = np.abs(model.coef_).max() / 127
    rounded = np.round(np.where(np.abs(model.coef_) > SMALL, model.coef_, 0) / scale).astype(np.int8)
    bucket, kind = np.nonzero(rounded.T)
    np.savez(
        fitted,
        kinds=model.classes_,
        bias=model.intercept_,
        scale=scale,
        starts=np.searchsorted(bucket, np.arange(buckets + 1)),
        of_kind=kind,
        weights=rounded.T[bucket, kind],
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
