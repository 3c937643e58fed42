// The codec of protobuf's C++ library, on the bytes that codec-peer wrote.
//
//   codec FOLDER ROUNDS MILLISECONDS
//
// Reads FOLDER/payment.bin and FOLDER/list.bin, and prints nanoseconds of CPU time per call as JSON: for each kind of
// work one figure a round, which took about MILLISECONDS. Every field is read after decoding.
//
// Twice: with a message of its own for each call, as the other sides have it; and with one that is used again, whose
// strings and elements keep their memory, which is how C++ gets its best figures.

#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "remit/v1/payment.pb.h"

using remit::v1::FindPaymentsResponse;
using remit::v1::Payment;

static double now() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static volatile size_t kept;

// Nanoseconds of one call.
static double measure(long calls, const std::function<size_t()> &work) {
    size_t sum = 0;
    const double start = now();
    for (long index = 0; index < calls; index++) sum += work();
    const double end = now();
    kept = sum;
    return (end - start) / calls;
}

// How often the work runs in a sample; warms it up as well.
static long calls_of(const std::function<size_t()> &work, double nanoseconds) {
    long calls = 1;
    while (true) {
        const double time = measure(calls, work) * calls;
        if (time >= nanoseconds / 4) return std::max(1L, long(calls * nanoseconds / time));
        calls *= 4;
    }
}

// Reads every field; the sum keeps the compiler from leaving one out.
__attribute__((noinline)) static size_t checksum(const Payment &p) {
    size_t sum = p.livemode() ? 1 : 0;
    sum += p.id().size() + p.created_by().size() + p.currency().size() + p.payment_method().size();
    sum += p.customer_id().size() + p.invoice_id().size() + p.subscription_id().size() + p.order_id().size();
    sum += p.external_id().size() + p.stripe_payment_id().size() + p.stripe_charge_id().size();
    sum += p.dispute_reason().size() + p.hold().size() + p.account().size() + p.description().size();
    if (p.has_failure()) {
        const auto &failure = p.failure();
        sum += failure.code().size() + failure.decline_code().size() + failure.message().size();
    }
    sum += p.version() + p.created_at_ms() + p.updated_at_ms() + p.deleted_at_ms() + p.amount();
    sum += p.amount_capturable() + p.amount_captured() + p.amount_refunded() + p.amount_disputed();
    sum += p.status() + p.stage() + p.capture_method() + p.dispute_status() + p.type() + p.attempt();
    for (const auto &[key, value] : p.metadata()) sum += key.size() + value.size();
    return sum;
}

static size_t checksum(const FindPaymentsResponse &list) {
    size_t sum = 0;
    for (const auto &payment : list.payments()) sum += checksum(payment);
    return sum;
}

static std::string read(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file || bytes.empty()) {
        fprintf(stderr, "codec: %s can't be read\n", path.c_str());
        exit(1);
    }
    return bytes;
}

static int rounds;
static double sample;
static bool is_first = true;

static void report(const char *name, const std::function<size_t()> &work) {
    const long calls = calls_of(work, sample);
    printf("%s\n  \"%s\": [", is_first ? "" : ",", name);
    for (int round = 0; round < rounds; round++) printf("%s%.2f", round ? ", " : "", measure(calls, work));
    printf("]");
    is_first = false;
}

template <typename Message> static void report_all(const std::string &name, const std::string &bytes) {
    Message message, reused;
    std::string output;
    if (!message.ParseFromString(bytes) || message.ByteSizeLong() != bytes.size()) {
        fprintf(stderr, "codec: the bytes of %s hold no such message\n", name.c_str());
        exit(1);
    }
    report(("encode " + name).c_str(), [&] { return message.SerializeAsString().size(); });
    report(("decode " + name).c_str(), [&] {
        Message one;
        if (!one.ParseFromString(bytes)) abort();
        return checksum(one);
    });
    report(("encode " + name + " again").c_str(), [&] {
        message.SerializeToString(&output);
        return output.size();
    });
    report(("decode " + name + " again").c_str(), [&] {
        if (!reused.ParseFromString(bytes)) abort();
        return checksum(reused);
    });
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: codec FOLDER ROUNDS MILLISECONDS\n");
        return 64;
    }
    const std::string folder = arguments[1];
    rounds = atoi(arguments[2]);
    sample = atof(arguments[3]) * 1e6;
    printf("{");
    report_all<Payment>("payment", read(folder + "/payment.bin"));
    report_all<FindPaymentsResponse>("list", read(folder + "/list.bin"));
    printf("\n}\n");
    return 0;
}
