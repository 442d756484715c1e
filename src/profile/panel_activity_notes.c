// SPDX-License-Identifier: GPL-3.0-or-later
/* What the reader must know of the figures before the indices: who was left out, what is missing or filled in. What the
 * figures say of each other is in panel_activity_checks.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/panel_activity_notes.h"

/* A note names the first, the ledger all. */
enum { NAMES_SHOWN = 8 };

/* "Gotland, Dalarna, … (12)"; the caller frees it. NULL: out of memory. */
static char *name_list(const struct uf_dictionary *dictionary, const size_t *index, size_t n, size_t most)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t i = 0; i < n && i < most; i++) {
        if (i > 0) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, dictionary->label[index[i]]);
    }
    if (n > most) {
        uf_buffer_append(&text, ", … (");
        uf_buffer_append_size(&text, n);
        uf_buffer_append(&text, ")");
    }
    return uf_buffer_take(&text);
}

static uf_status tell_left_out(const struct panel_activity *a, struct uf_result *result,
                               struct uf_error *error)
{
    static const struct uf_words regions = {
        "Regions without any figure in the period are left out, also of the reference area ({0}): {1}.",
        "Regioner helt utan uppgifter för perioden ingår inte, inte heller i jämförelseområdet ({0} st): "
        "{1}."};
    static const struct uf_words incomplete = {"Regions that lack at least one figure are left out, also of "
                                               "the reference area, as asked ({0}): {1}.",
                                               "Regioner som saknar minst en uppgift har uteslutits, också "
                                               "ur jämförelseområdet, enligt valet ({0} st): {1}."};
    static const struct uf_words sectors = {
        "Sectors without any figure in the period are left out ({0}): {1}.",
        "Branscher helt utan uppgifter för perioden ingår inte ({0} st): {1}."};
    const size_t rows = a->panel->n_rows;
    for (int of_sectors = 0; of_sectors <= 1; of_sectors++) {
        size_t n = of_sectors ? a->n_absent_sectors : a->n_absent_regions;
        if (n == 0) continue;
        const struct uf_dictionary *all = of_sectors ? &a->panel->sectors : &a->panel->units;
        const size_t *index = of_sectors ? a->absent_sector : a->absent_region;
        char *names = name_list(all, index, n, NAMES_SHOWN), *every = name_list(all, index, n, n);
        if (names == NULL || every == NULL) {
            free(names);
            free(every);
            return uf_fail_memory(error);
        }
        struct uf_argument arguments[] = {uf_count_argument(n), uf_text_argument(names)};
        struct uf_words text = of_sectors ? sectors : a->leave_out_incomplete ? incomplete : regions;
        uf_status status = TELL(UF_WARNING, of_sectors ? "sectors-left-out" : "regions-left-out", text,
                                no_advice, arguments);
        size_t lost = 0;
        for (size_t i = 0; i < rows; i++)
            for (size_t k = 0; k < n; k++)
                lost += of_sectors ? a->panel->sector[i] == a->absent_sector[k]
                                   : a->panel->unit[i] == a->absent_region[k];
        static const struct uf_words step[] = {{"regions without figures", "regioner utan uppgifter"},
                                               {"sectors without figures", "branscher utan uppgifter"}};
        if (status == UF_OK)
            status = uf_result_add_ledger(result, uf_words_in(step[of_sectors], a->language), every, rows,
                                          rows - lost, error);
        free(names);
        free(every);
        UF_TRY(status);
    }
    return UF_OK;
}

/* `incomplete: keep`: who is compared and not part of the reference area. */
static uf_status tell_kept(const struct panel_activity *a, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"{0} of {1} regions lack at least one figure. They are in the "
                                         "tables with what their figures allow, and are "
                                         "compared with the reference area without being part of it: {2}.",
                                         "{0} av {1} regioner saknar minst en uppgift. De finns i tabellerna "
                                         "med det som deras uppgifter räcker till "
                                         "och jämförs med jämförelseområdet utan att ingå i det: {2}."};
    static const struct uf_words published = {"{0} of {1} regions lack at least one figure. They are in the "
                                              "tables with what their figures allow: {2}.",
                                              "{0} av {1} regioner saknar minst en uppgift. De finns i "
                                              "tabellerna med det som deras uppgifter räcker till: "
                                              "{2}."};
    static const struct uf_words step = {"regions compared, not in the reference area",
                                         "regioner som jämförs men inte ingår i jämförelseområdet"};
    size_t *kept = malloc((a->n_regions + 1) * sizeof *kept), n = 0;
    if (kept == NULL) return uf_fail_memory(error);
    for (size_t r = 0; r < a->n_regions && a->keep_incomplete; r++)
        if (!a->complete[r]) kept[n++] = a->region[r];
    if (n == 0) {
        free(kept);
        return UF_OK;
    }
    char *names = name_list(&a->panel->units, kept, n, NAMES_SHOWN),
         *every = name_list(&a->panel->units, kept, n, n);
    free(kept);
    uf_status status = names && every ? UF_OK : uf_fail_memory(error);
    const struct uf_argument arguments[] = {uf_count_argument(n), uf_count_argument(a->n_regions),
                                            uf_text_argument(names)};
    if (status == UF_OK)
        status =
            TELL(UF_NOTE, "regions-kept", a->whole_unit == SIZE_MAX ? text : published, no_advice, arguments);
    if (status == UF_OK && a->whole_unit == SIZE_MAX)
        status = uf_result_add_ledger(result, uf_words_in(step, a->language), every, a->panel->n_rows,
                                      a->panel->n_rows, error);
    free(names);
    free(every);
    return status;
}

/* "not available, confidential"; the caller frees it. NULL: out of memory. */
static char *reason_list(uf_value_status reasons, enum uf_language language)
{
    static const struct {
        uf_value_status flag;
        struct uf_words words;
    } names[] = {
        {UF_VALUE_NOT_AVAILABLE, {"not available", "uppgift saknas"}},
        {UF_VALUE_NOT_APPLICABLE, {"not applicable", "ej tillämpligt"}},
        {UF_VALUE_SUPPRESSED, {"suppressed by the publisher", "undertryckt av utgivaren"}},
        {UF_VALUE_CONFIDENTIAL, {"confidential", "sekretess"}},
        {UF_VALUE_UNDEFINED, {"undefined", "odefinierad"}},
        {UF_VALUE_INCOMPLETE, {"incomplete sum", "ofullständig summa"}},
    };
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(reasons & names[i].flag)) continue;
        if (text.length > 0) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, uf_words_in(names[i].words, language));
    }
    return uf_buffer_take(&text);
}

static uf_status tell_missing(const struct panel_activity *a, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words text = {"{0} of {1} figures are missing ({2}). A missing figure is not "
                                         "zero: the region's sum, the sector's sum and all that "
                                         "is formed from them are missing too.",
                                         "{0} av {1} uppgifter saknas ({2}). En saknad uppgift är inte noll: "
                                         "regionens summa, branschens summa och allt som "
                                         "beräknas av dem saknas därför också."};
    static const struct uf_words advice = {
        "Name the published total (total) and the published row of the reference area (reference-row), leave "
        "incomplete "
        "regions out (incomplete: leave-out), compare them with the complete ones where the method can "
        "(incomplete: keep), say what hidden figures can be (suppressed-below) or by name "
        "how "
        "gaps are filled (impute), or choose sectors and years without gaps.",
        "Ange den publicerade totalen (total) och jämförelseområdets publicerade rad (reference-row), "
        "uteslut "
        "ofullständiga regioner (incomplete: leave-out), jämför dem med de fullständiga där metoden kan det "
        "(incomplete: keep), ange vad dolda uppgifter kan vara "
        "(suppressed-below) "
        "eller uttryckligen hur luckor fylls (impute), eller välj branscher och år utan luckor."};
    static const struct uf_words kept = {"{0} of {1} figures are missing ({2}). A missing figure is not "
                                         "zero: what is formed from it is missing too.",
                                         "{0} av {1} uppgifter saknas ({2}). En saknad uppgift är inte noll: "
                                         "det som beräknas av den saknas också."};
    size_t missing = 0, cells = 0;
    uf_value_status reasons = 0;
    for (size_t t = 0; t < a->n_periods; t++) {
        for (size_t i = 0; i < a->n_regions * a->n_sectors; i++, cells++) {
            uf_value_status status = a->at[t].status[i] & UF_VALUE_MISSING_MASK;
            reasons |= status;
            missing += status != 0;
        }
    }
    if (missing == 0) return UF_OK;
    char *names = reason_list(reasons, a->language);
    if (names == NULL) return uf_fail_memory(error);
    struct uf_argument arguments[] = {uf_count_argument(missing), uf_count_argument(cells),
                                      uf_text_argument(names)};
    uf_status status = a->keep_incomplete ? TELL(UF_NOTE, "missing-figures", kept, no_advice, arguments)
                                          : TELL(UF_WARNING, "missing-figures", text, advice, arguments);
    free(names);
    return status;
}

/* "Gotland C 2017, … (12)": the cells that were filled; the caller frees it. NULL: out of memory. */
static char *cell_list(const struct panel_activity *a)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t i = 0; i < a->n_imputed; i++) {
        const struct panel_cell *cell = &a->imputed[i];
        if (i > 0) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, a->panel->units.code[cell->unit]);
        uf_buffer_append(&text, " ");
        uf_buffer_append(&text, a->panel->sectors.code[cell->sector]);
        uf_buffer_append(&text, " ");
        uf_buffer_append(&text, a->panel->periods.code[cell->period]);
    }
    return uf_buffer_take(&text);
}

static uf_status tell_imputed(const struct panel_activity *a, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} missing figures were filled in, as asked (impute: {1}); all that is formed from them rests on "
        "that. The ledger names them.",
        "{0} saknade uppgifter har fyllts i, enligt valet (impute: {1}); allt som beräknas av dem vilar på "
        "det. De räknas upp i redovisningen av vad som hände med raderna."};
    static const struct uf_words step = {"figures filled in", "ifyllda uppgifter"};
    if (a->n_imputed == 0) return UF_OK;
    char *cells = cell_list(a);
    if (cells == NULL) return uf_fail_memory(error);
    struct uf_argument arguments[] = {uf_count_argument(a->n_imputed), uf_text_argument(a->impute)};
    uf_status status = TELL(UF_WARNING, "imputed-figures", text, no_advice, arguments);
    if (status == UF_OK)
        status = uf_result_add_ledger(result, uf_words_in(step, a->language), cells, a->panel->n_rows,
                                      a->panel->n_rows, error);
    free(cells);
    return status;
}

static uf_status tell_bounded(const struct panel_activity *a, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} figures that the publisher hides are taken to lie from 0 to {1}, as said (suppressed-below): "
        "the "
        "bounds of what needs them follow from that. Published totals are not used to narrow them.",
        "{0} uppgifter som utgivaren döljer antas ligga mellan 0 och {1}, enligt valet (suppressed-below): "
        "gränserna för det som behöver dem följer av det. Publicerade totaler används inte för att snäva in "
        "dem."};
    if (a->n_bounded == 0) return UF_OK;
    struct uf_argument arguments[] = {uf_count_argument(a->n_bounded),
                                      uf_number_argument(a->hidden_below, -1)};
    return TELL(UF_NOTE, "bounded-figures", text, no_advice, arguments);
}

static uf_status tell_no_row(const struct panel_activity *a, struct uf_result *result, struct uf_error *error)
{
    if (a->n_no_row == 0) return UF_OK;
    static const struct uf_words text = {
        "{0} combinations of region and sector have no row in the data and count as nothing there (zero).",
        "{0} kombinationer av region och bransch har ingen rad i data och räknas som att inget finns där "
        "(noll)."};
    static const struct uf_words advice = {
        "Where a missing row means that nothing is known, choose no-row: missing.",
        "Om en rad som saknas betyder att inget är känt, välj no-row: missing."};
    struct uf_argument arguments[] = {uf_count_argument(a->n_no_row)};
    return TELL(UF_NOTE, "no-row", text, advice, arguments);
}

uf_status panel_activity_tell(const struct panel_activity *activity, bool sums_used, struct uf_result *result,
                              struct uf_error *error)
{
    UF_TRY(tell_left_out(activity, result, error));
    UF_TRY(tell_kept(activity, result, error));
    UF_TRY(tell_no_row(activity, result, error));
    UF_TRY(tell_imputed(activity, result, error));
    UF_TRY(tell_bounded(activity, result, error));
    UF_TRY(tell_missing(activity, result, error));
    UF_TRY(panel_activity_tell_sectors(activity, sums_used, result, error));
    UF_TRY(panel_activity_tell_total_gap(activity, result, error));
    return panel_activity_tell_rounding(activity, result, error);
}
