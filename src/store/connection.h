// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_CONNECTION_H
#define UTFALL_STORE_CONNECTION_H
/*
 * What the files of this room share: the handle, and running one prepared and bound statement.
 *
 * Statements are cached by the address of their text, so each is prepared once per handle: write the text as
 * a `static const char NAME[]`.
 */
#include <sqlite3.h>
#include <utfall/store.h>

#include "store/codes.h"
#include "store/keys.h"

enum { UF_STATEMENT_CACHE = 64 };

struct uf_store {
    sqlite3 *db;
    char *path;
    bool read_only;
    int depth; /* of nested transactions */
    bool has_writer;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } cache[UF_STATEMENT_CACHE];
    /* code → id; forgotten on rollback, since an id of a row that was taken back means nothing */
    struct uf_codes regions, sectors, breakdowns, indicators;
};

enum uf_binding_type { UF_BIND_NULL, UF_BIND_TEXT, UF_BIND_INTEGER, UF_BIND_REAL };
struct uf_binding {
    enum uf_binding_type type;
    const char *text;
    int64_t integer;
    double real;
};
struct uf_binding uf_bind_text(const char *text);    /* NULL text: SQL NULL */
struct uf_binding uf_bind_integer(int64_t integer);  /* */
struct uf_binding uf_bind_positive(int64_t integer); /* 0 or less: SQL NULL */
struct uf_binding uf_bind_real(double real);         /* NaN: SQL NULL */

/* A cached statement with its parameters bound, ready to step; reset it with sqlite3_reset. */
uf_status uf_store_statement(struct uf_store *store, const char *sql, const struct uf_binding *bindings,
                             size_t n_bindings, sqlite3_stmt **out, struct uf_error *error);
/* Runs a statement that gives no rows. */
uf_status uf_store_execute(struct uf_store *store, const char *sql, const struct uf_binding *bindings,
                           size_t n_bindings, struct uf_error *error);
/* The first column of the first row as an integer; `*out_found` says whether there was a row. */
uf_status uf_store_integer(struct uf_store *store, const char *sql, const struct uf_binding *bindings,
                           size_t n_bindings, int64_t *out, bool *out_found, struct uf_error *error);
/* The first column of every row as texts, appended to `out`. */
uf_status uf_store_texts(struct uf_store *store, const char *sql, struct uf_text_list *out,
                         struct uf_error *error);

/* One SELECT that can only read, prepared but not cached, and its parameters; in query.c. */
uf_status uf_store_prepare_reading(struct uf_store *store, const char *sql, sqlite3_stmt **out,
                                   struct uf_error *error);
uf_status uf_store_bind_parameters(struct uf_store *store, sqlite3_stmt *statement,
                                   const char *const *parameters, size_t n_parameters,
                                   struct uf_error *error);

/* Turns an SQLite result code into a status and a sentence; resets nothing. */
uf_status uf_store_fail(struct uf_store *store, int code, struct uf_error *error);

/* Codes that were looked up may mean something else now, or nothing. */
void uf_store_forget_codes(struct uf_store *store);
/* Foreign keys are looked at for every row, unless for a statement whose rows are known to keep them. Also within
 * a transaction. */
void uf_store_enforce_references(struct uf_store *store, bool enforced);

/* Functions and the collation `swedish`, in functions.c. */
uf_status uf_store_register_functions(sqlite3 *db, struct uf_error *error);

/* `unknown WHAT CODE; did you mean NEAREST?`, with the candidates that `sql` lists. */
uf_status uf_store_fail_unknown(struct uf_store *store, const char *what, const char *code, const char *sql,
                                struct uf_error *error);
/* `text`, or `otherwise` where it is NULL or empty. */
const char *uf_text_or(const char *text, const char *otherwise);
#endif
