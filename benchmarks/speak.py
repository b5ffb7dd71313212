"""Compute seconds per audio second of speech -> MotionClip on one thread, and peak memory, for lines of growing length.

    python benchmarks/speak.py [--seconds 5 60 600] [--memory-seconds 60 3600]

Each length runs in a process of its own on the bundled line, repeated. Factors are also given against the
first length: 1 is linear.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

DEMO_LINE = Path(__file__).resolve().parents[1] / "addon" / "assets" / "demo_line.flac"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}

MEASURED = """
import resource, sys, time
import torch
torch.set_num_threads(1)
from vivavoce.bridge.data import PerformanceStyle
from vivavoce.motion.predict import hear, perform
from vivavoce.motion.speech.load import load_audio
hear(load_audio(sys.argv[2]))
start = time.perf_counter()
clip = perform(hear(load_audio(sys.argv[1])), PerformanceStyle())
seconds = time.perf_counter() - start
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(seconds, clip.duration_s, peak_mb)
"""


def repeated_line(duration_s: float, folder: Path) -> Path:
    """A wav of the bundled line, repeated to `duration_s`, written block by block."""
    import soundfile

    samples, sample_rate = soundfile.read(DEMO_LINE, dtype="int16")
    path = folder / f"line_{duration_s:g}s.wav"
    left = round(duration_s * sample_rate)
    with soundfile.SoundFile(path, "w", sample_rate, 1, subtype="PCM_16") as file:
        while left > 0:
            file.write(samples[:left])
            left -= len(samples)
    return path


def measured(path: Path) -> tuple[float, float, float]:
    """(compute seconds, audio seconds, peak MB) of one line in a fresh process."""
    command = [sys.executable, "-c", MEASURED, str(path), str(DEMO_LINE)]
    output = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
    seconds, duration_s, peak_mb = map(float, output.stdout.split())
    return seconds, duration_s, peak_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, nargs="+", default=[5.0, 60.0, 600.0])
    parser.add_argument("--memory-seconds", type=float, nargs="*", default=[3600.0])
    options = parser.parse_args()
    first_factor = None
    print(f"{'audio s':>8} {'compute s':>10} {'real-time factor':>17} {'against first':>14} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for duration_s in [*options.seconds, *options.memory_seconds]:
            seconds, audio_s, peak_mb = measured(repeated_line(duration_s, Path(folder)))
            factor = seconds / audio_s
            first_factor = first_factor or factor
            print(f"{audio_s:8.1f} {seconds:10.2f} {factor:17.3f} {factor / first_factor:14.2f} {peak_mb:8.0f}", flush=True)


if __name__ == "__main__":
    main()
