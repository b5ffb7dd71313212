"""All that Blender shows of the registered classes is translated. (Blender's modules are built without languages: that it finds
the translations is seen in a window, by scripts/panel_screenshots.py.)"""

from vivavoce.addon.translations import LOCALES, table

from .conftest import run_script


def test_every_class_is_translated(blender_python: str) -> None:
    said = run_script("shown_strings", python=blender_python)
    assert len(said) > 20
    for locale in LOCALES:
        missing = {name: [text for text in texts if text not in table(locale)] for name, texts in said.items()}
        assert not {name: texts for name, texts in missing.items() if texts}
