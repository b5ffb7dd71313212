"""After a take was put on its character: does it move, what stands in the way, and what is to be told of the take."""

from typing import Any

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from ...bridge.formats.open_human import load_open_human
from ...bridge.readout import clip_readout
from ..core.packing import unpacked_clip
from ..core.proof import UNKNOWN
from ..core.rigs.coverage import blocked
from . import obstacles, proof, takes
from .character import Character
from .recording import heard, kept_stretches
from .rigs.mapping_files import survey_of

GONE = "GONE"
"""The kind of finding that Blender's obstacles do not know: nothing of the take is left on the character."""


def review(character: Character) -> str:
    """Look at the applied take on the evaluated meshes, and keep what was found with the character.

    Returns what the artist must know: empty where everything moves as it should. Raises InvalidInput where no take lies there.
    """
    take = takes.applied_take(character)
    if not take.readout.is_told:
        tell(take)
    motions = proof.seen_motion(character, unpacked_clip(take.clip), takes.scene_fps(), take.start_frame)
    still = [motion for motion in motions if not motion.is_enough]
    kept = character.owner.vivavoce.review
    for part in ("mouth", "head"):
        setattr(kept, part, min((motion.share for motion in motions if motion.part == part), default=UNKNOWN))
    kept.findings.clear()
    found = obstacles.obstacles(character, is_motion_missing=bool(still))
    for obstacle in found:
        _add(kept, obstacle.kind, obstacle.text)
    if not obstacles.has_performance(character):
        _add(kept, GONE, f"Nothing of {take.name} lies on {character.owner.name} any more")
    elif not found:
        for motion in still:
            _add(kept, "", f"The {motion.part} of {motion.object_name} does not follow, and nothing known stands in its way")
        for sentence in blocked(survey_of(character), character.mapping) if still else ():
            _add(kept, "", sentence)
    return ". ".join(finding.text for finding in kept.findings)


def mend(character: Character, kind: str) -> None:
    """Take away all obstacles of one kind."""
    if kind == GONE:
        takes.apply_take(character, takes.applied_take(character))
        return
    for obstacle in obstacles.obstacles(character, is_motion_missing=True):
        if obstacle.kind == kind:
            obstacle.mend()


def tell(take: Any) -> None:
    """Keep the read-out of a take with it; its recording is heard again where that still lies in its place."""
    found = clip_readout(unpacked_clip(take.clip), load_open_human(), _recording(take))
    kept = take.readout
    kept.closures_made, kept.closures_wanted = found.closures_made, found.closures_wanted
    kept.has_lag, kept.lag_ms = found.lag_s is not None, 1000.0 * (found.lag_s or 0.0)
    kept.pause_motion = UNKNOWN if found.pause_motion is None else found.pause_motion
    kept.clipped, kept.is_told = ", ".join(found.clipped), True


def _recording(take: Any) -> AudioClip | None:
    try:
        return heard(kept_stretches(take.spoken)) if len(take.spoken) else None
    except InvalidInput:
        # The take has its phonemes: a recording that has gone meanwhile is no reason to complain.
        return None


def _add(kept: Any, kind: str, text: str) -> None:
    finding = kept.findings.add()
    finding.kind, finding.text = kind, text
