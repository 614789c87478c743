"""Keras as the benches use it: the original notebook's network on TensorFlow, as its author wrote it."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf

VERSIONS = {"keras": keras.__version__, "tensorflow": tf.__version__}


def original(shape, learning_rate):
    L = keras.layers
    model = keras.Sequential(
        [
            L.Input(shape),
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
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    return model
