import pytest

from vivavoce.motion.speech.spoken_text import number_words, ordinal_words, spoken_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It’s 'fine', isn't it?", "it's fine isn't it"),
        ("Café naïve — Übermensch", "cafe naive ubermensch"),
        ("50% of 1,234 & 007", "fifty percent of one thousand two hundred thirty four and zero zero seven"),
        ("$5.50 or £1,000", "five point five zero dollars or one thousand pounds"),
        ("in 1984, not 2005 nor 1900", "in nineteen eighty four not two thousand five nor nineteen hundred"),
        ("the 21st, 20th and 3rd", "the twenty first twentieth and third"),
        ("x2y", "x two y"),
        ("... ?!", ""),
    ],
)  # fmt: skip
def test_text_is_spelled_as_it_is_said(text: str, words: str):
    assert spoken_words(text) == words.split()


def test_numbers_of_any_size():
    assert number_words(0) == "zero"
    assert number_words(1_000_000_001) == "one billion one"
    assert ordinal_words(112) == "one hundred twelfth"
    assert spoken_words("9" * 40) == ["nine"] * 40
