"""How the models are trained: one straight-line loop for each, over a TrainingRun (run.py) that can be stopped and resumed."""
