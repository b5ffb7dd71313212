"""What the buttons do: read the context, call core and scene, report."""


def classes() -> tuple[type, ...]:
    """All operators, in the order in which Blender is told of them."""
    from . import articulation, backend, character, files, mend, moods, rerender, rigs, speak, takes, transfer

    return (
        *backend.CLASSES,
        *character.CLASSES,
        *rigs.CLASSES,
        *transfer.CLASSES,
        *articulation.CLASSES,
        *speak.CLASSES,
        *files.CLASSES,
        *moods.CLASSES,
        *takes.CLASSES,
        *mend.CLASSES,
        *rerender.CLASSES,
    )
