"""Rigs of every kind in Blender: what they are made of, and a performance on them."""
