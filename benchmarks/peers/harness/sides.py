"""What is measured beside each other: each side starts a server, and puts load on it."""

import json
import os
import statistics
import subprocess
import tempfile
import time

from . import machine
from .machine import Failure, Load, Server


class Side:
    """A server, called `name`, with a load generator: `measure` gives figures for one scenario under one load."""

    def __init__(self, repository, folder):
        self.repository = repository
        self.folder = folder
        self.servers = []

    def stop(self):
        for server in reversed(self.servers):
            server.stop()
        self.servers = []

    def read(self, path, load, seconds):
        """The figures that a generator wrote, and what both cores had to do for them."""
        with open(path) as file:
            row = json.load(file)["results"][0]
        figures = {name: figure["median"] for name, figure in row["figures"].items()}
        if figures.get("failed"):
            raise Failure(f"{figures['failed']:.0f} calls of {self.name} failed.")
        return with_shares(figures, load.core_shares(seconds))


def with_shares(figures, shares):
    """Adds how full the cores were; `shares`: of a core the load's, and of all cores that of everything else."""
    rate = figures["requestsPerSecond"]
    if figures.get("serverCPU") is not None:
        figures["serverCore"] = figures["serverCPU"] * rate / 1e4
    if shares is not None and rate:
        load, others = shares
        figures["loadCore"] = load * 100
        figures["loadCPU"] = load * 1e6 / rate
        figures["machineCPU"] = others * 1e6 / rate
    return figures


class Remit(Side):
    """`data`: a folder that outlives the server, and may have been filled by an earlier one; `everywhere`: whether the
    server and its load have all cores, with an event loop for each, instead of one each."""

    def __init__(self, repository, folder, name="remit", options=(), data=None, everywhere=False):
        super().__init__(repository, folder)
        self.name = "remit-unpinned" if everywhere else "remit"
        self.load_core = "all" if everywhere else "load"
        if data:
            os.makedirs(data, exist_ok=True)
        self.data = data or tempfile.mkdtemp(prefix=f"{name}-", dir=folder)
        listen, ingress, operations, stripe = machine.free_ports(4)
        binary = machine.binary(repository, "remit")
        try:
            self.server = Server(name, [
                binary, "serve", "--dev", "--dev-folder", f"{self.data}/remit", "--listen", f"127.0.0.1:{listen}",
                "--ingress", f"127.0.0.1:{ingress}", "--operations", f"127.0.0.1:{operations}",
                "--stripe-url", f"http://127.0.0.1:{stripe}", "--event-loop-threads", "0" if everywhere else "1",
                "--log-level", "warning", *options], folder, core="all" if everywhere else "server")
            self.servers.append(self.server)
            # The customer that the payments name is made there, too; nothing that is measured asks it.
            self.servers.append(Server(f"{name}-simulator", [
                binary, "simulate", "--http", f"127.0.0.1:{stripe}", "--log-level", "error",
                "--webhook", f"https://localhost:{ingress}/webhooks/stripe/dev",
                "--webhook-ca", f"{self.data}/remit/ca.pem", "--secret-file", f"{self.data}/remit/webhook.secret",
            ], folder, core="load"))
        except BaseException:
            self.stop()
            raise

    def measure(self, scenario, shape, seconds, warm_up=1.0):
        path = f"{self.folder}/remit.json"
        kept = []
        if "tenants" in shape or "payments" in shape:
            if "--keep" not in machine.run([machine.binary(self.repository, "remit-load"), "run", "--help"], "/"):
                raise NotInstalled("this remit-load makes no tenants (it has no --tenants and no --keep)")
            # What is made beforehand is kept beside the server's data, and made once for all rounds.
            kept = ["--keep", self.stock_in(self.data, shape)]
        load = Load([
            machine.binary(self.repository, "remit-load"), "--config", f"{self.data}/remit/client.json",
            "--server-pid", str(self.server.pid), "--scenario", scenario, *options_of(shape), *kept,
            "--runs", "1", "--duration", str(seconds), "--warm-up", str(warm_up), "--json", path], core=self.load_core)
        load.run()
        return self.read(path, load, seconds)

    def prepare(self, scenario, shape):
        """Makes the tenants and payments that a load needs."""
        self.measure(scenario, shape, 0.2, warm_up=0)

    @staticmethod
    def stock_in(data, shape):
        """Where in the folder `data` is noted what was made for loads of so many tenants."""
        return f"{data}/remit-load-{shape.get('tenants', 0)}.json"


class Floor(Side):
    def __init__(self, repository, folder):
        super().__init__(repository, folder)
        self.name = "floor"
        self.server = Server("floor", [
            f"{repository}/benchmarks/peers/floor/.build/floor", f"{folder}/tls/server.pem", f"{folder}/tls/server.key",
        ], folder)
        self.servers.append(self.server)
        with open(f"{folder}/tls/api-key", "w") as file:
            file.write("unused\n")

    def measure(self, scenario, shape, seconds):
        path = f"{self.folder}/floor.json"
        load = Load([
            machine.binary(self.repository, "remit-load"), "--address", f"127.0.0.1:{self.server.first_line}",
            "--ca", f"{self.folder}/tls/ca.pem", "--api-key-file", f"{self.folder}/tls/api-key",
            "--server-pid", str(self.server.pid), "--scenario", scenario, *options_of(shape),
            "--runs", "1", "--duration", str(seconds), "--warm-up", "1", "--json", path])
        load.run()
        return self.read(path, load, seconds)


class GRPC(Side):
    SETTINGS = {
        # One server for both: what an echo passes knows no database.
        "grpc-echo": [],
        "grpc": [],
        "grpc-pragmas": ["--pragmas", "remit"],
        "grpc-group": ["--pragmas", "remit", "--group-commit"],
    }

    def __init__(self, repository, folder, name="grpc", tenants=1):
        super().__init__(repository, folder)
        self.name = name
        self.binary = f"{repository}/benchmarks/peers/grpc/.build/release/grpc-peer"
        # Each start has databases of its own, as each part of a comparison starts its sides anew.
        data = tempfile.mkdtemp(prefix=f"{name}-", dir=folder)
        self.server = Server(name, [
            self.binary, "serve", "--certificate", f"{folder}/tls/server.pem", "--key", f"{folder}/tls/server.key",
            "--data", data, "--tenants", str(tenants), *self.SETTINGS[name]], folder)
        self.servers.append(self.server)

    def measure(self, scenario, shape, seconds):
        path = f"{self.folder}/{self.name}.json"
        load = Load([
            self.binary, "load", "--port", self.server.first_line, "--ca", f"{self.folder}/tls/ca.pem",
            "--server-pid", str(self.server.pid), "--scenario", scenario,
            # Its tenants are always taken by chance, each as likely as any other.
            *options_of({key: value for key, value in shape.items() if key != "spread"}),
            "--runs", "1", "--duration", str(seconds), "--warm-up", "1", "--json", path])
        load.run()
        return self.read(path, load, seconds)


class Postgres(Side):
    """PostgreSQL under pgbench; its own CPU time is that of all its processes."""

    METADATA = '{"campaign":"autumn-newsletter","cart":"c-20931877","channel":"web"}'
    MISSING = 69

    def __init__(self, repository, folder):
        super().__init__(repository, folder)
        self.name = "postgres"
        self.sources = f"{repository}/benchmarks/peers/postgres"
        self.cluster = f"{self.sources}/cluster"
        self.run = 0
        # Beside the other sides' data and not in it: the server may be of another user, who can't look in there.
        self.data = f"{folder}-postgres"
        done = subprocess.run(
            [self.cluster, "start", self.data, *machine.pinned("server")], capture_output=True, text=True)
        if done.returncode != 0:
            self.pid = None
            text = done.stderr.strip()
            raise NotInstalled(text) if done.returncode == self.MISSING else Failure(f"PostgreSQL: {text}")
        self.pid = int(done.stdout)
        self.load(4, 1.0)
        self.sql("VACUUM ANALYZE")

    def stop(self):
        if self.pid:
            machine.run([self.cluster, "stop", self.data], self.folder)
            self.pid = None
        machine.run(["rm", "-rf", self.data, f"{self.data}.log"], "/")

    def sql(self, text):
        machine.run(["psql", "-h", self.data, "-U", "postgres", "-qAtc", text], self.folder)

    def script(self, is_pipelined):
        """The transaction's file: a round trip for each statement, or all in one pipeline."""
        if not is_pipelined:
            return f"{self.sources}/create.sql"
        path = f"{self.folder}/create-pipelined.sql"
        with open(f"{self.sources}/create.sql") as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(
                text.replace("BEGIN;\n", "\\startpipeline\nBEGIN;\n").replace("COMMIT;\n", "COMMIT;\n\\endpipeline\n"))
        return path

    def command(self, script, clients, seconds, threads=1):
        self.run += 1
        return [
            self.cluster, "pgbench", "-h", self.data, "-U", "postgres", "-n", "-M", "prepared", "-c", str(clients),
            "-j", str(threads), "-T", str(seconds), "-f", script, "-D", f"run={self.run}",
            "-D", "n=0", "-D", "blob=\\x" + "0a" * 222, "-D", "digest=\\x" + "ab" * 32, "-D",
            f"metadata={self.METADATA}", "-l", f"--log-prefix={self.folder}/pgbench.{self.run}", "postgres",
        ]

    def load(self, clients, seconds):
        machine.run(self.command(self.script(is_pipelined=False), clients, int(seconds)), self.folder)

    def measure(self, scenario, shape, seconds, side="postgres"):
        """`side`: whether statements are pipelined, and whether it may use all cores."""
        script = self.script("pipelined" in side)
        everywhere = "unpinned" in side
        self.pin(machine.cores() if everywhere else machine.cores()[:1])
        clients = shape["inFlight"]
        # pgbench takes whole seconds: one to warm up, and what is measured ends before it does.
        total = int(seconds) + 2
        threads = min(clients, len(machine.cores())) if everywhere else 1
        prefix = [] if everywhere else machine.pinned("load")
        command = prefix + self.command(script, clients, total, threads)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            time.sleep(1)
            start, server_start = time.time(), machine.cpu_microseconds(self.pid, with_children=True)
            load_start, busy_start = machine.cpu_microseconds(process.pid), machine.busy_microseconds()
            time.sleep(seconds)
            end, server_end = time.time(), machine.cpu_microseconds(self.pid, with_children=True)
            load_end, busy_end = machine.cpu_microseconds(process.pid), machine.busy_microseconds()
            output = process.communicate(timeout=60)[0]
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode != 0 or load_end is None:
            raise Failure(f"pgbench ended with {process.returncode} and said:\n{output}")
        latencies = sorted(self.latencies(start, end))
        if not latencies:
            raise Failure(f"pgbench did nothing and said:\n{output}")
        rate = len(latencies) / (end - start)
        figures = {
            "requestsPerSecond": rate,
            "serverCPU": (server_end - server_start) / len(latencies),
            "failed": 0.0,
        }
        for name, part in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)):
            figures[name] = latencies[min(len(latencies) - 1, int(len(latencies) * part))]
        figures["max"] = latencies[-1]
        load, span = load_end - load_start, (end - start) * 1e6
        return with_shares(figures, (load / span, (busy_end - busy_start - load) / span))

    def latencies(self, start, end):
        """Microseconds of the transactions that ended between two times, from the logs of pgbench's threads."""
        prefix = f"pgbench.{self.run}."
        for name in os.listdir(self.folder):
            if not name.startswith(prefix):
                continue
            with open(f"{self.folder}/{name}") as file:
                for line in file:
                    # client, number, latency, script, seconds, microseconds
                    fields = line.split()
                    if start <= int(fields[4]) + int(fields[5]) / 1e6 < end:
                        yield float(fields[2])
            os.remove(f"{self.folder}/{name}")

    def pin(self, cores):
        """New processes of the server take the cores of the first."""
        for pid in [self.pid] + machine.children(self.pid):
            try:
                os.sched_setaffinity(pid, cores)
            except ProcessLookupError:
                pass


class NotInstalled(Exception):
    """A peer that isn't on this machine; the text names what is missing."""


def options_of(shape):
    """A load's shape as options of a generator."""
    options = []
    for key, option in (
        ("inFlight", "--in-flight"), ("connections", "--connections"), ("tenants", "--tenants"),
        ("spread", "--spread"), ("payments", "--payments"), ("calls", "--calls"),
    ):
        if key in shape:
            options += [option, str(shape[key])]
    return options


# What each codec gives: nanoseconds by kind of work, one for each round.
def codec_figures(repository, folder, rounds, milliseconds):
    """One turn of all codecs that are there: figures by side and message."""
    codec = f"{repository}/benchmarks/peers/codec"
    prefix = machine.pinned("load")
    path = f"{folder}/codec.json"
    machine.run(
        prefix + [f"{codec}/.build/release/codec-peer", "--rounds", str(rounds), "--sample", str(milliseconds),
                  "--json", path], folder)
    with open(path) as file:
        sides = json.load(file)
    for side, command in (
        ("cpp", [f"{codec}/.build/others/codec"]),
        ("python", [f"{codec}/.build/others/venv/bin/python", f"{codec}/others/codec.py",
                    f"{codec}/.build/others/payment.descriptors"]),
    ):
        if os.path.exists(command[0]):
            sides[side] = json.loads(machine.run(prefix + command + [folder, str(rounds), str(milliseconds)], folder))
    figures = {}
    for side, works in sides.items():
        for work, values in works.items():
            verb, message, *again = work.split()
            key = f"{side}-{again[0]}" if again else side, message
            figures.setdefault(key, {})[verb] = statistics.median(values)
    return figures
