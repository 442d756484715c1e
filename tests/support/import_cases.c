// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/import_cases.h"

#include <string.h>

#include "support/test.h"

struct uf_store *store;
struct uf_import_summary summary;
struct uf_error import_error;

int open_store(void **state)
{
    (void)state;
    store = store_with_regions(":memory:");
    return 0;
}
int close_store(void **state)
{
    (void)state;
    uf_import_summary_clear(&summary);
    uf_store_close(store);
    return 0;
}

void do_import(const char *text, const struct uf_import_request *request)
{
    uf_import_summary_clear(&summary);
    assert_ok(import_text(store, text, request, &summary, &import_error), &import_error);
}
void expect_import_refusal(const char *text, const struct uf_import_request *request, uf_status status,
                           const char *words)
{
    struct uf_import_summary none;
    assert_int_equal(import_text(store, text, request, &none, &import_error), status);
    if (!strstr(import_error.message, words)) fail_msg("no \"%s\" in: %s", words, import_error.message);
}
void expect_import_note(const char *words)
{
    for (size_t i = 0; i < summary.notes.count; i++)
        if (strstr(summary.notes.items[i], words)) return;
    for (size_t i = 0; i < summary.notes.count; i++) print_message("note: %s\n", summary.notes.items[i]);
    fail_msg("no note says \"%s\"", words);
}
