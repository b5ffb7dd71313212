"""Phonemes from the sound and its English words: pocketsphinx's forced alignment."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from ...bridge.data import SILENCE, AudioClip, Phoneme
from ...bridge.errors import InvalidInput, ModelMissing
from .pronunciation import ARPABET_TO_IPA, guessed_pronunciation
from .spoken_text import spoken_words

SAMPLE_RATE = 16_000
STEP_S = 0.01
_WINDOW_S = 40.0
_MARGIN_S = 6.0
"""What is aligned in a window's last seconds is aligned again in the next: its words may be cut in two."""
_FASTEST_WORDS_PER_S = 6.0
_SHORTEST_STEPS = 3
"""A phone model has three states, so a phone that is not there still takes three steps."""
_SQUEEZED_SHARE = 0.6


_NOT_WORDS = "<[+("
"""Silence, noises and empty transitions start with these."""

_Phone = tuple[str, float, float]
"""ARPABET name, start and end in seconds."""


def aligned_phonemes(audio: AudioClip, text: str) -> tuple[Phoneme, ...]:
    """The phonemes of a 16 kHz clip in which `text` is said, tiling it, in time linear in its length.

    Raises InvalidInput where the text has no words or is not what is said.
    """
    if audio.sample_rate != SAMPLE_RATE:
        raise InvalidInput(f"The aligner listens at {SAMPLE_RATE} Hz, not {audio.sample_rate} Hz: resample the audio first.")
    words = spoken_words(text)
    if not words:
        raise InvalidInput("The text has no words in it. Give the words that are said, or leave the text out.")
    decoder = _decoder()
    for word in set(words):
        if decoder.lookup_word(word) is None:
            decoder.add_word(word, " ".join(guessed_pronunciation(word)), True)
    phones = [
        (name, window_s + start_s, window_s + end_s)
        for window_s, window_end_s, said in _windows(audio, words)
        if said
        for name, start_s, end_s in _aligned(audio.excerpt(window_s, window_end_s), said)
    ]
    is_squeezed = [end_s - start_s < (_SHORTEST_STEPS + 0.5) * STEP_S for _, start_s, end_s in phones]
    if np.mean(is_squeezed) > _SQUEEZED_SHARE:
        raise _mismatch(audio)
    return _tiled(phones, audio.duration_s)


def _mismatch(audio: AudioClip) -> InvalidInput:
    return InvalidInput(
        f"The text is not what is said in {audio.source or 'the audio'}. Give exactly the English words that are spoken, "
        "all of them and in order, or leave the text out and the sounds are recognised."
    )


@cache
def _decoder() -> Any:
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        raise ModelMissing(
            "Alignment needs pocketsphinx: install it with `pip install pocketsphinx==5.1.1`, or leave the text out."
        ) from error
    # With the best path searched in a lattice, the pass for phones fails on real clips.
    return Decoder(lm=None, bestpath=False, backtrace=False, loglevel="FATAL", samprate=float(SAMPLE_RATE))


def _windows(audio: AudioClip, words: Sequence[str]) -> Iterator[tuple[float, float, Sequence[str]]]:
    """Stretches of audio with the words that are said in them: start and end in seconds, words."""
    start_s, said = 0.0, 0
    while audio.duration_s - start_s > 1.5 * _WINDOW_S:
        offered = words[said : said + int(_WINDOW_S * _FASTEST_WORDS_PER_S)]
        count, length_s = _words_within(audio.excerpt(start_s, start_s + _WINDOW_S), offered)
        yield start_s, start_s + length_s, offered[:count]
        start_s, said = start_s + length_s, said + count
    yield start_s, audio.duration_s, words[said:]


def _words_within(window: AudioClip, offered: Sequence[str]) -> tuple[int, float]:
    """How many of the offered words are said before the window's margin, and when the last of them ends."""
    decoder = _decoder()
    cut_s = _WINDOW_S - _MARGIN_S
    if not offered:
        return 0, cut_s
    decoder.add_fsg("window", _words_up_to_any(decoder, offered))
    decoder.activate_search("window")
    _decode(decoder, window)
    if decoder.hyp() is None:
        return 0, cut_s
    ends_s = [(segment.end_frame + 1) * STEP_S for segment in decoder.seg() if segment.word[0] not in _NOT_WORDS]
    kept_s = [end_s for end_s in ends_s if end_s <= cut_s]
    return (len(kept_s), kept_s[-1]) if kept_s else (0, cut_s)


def _words_up_to_any(decoder: Any, words: Sequence[str]) -> Any:
    """A grammar of the words in their order that may end after any of them."""
    from pocketsphinx import FsgModel

    last = len(words) + 1
    grammar = FsgModel("window", decoder.get_logmath(), 1.0, last + 1)
    for state, word in enumerate(words):
        grammar.trans_add(state, state + 1, 0, grammar.word_add(word))
        grammar.null_trans_add(state + 1, last, 0)
    grammar.set_start_state(0)
    grammar.set_final_state(last)
    return grammar


def _aligned(window: AudioClip, words: Sequence[str]) -> list[_Phone]:
    """The phones of exactly these words; times in seconds from the window's start. Raises InvalidInput where they don't fit."""
    decoder = _decoder()
    decoder.set_align_text(" ".join(words))
    try:
        _decode(decoder, window)
        decoder.set_alignment()
        _decode(decoder, window)
    except RuntimeError as error:  # pocketsphinx's only kind of error
        raise _mismatch(window) from error
    alignment = decoder.get_alignment()  # its entries are freed with it
    spoken = (word for word in alignment if word.name[0] not in _NOT_WORDS)
    return [(phone.name, phone.start * STEP_S, (phone.start + phone.duration) * STEP_S) for word in spoken for phone in word]


def _decode(decoder: Any, window: AudioClip) -> None:
    decoder.start_utt()
    decoder.process_raw((np.clip(window.samples, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()


def _tiled(phones: Sequence[_Phone], duration_s: float) -> tuple[Phoneme, ...]:
    tiles: list[Phoneme] = []
    clock_s = 0.0
    for name, start_s, end_s in phones:
        start_s, end_s = max(min(start_s, duration_s), clock_s), min(end_s, duration_s)
        if start_s > clock_s + 1e-6:
            tiles.append(Phoneme(SILENCE, clock_s, start_s))
        tiles.append(Phoneme(ARPABET_TO_IPA[name], start_s, max(end_s, start_s)))
        clock_s = max(end_s, start_s)
    if clock_s < duration_s - 1e-6:
        tiles.append(Phoneme(SILENCE, clock_s, duration_s))
    return tuple(tiles)
