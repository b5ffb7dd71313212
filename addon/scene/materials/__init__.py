"""The open human's materials as node trees: makers.py lists them, nodes.py is the short way to say a tree."""
