// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_METHOD_H
#define UTFALL_METHOD_H
/*
 * A method as a value. Its descriptor is all that the command line, `--help`, the study file's validation,
 * `utfall methods` and the generated method index know of it. Adding a method is one file and one line in the
 * table of src/study/registry.c.
 */
#include <stdint.h>
#include <utfall/panel.h>
#include <utfall/result.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_option_type {
    UF_OPTION_TEXT,
    UF_OPTION_NUMBER,
    UF_OPTION_COUNT,  /* a whole number >= 0 */
    UF_OPTION_FLAG,   /* true | false */
    UF_OPTION_CHOICE, /* one of `choices` */
    UF_OPTION_LIST,   /* texts, comma-separated on the command line, a sequence in the study file */
    UF_OPTION_PERIOD,
    UF_OPTION_FILE /* the name of a file, relative to the study; an input of the run, with its hash in the manifest */
};

/* Whether the items of an option name columns of the panel that the caller must load (a study's variables, a file's
 * columns). An item may carry a suffix after `:` that the method reads itself, as `invest:1964-1969`. */
enum uf_option_columns {
    UF_COLUMNS_NONE,
    UF_COLUMNS_NUMBER, /* also written `true` */
    UF_COLUMNS_GROUP   /* a text column that divides the rows; on the store a level of regions, as `nuts2` */
};

struct uf_option {
    const char *name; /* kebab-case: `placebo-in-space`; in a study file also `placebo: {in-space: true}` */
    enum uf_option_type type;
    const char *default_text;   /* as it would be written; NULL: none (the option is absent unless given) */
    const char *const *choices; /* NULL-terminated, for CHOICE and, where given, for the items of LIST */
    const char *summary;        /* one line, English */
    enum uf_option_columns names_columns; /* `false`: none */
};

/* The values of a method's options after defaults; checked against the descriptor. */
struct uf_options;

struct uf_method;
/* All options at their defaults. */
uf_status uf_options_new(const struct uf_method *method, struct uf_options **out, struct uf_error *error);
void uf_options_free(struct uf_options *options);
/* Sets one from text; lists are split at commas. Unknown names and values are UF_BAD_USAGE with the nearest
 * name. */
uf_status uf_options_set(struct uf_options *options, const char *name, const char *text,
                         struct uf_error *error);
/* Sets a LIST from items, which may hold commas. Errors as above. */
uf_status uf_options_set_list(struct uf_options *options, const char *name, const char *const *items,
                              size_t n_items, struct uf_error *error);
/* Why this option of other methods is none of this one's, or has fewer choices here: a clause, English; NULL: it is not, or no
 * method. */
const char *uf_method_narrow_reason(const struct uf_method *method, const char *name);
/* True where the descriptor lists an option of that name. */
bool uf_options_has(const struct uf_options *options, const char *name);
/* Getters: the name must be the descriptor's and of that type (a mistake is a bug: assert). */
/* True where the option has a value, its default included. */
bool uf_options_is_set(const struct uf_options *options, const char *name);
/* TEXT, CHOICE and FILE; NULL: absent. Borrowed. */
const char *uf_options_text(const struct uf_options *options, const char *name);
/* CHOICE: the place of the value among the option's choices, for an enum in their order; SIZE_MAX: absent. */
size_t uf_options_choice(const struct uf_options *options, const char *name);
double uf_options_number(const struct uf_options *options, const char *name); /* NaN: absent */
size_t uf_options_count(const struct uf_options *options, const char *name);  /* SIZE_MAX: absent */
bool uf_options_flag(const struct uf_options *options, const char *name);
uf_period uf_options_period(const struct uf_options *options, const char *name); /* 0: absent */
/* Never NULL; borrowed. */
const struct uf_text_list *uf_options_list(const struct uf_options *options, const char *name);
/* The value as text, as the manifest prints it; a list is joined by commas. NULL: absent. Borrowed. */
const char *uf_options_print(const struct uf_options *options, const char *name);

/* What a run is given besides data and options. */
struct uf_context {
    enum uf_language language;
    uint64_t seed;
    int threads; /* 0: as many as there are; results do not depend on it */
    /* Called now and then with a share done in 0…1; a non-zero return asks to stop (UF_INTERRUPTED). May be
     * NULL. */
    int (*progress)(void *user, double share);
    void *user;
    const char *reference_directory; /* the reference codes that ship (datasets/reference); NULL: not known */
    bool keep_resampled;             /* the statistics of all draws are kept in the result (uf_resampled) */
    const char *directory;           /* what the names of files in options are relative to; NULL: here */
};

enum uf_family { UF_FAMILY_PROFILE, UF_FAMILY_EFFECT };

/* What a scatter needs beside two columns; what is NULL or NaN is not drawn. */
struct uf_scatter_hint {
    const char *size;   /* a column: the area of each point */
    double reference_x; /* a vertical line to compare with; `reference` of the chart is the horizontal one */
    bool fit;           /* the least-squares line of value on x */
    const char *x_low, *x_high; /* columns: the band of x; NULL: none */
    struct uf_words x_label;
    /* words in the corners: top right, top left, bottom left, bottom right */
    struct uf_words quadrants[4];
};

/* A number of the result (or a text, for a line under the title) for a chart of another table: of the first row that has
 * one, and, with `where`, the text `is` in that column; with `by`, of the row whose number in that column is furthest from
 * 0. */
struct uf_hint_number {
    const char *table, *column, *where, *is, *by; /* where, by NULL: any row */
};

/* A chart that suits a table of the result. The study adds title, source and language. */
struct uf_chart_hint {
    const char *kind;  /* a kind of chart.h: `event-study` */
    const char *table; /* a table's name */
    /* template: {0} outcome label, {1} focus region or treated units, {2} first and {3} last period */
    struct uf_words title;
    struct uf_words value_label;    /* axis title without unit; NULL words: the column's unit */
    const char *value, *low, *high; /* columns; low/high NULL: no band */
    const char *label;              /* the column with the text of each bar, line or tile */
    const char *group;              /* series: stacked part, line; NULL: none */
    const char *x;                  /* a number column (period, event time) for lines; NULL: none */
    const char *facet_by; /* a column of codes: a chart each of the focus regions; NULL: one chart */
    double reference;     /* a line to compare with (1 for a location quotient); NaN: none */
    const struct uf_scatter_hint *scatter; /* kind `scatter`; NULL: plain points */
    const char
        *order; /* heat-map, intervals, bars (`ascending`): `order` of chart.h; NULL: the kind's default */
    const char *form; /* small-multiples: `form` of chart.h; NULL: lines */
    /* drawn only where this option has this value, as of several hints that differ in words; NULL: always */
    const char *only_option, *only_value;
    const char *unless_table; /* not drawn where the result has this table; NULL: always */
    /* drawn only where this column has one text at most (`of_one`) or several (`of_several`), as of two hints that take the
     * place of each other, that of one first; NULL: always */
    const char *of_one, *of_several;
    const char *low2,
        *high2; /* event-study, lines: the simultaneous band; not drawn where the table has no value there */
    struct uf_words
        band_label; /* what low and high are, {0} the level in per cent; NULL words: by the kind */
    struct uf_words
        band2_label; /* what it is, {0} the level in per cent; NULL words: a band over all periods */
    bool from_zero;  /* intervals: the axis holds 0 */
    /* only rows with the text `is` in the column `where` (and `also_is` in `also_where`); NULL: all */
    const char *where, *is, *also_where, *also_is;
    struct uf_words x_label; /* axis title of x; NULL words: the kind's own */
    /* words at the line `reference`, and the number instead of `reference` (NULL: none); {0} is the number */
    struct uf_words reference_label;
    const struct uf_hint_number *reference_from;
    /* a vertical line at a number of the result, with words at it; {0} is the number; not drawn where it is missing */
    struct uf_words marked_label;
    const struct uf_hint_number *marked_from;
    /* a line under the title, with numbers {0} to {5} of the result; left out where one is missing */
    struct uf_words subtitle;
    const struct uf_hint_number *numbers;
    size_t n_numbers;
};

struct uf_method {
    const char *name; /* `location-quotient` */
    enum uf_family family;
    struct uf_words title;
    struct uf_words summary; /* one line */
    /* a few sentences for the report's method notes: definition and settled convention */
    struct uf_words formula_note;
    const char *const *sources; /* NULL-terminated: `Balassa, B. (1965). …` */
    const struct uf_option *options;
    size_t n_options;
    const struct uf_chart_hint *charts;
    size_t n_charts;
    bool needs_sector;    /* profile: the panel is by sector */
    bool needs_treatment; /* effect */
    bool takes_dose;   /* the amounts per region of a study are its treatment; else they are not looked at */
    bool needs_period; /* false: one cross-section is enough */
    /* where this option has this value the panel may have several rows for a unit and period; NULL: never */
    const char *several_rows_option, *several_rows_value;
    /* an option that other methods have, or have more choices of, and why not this one: a clause, English; NULL: none */
    const char *narrow_option, *narrow_reason;
    /* On failure `result` keeps the notes and ledger gathered so far (a refusal explains itself there):
     * UF_NOT_IDENTIFIED goes with at least one UF_FATAL note, and the error repeats it in one sentence. */
    uf_status (*run)(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error);
};

#ifdef __cplusplus
}
#endif
#endif
