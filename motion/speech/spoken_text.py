"""Written English as the words that are said: numbers, signs and punctuation spelled out."""

import re
import unicodedata

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_LARGEST = 10**12
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SIGNS = {"%": " percent ", "&": " and ", "+": " plus ", "=": " equals ", "@": " at ", "#": " number ", "°": " degrees "}
_MONEY = {"$": "dollars", "£": "pounds", "€": "euros"}
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip


def spoken_words(text: str) -> list[str]:
    """Lower-case words, letters and apostrophes only, accents left out: "It's $5." -> ["it's", "five", "dollars"]."""
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))
    text = text.replace("’", "'").replace("‘", "'")
    text = re.sub(rf"([$£€])({_NUMBER})", lambda found: f"{found[2]} {_MONEY[found[1]]}", text)
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda found: f" {ordinal_words(int(found[1]))} ", text)
    text = re.sub(_NUMBER, lambda found: f" {_number_as_said(found[0])} ", text)
    text = re.sub("|".join(map(re.escape, _SIGNS)), lambda found: _SIGNS[found[0]], text)
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text)


def number_words(number: int) -> str:
    """0 to 999 999 999 999 in words: 1234 -> "one thousand two hundred thirty four"."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")
    scale, name = next(scale for scale in _SCALES if number >= scale[0])
    count, rest = divmod(number, scale)
    return f"{number_words(count)} {name}" + (f" {number_words(rest)}" if rest else "")


def ordinal_words(number: int) -> str:
    """21 -> "twenty first"."""
    *front, last = _digits_or_words(str(number)).split()
    regular = (last[:-1] + "ie" if last.endswith("y") else last) + "th"
    return " ".join([*front, _ORDINALS.get(last, regular)])


def _number_as_said(written: str) -> str:
    """Years in pairs, long numbers and those with a leading zero digit by digit, decimals after "point"."""
    whole, _, decimals = written.replace(",", "").partition(".")
    is_year = "," not in written and len(whole) == 4 and whole[0] in "12" and whole[1:3] != "00" and not decimals
    if is_year:
        century, rest = int(whole[:2]), int(whole[2:])
        late = "hundred" if rest == 0 else f"oh {_ONES[rest]}" if rest < 10 else number_words(rest)
        return f"{number_words(century)} {late}"
    said = _digits_or_words(whole)
    return said + (" point " + " ".join(_ONES[int(digit)] for digit in decimals) if decimals else "")


def _digits_or_words(whole: str) -> str:
    is_code = int(whole) >= _LARGEST or (len(whole) > 1 and whole[0] == "0")
    return " ".join(_ONES[int(digit)] for digit in whole) if is_code else number_words(int(whole))
