import pytest

from vivavoce.bridge.data.ipa import sounds
from vivavoce.motion.speech.pronunciation import ARPABET_TO_IPA, arpabet, guessed_pronunciation


def test_arpabet_goes_to_ipa_and_back():
    assert arpabet("".join(ARPABET_TO_IPA.values())) == list(ARPABET_TO_IPA)
    assert all(sounds(symbol) for symbol in ARPABET_TO_IPA.values())


@pytest.mark.parametrize(("foreign", "english"), [("ʁ", "velar"), ("ɲ", "palatal"), ("ɾ", "alveolar"), ("β", "bilabial")])
def test_foreign_sounds_take_the_nearest_place(foreign: str, english: str):
    (found,) = arpabet(foreign)
    assert sounds(ARPABET_TO_IPA[found])[0].place == english


def test_an_unknown_word_is_sounded_out():
    pytest.importorskip("hama")
    assert guessed_pronunciation("vivavoce")[:3] == ["V", "IY", "V"]
