"""What is wrong with a data file, said so that whoever edited it can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong: the file as given to the loader, the line (from 1), what is wrong and what to do."""

    file: str
    line: int
    message: str
    mend: str

    @override
    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.mend}"


class PathwayFaults(ValueError):
    """The data files cannot be used; it carries every fault found, in the order of files and lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
