// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *shared_path(const char *relative)
{
    static char path[4096];
    const char *base = getenv("UTFALL_SHARED_DIR");
    if (!base || !*base) base = "../shared";
    /* a relative folder is seen from the project's root, wherever the test runs */
    snprintf(path, sizeof path, "%s%s/%s", *base == '/' ? "" : UTFALL_SOURCE_DIR "/", base, relative);
    return access(path, R_OK) == 0 ? path : NULL;
}

const char *need_shared(const char *relative)
{
    const char *path = shared_path(relative);
    if (!path) {
        print_message("skipped: %s is not under UTFALL_SHARED_DIR\n", relative);
        skip();
    }
    return path;
}

const char *source_path(const char *relative)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", UTFALL_SOURCE_DIR, relative);
    return path;
}

json_t *load_json(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (!root) fail_msg("%s:%d: %s", path, error.line, error.text);
    return root;
}

static char scratch[64];

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    (void)status, (void)flag, (void)walk;
    return remove(path);
}

static void remove_scratch(void)
{
    nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_directory(void)
{
    if (!*scratch) {
        snprintf(scratch, sizeof scratch, "/tmp/utfall-test-XXXXXX");
        if (!mkdtemp(scratch)) fail_msg("no scratch directory");
        atexit(remove_scratch);
    }
    return scratch;
}

/* One quoted or plain cell starting at `p`; the text is unescaped in place. */
static char *next_cell(char *p, char **out, int *at_row_end)
{
    char *write = p, *read = p;
    *out = p;
    if (*read == '"') {
        for (read++; *read && !(*read == '"' && read[1] != '"'); read++) {
            if (*read == '"') read++;
            *write++ = *read;
        }
        if (*read) read++;
    } else {
        while (*read && *read != ',' && *read != '\n') *write++ = *read++;
        while (write > *out && write[-1] == '\r') write--;
    }
    while (*read == '\r') read++;
    *at_row_end = *read != ',';
    if (*read) read++;
    *write = '\0';
    return read;
}

struct raw_csv raw_csv_read(const char *path)
{
    struct raw_csv csv = {0};
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_int_equal(fread(text, 1, size, file), size);
    fclose(file);
    text[size] = '\0';
    char *p = text;
    if (size >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) p += 3;
    size_t count = 0, capacity = 1024;
    char **cells = malloc(capacity * sizeof *cells);
    int row_end = 0;
    while (*p) {
        char *cell;
        p = next_cell(p, &cell, &row_end);
        if (count == capacity) cells = realloc(cells, (capacity *= 2) * sizeof *cells);
        cells[count++] = strdup(cell);
        if (row_end && csv.n_columns == 0) csv.n_columns = count;
    }
    free(text);
    if (!csv.n_columns || count % csv.n_columns) fail_msg("%s is not rectangular", path);
    csv.header = cells;
    csv.cell = cells + csv.n_columns;
    csv.n_rows = count / csv.n_columns - 1;
    return csv;
}

void raw_csv_free(struct raw_csv *csv)
{
    for (size_t i = 0; i < (csv->n_rows + 1) * csv->n_columns; i++) free(csv->header[i]);
    free(csv->header);
    memset(csv, 0, sizeof *csv);
}

size_t raw_csv_column(const struct raw_csv *csv, const char *name)
{
    for (size_t j = 0; j < csv->n_columns; j++)
        if (!strcmp(csv->header[j], name)) return j;
    fail_msg("no column %s", name);
    return 0;
}

double raw_csv_number(const struct raw_csv *csv, size_t row, size_t column)
{
    const char *text = csv->cell[row * csv->n_columns + column];
    return !*text || !strcmp(text, "NA") ? NAN : strtod(text, NULL);
}
