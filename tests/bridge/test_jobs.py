import pytest

from vivavoce.bridge.errors import ModelMissing
from vivavoce.bridge.jobs import JobError, JobState, JobTable, QueueFull, UnknownJob


def test_one_job_of_a_kind_runs_and_the_others_know_their_place():
    table = JobTable()
    first, second, third = (table.add("speak") for _ in range(3))
    assert table.start_next("speak") == first
    assert table.start_next("speak") is None
    assert [table.status(job).place for job in (first, second, third)] == [0, 1, 2]
    table.cancel(second)
    assert table.status(third).place == 1
    table.finish(first)
    assert table.start_next("speak") == third


def test_kinds_do_not_wait_for_each_other():
    table = JobTable()
    speak, render = table.add("speak"), table.add("render")
    assert (table.start_next("speak"), table.start_next("render")) == (speak, render)


def test_progress_never_falls_and_stays_within_its_range():
    table = JobTable()
    job = table.add("speak")
    table.report(job, 0.5, "before the start")
    assert table.status(job).progress == 0.0
    table.start_next("speak")
    seen = []
    for progress in (0.4, 0.2, 7.0):
        table.report(job, progress, "hearing")
        seen.append(table.status(job).progress)
    assert seen == [0.4, 0.4, 1.0]


@pytest.mark.parametrize("end", ["finish", "cancel", "fail"])
def test_a_job_that_has_ended_stays_as_it_ended(end: str):
    table = JobTable()
    job = table.add("speak")
    table.start_next("speak")
    if end == "fail":
        table.fail(job, ModelMissing("no model"))
        assert table.status(job).error == JobError("model_missing", "no model")
    else:
        getattr(table, end)(job)
    status = table.status(job)
    table.finish(job)
    table.cancel(job)
    table.report(job, 0.1, "late")
    assert table.status(job) == status
    assert status.state.has_ended


def test_a_deleted_job_is_unknown_but_a_running_one_cannot_be_dropped():
    table = JobTable()
    job = table.add("speak")
    table.start_next("speak")
    table.forget(job)
    assert table.status(job).state is JobState.RUNNING
    table.finish(job)
    table.forget(job)
    with pytest.raises(UnknownJob):
        table.status(job)


def test_the_queue_and_the_memory_of_the_past_are_bounded():
    table = JobTable(max_waiting=2, max_ended=2)
    jobs = [table.add("speak"), table.add("speak")]
    with pytest.raises(QueueFull):
        table.add("speak")
    for job in jobs:
        table.cancel(job)
    jobs.append(table.add("speak"))
    table.cancel(jobs[-1])
    assert table.surplus() == jobs[:1]


def test_every_change_is_told():
    changes = []
    table = JobTable(on_change=lambda: changes.append(None))
    job = table.add("speak")
    table.start_next("speak")
    table.report(job, 0.5, "hearing")
    table.finish(job)
    table.forget(job)
    assert len(changes) == 5
