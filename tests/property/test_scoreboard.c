// SPDX-License-Identifier: GPL-3.0-or-later
/* Ranks against a slow twin with ties, gaps and bands; the method on small lists. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/scoreboard.h>

#include "support/activity_cases.h"
#include "support/activity_panel.h"
#include "support/test.h"

/* The rank as one more than how many better values there are, in values drawn from the box. */
static void ranks_lie_within_their_bounds(void **state)
{
    (void)state;
    struct draw draw = {31};
    for (size_t k = 0; k < 500; k++) {
        double value[12], low[12], high[12], drawn[12];
        struct uf_rank rank[12], exact[12], inside[12];
        size_t n = draw_below(&draw, 12);
        enum uf_direction direction = (enum uf_direction)draw_below(&draw, 3);
        for (size_t i = 0; i < n; i++) {
            value[i] = draw_below(&draw, 5) ? (double)draw_below(&draw, 6) : (double)NAN;
            low[i] = value[i] - draw_uniform(&draw);
            high[i] = value[i] + draw_uniform(&draw);
            drawn[i] = low[i] + draw_uniform(&draw) * (high[i] - low[i]);
        }
        uf_scoreboard_rank(value, low, high, n, direction, rank);
        uf_scoreboard_rank(value, NULL, NULL, n, direction, exact);
        uf_scoreboard_rank(drawn, NULL, NULL, n, direction, inside);
        for (size_t i = 0; i < n; i++) {
            if (isnan(value[i])) {
                assert_true(isnan(rank[i].rank) && isnan(rank[i].low) && isnan(rank[i].high));
                continue;
            }
            size_t better = 0;
            for (size_t j = 0; j < n; j++)
                better += direction == UF_DIRECTION_LOWER ? value[j] < value[i] : value[j] > value[i];
            expect_within(rank[i].rank, (double)better + 1, 0, "rank");
            assert_true(rank[i].low <= rank[i].rank && rank[i].rank <= rank[i].high);
            assert_true(rank[i].low <= inside[i].rank && inside[i].rank <= rank[i].high);
            expect_within(exact[i].low, exact[i].rank, 0, "exact figures have no interval");
        }
    }
}

static void targets_and_indices(void **state)
{
    (void)state;
    expect_within(uf_scoreboard_to_target(70, 78, UF_DIRECTION_HIGHER), 8, 0, "left to go");
    expect_within(uf_scoreboard_to_target(70, 78, UF_DIRECTION_LOWER), -8, 0, "reached");
    expect_within(uf_scoreboard_to_target(70, 78, UF_DIRECTION_NEITHER), 8, 0, "distance");
    expect_within(uf_scoreboard_index(30, 40), 75, 0, "index");
    assert_true(isnan(uf_scoreboard_index(30, 0)) && isnan(uf_scoreboard_index(30, NAN)));
    assert_true(isnan(uf_scoreboard_index(-1, 40)) && uf_scoreboard_index(0, 40) == 0);
    assert_int_equal(uf_scoreboard_better(1, 2, UF_DIRECTION_HIGHER), 1);
    assert_int_equal(uf_scoreboard_better(1, 2, UF_DIRECTION_LOWER), -1);
    assert_int_equal(uf_scoreboard_better(1, 2, UF_DIRECTION_NEITHER), 0);
    assert_int_equal(uf_scoreboard_better(NAN, 2, UF_DIRECTION_HIGHER), 0);
}

static const char figures[] = "region,sector,year,jobs\n"
                              "SE,share,2010,40\nSE,share,2015,50\nSE,idle,2015,7\n"
                              "SE1,share,2010,30\nSE1,share,2015,45\nSE1,idle,2012,8\nSE1,idle,2015,9\n"
                              "SE2,share,2010,50\nSE2,share,2015,45\nSE2,idle,2015,5\n"
                              "SE3,share,2015,60\nSE31,share,2015,99\nSE1,other,2015,1\n";
static const char list[] =
    "indicator,priority,direction,target,unit_sv,unit_en,name_sv,name_en,missing_sv,missing_en\n"
    "share,competence,higher,55,%,%,Andel,Share,,\n"
    "idle,competence,lower,6,%,%,Arbetslösa,Idle,,\n"
    "trade,international,higher,,,,Handel,Trade,Publiceras inte,Not published\n";

static const char *list_file(const char *text)
{
    static char path[256];
    struct uf_error error;
    snprintf(path, sizeof path, "%s/list.csv", scratch_directory());
    assert_ok(uf_file_write(path, text, strlen(text), &error), &error);
    return path;
}

static double number(const struct uf_result *result, const char *unit, const char *indicator,
                     const char *column)
{
    const struct uf_table *table = uf_result_table(result, "scoreboard");
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(uf_table_text(table, i, uf_table_column(table, "unit")), unit) &&
            !strcmp(uf_table_text(table, i, uf_table_column(table, "indicator")), indicator))
            return uf_table_number(table, i, uf_table_column(table, column));
    fail_msg("no row %s %s", unit, indicator);
    return NAN;
}

static void a_small_board(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    const char *const options[] = {"list", list_file(list), "peers", "SE2", NULL};
    struct uf_result result;
    struct uf_error error;
    /* the list's path is absolute: a study's folder or none does not matter */
    assert_ok(activity_run(&uf_method_scoreboard, panel, UF_ENGLISH, options, &result, &error), &error);
    expect_within(number(&result, "SE1", "share", "level"), 45, 0, "level");
    expect_within(number(&result, "SE1", "share", "change"), 15, 0, "change");
    expect_within(number(&result, "SE1", "share", "change_percent"), 50, 1e-12, "change in per cent");
    expect_within(number(&result, "SE1", "share", "index"), 90, 1e-12, "index");
    expect_within(number(&result, "SE1", "share", "rank"), 2, 0, "ties share the better rank");
    expect_within(number(&result, "SE2", "share", "rank"), 2, 0, "ties");
    expect_within(number(&result, "SE3", "share", "rank"), 1, 0, "best");
    expect_within(number(&result, "SE1", "share", "ranked"), 3, 0,
                  "a code of another length is another level");
    expect_within(number(&result, "SE31", "share", "rank"), 1, 0, "ranked with its own level");
    expect_within(number(&result, "SE1", "share", "to_target"), 10, 0, "to target");
    expect_within(number(&result, "SE2", "idle", "to_target"), -1, 0, "reached");
    expect_within(number(&result, "SE2", "idle", "rank"), 1, 0, "less is better");
    expect_within(number(&result, "SE1", "share", "peers_mean"), 45, 0, "peers");
    assert_true(isnan(number(&result, "SE", "share", "rank")));
    assert_true(isnan(number(&result, "SE3", "share", "change")));
    assert_true(isnan(number(&result, "SE1", "trade", "level")));
    expect_within(activity_cell(&result, "scoreboard-priorities", "SE1", NULL, "indicators", NULL), 0, 0,
                  "innovation has none");
    assert_string_equal(
        activity_text(&result, "scoreboard-findings", "SE1", NULL, "text"),
        "SE1: 2 of 3 indicators have figures; 0 are better than the nation and 2 worse, 1 have improved "
        "and 1 worsened over their period. Rank: 2 in each of the 2 that are ranked.");
    assert_string_equal(
        activity_text(&result, "scoreboard-findings", "SE", NULL, "text"),
        "SE: 2 of 3 indicators have figures; 1 have improved and 0 worsened over their period.");
    const struct uf_note *missing = uf_result_note(&result, "indicator-missing");
    assert_string_equal(missing->text, "Without figures: Trade. Not published");
    assert_non_null(uf_result_note(&result, "indicator-unlisted"));
    const struct uf_table *table = uf_result_table(&result, "scoreboard");
    bool seen = false,
         gap = false; /* 2012 is no gap in what nobody has for it, but one where others have it */
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *series = uf_table_text(table, i, uf_table_column(table, "sparkline"));
        seen = seen || (series && !strcmp(series, "2010=30 2015=45"));
        gap = gap || (series && !strcmp(series, "2012= 2015=5"));
    }
    assert_true(seen && gap);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

static void a_wrong_list_names_its_row(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        size_t line;
    } cases[] = {
        {"indicator,priority,direction,target,unit_sv,unit_en,name_sv,name_en,missing_sv,missing_en\n"
         "a,competence,higher,,,,A,A,,\nb,compentence,higher,,,,B,B,,\n",
         "did you mean 'competence'", 3},
        {"indicator,priority,direction,target,unit_sv,unit_en,name_sv,name_en,missing_sv,missing_en\n"
         "a,competence,up,,,,A,A,,\n",
         "found 'up' as the direction", 2},
        {"indicator,priority,direction,target,unit_sv,unit_en,name_sv,name_en,missing_sv,missing_en\n"
         "a,competence,higher,\"4,5\",,,A,A,,\n",
         "found the target '4,5'", 2},
        {"indicator,priority,direction,target,unit_sv,unit_en,name_sv,name_en,missing_sv,missing_en\n"
         "a,competence,higher,,,,A,A,,\na,competence,higher,,,,A,A,,\n",
         "stands twice", 3},
        {"indicator,priority,direction\na,competence,higher\n", "the file has no column 'target'", 0}};
    struct uf_panel *panel = activity_panel(figures);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const options[] = {"list", list_file(cases[i].text), NULL};
        struct uf_result result;
        struct uf_error error;
        assert_int_equal(activity_run(&uf_method_scoreboard, panel, UF_ENGLISH, options, &result, &error),
                         cases[i].line ? UF_BAD_INPUT : UF_BAD_USAGE);
        if (!strstr(error.message, cases[i].words)) fail_msg("%s", error.message);
        assert_int_equal(error.line, cases[i].line);
        uf_result_clear(&result);
    }
    const char *const nobody[] = {"list", list_file(list), "peers", "SE9", NULL};
    struct uf_result result;
    struct uf_error error;
    assert_int_equal(activity_run(&uf_method_scoreboard, panel, UF_ENGLISH, nobody, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'peers' names 'SE9'"));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranks_lie_within_their_bounds),
                                       cmocka_unit_test(targets_and_indices), cmocka_unit_test(a_small_board),
                                       cmocka_unit_test(a_wrong_list_names_its_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
