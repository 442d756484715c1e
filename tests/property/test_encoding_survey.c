// SPDX-License-Identifier: GPL-3.0-or-later
/* What a walk over the bytes of a file sees does not depend on how they were cut into blocks: byte by byte nothing is
 * looked at eight at a time. */
#include <string.h>

#include "import/encoding.h"
#include "support/test.h"

enum { ROUNDS = 400, LENGTH = 300 };

static uint64_t next(uint64_t *seed)
{
    *seed += 0x9E3779B97F4A7C15u;
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Mostly ASCII, with letters of UTF-8 and of Latin-1, ends of lines, and now and then a zero byte. */
static size_t make_text(uint64_t *seed, unsigned char *out)
{
    static const char *const PIECES[] = {
        "\xC3\xA5", "\xE4", "\n", "\r\n", "\xE2\x80\x93", "\x93", "\x81", "\xF0\x90\x8D\x88", "\xC3", "\xFF"};
    size_t length = 0, rare = 2 + next(seed) % 40;
    while (length < LENGTH) {
        uint64_t draw = next(seed);
        if (draw % rare == 0) {
            const char *piece = PIECES[draw / rare % (sizeof PIECES / sizeof *PIECES)];
            memcpy(out + length, piece, strlen(piece));
            length += strlen(piece);
        } else if (draw % 997 == 1) {
            out[length++] = 0;
        } else {
            out[length++] = (unsigned char)(' ' + draw / 1000 % 95);
        }
    }
    return length;
}

static void cuts_do_not_matter(void **state)
{
    (void)state;
    uint64_t seed = 1252;
    size_t zeros = 0, broken = 0, sequences = 0;
    for (int round = 0; round < ROUNDS; round++) {
        unsigned char text[LENGTH + 8];
        size_t n = make_text(&seed, text);
        struct uf_encoding_survey slow, fast;
        memset(&slow, 0, sizeof slow);
        memset(&fast, 0, sizeof fast);
        for (size_t i = 0; i < n; i++) uf_encoding_survey_feed(&slow, text + i, 1);
        for (size_t i = 0, part; i < n; i += part) {
            part = round % 2 ? 1 + next(&seed) % 60 : n;
            if (part > n - i) part = n - i;
            uf_encoding_survey_feed(&fast, text + i, part);
            if (round % 3 == 0) uf_encoding_survey_feed(&fast, text, 0);
        }
        uf_encoding_survey_end(&slow);
        uf_encoding_survey_end(&fast);
        assert_memory_equal(&slow, &fast, sizeof slow);
        zeros += slow.zeros, broken += slow.broken, sequences += slow.sequences;
    }
    assert_true(zeros > 0 && broken > ROUNDS && sequences > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_do_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
