// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): for anonymous maps
#include "import/plain_file.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/number.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "import/input.h"
#include "import/records.h"
#include "import/values.h"

/* Parts, and how far beyond its end the last row of one may reach. */
enum { PART = 1 << 22, BEYOND = 1 << 16, HEAD = 1 << 15 };

enum byte_kind { ORDINARY, ENDS, QUOTE, ODD };

enum role { SKIP, TEXT, NUMBER };
struct column {
    enum role role;
    size_t index; /* among the texts or numbers */
};

struct reader {
    int descriptor;
    size_t size, first; /* bytes; where the rows begin */
    size_t n_columns;
    struct column *columns;
    size_t n_texts, n_numbers;
    char delimiter;
    unsigned char kind[256];
};

/* A table of codes by hash. */
struct codes {
    struct plain_codes list;
    uint32_t *slot; /* index + 1 */
    size_t slots, used, capacity, list_capacity;
    uint32_t last;
};

struct part {
    struct codes *codes;
    uint32_t **text;
    double **number;
    uf_value_status **status;
    size_t n_rows, capacity;
    bool odd, no_memory;
    bool clear_point, either_point; /* 1.5 was seen; 1.234 was */
};

/* --- codes ------------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = length * 0x9E3779B97F4A7C15u;
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        hash = (hash ^ word) * 0xBF58476D1CE4E5B9u;
        hash ^= hash >> 31;
        text += 8, length -= 8;
    }
    uint64_t word = 0;
    memcpy(&word, text, length);
    hash = (hash ^ word) * 0x94D049BB133111EBu;
    return hash ^ (hash >> 29);
}

static bool same_code(const struct codes *codes, uint32_t index, const char *text, size_t length)
{
    const char *code = codes->list.bytes + codes->list.offset[index];
    size_t i = 0;
    while (i < length && code[i] == text[i]) i++;
    return i == length && code[i] == '\0';
}

static bool grow_codes(struct codes *codes)
{
    size_t slots = codes->slots ? codes->slots * 2 : 1 << 10;
    uint32_t *slot = calloc(slots, sizeof *slot);
    uint32_t *offset = realloc(codes->list.offset, slots * sizeof *offset);
    if (offset) codes->list.offset = offset;
    if (!slot || !offset) {
        free(slot);
        return false;
    }
    for (uint32_t i = 0; i < codes->list.count; i++) {
        const char *code = codes->list.bytes + offset[i];
        size_t at = hash_of(code, strlen(code)) & (slots - 1);
        while (slot[at]) at = (at + 1) & (slots - 1);
        slot[at] = i + 1;
    }
    free(codes->slot);
    codes->slot = slot;
    codes->slots = slots;
    return true;
}

/* The number of a code; PLAIN_EMPTY: no memory. `text` may be read eight bytes beyond its end. */
static uint32_t number_of(struct codes *codes, const char *text, size_t length)
{
    if (codes->list.count > 0 && same_code(codes, codes->last, text, length)) return codes->last;
    if (2 * (codes->list.count + 1) > codes->slots && !grow_codes(codes)) return PLAIN_EMPTY;
    size_t at = hash_of(text, length) & (codes->slots - 1);
    for (; codes->slot[at]; at = (at + 1) & (codes->slots - 1))
        if (same_code(codes, codes->slot[at] - 1, text, length)) return codes->last = codes->slot[at] - 1;
    /* room for a comparison that reads past a short code */
    if (codes->used + length + 1 + BEYOND > codes->capacity) {
        size_t capacity = 2 * codes->capacity + length + (size_t)2 * BEYOND;
        char *bytes = realloc(codes->list.bytes, capacity);
        if (!bytes) return PLAIN_EMPTY;
        memset(bytes + codes->used, 0, capacity - codes->used);
        codes->list.bytes = bytes;
        codes->capacity = capacity;
    }
    memcpy(codes->list.bytes + codes->used, text, length);
    codes->list.bytes[codes->used + length] = '\0';
    codes->list.offset[codes->list.count] = (uint32_t)codes->used;
    codes->used += length + 1;
    codes->slot[at] = (uint32_t)++codes->list.count;
    return codes->last = (uint32_t)(codes->list.count - 1);
}

/* --- fields ------------------------------------------------------------------------------------ */

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Eight digits at once: their number, where all eight bytes are digits. */
static inline bool eight_digits(const char *p, uint64_t *out)
{
    uint64_t word;
    memcpy(&word, p, 8);
    if (((word & 0xF0F0F0F0F0F0F0F0u) | (((word + 0x0606060606060606u) & 0xF0F0F0F0F0F0F0F0u) >> 4)) !=
        0x3333333333333333u)
        return false;
    word -= 0x3030303030303030u;
    word = word * 10 + (word >> 8);
    *out = (((word & 0x000000FF000000FFu) * 0x000F424000000064u) +
            (((word >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u)) >>
           32;
    return true;
}

/* A number that ends at `end`, where it is exact in one division or product (Clinger 1990): the power of ten and the
 * digits taken as a whole are both doubles. */
static inline const char *read_number(const char *p, struct part *part, double *out)
{
    bool negative = *p == '-';
    const char *start = p += negative;
    uint64_t mantissa = 0, eight;
    while (is_digit(*p)) mantissa = mantissa * 10 + (uint64_t)(*p++ - '0');
    ptrdiff_t whole = p - start, decimals = 0;
    if (*p == '.') {
        const char *point = ++p;
        if (eight_digits(p, &eight)) mantissa = mantissa * 100000000 + eight, p += 8;
        while (is_digit(*p)) mantissa = mantissa * 10 + (uint64_t)(*p++ - '0');
        decimals = p - point;
        if (decimals != 3 || *start == '0')
            part->clear_point = true;
        else
            part->either_point = true;
    }
    if (whole + decimals == 0 || whole + decimals > 19) return NULL;
    long power = -(long)decimals;
    if (*p == 'e' || *p == 'E') {
        p++;
        bool below = *p == '-';
        if (*p == '-' || *p == '+') p++;
        long exponent = 0;
        if (!is_digit(*p)) return NULL;
        for (int i = 0; is_digit(*p); i++) {
            if (i == 4) return NULL;
            exponent = exponent * 10 + (*p++ - '0');
        }
        power += below ? -exponent : exponent;
    }
    double value;
    if (mantissa <= (UINT64_C(1) << 53) && power >= -22 && power <= 22) {
        value = (double)mantissa;
        value = power < 0 ? value / powers_of_ten[-power] : value * powers_of_ten[power];
    } else {
        return NULL;
    }
    *out = negative ? -value : value;
    return p;
}

/* The other ways to write a number, and the signs for missing ones. */
static bool read_carefully(struct part *part, size_t index, size_t capacity, const char *text, size_t length,
                           double *out)
{
    static const struct uf_value_rules rules = {.decimal = '.', .group = ' '};
    uf_value_status status = UF_VALUE_OBSERVED;
    if (uf_number_parse(text, length, '.', out)) {
        part->either_point |= memchr(text, '.', length) != NULL;
        return true;
    }
    if (!uf_value_read(&rules, text, length, NULL, out, &status)) return false;
    if (!part->status[index]) {
        part->status[index] = calloc(capacity, sizeof **part->status);
        if (!part->status[index]) {
            part->no_memory = true;
            return false;
        }
    }
    part->status[index][part->n_rows] = status;
    return true;
}

/* The field's bytes, without its quotes; NULL: not plain. `*next` is the delimiter or line end behind it. */
static const char *find_field(const struct reader *reader, const char *p, size_t *length, const char **next)
{
    const unsigned char *kind = reader->kind;
    const char *start = p;
    if (kind[(unsigned char)*p] == QUOTE) {
        start = ++p;
        while (kind[(unsigned char)*p] == ORDINARY) p++;
        if (kind[(unsigned char)*p] != QUOTE) return NULL;
        *length = (size_t)(p - start);
        p++;
        if (*length == 0) return NULL;
    } else {
        while (kind[(unsigned char)*p] == ORDINARY) p++;
        *length = (size_t)(p - start);
    }
    if (*p == '\r' && p[1] == '\n') p++;
    if (kind[(unsigned char)*p] != ENDS) return NULL;
    *next = p;
    return start;
}

static bool has_blank_ends(const char *text, size_t length)
{
    return length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
}

/* One row from `p`; NULL: not plain, or no memory. */
static const char *read_row(const struct reader *reader, struct part *part, const char *p)
{
    const char *next, *text;
    size_t length, last = reader->n_columns - 1;
    for (size_t c = 0; c < reader->n_columns; c++, p = next + 1) {
        const struct column *column = &reader->columns[c];
        double value;
        if (column->role == NUMBER && (next = read_number(p, part, &value)) != NULL &&
            reader->kind[(unsigned char)*next] == ENDS) {
            part->number[column->index][part->n_rows] = value;
        } else {
            if (!(text = find_field(reader, p, &length, &next))) return NULL;
            if (column->role != SKIP && has_blank_ends(text, length)) return NULL;
            if (column->role == TEXT) {
                uint32_t code = PLAIN_EMPTY;
                if (length > 0 &&
                    (code = number_of(&part->codes[column->index], text, length)) == PLAIN_EMPTY)
                    part->no_memory = true;
                part->text[column->index][part->n_rows] = code;
            }
            if (column->role == NUMBER) {
                if (!read_carefully(part, column->index, part->capacity, text, length, &value)) return NULL;
                part->number[column->index][part->n_rows] = value;
            }
        }
        if ((*next == '\n') != (c == last)) return NULL;
    }
    part->n_rows++;
    return p;
}

/* --- parts ------------------------------------------------------------------------------------- */

static bool read_bytes(const struct reader *reader, size_t from, size_t length, char *out)
{
    while (length > 0) {
        ssize_t got = pread(reader->descriptor, out, length, (off_t)from);
        if (got <= 0) return false;
        from += (size_t)got, length -= (size_t)got, out += got;
    }
    return true;
}

/* Columns of parts come and go while the panel grows: mapped on their own, they leave nothing behind. */
static void *column_new(size_t n, size_t size)
{
    void *memory = mmap(NULL, (n + 1) * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void column_free(void *memory, size_t n, size_t size)
{
    if (memory) munmap(memory, (n + 1) * size);
}

static void part_clear(const struct reader *reader, struct part *part)
{
    for (size_t j = 0; part->text && j < reader->n_texts; j++)
        column_free(part->text[j], part->capacity, sizeof **part->text);
    for (size_t j = 0; part->codes && j < reader->n_texts; j++)
        free(part->codes[j].list.bytes), free(part->codes[j].list.offset), free(part->codes[j].slot);
    for (size_t j = 0; part->number && j < reader->n_numbers; j++)
        column_free(part->number[j], part->capacity, sizeof **part->number);
    for (size_t j = 0; part->status && j < reader->n_numbers; j++) free(part->status[j]);
    free(part->text), free(part->codes), free(part->number), free(part->status);
}

/* With room for as many rows as the buffer has line ends. */
static bool part_init(const struct reader *reader, const char *buffer, size_t length, struct part *part)
{
    for (size_t i = 0; i < length; i++) part->capacity += buffer[i] == '\n';
    part->text = calloc(reader->n_texts + 1, sizeof *part->text);
    part->codes = calloc(reader->n_texts + 1, sizeof *part->codes);
    part->number = calloc(reader->n_numbers + 1, sizeof *part->number);
    part->status = calloc(reader->n_numbers + 1, sizeof *part->status);
    if (!part->text || !part->codes || !part->number || !part->status) return false;
    bool fine = true;
    for (size_t j = 0; j < reader->n_texts; j++)
        fine = (part->text[j] = column_new(part->capacity, sizeof **part->text)) != NULL && fine;
    for (size_t j = 0; j < reader->n_numbers; j++)
        fine = (part->number[j] = column_new(part->capacity, sizeof **part->number)) != NULL && fine;
    return fine;
}

/* Rows that begin within the part. */
static void read_part(const struct reader *reader, size_t index, char *buffer, struct part *part)
{
    size_t from = reader->first + index * PART, end = from + PART;
    size_t before = index > 0; /* one byte, to see whether a row begins here */
    size_t to = end + BEYOND < reader->size ? end + BEYOND : reader->size;
    size_t length = to - (from - before);
    if (!read_bytes(reader, from - before, length, buffer)) {
        part->odd = true;
        return;
    }
    /* behind the last byte stands an end of line, and room for reading eight bytes at once */
    memset(buffer + length, 0, 16);
    if (length == 0 || buffer[length - 1] != '\n') buffer[length++] = '\n';
    if (!part_init(reader, buffer, length, part)) {
        part->no_memory = true;
        return;
    }
    const char *p = buffer, *stop = buffer + (end < to ? end : to) - (from - before), *last = buffer + length;
    if (index > 0) {
        p = memchr(buffer, '\n', length);
        p = p ? p + 1 : last;
    }
    while (p < stop && p < last) {
        if (*p == '\n' || (*p == '\r' && p[1] == '\n')) {
            p += *p == '\r' ? 2 : 1;
            continue;
        }
        p = read_row(reader, part, p);
        if (!p || p > last || (p == last && to < reader->size)) {
            part->odd = true;
            return;
        }
    }
}

/* The part's own memory becomes that of the result, of the length that it needs. */
static void hand_over(const struct reader *reader, struct part *part, struct plain_part *out)
{
    *out = (struct plain_part){.n_rows = part->n_rows,
                               .capacity = part->capacity,
                               .text = part->text,
                               .number = part->number,
                               .status = part->status,
                               .codes = calloc(reader->n_texts + 1, sizeof *out->codes)};
    for (size_t j = 0; j < reader->n_texts; j++) {
        struct codes *codes = &part->codes[j];
        free(codes->slot);
        char *bytes = realloc(codes->list.bytes, codes->used + 1);
        if (bytes) codes->list.bytes = bytes;
        uint32_t *offset = realloc(codes->list.offset, (codes->list.count + 1) * sizeof *offset);
        if (offset) codes->list.offset = offset;
        if (out->codes)
            out->codes[j] = codes->list;
        else
            free(codes->list.bytes), free(codes->list.offset);
    }
    free(part->codes);
    *part = (struct part){
        .no_memory = !out->codes, .clear_point = part->clear_point, .either_point = part->either_point};
}

/* --- the file ---------------------------------------------------------------------------------- */

static void set_kinds(struct reader *reader)
{
    for (int c = 0; c < 256; c++) reader->kind[c] = c < 32 || c > 126 ? ODD : ORDINARY;
    /* a comma within a field could be a decimal mark */
    reader->kind[','] = reader->kind['\t'] = ODD;
    reader->kind['"'] = QUOTE;
    reader->kind['\n'] = reader->kind[(unsigned char)reader->delimiter] = ENDS;
}

/* The header through the careful reader. False: not plain. */
static bool read_header(struct reader *reader, const char *head, const char *const *texts, size_t n_texts,
                        const char *const *numbers, size_t n_numbers)
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
    reader->delimiter = uf_delimiter_detect(head);
    fine =
        fine && (reader->delimiter == ',' || reader->delimiter == '\t') &&
        uf_input_open_memory("header", head, (size_t)(end - head) + 1, "utf-8", &input, &ignored) == UF_OK &&
        uf_records_open(input, reader->delimiter, &records, &ignored) == UF_OK &&
        uf_records_header(records, &names, &ignored) == UF_OK;
    reader->first = fine ? (size_t)(end - head) + 1 : 0;
    reader->n_columns = names.count;
    reader->columns = calloc(names.count + 1, sizeof *reader->columns);
    fine = fine && reader->columns && names.count > 1;
    for (size_t j = 0; fine && j < n_texts + n_numbers; j++) {
        size_t c = uf_text_list_find(&names, j < n_texts ? texts[j] : numbers[j - n_texts]);
        fine = c < names.count && reader->columns[c].role == SKIP;
        if (fine)
            reader->columns[c] = (struct column){j < n_texts ? TEXT : NUMBER, j < n_texts ? j : j - n_texts};
    }
    uf_records_close(records);
    uf_input_close(input);
    uf_text_list_clear(&names);
    set_kinds(reader);
    return fine;
}

static uf_status read_parts(const struct reader *reader, struct plain_file *out, bool *out_plain,
                            struct uf_error *error)
{
    const size_t n_parts = (reader->size - reader->first + PART - 1) / PART;
    struct plain_file file = {.n_texts = reader->n_texts, .n_numbers = reader->n_numbers};
    file.part = calloc(n_parts + 1, sizeof *file.part);
    if (!file.part) return uf_fail_memory(error);
    file.n_parts = n_parts;
    bool odd = false, no_memory = false, clear = false, either = false;
#pragma omp parallel reduction(|| : odd, no_memory, clear, either)
    {
        char *buffer = column_new(PART + BEYOND + 64, 1);
        no_memory = no_memory || !buffer;
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < n_parts; i++) {
            struct part part = {0};
            if (odd || no_memory) continue;
            read_part(reader, i, buffer, &part);
            odd = odd || part.odd;
            no_memory = no_memory || part.no_memory;
            clear = clear || part.clear_point, either = either || part.either_point;
            if (part.odd || part.no_memory) {
                part_clear(reader, &part);
            } else {
                hand_over(reader, &part, &file.part[i]);
                no_memory = no_memory || part.no_memory;
            }
        }
        column_free(buffer, PART + BEYOND + 64, 1);
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
    struct reader reader = {.n_texts = n_texts, .n_numbers = n_numbers};
    uf_status status = UF_OK;
    *out_plain = false;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return UF_OK;
    reader.descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (reader.descriptor < 0) return UF_OK;
    reader.size = (size_t)about.st_size;
    size_t length = reader.size < HEAD ? reader.size : HEAD;
    char *head = calloc(HEAD + 1, 1);
    if (head && read_bytes(&reader, 0, length, head) && strlen(head) == length) {
        /* whole lines, as the careful reader's prefix */
        char *end = strrchr(head, '\n');
        if (end) end[1] = '\0';
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
            column_free(part->text[text], part->capacity, sizeof **part->text), part->text[text] = NULL;
        if (!part->codes) continue;
        free(part->codes[text].bytes), free(part->codes[text].offset);
        part->codes[text] = (struct plain_codes){0};
    }
}

void plain_file_drop_number(struct plain_file *file, size_t number)
{
    for (size_t i = 0; i < file->n_parts; i++) {
        struct plain_part *part = &file->part[i];
        if (part->number)
            column_free(part->number[number], part->capacity, sizeof **part->number),
                part->number[number] = NULL;
        if (part->status) free(part->status[number]), part->status[number] = NULL;
    }
}

void plain_file_clear(struct plain_file *file)
{
    for (size_t j = 0; j < file->n_texts; j++) plain_file_drop_text(file, j);
    for (size_t j = 0; j < file->n_numbers; j++) plain_file_drop_number(file, j);
    for (size_t i = 0; i < file->n_parts; i++) {
        struct plain_part *part = &file->part[i];
        free(part->text), free(part->codes), free(part->number), free(part->status);
    }
    free(file->part);
    memset(file, 0, sizeof *file);
}
