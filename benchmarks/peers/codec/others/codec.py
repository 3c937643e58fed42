#!/usr/bin/env python3
"""The codec of PyPI's protobuf, on the bytes that codec-peer wrote.

    codec.py DESCRIPTORS FOLDER ROUNDS MILLISECONDS

DESCRIPTORS is what `protoc --descriptor_set_out --include_imports` wrote. Reads FOLDER/payment.bin and FOLDER/list.bin,
and prints nanoseconds of CPU time per call as JSON: for each kind of work one figure a round, which took about
MILLISECONDS. Every field is read after decoding.
"""

import json
import sys
import time

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal import api_implementation


def checksum(p):
    """Reads every field."""
    total = (
        len(p.id) + len(p.created_by) + len(p.currency) + len(p.payment_method) + len(p.customer_id)
        + len(p.invoice_id) + len(p.subscription_id) + len(p.order_id) + len(p.external_id)
        + len(p.stripe_payment_id) + len(p.stripe_charge_id) + len(p.dispute_reason) + len(p.hold) + len(p.account)
        + len(p.description) + p.version + p.created_at_ms + p.updated_at_ms + p.deleted_at_ms + p.amount
        + p.amount_capturable + p.amount_captured + p.amount_refunded + p.amount_disputed + p.status + p.stage
        + p.capture_method + p.dispute_status + p.type + p.attempt + p.livemode
    )
    if p.HasField("failure"):
        failure = p.failure
        total += len(failure.code) + len(failure.decline_code) + len(failure.message)
    for key, value in p.metadata.items():
        total += len(key) + len(value)
    return total


def measure(calls, work):
    """Nanoseconds of one call."""
    start = time.thread_time_ns()
    for _ in range(calls):
        work()
    return (time.thread_time_ns() - start) / calls


def calls_of(work, nanoseconds):
    """How often the work runs in a sample; warms it up as well."""
    calls = 1
    while True:
        spent = measure(calls, work) * calls
        if spent >= nanoseconds / 4:
            return max(1, int(calls * nanoseconds / spent))
        calls *= 4


def main():
    descriptors, folder, rounds, milliseconds = sys.argv[1:]
    if api_implementation.Type() == "python":
        sys.exit("codec.py: this protobuf is the one in pure Python; its figures say nothing")
    files = descriptor_pb2.FileDescriptorSet()
    with open(descriptors, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for one in files.file:
        pool.Add(one)

    def message(name):
        return message_factory.GetMessageClass(pool.FindMessageTypeByName("remit.v1." + name))

    figures = {}
    for name, kind, read in (
        ("payment", message("Payment"), checksum),
        ("list", message("FindPaymentsResponse"), lambda list_: sum(map(checksum, list_.payments))),
    ):
        with open(f"{folder}/{name}.bin", "rb") as file:
            data = file.read()
        value = kind.FromString(data)
        if len(value.SerializeToString()) != len(data):
            sys.exit(f"codec.py: the bytes of {name} hold no such message")
        for what, work in (
            ("encode", value.SerializeToString),
            ("decode", lambda: read(kind.FromString(data))),
        ):
            calls = calls_of(work, float(milliseconds) * 1e6)
            figures[f"{what} {name}"] = [round(measure(calls, work), 2) for _ in range(int(rounds))]
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
