from vivavoce.bridge.data import ARKIT_NAMES, SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS, mirrored_name


def test_vocabularies_have_their_published_lengths():
    assert len(ARKIT_NAMES) == len(set(ARKIT_NAMES)) == 52
    assert len(SMPLX_JOINT_NAMES) == len(set(SMPLX_JOINT_NAMES)) == len(SMPLX_JOINT_PARENTS) == 55


def test_mirroring_a_name_twice_returns_it():
    assert all(mirrored_name(mirrored_name(name)) == name and mirrored_name(name) in ARKIT_NAMES for name in ARKIT_NAMES)
