"""librosa's side of the bench: does what it is told, one JSON line at a time, and answers with the seconds it took."""

import json
import multiprocessing
import random
import sys
import time

import librosa
import numpy as np

RATE, OFFSET, DURATION = 22_050, 0.6, 2.4


def load(path):
    return librosa.load(path, sr=RATE, offset=OFFSET, duration=DURATION)[0]


def features(samples):
    return librosa.feature.mfcc(y=samples, sr=RATE)


def mfcc(path):
    return features(load(path)).shape


def add_noise(samples):
    amplitude = 0.035 * np.random.uniform() * np.amax(samples)
    return samples + amplitude * np.random.normal(size=samples.shape[0])


def pitch(samples):
    return librosa.effects.pitch_shift(samples, sr=RATE, n_steps=0.7)


def stretch(samples):
    return librosa.effects.time_stretch(samples, rate=0.85)


def original_stage(path):
    """The original's feature stage: three copies of a clip, each through two random picks."""
    samples = load(path)
    picks = [lambda x: x, add_noise, pitch]
    return [features(random.choice(picks)(random.choice(picks)(samples))).shape for _ in range(3)]


def effect(function):
    def timed(paths):
        signals = [load(path) for path in paths]
        started = time.perf_counter()
        for samples in signals:
            function(samples)
        return time.perf_counter() - started

    return timed


def each(function, pool=None):
    def timed(paths):
        started = time.perf_counter()
        if pool is None:
            for path in paths:
                function(path)
        else:
            pool.map(function, paths, chunksize=4)
        return time.perf_counter() - started

    return timed


def main():
    with multiprocessing.Pool() as pool:
        tasks = {
            "mfcc": each(mfcc),
            "mfccParallel": each(mfcc, pool),
            "originalStage": each(original_stage),
            "pitch": effect(pitch),
            "stretch": effect(stretch),
        }
        print(json.dumps({"librosa": librosa.__version__, "numpy": np.__version__}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            print(json.dumps({"seconds": tasks[request["task"]](request["paths"])}), flush=True)


if __name__ == "__main__":
    main()
