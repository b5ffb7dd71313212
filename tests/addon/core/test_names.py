from vivavoce.addon.core.names import matched_names


def test_case_separators_prefixes_and_sides_do_not_matter() -> None:
    available = ["JawOpen", "mouthSmile_L", "mouth_smile_right", "mixamorig:Head", "eyeBlink.R", "other"]
    wanted = ["jawOpen", "mouthSmileLeft", "mouthSmileRight", "head", "eyeBlinkRight", "browInnerUp"]
    assert matched_names(wanted, available) == dict(zip(wanted[:5], available[:5], strict=True))


def test_an_exact_match_wins() -> None:
    assert matched_names(["jawOpen"], ["JAWOPEN", "jawOpen"]) == {"jawOpen": "jawOpen"}
