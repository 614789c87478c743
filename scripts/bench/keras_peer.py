"""Keras's side of the training bench."""

import sys

import numpy as np
from keras_network import VERSIONS, original
from training_data import batches, load, serve_works

task = load(sys.argv[1])["original"]
model = original(task["shape"][1:], 0.001)
rows, targets = task["rows"], np.eye(8, dtype=np.float32)[task["labels"]]
order = batches(task)


def step():
    batch = next(order)
    model.train_on_batch(rows[batch], targets[batch])


serve_works(
    VERSIONS,
    {
        "original": step,
        "one": lambda: model(rows[:1], training=False).numpy(),
        "many": lambda: model.predict(rows, batch_size=512, verbose=0),
    },
)
