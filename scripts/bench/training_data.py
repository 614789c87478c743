"""Shared by the Python peers of the training benches: rows and labels, batches, and times of works."""

import json
import os
import pathlib
import resource
import time

import numpy as np
from peer import serve


def read(folder, name, shape):
    """Rows of a shape and their labels, as the bench wrote them."""
    folder = pathlib.Path(folder)
    rows = np.fromfile(folder / f"{name}.f32", dtype=np.float32).reshape(-1, *shape)
    return rows, np.fromfile(folder / f"{name}.i32", dtype=np.int32)


def load(folder):
    """The tasks of training.mjs by name, with their rows and labels."""
    tasks = json.loads((pathlib.Path(folder) / "tasks.json").read_text())
    for name, task in tasks.items():
        task["rows"], task["labels"] = read(folder, name, task["shape"][1:])
    return tasks


def batches(task):
    """Row numbers of one batch after another, shuffled anew at every pass."""
    random = np.random.default_rng(1)
    while True:
        order = random.permutation(len(task["labels"]))
        for start in range(0, len(order) - task["batch"] + 1, task["batch"]):
            yield order[start : start + task["batch"]]


def serve_works(greeting, works):
    """Answers {"work", "count"} with the milliseconds that each of `count` calls took, and the peak memory so far."""

    def answer(request):
        times = []
        for _ in range(request["count"]):
            started = time.perf_counter()
            works[request["work"]]()
            times.append(1000 * (time.perf_counter() - started))
        return {"milliseconds": times, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}

    serve({**greeting, "cores": len(os.sched_getaffinity(0))}, answer)
