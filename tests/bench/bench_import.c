// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Importing a tidy CSV into a new store (and the same cells as PX) against `sqlite3` `.import` of the same file into a typed table with the same
 * primary key, in one run.
 *
 *     bench_import [--shuffled] [REGIONS SECTORS YEARS]    (default 290 800 15: 3.48 million rows)
 *     bench_import --memory [MEGABYTES]                    (default 100; the import of so large a file alone)
 *
 * Each runs in a process of its own, so its processor time and its peak of resident memory are its own; the two take
 * turns three times and the least counts, since the machine has other things to do as well.
 */
#define _DEFAULT_SOURCE /* wait4: what one child used, not all of them */ // NOLINT(bugprone-reserved-identifier)
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utfall/import.h>
#include <utfall/store.h>

enum { TURNS = 3 };

struct shape {
    size_t regions, sectors, years;
    bool shuffled;
};
struct cost {
    double wall, cpu; /* seconds */
    double peak;      /* megabytes of resident memory */
    int code;         /* of the process */
};

static char folder[256], file[300], cube[300], database[300], script[300];
static const char *source; /* what is imported: the file or the cube */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* A step without a common divisor with n visits every row once, in no useful order. */
static size_t coprime_step(size_t n)
{
    size_t step = n * 5 / 8 + 1;
    for (;; step++) {
        size_t a = n, b = step;
        while (b) {
            size_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) return step;
    }
}

static size_t value_of(size_t i)
{
    return (i * 2654435761u) % 1000003;
}

static void write_row(FILE *out, const struct shape *shape, size_t i)
{
    const size_t year = i % shape->years, sector = i / shape->years % shape->sectors,
                 region = i / shape->years / shape->sectors, value = value_of(i);
    fprintf(out, "R%04zu,S%03zu,%zu,%zu.%zu\n", region, sector, 2005 + year, value / 10, value % 10);
}

static void write_file(const struct shape *shape)
{
    const size_t n = shape->regions * shape->sectors * shape->years;
    const size_t step = shape->shuffled ? coprime_step(n) : 1;
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs("region,sector,year,value\n", out);
    for (size_t i = 0, at = 0; i < n; i++, at = (at + step) % n) write_row(out, shape, at);
    assert_int_equal(fclose(out), 0);
}

static void write_codes(FILE *out, const char *keyword, const char *dimension, const char *format,
                        size_t first, size_t n)
{
    fprintf(out, "%s(\"%s\")=", keyword, dimension);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) fputs(i % 10 ? "," : ",\n", out);
        fprintf(out, format, first + i);
    }
    fputs(";\n", out);
}

/* The same cells as a PX file. */
static void write_cube(const struct shape *shape)
{
    static const char *const KEYWORDS[] = {"VALUES", "CODES"};
    FILE *out = fopen(cube, "w");
    assert_non_null(out);
    fputs("CHARSET=\"ANSI\";\nAXIS-VERSION=\"2013\";\nCODEPAGE=\"utf-8\";\nLANGUAGE=\"en\";\nMATRIX=\"M\";\n"
          "SUBJECT-CODE=\"S\";\nSUBJECT-AREA=\"S\";\nDECIMALS=1;\nTITLE=\"x\";\nCONTENTS=\"x\";\nUNITS="
          "\"number\";\n"
          "STUB=\"region\",\"sector\";\nHEADING=\"year\";\n",
          out);
    for (size_t k = 0; k < 2; k++) {
        write_codes(out, KEYWORDS[k], "region", "\"R%04zu\"", 0, shape->regions);
        write_codes(out, KEYWORDS[k], "sector", "\"S%03zu\"", 0, shape->sectors);
        write_codes(out, KEYWORDS[k], "year", "\"%zu\"", 2005, shape->years);
    }
    fputs("DATA=\n", out);
    for (size_t i = 0; i < shape->regions * shape->sectors * shape->years; i++)
        fprintf(out, "%zu.%zu%c", value_of(i) / 10, value_of(i) % 10, (i + 1) % shape->years ? ' ' : '\n');
    fputs(";\n", out);
    assert_int_equal(fclose(out), 0);
}

static void put_codes(struct uf_store *store, const struct shape *shape, struct uf_error *error)
{
    char code[32];
    const struct uf_region nation = {.code = "SE", .level = "country", .name_sv = "Sverige"};
    assert_ok(uf_store_begin(store, error), error);
    assert_ok(uf_store_put_region(store, &nation, error), error);
    for (size_t r = 0; r < shape->regions; r++) {
        snprintf(code, sizeof code, "R%04zu", r);
        const struct uf_region region = {.code = code, .level = "municipality", .parent = "SE"};
        assert_ok(uf_store_put_region(store, &region, error), error);
    }
    for (size_t s = 0; s < shape->sectors; s++) {
        snprintf(code, sizeof code, "S%03zu", s);
        const struct uf_sector sector = {.code = code};
        assert_ok(uf_store_put_sector(store, &sector, error), error);
    }
    assert_ok(uf_store_commit(store, error), error);
}

static void import(const struct shape *shape)
{
    struct uf_store *store;
    struct uf_error error;
    struct uf_import_summary summary;
    const struct uf_import_request request = {.path = source, .indicator = {.code = "x"}};
    assert_ok(uf_store_open(database, UF_STORE_CREATE, &store, &error), &error);
    put_codes(store, shape, &error);
    assert_ok(uf_import_file(store, &request, &summary, &error), &error);
    assert_int_equal(summary.imported, shape->regions * shape->sectors * shape->years);
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

static void shell(const struct shape *shape)
{
    (void)shape;
    /* Settings of the shell are its defaults: a journal, and everything on the disk before it returns. */
    if (!freopen(script, "r", stdin)) _exit(126);
    execlp("sqlite3", "sqlite3", "-batch", database, (char *)NULL);
    _exit(127);
}

static struct cost run(void (*what)(const struct shape *), const struct shape *shape)
{
    char log[320];
    unlink(database);
    snprintf(log, sizeof log, "%s-wal", database);
    unlink(log);
    sync(); /* the other's leftovers are not this one's cost */
    double start = now();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        what(shape);
        _exit(0);
    }
    int status;
    struct rusage usage;
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    return (struct cost){.wall = now() - start,
                         .cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                                1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
                         .peak = (double)usage.ru_maxrss / 1024,
                         .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

static void keep_least(struct cost *least, struct cost one)
{
    if (one.code != 0) fail_msg("the process ended with %d", one.code);
    if (least->wall == 0 || one.wall < least->wall) least->wall = one.wall;
    if (least->cpu == 0 || one.cpu < least->cpu) least->cpu = one.cpu;
    if (one.peak > least->peak) least->peak = one.peak;
}

static double megabytes(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (double)info.st_size / (1 << 20) : 0;
}

static void compare(const struct shape *shape)
{
    struct cost ours = {0}, theirs = {0};
    double our_size = 0, their_size = 0;
    FILE *out = fopen(script, "w");
    assert_non_null(out);
    fprintf(out,
            "CREATE TABLE observation (region TEXT NOT NULL, sector TEXT NOT NULL, year INTEGER NOT NULL,"
            " value REAL, PRIMARY KEY (region, sector, year)) STRICT, WITHOUT ROWID;\n"
            ".import --csv --skip 1 %s observation\n",
            file);
    assert_int_equal(fclose(out), 0);
    for (int turn = 0; turn < TURNS; turn++) {
        struct cost one = run(shell, shape);
        if (one.code == 127) {
            puts("there is no sqlite3 program to compare with; install it");
            return;
        }
        keep_least(&theirs, one);
        their_size = megabytes(database);
        keep_least(&ours, run(import, shape));
        our_size = megabytes(database);
    }
    printf("%zu x %zu x %zu = %zu rows%s, %.0f MB of CSV\n", shape->regions, shape->sectors, shape->years,
           shape->regions * shape->sectors * shape->years, shape->shuffled ? " in no order" : "",
           megabytes(file));
    printf("  sqlite3 .import: %6.2f s wall, %6.2f s CPU, peak %4.0f MB, file %4.0f MB\n", theirs.wall,
           theirs.cpu, theirs.peak, their_size);
    printf("  utfall import:   %6.2f s wall, %6.2f s CPU, peak %4.0f MB, file %4.0f MB\n", ours.wall,
           ours.cpu, ours.peak, our_size);
    printf("  ratio:           %6.2f wall, %8.2f CPU (at most 1 is the aim)\n", ours.wall / theirs.wall,
           ours.cpu / theirs.cpu);
}

static void compare_cube(void)
{
    struct shape shape = {290, 800, 22, false};
    struct cost rows = {0}, cells = {0};
    write_file(&shape);
    write_cube(&shape);
    for (int turn = 0; turn < TURNS; turn++) {
        source = file;
        keep_least(&rows, run(import, &shape));
        source = cube;
        keep_least(&cells, run(import, &shape));
    }
    source = file;
    unlink(cube);
    printf("%zu cells as PX against the same as CSV: %.2f s and %.2f s wall, %.2f s and %.2f s CPU; ratio "
           "%.2f wall, "
           "%.2f CPU (at most 1 is the aim)\n",
           shape.regions * shape.sectors * shape.years, cells.wall, rows.wall, cells.cpu, rows.cpu,
           cells.wall / rows.wall, cells.cpu / rows.cpu);
}

static void measure_memory(size_t size)
{
    enum { ROW = 21, REGIONS = 290, SECTORS = 1000 };
    struct shape shape = {REGIONS, SECTORS, size * 1000000 / ROW / REGIONS / SECTORS + 1, false};
    write_file(&shape);
    struct cost cost = run(import, &shape);
    assert_int_equal(cost.code, 0);
    printf(
        "%.0f MB of CSV, %zu rows: %.1f s wall, peak %.0f MB of resident memory (less than 200 is the aim)\n",
        megabytes(file), shape.regions * shape.sectors * shape.years, cost.wall, cost.peak);
}

int main(int argc, char **argv)
{
    const char *place = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    snprintf(folder, sizeof folder, "%.200s/bench_import.XXXXXX", place);
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/rows.csv", folder);
    snprintf(cube, sizeof cube, "%s/cube.px", folder);
    source = file;
    snprintf(database, sizeof database, "%s/rows.db", folder);
    snprintf(script, sizeof script, "%s/script.sql", folder);
    bool only_memory = argc > 1 && !strcmp(argv[1], "--memory");
    if (only_memory) {
        measure_memory(argc > 2 ? (size_t)atol(argv[2]) : 100);
    } else {
        struct shape shape = {290, 800, 15, argc > 1 && !strcmp(argv[1], "--shuffled")};
        if (argc > 3) {
            shape.regions = (size_t)atol(argv[argc - 3]);
            shape.sectors = (size_t)atol(argv[argc - 2]);
            shape.years = (size_t)atol(argv[argc - 1]);
        }
        write_file(&shape);
        compare(&shape);
        compare_cube();
        measure_memory(100);
    }
    unlink(file), unlink(database), unlink(script), rmdir(folder);
    return 0;
}
