"""Runs commands and measures them from outside, whole processes as /usr/bin/time sees them."""

import dataclasses
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile
import time


@dataclasses.dataclass(frozen=True)
class Usage:
    cpu: float  # seconds, user and system
    wall: float  # seconds
    peak: int  # bytes resident


def _cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command):
    """Usage of a command, which must succeed. The peak is what /usr/bin/time says; the times,
    which it rounds to hundredths, are taken around it."""
    with tempfile.NamedTemporaryFile("r") as measured:
        timed = ["/usr/bin/time", "-f", "%M", "-o", measured.name, *map(str, command)]
        cpu, started = _cpu_of_children(), time.perf_counter()
        subprocess.run(timed, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall = time.perf_counter() - started
        kib = int(measured.read().split()[-1])
    return Usage(_cpu_of_children() - cpu, wall, kib * 1024)


def in_turn(commands, rounds):
    """Runs the commands one after the other, several times; the usages of each."""
    usages = [[] for _ in commands]
    for _ in range(rounds):
        for command, measured in zip(commands, usages):
            measured.append(run(command))
    return usages


def median(usages, field):
    return statistics.median(getattr(usage, field) for usage in usages)


def wall_of_short_runs(command, rounds=50):
    """Median wall time of a command that takes milliseconds, in seconds."""
    command = [str(part) for part in command]
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def copy_time(source, folder):
    """Seconds to copy a file and see it on the disk."""
    target = pathlib.Path(folder) / "copy"
    started = time.perf_counter()
    shutil.copyfile(source, target)
    with open(target, "rb+") as file:
        os.fsync(file.fileno())
    seconds = time.perf_counter() - started
    target.unlink()
    return seconds


def machine():
    """One line that describes the processor, the memory and the system."""
    processor = "an unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    kernel = os.uname()
    return (
        f"{processor}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB, "
        f"{kernel.sysname} {kernel.release.split('-')[0]}"
    )
