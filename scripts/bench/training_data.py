"""Shared by the Python peers of the training bench: the data, and the loop of JSON requests and replies."""

import json
import os
import pathlib
import resource
import sys
import time

import numpy as np


def load(folder):
    """The rows and labels that training.mjs wrote, by the model's name."""
    folder = pathlib.Path(folder)
    tasks = json.loads((folder / "tasks.json").read_text())
    for name, task in tasks.items():
        task["rows"] = np.fromfile(folder / f"{name}.f32", dtype=np.float32).reshape(task["shape"])
        task["labels"] = np.fromfile(folder / f"{name}.i32", dtype=np.int32)
    return tasks


def batches(task):
    """Row numbers of one batch after another, shuffled anew at every pass."""
    random = np.random.default_rng(1)
    while True:
        order = random.permutation(len(task["labels"]))
        for start in range(0, len(order) - task["batch"] + 1, task["batch"]):
            yield order[start : start + task["batch"]]


def milliseconds(work, count):
    times = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return times


def serve(greeting, works):
    """Answers {"work", "count"} with the milliseconds that each of `count` calls took, and the peak memory so far."""
    print(json.dumps({**greeting, "cores": len(os.sched_getaffinity(0))}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        times = milliseconds(works[request["work"]], request["count"])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"milliseconds": times, "megabytes": peak}), flush=True)
