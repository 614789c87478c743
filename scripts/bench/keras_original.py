"""Keras's side of the bench of the original protocol: the original notebook's training on given rows."""

import json
import pathlib
import sys
import time

import numpy as np
from keras_network import VERSIONS, keras, original
from peer import serve
from training_data import read

folder, seed, epochs = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
shape = [*json.loads((folder / "shape.json").read_text(encoding="utf-8")), 1]


def side(name):
    """Rows [rows, frames, coefficients, 1] and one-hot labels."""
    rows, labels = read(folder, name, shape)
    return rows, np.eye(8, dtype=np.float32)[labels]


keras.utils.set_random_seed(seed)
model = original(shape, 0.01)
train, (rows, targets) = side("train"), side("test")
epochs_done = []
started = time.perf_counter()
model.fit(
    *train,
    validation_data=(rows, targets),
    batch_size=140,
    epochs=epochs,
    verbose=0,
    callbacks=[
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.6, patience=5, min_lr=1e-8),
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=7, restore_best_weights=True),
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda _, logs: epochs_done.append(
                {"seconds": time.perf_counter() - started, "loss": float(logs["val_loss"])}
            )
        ),
    ],
)
seconds = time.perf_counter() - started
truth = targets.argmax(axis=1)
right = model.predict(rows, batch_size=140, verbose=0).argmax(axis=1) == truth
serve(
    {
        **VERSIONS,
        "seed": seed,
        "seconds": seconds,
        "epochs": epochs_done,
        "accuracy": float(right.mean()),
        "uar": float(np.mean([right[truth == label].mean() for label in np.unique(truth)])),
    },
    None,
)
