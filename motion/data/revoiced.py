"""A corpus once more as other people and microphones would make it: few were captured, and a network knows those few by heart."""

from dataclasses import replace

import numpy as np

from ...bridge.data import AudioClip, Phoneme
from ...bridge.errors import InvalidInput
from .build import Part
from .corpus import SAMPLE_RATE, Corpus, CorpusClip, CorpusHeader
from .lines import spoken_phonemes
from .microphones import Excerpt, drawn_speed, recorded_elsewhere

_MOST_COPIES = 50


def revoiced_header(corpus: Corpus, copies: int, seed: int) -> CorpusHeader:
    """The corpus's own, saying what was done. Raises InvalidInput where nobody needs so many copies."""
    if not 1 <= copies <= _MOST_COPIES:
        raise InvalidInput(f"A corpus can be told again 1 to {_MOST_COPIES} times, not {copies}.")
    told = f"{copies} copies of {corpus.path.name} {corpus.fingerprint}, seed {seed}"
    return replace(corpus.header, provenance={**corpus.header.provenance, "revoiced": told})


def revoiced_parts(corpus: Corpus, copies: int, seed: int) -> list[Part]:
    """One part for each copy. Clips keep their labels, so that a split keeps a sentence where it is."""

    def told_again(copy: int) -> list[CorpusClip]:
        rng = np.random.default_rng([seed, copy])
        return [revoiced_clip(corpus.clip(index), corpus.header.fps, drawn_speed(rng), rng) for index in range(len(corpus))]

    return [Part(f"copy {copy}", lambda copy=copy: told_again(copy)) for copy in range(copies)]


def revoiced_clip(clip: CorpusClip, fps: float, speed: float, rng: np.random.Generator) -> CorpusClip:
    """The clip played `speed` times as fast, voice and face alike, in another place. Words are aligned while they are clear."""
    played = Excerpt(0.0, speed)
    samples = played.samples(clip.audio.samples, round(len(clip.audio.samples) / speed))
    frame_count = int(np.ceil(len(samples) / SAMPLE_RATE * fps - 1e-6))
    position = np.minimum(played.times_s(np.arange(frame_count), fps) * fps, len(clip.curves) - 1)
    first, after = np.floor(position).astype(int), np.ceil(position).astype(int)
    share = (position - first)[:, None]
    head = clip.head_rotation
    return CorpusClip(
        clip.label,
        AudioClip(recorded_elsewhere(samples, rng), SAMPLE_RATE, clip.audio.source),
        (1.0 - share) * clip.curves[first] + share * clip.curves[after],
        clip.is_valid[first] & clip.is_valid[after],
        tuple(Phoneme(each.symbol, each.start_s / speed, each.end_s / speed) for each in spoken_phonemes(clip)),
        None if head is None else (1.0 - share) * head[first] + share * head[after],
    )
