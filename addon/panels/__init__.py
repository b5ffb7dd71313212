"""What the artist sees in the sidebar: drawing only, no work."""


def classes() -> tuple[type, ...]:
    """All panels, from top to bottom."""
    from . import about, character, result

    return (*character.CLASSES, *result.CLASSES, *about.CLASSES)
