"""Keras's side of the training bench: the original notebook's network on TensorFlow, as its author wrote it."""

import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from training_data import batches, load, serve

L = keras.layers
task = load(sys.argv[1])["original"]
model = keras.Sequential(
    [
        L.Input(task["shape"][1:]),
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
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="categorical_crossentropy", metrics=["accuracy"])
rows, targets = task["rows"], np.eye(8, dtype=np.float32)[task["labels"]]
order = batches(task)


def step():
    batch = next(order)
    model.train_on_batch(rows[batch], targets[batch])


serve(
    {"keras": keras.__version__, "tensorflow": tf.__version__},
    {
        "original": step,
        "one": lambda: model(rows[:1], training=False).numpy(),
        "many": lambda: model.predict(rows, batch_size=512, verbose=0),
    },
)
