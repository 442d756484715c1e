// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/yaml_tree.h"

#include <stdio.h>
#include <string.h>
#include <utfall/text.h>
#include <yaml.h>

#include "base/fail.h"
#include "study/yaml_place.h"

enum { MAX_DEPTH = 32, MAX_ALIASED_NODES = 2000, MAX_KEYS = 1000 };

struct reading {
    const char *name;
    struct arena *arena;
    yaml_document_t *document;
    struct yaml_lines lines;
    unsigned char *seen; /* per document node: visited before */
    size_t aliased;      /* nodes copied again through aliases */
    struct uf_error *error;
};

static uf_status fail_at_mark(const struct reading *reading, const yaml_mark_t *mark, const char *sentence)
{
    return uf_fail_at(reading->error, UF_BAD_INPUT, reading->name, mark->line + 1, mark->column + 1, "%s",
                      sentence);
}

static uf_status copy_node(struct reading *reading, int index, int depth, bool aliased,
                           struct yaml_node *out);

/* Aliases are resolved by libyaml to the same node, so a node met twice is an alias; copying it again is
 * bounded. */
static uf_status count_alias(struct reading *reading, const yaml_node_t *source, int index, bool *aliased)
{
    if (reading->seen[index - 1]) *aliased = true;
    reading->seen[index - 1] = 1;
    if (*aliased && ++reading->aliased > MAX_ALIASED_NODES)
        return fail_at_mark(reading, &source->start_mark,
                            "the aliases (*name) of this file stand for too much text: found more than 2000 "
                            "repeated values, expected "
                            "a study of ordinary size; write the values out");
    return UF_OK;
}

static uf_status copy_scalar(struct reading *reading, const yaml_node_t *source, struct yaml_node *out)
{
    const char *value = (const char *)source->data.scalar.value;
    size_t length = source->data.scalar.length;
    if (memchr(value, '\0', length))
        return fail_at_mark(reading, &source->start_mark,
                            "found a text with a zero byte in it, expected printable text");
    out->kind = YAML_TREE_SCALAR;
    out->quoted = source->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    out->text = arena_text(reading->arena, value, length);
    if (!out->text) return uf_fail_memory(reading->error);
    return yaml_place_text(&reading->lines, source, out->text, reading->arena, &out->places, reading->error);
}

static uf_status copy_list(struct reading *reading, const yaml_node_t *source, int depth, bool aliased,
                           struct yaml_node *out)
{
    size_t count = (size_t)(source->data.sequence.items.top - source->data.sequence.items.start);
    out->kind = YAML_TREE_LIST;
    out->items = arena_take(reading->arena, count, sizeof *out->items);
    if (!out->items) return uf_fail_memory(reading->error);
    out->count = count;
    for (size_t i = 0; i < count; i++)
        UF_TRY(copy_node(reading, source->data.sequence.items.start[i], depth + 1, aliased, &out->items[i]));
    return UF_OK;
}

static uf_status copy_key(struct reading *reading, int index, struct yaml_node *map, size_t position)
{
    const yaml_node_t *key = yaml_document_get_node(reading->document, index);
    if (key->type != YAML_SCALAR_NODE)
        return fail_at_mark(reading, &key->start_mark,
                            "found a list or a mapping as a key, expected a plain word before the colon");
    const char *text = (const char *)key->data.scalar.value;
    for (size_t i = 0; i < position; i++)
        if (!strcmp(map->keys[i].text, text))
            return uf_fail_at(
                reading->error, UF_BAD_INPUT, reading->name, key->start_mark.line + 1,
                key->start_mark.column + 1,
                "found the key '%s' a second time, expected each key once; the first stands on line %zu",
                text, map->keys[i].line);
    map->keys[position] = (struct yaml_key){.text = arena_text(reading->arena, text, strlen(text)),
                                            .line = key->start_mark.line + 1,
                                            .column = key->start_mark.column + 1};
    return map->keys[position].text ? UF_OK : uf_fail_memory(reading->error);
}

static uf_status copy_map(struct reading *reading, const yaml_node_t *source, int depth, bool aliased,
                          struct yaml_node *out)
{
    const yaml_node_pair_t *pairs = source->data.mapping.pairs.start;
    size_t count = (size_t)(source->data.mapping.pairs.top - pairs);
    if (count > MAX_KEYS)
        return fail_at_mark(reading, &source->start_mark,
                            "found a mapping with more than 1000 keys, expected fewer");
    out->kind = YAML_TREE_MAP;
    out->items = arena_take(reading->arena, count, sizeof *out->items);
    out->keys = arena_take(reading->arena, count, sizeof *out->keys);
    if (!out->items || !out->keys) return uf_fail_memory(reading->error);
    for (size_t i = 0; i < count; i++) {
        UF_TRY(copy_key(reading, pairs[i].key, out, i));
        UF_TRY(copy_node(reading, pairs[i].value, depth + 1, aliased, &out->items[i]));
        out->count = i + 1;
    }
    return UF_OK;
}

static uf_status copy_node(struct reading *reading, int index, int depth, bool aliased, struct yaml_node *out)
{
    const yaml_node_t *source = yaml_document_get_node(reading->document, index);
    if (!source) return uf_fail(reading->error, UF_INTERNAL, "the YAML document has no node %d", index);
    if (depth > MAX_DEPTH)
        return fail_at_mark(reading, &source->start_mark,
                            "found more than 32 levels of nesting (or an alias inside its own anchor), "
                            "expected a study of ordinary depth");
    UF_TRY(count_alias(reading, source, index, &aliased));
    out->line = source->start_mark.line + 1;
    out->column = source->start_mark.column + 1;
    switch (source->type) {
    case YAML_SEQUENCE_NODE:
        return copy_list(reading, source, depth, aliased, out);
    case YAML_MAPPING_NODE:
        return copy_map(reading, source, depth, aliased, out);
    default:
        return copy_scalar(reading, source, out);
    }
}

/* The byte of a (line, column in characters), so that a complaint of the parser can be put in the user's
 * words. */
static char byte_at(const char *bytes, size_t length, size_t line, size_t column)
{
    size_t i = 0;
    for (; i < length && line > 0; i++)
        if (bytes[i] == '\n') line--;
    for (; i < length && column > 0; i++)
        if (((unsigned char)bytes[i] & 0xC0) != 0x80) column--;
    return i < length ? bytes[i] : '\0';
}

static uf_status fail_of_parser(const struct reading *reading, const yaml_parser_t *parser, const char *bytes,
                                size_t length)
{
    if (parser->error == YAML_MEMORY_ERROR) return uf_fail_memory(reading->error);
    const yaml_mark_t *mark = &parser->problem_mark;
    if (byte_at(bytes, length, mark->line, mark->column) == '\t')
        return fail_at_mark(
            reading, mark,
            "found a tab, expected spaces: YAML indents with spaces only; replace each tab by two spaces");
    char sentence[512];
    const char *problem = parser->problem ? parser->problem : "unreadable text";
    snprintf(sentence, sizeof sentence,
             "this is not valid YAML: %s%s%s%s; see docs/study-file.md for the form of a study file", problem,
             parser->context ? " (" : "", parser->context ? parser->context : "", parser->context ? ")" : "");
    return fail_at_mark(reading, mark, sentence);
}

static uf_status check_encoding(const struct reading *reading, const char *bytes, size_t length)
{
    if (uf_text_is_utf8(bytes, length)) return UF_OK;
    size_t line = 1, start = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && bytes[i] != '\n') continue;
        if (!uf_text_is_utf8(bytes + start, i - start)) break;
        start = i + 1;
        line++;
    }
    return uf_fail_at(reading->error, UF_BAD_INPUT, reading->name, line, 0,
                      "found bytes that are not UTF-8, expected a study file in UTF-8; save it again as "
                      "UTF-8 (not Latin-1, not UTF-16)");
}

static uf_status refuse_second_document(const struct reading *reading, yaml_parser_t *parser,
                                        const char *bytes, size_t length)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next)) return fail_of_parser(reading, parser, bytes, length);
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    uf_status status = UF_OK;
    if (root)
        status = fail_at_mark(reading, &root->start_mark,
                              "found a second document (after ---), expected one study per file");
    yaml_document_delete(&next);
    return status;
}

static uf_status read_document(struct reading *reading, yaml_parser_t *parser, const char *bytes,
                               size_t length, const struct yaml_node **out)
{
    yaml_document_t document;
    if (!yaml_parser_load(parser, &document)) return fail_of_parser(reading, parser, bytes, length);
    uf_status status = UF_OK;
    reading->document = &document;
    size_t count = (size_t)(document.nodes.top - document.nodes.start);
    struct yaml_node *root = arena_take(reading->arena, 1, sizeof *root);
    reading->seen = arena_take(reading->arena, count, 1);
    if (!root || !reading->seen) {
        status = uf_fail_memory(reading->error);
    } else if (!yaml_document_get_root_node(&document)) {
        status = uf_fail_at(reading->error, UF_BAD_INPUT, reading->name, 1, 1,
                            "the file is empty, expected a study (it begins with `study: a title`)");
    } else {
        status = copy_node(reading, 1, 1, false, root);
        if (status == UF_OK) status = refuse_second_document(reading, parser, bytes, length);
    }
    yaml_document_delete(&document);
    reading->document = NULL;
    if (status == UF_OK) *out = root;
    return status;
}

uf_status yaml_tree_read(const char *name, const char *bytes, size_t length, struct arena *arena,
                         const struct yaml_node **out, struct uf_error *error)
{
    struct reading reading = {.name = name, .arena = arena, .error = error};
    UF_TRY(check_encoding(&reading, bytes, length));
    /* With the encoding set by hand libyaml does not look for a byte-order mark. */
    size_t mark = length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    UF_TRY(yaml_lines_find(bytes + mark, length - mark, arena, &reading.lines, error));
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return uf_fail_memory(error);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes + mark, length - mark);
    uf_status status = read_document(&reading, &parser, bytes + mark, length - mark, out);
    yaml_parser_delete(&parser);
    return status;
}

const struct yaml_node *yaml_tree_get(const struct yaml_node *map, const char *key)
{
    if (map->kind != YAML_TREE_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (!strcmp(map->keys[i].text, key)) return &map->items[i];
    return NULL;
}

bool yaml_tree_is_empty(const struct yaml_node *node)
{
    return node->kind == YAML_TREE_SCALAR && !node->quoted &&
           (!*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
}

const char *yaml_tree_describe(const struct yaml_node *node, char *buffer, size_t size)
{
    if (node->kind == YAML_TREE_LIST) return "a list";
    if (node->kind == YAML_TREE_MAP) return "a mapping (key: value)";
    if (yaml_tree_is_empty(node)) return "nothing";
    size_t width = strlen(node->text);
    /* A long text is cut at a character's boundary. */
    if (width > 60)
        for (width = 60; ((unsigned char)node->text[width] & 0xC0) == 0x80;) width--;
    snprintf(buffer, size, "'%.*s%s'", (int)width, node->text, node->text[width] ? "…" : "");
    return buffer;
}
