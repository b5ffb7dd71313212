"""What the buttons do: read the context, call core and scene, report."""
