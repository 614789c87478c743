"""Classifies speaker sex with scikit-learn's SVC on our features: one response per request.

Request: {"features": [[40 numbers] per clip], "female": [0 or 1 per clip], "actors": [number per clip], "folds": [[actors]]}.
Response: {"right": [true per clip that was classified correctly by the model trained without its fold]}.
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    features, female, actors = (np.array(request[name]) for name in ("features", "female", "actors"))
    right = np.zeros(len(female), dtype=bool)
    for fold in request["folds"]:
        tested = np.isin(actors, fold)
        machine = make_pipeline(StandardScaler(), SVC()).fit(features[~tested], female[~tested])
        right[tested] = machine.predict(features[tested]) == female[tested]
    print(json.dumps({"right": right.tolist()}), flush=True)
