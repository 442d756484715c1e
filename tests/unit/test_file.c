// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/file.h>

static size_t entries(const char *path)
{
    DIR *directory = opendir(path);
    size_t n = 0;
    while (readdir(directory)) n++;
    closedir(directory);
    return n - 2;
}

static void writes_whole_or_not_at_all(void **state)
{
    (void)state;
    struct uf_error error;
    char path[256], missing[256];
    snprintf(path, sizeof path, "%s/a/b/file.txt", scratch_directory());
    char *folder = uf_path_directory(path);
    assert_ok(uf_directory_make(folder, &error), &error);
    assert_ok(uf_file_write(path, "hej", 3, &error), &error);
    assert_ok(uf_file_write(path, "h\0j!", 4, &error), &error);
    char *bytes;
    size_t length;
    assert_ok(uf_file_read(path, 0, &bytes, &length, &error), &error);
    assert_int_equal(length, 4);
    assert_memory_equal(bytes, "h\0j!", 4);
    free(bytes);
    assert_int_equal(uf_file_read(path, 3, &bytes, &length, &error), UF_BAD_INPUT);
    assert_int_equal(entries(folder), 1); /* no temporary file is left */
    snprintf(missing, sizeof missing, "%s/nowhere/file.txt", scratch_directory());
    assert_int_equal(uf_file_write(missing, "x", 1, &error), UF_IO_FAILED);
    assert_string_equal(error.file, missing);
    assert_int_equal(uf_file_read(folder, 0, &bytes, &length, &error), UF_IO_FAILED);
    assert_non_null(strstr(error.message, "directory"));
    assert_int_equal(uf_file_read(missing, 0, &bytes, &length, &error), UF_IO_FAILED);
    assert_int_equal(uf_directory_make(path, &error), UF_IO_FAILED);
    free(folder);
}

static void removing_does_not_follow_links(void **state)
{
    (void)state;
    struct uf_error error;
    char kept[256], gone[256], link_path[300];
    snprintf(kept, sizeof kept, "%s/kept", scratch_directory());
    snprintf(gone, sizeof gone, "%s/gone/deep", scratch_directory());
    assert_ok(uf_directory_make(kept, &error), &error);
    assert_ok(uf_directory_make(gone, &error), &error);
    snprintf(link_path, sizeof link_path, "%s/link", gone);
    assert_int_equal(symlink(kept, link_path), 0);
    char *top = uf_path_directory(gone);
    assert_ok(uf_directory_remove(top, &error), &error);
    assert_false(uf_directory_exists(top));
    assert_true(uf_directory_exists(kept));
    assert_ok(uf_directory_remove(top, &error), &error);
    free(top);
}

/* FIPS 180-4's example and the empty message. */
static void hashes_as_the_standard_says(void **state)
{
    (void)state;
    char hash[UF_SHA256_SIZE];
    uf_sha256("abc", 3, hash);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    uf_sha256("", 0, hash);
    assert_string_equal(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    char path[256], from_file[UF_SHA256_SIZE];
    struct uf_error error;
    snprintf(path, sizeof path, "%s/abc", scratch_directory());
    assert_ok(uf_file_write(path, "abc", 3, &error), &error);
    assert_ok(uf_file_sha256(path, from_file, &error), &error);
    uf_sha256("abc", 3, hash);
    assert_string_equal(from_file, hash);
}

static void errors_print_their_place(void **state)
{
    (void)state;
    struct uf_error error = {
        .status = UF_BAD_INPUT, .message = "found x", .file = "a.csv", .line = 3, .column = 7};
    char text[64];
    uf_error_format(&error, text, sizeof text);
    assert_string_equal(text, "a.csv:3:7: found x");
    error.column = 0;
    uf_error_format(&error, text, sizeof text);
    assert_string_equal(text, "a.csv:3: found x");
    uf_error_clear(&error);
    uf_error_format(&error, text, sizeof text);
    assert_string_equal(text, "");
    static const struct {
        uf_status status;
        int code;
    } codes[] = {{UF_OK, 0},        {UF_CHECK_FAILED, 1},   {UF_BAD_USAGE, 2},
                 {UF_BAD_INPUT, 3}, {UF_NOT_IDENTIFIED, 4}, {UF_REFUSED_DISCLOSURE, 5},
                 {UF_IO_FAILED, 6}, {UF_INTERNAL, 70}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_int_equal(uf_status_exit_code(codes[i].status), codes[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_whole_or_not_at_all),
        cmocka_unit_test(removing_does_not_follow_links),
        cmocka_unit_test(hashes_as_the_standard_says),
        cmocka_unit_test(errors_print_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
