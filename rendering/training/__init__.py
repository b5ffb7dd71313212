"""How the rendering models learn: frames made ready once, crops drawn from them, and trainings that can be stopped."""
