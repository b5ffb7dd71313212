"""The eight emotion labels of MEAD (Wang et al. 2020)."""

EMOTION_NAMES: tuple[str, ...] = ("neutral", "happy", "sad", "surprised", "fear", "disgusted", "angry", "contempt")
