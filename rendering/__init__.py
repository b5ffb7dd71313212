"""Motion + character + camera to pictures."""
