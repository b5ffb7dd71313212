"""Recorded speech from Debian's packages: every language speaks, and the English p b m close the open human's lips."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, PerformanceStyle
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.engines import engine
from vivavoce.motion.metrics import LipClosures, lip_closures
from vivavoce.motion.predict import hear, perform
from vivavoce.motion.speech.alignment import aligned_phonemes
from vivavoce.motion.speech.load import load_audio
from vivavoce.motion.speech.prosody import prosody
from vivavoce.motion.speech.recognition import recognised_phonemes

PROMPTS = Path("/usr/share/asterisk/sounds")
TRANSCRIPTS = Path("/usr/share/doc")
LIBRIVOX = Path("/usr/share/pocketsphinx/test/data/librivox")
VOICES = {
    "en": "en_US_f_Allison",
    "es": "es_MX_f_Allison",
    "fr": "fr_CA_f_June",
    "it": "it_IT_m_Carlo",
    "ru": "ru_RU_f_IvrvoiceRU",
}
PROMPT_COUNT = 30


def librivox_lines() -> Iterator[tuple[Path, str]]:
    for line in (LIBRIVOX / "transcription").read_text(encoding="utf-8").splitlines():
        words, _, name = line.rpartition(" (")
        yield LIBRIVOX / f"{name.rstrip(')')}.wav", words.replace("<s>", "").replace("</s>", "").strip()


def english_prompts() -> Iterator[tuple[Path, str]]:
    """Prompts of a sentence or more, as they stand in the package's own list."""
    listing = next(TRANSCRIPTS.glob("asterisk-core-sounds-en*/*.txt*"))
    text = gzip.decompress(listing.read_bytes()) if listing.suffix == ".gz" else listing.read_bytes()
    for line in text.decode("utf-8").splitlines():
        name, _, words = line.strip().partition(": ")
        path = PROMPTS / VOICES["en"] / f"{name}.wav"
        if len(words.split()) >= 5 and not set("[]<>(;") & set(words) and path.is_file():
            yield path, words


@pytest.mark.parametrize("name", ["articulation", "probabilistic"])
@pytest.mark.parametrize("language", VOICES)
def test_a_line_of_every_language_speaks(language: str, name: str):
    folder = next(PROMPTS.glob(f"{language}_*"), None)
    if folder is None:
        pytest.skip(f"asterisk-core-sounds-{language}-wav is not installed")
    line = folder / "vm-options.wav"
    clip = perform(hear(load_audio(line), by=engine(name)), PerformanceStyle())
    assert len(clip.phonemes) > (20 if name == "articulation" else 3)
    assert np.ptp(clip.blend_shapes(["jawOpen"])) > 0.1


def closures_at_aligned_phones(path: Path, words: str, with_text: bool, name: str) -> LipClosures:
    """The aligned p b m of a line, and whether its performance, made with or without the text, closes the lips for them."""
    audio = load_audio(path)
    clip = perform(hear(audio, words if with_text else None, by=engine(name)), PerformanceStyle(), fps=60.0)
    wanted = MotionClip(clip.fps, clip.layers, aligned_phonemes(audio, words))
    return lip_closures(wanted, load_open_human())


@pytest.mark.parametrize("name", ["articulation", "probabilistic"])
@pytest.mark.parametrize("with_text", [True, False])
def test_aligned_p_b_m_close_the_lips(with_text: bool, name: str):
    if not LIBRIVOX.is_dir() or not (PROMPTS / VOICES["en"]).is_dir():
        pytest.skip("pocketsphinx-testdata or asterisk-core-sounds-en-wav is not installed")
    lines = [*librivox_lines(), *list(english_prompts())[:PROMPT_COUNT]]
    closed = np.concatenate([closures_at_aligned_phones(*line, with_text, name).closed for line in lines])
    assert len(closed) > 100
    assert closed.mean() >= 0.9, f"{closed.sum()} of {len(closed)}"


@pytest.mark.parametrize("language", ["es", "fr", "it", "ru"])
def test_recognised_p_b_m_close_the_lips_in_other_languages(language: str):
    """The learned engine hears contacts alone: the IPA recogniser, which it does not know, says where there are some."""
    folder = PROMPTS / VOICES[language]
    if not folder.is_dir():
        pytest.skip(f"asterisk-core-sounds-{language}-wav is not installed")
    human, closed = load_open_human(), []
    for path in [path for path in sorted(folder.glob("*.wav")) if path.stat().st_size > 40_000][:8]:
        audio = load_audio(path)
        clip = perform(hear(audio, by=engine("probabilistic")), PerformanceStyle(), fps=60.0, layers=["lips"])
        wanted = MotionClip(clip.fps, clip.layers, recognised_phonemes(audio, prosody(audio)))
        closed.append(lip_closures(wanted, human).closed)
    share = np.concatenate(closed)
    assert len(share) > 20
    assert share.mean() >= 0.8, f"{share.sum()} of {len(share)}"
