"""Measures of a performance, alone or beside the truth. Distances are taken on the open human, in millimetres."""

from ...bridge.readout import CLOSED_LIP_GAP_M, LipClosures, lip_closures
from .beats import HEAD_SIGMA_S, audio_onsets_s, beat_alignment, motion_beats_s
from .draws import coverage_error_mm, diversity_mm, mean_estimate_error_mm
from .face_mesh import FaceMesh, face_mesh
from .opening import mouth_opening_difference_mm, mouth_opening_mm
from .vertex_errors import lip_vertex_error_mm, mean_vertex_error_mm, upper_face_dynamics_deviation_mm2

__all__ = [
    "CLOSED_LIP_GAP_M", "HEAD_SIGMA_S", "FaceMesh", "LipClosures", "audio_onsets_s", "beat_alignment", "coverage_error_mm",
    "diversity_mm", "face_mesh", "lip_closures", "lip_vertex_error_mm", "mean_estimate_error_mm", "mean_vertex_error_mm",
    "motion_beats_s", "mouth_opening_difference_mm", "mouth_opening_mm", "upper_face_dynamics_deviation_mm2",
]  # fmt: skip
