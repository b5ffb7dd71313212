"""What `vivavoce retarget` solved for on a character, put on it."""

from pathlib import Path

from ....bridge.errors import InvalidInput
from ....bridge.rigs.curves_file import read_curves
from ...core.rigs.presets import rebound
from .. import takes
from ..character import Character
from ..performance import apply_curves
from .face_curves import animated_by
from .kept_mapping import keep_mapping
from .mapping_files import survey_of


def use_solved(character: Character, path: Path) -> bool:
    """Poses of bones become the character's mapping, and its take is put on by them; other curves go onto its tracks as they are.

    Returns whether they became its mapping. Raises InvalidInput where the file is none, or nothing of it is on the character.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file at {path}.")
    curves, poses = read_curves(path)
    take = takes.applied_take(character)
    if poses is not None:
        solved = rebound(poses, survey_of(character))
        keep_mapping(character.owner, solved if solved.joints else solved.with_joints(character.mapping.joints))
        takes.apply_take(character, take)
        return True
    if not any(animated_by(target) for target in curves.targets):
        raise InvalidInput(f"Nothing that {path.name} moves is on {character.owner.name}. Solve it for this character anew.")
    apply_curves(curves, character, takes.scene_fps(), take.start_frame, takes.key_error(character))
    return False
