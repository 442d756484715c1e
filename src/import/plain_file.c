// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plain_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "import/input.h"
#include "import/plain_part.h"
#include "import/records.h"

enum { HEAD = 1 << 15 };

/* The header through the careful reader. False: not plain. */
static bool read_header(struct plain_reader *reader, const char *head, const char *const *texts,
                        size_t n_texts, const char *const *numbers, size_t n_numbers)
{
    struct uf_error ignored;
    struct uf_input *input = NULL;
    struct uf_records *records = NULL;
    struct uf_text_list names = {0};
    const char *end = strchr(head, '\n');
    bool fine = end != NULL && strncmp(head, "sep=", 4) != 0;
    for (const char *p = head; fine && p < end; p++)
        fine = ((unsigned char)*p >= 32 && (unsigned char)*p < 127) || *p == '\t' ||
               (*p == '\r' && p + 1 == end);
    const char delimiter = uf_delimiter_detect(head);
    fine =
        fine && (delimiter == ',' || delimiter == '\t') &&
        uf_input_open_memory("header", head, (size_t)(end - head) + 1, "utf-8", &input, &ignored) == UF_OK &&
        uf_records_open(input, delimiter, &records, &ignored) == UF_OK &&
        uf_records_header(records, &names, &ignored) == UF_OK;
    reader->first = fine ? (size_t)(end - head) + 1 : 0;
    reader->n_columns = names.count;
    reader->columns = calloc(names.count + 1, sizeof *reader->columns);
    fine = fine && reader->columns && names.count > 1;
    for (size_t j = 0; fine && j < n_texts + n_numbers; j++) {
        size_t c = uf_text_list_find(&names, j < n_texts ? texts[j] : numbers[j - n_texts]);
        fine = c < names.count && reader->columns[c].role == PLAIN_SKIP;
        if (!fine) break;
        reader->columns[c].role = j < n_texts ? PLAIN_TEXT : PLAIN_NUMBER;
        reader->columns[c].index = j < n_texts ? j : j - n_texts;
    }
    for (size_t c = 0; fine && c < names.count; c++)
        reader->columns[c].ends = c + 1 < names.count ? delimiter : '\n';
    uf_records_close(records);
    uf_input_close(input);
    uf_text_list_clear(&names);
    return fine;
}

/* Memory that is not touched costs nothing: some more than the first lines let expect. Where there is none, the parts
 * see for themselves. */
static bool make_blocks(const struct plain_reader *reader, struct plain_file *file)
{
    file->block_rows = (size_t)(1.125 * (double)(reader->size - reader->first) / reader->line_length);
    file->block = calloc(reader->n_numbers + 1, sizeof *file->block);
    for (size_t j = 0; j < reader->n_numbers && file->block; j++) {
        file->block[j] = malloc((file->block_rows + 1) * sizeof **file->block);
        if (!file->block[j]) file->block_rows = 0;
    }
    return file->block != NULL;
}

static uf_status read_parts(const struct plain_reader *reader, struct plain_file *out, bool *out_plain,
                            struct uf_error *error)
{
    const size_t n_parts = (reader->size - reader->first + PLAIN_PART - 1) / PLAIN_PART;
    struct plain_file file = {.n_texts = reader->n_texts, .n_numbers = reader->n_numbers};
    file.part = calloc(n_parts + 1, sizeof *file.part);
    if (!file.part || !make_blocks(reader, &file)) {
        plain_file_clear(&file);
        return uf_fail_memory(error);
    }
    file.n_parts = n_parts;
    bool odd = false, no_memory = false, clear = false, either = false;
#pragma omp parallel reduction(|| : odd, no_memory, clear, either)
    {
        char *buffer = malloc(PLAIN_BUFFER);
        struct plain_points points = {0};
        no_memory = !buffer;
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < n_parts; i++) {
            if (odd || no_memory) continue;
            enum plain_outcome outcome = plain_part_read(reader, &file, i, buffer, &points);
            odd = outcome == PLAIN_ODD;
            no_memory = outcome == PLAIN_NO_MEMORY;
        }
        clear = points.clear, either = points.either;
        free(buffer);
    }
    for (size_t i = 0; i < n_parts; i++) file.n_rows += file.part[i].n_rows;
    /* 1.234 alone may be 1234: the careful reader decides, or asks */
    *out_plain = !odd && !no_memory && file.n_rows > 0 && (clear || !either);
    if (*out_plain)
        *out = file;
    else
        plain_file_clear(&file);
    return no_memory && !odd ? uf_fail_memory(error) : UF_OK;
}

uf_status plain_file_read(const char *path, const char *const *texts, size_t n_texts,
                          const char *const *numbers, size_t n_numbers, struct plain_file *out,
                          bool *out_plain, struct uf_error *error)
{
    struct stat about;
    struct plain_reader reader = {.n_texts = n_texts, .n_numbers = n_numbers};
    uf_status status = UF_OK;
    *out_plain = false;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return UF_OK;
    reader.descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (reader.descriptor < 0) return UF_OK;
    reader.size = (size_t)about.st_size;
    size_t length = reader.size < HEAD ? reader.size : HEAD;
    char *head = calloc(HEAD + 1, 1);
    if (head && plain_read_bytes(&reader, 0, length, head) && strlen(head) == length) {
        /* whole lines, as the careful reader's prefix */
        char *end = strrchr(head, '\n');
        if (end) end[1] = '\0';
        size_t lines = 1;
        for (const char *p = head; *p; p++) lines += *p == '\n';
        reader.line_length = (double)strlen(head) / (double)lines;
        if (read_header(&reader, head, texts, n_texts, numbers, n_numbers))
            status = read_parts(&reader, out, out_plain, error);
    }
    free(head), free(reader.columns);
    close(reader.descriptor);
    return status;
}

void plain_file_drop_text(struct plain_file *file, size_t text)
{
    for (size_t i = 0; i < file->n_parts; i++) {
        struct plain_part *part = &file->part[i];
        if (part->text)
            plain_column_free(part->text[text], part->capacity, sizeof **part->text), part->text[text] = NULL;
        if (!part->codes) continue;
        free(part->codes[text].bytes), free(part->codes[text].offset);
        part->codes[text] = (struct plain_codes){0};
    }
}

void plain_file_drop_number(struct plain_file *file, size_t number)
{
    for (size_t i = 0; i < file->n_parts; i++) {
        struct plain_part *part = &file->part[i];
        if (part->number && !part->in_block)
            plain_column_free(part->number[number], part->capacity, sizeof **part->number);
        if (part->number) part->number[number] = NULL;
        if (part->status) free(part->status[number]), part->status[number] = NULL;
    }
    if (file->block) free(file->block[number]), file->block[number] = NULL;
}

double *plain_file_reuse_number(struct plain_file *file, size_t number, size_t n)
{
    double *block = file->block_rows >= n ? file->block[number] : NULL;
    if (block) file->block[number] = NULL;
    plain_file_drop_number(file, number);
    return block;
}

void plain_file_clear(struct plain_file *file)
{
    for (size_t j = 0; j < file->n_texts; j++) plain_file_drop_text(file, j);
    for (size_t j = 0; j < file->n_numbers; j++) plain_file_drop_number(file, j);
    for (size_t i = 0; i < file->n_parts; i++) {
        struct plain_part *part = &file->part[i];
        free(part->text), free(part->codes), free(part->number), free(part->status);
    }
    free(file->part), free(file->block);
    memset(file, 0, sizeof *file);
}
