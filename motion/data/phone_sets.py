"""What synthesizers call their phones, in IPA. A symbol that is not listed is an error: labels are exact or absent."""

from collections.abc import Mapping

from ...bridge.data import SILENCE
from ...bridge.errors import InvalidInput
from ..speech.pronunciation import ARPABET_TO_IPA


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


_ENGLISH = {name.lower(): ipa for name, ipa in ARPABET_TO_IPA.items()} | _pairs(
    "ax=ə axr=ɚ ix=ɪ dx=ɾ el=l em=m en=n hv=h nx=n ux=u"
)  # fmt: skip
_ITALIAN = _pairs(
    "i=i e=e E=ɛ a=a o=o O=ɔ u=u i1=i e1=e E1=ɛ a1=a o1=o O1=ɔ u1=u j=j w=w p=p t=t k=k b=b d=d g=ɡ f=f s=s S=ʃ v=v z=z Z=ʒ "
    "ts=t͡s tS=t͡ʃ dz=d͡z dZ=d͡ʒ m=m n=n J=ɲ ng=ŋ nf=ɱ l=l L=ʎ r=r"
)
_FINNISH_SHORT = _pairs(
    "a=ɑ e=e i=i o=o u=u y=y @=æ 7=ø &=ə p=p t=t k=k b=b d=d g=ɡ f=f T=θ D=ð s=s z=z S=ʃ Z=ʒ "
    "h=h v=ʋ m=m n=n N=ŋ l=l L=l r=r j=j w=w"
)
_FINNISH = _FINNISH_SHORT | {f"{name}:": f"{ipa}ː" for name, ipa in _FINNISH_SHORT.items()}
_CZECH = _pairs(
    "a=a a:=aː b=b c=t͡s c~=t͡ʃ ch=x d=d d~=ɟ dz=d͡z dz~=d͡ʒ e=ɛ e:=ɛː f=f g=ɡ h=ɦ i=ɪ i:=iː j=j k=k l=l m=m n=n n*=ŋ n~=ɲ o=o "
    "o:=oː p=p r=r r~=r r~*=r s=s s~=ʃ t=t t~=c u=u u:=uː v=v z=z z~=ʒ"
)
_RUSSIAN = _pairs(
    "ii=i yy=ɨ uu=u ee=e oo=o aa=a a=ʌ e=ɪ i=ɪ y=ɨ u=ʊ ae=ə ay=ə ur=ʊ p=p pp=pʲ b=b bb=bʲ t=t tt=tʲ d=d dd=dʲ k=k kk=kʲ g=ɡ "
    "gg=ɡʲ c=t͡s ch=t͡ɕ f=f ff=fʲ v=v vv=vʲ s=s ss=sʲ z=z zz=zʲ sh=ʂ sch=ɕː zh=ʐ h=x hh=xʲ m=m mm=mʲ "
    "n=n nn=nʲ l=l ll=lʲ r=r rr=rʲ j=j"
)
_CATALAN = _pairs(
    "ax=ə a=a a1=a b=b d=d e=e e1=e E=ɛ E1=ɛ f=f g=ɡ i=i i1=i j=j J=ɲ k=k l=l L=ʎ m=m n=n o=o o1=o O=ɔ O1=ɔ p=p r=ɾ rr=r s=s S=ʃ "
    "t=t u=u u1=u w=w z=z Z=ʒ"
)
PHONE_SETS: dict[str, Mapping[str, str]] = {
    "en": _ENGLISH, "it": _ITALIAN, "fi": _FINNISH, "cs": _CZECH, "ru": _RUSSIAN, "ca": _CATALAN,
}  # fmt: skip
_SILENT = ("pau", "sil", "#", "##", "_", "h#", "brth")


def ipa(phone: str, language: str) -> str:
    """A synthesizer's name of a phone -> IPA, `sil` for its pauses."""
    if phone in _SILENT:
        return SILENCE
    found = PHONE_SETS[language].get(phone)
    if found is None:
        raise InvalidInput(f"The phone {phone!r} is not in the {language!r} phone set. Add it to phone_sets.py.")
    return found
