"""Processes on the machine that is measured: where they run, when they are ready, what CPU time they took."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """Nothing can be measured; the text says why, to people."""


def binary(repository, product):
    """A release build of `product`: the repository's own, or that in the folder that REMIT_BUILD names."""
    return os.path.join(os.environ.get("REMIT_BUILD") or f"{repository}/.build/release", product)


def cores():
    return sorted(os.sched_getaffinity(0))


def pinned(which):
    """A prefix that keeps a command on the first core (`server`) or the second (`load`); nothing with one core alone, or
    for `all`."""
    if which == "all" or shutil.which("taskset") is None or len(cores()) < 2:
        return []
    return ["taskset", "-c", str(cores()[0 if which == "server" else 1])]


def cpu_microseconds(pid, with_children=False):
    """User and system time of all threads of a process; None when it has ended.

    With children: those that run, and those that have ended and were waited for.
    """
    try:
        with open(f"/proc/{pid}/stat") as file:
            # proc_pid_stat(5): what follows the name begins with field 3; 14 to 17 are utime, stime, cutime, cstime.
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    ticks = sum(map(int, fields[11:15] if with_children else fields[11:13]))
    total = ticks * 1e6 / TICKS
    if with_children:
        for child in children(pid):
            total += cpu_microseconds(child) or 0
    return total


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            found += map(int, file.read().split())
    return found


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    """A process that prints a line when it is ready, and runs until it is stopped."""

    def __init__(self, name, command, folder, core="server", seconds=60):
        out, err = f"{folder}/{name}.out", f"{folder}/{name}.err"
        with open(out, "w") as stdout, open(err, "w") as stderr:
            self.process = subprocess.Popen(pinned(core) + command, stdout=stdout, stderr=stderr)
        self.pid = self.process.pid
        end = time.monotonic() + seconds
        while os.path.getsize(out) == 0:
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                with open(out) as stdout, open(err) as stderr:
                    raise Failure(f"{name} didn't start within {seconds} s and said:\n{stdout.read()}{stderr.read()}")
            time.sleep(0.05)
        with open(out) as stdout:
            self.first_line = stdout.readline().strip()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def busy_microseconds():
    """The time that all cores together were busy: with what is no process's, such as the kernel's own threads."""
    with open("/proc/stat") as file:
        # proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are within user and nice.
        user, nice, system, _, _, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) * 1e6 / TICKS


class Load:
    """A load generator's run. Its CPU time is watched from outside, for the sides' generators to be judged alike."""

    INTERVAL = 0.05

    def __init__(self, command, core="load"):
        self.command = pinned(core) + command
        self.samples = []

    def run(self):
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(process.pid, over))
        watcher.start()
        try:
            output = process.communicate()[0]
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            over.set()
            watcher.join()
        if process.returncode != 0:
            raise Failure(f"{' '.join(self.command)} ended with {process.returncode} and said:\n{output}")

    def _watch(self, pid, over):
        while not over.wait(self.INTERVAL):
            spent = cpu_microseconds(pid)
            if spent is not None:
                self.samples.append((time.monotonic(), spent, busy_microseconds()))

    def core_shares(self, seconds):
        """How much of a core the generator took, and how many cores everything else, in the last `seconds` but the very
        last moments: two numbers, 1 being a core; None where it ran too short a time."""
        if len(self.samples) < 4:
            return None
        # A generator ends soon after what it measured; the last samples may be of its clearing up.
        end_time, end_spent, end_busy = self.samples[-4]
        for start_time, start_spent, start_busy in self.samples:
            if start_time >= end_time - seconds:
                if end_time - start_time < seconds / 2:
                    return None
                span = (end_time - start_time) * 1e6
                spent = end_spent - start_spent
                return spent / span, (end_busy - start_busy - spent) / span
        return None


def run(command, folder, seconds=600):
    """Runs a command; its output is shown only when it fails."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)} ended with {done.returncode} and said:\n{done.stdout}")
    return done.stdout


def read_through(folder):
    """Reads all files once, so that the system has in memory of them what it has of those that were just written."""
    for path, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(path, name), "rb", buffering=0) as file:
                while file.read(1 << 20):
                    pass


def progress(text):
    """On a terminal only: one line that is written over; empty: it goes."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()
