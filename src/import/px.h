// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PX_H
#define UTFALL_IMPORT_PX_H
/*
 * PX (PC-Axis), in four steps: the text as keywords with values (px_lexer.c), the keywords as a cube
 * (px_header.c), what they say beside it (px_facts.c), and the numbers behind `DATA=` (px_data.c).
 *
 * A fault in what the cube rests on is an error with line and keyword; a fault elsewhere is a note.
 */
#include "import/format.h"
#include "store/codes.h"

/* --- keywords as data (px_keywords.c) ---------------------------------------------------------- */

/* What a keyword's brackets `( )` may hold; a set. */
enum uf_px_about {
    UF_PX_TABLE = 1,    /* nothing */
    UF_PX_VARIABLE = 2, /* a variable */
    UF_PX_VALUE = 4,    /* a variable and one of its values */
    UF_PX_CONTENT = 8,  /* a value of the content variable */
    UF_PX_CELL = 16     /* for each variable a value or `*` */
};
/* What is made of it. */
enum uf_px_use {
    UF_PX_CUBE,   /* the cube rests on it: faults are errors */
    UF_PX_FACT,   /* px_facts.c or px_header.c ask for it by name */
    UF_PX_NOTE,   /* its text is a note of the file */
    UF_PX_KEEP,   /* a note too, with the keyword before it */
    UF_PX_SYMBOL, /* how a missing value is shown */
    UF_PX_SHOW    /* how a program shows the table: of no use here */
};
enum uf_px_kind { UF_PX_TEXT, UF_PX_YES_NO, UF_PX_WHOLE, UF_PX_ANY };

struct uf_px_keyword {
    const char *name;
    enum uf_px_use use;
    unsigned about;
    enum uf_px_kind kind;
    long most;     /* of WHOLE */
    bool required; /* its absence is a note */
};
/* NULL: not one of the format's. Any case. */
const struct uf_px_keyword *uf_px_keyword_find(const char *name);
const struct uf_px_keyword *uf_px_keywords(size_t *out_count);

/* --- text → keywords with values (px_lexer.c) --------------------------------------------------- */

/* The text as it comes, with the place. */
struct uf_px_source {
    struct uf_input *input;
    const char *at, *end;   /* of the block */
    const char *line_start; /* in the block */
    size_t column_before;   /* characters of the line before `line_start` */
    size_t line;            /* from 1 */
    bool ended;
};
void uf_px_source_init(struct uf_px_source *source, struct uf_input *input);
/* Makes at < end, or sets `ended`. */
uf_status uf_px_source_fill(struct uf_px_source *source, struct uf_error *error);
size_t uf_px_source_column(const struct uf_px_source *source, const char *at);

/* One part of what stands behind `=`. */
struct uf_px_item {
    char kind;  /* 's' a text in quotes, 'w' a word, else the sign itself */
    char *text; /* of 's' and 'w' */
};
struct uf_px_entry {
    char *name, *language; /* language "": none said */
    const struct uf_px_keyword *keyword;
    struct uf_text_list subkeys;
    struct uf_px_item *items;
    size_t n_items;
    size_t line, column;
    const char *fault; /* of quotes and commas, static; NULL: none */
    size_t fault_line, fault_column;
};
struct uf_px_entries {
    struct uf_px_entry *items;
    size_t count, capacity;
    size_t data_line; /* of `DATA=` */
    bool non_ascii;   /* some letter is not ASCII */
};
/* All keywords up to and with `DATA=`, where the source then stands. UF_BAD_INPUT where the text is no
 * keywords with values, and where it ends before `DATA=`. */
uf_status uf_px_read_entries(struct uf_px_source *source, struct uf_px_entries *out, struct uf_error *error);
void uf_px_entries_clear(struct uf_px_entries *entries);

/* The n-th text in quotes (or word), NULL: none. */
const char *uf_px_text(const struct uf_px_entry *entry, size_t n);
/* All of them; a `-` or `:` between is passed over. */
uf_status uf_px_texts(const struct uf_px_entry *entry, struct uf_text_list *out, struct uf_error *error);

/* --- keywords → cube (px_header.c) --------------------------------------------------------------- */

/* A dimension's words in one language. */
struct uf_px_words {
    char *name;
    struct uf_text_list values;
    struct uf_codes index; /* value → place */
};
struct uf_px_language {
    char *name;                /* `sv`; "": the file does not say */
    struct uf_px_words *words; /* one per dimension */
    size_t n_words;            /* 0: the language's variables do not fit the cube */
    size_t content;            /* the content variable, SIZE_MAX: none */
};
struct uf_px_dimension {
    struct uf_text_list codes; /* of a time dimension made periods */
    struct uf_codes index;     /* the code as it stands in the file → place */
    size_t size;
    bool has_codes, is_time;
    bool keys, keys_are_codes; /* KEYS */
};
struct uf_px_cube {
    struct uf_px_dimension *dimensions; /* stub, then heading: the last runs fastest */
    size_t count, n_stub;
    struct uf_px_language *languages; /* the first is that of keywords without a language */
    size_t n_languages;
    bool keys;     /* rows have their keys before them */
    size_t cells;  /* SIZE_MAX where they are more */
    size_t rows;   /* the stub's product; SIZE_MAX where they are more */
    size_t in_row; /* cells of one row: the heading's product */
    size_t data_line;
};
void uf_px_cube_clear(struct uf_px_cube *cube);
/* Fills the cube, and the reader's notes with what is wrong beside it. */
uf_status uf_px_cube_make(struct uf_reader *reader, const struct uf_px_entries *entries,
                          struct uf_px_cube *out, struct uf_error *error);
/* The language of an entry, NULL: one that the file does not list. */
const struct uf_px_language *uf_px_language_of(const struct uf_px_cube *cube,
                                               const struct uf_px_entry *entry);
const struct uf_px_language *uf_px_language_find(const struct uf_px_cube *cube, const char *name);
size_t uf_px_variable(const struct uf_px_language *language, const char *name); /* SIZE_MAX: none */
/* A value by its text in that language, or by its code; SIZE_MAX: none. */
size_t uf_px_value(const struct uf_px_cube *cube, const struct uf_px_language *language, size_t dimension,
                   const char *text);
const struct uf_px_entry *uf_px_find(const struct uf_px_entries *entries, const struct uf_px_cube *cube,
                                     const struct uf_px_language *language, const char *name);
/* Faults of keywords on which the cube does not rest, as notes (px_check.c). */
uf_status uf_px_check(struct uf_reader *reader, const struct uf_px_entries *entries,
                      const struct uf_px_cube *cube, struct uf_error *error);
/* What a keyword's brackets speak of: `region=0114;sex=*`. NULL in `*out`: of nothing that the cube has, and
 * `*out_why` (static) says what is wrong. */
uf_status uf_px_scope(const struct uf_px_cube *cube, const struct uf_px_entry *entry, char **out,
                      const char **out_why, struct uf_error *error);
bool uf_px_is(const struct uf_px_entry *entry, const char *keyword);
/* The languages that LANGUAGE and LANGUAGES list, without their words. */
uf_status uf_px_load_languages(const struct uf_px_entries *entries, struct uf_px_cube *cube,
                               struct uf_error *error);
/* CONTVARIABLE, in the language `which`. */
uf_status uf_px_load_content(struct uf_reader *reader, const struct uf_px_entries *entries,
                             struct uf_px_cube *cube, size_t which, struct uf_error *error);
/* Takes out pieces of characters, which a text cut to some length may end in. */
void uf_px_mend(char *text);
uf_status uf_px_fail_at(const struct uf_reader *reader, size_t line, size_t column, struct uf_error *error,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A failure of a keyword: `VALUES: …` at its place. */
uf_status uf_px_fail(const struct uf_reader *reader, const struct uf_px_entry *entry, struct uf_error *error,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds `line 37: KEYWORD: …` to the reader's notes; after fifty only a count is kept. */
uf_status uf_px_warn(struct uf_reader *reader, const struct uf_px_entry *entry, struct uf_error *error,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* TIMEVAL (px_period.c): makes the codes of dimensions periods where it can; Spain's quarters without it too. */
uf_status uf_px_load_periods(struct uf_reader *reader, const struct uf_px_entries *entries,
                             struct uf_px_cube *cube, struct uf_error *error);

/* --- signs for missing (px_symbols.c) ---------------------------------------------------------------- */

enum { UF_PX_SYMBOLS = 7 }; /* `-`, then one dot to six */
struct uf_px_symbols {
    char *texts[UF_PX_SYMBOLS]; /* as the file has them shown; NULL: not said */
    uf_value_status statuses[UF_PX_SYMBOLS];
};
uf_status uf_px_symbols_make(struct uf_reader *reader, const struct uf_px_entries *entries,
                             const struct uf_px_cube *cube, const struct uf_px_language *language,
                             struct uf_px_symbols *out, struct uf_error *error);
void uf_px_symbols_clear(struct uf_px_symbols *symbols);
/* False: no sign that is known. */
bool uf_px_symbol_read(const struct uf_px_symbols *symbols, const char *text, size_t length,
                       double *out_value, uf_value_status *out_status);

/* The word stands in the text; the case of ASCII letters is ignored. */
bool uf_px_speaks_of(const char *text, const char *word);

/* --- what the file says (px_facts.c) ------------------------------------------------------------------ */

uf_status uf_px_facts(struct uf_reader *reader, const struct uf_px_entries *entries,
                      const struct uf_px_cube *cube, const struct uf_px_language *language,
                      struct uf_error *error);

/* --- cells (px_data.c) --------------------------------------------------------------------------------- */

enum { UF_PX_WARNINGS = 50 }; /* faults that are noted one by one */
struct uf_px_data;
/* What a reader of this format keeps. */
struct uf_px_state {
    struct uf_px_cube cube;
    struct uf_px_symbols symbols;
    struct uf_px_data *data;
    size_t n_warnings;
    bool told_end; /* that the data do not end with their semicolon */
};
uf_status uf_px_data_open(const struct uf_px_source *source, const struct uf_px_cube *cube,
                          const struct uf_px_symbols *symbols, char decimal, struct uf_px_data **out,
                          struct uf_error *error);
uf_status uf_px_data_next(struct uf_px_data *data, struct uf_cell *out, bool *out_more,
                          struct uf_error *error);
/* Once all cells are read: the data end with their semicolon. */
bool uf_px_data_is_closed(const struct uf_px_data *data);
/* With KEYS: rows that are not in the file are given as zeros. */
bool uf_px_data_fills(const struct uf_px_data *data);
void uf_px_data_place(const struct uf_px_data *data, size_t *out_line, size_t *out_column);
void uf_px_data_close(struct uf_px_data *data);
#endif
