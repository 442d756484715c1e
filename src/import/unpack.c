// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/fail.h"

enum { PIECE = 1 << 16, FREE_BYTES = 1 << 24, MOST_PER_BYTE = 1000 };

struct unpacker {
    z_stream stream;
    const char *name;
    uf_unpack_sink *sink;
    void *user;
    size_t packed, unpacked;
    bool ended; /* at the end of a packed part */
    char out[PIECE];
};

bool uf_is_packed(const unsigned char *head, size_t length)
{
    return length >= 2 && head[0] == 0x1F && head[1] == 0x8B;
}

static uf_status fail_broken(const struct unpacker *u, const char *what, struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, u->name, 0, 0,
                      "the packed file (gzip) %s after %zu bytes; download it again", what, u->packed);
}

/* Unpacks what lies in `next_in`. */
static uf_status feed(struct unpacker *u, struct uf_error *error)
{
    while (u->stream.avail_in > 0) {
        if (u->ended) { /* another part, or zeros that fill up a block of a tape */
            if (*u->stream.next_in == 0) {
                u->stream.next_in++, u->stream.avail_in--, u->packed++;
                continue;
            }
            if (inflateReset(&u->stream) != Z_OK) return fail_broken(u, "is broken", error);
            u->ended = false;
        }
        size_t before = u->stream.avail_in;
        u->stream.next_out = (Bytef *)u->out;
        u->stream.avail_out = sizeof u->out;
        int code = inflate(&u->stream, Z_NO_FLUSH);
        u->packed += before - u->stream.avail_in;
        size_t n = sizeof u->out - u->stream.avail_out;
        u->unpacked += n;
        if (code == Z_MEM_ERROR) return uf_fail_memory(error);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return fail_broken(u, "is broken", error);
        if (u->unpacked > FREE_BYTES && u->unpacked / MOST_PER_BYTE > u->packed)
            return fail_broken(u, "unpacks to more than a thousand times its size", error);
        if (n > 0) UF_TRY(u->sink(u->user, u->out, n, error));
        u->ended = code == Z_STREAM_END;
    }
    return UF_OK;
}

static uf_status unpack(struct unpacker *u, FILE *file, const char *bytes, size_t length,
                        struct uf_error *error)
{
    char piece[PIECE];
    size_t n;
    for (;;) {
        if (file) {
            n = fread(piece, 1, sizeof piece, file);
            if (n == 0 && ferror(file))
                return uf_fail_at(error, UF_IO_FAILED, u->name, 0, 0, "cannot read the file: %s; try again",
                                  strerror(errno));
        } else {
            n = length < sizeof piece ? length : sizeof piece;
            memcpy(piece, bytes, n);
            bytes += n, length -= n;
        }
        if (n == 0) break;
        u->stream.next_in = (Bytef *)piece;
        u->stream.avail_in = (uInt)n;
        UF_TRY(feed(u, error));
    }
    return u->ended ? UF_OK : fail_broken(u, "ends too early,", error);
}

static uf_status unpack_all(FILE *file, const char *bytes, size_t length, const char *name,
                            uf_unpack_sink *sink, void *user, struct uf_error *error)
{
    enum { GZIP_ONLY = 16 };
    struct unpacker *u = calloc(1, sizeof *u);
    if (!u) return uf_fail_memory(error);
    u->name = name, u->sink = sink, u->user = user;
    uf_status status =
        inflateInit2(&u->stream, MAX_WBITS + GZIP_ONLY) == Z_OK ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        status = unpack(u, file, bytes, length, error);
        inflateEnd(&u->stream);
    }
    free(u);
    return status;
}

uf_status uf_unpack_file(FILE *packed, const char *name, uf_unpack_sink *sink, void *user,
                         struct uf_error *error)
{
    return unpack_all(packed, NULL, 0, name, sink, user, error);
}

uf_status uf_unpack_memory(const char *packed, size_t length, const char *name, uf_unpack_sink *sink,
                           void *user, struct uf_error *error)
{
    return unpack_all(NULL, packed, length, name, sink, user, error);
}
