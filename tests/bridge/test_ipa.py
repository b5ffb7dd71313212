import pytest

from vivavoce.bridge.data.ipa import SOUNDS, is_bilabial, is_labiodental, is_vowel, sounds


@pytest.mark.parametrize("symbol", ["p", "b", "m", "pʰ", "bʱ", "p͈", "m̥", "ɓ", "ʙ", "mʲ", "p͡f", "k͡p"])
def test_bilabials_of_every_language_close_the_lips(symbol: str):
    assert is_bilabial(symbol)


@pytest.mark.parametrize("symbol", ["w", "ɸ", "β", "f", "t͡ʃ", "n", "a", "sil", "", "˥"])
def test_others_do_not(symbol: str):
    assert not is_bilabial(symbol)


def test_labiodentals_bite():
    assert all(is_labiodental(symbol) for symbol in ("f", "v", "ɱ", "ʋ", "vː", "p͡f"))
    assert not any(is_labiodental(symbol) for symbol in ("p", "θ", "sil"))


def test_a_diphthong_is_two_sounds_and_an_affricate_one():
    assert [sound.openness for sound in sounds("aɪ")] == [1.0, 0.2]
    assert sounds("t͡ʃ") == sounds("ʃ")
    assert sounds("dʒ") == sounds("ʒ")
    assert sounds("wa") == sounds("w") + sounds("a")


def test_accents_lengths_and_tones_leave_the_mouth_alone():
    for symbol in ("ã", "aː", "à", "a˥", "ä", "a̯"):
        assert sounds(symbol) == sounds("a")
    assert sounds("ç")[0].place == "palatal"


def test_rounding_marks_round():
    assert sounds("sʷ")[0].is_rounded
    assert not sounds("s")[0].is_rounded


def test_vowels_are_told_from_consonants():
    assert [is_vowel(symbol) for symbol in ("a", "oʊ", "ɝ", "w", "n̩", "sil")] == [True, True, True, False, False, False]


def test_every_letter_stands_on_the_chart_once():
    assert len(SOUNDS) == len("".join(SOUNDS))
    assert len(SOUNDS) > 90
