"""librosa's side of the bench: one JSON reply per JSON request, a line each."""

import json
import multiprocessing
import pathlib
import random
import sys
import time

import librosa
import numpy as np
import soundfile
import soxr
import threadpoolctl

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


def exact_stretch(samples):
    """The same by librosa's own steps in double precision: by default it adds up phases in single precision."""
    spectrum = librosa.stft(samples.astype(np.float64), dtype=np.complex128)
    length = int(round(len(samples) / 0.85))
    return librosa.istft(librosa.phase_vocoder(spectrum, rate=0.85), dtype=np.float64, length=length)


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


def resampled(paths, folder, rates):
    """Writes recordings at each rate, and librosa's resampling of them to 22,050 Hz, as float32 numbers."""
    written = []
    for index, path in enumerate(paths):
        samples, native = soundfile.read(path, dtype="float32", always_2d=True)
        samples = samples.mean(axis=1)
        for rate in rates:
            source = librosa.resample(samples, orig_sr=native, target_sr=rate, res_type="soxr_vhq")
            target = librosa.resample(source, orig_sr=rate, target_sr=RATE)
            entry = {"rate": rate}
            for name, values in (("source", source), ("target", target)):
                entry[name] = str(pathlib.Path(folder) / f"{index}-{rate}-{name}.f32")
                np.asarray(values, dtype="<f4").tofile(entry[name])
            written.append(entry)
    return written


def described(paths, folder):
    """Writes librosa's samples, MFCCs, pitch shift and time stretches of each clip, as float32 numbers."""
    written = []
    for index, path in enumerate(paths):
        samples = load(path)
        results = {"samples": samples, "mfcc": features(samples).T, "pitch": pitch(samples), "stretch": stretch(samples)}
        results["exactStretch"] = exact_stretch(samples)
        entry = {"path": path}
        for name, values in results.items():
            entry[name] = str(pathlib.Path(folder) / f"{index}-{name}.f32")
            np.asarray(values, dtype="<f4").tofile(entry[name])
        written.append(entry)
    return written


def one_thread():
    """As many processes as cores, each with threads for all cores, would slow one another down."""
    threadpoolctl.threadpool_limits(1)


def main():
    with multiprocessing.Pool(initializer=one_thread) as pool:
        tasks = {
            "mfcc": each(mfcc),
            "mfccParallel": each(mfcc, pool),
            "originalStage": each(original_stage),
            "pitch": effect(pitch),
            "stretch": effect(stretch),
        }
        versions = {"librosa": librosa.__version__, "numpy": np.__version__, "soxr": soxr.__version__}
        print(json.dumps(versions | {"python": sys.version.split()[0]}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            if request["task"] == "resampled":
                answer = {"written": resampled(request["paths"], request["folder"], request["rates"])}
            elif request["task"] == "described":
                answer = {"written": described(request["paths"], request["folder"])}
            else:
                answer = {"seconds": tasks[request["task"]](request["paths"])}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
