// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/expression.h"
#include "base/fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const functions[] = {"ln",    "log10", "exp", "sqrt",     "power",  "abs",
                                        "round", "min",   "max", "coalesce", "nullif", "iif"};
static const char *const keywords[] = {"and",  "or",   "not",  "is",   "null",
                                       "case", "when", "then", "else", "end"};
enum { N_FUNCTIONS = sizeof functions / sizeof *functions, N_KEYWORDS = sizeof keywords / sizeof *keywords };

struct parser {
    const struct uf_panel_variable *variable;
    const char *text, *p;
    size_t first_reference;
    struct expression *out;
    struct uf_buffer sql;
    int depth;      /* open parentheses */
    bool has_value; /* what stands before is a value: now an operator is expected, else another value */
    struct uf_error *error;
};

struct uf_text_place expression_place(const struct uf_panel_variable *variable, size_t offset)
{
    if (variable->places) return variable->places[offset];
    struct uf_text_place place = {variable->line, variable->column};
    for (size_t i = 0; place.column && i < offset; i++)
        place.column += ((unsigned char)variable->expression[i] & 0xC0) != 0x80;
    return place;
}

uf_status expression_fail(const struct uf_panel_variable *variable, size_t offset, const char *what,
                          struct uf_error *error)
{
    enum { SHOWN = 120 };
    const char *text = variable->expression;
    size_t width = strlen(text);
    if (width > SHOWN)
        for (width = SHOWN; ((unsigned char)text[width] & 0xC0) == 0x80;) width--;
    struct uf_text_place place = expression_place(variable, offset);
    return uf_fail_at(error, UF_BAD_INPUT, variable->file, place.line, place.column,
                      "in the expression `%.*s%s` of '%s': %s", (int)width, text, text[width] ? "…" : "",
                      variable->name, what);
}

static uf_status fail_here(struct parser *parser, const char *at, const char *what)
{
    return expression_fail(parser->variable, (size_t)(at - parser->text), what, parser->error);
}

/* Two values with nothing between them. */
static uf_status begin_value(struct parser *parser)
{
    if (parser->has_value)
        return fail_here(parser, parser->p, "expected + - * / between two values, found another value");
    return UF_OK;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct parser *parser)
{
    while (*parser->p == ' ' || *parser->p == '\t' || *parser->p == '\n' || *parser->p == '\r') parser->p++;
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(word, words[i])) return true;
    return false;
}

static uf_status add_reference(struct parser *parser, const char *at, const char *indicator,
                               const char *bracket, const char *sector)
{
    struct expression *out = parser->out;
    size_t index = 0;
    while (index < out->n_references && (strcmp(out->references[index].indicator, indicator) ||
                                         strcmp(out->references[index].sector, sector)))
        index++;
    if (index == out->n_references) {
        struct expression_reference *grown = realloc(out->references, (index + 1) * sizeof *grown);
        if (!grown) return uf_fail_memory(parser->error);
        out->references = grown;
        grown[index] =
            (struct expression_reference){uf_text_copy(indicator), uf_text_copy(sector),
                                          (size_t)(at - parser->text), (size_t)(bracket - parser->text)};
        out->n_references++;
        if (!grown[index].indicator || !grown[index].sector) return uf_fail_memory(parser->error);
    }
    uf_buffer_append(&parser->sql, " v");
    uf_buffer_append_size(&parser->sql, parser->first_reference + index);
    uf_buffer_append(&parser->sql, ".value ");
    parser->has_value = true;
    return UF_OK;
}

/* `["C"]` after an indicator. */
static uf_status parse_sector(struct parser *parser, char sector[64])
{
    const char *start = parser->p++;
    skip_blanks(parser);
    char quote = *parser->p;
    if (quote != '"' && quote != '\'')
        return fail_here(parser, start, "a sector stands in quotes within brackets, as employment[\"C\"]");
    const char *first = ++parser->p;
    size_t length = strcspn(first, "\"'");
    if (first[length] != quote || length == 0 || length >= 64)
        return fail_here(parser, start, "the sector's quotes are not closed");
    memcpy(sector, first, length);
    sector[length] = '\0';
    parser->p = first + length + 1;
    skip_blanks(parser);
    if (*parser->p != ']') return fail_here(parser, start, "the bracket is not closed");
    parser->p++;
    return UF_OK;
}

static uf_status parse_word(struct parser *parser)
{
    const char *start = parser->p;
    char word[96], sector[64] = "";
    size_t length = 0;
    while (is_letter(*parser->p) || is_digit(*parser->p)) {
        if (length + 1 >= sizeof word) return fail_here(parser, start, "this name is too long");
        word[length++] = *parser->p++;
    }
    word[length] = '\0';
    skip_blanks(parser);
    bool keyword = *parser->p != '[' && is_one_of(word, keywords, N_KEYWORDS);
    if (parser->has_value && !keyword)
        return fail_here(parser, start, "expected + - * / between two values, found another value");
    if (*parser->p == '(' && !keyword) {
        if (!is_one_of(word, functions, N_FUNCTIONS)) {
            const char *nearest = uf_text_nearest(word, functions, N_FUNCTIONS);
            char message[256];
            snprintf(message, sizeof message, "there is no function '%s'%s%s%s", word,
                     nearest ? "; did you mean '"
                             : "; the functions are ln, log10, exp, sqrt, power, abs, round, min, max, "
                               "coalesce, nullif, iif",
                     nearest ? nearest : "", nearest ? "'?" : "");
            return fail_here(parser, start, message);
        }
        uf_buffer_append_char(&parser->sql, ' ');
        uf_buffer_append(&parser->sql, word);
        return UF_OK;
    }
    if (keyword) {
        parser->has_value = !strcmp(word, "null") || !strcmp(word, "end");
        uf_buffer_append_char(&parser->sql, ' ');
        uf_buffer_append(&parser->sql, word);
        uf_buffer_append_char(&parser->sql, ' ');
        return UF_OK;
    }
    const char *bracket = parser->p;
    if (*parser->p == '[') UF_TRY(parse_sector(parser, sector));
    return add_reference(parser, start, word, bracket, sector);
}

/* A whole number gets a decimal point: 1/2 is a half here, where SQL would make it 0. */
static uf_status parse_number(struct parser *parser)
{
    const char *start = parser->p;
    bool fraction = false;
    UF_TRY(begin_value(parser));
    parser->has_value = true;
    while (is_digit(*parser->p) || *parser->p == '.') fraction |= *parser->p++ == '.';
    if (*parser->p == 'e' || *parser->p == 'E') {
        fraction = true;
        parser->p++;
        if (*parser->p == '-' || *parser->p == '+') parser->p++;
        if (!is_digit(*parser->p)) return fail_here(parser, start, "this is not a number");
        while (is_digit(*parser->p)) parser->p++;
    }
    if (is_letter(*parser->p)) return fail_here(parser, start, "a name cannot begin with a digit");
    uf_buffer_append_char(&parser->sql, ' ');
    uf_buffer_append_bytes(&parser->sql, start, (size_t)(parser->p - start));
    if (!fraction) uf_buffer_append(&parser->sql, ".0");
    return UF_OK;
}

static uf_status parse_operator(struct parser *parser)
{
    static const char *const operators[] = {"<=", ">=", "<>", "!=", "==", "+", "-", "*",
                                            "/",  "(",  ")",  ",",  "<",  ">", "="};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t length = strlen(operators[i]);
        if (strncmp(parser->p, operators[i], length)) continue;
        const char sign = *parser->p;
        if (sign == '(') {
            UF_TRY(begin_value(parser));
            parser->depth++;
        } else if (!parser->has_value && sign != '+' && sign != '-') {
            return fail_here(parser, parser->p, "a value is missing before this sign");
        } else if (sign == ')' && --parser->depth < 0) {
            return fail_here(parser, parser->p, "this parenthesis was never opened");
        }
        parser->has_value = sign == ')';
        /* a blank keeps `- -1` from becoming a comment */
        uf_buffer_append_char(&parser->sql, ' ');
        uf_buffer_append(&parser->sql, operators[i]);
        parser->p += length;
        return UF_OK;
    }
    return fail_here(
        parser, parser->p,
        "this sign has no meaning here; expected indicators, numbers, + - * / ( ) and functions");
}

static uf_status parse(struct parser *parser)
{
    for (skip_blanks(parser); *parser->p; skip_blanks(parser)) {
        if (is_letter(*parser->p))
            UF_TRY(parse_word(parser));
        else if (is_digit(*parser->p) || (*parser->p == '.' && is_digit(parser->p[1])))
            UF_TRY(parse_number(parser));
        else
            UF_TRY(parse_operator(parser));
    }
    if (parser->depth > 0) return fail_here(parser, parser->p, "a parenthesis is not closed");
    if (parser->out->n_references == 0) return fail_here(parser, parser->text, "it names no indicator");
    if (!parser->has_value) return fail_here(parser, parser->p, "a value is missing at the end");
    return UF_OK;
}

uf_status expression_parse(const struct uf_panel_variable *variable, size_t first_reference,
                           struct expression *out, struct uf_error *error)
{
    struct expression expression = {0};
    struct parser parser = {.variable = variable,
                            .text = variable->expression,
                            .p = variable->expression,
                            .first_reference = first_reference,
                            .out = &expression,
                            .error = error};
    uf_buffer_init(&parser.sql);
    uf_status status = parse(&parser);
    expression.sql = uf_buffer_take(&parser.sql);
    if (status == UF_OK && !expression.sql) status = uf_fail_memory(error);
    if (status == UF_OK)
        *out = expression;
    else
        expression_clear(&expression);
    return status;
}

void expression_clear(struct expression *expression)
{
    for (size_t i = 0; i < expression->n_references; i++) {
        free(expression->references[i].indicator);
        free(expression->references[i].sector);
    }
    free(expression->references);
    free(expression->sql);
    *expression = (struct expression){0};
}

uf_status uf_panel_variable_references(const struct uf_panel_variable *variable,
                                       struct uf_text_list *indicators, struct uf_text_list *sectors,
                                       struct uf_error *error)
{
    struct expression expression;
    UF_TRY(expression_parse(variable, 0, &expression, error));
    uf_status status = UF_OK;
    for (size_t k = 0; k < expression.n_references && status == UF_OK; k++) {
        status = uf_text_list_add(indicators, expression.references[k].indicator, error);
        if (status == UF_OK) status = uf_text_list_add(sectors, expression.references[k].sector, error);
    }
    expression_clear(&expression);
    return status;
}

bool expression_is_bare(const struct expression *expression, size_t first_reference)
{
    char bare[48];
    snprintf(bare, sizeof bare, " v%zu.value ", first_reference);
    return !strcmp(expression->sql, bare);
}
