import pytest

from vivavoce.bridge.data.ipa import SOUNDS
from vivavoce.motion.articulation.visemes import VISEME_INDEX, VISEME_NAMES, visemes


@pytest.mark.parametrize(
    ("symbol", "names"),
    [
        ("sil", "rest"), ("m", "lips_closed"), ("v", "lip_bite"), ("β", "lip_bite"), ("ð", "tongue_teeth"), ("ɾ", "tongue_ridge"),
        ("s", "hiss"), ("t͡s", "hiss"), ("t͡ʃ", "hush"), ("ɕ", "hush"), ("ʎ", "lateral"), ("ɻ", "rhotic"), ("ʁ", "tongue_back"),
        ("ʔ", "breath"), ("ɥ", "glide_round"), ("ɲ", "glide_spread"), ("y", "oo"), ("ɯ", "ee"), ("ə", "uh"), ("ɚ", "er"),
        ("aɪ", "ae ih"), ("oʊ", "oh oo_lax"), ("eɪ", "eh ih"), ("wa", "glide_round ae"), ("p͡f", "lips_closed lip_bite"),
    ],
)  # fmt: skip
def test_symbols_of_all_languages_take_their_shape(symbol: str, names: str):
    assert [VISEME_NAMES[index] for index in visemes(symbol)] == names.split()


def test_every_letter_of_the_chart_has_a_shape_of_its_own_that_is_not_rest():
    for letter in SOUNDS:
        assert VISEME_INDEX["rest"] not in visemes(letter)
