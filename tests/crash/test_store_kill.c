// SPDX-License-Identifier: GPL-3.0-or-later
/* An import killed at any moment (SIGKILL, as by a power cut of the process) leaves the store whole: all of
 * the file or nothing. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/store_fixture.h"
#include "support/test.h"

#ifdef __SANITIZE_ADDRESS__
enum { ROWS = 8000 }; /* the sanitisers make each row five times as dear */
#else
enum { ROWS = 40000 };
#endif
enum { KILLS = 50 };

static char *write_rows(void)
{
    char *path = malloc(512);
    snprintf(path, 512, "%s/rows.csv", scratch_directory());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("region,year,age,value\n", file);
    for (size_t i = 0; i < ROWS; i++) fprintf(file, "SE312,%zu,a%zu,%zu.5\n", 1900 + i % 100, i / 100, i);
    assert_int_equal(fclose(file), 0);
    return path;
}

static uf_status import_rows(const char *database, const char *rows)
{
    struct uf_store *store;
    struct uf_error error = {0};
    struct uf_import_summary summary = {0};
    /* With the roles said there is no look ahead: most kills hit the writing. */
    const struct uf_dimension_role roles[] = {{UF_ROLE_REGION, "region"},
                                              {UF_ROLE_PERIOD, "year"},
                                              {UF_ROLE_BREAKDOWN, "age"},
                                              {UF_ROLE_VALUE, "value"}};
    const struct uf_import_request request = {
        .path = rows, .indicator = {.code = "x"}, .roles = roles, .n_roles = 4};
    uf_status status = uf_store_open(database, UF_STORE_READ_WRITE, &store, &error);
    if (status != UF_OK) return status;
    status = uf_import_file(store, &request, &summary, &error);
    uf_import_summary_clear(&summary);
    uf_store_close(store);
    return status;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void wait_seconds(double s)
{
    const struct timespec time = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)};
    nanosleep(&time, NULL);
}

static int query_integer(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static size_t count_and_check(const char *database)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
    assert_int_equal(
        query_integer(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
    assert_int_equal(query_integer(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    int count = query_integer(db, "SELECT count(*) FROM observation");
    /* the batch, the indicator and the values belong together */
    assert_int_equal(query_integer(db, "SELECT count(*) FROM batch"), count > 0);
    assert_int_equal(query_integer(db, "SELECT count(*) FROM indicator"), count > 0);
    sqlite3_close(db);
    return (size_t)count;
}

/* xorshift: the delays differ, and are the same in each run of the test */
static double next_uniform(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static void new_database(char *path, size_t size)
{
    static int number;
    snprintf(path, size, "%s/killed-%d.db", scratch_directory(), number++);
    uf_store_close(store_with_regions(path));
}

static void fifty_kills_leave_nothing_half_done(void **state)
{
    (void)state;
    char *rows = write_rows();
    char database[512];
    new_database(database, sizeof database);

    /* How long an import takes here, to spread the kills over all of it. */
    char other[512];
    new_database(other, sizeof other);
    double begin = seconds();
    assert_int_equal(import_rows(other, rows), UF_OK);
    double duration = seconds() - begin;
    assert_int_equal(count_and_check(other), ROWS);

    uint64_t random = UINT64_C(88172645463325252);
    size_t killed = 0, complete = 0;
    for (int attempt = 0; killed < KILLS && attempt < 4 * KILLS; attempt++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) _exit((int)import_rows(database, rows));
        /* Half of the kills anywhere, half about the end, where the rows are written to the file. */
        double share = next_uniform(&random);
        wait_seconds((attempt % 2 ? 0.6 + 0.45 * share : share) * duration);
        kill(child, SIGKILL);
        int wait_status;
        assert_int_equal(waitpid(child, &wait_status, 0), child);
        killed += WIFSIGNALED(wait_status);
        size_t count = count_and_check(database);
        if (count != 0 && count != ROWS)
            fail_msg("kill %zu left %zu of %d observations", killed, count, ROWS);
        if (count == ROWS) { /* it was faster than the kill: start from an empty store again */
            complete++;
            new_database(database, sizeof database);
        }
    }
    print_message("%zu kills during imports of %d rows (%.2f s each), %zu imports were complete\n", killed,
                  ROWS, duration, complete);
    assert_true(killed >= KILLS);

    /* After all that the store still takes the file. */
    assert_int_equal(import_rows(database, rows), UF_OK);
    assert_int_equal(count_and_check(database), ROWS);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fifty_kills_leave_nothing_half_done)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
