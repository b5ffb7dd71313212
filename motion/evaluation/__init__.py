"""What engines are worth, in figures: held-out lines of corpora, real mouths by their own script, emotions told apart."""
