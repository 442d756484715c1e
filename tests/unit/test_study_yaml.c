// SPDX-License-Identifier: GPL-3.0-or-later
/* The YAML tree: places, and what is refused before a study is even looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/yaml_tree.h"
#include "support/test.h"

static struct arena arena;
static struct uf_error error;
static const struct yaml_node *root;

static uf_status read_text(const char *text)
{
    root = NULL;
    uf_error_clear(&error);
    arena_clear(&arena);
    return yaml_tree_read("study.yaml", text, strlen(text), &arena, &root, &error);
}

static void expect_mistake(const char *text, size_t line, size_t column, const char *part)
{
    assert_int_equal(read_text(text), UF_BAD_INPUT);
    assert_null(root);
    assert_string_equal(error.file, "study.yaml");
    if (error.line != line || error.column != column || !strstr(error.message, part))
        fail_msg("expected %zu:%zu … %s, got %zu:%zu %s", line, column, part, error.line, error.column,
                 error.message);
}

static void test_places(void **state)
{
    (void)state;
    assert_ok(read_text("a: 1\nlist:\n  - å: x\n    b: [p, q]\n"), &error);
    assert_int_equal(root->kind, YAML_TREE_MAP);
    assert_int_equal(root->count, 2);
    assert_int_equal(root->keys[1].line, 2);
    const struct yaml_node *list = yaml_tree_get(root, "list");
    assert_int_equal(list->kind, YAML_TREE_LIST);
    const struct yaml_node *b = yaml_tree_get(&list->items[0], "b");
    assert_int_equal(b->line, 4);
    assert_int_equal(b->column, 8);
    /* Columns count characters, not bytes: å is two bytes. */
    assert_int_equal(list->items[0].items[0].column, 8);
    assert_string_equal(b->items[1].text, "q");
    assert_null(yaml_tree_get(root, "missing"));
}

/* The last z of each value is where the file has it, however the value is written. */
static void test_places_within_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line, column;
    } cases[] = {
        {"a: 'x z'", 1, 7},
        {"a: \"x z\"", 1, 7},
        {"a: 'it''s z'", 1, 11},
        {"a: \"\\\"q\\\" \\u0020 z\"", 1, 18},
        {"a: \"å\\\\ z\"", 1, 9},
        {"a: |\n  x\n    y z\n", 3, 7},
        {"a: |2-\n\n   x\n  z\n", 4, 3},
        {"a: >\n  x\n  y\n\n  å z\nb: 1\n", 5, 5},
        {"a: x\n   y\n  z\nb: 1\n", 3, 3},
        {"a: \"x\n  y\n   z\"\n", 3, 4},
        {"a: &name z\n", 1, 10},
        {"a: !!str 'z'\n", 1, 11},
        {"\xEF\xBB\xBF# å\r\na: 'x z'\r\n", 2, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(read_text(cases[i].text), &error);
        const struct yaml_node *a = yaml_tree_get(root, "a");
        assert_non_null(a->places);
        const struct uf_text_place *place = &a->places[strrchr(a->text, 'z') - a->text];
        if (place->line != cases[i].line || place->column != cases[i].column)
            fail_msg("%s: %zu:%zu", cases[i].text, place->line, place->column);
    }
    assert_ok(read_text("a: x z\n"), &error);
    assert_null(root->items[0].places); /* as it reads */
}

static void test_empty_values(void **state)
{
    (void)state;
    assert_ok(read_text("a:\nb: ~\nc: null\nd: \"\"\ne: 'null'\n"), &error);
    assert_true(yaml_tree_is_empty(&root->items[0]));
    assert_true(yaml_tree_is_empty(&root->items[1]));
    assert_true(yaml_tree_is_empty(&root->items[2]));
    assert_false(yaml_tree_is_empty(&root->items[3]));
    assert_false(yaml_tree_is_empty(&root->items[4]));
}

static void test_mark(void **state)
{
    (void)state;
    assert_ok(read_text("\xEF\xBB\xBFstudy: x\n"), &error);
    assert_string_equal(root->keys[0].text, "study");
}

static void test_refusals(void **state)
{
    (void)state;
    expect_mistake("", 1, 1, "the file is empty");
    expect_mistake("# only a comment\n", 1, 1, "the file is empty");
    expect_mistake("a:\n\tb: 1\n", 2, 1, "found a tab, expected spaces");
    expect_mistake("a: 1\nb: 2\na: 3\n", 3, 1, "found the key 'a' a second time");
    expect_mistake("a: 1\n---\nb: 2\n", 3, 1, "a second document");
    expect_mistake("a: [1, 2\n", 2, 1, "not valid YAML");
    expect_mistake("[x, y]: 1\n", 1, 1, "as a key");
    expect_mistake("a: 1\nb: \xE5\n", 2, 0, "not UTF-8");
    expect_mistake("a: \"x\\0y\"\n", 1, 4, "zero byte");
}

static void test_aliases(void **state)
{
    (void)state;
    assert_ok(read_text("a: &one {x: 1}\nb: *one\nc: *one\n"), &error);
    assert_string_equal(yaml_tree_get(&root->items[2], "x")->text, "1");
    /* Ten levels of ten: a few hundred bytes that stand for ten thousand million nodes. */
    char text[2048] = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level <= 9; level++) {
        char line[160];
        snprintf(line, sizeof line,
                 "l%d: &l%d [*l%d, *l%d, *l%d, *l%d, *l%d, *l%d, *l%d, *l%d, *l%d, *l%d]\n", level, level,
                 level - 1, level - 1, level - 1, level - 1, level - 1, level - 1, level - 1, level - 1,
                 level - 1, level - 1);
        strcat(text, line);
    }
    assert_int_equal(read_text(text), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "aliases"));
    assert_int_equal(read_text("a: &a [*a]\n"), UF_BAD_INPUT);
}

static void test_depth(void **state)
{
    (void)state;
    char text[256] = "a: ";
    for (int i = 0; i < 40; i++) strcat(text, "[");
    for (int i = 0; i < 40; i++) strcat(text, "]");
    assert_int_equal(read_text(text), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "32 levels"));
}

static void test_many_keys(void **state)
{
    (void)state;
    char *text = malloc(1 << 20);
    assert_non_null(text);
    size_t used = 0;
    for (int i = 0; i < 2000; i++) used += (size_t)sprintf(text + used, "key%d: 1\n", i);
    assert_int_equal(read_text(text), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "1000 keys"));
    free(text);
}

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),       cmocka_unit_test(test_places_within_texts),
        cmocka_unit_test(test_empty_values), cmocka_unit_test(test_mark),
        cmocka_unit_test(test_refusals),     cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_depth),        cmocka_unit_test(test_many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
