import json
from pathlib import Path

import pytest

from vivavoce.addon.core.backend_plan import Step
from vivavoce.addon.core.backend_python import environment_python
from vivavoce.addon.core.backend_state import (
    BackendFacts,
    BackendState,
    facts_from_answer,
    installed_python,
    read_state,
    remaining_steps,
    write_state,
)
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.protocol import PROTOCOL, VERSION

STEPS = tuple(Step(name, name, (name, "a"), 1) for name in ("environment", "torch", "vivavoce", "check"))
FACTS = BackendFacts(VERSION, PROTOCOL, "2.13.0", "cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With an environment's Python."""
    python = environment_python(tmp_path / "env")
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path


def done(*names: str) -> dict[str, str]:
    return {step.name: step.digest for step in STEPS if step.name in names}


def test_the_state_comes_back(folder: Path) -> None:
    assert read_state(folder) == BackendState()
    state = BackendState(done("environment"), FACTS)
    write_state(folder, state)
    assert read_state(folder) == state
    (folder / "state.json").write_text("{")
    assert read_state(folder) == BackendState()


def test_an_installation_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    assert remaining_steps(STEPS, BackendState(), folder) == STEPS
    assert remaining_steps(STEPS, BackendState(done("environment", "torch")), folder) == STEPS[2:]
    assert remaining_steps(STEPS, BackendState(done("environment", "vivavoce")), folder) == (STEPS[1], STEPS[3])
    # A finished installation is made anew.
    assert remaining_steps(STEPS, BackendState(done(*(step.name for step in STEPS))), folder) == STEPS
    environment_python(folder / "env").unlink()
    assert remaining_steps(STEPS, BackendState(done("environment", "torch")), folder) == STEPS


def test_another_build_of_torch_wants_another_environment(folder: Path) -> None:
    state = BackendState(done("environment", "vivavoce", "check") | {"torch": "another"})
    assert remaining_steps(STEPS, state, folder) == STEPS


def test_another_version_of_the_package_keeps_the_environment(folder: Path) -> None:
    state = BackendState(done("environment", "torch") | {"vivavoce": "another", "check": "another"}, FACTS)
    assert remaining_steps(STEPS, state, folder) == STEPS[2:]


def test_a_finished_installation_has_a_python(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="Press Install"):
        installed_python(folder)
    write_state(folder, BackendState({}, FACTS))
    assert installed_python(folder) == environment_python(folder / "env")
    write_state(folder, BackendState({}, BackendFacts("0.0.1", PROTOCOL, "2.13.0", "cpu")))
    with pytest.raises(InvalidInput, match=r"Vivavoce 0\.0\.1.*Press Update"):
        installed_python(folder)
    write_state(folder, BackendState({}, FACTS))
    environment_python(folder / "env").unlink()
    with pytest.raises(InvalidInput, match="has gone"):
        installed_python(folder)


def test_what_was_installed_answers_for_itself() -> None:
    fields = {"version": VERSION, "protocol": PROTOCOL, "torch": "2.13.0", "device": "cuda"}
    assert facts_from_answer(f"a warning\n{json.dumps(fields)}\n").device == "cuda"
    with pytest.raises(InvalidInput, match="The backend is Vivavoce 9"):
        facts_from_answer(json.dumps(fields | {"version": "9"}))
    for nonsense in ("", "Traceback", "[]"):
        with pytest.raises(InvalidInput, match="does not answer"):
            facts_from_answer(nonsense)
