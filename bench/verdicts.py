"""What a measure says: the figure, the bound that it must keep, and whether it does."""

import resource
import subprocess
import sys
import time
from dataclasses import dataclass

_MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    what: str
    figure: float
    bound: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.figure <= self.bound

    def __str__(self) -> str:
        verdict = "tenu" if self.holds else "DÉPASSÉ"
        return f"{self.what} : {self.figure:.2f} {self.unit}, borne {self.bound:.2f} {self.unit}, {verdict}"


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    peak_megabytes: float


def timed(*command: str) -> Run:
    """Run a command to its end, alone; fails with its output when it fails."""
    begins = time.perf_counter()
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begins
    if process.returncode:
        raise RuntimeError(f"{command}: {process.stdout}{process.stderr}")
    return Run(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MEGABYTE)
