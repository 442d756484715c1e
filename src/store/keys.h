// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_KEYS_H
#define UTFALL_STORE_KEYS_H
/*
 * The integer keys that the store has for codes. A key means its row until the transaction in which it was made is
 * taken back, or the row is forgotten; the handle remembers what it looked up.
 */
#include <utfall/store.h>

/* An unknown code is UF_BAD_INPUT with the nearest one. No sector (NULL or "") has key 0. */
uf_status uf_store_indicator_id(struct uf_store *store, const char *code, int64_t *out,
                                struct uf_error *error);
uf_status uf_store_region_id(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error);
uf_status uf_store_sector_id(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error);
/* A breakdown that is not there is added; none (NULL or "") has key 0. */
uf_status uf_store_breakdown_id(struct uf_store *store, const char *code, int64_t *out,
                                struct uf_error *error);
#endif
