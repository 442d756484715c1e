// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/line_bands.h"
#include "base/fail.h"
#include "chart/columns.h"

#include <math.h>
#include <stdint.h>

uf_status uf_line_bands_find(const struct uf_chart_request *request, struct uf_line_bands *out,
                             struct uf_error *error)
{
    const char *const asked[] = {request->low, request->high, request->low2, request->high2};
    *out = (struct uf_line_bands){.low = INFINITY, .high = -INFINITY};
    for (int c = 0; c < 4; c++) {
        out->column[c] = SIZE_MAX;
        if (asked[c])
            UF_TRY(uf_column_need(request->table, "lines", asked[c], asked[c], &out->column[c], error));
    }
    return UF_OK;
}

/* The limits of a row, NaN where there are none. */
static void limits(const struct uf_chart_request *request, const struct uf_line_bands *bands, size_t row,
                   double out[4])
{
    for (int c = 0; c < 4; c++) out[c] = uf_column_value(request->table, row, bands->column[c]);
    for (int c = 0; c < 4; c += 2)
        if (isnan(out[c]) || isnan(out[c + 1])) out[c] = out[c + 1] = NAN;
}

void uf_line_bands_read(const struct uf_chart_request *request, size_t row, struct uf_line_bands *bands)
{
    double at[4];
    limits(request, bands, row, at);
    bands->n++;
    bands->inner |= !isnan(at[0]), bands->outer |= !isnan(at[2]);
    bands->n_inner_apart += at[0] > request->reference || at[1] < request->reference;
    bands->n_outer_apart += at[2] > request->reference || at[3] < request->reference;
    for (int c = 0; c < 4; c++) bands->low = fmin(bands->low, at[c]), bands->high = fmax(bands->high, at[c]);
}

void uf_line_bands_head(struct uf_drawing *drawing, const struct uf_line_bands *bands)
{
    if (bands->inner || bands->outer) uf_buffer_append(&drawing->csv, ",low,high,low2,high2");
    uf_drawing_number(drawing, "has_band", bands->inner);
    uf_drawing_number(drawing, "has_band2", bands->outer);
}

void uf_line_bands_write(struct uf_drawing *drawing, const struct uf_line_bands *bands, size_t row,
                         bool coloured)
{
    double at[4] = {NAN, NAN, NAN, NAN};
    if (!bands->inner && !bands->outer) return;
    if (coloured) limits(drawing->request, bands, row, at);
    for (int c = 0; c < 4; c++) uf_csv_number(drawing, at[c], c < 3 ? ',' : '\n');
}

void uf_line_bands_legend(const struct uf_chart_request *request, const struct uf_line_bands *bands,
                          struct uf_legend_item *items)
{
    items[0] = (struct uf_legend_item){UF_SIGN_AREA, bands->inner ? request->band_label : NULL};
    items[1] = (struct uf_legend_item){UF_SIGN_AREA2, bands->outer ? request->band2_label : NULL};
}

uf_status uf_line_bands_say(struct uf_drawing *drawing, const struct uf_line_bands *bands,
                            struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const struct uf_argument arguments[] = {
        uf_count_argument(bands->n), uf_count_argument(bands->n_inner_apart),
        uf_count_argument(bands->n_outer_apart), uf_number_argument(request->reference, -1)};
    if (isnan(request->reference)) return UF_OK;
    if (bands->inner)
        UF_TRY(uf_drawing_say(
            drawing,
            (struct uf_words){"The interval of each point leaves out {3} at {1} of {0} points.",
                              "Intervallet för varje punkt utesluter {3} i {1} av {0} punkter."},
            arguments, 4, error));
    if (!bands->outer) return UF_OK;
    return uf_drawing_say(drawing,
                          (struct uf_words){"The simultaneous band leaves out {3} at {2} of {0} points.",
                                            "Det simultana bandet utesluter {3} i {2} av {0} punkter."},
                          arguments, 4, error);
}
