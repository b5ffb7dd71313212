"""Data to learn motion from: synthetic speech with a teacher's mouth, captured faces, and readers of published corpora."""
