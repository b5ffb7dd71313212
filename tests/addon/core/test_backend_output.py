import pytest

from vivavoce.addon.core.backend_output import doing, failure


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("Looking in indexes: x\nCollecting torch<2.14,>=2.13\n", "Collecting torch<2.14,>=2.13"),
        (
            "  Downloading https://a.b/whl/cu130/torch-2.13.0.whl.metadata (28 kB)\nsome more\n",
            "Downloading torch-2.13.0.whl.metadata",
        ),
        ("Processing /home/a/vivavoce\n  Preparing metadata: started\n", "Processing vivavoce"),
        ("Processing a.whl\nInstalling collected packages: torch\n", "Installing what was fetched"),
        ("Downloading half-a-l", ""),
        ("", ""),
    ],
)
def test_progress_in_words(output: str, says: str) -> None:
    assert doing(output) == says


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: [Errno -3] Temporary failure in "
            "name resolution'\nERROR: No matching distribution found for torch",
            "cannot be reached",
        ),
        (
            "error: Request failed after 3 retries\n  Caused by: error sending request for url\n  Caused by: dns error",
            "cannot be reached",
        ),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: Could not find a version\nERROR: No matching distribution found for torch<2.14,>=2.13", "no torch<2.14,>=2.13"),
        ("  × No solution found\n  ╰─▶ Because vivavoce was not found in the package registry and you require it", "no vivavoce"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "certificate"),
        ("ERROR: Package 'vivavoce' requires a different Python: 3.11.7 not in '>=3.13'", "another Python"),
        ("OSError: [WinError 206] The filename or extension is too long", "long paths"),
        ("OSError: [WinError 5] Access is denied: 'env\\\\Lib\\\\torch.dll'", "in use or protected"),
        ("The virtual environment was not created because ensurepip is not available.", "python3-venv"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "damaged"),
        ("something\nodd happened\n\n", "failed: odd happened. Open the log"),
        ("", "it said nothing"),
    ],
)
def test_failures_say_what_to_do(output: str, says: str) -> None:
    assert says in failure("Installing PyTorch", output)
