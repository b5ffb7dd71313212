"""The motion models, and the vector that they speak (channels.py)."""
