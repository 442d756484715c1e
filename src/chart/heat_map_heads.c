// SPDX-License-Identifier: GPL-3.0-or-later
/* The headings of a heat map's columns. */
#include "base/fail.h"
#include "chart/heat_map.h"
#include "chart/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 11, HEAD_LINE = 13 };

/* True where each heading takes at most `fitting` lines of that length. */
static bool all_fit(const struct heat_map *map, double length, size_t fitting)
{
    bool fit = true;
    for (size_t j = 0; j < map->columns.count && fit; j++) {
        struct uf_text_list lines;
        uf_text_list_init(&lines);
        fit = uf_measure_wrap(map->columns.items[j], HEAD_SIZE, false, length, &lines, NULL) == UF_OK &&
              lines.count <= fitting;
        uf_text_list_clear(&lines);
    }
    return fit;
}

/* Turned headings are as long as their longest word, and as long as it takes to stand on `fitting` lines, within reason:
 * words are not broken, nor cut, for a few points. */
static double longest_head(const struct heat_map *map, size_t fitting)
{
    const double most = 1.6 * HEAT_HEAD_LONGEST;
    double longest = HEAT_HEAD_LONGEST;
    for (size_t j = 0; j < map->columns.count; j++)
        for (const char *at = map->columns.items[j]; *at;) {
            char word[128];
            size_t length = strcspn(at, " -/"), kept = length < sizeof word ? length : sizeof word - 1;
            memcpy(word, at, kept);
            word[kept] = '\0';
            longest = fmax(longest, uf_measure_text(word, HEAD_SIZE, false) + 1);
            at += length + (at[length] != '\0');
        }
    while (longest < most && !all_fit(map, longest, fitting)) longest += HEAD_LINE;
    return fmin(longest, most);
}

uf_status heat_place_heads(struct uf_drawing *drawing, const struct heat_map *map, struct heat_grid *grid,
                           bool upright, bool write, struct uf_error *error)
{
    const size_t fitting = upright ? 3 : (size_t)fmin(3, fmax(1, floor((grid->cell_width - 1) / HEAD_LINE)));
    double most = upright ? grid->cell_width - 4 : longest_head(map, fitting), tallest = 0;
    struct uf_text_list words;
    uf_text_list_init(&words);
    size_t m = map->columns.count;
    double *places = calloc(6 * m + 1, sizeof *places), *ys = places + 3 * m;
    uf_status status = places ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; status == UF_OK && j < m; j++) {
        const char *text = map->columns.items[map->column_order[j]];
        struct uf_text_list lines;
        uf_text_list_init(&lines);
        status = uf_measure_wrap(text, HEAD_SIZE, false, most, &lines, error);
        size_t count = lines.count < fitting ? lines.count : fitting;
        if (count > 3) count = 3;
        double middle = grid->left + ((double)j + 0.5) * grid->cell_width;
        for (size_t k = 0; status == UF_OK && k < count; k++) {
            struct uf_buffer line;
            uf_buffer_init(&line);
            uf_buffer_append(&line, lines.items[k]);
            if (k + 1 == count && lines.count > count) uf_buffer_append(&line, "\u2026");
            tallest = fmax(tallest, upright ? HEAD_LINE * (double)count
                                            : uf_measure_text(line.data ? line.data : "", HEAD_SIZE, false));
            double shift = HEAD_LINE * ((double)k - ((double)count - 1) / 2);
            places[words.count] = upright ? middle : middle + shift;
            ys[words.count] =
                upright ? grid->top - 6 - HEAD_LINE * ((double)(count - k) - 0.5) : grid->top - 6;
            status = line.failed ? uf_fail_memory(error)
                                 : uf_text_list_add(&words, line.data ? line.data : "", error);
            uf_buffer_clear(&line);
        }
        uf_text_list_clear(&lines);
    }
    grid->head_height = tallest + 8;
    if (status == UF_OK && write) {
        uf_drawing_numbers(drawing, "head_x", places, words.count);
        uf_drawing_numbers(drawing, "head_y", ys, words.count);
        uf_drawing_strings(drawing, "head", (const char *const *)words.items, words.count);
        uf_drawing_number(drawing, "head_turned", !upright);
    }
    free(places);
    uf_text_list_clear(&words);
    return status;
}

bool heat_heads_fit_upright(const struct heat_map *map, double cell_width)
{
    for (size_t j = 0; j < map->columns.count; j++) {
        struct uf_text_list lines;
        uf_text_list_init(&lines);
        bool fits =
            uf_measure_wrap(map->columns.items[j], HEAD_SIZE, false, cell_width - 4, &lines, NULL) == UF_OK &&
            lines.count <= 3;
        /* a word broken in the middle does not fit */
        for (size_t k = 0; fits && k + 1 < lines.count; k++) {
            const char *line = lines.items[k], *found = strstr(map->columns.items[j], line);
            const char *next = found ? found + strlen(line) : "";
            char last = *line ? line[strlen(line) - 1] : ' ';
            fits = found != NULL; /* a hyphen that the text lacks was put where it breaks */
            fits = fits && (*next == ' ' || *next == '\0' || last == '-' || last == '/');
        }
        uf_text_list_clear(&lines);
        if (!fits) return false;
    }
    return true;
}
