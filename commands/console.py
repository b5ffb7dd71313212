"""The terminal: progress bars and tables, on standard error and standard output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

STDOUT = Console()
STDERR = Console(stderr=True)

ReportProgress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""


@contextmanager
def progress_bar() -> Iterator[ReportProgress]:
    """A bar that lives while the block runs; nothing where nobody watches, as in a log."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=STDERR, transient=True, disable=not STDERR.is_terminal) as progress:
        task = progress.add_task("starting", total=1.0)
        yield lambda share, stage: progress.update(task, completed=share, description=stage)
