// SPDX-License-Identifier: GPL-3.0-or-later
/* Study files with mistakes that nobody thought of: a good one, changed at random a few thousand times, is
 * read or refused with a sentence and a place, and each byte of each text has a place within the file. (The
 * sanitisers watch.) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "study/yaml_tree.h"
#include "support/test.h"

enum { MUTATIONS = 4000, LONGEST = 4000 };

static const char *const PIECES[] = {"\"",       "'",
                                     "\n",       "\r\n",
                                     "\t",       ": ",
                                     "- ",       "{",
                                     "}",        "[",
                                     "]",        "&a ",
                                     "*a",       "!!str ",
                                     "|\n",      "|2-\n",
                                     ">\n",      "#",
                                     "\\",       "\\x41",
                                     "\\u00e4",  "\xEF\xBB\xBF",
                                     "\xC3\xA4", "\xE4",
                                     "\xC2\x85", "\xE2\x80\xA8",
                                     "---\n",    "..."};
static uint64_t state_of_chance = 88172645463325252U;

static size_t chance(size_t below)
{
    state_of_chance ^= state_of_chance << 13;
    state_of_chance ^= state_of_chance >> 7;
    state_of_chance ^= state_of_chance << 17;
    return (size_t)(state_of_chance >> 11) % below;
}

static size_t mutate(char *text, size_t length)
{
    size_t at = chance(length + 1);
    const char *piece = PIECES[chance(sizeof PIECES / sizeof *PIECES)];
    size_t size = strlen(piece), cut = chance(20);
    switch (chance(3)) {
    case 0:
        if (length) text[chance(length)] = (char)chance(256);
        return length;
    case 1:
        memmove(text + at + size, text + at, length - at);
        memcpy(text + at, piece, size);
        return length + size;
    default:
        if (at + cut > length) return length;
        memmove(text + at, text + at + cut, length - at - cut);
        return length - cut;
    }
}

static void check_places(const struct yaml_node *node, size_t lines)
{
    for (size_t i = 0; i < node->count; i++) check_places(&node->items[i], lines);
    if (node->kind != YAML_TREE_SCALAR || !node->places) return;
    const size_t length = strlen(node->text);
    for (size_t i = 0; i <= length; i++) {
        const struct uf_text_place *place = &node->places[i], *before = i ? place - 1 : place;
        assert_true(place->line >= node->line && place->line <= lines && place->column > 0);
        assert_true(place->line > before->line ||
                    (place->line == before->line && place->column >= before->column));
    }
}

static void changed_studies_are_read_or_refused(void **state)
{
    (void)state;
    char path[512], *seed;
    size_t seed_length, n_read = 0;
    struct uf_error error;
    snprintf(path, sizeof path, "%s/datasets/norra-mellansverige/study.yaml", UTFALL_SOURCE_DIR);
    assert_ok(uf_file_read(path, 0, &seed, &seed_length, &error), &error);
    for (size_t i = 0; i < MUTATIONS; i++) {
        size_t from = chance(seed_length / 2), length = chance(LONGEST / 2);
        while (from > 0 && seed[from - 1] != '\n') from--;
        if (from + length > seed_length) length = seed_length - from;
        char work[LONGEST];
        memcpy(work, seed + from, length);
        for (size_t changes = 1 + chance(5); changes > 0; changes--) length = mutate(work, length);
        char *exact = malloc(length + 1); /* so that a byte read too far is seen */
        assert_non_null(exact);
        memcpy(exact, work, length);
        size_t lines = 2;
        for (size_t k = 0; k < length; k++) lines += strchr("\n\r\x85\xA8\xA9", exact[k]) != NULL;
        struct arena arena = {0};
        const struct yaml_node *root = NULL;
        uf_error_clear(&error);
        uf_status status = yaml_tree_read("study.yaml", exact, length, &arena, &root, &error);
        if (status == UF_OK) {
            n_read++;
            check_places(root, lines);
        } else {
            assert_int_equal(status, UF_BAD_INPUT);
            assert_true(error.message[0] && error.line > 0 && error.line <= lines);
        }
        arena_clear(&arena);
        free(exact);
    }
    free(seed);
    assert_true(n_read > MUTATIONS / 50); /* else nothing but the first complaint is tested */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(changed_studies_are_read_or_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
