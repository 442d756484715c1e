// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/process.h"
#include "support/test.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static void test_each_end_is_told(void **state)
{
    (void)state;
    static const char *const ok[] = {"true", NULL}, *const fails[] = {"false", NULL},
                             *const absent[] = {"no-such-program-of-utfall", NULL},
                             *const late[] = {"sleep", "30", NULL},
                             *const complains[] = {"cat", "no such file; $(touch x)", NULL};
    const char *directory = scratch_directory();
    struct uf_process runs[6] = {
        {.arguments = ok, .directory = directory},        {.arguments = fails, .directory = directory},
        {.arguments = absent, .directory = directory},    {.arguments = late, .directory = directory},
        {.arguments = complains, .directory = directory}, {.arguments = ok, .directory = "/no/such/folder"}};
    struct uf_error error;
    for (int at_once = 1; at_once <= 3; at_once += 2) {
        assert_ok(uf_processes_run(runs, 6, at_once, 1, &error), &error);
        assert_true(runs[0].start_error == 0 && WIFEXITED(runs[0].wait_status) &&
                    WEXITSTATUS(runs[0].wait_status) == 0);
        assert_true(runs[1].start_error == 0 && WIFEXITED(runs[1].wait_status) &&
                    WEXITSTATUS(runs[1].wait_status) == 1);
        assert_int_equal(runs[2].start_error, ENOENT);
        assert_true(runs[3].timed_out && WIFSIGNALED(runs[3].wait_status));
        assert_non_null(
            strstr(runs[4].errors.data, "$(touch x)")); /* the argument reached the program as it is */
        assert_int_equal(runs[5].start_error, ENOENT);
        for (size_t i = 0; i < 6; i++) uf_buffer_clear(&runs[i].errors);
    }
}

/* A program that writes more than a pipe holds neither hangs nor fills the memory. */
static void test_endless_words(void **state)
{
    (void)state;
    static const char *const talks[] = {"sh", "-c", "yes 'words words words' | head -c 1000000 >&2", NULL};
    struct uf_process run = {.arguments = talks, .directory = scratch_directory()};
    struct uf_error error;
    assert_ok(uf_processes_run(&run, 1, 1, 30, &error), &error);
    assert_true(WIFEXITED(run.wait_status) && run.errors.length >= 4096 && run.errors.length < 16384);
    uf_buffer_clear(&run.errors);
}

static void test_they_run_side_by_side(void **state)
{
    (void)state;
    static const char *const naps[] = {"sleep", "0.4", NULL};
    struct uf_process runs[6];
    for (size_t i = 0; i < 6; i++) runs[i] = (struct uf_process){.arguments = naps, .directory = "/"};
    struct uf_error error;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_ok(uf_processes_run(runs, 6, 6, 30, &error), &error);
    clock_gettime(CLOCK_MONOTONIC, &after);
    double seconds = (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
    assert_true(seconds > 0.35 && seconds < 2.0); /* one after the other would take 2.4 */
    for (size_t i = 0; i < 6; i++) uf_buffer_clear(&runs[i].errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_end_is_told),
        cmocka_unit_test(test_endless_words),
        cmocka_unit_test(test_they_run_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
