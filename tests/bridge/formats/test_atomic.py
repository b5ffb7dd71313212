import threading

import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats import whole_file


def test_a_file_appears_under_its_name_with_nothing_beside_it(tmp_path):
    target = tmp_path / "clip.bvh"
    with whole_file(target) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".bvh"
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_block_that_ends_early_leaves_the_old_file_and_no_other(tmp_path, error):
    target = tmp_path / "clip.bvh"
    target.write_text("old")

    def write_half() -> None:
        with whole_file(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_and_a_folder_as_target_are_refused(tmp_path):
    for target in (tmp_path / "nowhere" / "clip.npz", tmp_path):
        with pytest.raises(InvalidInput, match="folder"), whole_file(target):
            pass


def test_writers_of_one_file_do_not_meet(tmp_path):
    target = tmp_path / "clip.txt"
    barrier = threading.Barrier(4)

    def write(text: str) -> None:
        with whole_file(target) as temporary:
            temporary.write_text(text)
            barrier.wait()

    threads = [threading.Thread(target=write, args=(str(index) * 1000,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_text() in {str(index) * 1000 for index in range(4)}
    assert list(tmp_path.iterdir()) == [target]
