"""Which build of PyTorch suits a machine."""

from dataclasses import dataclass

from ...bridge.errors import InvalidInput

TORCH_REQUIREMENT = "torch>=2.13,<2.14"
"""As in pyproject.toml."""

_INDEX = "https://download.pytorch.org/whl"
_MB = 1_000_000


@dataclass(frozen=True)
class TorchBuild:
    """A build of PyTorch, and what it costs."""

    name: str
    index: str | None
    """The index that has it; None for the one that the machine's pip or uv is set to."""
    size_bytes: int
    """Disk space that its installation takes, downloads included."""


CPU = TorchBuild("CPU", f"{_INDEX}/cpu", 1400 * _MB)
CUDA_12 = TorchBuild("CUDA 12.6", f"{_INDEX}/cu126", 9000 * _MB)
CUDA_13 = TorchBuild("CUDA 13.0", f"{_INDEX}/cu130", 8000 * _MB)
ROCM = TorchBuild("ROCm 7.2", f"{_INDEX}/rocm7.2", 22000 * _MB)
APPLE = TorchBuild("Apple", None, 900 * _MB)


@dataclass(frozen=True)
class NvidiaGpu:
    """What decides which CUDA builds run on a GPU."""

    driver: int
    """Major version of the driver, such as 580."""
    compute_capability: tuple[int, int]


def nvidia_gpu(table: str) -> NvidiaGpu | None:
    """The best GPU in what `nvidia-smi --query-gpu=driver_version,compute_cap --format=csv,noheader` prints; None without one."""
    found = []
    for line in table.splitlines():
        driver, _, capability = line.partition(",")
        major, _, minor = capability.strip().partition(".")
        if driver.partition(".")[0].isdecimal() and major.isdecimal() and minor.isdecimal():
            found.append(NvidiaGpu(int(driver.partition(".")[0]), (int(major), int(minor))))
    return max(found, key=lambda gpu: gpu.compute_capability, default=None)


def cuda_build(gpu: NvidiaGpu) -> TorchBuild | None:
    """The newest CUDA build that a GPU and its driver run; None where they are too old, or a new GPU has an old driver.

    CUDA 13 needs driver 580 and Turing (7.5); CUDA 12 any driver since 525 (527 on Windows), and GPUs from Maxwell (5.0) to
    Hopper (9.0).
    """
    if gpu.driver >= 580 and gpu.compute_capability >= (7, 5):
        return CUDA_13
    if gpu.driver >= 528 and (5, 0) <= gpu.compute_capability < (10, 0):
        return CUDA_12
    return None


def torch_build(choice: str, system: str, gpu: NvidiaGpu | None, has_rocm: bool) -> TorchBuild:
    """The build for a machine. choice: auto, cpu, cuda, rocm or configured (whatever the machine's pip or uv is set to).

    system: as platform.system() says it. Raises InvalidInput where the build that was asked for does not run here.
    """
    if system == "Darwin":
        return APPLE
    if choice == "configured":
        likely = torch_build("auto", system, gpu, has_rocm)
        return TorchBuild("as configured", None, likely.size_bytes)
    if choice == "cuda" and (gpu is None or cuda_build(gpu) is None):
        raise InvalidInput("No NVIDIA GPU with a driver that is new enough was found. Update the driver, or choose CPU.")
    if choice == "rocm" and not (has_rocm and system == "Linux"):
        raise InvalidInput("No AMD GPU with ROCm was found: it needs Linux and the amdgpu driver. Install it, or choose CPU.")
    if choice in ("auto", "cuda") and gpu is not None and (build := cuda_build(gpu)):
        return build
    return ROCM if choice == "rocm" or (choice == "auto" and has_rocm and system == "Linux") else CPU
