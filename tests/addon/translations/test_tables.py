"""Whatever the extension's code says is said in Chinese and Japanese too."""

import re

import pytest
import shown_texts

from vivavoce.addon.translations import LOCALES, table, translated

PART = re.compile(r"\{\d?\}")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_of_the_code_is_translated(locale: str) -> None:
    missing = {text: module for text, module in shown_texts.texts().items() if text not in table(locale)}
    assert not missing


def test_no_label_with_changing_parts_is_left_to_blender_to_look_up() -> None:
    assert not shown_texts.drawn_formats()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_keeps_every_part(locale: str) -> None:
    for text, translation in table(locale).items():
        parts = PART.findall(translation)
        assert len(parts) == text.count("{}"), text
        numbers = sorted(part for part in parts if part != "{}")
        assert numbers in ([], [f"{{{index}}}" for index in range(len(parts))]), text
        assert translation.strip() == translation != ""


def test_the_languages_have_the_same_texts() -> None:
    first, *others = (table(locale).keys() for locale in LOCALES)
    assert all(other == first for other in others)


def test_parts_change_places_and_are_translated_themselves() -> None:
    assert translated("The track lips of Face is muted", "zh_HANS") == "Face 的轨道 lips 已静音"
    assert translated("Mouth moves: 97%", "ja_JP") == "口の動き：97%"
    lost = translated("There is no recording at /a (1).wav. Choose another, or put it back.", "ja_JP")
    assert lost.startswith("/a (1).wav に録音がありません")


def test_other_languages_and_other_texts_stay_as_they_are() -> None:
    assert translated("Speak", "de_DE") == "Speak"
    assert translated("A text of somebody else's", "zh_HANS") == "A text of somebody else's"
