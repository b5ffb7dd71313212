"""Layers for poses that come from a body-model file, which knows joints but no layers."""

from collections.abc import Sequence

import numpy as np

from ..data import FACE_JOINT_NAMES, MotionLayer

HEAD_JOINT_NAMES = ("neck", "head")
_LAYER_OF_JOINT = {"jaw": "lips", **dict.fromkeys(FACE_JOINT_NAMES[1:], "gaze"), **dict.fromkeys(HEAD_JOINT_NAMES, "head")}
_ORDER = ("lips", "gaze", "head", "gestures")


def body_layers(
    joint_rotations: np.ndarray,
    joint_names: Sequence[str],
    translation: np.ndarray | None = None,
    expression: np.ndarray | None = None,
    expression_basis: str = "",
) -> tuple[MotionLayer, ...]:
    """Jaw and expression to `lips`, eyes to `gaze`, neck and head to `head`, everything else to `gestures`.

    joint_rotations: (F, J, 3) axis-angle, radians. translation: (F, 3) metres. expression: (F, E). Joints and translations that
    are zero throughout say nothing and are left out, so that they don't freeze what another layer or an artist moves; a pose
    that never leaves rest keeps its `head` layer.
    """
    frames = len(joint_rotations)
    moving = [name for index, name in enumerate(joint_names) if np.any(joint_rotations[:, index])]
    has_translation = translation is not None and bool(np.any(translation))
    layers: list[MotionLayer] = []
    for layer_name in _ORDER:
        names = tuple(name for name in moving if _LAYER_OF_JOINT.get(name, "gestures") == layer_name)
        has_expression = layer_name == "lips" and expression is not None and expression.shape[1] > 0
        moves_root = layer_name == "gestures" and has_translation
        if not names and not has_expression and not moves_root:
            continue
        layers.append(
            MotionLayer(
                layer_name,
                np.zeros((frames, 0), np.float32),
                joint_rotations=joint_rotations[:, [joint_names.index(name) for name in names]],
                joint_names=names,
                translation=translation if moves_root else None,
                expression=expression if has_expression else None,
                expression_basis=expression_basis if has_expression else "",
            )
        )
    return tuple(layers) or (resting_head_layer(frames),)


def resting_head_layer(frames: int) -> MotionLayer:
    """A `head` layer of F frames at rest: what is left of a pose in which nothing moves."""
    return MotionLayer(
        "head",
        np.zeros((frames, 0), np.float32),
        joint_rotations=np.zeros((frames, len(HEAD_JOINT_NAMES), 3), np.float32),
        joint_names=HEAD_JOINT_NAMES,
    )
