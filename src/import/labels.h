// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_LABELS_H
#define UTFALL_IMPORT_LABELS_H
/* Codes of regions and sectors as files write them: bare, or with a label behind (`01 Stockholms län`). */
#include <utfall/store.h>

typedef uf_status uf_find_function(struct uf_store *store, const char *code, char **out,
                                   struct uf_error *error);
/* The canonical code of a region or sector written as a code, an alias, or either with a label behind it; NULL
 * where it is unknown. A sector may have its section before it (`C25` is `25`). */
uf_status uf_find_labelled_region(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error);
uf_status uf_find_labelled_sector(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error);

/* `00 Sweden` → `00` and `Sweden`. The first word is a code where it has a digit or is all capitals; else the
 * whole text is the code and the label. New texts. */
uf_status uf_label_split(const char *text, char **out_code, char **out_label, struct uf_error *error);
/* Case does not matter, blanks around do not count. */
bool uf_label_equal(const char *a, const char *b);
/* The word, or one that begins with it, stands in the text; case does not matter. */
bool uf_label_speaks_of(const char *text, const char *word);

/* What a sector's code that the store does not know is made of: a range or group of sectors that it knows
 * (`05-33`, `B+C`, `M_N`), or a finer code (`25.1`, `26110`) of a division that it knows. */
enum uf_sector_shape { UF_SECTOR_NONE, UF_SECTOR_GROUP, UF_SECTOR_FINER };
/* `out_parent` is the canonical code of the sector it lies in, where one is known: NULL else. */
uf_status uf_sector_shape_of(struct uf_store *store, const char *code, enum uf_sector_shape *out,
                             char **out_parent, struct uf_error *error);
#endif
