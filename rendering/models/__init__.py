"""The learned part of a picture: what an analytic base misses of the light on a figure."""
