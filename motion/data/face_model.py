"""FaceModel: the FLAME or SMPL-X model in which a captured corpus tells its faces, and what they are in ARKit's words."""

from pathlib import Path

import numpy as np

from ...bridge.errors import InvalidInput, ModelMissing
from ...bridge.formats.open_human import load_open_human
from ..human.body_model import ModelKind
from ..human.expression import expression_to_arkit, offsets_to_arkit
from ..human.load_model import load_model
from ..human.model_basis import model_basis, moving_vertices, on_vertices

_MOST_VERTICES = 2500
"""That are compared: a face has 52 weights, and ten times the vertices take ten times as long."""


class FaceModel:
    """A model from the user's own file."""

    def __init__(self, path: Path | None, kind: ModelKind) -> None:
        """Raises ModelMissing where there is no model, InvalidInput where it is another kind or damaged."""
        if path is None:
            raise ModelMissing(f"This corpus is told in a {kind} model's own shapes. Give the model's folder: --model FOLDER.")
        model = load_model(path)
        if model.kind != kind:
            raise InvalidInput(f"{path} holds a {model.kind} model where a {kind} model is needed. Give another to --model.")
        basis = model_basis(model, load_open_human())
        self.vertex_count = len(basis.template)
        moving = moving_vertices(basis)
        self._rows = moving[:: -(-len(moving) // _MOST_VERTICES)]
        self._basis = on_vertices(basis, self._rows)

    def arkit_of_expression(self, expression: np.ndarray, joint_rotations: np.ndarray) -> np.ndarray:
        """(F, E) coefficients, fewer or more than the model has, and (F, 3, 3) turns of jaw and eyes -> (F, 52) weights."""
        fitting = np.zeros((len(expression), len(self._basis.directions)))
        count = min(fitting.shape[1], expression.shape[1])
        fitting[:, :count] = expression[:, :count]
        return expression_to_arkit(self._basis, fitting, joint_rotations, along_chord=True)

    def arkit_of_vertices(self, vertices: np.ndarray, neutral: np.ndarray) -> np.ndarray:
        """(F, V, 3) vertices beside the neutral face (V, 3) of the same person, metres -> (F, 52) weights."""
        resting = np.asarray(neutral, np.float64)[self._rows]
        return offsets_to_arkit(self._basis, np.asarray(vertices[:, self._rows], np.float64) - resting)
