"""Vivavoce: speech in, a performance out. As a Blender extension this package is also the add-on."""


def register() -> None:
    from .addon import registration

    registration.register()


def unregister() -> None:
    from .addon import registration

    registration.unregister()
