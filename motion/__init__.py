"""Speech to FLAME / SMPL-X / ARKit motion. Start reading in predict.py."""
