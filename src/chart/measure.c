// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/measure.h"

#include "base/fail.h"

#include <stdlib.h>
#include <string.h>

/* Advance widths of DejaVu Sans for the characters 32 to 126, in 1/1000 of the size. */
static const short widths[95] = {
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361,  318, 337, 637, 637, 637,
    637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 531, 1000, 685, 687, 699, 771, 632,
    576, 775, 752, 295, 295, 656, 558, 863, 749, 788, 604, 788, 695, 635,  611, 732, 685, 989, 686,
    611, 686, 391, 337, 391, 838, 500, 500, 613, 635, 550, 635, 616, 353,  635, 634, 278, 278, 580,
    278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592,  525, 637, 337, 637, 838};

/* Letters outside ASCII: capitals of Latin-1 are at most 788 wide, small ones 634; dashes and signs 838 and
 * 1000. */
static double width_of_other(const unsigned char *p)
{
    if (p[0] == 0xC2) return p[1] == 0xA0 ? 0.318 : 0.8;
    if (p[0] == 0xC3) return p[1] < 0xA0 ? 0.79 : 0.64;
    if (p[0] == 0xE2 && p[1] == 0x80) return p[2] == 0x93 || p[2] <= 0x90 || p[2] == 0xAF ? 0.5 : 1.0;
    if (p[0] == 0xE2 && p[1] == 0x88 && p[2] == 0x92) return 0.838;
    return p[0] < 0xE0 ? 0.85 : 1.0;
}

double uf_measure_text(const char *text, double size, bool bold)
{
    double width = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x80)
            width += *p >= 32 && *p < 127 ? widths[*p - 32] / 1000.0 : 0.318;
        else if (*p >= 0xC0)
            width += width_of_other(p);
    }
    return width * size * (bold ? 1.12 : 1.0);
}

/* The number of bytes of the character at `p`. */
static size_t character_bytes(const char *p)
{
    size_t n = 1;
    while (((unsigned char)p[n] & 0xC0) == 0x80) n++;
    return n;
}

char *uf_measure_fit(const char *text, double size, bool bold, double width)
{
    if (uf_measure_text(text, size, bold) <= width) return uf_text_copy(text);
    static const char ellipsis[] = "\u2026";
    double room = width - uf_measure_text(ellipsis, size, bold), used = 0;
    size_t length = 0;
    while (text[length]) {
        size_t n = character_bytes(text + length);
        char one[8] = {0};
        memcpy(one, text + length, n < sizeof one ? n : sizeof one - 1);
        used += uf_measure_text(one, size, bold);
        if (used > room) break;
        length += n;
    }
    while (length > 0 && text[length - 1] == ' ') length--;
    struct uf_buffer cut;
    uf_buffer_init(&cut);
    uf_buffer_append_bytes(&cut, text, length);
    uf_buffer_append(&cut, ellipsis);
    return uf_buffer_take(&cut);
}

/* An ASCII letter or a byte of a character beyond. */
static bool is_letter(const char *at)
{
    unsigned char byte = (unsigned char)*at, lower = byte | 0x20;
    return byte >= 0x80 || (lower >= 'a' && lower <= 'z');
}

uf_status uf_measure_wrap(const char *text, double size, bool bold, double width, struct uf_text_list *lines,
                          struct uf_error *error)
{
    const char *start = text;
    do {
        while (*start == ' ') start++;
        const char *end = start, *good = NULL;
        double used = 0;
        while (*end) {
            size_t n = character_bytes(end);
            char one[8] = {0};
            memcpy(one, end, n < sizeof one ? n : sizeof one - 1);
            used += uf_measure_text(one, size, bold);
            if (used > width && *end != ' ') break;
            if (*end == ' ') good = end;
            end += n;
            if ((end[-1] == '-' || end[-1] == '/') && *end && *end != ' ' && n == 1) good = end;
        }
        const char *stop = *end == '\0' ? end : good && good > start ? good : end;
        /* A word longer than the line is broken, with a hyphen for which there must be room. */
        const bool broken = *end && !(good && good > start);
        if (broken) {
            double room = width - uf_measure_text("-", size, bold);
            for (stop = start, used = 0; stop < end; stop += character_bytes(stop)) {
                char one[8] = {0};
                memcpy(one, stop, character_bytes(stop) < sizeof one ? character_bytes(stop) : sizeof one - 1);
                used += uf_measure_text(one, size, bold);
                if (used > room) break;
            }
        }
        if (stop == start && *stop) stop = start + character_bytes(start);
        size_t length = (size_t)(stop - start);
        while (length > 0 && start[length - 1] == ' ') length--;
        char *line = malloc(length + 2);
        if (!line) return uf_fail_memory(error);
        memcpy(line, start, length);
        strcpy(line + length, broken && is_letter(start + length - 1) && is_letter(stop) ? "-" : "");
        uf_status status = uf_text_list_add(lines, line, error);
        free(line);
        if (status != UF_OK) return status;
        start = stop;
        while (*start == ' ') start++;
    } while (*start);
    return UF_OK;
}
