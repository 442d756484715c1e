// SPDX-License-Identifier: GPL-3.0-or-later
/* A map as data and in words. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/map.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { NAMED_IN_ALT = 3, NAMED_ABSENT = 4 };

char *map_absent_words(const struct uf_drawing *drawing, const struct map *map)
{
    struct uf_buffer names;
    uf_buffer_init(&names);
    size_t n = 0;
    for (size_t row = 0; row < uf_table_rows(map->table); row++) {
        char buffer[64];
        if (map->row_used[row]) continue;
        if (n++ >= NAMED_ABSENT) continue;
        if (n > 1) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, uf_column_label(map->table, row, map->label, buffer));
    }
    char *words = NULL;
    if (n > 0 && !names.failed) {
        const struct uf_argument arguments[2] = {uf_text_argument(names.data),
                                                 uf_count_argument(n > NAMED_ABSENT ? n - NAMED_ABSENT : 0)};
        if (uf_phrase(drawing->language,
                      n > NAMED_ABSENT ? (struct uf_words){"Not on the map: {0} and {1} more.",
                                                           "Inte på kartan: {0} och {1} till."}
                                       : (struct uf_words){"Not on the map: {0}.", "Inte på kartan: {0}."},
                      arguments, 2, &words, NULL) != UF_OK)
            words = NULL;
    }
    uf_buffer_clear(&names);
    return words;
}

void map_write_data(struct uf_drawing *drawing, const struct map *map)
{
    uf_buffer_append(&drawing->csv, "value,class,reason,focus,status,key,label\n");
    for (size_t i = 0; i < map->geometry.n_regions; i++) {
        const struct region *region = &map->regions[i];
        char text[UF_VALUE_STATUS_SIZE];
        uf_csv_number(drawing, region->value, ',');
        uf_csv_number(drawing, region->class, ',');
        uf_csv_number(drawing, region->reason, ',');
        uf_csv_number(drawing, region->focus, ',');
        uf_csv_text(
            drawing,
            region->row == SIZE_MAX
                ? "not in the table"
                : uf_value_status_print(uf_table_value_status(map->table, region->row, map->value), text),
            ',');
        uf_csv_text(drawing, uf_geometry_value(&map->geometry, i, map->attribute), ',');
        uf_csv_text(drawing, region->name, '\n');
    }
}

static uf_status say_region(struct uf_drawing *drawing, const struct map *map, struct uf_words words,
                            const struct region *region, struct uf_error *error)
{
    const struct uf_argument arguments[2] = {uf_text_argument(region->name),
                                             uf_number_argument(region->value, map->decimals)};
    return uf_drawing_say(drawing, words, arguments, 2, error);
}

uf_status map_say(struct uf_drawing *drawing, const struct map *map, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Map", "Karta"}, error));
    const struct region *highest = NULL, *lowest = NULL;
    size_t n = 0, n_regions = map->geometry.n_regions;
    for (size_t i = 0; i < n_regions; i++) {
        const struct region *region = &map->regions[i];
        if (!region->class) continue;
        n++;
        if (!highest || region->value > highest->value) highest = region;
        if (!lowest || region->value < lowest->value) lowest = region;
    }
    if (!highest) return uf_no_value(drawing->request, error);
    const struct uf_argument counts[2] = {uf_count_argument(n), uf_count_argument(n_regions)};
    UF_TRY(uf_drawing_say(
        drawing, (struct uf_words){"{0} of {1} regions have a value.", "{0} av {1} regioner har ett värde."},
        counts, 2, error));
    UF_TRY(
        say_region(drawing, map, (struct uf_words){"Highest: {0} {1}.", "Högst: {0} {1}."}, highest, error));
    UF_TRY(say_region(drawing, map, (struct uf_words){"Lowest: {0} {1}.", "Lägst: {0} {1}."}, lowest, error));
    for (size_t i = 0; i < n_regions; i++) {
        const struct region *region = &map->regions[i];
        if (region->class && region->focus && region != highest && region != lowest)
            UF_TRY(say_region(drawing, map, (struct uf_words){"Marked: {0} {1}.", "Markerad: {0} {1}."},
                              region, error));
    }
    for (size_t k = 0; k < map->reasons.count; k++) {
        struct uf_buffer names;
        uf_buffer_init(&names);
        size_t found = 0;
        for (size_t i = 0; i < n_regions; i++) {
            if (map->regions[i].reason != (int)k + 1) continue;
            if (found++ >= NAMED_IN_ALT) continue;
            if (found > 1) uf_buffer_append(&names, ", ");
            uf_buffer_append(&names, map->regions[i].name);
        }
        const struct uf_argument arguments[3] = {
            uf_text_argument(names.data), uf_text_argument(map->reasons.items[k]),
            uf_count_argument(found > NAMED_IN_ALT ? found - NAMED_IN_ALT : 0)};
        uf_status status = uf_drawing_say(
            drawing,
            found > NAMED_IN_ALT ? (struct uf_words){"{0} and {2} more: {1}.", "{0} och {2} till: {1}."}
                                 : (struct uf_words){"{0}: {1}.", "{0}: {1}."},
            arguments, 3, error);
        uf_buffer_clear(&names);
        UF_TRY(status);
    }
    char *absent = map_absent_words(drawing, map);
    const struct uf_argument argument = uf_text_argument(absent);
    uf_status status =
        absent ? uf_drawing_say(drawing, (struct uf_words){"{0}", "{0}"}, &argument, 1, error) : UF_OK;
    free(absent);
    return status;
}
