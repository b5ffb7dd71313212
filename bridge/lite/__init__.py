"""The light engine: speech to lips, blinks and head in numpy alone, for a Blender without a backend. Start at performance.py."""
