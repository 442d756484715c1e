// SPDX-License-Identifier: GPL-3.0-or-later

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "study/schema_walk.h"

typedef uf_status (*read_value)(const struct walk *walk, const struct schema_field *field,
                                const struct yaml_node *node, void *target);

static struct study_place place_of(const struct yaml_node *node)
{
    return (struct study_place){node->line, node->column};
}

/* --- complaints --------------------------------------------------------------------------------- */

uf_status schema_fail_value(const struct walk *walk, const struct yaml_node *node, const char *key,
                            const char *expected)
{
    char found[128];
    return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, node->line, node->column,
                      "found %s for '%s', expected %s", yaml_tree_describe(node, found, sizeof found), key,
                      expected);
}

/* `a, b or c`, cut when it grows too long. */
static void join_choices(const char *const *names, size_t count, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        int wrote = snprintf(buffer + used, size - used, "%s%s", between, names[i]);
        if (wrote < 0 || (size_t)wrote >= size - used) {
            snprintf(size - used > 4 ? buffer + used : buffer + size - 5, 5, "%s", "…");
            return;
        }
        used += (size_t)wrote;
    }
}

uf_status schema_fail_choice(const struct walk *walk, const struct yaml_node *node, const char *key,
                             const char *const *names, size_t count)
{
    char found[128], expected[600];
    join_choices(names, count, expected, sizeof expected);
    const char *nearest = node->kind == YAML_TREE_SCALAR ? uf_text_nearest(node->text, names, count) : NULL;
    return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, node->line, node->column,
                      "found %s for '%s', expected %s%s%s%s", yaml_tree_describe(node, found, sizeof found),
                      key, expected, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                      nearest ? "'?" : "");
}

/* All keys that a mapping may have: the schema's own and, where a method is named, its options. */
uf_status schema_fail_unknown_key(const struct walk *walk, const struct schema *schema,
                                  const struct uf_method *method, const struct yaml_key *key)
{
    size_t n_options = method ? method->n_options : 0, count = schema->n_fields + n_options;
    const char **names = arena_take(walk->arena, count + 1, sizeof *names);
    if (!names) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < schema->n_fields; i++) names[i] = schema->fields[i].key;
    for (size_t i = 0; i < n_options; i++) names[schema->n_fields + i] = method->options[i].name;
    char expected[700];
    join_choices(names, count, expected, sizeof expected);
    const char *nearest = uf_text_nearest(key->text, names, count);
    return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, key->line, key->column,
                      "found the unknown key '%s' in %s%s%s%s; expected one of: %s", key->text, schema->what,
                      nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "",
                      expected);
}

/* A mistake is kept, and the walk goes on. */
static uf_status keep(const struct walk *walk, uf_status status)
{
    return mistakes_keep(walk->mistakes, status, walk->error);
}

static uf_status read_mapping(const struct walk *walk, const struct schema *schema,
                              const struct yaml_node *node, void *target);

/* --- values ------------------------------------------------------------------------------------- */

static size_t count_choices(const char *const *choices)
{
    size_t count = 0;
    while (choices && choices[count]) count++;
    return count;
}

static uf_status take_text(const struct walk *walk, const struct schema_field *field,
                           const struct yaml_node *node, struct study_text *out)
{
    if (node->kind != YAML_TREE_SCALAR || yaml_tree_is_empty(node) || (field->required && !node->text[0]))
        return schema_fail_value(walk, node, field->key, "a text");
    size_t count = count_choices(field->choices);
    bool known = count == 0;
    for (size_t i = 0; i < count && !known; i++) known = !strcmp(node->text, field->choices[i]);
    if (!known) return schema_fail_choice(walk, node, field->key, field->choices, count);
    out->text = node->text;
    out->place = place_of(node);
    out->places = node->places;
    return UF_OK;
}

static uf_status read_text(const struct walk *walk, const struct schema_field *field,
                           const struct yaml_node *node, void *target)
{
    return take_text(walk, field, node, target);
}

uf_status schema_read_texts(const struct walk *walk, const struct schema_field *field,
                            const struct yaml_node *node, void *target)
{
    struct study_texts *out = target;
    bool list = node->kind == YAML_TREE_LIST;
    size_t count = list ? node->count : 1;
    out->items = arena_take(walk->arena, count, sizeof *out->items);
    if (!out->items) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < count; i++)
        UF_TRY(take_text(walk, field, list ? &node->items[i] : node, &out->items[i]));
    out->count = count;
    out->place = place_of(node);
    return UF_OK;
}

static uf_status read_words(const struct walk *walk, const struct schema_field *field,
                            const struct yaml_node *node, void *target)
{
    struct study_words *out = target;
    static const char *const expected = "a text, or {sv: a text, en: a text}";
    if (node->kind == YAML_TREE_LIST || yaml_tree_is_empty(node) ||
        (field->required && node->kind == YAML_TREE_SCALAR && !node->text[0]))
        return schema_fail_value(walk, node, field->key, expected);
    out->place = place_of(node);
    if (node->kind == YAML_TREE_SCALAR) {
        out->words = (struct uf_words){.en = node->text, .sv = node->text};
        return UF_OK;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *value = &node->items[i];
        bool swedish = !strcmp(node->keys[i].text, "sv"), english = !strcmp(node->keys[i].text, "en");
        if (!swedish && !english)
            return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, node->keys[i].line, node->keys[i].column,
                              "found the language '%s' in '%s', expected sv or en", node->keys[i].text,
                              field->key);
        if (value->kind != YAML_TREE_SCALAR || yaml_tree_is_empty(value))
            return schema_fail_value(walk, value, field->key, "a text");
        *(swedish ? &out->words.sv : &out->words.en) = value->text;
    }
    /* A missing language falls back on the other, so that a text is never lost. */
    if (!out->words.en) out->words.en = out->words.sv;
    if (!out->words.sv) out->words.sv = out->words.en;
    return out->words.en ? UF_OK : schema_fail_value(walk, node, field->key, expected);
}

static uf_status read_all_words(const struct walk *walk, const struct schema_field *field,
                                const struct yaml_node *node, void *target)
{
    struct study_items *out = target;
    if (node->kind != YAML_TREE_LIST)
        return schema_fail_value(walk, node, field->key, "a list of texts (each line beginning with -)");
    struct study_words *items = arena_take(walk->arena, node->count, sizeof *items);
    if (!items) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < node->count; i++) UF_TRY(read_words(walk, field, &node->items[i], &items[i]));
    *out = (struct study_items){items, node->count, place_of(node)};
    return UF_OK;
}

static uf_status read_number(const struct walk *walk, const struct schema_field *field,
                             const struct yaml_node *node, void *target)
{
    if (node->kind != YAML_TREE_SCALAR || !uf_number_parse(node->text, strlen(node->text), '.', target))
        return schema_fail_value(walk, node, field->key, "a number with a decimal point");
    return UF_OK;
}

static uf_status read_count(const struct walk *walk, const struct schema_field *field,
                            const struct yaml_node *node, void *target)
{
    double number = 0;
    if (node->kind != YAML_TREE_SCALAR || !uf_number_parse(node->text, strlen(node->text), '.', &number) ||
        number < 0 || number > 9007199254740992.0 || floor(number) != number)
        return schema_fail_value(walk, node, field->key, "a whole number, 0 or more");
    *(size_t *)target = (size_t)number;
    return UF_OK;
}

static uf_status read_flag(const struct walk *walk, const struct schema_field *field,
                           const struct yaml_node *node, void *target)
{
    bool yes = node->kind == YAML_TREE_SCALAR && !strcmp(node->text, "true");
    if (!yes && (node->kind != YAML_TREE_SCALAR || strcmp(node->text, "false") != 0))
        return schema_fail_value(walk, node, field->key, "true or false");
    *(enum study_flag *)target = yes ? STUDY_FLAG_YES : STUDY_FLAG_NO;
    return UF_OK;
}

static uf_status read_period(const struct walk *walk, const struct schema_field *field,
                             const struct yaml_node *node, void *target)
{
    if (node->kind != YAML_TREE_SCALAR || !uf_period_parse(node->text, strlen(node->text), target))
        return schema_fail_value(walk, node, field->key, "a period as 2018, 2018Q1 or 2018M01");
    return UF_OK;
}

static uf_status read_map(const struct walk *walk, const struct schema_field *field,
                          const struct yaml_node *node, void *target)
{
    return read_mapping(walk, field->schema, node, target);
}

static uf_status read_maps(const struct walk *walk, const struct schema_field *field,
                           const struct yaml_node *node, void *target)
{
    struct study_items *out = target;
    if (node->kind != YAML_TREE_LIST)
        return schema_fail_value(walk, node, field->key, "a list (each item beginning with -)");
    char *items = arena_take(walk->arena, node->count, field->schema->size);
    if (!items) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < node->count; i++)
        UF_TRY(
            keep(walk, read_mapping(walk, field->schema, &node->items[i], items + i * field->schema->size)));
    *out = (struct study_items){items, node->count, place_of(node)};
    return UF_OK;
}

const struct schema_field *schema_find_field(const struct schema *schema, const char *key)
{
    for (size_t i = 0; i < schema->n_fields; i++)
        if (!strcmp(schema->fields[i].key, key)) return &schema->fields[i];
    return NULL;
}

static uf_status read_one(const struct walk *walk, const struct schema_field *field,
                          const struct yaml_node *node, void *structure);

static void preset(const struct schema *schema, char *target);

static bool is_all(const struct yaml_node *node)
{
    return node->kind == YAML_TREE_SCALAR && !strcmp(node->text, "all");
}

/* A list of names, or a single one. */
static uf_status read_bare_names(const struct walk *walk, const struct schema_field *field,
                                 const struct yaml_node *node, struct study_items *out)
{
    const struct schema *schema = field->schema;
    struct study_texts names = {0};
    UF_TRY(schema_read_texts(walk, field, node, &names));
    char *items = arena_take(walk->arena, names.count, schema->size);
    if (!items) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < names.count; i++) {
        char *item = items + i * schema->size;
        preset(schema, item);
        *(struct study_place *)(void *)item = names.items[i].place;
        *(struct study_text *)(void *)(item + schema->name) = names.items[i];
    }
    *out = (struct study_items){items, names.count, place_of(node)};
    return UF_OK;
}

static uf_status read_named(const struct walk *walk, const struct schema_field *field,
                            const struct yaml_node *node, void *target)
{
    struct study_items *out = target;
    const struct schema *schema = field->schema;
    if (schema->names_alone && node->kind != YAML_TREE_MAP) return read_bare_names(walk, field, node, out);
    if (node->kind != YAML_TREE_MAP)
        return schema_fail_value(walk, node, field->key, "a mapping of names (name: value)");
    char *items = arena_take(walk->arena, node->count, schema->size);
    if (!items) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < node->count; i++) {
        char *item = items + i * schema->size;
        const struct yaml_node *value = &node->items[i];
        if (schema->shorthand && value->kind != YAML_TREE_MAP) {
            preset(schema, item);
            *(struct study_place *)(void *)item = place_of(value);
            if (!(schema->names_alone && is_all(value)))
                UF_TRY(read_one(walk, schema_find_field(schema, schema->shorthand), value, item));
        } else {
            UF_TRY(keep(walk, read_mapping(walk, schema, value, item)));
        }
        *(struct study_text *)(void *)(item + schema->name) = (struct study_text){
            .text = node->keys[i].text, .place = {node->keys[i].line, node->keys[i].column}};
    }
    *out = (struct study_items){items, node->count, place_of(node)};
    return UF_OK;
}

static uf_status refuse_method(const struct walk *walk, const struct schema_field *field,
                               const struct yaml_node *node, void *target)
{
    (void)target;
    return schema_fail_value(walk, node, field->key,
                             "a method's name"); /* methods are read before the other keys */
}

static const read_value readers[SCHEMA_TYPES] = {
    [SCHEMA_TEXT] = read_text,           [SCHEMA_TEXTS] = schema_read_texts, [SCHEMA_WORDS] = read_words,
    [SCHEMA_ALL_WORDS] = read_all_words, [SCHEMA_NUMBER] = read_number,      [SCHEMA_COUNT] = read_count,
    [SCHEMA_FLAG] = read_flag,           [SCHEMA_PERIOD] = read_period,      [SCHEMA_MAP] = read_map,
    [SCHEMA_MAPS] = read_maps,           [SCHEMA_NAMED] = read_named,        [SCHEMA_METHOD] = refuse_method,
};

static uf_status read_one(const struct walk *walk, const struct schema_field *field,
                          const struct yaml_node *node, void *structure)
{
    return readers[field->type](walk, field, node, (char *)structure + field->offset);
}

/* --- a mapping ---------------------------------------------------------------------------------- */

/* What "not given" looks like for the types where zero is a value. */
static void preset(const struct schema *schema, char *target)
{
    for (size_t i = 0; i < schema->n_fields; i++) {
        const struct schema_field *field = &schema->fields[i];
        void *value = target + field->offset;
        if (field->type == SCHEMA_NUMBER) *(double *)value = NAN;
        if (field->type == SCHEMA_COUNT) *(size_t *)value = SIZE_MAX;
        if (field->type == SCHEMA_MAP) preset(field->schema, value);
    }
}

/* True where a key that was complained of was most likely meant to be this one. */
static bool is_misspelt(const struct walk *walk, const struct yaml_node *node, const char *key)
{
    const char *const names[] = {key};
    for (size_t i = 0; i < node->count; i++)
        for (size_t m = 0; m < walk->mistakes->count; m++)
            if (walk->mistakes->items[m].line == node->keys[i].line &&
                walk->mistakes->items[m].column == node->keys[i].column &&
                uf_text_nearest(node->keys[i].text, names, 1))
                return true;
    return false;
}

static uf_status read_mapping(const struct walk *walk, const struct schema *schema,
                              const struct yaml_node *node, void *target)
{
    char *structure = target;
    preset(schema, structure);
    if (node->kind != YAML_TREE_MAP) {
        char found[128];
        return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, node->line, node->column,
                          "found %s for %s, expected a mapping (key: value)",
                          yaml_tree_describe(node, found, sizeof found), schema->what);
    }
    *(struct study_place *)target = place_of(node);
    const struct uf_method *method = NULL;
    if (schema->takes_options) {
        UF_TRY(schema_read_method(walk, schema, node, &method));
        *(const struct uf_method **)(void *)(structure + schema->method) = method;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct schema_field *field = schema_find_field(schema, node->keys[i].text);
        if (method && schema_claim_option(schema, method, node->keys[i].text, &node->items[i]))
            continue; /* a method's own `from` is its option */
        if (field && field->type != SCHEMA_METHOD)
            UF_TRY(keep(walk, read_one(walk, field, &node->items[i], structure)));
        else if (!field && !method)
            UF_TRY(keep(walk, schema_fail_unknown_key(walk, schema, NULL, &node->keys[i])));
    }
    if (method)
        UF_TRY(schema_read_options(walk, schema, method, node,
                                   (struct study_options *)(void *)(structure + schema->options)));
    for (size_t i = 0; i < schema->n_fields; i++)
        if (schema->fields[i].required && !yaml_tree_get(node, schema->fields[i].key) &&
            !is_misspelt(walk, node, schema->fields[i].key))
            UF_TRY(keep(walk, uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, node->line, node->column,
                                         "%s has no '%s', expected it (%s)", schema->what,
                                         schema->fields[i].key, schema->fields[i].summary)));
    return UF_OK;
}

uf_status schema_read(const struct schema *schema, const struct yaml_node *node, const char *file,
                      struct arena *arena, void *target, struct uf_error *error)
{
    struct mistakes mistakes = {0};
    struct uf_error own; /* the caller may want none */
    uf_error_clear(&own);
    const struct walk walk = {file, arena, &own, &mistakes};
    uf_status status = keep(&walk, read_mapping(&walk, schema, node, target));
    if (status == UF_OK)
        status = mistakes_report(&mistakes, error);
    else if (error)
        *error = own;
    mistakes_clear(&mistakes);
    return status;
}
