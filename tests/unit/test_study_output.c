// SPDX-License-Identifier: GPL-3.0-or-later
/* The output folder is all or nothing; paths of the manifest; the registry. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/study.h>

#include "base/output_folder.h"
#include "base/paths.h"
#include "study/manifest.h"
#include "support/test.h"

static struct uf_error error;

static char *in_scratch(const char *name)
{
    char *path = uf_path_join(scratch_directory(), name);
    assert_non_null(path);
    return path;
}

static void write_in(const char *folder, const char *name, const char *text)
{
    char *path = uf_path_join(folder, name);
    assert_ok(uf_file_write(path, text, strlen(text), &error), &error);
    free(path);
}

static bool has(const char *folder, const char *name)
{
    char *path = uf_path_join(folder, name);
    bool there = uf_file_exists(path);
    free(path);
    return there;
}

static void finish(struct output_folder *folder)
{
    json_t *manifest = json_pack("{s:s}", "utfall", "test");
    assert_ok(manifest_write(manifest, folder->building, &error), &error);
    json_decref(manifest);
    assert_ok(output_folder_commit(folder, &error), &error);
    output_folder_clear(folder);
}

static void test_new_and_again(void **state)
{
    (void)state;
    char *path = in_scratch("deep/er/out");
    struct output_folder folder = {0};
    assert_ok(output_folder_begin(path, false, manifest_is_in, NULL, 0, &folder, &error), &error);
    write_in(folder.building, "a.txt", "1");
    assert_false(uf_directory_exists(path)); /* nothing is seen before the end */
    finish(&folder);
    assert_true(has(path, "a.txt"));
    /* An earlier run may be replaced, and nothing of it stays. */
    assert_ok(output_folder_begin(path, false, manifest_is_in, NULL, 0, &folder, &error), &error);
    write_in(folder.building, "b.txt", "2");
    finish(&folder);
    assert_true(has(path, "b.txt"));
    assert_false(has(path, "a.txt"));
    /* A run that fails leaves it as it was. */
    assert_ok(output_folder_begin(path, false, manifest_is_in, NULL, 0, &folder, &error), &error);
    write_in(folder.building, "c.txt", "3");
    char *building = strdup(folder.building);
    output_folder_clear(&folder);
    assert_false(uf_directory_exists(building));
    assert_true(has(path, "b.txt"));
    free(building);
    free(path);
}

static void test_what_is_not_replaced(void **state)
{
    (void)state;
    char *path = in_scratch("mine");
    struct output_folder folder = {0};
    assert_ok(uf_directory_make(path, &error), &error);
    assert_ok(output_folder_begin(path, false, manifest_is_in, NULL, 0, &folder, &error),
              &error); /* empty: fine */
    output_folder_clear(&folder);
    write_in(path, "thesis.txt", "years of work");
    assert_int_equal(output_folder_begin(path, false, manifest_is_in, NULL, 0, &folder, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "--replace"));
    assert_ok(output_folder_begin(path, true, manifest_is_in, NULL, 0, &folder, &error), &error);
    output_folder_clear(&folder);
    assert_true(has(path, "thesis.txt"));
    /* Not even with --replace where the study lies in it. */
    char *study = NULL, *file = uf_path_join(path, "thesis.txt");
    assert_ok(path_absolute(file, &study, &error), &error);
    const char *const protect[] = {study};
    assert_int_equal(output_folder_begin(path, true, manifest_is_in, protect, 1, &folder, &error),
                     UF_BAD_USAGE);
    assert_int_equal(output_folder_begin(file, true, manifest_is_in, NULL, 0, &folder, &error), UF_BAD_USAGE);
    free(file);
    free(study);
    free(path);
}

static void test_manifest(void **state)
{
    (void)state;
    char *path = in_scratch("manifest");
    assert_ok(uf_directory_make(path, &error), &error);
    json_t *manifest = NULL;
    assert_int_equal(manifest_read(path, &manifest, &error), UF_BAD_INPUT);
    write_in(path, "manifest.json", "{\"name\": \"of another program\"}");
    assert_int_equal(manifest_read(path, &manifest, &error), UF_BAD_INPUT);
    assert_false(manifest_is_in(path));
    write_in(path, "manifest.json", "{\"utfall\": ");
    assert_int_equal(manifest_read(path, &manifest, &error), UF_BAD_INPUT);
    assert_true(error.line > 0);
    write_in(path, "b.csv", "x");
    write_in(path, "store.db", "y");
    manifest = json_pack("{s:s}", "utfall", "test");
    assert_ok(manifest_write(manifest, path, &error), &error);
    json_decref(manifest);
    assert_ok(manifest_read(path, &manifest, &error), &error);
    const json_t *outputs = json_object_get(manifest, "outputs");
    assert_int_equal(json_object_size(outputs), 2);
    char hash[UF_SHA256_SIZE];
    uf_sha256("x", 1, hash);
    assert_string_equal(json_string_value(json_object_get(outputs, "b.csv")), hash);
    assert_true(json_is_null(json_object_get(outputs, "store.db")));
    json_decref(manifest);
    free(path);
}

static void expect_relative(const char *from, const char *to, const char *expected)
{
    char *relative = path_relative(from, to);
    assert_string_equal(relative, expected);
    free(relative);
}

static void test_paths(void **state)
{
    (void)state;
    expect_relative("/a/b", "/a/c/d.csv", "../c/d.csv");
    expect_relative("/a/b", "/a/b/d.csv", "d.csv");
    expect_relative("/a/b", "/a/bc", "../bc");
    expect_relative("/a/b/c", "/x", "../../../x");
    expect_relative("/a/b", "/a/b", ".");
    expect_relative("/a/b/c", "/a/b", "..");
    expect_relative("/", "/a", "a");
    assert_true(path_is_inside("/a/b", "/a"));
    assert_true(path_is_inside("/a", "/a"));
    assert_false(path_is_inside("/ab", "/a"));
    assert_true(path_is_inside("/ab", "/"));
    assert_string_equal(path_name("/a/b.txt"), "b.txt");
    assert_string_equal(path_name("b.txt"), "b.txt");
    char *absolute = NULL;
    assert_ok(path_absolute(".", &absolute, &error), &error);
    assert_int_equal(absolute[0], '/');
    free(absolute);
}

static void test_registry(void **state)
{
    (void)state;
    size_t count = 0;
    const struct uf_method *const *methods = uf_methods(&count), *found = NULL;
    assert_true(count >= 5);
    for (size_t i = 0; i < count; i++) {
        assert_ok(uf_method_find(methods[i]->name, (int)methods[i]->family, &found, &error), &error);
        assert_ptr_equal(found, methods[i]);
        assert_non_null(methods[i]->run);
        /* Both languages, a definition and a source: what help, report and index show. */
        assert_true(methods[i]->title.en && methods[i]->title.sv && methods[i]->summary.en &&
                    methods[i]->summary.sv);
        assert_true(methods[i]->formula_note.en && methods[i]->formula_note.sv && methods[i]->sources &&
                    methods[i]->sources[0]);
        for (size_t j = 0; j < i; j++) assert_string_not_equal(methods[i]->name, methods[j]->name);
    }
    assert_int_equal(uf_method_find("did", UF_FAMILY_PROFILE, &found, &error), UF_BAD_USAGE);
    assert_int_equal(uf_method_find("synthetic-controll", -1, &found, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'synthetic-control'?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_and_again), cmocka_unit_test(test_what_is_not_replaced),
        cmocka_unit_test(test_manifest),      cmocka_unit_test(test_paths),
        cmocka_unit_test(test_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
