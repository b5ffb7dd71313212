"""What the trained parts share: how a model is kept in a file, and how a training goes on after a stop."""
