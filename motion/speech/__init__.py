"""Speech itself: reading it, its prosody, its phonemes."""
