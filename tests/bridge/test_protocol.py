import re
import tomllib
from pathlib import Path

import pytest

from vivavoce.bridge.protocol import PROTOCOL, VERSION, protocol_conflict

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_the_same_wherever_it_stands():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION
    assert tomllib.loads((ROOT / "blender_manifest.toml").read_text(encoding="utf-8"))["version"] == VERSION


@pytest.mark.parametrize(
    ("client", "server", "words"), [(PROTOCOL + 1, PROTOCOL, "on the server"), (PROTOCOL, PROTOCOL + 1, "that sent the request")]
)
def test_the_older_side_is_the_one_to_update(client: int, server: int, words: str):
    assert re.search(f"Update .*{words}", protocol_conflict(client, server) or "")


def test_equals_agree():
    assert protocol_conflict(PROTOCOL, PROTOCOL) is None
