"""The parts of a comparison: which sides, under which load, and what is demanded of their ratios."""

import contextlib
import os
import tempfile

from . import machine, sides

# What a ratio must reach, and what is aimed at.
ECHO = {"must": 40, "goal": 80}
ECHO_TO_FLOOR = {"goal": 1.5, "better": "lower"}
GET = {"must": 15, "goal": 30}
CREATE = {"must": 5, "goal": 12}
CREATE_POSTGRES = {"must": 1}
CREATE_TENANTS = {"must": 2, "goal": 6}
DECODE = {"must": 3.5}
DECODE_VIEW = {"must": 3.5, "goal": 15}
ENCODE = {"must": 3.5, "goal": 4.5}
ENCODE_STORED = {"must": 3.5, "goal": 20}
SCALE = {"must": 2, "goal": 1.2}


class Session:
    """What all parts share."""

    def __init__(self, repository, folder, document, rounds, seconds, kept=None, is_preparing=False):
        self.repository = repository
        self.folder = folder
        self.document = document
        self.rounds = rounds
        self.seconds = seconds
        # Where what takes long to make is kept for other runs; None: it is thrown away.
        self.kept = kept
        # Whether it is made only, and nothing measured.
        self.is_preparing = is_preparing

    @staticmethod
    def count(name, otherwise):
        """A whole number above 0 from the environment."""
        text = os.environ.get(name, str(otherwise))
        if not text.isdecimal() or int(text) == 0:
            raise machine.Failure(f"{name} must be a whole number above 0; {text} isn't.")
        return int(text)

    def in_turns(self, scenario, measures):
        """Measures in each round all of (side, shape, measure), in the order A B … and then … B A."""
        # Rounds are numbered through: where two parts measure the same of a side, both stay.
        first = self.document.next_round
        for number in range(self.rounds):
            for side, shape, measure in measures if number % 2 == 0 else reversed(measures):
                machine.progress(f"round {number + 1} of {self.rounds}: {scenario}, {side}")
                self.document.add(scenario, side, shape, first + number, measure(shape))
        machine.progress("")

    def measures(self, scenario, running, shape):
        """Each of the sides under the same load."""
        return [
            (side.name, shape, lambda shape, side=side: side.measure(scenario, shape, self.seconds))
            for side in running
        ]


@contextlib.contextmanager
def started(*makers):
    """Sides that run, and are stopped at the end whatever happens."""
    with contextlib.ExitStack() as stack:
        running = []
        for make in makers:
            side = make()
            stack.callback(side.stop)
            running.append(side)
        yield running


def closed(in_flight, connections, **more):
    return {"mode": "closed", "inFlight": in_flight, "connections": connections, **more}


def codec(session):
    codec_peer = f"{session.repository}/benchmarks/peers/codec/.build/release/codec-peer"
    machine.run([codec_peer, "--write-samples", session.folder], session.folder)
    for number in range(session.rounds):
        machine.progress(f"round {number + 1} of {session.rounds}: codec")
        for (side, message), figures in sides.codec_figures(session.repository, session.folder, 3, 30).items():
            session.document.add("codec", side, {"message": message}, number, figures)
    compare = session.document.compare
    for message in ("payment", "list"):
        shape = {"message": message}
        name = "" if message == "payment" else " a list of 100"
        compare(f"Decode{name}", "codec", "remit", "swift-protobuf", shape, "decode", **DECODE)
        compare(f"Decode{name} as a view", "codec", "view", "swift-protobuf", shape, "decode", **DECODE_VIEW)
        compare(f"Encode{name}", "codec", "remit", "swift-protobuf", shape, "encode", **ENCODE)
        compare(f"Encode{name} from stored bytes", "codec", "view", "swift-protobuf", shape, "encode", **ENCODE_STORED)
        for peer in ("cpp", "cpp-again", "python"):
            compare(f"Decode{name}", "codec", "remit", peer, shape, "decode")
            compare(f"Encode{name}", "codec", "remit", peer, shape, "encode")


def echo(session):
    shape = closed(128, 8)
    repository, folder = session.repository, session.folder
    with started(
        lambda: sides.Remit(repository, folder), lambda: sides.Floor(repository, folder),
        lambda: sides.GRPC(repository, folder, "grpc-echo"),
    ) as running:
        session.in_turns("echo", session.measures("echo", running, shape))
    compare = session.document.compare
    name = "Unary echo, 8 connections × 16"
    compare(name, "echo", "remit", "grpc-echo", shape, "requestsPerSecond", **ECHO)
    compare(name, "echo", "remit", "grpc-echo", shape, "serverCPU")
    compare(name, "echo", "remit", "floor", shape, "serverCPU", **ECHO_TO_FLOOR)
    compare(name, "echo", "remit", "floor", shape, "requestsPerSecond")


def get(session):
    shape = closed(64, 4)
    repository, folder = session.repository, session.folder
    with started(
        lambda: sides.Remit(repository, folder), lambda: sides.GRPC(repository, folder),
        lambda: sides.GRPC(repository, folder, "grpc-pragmas"),
    ) as running:
        session.in_turns("get", session.measures("get", running, shape))
    for peer in ("grpc", "grpc-pragmas"):
        session.document.compare("Get", "get", "remit", peer, shape, "requestsPerSecond", **GET)
        session.document.compare("Get", "get", "remit", peer, shape, "serverCPU")


def create(session):
    beside_grpc(session, closed(64, 4), "Create, durable, 1 tenant", CREATE)


def tenants(session):
    shape = closed(64, 4, tenants=100, spread="uniform")
    beside_grpc(session, shape, "Create, durable, 100 tenants", CREATE_TENANTS)


def beside_grpc(session, shape, name, demands):
    """Create beside grpc-swift with GRDB: a transaction for each request, which is what is demanded, and for several."""
    repository, folder = session.repository, session.folder
    count = shape.get("tenants", 1)
    peers = ["grpc", "grpc-pragmas", "grpc-group"]
    with started(
        lambda: sides.Remit(repository, folder, name=f"remit-{count}"),
        *(lambda peer=peer: sides.GRPC(repository, folder, peer, count) for peer in peers),
    ) as running:
        session.in_turns("create", session.measures("create", running, shape))
    for peer in peers:
        bounds = demands if peer != "grpc-group" else {}
        session.document.compare(name, "create", "remit", peer, shape, "requestsPerSecond", **bounds)
        session.document.compare(name, "create", "remit", peer, shape, "serverCPU")


def postgres(session):
    repository, folder = session.repository, session.folder
    widths = [int(text) for text in os.environ.get("CLIENTS", "1 8 64").split()]
    database = sides.Postgres(repository, folder)
    # Each of PostgreSQL's ways beside the Remit that has as many cores, and whose load has.
    kinds = {
        "postgres": "remit", "postgres-pipelined": "remit",
        "postgres-unpinned": "remit-unpinned", "postgres-pipelined-unpinned": "remit-unpinned",
    }
    with contextlib.ExitStack() as stack:
        stack.callback(database.stop)
        running = []
        for everywhere in (False, True):
            name = "remit-everywhere" if everywhere else "remit-beside-postgres"
            running.append(sides.Remit(repository, folder, name=name, everywhere=everywhere))
            stack.callback(running[-1].stop)
        for width in widths:
            shape = closed(width, min(width, 4))
            measures = session.measures("create", running, shape)
            measures += [
                (kind, shape,
                 lambda shape, kind=kind: database.measure("create", shape, session.seconds, kind))
                for kind in kinds
            ]
            session.in_turns("create", measures)
            for kind, remit in kinds.items():
                session.document.compare(
                    f"Create, durable, {width} in flight", "create", remit, kind, shape, "requestsPerSecond",
                    **(CREATE_POSTGRES if width == 8 else {}))
                session.document.compare(
                    f"Create, durable, {width} in flight", "create", remit, kind, shape, "serverCPU")


def scale_tenants(session):
    """Few tenants and many, on a server each; spread as in life (Zipf), and evenly, which no cache helps."""
    few, many = 10, session.count("MANY_TENANTS", 10_000)
    shapes = [
        closed(64, 4, tenants=count, payments=2 * many, spread=spread)
        for count in (few, many) for spread in ("zipf:1.0", "uniform")
    ]
    beside_itself(session, "tenants", shapes)
    for scenario in ("get", "create"):
        for small, large in zip(shapes[:2], shapes[2:]):
            # What must be holds for the spread of life, and for the number that was promised.
            bounds = SCALE if small["spread"] != "uniform" and many >= 10_000 else {}
            name = f"Cost of a {scenario}, {many:,} tenants ({small['spread']}) to {few}"
            compare_costs(session, name, scenario, large, small, bounds)


def scale_payments(session):
    """Few payments and many in a tenant, on a server each."""
    few, many = 1_000, session.count("MANY_PAYMENTS", 1_000_000)
    small, large = (closed(64, 4, payments=count) for count in (few, many))
    beside_itself(session, "payments", [small, large])
    for scenario in ("get", "create"):
        name = f"Cost of a {scenario}, {many:,} payments to {few:,}"
        compare_costs(session, name, scenario, large, small, SCALE if many >= 1_000_000 else {})


def beside_itself(session, name, shapes):
    """Gets and then creates under each shape, in turns: a server for each size of what `name` counts.

    What is compared is the steady state: after a server's start every tenant is called once before anything is measured,
    on both sides, and what those first calls cost stands by itself (`visit`).

    Creates would soon make a small server's data large: each measurement begins with a small server anew. The large
    one's stays, and may be kept for other runs.
    """
    sizes = sorted({shape[name] for shape in shapes})
    machine.progress(f"making {sizes[-1]:,} {name}")
    first_calls = Visits(session)

    def start(size, data):
        return sides.Remit(session.repository, session.folder, name=f"remit-{name}-{size}", data=data)

    @contextlib.contextmanager
    def server(size, data=None):
        """One with its data, started anew after they were made, with all tenants called."""
        shape = next(shape for shape in shapes if shape[name] == size)
        data = data or tempfile.mkdtemp(prefix=f"{name}-{size}-", dir=session.folder)
        if not os.path.exists(sides.Remit.stock_in(data, shape)):
            with started(lambda: start(size, data)) as making:
                making[0].prepare("get", shape)
        elif not session.is_preparing:
            machine.read_through(data)
        with started(lambda: start(size, data)) as running:
            if not session.is_preparing:
                first_calls.make("get", running[0], shape)
            yield running[0]

    def create_anew(shape):
        with server(shape[name]) as small:
            first_calls.make("create", small, shape)
            return small.measure("create", shape, session.seconds)

    kept = os.path.join(session.kept, f"{name}-{sizes[-1]}") if session.kept else None
    with server(sizes[-1], kept) as large:
        if session.is_preparing:
            return
        with server(sizes[0]) as small:
            running = {sizes[0]: small, sizes[-1]: large}
            session.in_turns("get", [
                ("remit", shape, lambda shape: running[shape[name]].measure("get", shape, session.seconds))
                for shape in shapes
            ])
        first_calls.make("create", large, next(shape for shape in shapes if shape[name] == sizes[-1]))
        session.in_turns("create", [
            ("remit", shape, create_anew if shape[name] == sizes[0] else
             lambda shape: large.measure("create", shape, session.seconds))
            for shape in shapes
        ])


class Visits:
    """First calls of all tenants of a server; those of some thousand are a figure of their own."""

    # Below it, the clock of CPU times (a hundredth of a second) is too coarse.
    TENANTS_MIN = 100

    def __init__(self, session):
        self.session = session

    def make(self, calls, side, shape):
        tenants = shape.get("tenants", 1)
        if tenants == 1:
            return
        shape = {key: value for key, value in shape.items() if key != "spread"} | {"calls": calls}
        machine.progress(f"calling {tenants:,} tenants for the first time")
        figures = side.measure("visit", shape, self.session.seconds)
        if tenants >= self.TENANTS_MIN:
            document = self.session.document
            document.add("visit", side.name, shape, document.next_round, figures)


def compare_costs(session, name, scenario, of, to, bounds):
    """How many times the cost `of` has: the server's CPU time is what bounds hold for; the others are told."""
    for figure in ("serverCPU", "machineCPU", "requestsPerSecond"):
        session.document.compare(
            name, scenario, "remit", "remit", of, figure, to_shape=to, better="lower",
            **(bounds if figure == "serverCPU" else {}))


PARTS = {
    "codec": codec, "echo": echo, "get": get, "create": create, "postgres": postgres, "tenants": tenants,
    "scale-tenants": scale_tenants, "scale-payments": scale_payments,
}
