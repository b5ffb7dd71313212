"""Comma-separated numbers from strangers: read line by line, bounded, every fault named by row and column."""

import csv
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TextIO

import numpy as np

from ..errors import InvalidInput
from .limits import MAX_FRAMES

_MAX_LINE_CHARACTERS = 64 * 1024


@dataclass(frozen=True, eq=False)
class CsvTable:
    """values: (F, C) float64, one column for each of `columns`; labels: F texts, none where the file has no such column."""

    columns: tuple[str, ...]
    values: np.ndarray
    labels: tuple[str, ...]


def read_csv_table(path: str | os.PathLike[str], columns: Sequence[str], label_column: str) -> CsvTable:
    """The named columns that the file has, found in its first line whatever their case and order; others are ignored.

    Raises InvalidInput where the file is missing or not text, has no rows, or a cell is not a finite number.
    """
    path = Path(path)
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file. Check the name.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _table(csv.reader(_bounded_lines(file, path), strict=True), path, columns, label_column)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path}: this is not a csv text file ({error}). Export it again.") from error


def _bounded_lines(file: TextIO, path: Path) -> Iterator[str]:
    while line := file.readline(_MAX_LINE_CHARACTERS):
        if len(line) == _MAX_LINE_CHARACTERS:
            raise InvalidInput(f"{path}: a line is longer than {_MAX_LINE_CHARACTERS:,} characters. This is no table of motion.")
        yield line


def _table(rows: Iterator[list[str]], path: Path, columns: Sequence[str], label_column: str) -> CsvTable:
    header = [name.strip().lower() for name in next(rows, [])]
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise InvalidInput(f"{path}: the column {', '.join(repeated)} stands more than once. Keep one.")
    found = {name: header.index(name.lower()) for name in columns if name.lower() in header}
    label_index = header.index(label_column.lower()) if label_column.lower() in header else None
    numbers, labels = array("d"), []
    for row_number, cells in enumerate(rows, start=1):
        if not cells:
            continue
        if len(cells) != len(header):
            raise InvalidInput(
                f"{path}: row {row_number} has {len(cells)} cells where the first line names {len(header)} columns."
            )
        if row_number > MAX_FRAMES:
            raise InvalidInput(f"{path}: there are more than {MAX_FRAMES:,} rows. Split the file.")
        numbers.extend(_numbers(cells, found, path, row_number))
        if label_index is not None:
            labels.append(cells[label_index])
    if not numbers:
        raise InvalidInput(f"{path}: there are no rows, or no column is known here. Is this the right file?")
    return CsvTable(tuple(found), np.frombuffer(numbers).reshape(-1, len(found)), tuple(labels))


def _numbers(cells: list[str], places: Mapping[str, int], path: Path, row_number: int) -> list[float]:
    try:
        numbers = [float(cells[place]) for place in places.values()]
        if all(map(isfinite, numbers)):
            return numbers
    except ValueError:
        pass
    column, cell = next((name, cells[place]) for name, place in places.items() if not _is_finite_number(cells[place]))
    raise InvalidInput(f"{path}: {column} in row {row_number} is {cell[:40]!r} where a finite number is meant. Mend that cell.")


def _is_finite_number(cell: str) -> bool:
    try:
        return isfinite(float(cell))
    except ValueError:
        return False
