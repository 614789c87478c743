"""Keras's side of the bench of the original protocol: the original notebook's network and training on given rows."""

import json
import os
import pathlib
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

folder, seed, epochs = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
frames, coefficients = json.loads((folder / "shape.json").read_text(encoding="utf-8"))


def side(name):
    """Rows [rows, frames, coefficients, 1] and one-hot labels."""
    rows = np.fromfile(folder / f"{name}.f32", np.float32).reshape(-1, frames, coefficients, 1)
    labels = np.fromfile(folder / f"{name}.i32", np.int32)
    return rows, np.eye(8, dtype=np.float32)[labels]


keras.utils.set_random_seed(seed)
L = keras.layers
model = keras.Sequential(
    [
        L.Input((frames, coefficients, 1)),
        L.TimeDistributed(L.Conv1D(32, 3, padding="same", activation="relu")),
        L.TimeDistributed(L.BatchNormalization()),
        L.TimeDistributed(L.Flatten()),
        L.LSTM(64),
        L.Dropout(0.2),
        L.Dense(64, activation="relu"),
        L.Dropout(0.2),
        L.Dense(64, activation="relu"),
        L.Dense(8, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
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
print(
    json.dumps(
        {
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
            "seed": seed,
            "seconds": seconds,
            "epochs": epochs_done,
            "accuracy": float(right.mean()),
            "uar": float(np.mean([right[truth == label].mean() for label in np.unique(truth)])),
        }
    )
)
