"""The engine that needs no training: phonemes and prosody to the face, the eyes and the head."""
