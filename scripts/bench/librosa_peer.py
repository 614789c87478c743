"""librosa's side of the bench: one JSON reply per JSON request, a line each."""

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
from peer import serve

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


def timed(work):
    started = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - started}


def effect(function, paths):
    """Times a function of signals that are loaded before."""
    signals = [load(path) for path in paths]
    return timed(lambda: [function(samples) for samples in signals])


def write(folder, index, results):
    """Writes arrays as float32 numbers; returns their files by name."""
    entry = {}
    for name, values in results.items():
        entry[name] = str(pathlib.Path(folder) / f"{index}-{name}.f32")
        np.asarray(values, dtype="<f4").tofile(entry[name])
    return entry


def resampled(paths, folder, rates):
    """Writes recordings at each rate, and librosa's resampling of them to 22,050 Hz."""
    for index, path in enumerate(paths):
        samples, native = soundfile.read(path, dtype="float32", always_2d=True)
        samples = samples.mean(axis=1)
        for rate in rates:
            source = librosa.resample(samples, orig_sr=native, target_sr=rate, res_type="soxr_vhq")
            target = librosa.resample(source, orig_sr=rate, target_sr=RATE)
            yield {"rate": rate, **write(folder, f"{index}-{rate}", {"source": source, "target": target})}


def described(paths, folder):
    """Writes librosa's samples, MFCCs, pitch shift and time stretches of each clip."""
    for index, path in enumerate(paths):
        samples = load(path)
        results = {"samples": samples, "mfcc": features(samples).T, "pitch": pitch(samples), "stretch": stretch(samples)}
        yield {"path": path, **write(folder, index, results | {"exactStretch": exact_stretch(samples)})}


def one_thread():
    """As many processes as cores, each with threads for all cores, would slow one another down."""
    threadpoolctl.threadpool_limits(1)


def main():
    with multiprocessing.Pool(initializer=one_thread) as pool:
        tasks = {
            "mfcc": lambda paths: timed(lambda: [mfcc(path) for path in paths]),
            "mfccParallel": lambda paths: timed(lambda: pool.map(mfcc, paths, chunksize=4)),
            "originalStage": lambda paths: timed(lambda: [original_stage(path) for path in paths]),
            "pitch": lambda paths: effect(pitch, paths),
            "stretch": lambda paths: effect(stretch, paths),
            "resampled": lambda **request: {"written": list(resampled(**request))},
            "described": lambda **request: {"written": list(described(**request))},
        }
        versions = {"librosa": librosa.__version__, "numpy": np.__version__, "soxr": soxr.__version__}
        versions["python"] = sys.version.split()[0]
        serve(versions, lambda request: tasks[request.pop("task")](**request))


if __name__ == "__main__":
    main()
