// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Regressions with fixed effects on many rows: one million firms in ten years, two passes over the columns; and the
 * way that demeans every column, at a hundredth of the firms, in the same run. Wall seconds on all threads beside what
 * they are allowed on this machine by the yardstick; how much more memory was taken than the columns.
 * bench_absorb [FIRMS] (default 1,000,000)
 */
#include "support/bench.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/absorbed_regression.h>
#include <utfall/did.h>
#include <utfall/panel.h>

enum { YEARS = 10, REGIONS = 21, SECTORS = 20, REGRESSORS = 3, COHORTS = 4, EVENTS = 2 * YEARS };

struct sample {
    size_t n;
    uint32_t *firm, *year, *region, *sector, *cohort;
    double *outcome, *regressor[REGRESSORS];
    struct uf_value_column columns[REGRESSORS];
    uint32_t event_of[(COHORTS + 1) * YEARS], event_order[EVENTS];
    size_t n_events;
};

static struct sample make_sample(size_t firms)
{
    struct sample s = {.n = firms * YEARS};
    uint32_t **ids[] = {&s.firm, &s.year, &s.region, &s.sector, &s.cohort};
    for (size_t i = 0; i < 5; i++) *ids[i] = malloc(s.n * sizeof **ids[i]);
    s.outcome = malloc(s.n * sizeof *s.outcome);
    for (size_t j = 0; j < REGRESSORS; j++) {
        s.regressor[j] = malloc(s.n * sizeof **s.regressor);
        s.columns[j] = (struct uf_value_column){s.regressor[j], 1};
    }
    for (size_t i = 0; i < s.n; i++) {
        size_t firm = i / YEARS, year = i % YEARS;
        s.firm[i] = (uint32_t)firm, s.year[i] = (uint32_t)year;
        s.region[i] = (uint32_t)(firm % REGIONS), s.sector[i] = (uint32_t)(firm / 7 % SECTORS);
        s.cohort[i] = (uint32_t)(firm / 3 % (COHORTS + 1)); /* the last: never */
        for (size_t j = 0; j < REGRESSORS; j++)
            s.regressor[j][i] = bench_noise(j + 2, i) + 0.3 * bench_noise(j + 12, firm);
        s.outcome[i] =
            bench_noise(1, i) + bench_noise(9, firm) + 0.1 * (double)year + 0.5 * s.regressor[0][i];
    }
    for (size_t c = 0; c <= COHORTS; c++)
        for (size_t t = 0; t < YEARS; t++)
            s.event_of[c * YEARS + t] = c == COHORTS ? UF_NO_LEVEL : (uint32_t)(YEARS + t - (3 + c));
    for (uint32_t e = YEARS; e < EVENTS; e++) s.event_order[s.n_events++] = e;
    for (uint32_t e = YEARS - 1; e-- > 0;) s.event_order[s.n_events++] = e;
    while (s.n_events > 0 && s.event_order[s.n_events - 1] + YEARS < YEARS + 4) s.n_events--;
    return s;
}

static void free_sample(struct sample *s)
{
    free(s->firm), free(s->year), free(s->region), free(s->sector), free(s->cohort), free(s->outcome);
    for (size_t j = 0; j < REGRESSORS; j++) free(s->regressor[j]);
}

static double peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

static double run(const char *name, const struct sample *s, const struct uf_grouping *effects,
                  size_t n_effects, bool events, double columns, double allowed, double *out_first)
{
    struct uf_grouping cluster = {.id = {.narrow = s->region, .n = REGIONS}};
    struct uf_grouping category = {.id = {.narrow = s->cohort, .n = COHORTS + 1},
                                   .by = {.narrow = s->year, .n = YEARS},
                                   .recode = s->event_of,
                                   .n_levels = EVENTS};
    const struct uf_absorbed_data data = {.n = s->n,
                                          .outcome = {s->outcome, 1},
                                          .regressor = s->columns,
                                          .n_regressors = REGRESSORS,
                                          .effect = effects,
                                          .n_effects = n_effects,
                                          .category = events ? &category : NULL,
                                          .cluster = {&cluster},
                                          .n_cluster_dimensions = 1};
    const struct uf_absorbed_options options = {.category_order = s->event_order,
                                                .n_category_order = s->n_events};
    struct uf_error error;
    struct uf_absorbed_fit fit;
    struct uf_covariance v;
    double before = peak_bytes(), wall = bench_wall_seconds(), cpu = bench_cpu_seconds();
    assert_ok(uf_absorbed_regression_fit(&data, &options, &fit, &error), &error);
    assert_ok(uf_absorbed_regression_covariance(&fit, NULL, &v, &error), &error);
    wall = bench_wall_seconds() - wall, cpu = bench_cpu_seconds() - cpu;
    *out_first = gsl_vector_get(fit.coefficients, events ? fit.n_categories : 0);
    if (allowed > 0)
        printf(
            "%-46s %zu rows: %.3f s wall (allowed %.2f), %.3f s CPU; b %.6f (%.6f); %zu columns, rounds %zu; "
            "peak grew by %.1f MB (columns %.0f)\n",
            name, s->n, wall, allowed, cpu, *out_first,
            __builtin_sqrt(gsl_matrix_get(v.matrix, fit.rank - 1, fit.rank - 1)), fit.rank, fit.rounds,
            (peak_bytes() - before) / 1e6, columns / 1e6);
    uf_covariance_clear(&v);
    uf_absorbed_regression_clear(&fit);
    return wall;
}

/* The same rows in an order that nothing can be told from. */
static struct sample *shuffle(struct sample *s)
{
    for (size_t i = s->n; i-- > 1;) {
        size_t j = (size_t)((bench_noise(77, i) + 1) / 2 * (double)i);
        uint32_t *ids[] = {s->firm, s->year, s->region, s->sector, s->cohort};
        for (size_t c = 0; c < 5; c++) {
            uint32_t id = ids[c][i];
            ids[c][i] = ids[c][j], ids[c][j] = id;
        }
        for (size_t c = 0; c <= REGRESSORS; c++) {
            double *column = c < REGRESSORS ? s->regressor[c] : s->outcome, value = column[i];
            column[i] = column[j], column[j] = value;
        }
    }
    return s;
}

/* By sums and by rows, on rows that both can hold: did with its covariates, and errors clustered by region. */
static void twins(size_t firms)
{
    struct sample s = make_sample(firms);
    size_t *unit = malloc(s.n * sizeof *unit), *period = malloc(s.n * sizeof *period),
           *region = malloc(s.n * sizeof *region), *first = malloc(firms * sizeof *first);
    double *treatment = malloc(s.n * sizeof *treatment);
    gsl_matrix *x = gsl_matrix_alloc(s.n, REGRESSORS);
    for (size_t i = 0; i < s.n; i++) {
        unit[i] = s.firm[i], period[i] = s.year[i], region[i] = s.region[i];
        first[unit[i]] = s.cohort[i] == COHORTS ? SIZE_MAX : 3 + s.cohort[i];
        treatment[i] = period[i] >= first[unit[i]];
        for (size_t j = 0; j < REGRESSORS; j++) gsl_matrix_set(x, i, j, s.regressor[j][i]);
    }
    struct uf_did_data data = {.n = s.n,
                               .n_units = firms,
                               .n_periods = YEARS,
                               .unit = unit,
                               .period = period,
                               .outcome = s.outcome,
                               .treatment = treatment,
                               .covariates = x,
                               .first_period = first,
                               .cluster = {region},
                               .n_groups = {REGIONS},
                               .n_cluster_dimensions = 1};
    const struct uf_event_study_options event = {.reference = -1};
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR1S};
    double cpu[2], b[2];
    for (int summed = 0; summed < 2; summed++) {
        struct uf_error error;
        struct uf_did_fit fit;
        struct uf_covariance v;
        data.summed_from = summed ? 1 : SIZE_MAX;
        cpu[summed] = bench_cpu_seconds();
        assert_ok(uf_event_study_estimate(&data, &event, &fit, &error), &error);
        assert_ok(uf_did_covariance(&data, &fit, &options, &v, &error), &error);
        cpu[summed] = bench_cpu_seconds() - cpu[summed];
        b[summed] = gsl_vector_get(fit.fit.coefficients, 0);
        uf_covariance_clear(&v);
        uf_did_fit_clear(&fit);
    }
    expect_close(b[1], b[0], 1e-9, "the two ways");
    printf("event study, %zu rows: by sums %.3f s CPU, by rows %.3f s CPU, ratio %.0f\n", s.n, cpu[1], cpu[0],
           cpu[0] / cpu[1]);
    free(unit), free(period), free(region), free(first), free(treatment);
    gsl_matrix_free(x);
    free_sample(&s);
}

static void write_file(const char *path, size_t firms)
{
    struct sample s = make_sample(firms);
    FILE *file = fopen(path, "wb");
    fputs("firm,year,region,cohort,y,x1,x2,x3\n", file);
    for (size_t i = 0; i < s.n; i++)
        fprintf(file, "%u,%u,%u,%u,%.6f,%.4f,%.4f,%.4f\n", s.firm[i] + 1, 2010 + s.year[i], s.region[i],
                s.cohort[i] == COHORTS ? 0 : 2013 + s.cohort[i], s.outcome[i], s.regressor[0][i],
                s.regressor[1][i], s.regressor[2][i]);
    fclose(file);
    free_sample(&s);
}

/* From a CSV file to the event study: the panel, and the fit. */
static void from_file(size_t firms, double allowed)
{
    char path[] = "/tmp/utfall-bench-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0) return;
    close(descriptor);
    write_file(path, firms);
    static const char *const covariates[] = {"x1", "x2", "x3"}, *const clusters[] = {"region"};
    const struct uf_file_panel_request request = {.path = path,
                                                  .unit = "firm",
                                                  .period = "year",
                                                  .outcome = "y",
                                                  .covariates = covariates,
                                                  .n_covariates = 3,
                                                  .clusters = clusters,
                                                  .n_clusters = 1,
                                                  .cohort = "cohort"};
    const struct uf_event_study_options event = {.reference = -1};
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR1S};
    struct uf_panel *panel;
    struct uf_result ledger;
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance v;
    uf_result_init(&ledger);
    double wall = bench_wall_seconds(), cpu = bench_cpu_seconds();
    assert_ok(uf_panel_from_file(&request, &ledger, &panel, &error), &error);
    double read = bench_wall_seconds() - wall, read_cpu = bench_cpu_seconds() - cpu;
    struct uf_value_column columns[3];
    for (size_t j = 0; j < 3; j++)
        columns[j] = (struct uf_value_column){panel->columns[panel->covariates[j]].value, 1};
    const struct uf_did_data data = {.n = panel->n_rows,
                                     .n_units = panel->units.count,
                                     .n_periods = panel->periods.count,
                                     .unit = panel->unit,
                                     .period = panel->period,
                                     .outcome = panel->columns[panel->outcome].value,
                                     .first_period = panel->treatment.first_period,
                                     .cluster = {panel->cluster[0]},
                                     .n_groups = {panel->n_clusters[0]},
                                     .n_cluster_dimensions = 1,
                                     .summed_from = 1,
                                     .column = columns,
                                     .n_columns = 3};
    assert_ok(uf_event_study_estimate(&data, &event, &fit, &error), &error);
    assert_ok(uf_did_covariance(&data, &fit, &options, &v, &error), &error);
    wall = bench_wall_seconds() - wall, cpu = bench_cpu_seconds() - cpu;
    struct stat about;
    stat(path, &about);
    printf("event study from a CSV file of %.0f MB: %.3f s wall (allowed %.2f), %.3f s CPU; of it reading "
           "%.3f s wall, "
           "%.3f s CPU\n",
           (double)about.st_size / 1e6, wall, allowed, cpu, read, read_cpu);
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
    uf_panel_free(panel);
    uf_result_clear(&ledger);
    unlink(path);
}

int main(int argc, char **argv)
{
    const size_t firms = argc > 1 ? (size_t)atol(argv[1]) : 1000000;
    const double scale = bench_print_yardstick();
    struct sample s = make_sample(firms);
    const double columns = (double)s.n * (4 * 8 + 3 * 4);
    const struct uf_grouping firm = {.id = {.narrow = s.firm, .n = firms}},
                             year = {.id = {.narrow = s.year, .n = YEARS}},
                             region_year = {.id = {.narrow = s.region, .n = REGIONS},
                                            .by = {.narrow = s.year, .n = YEARS}},
                             sector_year = {.id = {.narrow = s.sector, .n = SECTORS},
                                            .by = {.narrow = s.year, .n = YEARS}};
    const struct uf_grouping two[] = {firm, year}, region[] = {firm, region_year},
                             three[] = {firm, region_year, sector_year};
    double b;
    run("firm + year", &s, two, 2, false, columns, 0.55 * scale, &b);
    run("firm + region x year", &s, region, 2, false, columns, 0.65 * scale, &b);
    run("firm + region x year + sector x year", &s, three, 3, false, columns, 1.2 * scale, &b);
    run("event study, firm + year", &s, two, 2, true, columns, 1.8 * scale, &b);
    run("event study, rows in random order", shuffle(&s), two, 2, true, columns, 1.8 * scale, &b);
    free_sample(&s);
    twins(firms / 50 + 1);
    from_file(firms, 2.0 * scale);
    return 0;
}
