// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_STUDY_FILE_H
#define UTFALL_STUDY_STUDY_FILE_H
/*
 * A study file in memory: what the analyst wrote, checked, with the place of each value, before anything is
 * run. docs/study-file.md explains each key; study_schema.c holds the tables that this structure is filled
 * by.
 */
#include "study/schema.h"

struct study_dimensions {
    struct study_place place;
    struct study_text region, sector, period, content, value, status;
    struct study_texts breakdown, ignore;
};
struct study_keep {
    struct study_place place;
    struct study_text name; /* of the dimension */
    struct study_texts codes;
};
/* The indicator that one content of a file becomes. */
struct study_content {
    struct study_place place;
    struct study_text name; /* the file's code or label of the content */
    struct study_text indicator;
};
struct study_source {
    struct study_place place;
    struct study_text file, format, indicator, theme, kind, unknown_regions, unknown_sectors, licence,
        delimiter, decimal, encoding, source, region_is, period_is, sum_noise, sheet, range, file_language;
    size_t header_row;
    enum study_flag replace;
    struct study_words name, unit;
    double rounding;
    struct study_dimensions dimensions;
    struct study_items keep, sum; /* struct study_keep; a sum without codes: of all */
    struct study_items contents;  /* struct study_content */
};
/* The denominator of a ratio, by which regions that are merged are weighted. */
struct study_denominator {
    struct study_place place;
    struct study_text name, indicator;
};
struct study_regions {
    struct study_place place;
    struct study_text level, crosswalk;
    struct study_texts within, one_division;
    uf_period as_of;                 /* a year; 0: not given */
    struct study_items denominators; /* struct study_denominator */
};
/* Stored series joined into one. */
struct study_splice {
    struct study_place place;
    struct study_text indicator, method;
    struct study_texts parts, overlap;
    struct study_words name, unit;
};
/* An indicator made from its parts at a lower level of regions. */
struct study_aggregate {
    struct study_place place;
    struct study_text indicator, as, to, from, how, weight, numerator, denominator;
    struct study_words name, unit;
    double factor;
};
struct study_derived {
    struct study_place place;
    struct study_text name, expression;
    struct study_words label, unit;
};
struct study_cost {
    struct study_place place;
    double amount;
    struct study_text currency;
};
/* How much a treated region got. */
struct study_dose {
    struct study_place place;
    struct study_text name; /* the region, as in `treated` */
    double amount;
};
/* A treated region that began at another time than `start`. */
struct study_start {
    struct study_place place;
    struct study_text name; /* the region, as in `treated` */
    uf_period period;
};
struct study_intervention {
    struct study_place place;
    struct study_words name;
    struct study_text code;
    struct study_texts treated, also_exposed;
    struct study_items doses; /* struct study_dose */
    struct study_words dose_unit;
    struct study_items starts; /* struct study_start */
    uf_period start;
    struct study_cost cost;
};
/* What profiles, followed indicators and effects have in common. */
struct study_analysis {
    struct study_text id, level;
    struct study_texts within, regions, focus;
    uf_period from, to;
    struct study_words title;
    size_t question; /* number of the question it answers, from 1; SIZE_MAX: none said */
};
/* A series of sums in place of an indicator that an option names. */
struct study_sums {
    const char *indicator, *series;
};
struct study_profile {
    struct study_place place;
    const struct uf_method *method;
    struct study_options options;
    struct study_analysis analysis;
    struct study_text indicator;
    struct study_texts sectors;
    struct study_texts levels;   /* several in place of one; each becomes an analysis of its own */
    const char *id_of_level;     /* of such a one; NULL: the only level */
    bool of_sums;                /* its figures were summed for this level, in the run */
    const char *indicator_asked; /* then the indicator that they are sums of; NULL: its own values */
    struct study_sums *sums;     /* likewise those of indicators that its options name */
    size_t n_sums;
};
struct study_follow {
    struct study_place place;
    struct study_analysis analysis;
    struct study_text indicator, chart, benchmark;
    uf_period period;
};
struct study_donors {
    struct study_place place;
    struct study_text level;
    struct study_texts countries, exclude;
};
struct study_assumption {
    struct study_place place;
    struct study_words assumption, why;
    struct study_text judgement, about;
};
struct study_effect {
    struct study_place place;
    const struct uf_method *method;
    struct study_options options;
    struct study_analysis analysis;
    struct study_text outcome, weight, cluster, family;
    struct study_texts treated, covariates;
    uf_period start;
    struct study_donors donors;
    struct study_items assumptions; /* struct study_assumption */
};
/* Counts of persons or firms that are too small to be shown. */
struct study_disclosure {
    struct study_place place;
    double threshold, unit;
    struct study_text action;
    struct study_texts indicators;
};
struct study_report {
    struct study_place place;
    struct study_texts formats, charts;
    struct study_text map; /* a file of boundaries */
};
struct study {
    struct study_place place;
    struct study_words title;
    struct study_text language;
    size_t seed;
    struct study_items sources, derived; /* struct study_source, struct study_derived */
    struct study_items splices, aggregates;
    struct study_regions regions;
    struct study_intervention intervention;
    struct study_items questions, limits; /* struct study_words */
    struct study_items profiles, follow, effects;
    struct study_text multiple_testing;
    struct study_disclosure disclosure;
    struct study_report report;

    struct arena arena;
    const char *path;   /* as given */
    const char *folder; /* where relative files are looked for */
    char sha256[65];    /* of the file's bytes */
};

/* The root of the schema, for reading and for the documentation's test. */
extern const struct schema study_schema;

/* Reads, validates and cross-checks. */
uf_status study_read(const char *path, struct study **out, struct uf_error *error);
/* The same from memory; `path` is what errors call it, and relative paths are relative to its folder. */
uf_status study_read_text(const char *path, const char *bytes, size_t length, struct study **out,
                          struct uf_error *error);
void study_free(struct study *study);

/* The source that an indicator comes from, also as one of its contents; NULL: none. */
const struct study_source *study_source_of(const struct study *study, const char *indicator);
const struct study_derived *study_derived_of(const struct study *study, const char *name); /* NULL: none */
/* The doses of treated regions, in their order (in the study's arena); NULL: the study names none. */
uf_status study_doses_of(struct study *study, const struct study_texts *treated, const double **out,
                         struct uf_error *error);
/* The starts of treated regions, in their order (in the study's arena), 0: `start`; NULL: the study names none. */
uf_status study_starts_of(struct study *study, const struct study_texts *treated, const uf_period **out,
                          struct uf_error *error);
/* The first of the intervention's starts; 0: none is given. */
uf_period study_first_start(const struct study_intervention *intervention);
/* True for an indicator that the store of a run gets: from `sources`, `splice` or `aggregate`. */
bool study_has_indicator(const struct study *study, const char *name);
/* What an item of `aggregate` is called in the store. */
const struct study_text *study_aggregate_name(const struct study_aggregate *aggregate);
/* True where the indicator is `other` or is spliced or aggregated from it. */
bool study_is_made_from(const struct study *study, const char *indicator, const char *other);
/* Profiles of several levels become one for each; study_levels.c. */
uf_status study_expand_levels(struct study *study, struct uf_error *error);
/* The names in `splice` and `aggregate`; study_series.c. */
uf_status study_check_series(struct study *study, struct uf_error *error);
/* An error at a name that no indicator or derived one has, with the nearest. */
uf_status study_fail_unknown_indicator(struct study *study, const struct study_text *name, const char *key,
                                       struct uf_error *error);
/* True for a plain name (letters, digits, _ and -), false for an expression. */
bool study_is_name(const char *text);

/* Gives an error that has no place yet the place of a value in the study file; returns `status`. */
uf_status study_locate(const struct study *study, struct study_place place, uf_status status,
                       struct uf_error *error);
/* The sums that stand for an indicator at the level of the profile; NULL: its own values do. */
const struct study_sums *study_sums_of(const struct study_profile *profile, const char *indicator);
/* True where the method's option `indicators` names what it works on: there is then no one `indicator`. */
bool study_names_indicators(const struct study_profile *profile);
#endif
