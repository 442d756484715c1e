// SPDX-License-Identifier: GPL-3.0-or-later
/* Methods in a study file: the name, and the options that the method's descriptor lists. */
#include <stdio.h>
#include <string.h>
#include <utfall/study.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "study/schema_walk.h"

uf_status schema_read_method(const struct walk *walk, const struct schema *schema,
                             const struct yaml_node *map, const struct uf_method **out)
{
    const struct yaml_node *node = yaml_tree_get(map, "method");
    if (!node)
        return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, map->line, map->column,
                          "%s has no 'method', expected the name of one; `utfall methods` lists them",
                          schema->what);
    size_t n_methods = 0, count = 0;
    const struct uf_method *const *methods = uf_methods(&n_methods);
    const char **names = arena_take(walk->arena, n_methods + 1, sizeof *names);
    if (!names) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < n_methods; i++) {
        if (methods[i]->family != schema->family) continue;
        if (node->kind == YAML_TREE_SCALAR && !strcmp(node->text, methods[i]->name)) {
            *out = methods[i];
            return UF_OK;
        }
        names[count++] = methods[i]->name;
    }
    return schema_fail_choice(walk, node, "method", names, count);
}

static const struct uf_option *find_option(const struct uf_method *method, const char *prefix,
                                           const char *name)
{
    char whole[128];
    int length = prefix ? snprintf(whole, sizeof whole, "%s-%s", prefix, name)
                        : snprintf(whole, sizeof whole, "%s", name);
    if (length < 0 || (size_t)length >= sizeof whole) return NULL;
    for (size_t i = 0; i < method->n_options; i++)
        if (!strcmp(method->options[i].name, whole)) return &method->options[i];
    return NULL;
}

static bool is_option_prefix(const struct uf_method *method, const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < method->n_options; i++)
        if (!strncmp(method->options[i].name, prefix, length) && method->options[i].name[length] == '-')
            return true;
    return false;
}

/* The value is checked by the option itself, so that command line and study file agree on what is right. */
static uf_status read_option(const struct walk *walk, const struct uf_method *method,
                             const struct uf_option *option, const struct yaml_node *node,
                             struct study_options *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].option == option)
            return uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, node->line, node->column,
                              "found the option '%s' a second time, expected it once", option->name);
    struct schema_field field = {.key = option->name, .type = SCHEMA_TEXTS};
    if (node->kind == YAML_TREE_MAP || (node->kind == YAML_TREE_LIST && option->type != UF_OPTION_LIST))
        return schema_fail_value(walk, node, option->name,
                                 option->type == UF_OPTION_LIST ? "a list" : "a single value");
    struct study_option *item = &out->items[out->count];
    item->option = option;
    UF_TRY(schema_read_texts(walk, &field, node, &item->values));
    struct uf_options *probe = NULL;
    UF_TRY(uf_options_new(method, &probe, walk->error));
    uf_status status = UF_OK;
    struct uf_error reason;
    uf_error_clear(&reason);
    for (size_t i = 0; i < item->values.count && status == UF_OK; i++) {
        status = uf_options_set(probe, option->name, item->values.items[i].text, &reason);
        if (status == UF_BAD_USAGE)
            status = uf_fail_at(walk->error, UF_BAD_INPUT, walk->file, item->values.items[i].place.line,
                                item->values.items[i].place.column, "%s", reason.message);
    }
    uf_options_free(probe);
    out->count++;
    return status;
}

static uf_status read_option_group(const struct walk *walk, const struct schema *schema,
                                   const struct uf_method *method, const struct yaml_key *key,
                                   const struct yaml_node *node, struct study_options *out)
{
    for (size_t i = 0; i < node->count; i++) {
        const struct uf_option *option = find_option(method, key->text, node->keys[i].text);
        if (!option) {
            char *whole = arena_take(walk->arena, strlen(key->text) + strlen(node->keys[i].text) + 2, 1);
            if (!whole) return uf_fail_memory(walk->error);
            snprintf(whole, strlen(key->text) + strlen(node->keys[i].text) + 2, "%s-%s", key->text,
                     node->keys[i].text);
            return schema_fail_unknown_key(
                walk, schema, method, &(struct yaml_key){whole, node->keys[i].line, node->keys[i].column});
        }
        UF_TRY(read_option(walk, method, option, &node->items[i], out));
    }
    return UF_OK;
}

/* A key that is both the method's and the schema's is the method's, but for a mapping that the schema knows
 * as one (`donors: {countries: …}` beside a method's list `donors`). */
const struct uf_option *schema_claim_option(const struct schema *schema, const struct uf_method *method,
                                            const char *key, const struct yaml_node *node)
{
    const struct schema_field *field = schema_find_field(schema, key);
    if (field && field->type == SCHEMA_MAP && node->kind == YAML_TREE_MAP) return NULL;
    return find_option(method, NULL, key);
}

uf_status schema_read_options(const struct walk *walk, const struct schema *schema,
                              const struct uf_method *method, const struct yaml_node *map,
                              struct study_options *out)
{
    out->items = arena_take(walk->arena, method->n_options, sizeof *out->items);
    if (!out->items) return uf_fail_memory(walk->error);
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_key *key = &map->keys[i];
        const struct yaml_node *node = &map->items[i];
        const struct uf_option *option = schema_claim_option(schema, method, key->text, node);
        if (!option && schema_find_field(schema, key->text)) continue;
        uf_status status;
        if (!option && node->kind == YAML_TREE_MAP && is_option_prefix(method, key->text))
            status = read_option_group(walk, schema, method, key, node, out);
        else if (option)
            status = read_option(walk, method, option, node, out);
        else
            status = schema_fail_unknown_key(walk, schema, method, key);
        UF_TRY(mistakes_keep(walk->mistakes, status, walk->error));
    }
    return UF_OK;
}
