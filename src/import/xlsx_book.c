// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/xlsx_book.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_book_clear(struct uf_book *book)
{
    for (size_t i = 0; i < book->n_sheets; i++) {
        free(book->sheets[i].name);
        free(book->sheets[i].part);
    }
    free(book->sheets);
    free(book->styles);
    free(book->string_starts);
    uf_buffer_clear(&book->strings);
    uf_archive_close(book->archive);
    memset(book, 0, sizeof *book);
}

void uf_text_squeeze(char *text)
{
    char *to = text;
    bool blank = false;
    for (const char *from = text; *from;) {
        size_t n = !strncmp(from, "\xC2\xA0", 2) || !strncmp(from, "\xE2\x80\xAF", 3)
                       ? ((unsigned char)*from == 0xC2 ? 2 : 3)
                   : strchr(" \t\r\n", *from)     ? 1
                   : !strncmp(from, "_x000D_", 7) ? 7 /* how the format writes control characters */
                   : !strncmp(from, "_x000A_", 7) ? 7
                                                  : 0;
        if (n > 0) {
            blank = to > text;
            from += n;
            continue;
        }
        if (blank) *to++ = ' ';
        blank = false;
        *to++ = *from++;
    }
    *to = '\0';
}

/* --- relationships ----------------------------------------------------------------------------- */

struct relation {
    char *id, *type, *target; /* target: the part's whole name */
};
struct relations {
    struct relation *items;
    size_t count;
    const char *folder; /* of the part that they belong to, with a slash, or "" */
};

static void clear_relations(struct relations *relations)
{
    for (size_t i = 0; i < relations->count; i++) {
        free(relations->items[i].id);
        free(relations->items[i].type);
        free(relations->items[i].target);
    }
    free(relations->items);
    memset(relations, 0, sizeof *relations);
}

/* `xl/` and `../a/b.xml` → `a/b.xml`. */
static char *resolve(const char *folder, const char *target)
{
    struct uf_buffer path = {0};
    if (*target != '/') uf_buffer_append(&path, folder);
    while (*target) {
        size_t n = strcspn(target, "/");
        if (n == 2 && !strncmp(target, "..", 2)) {
            if (path.length > 0) path.length--;
            while (path.length > 0 && path.data[path.length - 1] != '/') path.length--;
        } else if (n > 0 && !(n == 1 && *target == '.')) {
            uf_buffer_append_bytes(&path, target, n);
            if (target[n]) uf_buffer_append_char(&path, '/');
        }
        target += n + (target[n] == '/');
    }
    if (path.data) path.data[path.length] = '\0';
    return uf_buffer_take(&path);
}

static uf_status on_relation(struct uf_part *part, const char *name, const char **attributes,
                             struct uf_error *error)
{
    struct relations *relations = uf_part_user(part);
    const char *id = uf_attribute(attributes, "Id"), *type = uf_attribute(attributes, "Type"),
               *target = uf_attribute(attributes, "Target"), *mode = uf_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target || (mode && !strcmp(mode, "External")))
        return UF_OK;
    struct relation *items = uf_grow_array(relations->items, relations->count, sizeof *items);
    if (!items) return uf_fail_memory(error);
    relations->items = items;
    struct relation *relation = &items[relations->count++];
    const char *kind = strrchr(type, '/');
    *relation = (struct relation){uf_text_copy(id), uf_text_copy(kind ? kind + 1 : type),
                                  resolve(relations->folder, target)};
    return relation->id && relation->type && relation->target ? UF_OK : uf_fail_memory(error);
}

static const char *target_of(const struct relations *relations, const char *type, const char *id)
{
    for (size_t i = 0; i < relations->count; i++)
        if ((!type || !strcmp(relations->items[i].type, type)) &&
            (!id || !strcmp(relations->items[i].id, id)))
            return relations->items[i].target;
    return NULL;
}

/* The relationships of the part `name`; `folder` receives the part's folder, which the result borrows. */
static uf_status read_relations(struct uf_archive *archive, const char *name, char **folder,
                                struct relations *out, struct uf_error *error)
{
    static const struct uf_part_handlers HANDLERS = {.start = on_relation};
    struct uf_buffer path = {0};
    const char *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash - name) + 1 : 0;
    uf_buffer_append_bytes(&path, name, n);
    *folder = uf_buffer_take(&path);
    if (!*folder) return uf_fail_memory(error);
    uf_buffer_append(&path, *folder);
    uf_buffer_append(&path, "_rels/");
    uf_buffer_append(&path, name + n);
    uf_buffer_append(&path, ".rels");
    out->folder = *folder;
    uf_status status =
        path.failed ? uf_fail_memory(error) : uf_archive_parse(archive, path.data, &HANDLERS, out, error);
    uf_buffer_clear(&path);
    return status;
}

/* --- styles ------------------------------------------------------------------------------------ */

struct style_reading {
    struct uf_book *book;
    struct {
        unsigned id;
        struct uf_style style;
    } * formats;
    size_t n_formats;
    bool in_cells;
};

struct uf_style uf_style_of(const char *code)
{
    bool date = false, time = false, percent = false, digits = true;
    unsigned zeros = 0;
    /* Only the first section: the others are for negative numbers, zero and text. */
    for (const char *p = code; *p && *p != ';'; p++) {
        int c = tolower((unsigned char)*p);
        if (c == '0')
            zeros++;
        else
            digits = false;
        if (*p == '"') {
            while (p[1] && p[1] != '"') p++;
            p += p[1] != 0;
        } else if (*p == '[') { /* a colour or a locale, or hours that may pass 24 */
            if (p[1] && strchr("hHmMsS", p[1]) && (p[2] == ']' || p[2] == p[1])) time = true;
            while (p[1] && *p != ']') p++;
        } else if (*p == '\\' || *p == '_' || *p == '*') {
            p += p[1] != 0;
        } else if (!strncmp(p, "General", 7)) {
            p += 6;
        } else {
            date = date || c == 'y' || c == 'd';
            time = time || c == 'h' || c == 's';
            percent = percent || c == '%';
            /* a month alone (mmm) is a date, mm beside hours are minutes */
            date = date ||
                   (c == 'm' && tolower((unsigned char)p[1]) == 'm' && tolower((unsigned char)p[2]) == 'm');
        }
    }
    if (date) return (struct uf_style){.look = UF_LOOK_DATE};
    if (time) return (struct uf_style){.look = UF_LOOK_TIME};
    if (percent) return (struct uf_style){.look = UF_LOOK_PERCENT};
    if (digits && zeros > 1 && zeros < 20) return (struct uf_style){.look = UF_LOOK_ZEROS, .zeros = zeros};
    return (struct uf_style){.look = UF_LOOK_PLAIN};
}

/* Formats that have a number and no code. */
static struct uf_style built_in(unsigned id)
{
    bool date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
    bool time = (id >= 18 && id <= 21) || (id >= 45 && id <= 47);
    return (struct uf_style){.look = date                  ? UF_LOOK_DATE
                                     : time                ? UF_LOOK_TIME
                                     : id == 9 || id == 10 ? UF_LOOK_PERCENT
                                                           : UF_LOOK_PLAIN};
}

static uf_status on_style(struct uf_part *part, const char *name, const char **attributes,
                          struct uf_error *error)
{
    struct style_reading *reading = uf_part_user(part);
    struct uf_book *book = reading->book;
    const char *number = uf_attribute(attributes, "numFmtId");
    unsigned id = number ? (unsigned)strtoul(number, NULL, 10) : 0;
    if (!strcmp(name, "cellXfs")) reading->in_cells = true;
    if (!strcmp(name, "numFmt") && uf_attribute(attributes, "formatCode")) {
        void *formats = uf_grow_array(reading->formats, reading->n_formats, sizeof *reading->formats);
        if (!formats) return uf_fail_memory(error);
        reading->formats = formats;
        reading->formats[reading->n_formats].id = id;
        reading->formats[reading->n_formats++].style = uf_style_of(uf_attribute(attributes, "formatCode"));
    } else if (!strcmp(name, "xf") && reading->in_cells) {
        struct uf_style *styles = uf_grow_array(book->styles, book->n_styles, sizeof *styles);
        if (!styles) return uf_fail_memory(error);
        book->styles = styles;
        struct uf_style style = built_in(id);
        for (size_t i = 0; i < reading->n_formats; i++)
            if (reading->formats[i].id == id) style = reading->formats[i].style;
        styles[book->n_styles++] = style;
    }
    return UF_OK;
}

static uf_status on_style_end(struct uf_part *part, const char *name, struct uf_error *error)
{
    (void)error;
    struct style_reading *reading = uf_part_user(part);
    if (!strcmp(name, "cellXfs")) reading->in_cells = false;
    return UF_OK;
}

/* --- shared texts ------------------------------------------------------------------------------ */

struct string_reading {
    struct uf_book *book;
    bool in_text, in_phonetic;
};

static uf_status on_string(struct uf_part *part, const char *name, const char **attributes,
                           struct uf_error *error)
{
    struct string_reading *reading = uf_part_user(part);
    struct uf_book *book = reading->book;
    (void)attributes;
    if (!strcmp(name, "si")) {
        size_t *starts = uf_grow_array(book->string_starts, book->n_strings, sizeof *starts);
        if (!starts) return uf_fail_memory(error);
        book->string_starts = starts;
        starts[book->n_strings++] = book->strings.length;
    } else if (!strcmp(name, "rPh")) { /* how to pronounce it */
        reading->in_phonetic = true;
    } else if (!strcmp(name, "t")) {
        reading->in_text = !reading->in_phonetic && book->n_strings > 0;
    }
    return UF_OK;
}

static uf_status on_string_end(struct uf_part *part, const char *name, struct uf_error *error)
{
    struct string_reading *reading = uf_part_user(part);
    if (!strcmp(name, "t")) reading->in_text = false;
    if (!strcmp(name, "rPh")) reading->in_phonetic = false;
    struct uf_book *book = reading->book;
    if (!strcmp(name, "si")) {
        uf_buffer_append_char(&book->strings, '\0');
        if (!book->strings.failed)
            uf_text_squeeze(book->strings.data + book->string_starts[book->n_strings - 1]);
    }
    return book->strings.failed ? uf_fail_memory(error) : UF_OK;
}

static uf_status on_string_text(struct uf_part *part, const char *text, size_t length, struct uf_error *error)
{
    struct string_reading *reading = uf_part_user(part);
    (void)error;
    if (reading->in_text) uf_buffer_append_bytes(&reading->book->strings, text, length);
    return UF_OK;
}

/* --- the workbook ------------------------------------------------------------------------------ */

struct book_reading {
    struct uf_book *book;
    const struct relations *relations;
};

static uf_status on_book(struct uf_part *part, const char *name, const char **attributes,
                         struct uf_error *error)
{
    struct book_reading *reading = uf_part_user(part);
    struct uf_book *book = reading->book;
    if (!strcmp(name, "workbookPr")) book->from_1904 = uf_attribute_is_true(attributes, "date1904");
    if (strcmp(name, "sheet") != 0) return UF_OK;
    const char *called = uf_attribute(attributes, "name"), *id = uf_attribute_prefixed(attributes, "id"),
               *shown = uf_attribute(attributes, "state");
    if (!called || !id) return uf_part_fail(part, error, "a sheet has no name or no id");
    struct uf_sheet_entry *sheets = uf_grow_array(book->sheets, book->n_sheets, sizeof *sheets);
    if (!sheets) return uf_fail_memory(error);
    book->sheets = sheets;
    struct uf_sheet_entry *sheet = &sheets[book->n_sheets++];
    const char *target = target_of(reading->relations, "worksheet", id);
    *sheet = (struct uf_sheet_entry){.name = uf_text_copy(called),
                                     .part = uf_text_copy(target),
                                     .hidden = shown && strcmp(shown, "visible") != 0};
    return sheet->name && (sheet->part || !target) ? UF_OK : uf_fail_memory(error);
}

static uf_status read_parts(struct uf_book *book, const char *name, const struct relations *relations,
                            struct uf_error *error)
{
    static const struct uf_part_handlers BOOK = {.start = on_book};
    static const struct uf_part_handlers STYLES = {.start = on_style, .end = on_style_end};
    static const struct uf_part_handlers STRINGS = {
        .start = on_string, .end = on_string_end, .text = on_string_text};
    struct book_reading reading = {book, relations};
    UF_TRY(uf_archive_parse(book->archive, name, &BOOK, &reading, error));
    const char *styles = target_of(relations, "styles", NULL),
               *strings = target_of(relations, "sharedStrings", NULL);
    struct style_reading style_reading = {.book = book};
    uf_status status =
        styles ? uf_archive_parse(book->archive, styles, &STYLES, &style_reading, error) : UF_OK;
    free(style_reading.formats);
    UF_TRY(status);
    struct string_reading string_reading = {.book = book};
    return strings ? uf_archive_parse(book->archive, strings, &STRINGS, &string_reading, error) : UF_OK;
}

/* What else comes as a zip archive. */
static uf_status check_kind(const struct uf_book *book, const char *file, struct uf_error *error)
{
    char type[80] = "";
    size_t length = 0;
    if (uf_archive_has(book->archive, "[Content_Types].xml") && uf_archive_has(book->archive, "_rels/.rels"))
        return UF_OK;
    if (uf_archive_has(book->archive, "mimetype"))
        UF_TRY(uf_archive_head(book->archive, "mimetype", type, sizeof type - 1, &length, error));
    if (!strncmp(type, "application/vnd.oasis.opendocument", 34))
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                          "this is an OpenDocument file (.ods); save it as .xlsx or CSV");
    return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                      "this zip archive is no workbook; unpack it and import the file inside");
}

static uf_status open_parts(struct uf_input *input, struct uf_book *book, struct uf_error *error)
{
    const char *file = uf_input_name(input);
    UF_TRY(uf_archive_open(input, &book->archive, error));
    UF_TRY(check_kind(book, file, error));
    struct relations top = {0}, own = {0};
    char *top_folder = NULL, *folder = NULL;
    uf_status status = read_relations(book->archive, "", &top_folder, &top, error);
    const char *name = status == UF_OK ? target_of(&top, "officeDocument", NULL) : NULL;
    size_t length = name ? strlen(name) : 0;
    if (status == UF_OK && length > 4 && !strcmp(name + length - 4, ".bin"))
        status = uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                            "this is a binary workbook (.xlsb); save it as .xlsx or CSV");
    else if (status == UF_OK && !name)
        status = uf_fail_at(error, UF_BAD_INPUT, file, 0, 0, "this zip archive names no document in it");
    if (status == UF_OK) status = read_relations(book->archive, name, &folder, &own, error);
    if (status == UF_OK) status = read_parts(book, name, &own, error);
    if (status == UF_OK && book->n_sheets == 0)
        status = uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                            "the document has no sheets; expected an Excel workbook");
    clear_relations(&top);
    clear_relations(&own);
    free(top_folder);
    free(folder);
    return status;
}

uf_status uf_book_open(struct uf_input *input, struct uf_book *out, struct uf_error *error)
{
    struct uf_book book = {0};
    uf_status status = open_parts(input, &book, error);
    if (status != UF_OK)
        uf_book_clear(&book);
    else
        *out = book;
    return status;
}
