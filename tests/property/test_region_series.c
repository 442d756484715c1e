// SPDX-License-Identifier: GPL-3.0-or-later
/* Harmonising, splicing and aggregating: identities, invariances, and slow naive twins. */
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/aggregate.h>
#include <utfall/harmonise.h>
#include <utfall/splice.h>

enum { TRIALS = 60, FIRST = 1990, YEARS = 12, SERIES = 2 };

/* A small congruential stream: the tests need variety, not quality. */
static uint64_t state_of_draws = 1;
static double draw(void)
{
    state_of_draws = state_of_draws * 6364136223846793005u + 1442695040888963407u;
    return (double)(state_of_draws >> 40) / (double)(1u << 24);
}
static size_t draw_below(size_t n)
{
    return (size_t)(draw() * (double)n);
}

static void add(struct uf_cells *cells, const char *region, size_t series, int year, double value,
                double weight)
{
    struct uf_error error;
    const struct uf_cell cell = {
        region, series, uf_period_from_year(year), value, isnan(value) ? UF_VALUE_NOT_AVAILABLE : 0u, weight};
    assert_ok(uf_cells_add(cells, &cell, &error), &error);
}

static void shuffle(struct uf_cells *cells)
{
    for (size_t i = cells->count; i > 1; i--) {
        size_t k = draw_below(i);
        struct uf_cell kept = cells->items[i - 1];
        cells->items[i - 1] = cells->items[k];
        cells->items[k] = kept;
    }
}

static bool same_cells(const struct uf_cells *a, const struct uf_cells *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct uf_cell *left = &a->items[i], *right = &b->items[i];
        if (strcmp(left->region, right->region) != 0 || left->series != right->series ||
            left->period != right->period || left->status != right->status)
            return false;
        if (memcmp(&left->value, &right->value, sizeof left->value) != 0 &&
            !(isnan(left->value) && isnan(right->value)))
            return false;
    }
    return true;
}

/* --- harmonising ------------------------------------------------------------------------------- */

/* A history of mergers and splits over R00 … R11, and figures that live by it. */
struct world {
    struct uf_region_history history;
    struct uf_region_change changes[6];
    char codes[16][24];
    int begins[16], ends[16];
    size_t n;
    struct uf_cells cells;
};

static void make_world(struct world *world, bool transfers)
{
    *world = (struct world){.n = 12};
    uf_cells_init(&world->cells);
    for (size_t i = 0; i < world->n; i++) {
        snprintf(world->codes[i], sizeof world->codes[i], "R%02zu", i);
        world->ends[i] = 9999;
    }
    world->history.changes = world->changes;
    for (size_t k = 0; k < 6; k++) {
        struct uf_region_change *change = &world->changes[world->history.count];
        size_t before = 2 * k, after = 2 * k + 1;
        *change = (struct uf_region_change){FIRST + 2 + (int)draw_below(YEARS - 4), UF_REGION_MERGER,
                                            world->codes[before], world->codes[after], NAN};
        size_t kind = draw_below(transfers ? 4 : 3);
        if (kind == 3) continue;
        change->type = kind == 0 ? UF_REGION_MERGER : kind == 1 ? UF_REGION_SPLIT : UF_REGION_TRANSFER;
        if (kind == 0) world->ends[before] = change->year - 1;
        if (kind == 1) world->begins[after] = change->year;
        world->history.count++;
    }
    for (size_t i = 0; i < world->n; i++)
        for (int year = FIRST; year < FIRST + YEARS; year++)
            for (size_t s = 0; s < SERIES; s++)
                if (world->begins[i] <= year && year <= world->ends[i])
                    add(&world->cells, world->codes[i], s, year, floor(1000 * draw()),
                        1 + floor(100 * draw()));
}

static double total_of(const struct uf_cells *cells, size_t series, int year)
{
    double sum = 0;
    for (size_t i = 0; i < cells->count; i++)
        if (cells->items[i].series == series && uf_period_year(cells->items[i].period) == year)
            sum += cells->items[i].value;
    return sum;
}

static void merging_back_conserves_totals(void **state)
{
    (void)state;
    struct uf_error error;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        struct world world;
        make_world(&world, true);
        const struct uf_harmonise_options options = {.as_of = FIRST + (int)draw_below(YEARS),
                                                     .history = &world.history};
        struct uf_harmonised once, twice, shuffled;
        assert_ok(uf_harmonise(&world.cells, &options, &once, &error), &error);
        for (size_t s = 0; s < SERIES; s++)
            for (int year = FIRST; year < FIRST + YEARS; year++)
                expect_close(total_of(&once.cells, s, year), total_of(&world.cells, s, year), 1e-13, "total");
        /* each unit stands in every period: that is what makes it a series */
        size_t units = 0;
        for (size_t i = 0; i < once.cells.count; i++)
            units += i == 0 || strcmp(once.cells.items[i - 1].region, once.cells.items[i].region) != 0;
        assert_int_equal(once.cells.count, units * YEARS * SERIES);
        shuffle(&world.cells);
        assert_ok(uf_harmonise(&world.cells, &options, &shuffled, &error), &error);
        assert_true(same_cells(&once.cells, &shuffled.cells));
        /* what is harmonised has no more to merge */
        assert_ok(uf_harmonise(&once.cells, &options, &twice, &error), &error);
        if (once.n_steps == 0) assert_true(same_cells(&once.cells, &world.cells) || once.cells.count);
        for (size_t s = 0; s < SERIES; s++)
            expect_close(total_of(&twice.cells, s, FIRST), total_of(&world.cells, s, FIRST), 1e-13, "twice");
        uf_harmonised_clear(&once);
        uf_harmonised_clear(&twice);
        uf_harmonised_clear(&shuffled);
        uf_cells_clear(&world.cells);
    }
}

/* The naive twin: closure of the links by repeated passes over all pairs, sums by a search for each cell. */
static void merging_back_equals_the_naive_closure(void **state)
{
    (void)state;
    struct uf_error error;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        struct world world;
        make_world(&world, false);
        const struct uf_harmonise_options options = {.as_of = FIRST + YEARS, .history = &world.history};
        struct uf_harmonised harmonised;
        assert_ok(uf_harmonise(&world.cells, &options, &harmonised, &error), &error);
        for (size_t i = 0; i < world.n; i++) {
            bool linked[16] = {false};
            linked[i] = true;
            for (size_t pass = 0; pass < world.n; pass++)
                for (size_t k = 0; k < world.history.count; k++) {
                    size_t before = (size_t)strtoul(world.changes[k].before + 1, NULL, 10),
                           after = (size_t)strtoul(world.changes[k].after + 1, NULL, 10);
                    if (linked[before] || linked[after]) linked[before] = linked[after] = true;
                }
            char code[256] = "";
            for (size_t m = 0; m < world.n; m++)
                if (linked[m] && world.begins[m] <= options.as_of && options.as_of <= world.ends[m])
                    snprintf(code + strlen(code), sizeof code - strlen(code), "%s%s", *code ? "+" : "",
                             world.codes[m]);
            for (int year = FIRST; year < FIRST + YEARS; year++) {
                double sum = 0;
                for (size_t m = 0; m < world.n; m++)
                    for (size_t c = 0; c < world.cells.count && linked[m]; c++) {
                        const struct uf_cell *cell = &world.cells.items[c];
                        if (!strcmp(cell->region, world.codes[m]) && cell->series == 1 &&
                            uf_period_year(cell->period) == year)
                            sum += cell->value;
                    }
                const struct uf_cell *cell =
                    uf_cells_find(&harmonised.cells, code, 1, uf_period_from_year(year));
                if (!cell) fail_msg("there is no unit %s in %d", code, year);
                expect_close(cell->value, sum, 1e-13, code);
            }
        }
        uf_harmonised_clear(&harmonised);
        uf_cells_clear(&world.cells);
    }
}

static void weights_conserve_totals(void **state)
{
    (void)state;
    struct uf_error error;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        struct world world;
        make_world(&world, true);
        struct uf_crosswalk_row rows[12];
        struct uf_crosswalk crosswalk = {rows, 0};
        for (size_t k = 0; k < world.history.count; k++) {
            struct uf_region_change *change = &world.changes[k];
            if (change->type != UF_REGION_TRANSFER) continue;
            double weight = draw();
            rows[crosswalk.count++] = (struct uf_crosswalk_row){change->before, change->after, weight};
            rows[crosswalk.count++] = (struct uf_crosswalk_row){change->before, change->before, 1 - weight};
        }
        const struct uf_harmonise_options options = {
            .as_of = FIRST + YEARS, .history = &world.history, .crosswalk = &crosswalk};
        struct uf_harmonised harmonised;
        assert_ok(uf_harmonise(&world.cells, &options, &harmonised, &error), &error);
        for (int year = FIRST; year < FIRST + YEARS; year++)
            expect_close(total_of(&harmonised.cells, 0, year), total_of(&world.cells, 0, year), 1e-12,
                         "total");
        for (size_t k = 0; k < crosswalk.count; k++) /* what has weights is not merged */
            assert_non_null(
                uf_cells_find(&harmonised.cells, rows[k].to, 0, uf_period_from_year(FIRST + YEARS - 1)));
        uf_harmonised_clear(&harmonised);
        uf_cells_clear(&world.cells);
    }
}

/* --- splicing ---------------------------------------------------------------------------------- */

static void splicing_keeps_growth_and_the_newest_level(void **state)
{
    (void)state;
    struct uf_error error;
    static const char *const regions[] = {"A", "B", "C"};
    for (size_t trial = 0; trial < TRIALS; trial++) {
        struct uf_cells parts[3];
        const struct uf_cells *pointers[3];
        const size_t n = 2 + draw_below(2);
        int from = FIRST;
        for (size_t p = 0; p < n; p++) {
            uf_cells_init(&parts[p]);
            int last = from + 3 + (int)draw_below(3);
            for (size_t r = 0; r < 3; r++)
                for (size_t s = 0; s < SERIES; s++)
                    for (int year = from; year <= last; year++)
                        add(&parts[p], regions[r], s, year, 10 + 100 * draw(), NAN);
            uf_cells_sort(&parts[p]);
            pointers[p] = &parts[p];
            from = last - 1 - (int)draw_below(2); /* an overlap of two or three years */
        }
        const struct uf_splice_options options = {.way = UF_SPLICE_RATIO};
        struct uf_spliced spliced, as_is;
        assert_ok(uf_splice(pointers, n, &options, &spliced, &error), &error);
        assert_ok(uf_splice(pointers, n, NULL, &as_is, &error), &error);
        assert_int_equal(spliced.cells.count, as_is.cells.count);
        for (size_t i = 0; i < spliced.cells.count; i++) {
            const struct uf_cell *cell = &spliced.cells.items[i];
            size_t part = n - 1; /* the naive rule: the newest part whose seam is not after this period */
            while (part > 0 && cell->period < spliced.seams[part - 1]) part--;
            const struct uf_cell *own = uf_cells_find(&parts[part], cell->region, cell->series, cell->period);
            assert_non_null(own);
            expect_close(as_is.cells.items[i].value, own->value, 0, "as it is");
            if (part == n - 1) expect_close(cell->value, own->value, 0, "the newest keeps its level");
            const struct uf_cell *before = i ? cell - 1 : NULL;
            if (!before || before->series != cell->series || strcmp(before->region, cell->region) != 0)
                continue;
            if (part > 0 && cell->period == spliced.seams[part - 1]) {
                assert_true(cell->status & UF_VALUE_BREAK);
                continue;
            }
            const struct uf_cell *own_before =
                uf_cells_find(&parts[part], cell->region, cell->series, before->period);
            expect_close(cell->value / before->value, own->value / own_before->value, 1e-12,
                         "growth within a part");
        }
        uf_spliced_clear(&spliced);
        uf_spliced_clear(&as_is);
        for (size_t p = 0; p < n; p++) uf_cells_clear(&parts[p]);
    }
}

/* --- aggregating ------------------------------------------------------------------------------- */

static void to_cells(const struct uf_aggregate_cell *wholes, size_t n, struct uf_cells *out)
{
    struct uf_error error;
    uf_cells_init(out);
    for (size_t i = 0; i < n; i++) {
        const struct uf_cell cell = {wholes[i].region, wholes[i].series, wholes[i].period,
                                     wholes[i].value,  wholes[i].status, NAN};
        assert_ok(uf_cells_add(out, &cell, &error), &error);
    }
    uf_cells_sort(out);
}

static void one_step_up_equals_two(void **state)
{
    (void)state;
    struct uf_error error;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        enum { LEAVES = 24, MIDDLES = 6, TOPS = 2 };
        char leaf[LEAVES][24], middle[MIDDLES][24], top[TOPS][24];
        struct uf_membership low[LEAVES], high[MIDDLES], direct[LEAVES];
        size_t of_middle[MIDDLES], of_leaf[LEAVES];
        struct uf_cells cells, between;
        uf_cells_init(&cells);
        for (size_t t = 0; t < TOPS; t++) snprintf(top[t], sizeof top[t], "T%zu", t);
        for (size_t m = 0; m < MIDDLES; m++) {
            snprintf(middle[m], sizeof middle[m], "M%zu", m);
            of_middle[m] = draw_below(TOPS);
            high[m] = (struct uf_membership){middle[m], top[of_middle[m]], 0, 0};
        }
        for (size_t i = 0; i < LEAVES; i++) {
            snprintf(leaf[i], sizeof leaf[i], "L%02zu", i);
            of_leaf[i] = i % MIDDLES;
            low[i] = (struct uf_membership){leaf[i], middle[of_leaf[i]], 0, 0};
            direct[i] = (struct uf_membership){leaf[i], top[of_middle[of_leaf[i]]], 0, 0};
            for (int year = FIRST; year < FIRST + 3; year++)
                add(&cells, leaf[i], 0, year, draw() < 0.02 ? NAN : floor(1000 * draw()),
                    1 + floor(9 * draw()));
        }
        uf_cells_sort(&cells);
        struct uf_aggregate_cell *once, *first, *second;
        size_t n_once, n_first, n_second;
        assert_ok(uf_aggregate(&cells, &(struct uf_memberships){direct, LEAVES}, UF_AGGREGATE_SUM, false,
                               &once, &n_once, &error),
                  &error);
        assert_ok(uf_aggregate(&cells, &(struct uf_memberships){low, LEAVES}, UF_AGGREGATE_SUM, false, &first,
                               &n_first, &error),
                  &error);
        to_cells(first, n_first, &between);
        assert_ok(uf_aggregate(&between, &(struct uf_memberships){high, MIDDLES}, UF_AGGREGATE_SUM, false,
                               &second, &n_second, &error),
                  &error);
        assert_int_equal(n_once, n_second);
        for (size_t i = 0; i < n_once; i++) {
            assert_string_equal(once[i].region, second[i].region);
            assert_int_equal(once[i].status, second[i].status);
            if (!isnan(once[i].value)) expect_close(once[i].value, second[i].value, 1e-13, "two steps");
            /* the naive twin: a pass over all leaves for each whole */
            double sum = 0, weighted = 0, weights = 0;
            bool whole = true;
            for (size_t c = 0; c < cells.count; c++) {
                size_t number = (size_t)strtoul(cells.items[c].region + 1, NULL, 10);
                if (strcmp(direct[number].parent, once[i].region) != 0 ||
                    cells.items[c].period != once[i].period)
                    continue;
                whole = whole && !isnan(cells.items[c].value);
                sum += cells.items[c].value;
                weighted += cells.items[c].weight * cells.items[c].value;
                weights += cells.items[c].weight;
            }
            assert_int_equal(whole, !isnan(once[i].value));
            if (whole) expect_close(once[i].value, sum, 1e-13, "naive sum");
            struct uf_aggregate_cell *means;
            size_t n_means;
            assert_ok(uf_aggregate(&cells, &(struct uf_memberships){direct, LEAVES}, UF_AGGREGATE_MEAN, false,
                                   &means, &n_means, &error),
                      &error);
            if (whole) expect_close(means[i].value, weighted / weights, 1e-13, "naive mean");
            free(means);
        }
        /* the order of memberships does not matter */
        struct uf_membership kept = direct[0];
        direct[0] = direct[LEAVES - 1], direct[LEAVES - 1] = kept;
        struct uf_aggregate_cell *other;
        size_t n_other;
        assert_ok(uf_aggregate(&cells, &(struct uf_memberships){direct, LEAVES}, UF_AGGREGATE_SUM, false,
                               &other, &n_other, &error),
                  &error);
        assert_int_equal(n_other, n_once);
        for (size_t i = 0; i < n_once; i++)
            assert_true(memcmp(&other[i].value, &once[i].value, sizeof once[i].value) == 0 ||
                        (isnan(other[i].value) && isnan(once[i].value)));
        free(other);
        free(once);
        free(second);
        free(first);
        uf_cells_clear(&between);
        uf_cells_clear(&cells);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merging_back_conserves_totals),
        cmocka_unit_test(merging_back_equals_the_naive_closure),
        cmocka_unit_test(weights_conserve_totals),
        cmocka_unit_test(splicing_keeps_growth_and_the_newest_level),
        cmocka_unit_test(one_step_up_equals_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
