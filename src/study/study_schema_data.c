// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of a study file, as data: where its figures come from, and what is made of them before any analysis. */
#include "study/study_schema.h"

static const char *const kinds[] = {"stock", "flow", "ratio", NULL};
const char *const study_levels[] = {"country", "nuts1",  "nuts2",  "nuts3", "municipality",
                                    "fa",      "nation", "county", NULL};
static const char *const unknown_regions[] = {"refuse", "skip", "add", NULL};
static const char *const unknown_sectors[] = {"refuse", "add", NULL};
static const char *const accept_or_refuse[] = {"accept", "refuse", NULL};

static const struct schema_field dimension_fields[] = {
    FIELD(study_dimensions, "region", region, SCHEMA_TEXT,
          .summary = "the file's name of the column or dimension with region codes"),
    FIELD(study_dimensions, "sector", sector, SCHEMA_TEXT, .summary = "the one with sector codes"),
    FIELD(study_dimensions, "period", period, SCHEMA_TEXT, .summary = "the one with periods"),
    FIELD(study_dimensions, "content", content, SCHEMA_TEXT,
          .summary = "the one that says what is counted: each of its codes is an indicator of its own"),
    FIELD(study_dimensions, "value", value, SCHEMA_TEXT, .summary = "the one with the numbers"),
    FIELD(study_dimensions, "status", status, SCHEMA_TEXT, .summary = "the one with flags"),
    FIELD(study_dimensions, "breakdown", breakdown, SCHEMA_TEXTS,
          .summary = "further dimensions to keep apart, as sex or age"),
    FIELD(study_dimensions, "ignore", ignore, SCHEMA_TEXTS, .summary = "columns to leave unread"),
};
static const struct schema dimensions_schema = {.what = "dimensions",
                                                .size = sizeof(struct study_dimensions),
                                                .fields = dimension_fields,
                                                .n_fields = COUNT(dimension_fields)};

static const struct schema_field keep_fields[] = {
    FIELD(study_keep, "codes", codes, SCHEMA_TEXTS, .required = true, .summary = "the codes to keep"),
};
static const struct schema keep_schema = {.what = "keep",
                                          .size = sizeof(struct study_keep),
                                          .fields = keep_fields,
                                          .n_fields = COUNT(keep_fields),
                                          .shorthand = "codes",
                                          .name = offsetof(struct study_keep, name)};

static const struct schema_field sum_fields[] = {
    FIELD(study_keep, "codes", codes, SCHEMA_TEXTS, .summary = "the codes to add up; default: all"),
};
static const struct schema sum_schema = {.what = "sum",
                                         .size = sizeof(struct study_keep),
                                         .fields = sum_fields,
                                         .n_fields = COUNT(sum_fields),
                                         .shorthand = "codes",
                                         .names_alone = true,
                                         .name = offsetof(struct study_keep, name)};

static const struct schema_field content_fields[] = {
    FIELD(study_content, "indicator", indicator, SCHEMA_TEXT, .required = true,
          .summary = "the indicator that the content becomes"),
};
static const struct schema content_schema = {.what = "contents",
                                             .size = sizeof(struct study_content),
                                             .fields = content_fields,
                                             .n_fields = COUNT(content_fields),
                                             .shorthand = "indicator",
                                             .name = offsetof(struct study_content, name)};

static const struct schema_field source_fields[] = {
    FIELD(study_source, "file", file, SCHEMA_TEXT, .required = true,
          .summary = "the file, relative to the study file"),
    FIELD(study_source, "indicator", indicator, SCHEMA_TEXT, .required = true,
          .summary = "the name it gets in this study"),
    FIELD(study_source, "format", format, SCHEMA_TEXT, .summary = "the file's format; default: detected"),
    FIELD(study_source, "name", name, SCHEMA_WORDS, .summary = "the indicator's name for people"),
    FIELD(study_source, "unit", unit, SCHEMA_WORDS, .summary = "its unit for people"),
    FIELD(study_source, "theme", theme, SCHEMA_TEXT,
          .summary = "industry, digitalisation, competence, or another word"),
    FIELD(study_source, "kind", kind, SCHEMA_TEXT, .choices = kinds,
          .summary = "stock, flow or ratio; a ratio is never summed"),
    FIELD(study_source, "rounding", rounding, SCHEMA_NUMBER,
          .summary = "the unit the publisher rounded to, as 1000; default 0: exact"),
    FIELD(study_source, "dimensions", dimensions, SCHEMA_MAP, .schema = &dimensions_schema,
          .summary = "which column is what; what is not named is guessed, and the guess is said"),
    FIELD(study_source, "keep", keep, SCHEMA_NAMED, .schema = &keep_schema,
          .summary = "rows to keep: column: code or list of codes"),
    FIELD(study_source, "sum", sum, SCHEMA_NAMED, .schema = &sum_schema,
          .summary =
              "dimensions to add up over: a list of columns, or column: all or list of codes; stocks and "
              "flows only"),
    FIELD(study_source, "sum-noise", sum_noise, SCHEMA_TEXT, .choices = accept_or_refuse,
          .summary = "accept: also values that are protected by noise are added up; default refuse"),
    FIELD(study_source, "contents", contents, SCHEMA_NAMED, .schema = &content_schema,
          .summary = "names of the indicators in a file with several contents: code: name; default: the "
                     "indicator's, _ and the code"),
    FIELD(study_source, "region-is", region_is, SCHEMA_TEXT,
          .summary = "the region that all of the file is about, where no column tells"),
    FIELD(study_source, "period-is", period_is, SCHEMA_TEXT,
          .summary = "the period that all of the file is about, where no column tells"),
    FIELD(study_source, "unknown-regions", unknown_regions, SCHEMA_TEXT, .choices = unknown_regions,
          .summary = "regions the store does not know: refuse (default), skip, or add with the file's label"),
    FIELD(study_source, "unknown-sectors", unknown_sectors, SCHEMA_TEXT, .choices = unknown_sectors,
          .summary = "sectors the store does not know, as occupations: refuse (default), or add with the "
                     "file's label"),
    FIELD(study_source, "replace", replace, SCHEMA_FLAG,
          .summary = "true: what an earlier source of the same file stored is forgotten first"),
    FIELD(study_source, "sheet", sheet, SCHEMA_TEXT, .summary = "the sheet of a workbook, by name or number"),
    FIELD(study_source, "range", range, SCHEMA_TEXT, .summary = "the cells of a sheet, as A3:F40"),
    FIELD(study_source, "header-row", header_row, SCHEMA_COUNT,
          .summary = "the row of a sheet with the headings, from 1"),
    FIELD(study_source, "language", file_language, SCHEMA_TEXT,
          .summary = "the language to read in a file that has several; default: its first"),
    FIELD(study_source, "delimiter", delimiter, SCHEMA_TEXT, .summary = "one character; default: detected"),
    FIELD(study_source, "decimal", decimal, SCHEMA_TEXT, .summary = "the decimal mark; default: detected"),
    FIELD(study_source, "encoding", encoding, SCHEMA_TEXT,
          .summary = "utf-8, iso-8859-1 or windows-1252; default: detected"),
    FIELD(study_source, "source", source, SCHEMA_TEXT,
          .summary = "the publisher and table, for source lines"),
    FIELD(study_source, "licence", licence, SCHEMA_TEXT, .summary = "the licence of the figures"),
};
const struct schema study_source_schema = {.what = "a source",
                                           .size = sizeof(struct study_source),
                                           .fields = source_fields,
                                           .n_fields = COUNT(source_fields)};

static const struct schema_field denominator_fields[] = {
    FIELD(study_denominator, "indicator", indicator, SCHEMA_TEXT, .required = true,
          .summary = "the indicator that the ratio is divided by"),
};
static const struct schema denominator_schema = {.what = "denominators",
                                                 .size = sizeof(struct study_denominator),
                                                 .fields = denominator_fields,
                                                 .n_fields = COUNT(denominator_fields),
                                                 .shorthand = "indicator",
                                                 .name = offsetof(struct study_denominator, name)};

static const struct schema_field region_fields[] = {
    FIELD(study_regions, "level", level, SCHEMA_TEXT, .choices = study_levels,
          .summary = "the level of regions to compare"),
    FIELD(study_regions, "within", within, SCHEMA_TEXTS, .summary = "only regions inside these"),
    FIELD(study_regions, "as-of", as_of, SCHEMA_PERIOD,
          .summary = "the year whose regional division all figures are brought to"),
    FIELD(study_regions, "crosswalk", crosswalk, SCHEMA_TEXT,
          .summary = "a file with from, to, weight: how figures are carried from one division to another"),
    FIELD(study_regions, "one-division", one_division, SCHEMA_TEXTS,
          .summary = "indicators whose publisher gives all periods in one division"),
    FIELD(study_regions, "denominators", denominators, SCHEMA_NAMED, .schema = &denominator_schema,
          .summary = "ratio: the indicator it is divided by"),
};
const struct schema study_regions_schema = {.what = "regions",
                                            .size = sizeof(struct study_regions),
                                            .fields = region_fields,
                                            .n_fields = COUNT(region_fields)};

static const char *const splice_methods[] = {"as-is", "ratio-at-overlap", NULL};
static const struct schema_field splice_fields[] = {
    FIELD(study_splice, "indicator", indicator, SCHEMA_TEXT, .required = true,
          .summary = "the name of the new series"),
    FIELD(study_splice, "parts", parts, SCHEMA_TEXTS, .required = true,
          .summary = "the series to join, the oldest first"),
    FIELD(study_splice, "method", method, SCHEMA_TEXT, .choices = splice_methods,
          .summary = "as-is (default) or ratio-at-overlap"),
    FIELD(study_splice, "overlap", overlap, SCHEMA_TEXTS,
          .summary = "first and last period to compare in, for each seam; default: all that both parts have"),
    FIELD(study_splice, "name", name, SCHEMA_WORDS,
          .summary = "its name for people; default: that of the newest part"),
    FIELD(study_splice, "unit", unit, SCHEMA_WORDS, .summary = "its unit for people"),
};
const struct schema study_splice_schema = {.what = "a splice",
                                           .size = sizeof(struct study_splice),
                                           .fields = splice_fields,
                                           .n_fields = COUNT(splice_fields)};

static const char *const aggregate_ways[] = {"sum", "mean", "share", NULL};
static const struct schema_field aggregate_fields[] = {
    FIELD(study_aggregate, "indicator", indicator, SCHEMA_TEXT,
          .summary = "the indicator to add up; not for a share"),
    FIELD(study_aggregate, "to", to, SCHEMA_TEXT, .required = true, .choices = study_levels,
          .summary = "the level of the wholes"),
    FIELD(study_aggregate, "from", from, SCHEMA_TEXT, .choices = study_levels,
          .summary = "the level of the parts; default: the nearest that has values"),
    FIELD(study_aggregate, "how", how, SCHEMA_TEXT, .choices = aggregate_ways,
          .summary = "sum (default), mean or share"),
    FIELD(study_aggregate, "weight", weight, SCHEMA_TEXT, .summary = "of a mean: the indicator to weight by"),
    FIELD(study_aggregate, "numerator", numerator, SCHEMA_TEXT, .summary = "of a share"),
    FIELD(study_aggregate, "denominator", denominator, SCHEMA_TEXT, .summary = "of a share"),
    FIELD(study_aggregate, "factor", factor, SCHEMA_NUMBER,
          .summary = "of a share, as 100 for per cent; default 1"),
    FIELD(study_aggregate, "as", as, SCHEMA_TEXT,
          .summary = "the name of what is made; default: the indicator itself, at its new level"),
    FIELD(study_aggregate, "name", name, SCHEMA_WORDS, .summary = "its name for people"),
    FIELD(study_aggregate, "unit", unit, SCHEMA_WORDS, .summary = "its unit for people"),
};
const struct schema study_aggregate_schema = {.what = "an aggregate",
                                              .size = sizeof(struct study_aggregate),
                                              .fields = aggregate_fields,
                                              .n_fields = COUNT(aggregate_fields)};

static const struct schema_field derived_fields[] = {
    FIELD(study_derived, "expression", expression, SCHEMA_TEXT, .required = true,
          .summary = "an SQL expression over indicators"),
    FIELD(study_derived, "label", label, SCHEMA_WORDS, .summary = "its name for people"),
    FIELD(study_derived, "unit", unit, SCHEMA_WORDS, .summary = "its unit for people"),
};
const struct schema study_derived_schema = {.what = "a derived indicator",
                                            .size = sizeof(struct study_derived),
                                            .fields = derived_fields,
                                            .n_fields = COUNT(derived_fields),
                                            .shorthand = "expression",
                                            .name = offsetof(struct study_derived, name)};
