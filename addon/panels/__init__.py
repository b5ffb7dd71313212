"""What the artist sees in the sidebar: drawing only, no work."""


def classes() -> tuple[type, ...]:
    """All panels, from top to bottom."""
    from . import about, articulation, character, rerender, result, review, rigs, speech, transfer

    return (
        *character.CLASSES,
        *rigs.CLASSES,
        *transfer.CLASSES,
        *articulation.CLASSES,
        *speech.CLASSES,
        *result.CLASSES,
        *review.CLASSES,
        *rerender.CLASSES,
        *about.CLASSES,
    )
