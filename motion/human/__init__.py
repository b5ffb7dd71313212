"""Heads and bodies: the open human, FLAME and SMPL-X files, expression bases and the conversions between them."""
