"""The parts of a comparison: which sides, under which load, and what is demanded of their ratios."""

import contextlib
import os

from . import machine, sides

# What a ratio must reach, and what is aimed at.
ECHO = {"must": 40, "goal": 80}
ECHO_TO_FLOOR = {"goal": 1.5, "better": "lower"}
GET = {"must": 15, "goal": 30}
CREATE = {"must": 5, "goal": 12}
CREATE_POSTGRES = {"must": 1}
CREATE_TENANTS = {"must": 2, "goal": 6}
DECODE = {"must": 3.5, "goal": 15}
ENCODE = {"must": 3.5, "goal": 4.5}
ENCODE_LIST = {"must": 3.5, "goal": 20}
SCALE = {"must": 2, "goal": 1.2, "better": "lower"}


class Session:
    """What all parts share."""

    def __init__(self, repository, folder, document, rounds, seconds):
        self.repository = repository
        self.folder = folder
        self.document = document
        self.rounds = rounds
        self.seconds = seconds

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
    for message, encode in (("payment", ENCODE), ("list", ENCODE_LIST)):
        shape = {"message": message}
        name = "" if message == "payment" else " a list of 100"
        compare(f"Decode{name}", "codec", "remit", "swift-protobuf", shape, "decode", **DECODE)
        compare(f"Decode{name} as a view", "codec", "view", "swift-protobuf", shape, "decode", **DECODE)
        compare(f"Encode{name}", "codec", "remit", "swift-protobuf", shape, "encode", **encode)
        compare(f"Encode{name} from stored bytes", "codec", "view", "swift-protobuf", shape, "encode", **encode)
        for peer in ("cpp", "cpp-again", "python"):
            compare(f"Decode{name}", "codec", "remit", peer, shape, "decode")
            compare(f"Encode{name}", "codec", "remit", peer, shape, "encode")


def echo(session):
    shape = closed(128, 8)
    repository, folder = session.repository, session.folder
    with started(
        lambda: sides.Remit(repository, folder), lambda: sides.Floor(repository, folder),
        lambda: sides.GRPC(repository, folder),
    ) as running:
        session.in_turns("echo", session.measures("echo", running, shape))
    compare = session.document.compare
    name = "Unary echo, 8 connections × 16"
    compare(name, "echo", "remit", "grpc", shape, "requestsPerSecond", **ECHO)
    compare(name, "echo", "remit", "grpc", shape, "serverCPU")
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
    peers = list(sides.GRPC.SETTINGS)
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
    kinds = ["postgres", "postgres-pipelined", "postgres-unpinned", "postgres-pipelined-unpinned"]
    with contextlib.ExitStack() as stack:
        stack.callback(database.stop)
        remit = sides.Remit(repository, folder, name="remit-beside-postgres")
        stack.callback(remit.stop)
        for width in widths:
            shape = closed(width, min(width, 4))
            measures = session.measures("create", [remit], shape)
            measures += [
                (kind, shape,
                 lambda shape, kind=kind: database.measure("create", shape, session.seconds, kind))
                for kind in kinds
            ]
            session.in_turns("create", measures)
            for kind in kinds:
                session.document.compare(
                    f"Create, durable, {width} in flight", "create", "remit", kind, shape, "requestsPerSecond",
                    **(CREATE_POSTGRES if width == 8 else {}))
                session.document.compare(
                    f"Create, durable, {width} in flight", "create", "remit", kind, shape, "serverCPU")


def scale_tenants(session):
    """Few tenants and many, on a server each; spread as in life (Zipf), and evenly, which no cache helps."""
    few, many = 10, 10_000
    shapes = [
        closed(64, 4, tenants=count, payments=2 * many, spread=spread)
        for count in (few, many) for spread in ("zipf:1.0", "uniform")
    ]
    beside_itself(session, "tenants", shapes, lambda shape: shape["tenants"])
    for scenario in ("get", "create"):
        for small, large in zip(shapes[:2], shapes[2:]):
            bounds = SCALE if small["spread"] != "uniform" else {}
            name = f"Cost of a {scenario}, 10,000 tenants ({small['spread']}) to 10"
            compare_costs(session, name, scenario, large, small, bounds)


def scale_payments(session):
    """Few payments and many in a tenant, on a server each."""
    shapes = [closed(64, 4, payments=count) for count in (1_000, 1_000_000)]
    beside_itself(session, "payments", shapes, lambda shape: shape["payments"])
    for scenario in ("get", "create"):
        name = f"Cost of a {scenario}, 1,000,000 payments to 1,000"
        compare_costs(session, name, scenario, shapes[1], shapes[0], SCALE)


def beside_itself(session, name, shapes, size_of):
    """Gets and then creates under each shape, in turns; a server for each size."""
    with contextlib.ExitStack() as stack:
        servers = {}
        for shape in shapes:
            size = size_of(shape)
            if size not in servers:
                servers[size] = sides.Remit(session.repository, session.folder, name=f"remit-{name}-{size}")
                stack.callback(servers[size].stop)
                machine.progress(f"making {size} {name}")
                servers[size].prepare("get", shape)
        for scenario in ("get", "create"):
            session.in_turns(scenario, [
                ("remit", shape,
                 lambda shape, scenario=scenario: servers[size_of(shape)].measure(scenario, shape, session.seconds))
                for shape in shapes
            ])


def compare_costs(session, name, scenario, of, to, bounds):
    """How many times the cost `of` has, by the server's CPU time and by requests per second."""
    for figure in ("serverCPU", "requestsPerSecond"):
        session.document.compare(
            name, scenario, "remit", "remit", of, figure, to_shape=to, **{"better": "lower", **bounds})


PARTS = {
    "codec": codec, "echo": echo, "get": get, "create": create, "postgres": postgres, "tenants": tenants,
    "scale-tenants": scale_tenants, "scale-payments": scale_payments,
}
