"""The one line in which a vocabulary says what moves a part."""

import pytest

from vivavoce.addon.core.rigs.formula import Term, channels_of, factors, factors_text, formula
from vivavoce.addon.core.rigs.vocabulary import vocabularies, vocabulary_from_toml
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs import MappingFactor


def test_terms_factors_and_signs() -> None:
    round_off = (MappingFactor("mouthPucker", True, 1.3),)
    assert formula("2.2 jawOpen !1.3mouthPucker - 2 mouthClose + -0.5 jawLeft *jawOpen") == (
        Term(2.2, "jawOpen", round_off),
        Term(-2.0, "mouthClose"),
        Term(-0.5, "jawLeft", (MappingFactor("jawOpen"),)),
    )
    assert formula("") == ()
    assert channels_of(formula("jawOpen - mouthClose *tongueOut")) == ("jawOpen", "mouthClose")


def test_factors_survive_being_written() -> None:
    text = "*jawOpen !1.3mouthPucker"
    assert factors_text(factors(text)) == text
    assert factors("") == ()


@pytest.mark.parametrize("text", ["2 jaw-open", "jawOpen !", "jawOpn", "3 , 4"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        factors(f"*{text}")


def test_every_table_that_ships_can_be_read() -> None:
    assert len(vocabularies()) >= 15
    assert len({vocabulary.title for vocabulary in vocabularies()}) == len(vocabularies())


@pytest.mark.parametrize(
    "text", ["title = ", 'title = "x"', 'title = "x"\nquality = 1\nfewest = 1\n[bones]\njaw = ["fly x jawOpen"]']
)
def test_a_table_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        vocabulary_from_toml("own", text)
