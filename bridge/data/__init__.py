"""The nouns: AudioClip, Phoneme, PerformanceStyle, MotionClip with its layers, Camera, GBuffer; and their vocabularies."""

from .arkit import ARKIT_INDEX, ARKIT_NAMES, BLINK_NAMES, EYE_LOOK_RAD, GAZE_NAMES, LIPS_NAMES, UPPER_FACE_NAMES, mirrored_name
from .audio import AudioClip
from .camera import Camera
from .emotions import EMOTION_NAMES
from .engines import DEFAULT_ENGINE, ENGINE_NAMES, EngineName
from .gbuffer import REGION_NAMES, GBuffer
from .mood import Mood
from .motion import LAYER_NAMES, MotionClip, MotionLayer
from .open_human import OpenHuman
from .phoneme import SILENCE, Phoneme
from .scene_light import Lamp, SceneLight, environment_directions
from .smplx_joints import FACE_JOINT_NAMES, SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS
from .style import PerformanceStyle

__all__ = [
    "ARKIT_INDEX", "ARKIT_NAMES", "BLINK_NAMES", "DEFAULT_ENGINE", "EMOTION_NAMES", "ENGINE_NAMES", "EYE_LOOK_RAD",
    "FACE_JOINT_NAMES", "GAZE_NAMES", "LAYER_NAMES", "LIPS_NAMES", "REGION_NAMES", "SILENCE", "SMPLX_JOINT_INDEX",
    "SMPLX_JOINT_NAMES", "SMPLX_JOINT_PARENTS", "UPPER_FACE_NAMES", "AudioClip", "Camera", "EngineName", "GBuffer", "Lamp",
    "Mood", "MotionClip", "MotionLayer", "OpenHuman", "PerformanceStyle", "Phoneme", "SceneLight", "environment_directions",
    "mirrored_name",
]  # fmt: skip
