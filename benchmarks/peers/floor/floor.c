// An echo server as small as C, epoll and OpenSSL allow: what the way through TLS costs before anything is done with it.
//
// It speaks proto/PROTOCOL.md just enough for unary calls whose message is one frame, and answers every REQUEST with an
// END that carries the same message. It knows no identity, method, deadline or limit on calls. One thread; one read
// tick of a connection is answered by one write.
//
//   floor CHAIN.pem KEY.pem [PORT]     prints the port that it listens on at 127.0.0.1

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEADER_SIZE = 12,
    // The protocol's limits on one frame.
    META_SIZE_MAX = 16384,
    BODY_SIZE_MAX = 16384,
    // Room for 256 slots' calls of 214 bytes in one tick; at least one whole frame fits.
    INPUT_SIZE = 1 << 17,
    // A tick's answers are never longer than its requests, but for a PING's, which is as long.
    OUTPUT_SIZE = INPUT_SIZE + 64,
    EVENTS_MAX = 256,
};

enum { HELLO = 1, REQUEST = 2, END = 5, CANCEL = 6, WINDOW = 7, PING = 8, PONG = 9, GOAWAY = 10 };
enum { MSG = 1, MSG_EOS = 5 };

static const char magic[8] = "REMIT/1\n";
static const unsigned char protocol[] = {7, 'r', 'e', 'm', 'i', 't', '/', '1'};

typedef struct {
    SSL *ssl;
    int fd;
    bool magic_came;
    bool hello_came;
    bool waits_for_output;
    // Bytes not looked at yet: the head of a frame.
    size_t input_count;
    // Bytes not written yet.
    size_t output_head;
    size_t output_count;
    unsigned char input[INPUT_SIZE];
    unsigned char output[OUTPUT_SIZE];
} Connection;

static int poller;

static void fail(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    ERR_print_errors_fp(stderr);
    exit(1);
}

static uint32_t read_u32(const unsigned char *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void write_u32(unsigned char *at, uint32_t value) {
    for (int index = 0; index < 4; index++) at[index] = value >> (8 * index);
}

// Appends a frame without meta.
static void write_frame(Connection *c, uint8_t type, uint8_t flags, uint32_t slot, const void *body, uint32_t size) {
    unsigned char *at = c->output + c->output_head + c->output_count;
    write_u32(at, size);
    at[4] = type;
    at[5] = flags;
    at[6] = at[7] = 0;
    write_u32(at + 8, slot);
    if (size > 0) memcpy(at + HEADER_SIZE, body, size);
    c->output_count += HEADER_SIZE + size;
}

// Answers one frame; false if it ends the connection.
static bool answer(Connection *c, const unsigned char *frame, uint32_t length, uint32_t meta_size) {
    const uint8_t type = frame[4], flags = frame[5];
    const uint32_t slot = read_u32(frame + 8), body_size = length - meta_size;
    const unsigned char *body = frame + HEADER_SIZE + meta_size;
    if (!c->hello_came) {
        if (type != HELLO) return false;
        c->hello_came = true;
        // An empty Hello leaves every limit at its default; the client's is never shorter than its header.
        write_frame(c, HELLO, 0, 0, NULL, 0);
        return true;
    }
    switch (type) {
    case REQUEST:
        if (flags != MSG_EOS || meta_size == 0) return false;
        // An EchoRequest and an EchoResponse are the same bytes.
        write_frame(c, END, MSG, slot, body, body_size);
        return true;
    case PING:
        if (body_size != 8) return false;
        write_frame(c, PONG, 0, 0, body, body_size);
        return true;
    case PONG: case CANCEL: case WINDOW:
        return true;
    default:
        return type >= 0x80;
    }
}

// Answers all whole frames of the input; false if one ends the connection.
static bool answer_input(Connection *c) {
    size_t at = 0;
    if (!c->magic_came) {
        if (c->input_count < sizeof magic) return true;
        if (memcmp(c->input, magic, sizeof magic) != 0) return false;
        c->magic_came = true;
        at = sizeof magic;
    }
    while (c->input_count - at >= HEADER_SIZE) {
        const unsigned char *frame = c->input + at;
        const uint32_t length = read_u32(frame), meta_size = frame[6] | frame[7] << 8;
        if (meta_size > META_SIZE_MAX || length < meta_size || length - meta_size > BODY_SIZE_MAX) return false;
        if (c->input_count - at < HEADER_SIZE + length) break;
        if (!answer(c, frame, length, meta_size)) return false;
        at += HEADER_SIZE + length;
    }
    c->input_count -= at;
    memmove(c->input, c->input + at, c->input_count);
    return true;
}

static void watch(Connection *c, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(poller, operation, c->fd, &event) != 0) fail("epoll_ctl");
}

// Writes what is there; false if the connection is at its end.
static bool flush(Connection *c) {
    while (c->output_count > 0) {
        ERR_clear_error();
        const int written = SSL_write(c->ssl, c->output + c->output_head, c->output_count);
        if (written <= 0) {
            const int error = SSL_get_error(c->ssl, written);
            if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) return false;
            if (!c->waits_for_output) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            c->waits_for_output = true;
            return true;
        }
        c->output_head += written;
        c->output_count -= written;
    }
    c->output_head = 0;
    if (c->waits_for_output) watch(c, EPOLL_CTL_MOD, EPOLLIN);
    c->waits_for_output = false;
    return true;
}

// One tick: reads what has come, answers it, and writes once; false if the connection is at its end.
static bool serve(Connection *c) {
    if (!flush(c)) return false;
    while (!c->waits_for_output) {
        bool drained = false;
        while (!drained && c->input_count < INPUT_SIZE) {
            ERR_clear_error();
            const int count = SSL_read(c->ssl, c->input + c->input_count, INPUT_SIZE - c->input_count);
            if (count > 0) {
                c->input_count += count;
                continue;
            }
            const int error = SSL_get_error(c->ssl, count);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
            drained = true;
        }
        if (!answer_input(c) || !flush(c)) return false;
        if (drained) break;
    }
    return true;
}

static void discard(Connection *c) {
    close(c->fd);
    SSL_free(c->ssl);
    free(c);
}

static void accept_all(int listener, SSL_CTX *context) {
    while (true) {
        const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return;
            fail("accept4");
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Connection *c = calloc(1, sizeof *c);
        if (c == NULL) fail("calloc");
        c->fd = fd;
        c->ssl = SSL_new(context);
        if (c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1) fail("SSL_new");
        SSL_set_accept_state(c->ssl);
        watch(c, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *size, const unsigned char *in,
                           unsigned int in_size, void *unused) {
    (void)ssl, (void)unused;
    const int found = SSL_select_next_proto((unsigned char **)out, size, protocol, sizeof protocol, in, in_size);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *make_context(const char *chain, const char *key) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) fail("SSL_CTX_new");
    if (SSL_CTX_use_certificate_chain_file(context, chain) != 1) fail(chain);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) fail(key);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // One read(2) takes several records, not a header and then its record.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, 1 << 16);
    return context;
}

static int listen_at(uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) fail("socket");
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0) fail("bind");
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) fail("getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(int count, char **arguments) {
    if (count < 3 || count > 4) {
        fprintf(stderr, "usage: floor CHAIN.pem KEY.pem [PORT]\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    SSL_CTX *context = make_context(arguments[1], arguments[2]);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) fail("epoll_create1");
    const int listener = listen_at(count == 4 ? (uint16_t)atoi(arguments[3]) : 0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll_ctl");
    while (true) {
        struct epoll_event events[EVENTS_MAX];
        const int ready = epoll_wait(poller, events, EVENTS_MAX, -1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int index = 0; index < ready; index++) {
            Connection *c = events[index].data.ptr;
            if (c == NULL) {
                accept_all(listener, context);
            } else if (!serve(c)) {
                discard(c);
            }
        }
    }
}
