// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/encoding.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"

static const char *const NAMES[] = {[UF_ENCODING_UTF_8] = "utf-8",
                                    [UF_ENCODING_ISO_8859_1] = "iso-8859-1",
                                    [UF_ENCODING_WINDOWS_1252] = "windows-1252",
                                    [UF_ENCODING_ISO_8859_15] = "iso-8859-15"};

const char *uf_encoding_name(enum uf_encoding encoding)
{
    return NAMES[encoding];
}

bool uf_encoding_parse(const char *name, enum uf_encoding *out)
{
    static const struct {
        const char *name;
        enum uf_encoding encoding;
    } SPELLINGS[] = {{"utf-8", UF_ENCODING_UTF_8},
                     {"utf8", UF_ENCODING_UTF_8},
                     {"iso-8859-1", UF_ENCODING_ISO_8859_1},
                     {"latin-1", UF_ENCODING_ISO_8859_1},
                     {"latin1", UF_ENCODING_ISO_8859_1},
                     {"windows-1252", UF_ENCODING_WINDOWS_1252},
                     {"iso-8859-15", UF_ENCODING_ISO_8859_15},
                     {"latin-9", UF_ENCODING_ISO_8859_15},
                     {"cp1252", UF_ENCODING_WINDOWS_1252},
                     {"ansi", UF_ENCODING_WINDOWS_1252}};
    for (size_t i = 0; i < sizeof SPELLINGS / sizeof *SPELLINGS; i++)
        if (!strcasecmp(name, SPELLINGS[i].name)) {
            *out = SPELLINGS[i].encoding;
            return true;
        }
    return false;
}

/* Windows-1252 at 0x80 to 0x9F; 0: not defined there. */
static const unsigned short C1[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static void count_broken(struct uf_encoding_survey *survey, unsigned char byte)
{
    if (survey->broken++ == 0) {
        survey->broken_line = survey->line;
        survey->broken_column = survey->column;
        survey->broken_byte = byte;
    }
    if (byte < 0xA0) {
        survey->c1++;
        survey->undefined += C1[byte - 0x80] == 0;
    }
}

static bool sequence_is_valid(const unsigned char *s, size_t n)
{
    if (n == 3) return !(s[0] == 0xE0 && s[1] < 0xA0) && !(s[0] == 0xED && s[1] > 0x9F);
    if (n == 4) return !(s[0] == 0xF0 && s[1] < 0x90) && !(s[0] == 0xF4 && s[1] > 0x8F);
    return true;
}

static size_t sequence_length(unsigned char lead)
{
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

/* The bytes held back are no UTF-8: each is a character of a one-byte encoding. */
static void give_up_pending(struct uf_encoding_survey *survey)
{
    size_t n = survey->n_pending;
    survey->n_pending = 0;
    for (size_t i = 0; i < n; i++) {
        survey->column++;
        count_broken(survey, survey->pending[i]);
    }
}

static void feed_byte(struct uf_encoding_survey *survey, unsigned char byte)
{
    if (survey->n_pending > 0) {
        if ((byte & 0xC0) == 0x80) {
            survey->pending[survey->n_pending++] = byte;
            if (survey->n_pending < survey->expected) return;
            if (sequence_is_valid(survey->pending, survey->expected)) {
                survey->n_pending = 0;
                survey->sequences++;
                survey->column++;
            } else {
                give_up_pending(survey);
            }
            return;
        }
        give_up_pending(survey);
    }
    if (byte < 0x80) {
        survey->column++;
        if (byte == 0 && survey->zeros++ == 0) {
            survey->zero_line = survey->line;
            survey->zero_column = survey->column;
        }
        if (byte == '\n') survey->line++, survey->column = 0;
        return;
    }
    survey->expected = sequence_length(byte);
    if (survey->expected) {
        survey->pending[survey->n_pending++] = byte;
    } else {
        survey->column++;
        count_broken(survey, byte);
    }
}

/* At least so many bytes from here on are ASCII other than NUL: eight at a time are looked at. */
static size_t ascii_run(const unsigned char *bytes, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    size_t n = 0;
    for (; n + sizeof ones <= length; n += sizeof ones) {
        uint64_t word;
        memcpy(&word, bytes + n, sizeof word);
        /* a byte above 0x7F has its top bit set, and so has a 0 when 1 is taken from it */
        if (((word | (word - ones)) & tops) != 0) break;
    }
    return n;
}

static void feed_ascii(struct uf_encoding_survey *survey, const unsigned char *bytes, size_t length)
{
    size_t lines = 0, tail = 0;
    for (size_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    survey->line += lines;
    if (lines > 0) {
        while (bytes[length - 1 - tail] != '\n') tail++;
        survey->column = tail;
    } else {
        survey->column += length;
    }
}

void uf_encoding_survey_feed(struct uf_encoding_survey *survey, const unsigned char *bytes, size_t length)
{
    if (survey->bytes == 0) survey->line = 1;
    for (size_t i = 0; i < length && survey->bytes + i < sizeof survey->head; i++)
        survey->head[survey->bytes + i] = bytes[i];
    survey->bytes += length;
    for (size_t i = 0; i < length;) {
        size_t n = survey->n_pending == 0 ? ascii_run(bytes + i, length - i) : 0;
        feed_ascii(survey, bytes + i, n);
        i += n;
        /* where the run ended, or the last bytes of the block */
        for (size_t j = 0; j < sizeof(uint64_t) && i < length; j++) feed_byte(survey, bytes[i++]);
    }
}

void uf_encoding_survey_end(struct uf_encoding_survey *survey)
{
    give_up_pending(survey);
    const unsigned char *h = survey->head;
    survey->bom = survey->bytes >= 3 && h[0] == 0xEF && h[1] == 0xBB && h[2] == 0xBF;
    survey->utf_16 = survey->bytes >= 2 && ((h[0] == 0xFF && h[1] == 0xFE) || (h[0] == 0xFE && h[1] == 0xFF));
}

static uf_status decide_asked(const struct uf_encoding_survey *survey, const char *asked, const char *file,
                              enum uf_encoding *out, struct uf_error *error)
{
    enum uf_encoding encoding;
    if (!uf_encoding_parse(asked, &encoding))
        return uf_fail(error, UF_BAD_USAGE,
                       "unknown encoding '%s'; known are utf-8, iso-8859-1, iso-8859-15 and windows-1252",
                       asked);
    if (encoding == UF_ENCODING_UTF_8 && survey->broken > 0)
        return uf_fail_at(error, UF_BAD_INPUT, file, survey->broken_line, survey->broken_column,
                          "byte 0x%02X is not UTF-8; the file looks like %s, so name that encoding or none",
                          survey->broken_byte, survey->c1 ? "windows-1252" : "iso-8859-1");
    if (encoding != UF_ENCODING_UTF_8 && (survey->bom || (survey->sequences > 0 && survey->broken == 0)))
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                          "the file is UTF-8, not %s; name utf-8 or no encoding", NAMES[encoding]);
    *out = encoding;
    return UF_OK;
}

uf_status uf_encoding_decide(const struct uf_encoding_survey *survey, const char *asked, const char *file,
                             enum uf_encoding *out, struct uf_error *error)
{
    if (survey->utf_16)
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0, "the file is UTF-16; save it as UTF-8");
    if (survey->zeros > 0)
        return uf_fail_at(
            error, UF_BAD_INPUT, file, survey->zero_line, survey->zero_column,
            "a NUL byte (0x00) stands here, so this is not a text file; export the table as CSV "
            "or TSV again");
    if (asked) return decide_asked(survey, asked, file, out, error);
    if (survey->broken == 0) {
        *out = UF_ENCODING_UTF_8;
        return UF_OK;
    }
    /* Letters of Latin-1 hardly ever happen to form UTF-8, so a file with both is UTF-8 that was damaged or
     * mixed. */
    if (survey->bom || survey->sequences > survey->broken)
        return uf_fail_at(
            error, UF_BAD_INPUT, file, survey->broken_line, survey->broken_column,
            "byte 0x%02X is not UTF-8 though the rest of the file is; save the file as UTF-8 again",
            survey->broken_byte);
    if (survey->undefined > 0)
        return uf_fail_at(
            error, UF_BAD_INPUT, file, survey->broken_line, survey->broken_column,
            "byte 0x%02X: the file is neither UTF-8, ISO-8859-1 nor Windows-1252; save it as UTF-8",
            survey->broken_byte);
    *out = survey->c1 > 0 ? UF_ENCODING_WINDOWS_1252 : UF_ENCODING_ISO_8859_1;
    return UF_OK;
}

/* Where ISO-8859-15 differs from ISO-8859-1. */
static unsigned latin_9(unsigned byte)
{
    switch (byte) {
    case 0xA4:
        return 0x20AC;
    case 0xA6:
        return 0x0160;
    case 0xA8:
        return 0x0161;
    case 0xB4:
        return 0x017D;
    case 0xB8:
        return 0x017E;
    case 0xBC:
        return 0x0152;
    case 0xBD:
        return 0x0153;
    case 0xBE:
        return 0x0178;
    default:
        return byte;
    }
}

void uf_encoding_append(enum uf_encoding encoding, struct uf_buffer *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned character = (unsigned char)bytes[i];
        if (character < 0x80) {
            size_t n = 1;
            while (i + n < length && (unsigned char)bytes[i + n] < 0x80) n++;
            uf_buffer_append_bytes(out, bytes + i, n);
            i += n - 1;
            continue;
        }
        if (encoding == UF_ENCODING_ISO_8859_15) character = latin_9(character);
        if (character >= 0x80 && character <= 0x9F && C1[character - 0x80]) character = C1[character - 0x80];
        char utf8[3];
        size_t n = 0;
        if (character < 0x800) {
            utf8[n++] = (char)(0xC0 | character >> 6);
            utf8[n++] = (char)(0x80 | (character & 0x3F));
        } else {
            utf8[n++] = (char)(0xE0 | character >> 12);
            utf8[n++] = (char)(0x80 | (character >> 6 & 0x3F));
            utf8[n++] = (char)(0x80 | (character & 0x3F));
        }
        uf_buffer_append_bytes(out, utf8, n);
    }
}
