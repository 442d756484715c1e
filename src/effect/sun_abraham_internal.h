// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SUN_ABRAHAM_INTERNAL_H
#define UTFALL_EFFECT_SUN_ABRAHAM_INTERNAL_H
/* What the files of the kernel `sun_abraham.h` share. */
#include <utfall/sun_abraham.h>

#include <math.h>
#include <stdint.h>

#define SUN_ABRAHAM_NONE ((double)NAN)
/* Of a cohort in a period: rows that stay without a dummy, and rows that go. */
#define SUN_ABRAHAM_NO_CELL  UINT32_MAX
#define SUN_ABRAHAM_LEFT_OUT (UINT32_MAX - 1)

struct sun_abraham_layout {
    size_t end;        /* periods from here on are left out */
    size_t *cohort_of; /* n_periods: the cohort that starts then */
    /* by cohort and period, the controls as the last cohort: a *slot* */
    size_t *count;
    double *weight;
    size_t *parent;  /* slots, then units: what observations link */
    uint32_t *level; /* the dummy of a slot, or one of the two above */
    size_t n_levels;
};
/* Fills cohorts, cells and counts of `out`. */
uf_status sun_abraham_layout_init(const struct uf_did_data *data,
                                  const struct uf_sun_abraham_options *options,
                                  struct sun_abraham_layout *layout, struct uf_sun_abraham *out,
                                  struct uf_error *error);
void sun_abraham_layout_clear(struct sun_abraham_layout *layout);
/* The key that a term of uf_sun_abraham_randomise_terms has in this deal of the cohorts, which it knows by their starts; false:
 * there is no such cohort or cell in it. */
bool sun_abraham_find_key(const struct uf_sun_abraham *fit, const struct uf_cell_term *term, long *key);

static inline long sun_abraham_time(const struct uf_did_data *data, size_t period)
{
    return data->time ? data->time[period] : (long)period;
}

/* The slot of row i. */
static inline size_t sun_abraham_slot(const struct uf_did_data *data, const struct sun_abraham_layout *layout,
                                      const struct uf_sun_abraham *fit, size_t i)
{
    size_t first = data->first_period[data->unit[i]];
    size_t cohort = first == fit->control_first ? fit->n_cohorts : layout->cohort_of[first];
    return cohort * data->n_periods + data->period[i];
}
#endif
