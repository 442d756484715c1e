// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/method.h>
#include <utfall/number.h>

struct value {
    bool set;
    char *text;                /* as printed */
    double number;             /* NUMBER */
    size_t count;              /* COUNT */
    bool flag;                 /* FLAG */
    uf_period period;          /* PERIOD */
    struct uf_text_list items; /* LIST */
};

struct uf_options {
    const struct uf_method *method;
    struct value *values; /* method->n_options */
};

static void clear_value(struct value *value)
{
    free(value->text);
    uf_text_list_clear(&value->items);
    *value = (struct value){0};
}

void uf_options_free(struct uf_options *options)
{
    if (!options) return;
    for (size_t i = 0; i < options->method->n_options; i++) clear_value(&options->values[i]);
    free(options->values);
    free(options);
}

static size_t choice_count(const char *const *choices)
{
    size_t n = 0;
    while (choices[n]) n++;
    return n;
}

const char *uf_method_narrow_reason(const struct uf_method *method, const char *name)
{
    return method && method->narrow_option && !strcmp(method->narrow_option, name) ? method->narrow_reason
                                                                                   : NULL;
}

static uf_status check_choice(const struct uf_method *method, const struct uf_option *option,
                              const char *text, struct uf_error *error)
{
    const char *reason = uf_method_narrow_reason(method, option->name);
    const size_t n = choice_count(option->choices);
    struct uf_buffer expected;
    uf_buffer_init(&expected);
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(option->choices[i], text)) {
            uf_buffer_clear(&expected);
            return UF_OK;
        }
        if (i) uf_buffer_append(&expected, ", ");
        uf_buffer_append(&expected, option->choices[i]);
    }
    const char *nearest = uf_text_nearest(text, option->choices, n);
    uf_fail(error, UF_BAD_USAGE, "option '%s': '%s' is not one of %s%s%s%s%s%s", option->name, text,
            expected.data ? expected.data : "", nearest ? "; did you mean '" : "", nearest ? nearest : "",
            nearest ? "'?" : "", reason && !nearest ? "; " : "", reason && !nearest ? reason : "");
    uf_buffer_clear(&expected);
    return UF_BAD_USAGE;
}

static uf_status wrong_value(const struct uf_option *option, const char *text, const char *expected,
                             struct uf_error *error)
{
    return uf_fail(error, UF_BAD_USAGE, "option '%s': found '%s', expected %s", option->name, text, expected);
}

static uf_status parse_scalar(const struct uf_method *method, const struct uf_option *option,
                              const char *text, struct value *value, struct uf_error *error)
{
    switch (option->type) {
    case UF_OPTION_NUMBER:
        if (!uf_number_parse(text, strlen(text), '.', &value->number))
            return wrong_value(option, text, "a number with a decimal point, as 0.95", error);
        return UF_OK;
    case UF_OPTION_COUNT:
        if (!uf_number_parse(text, strlen(text), '.', &value->number) || value->number < 0 ||
            value->number != floor(value->number))
            return wrong_value(option, text, "a whole number, 0 or more", error);
        if (value->number > 1e7) /* draws, lags, periods: more would fill the memory or never end */
            return wrong_value(option, text, "a whole number of at most 10000000", error);
        value->count = (size_t)value->number;
        return UF_OK;
    case UF_OPTION_FLAG:
        value->flag = !strcmp(text, "true") || !strcmp(text, "yes");
        if (!value->flag && strcmp(text, "false") && strcmp(text, "no"))
            return wrong_value(option, text, "true or false", error);
        return UF_OK;
    case UF_OPTION_PERIOD:
        if (!uf_period_parse(text, strlen(text), &value->period))
            return wrong_value(option, text, "a period, as 2018 or 2018Q1", error);
        return UF_OK;
    case UF_OPTION_CHOICE:
        return check_choice(method, option, text, error);
    case UF_OPTION_TEXT:
    case UF_OPTION_FILE:
    case UF_OPTION_LIST:
        return UF_OK;
    }
    return uf_fail(error, UF_INTERNAL, "option '%s' has no type", option->name);
}

static uf_status find_option(const struct uf_options *options, const char *name, size_t *out,
                             struct uf_error *error)
{
    const struct uf_method *method = options->method;
    for (size_t i = 0; i < method->n_options; i++)
        if (!strcmp(method->options[i].name, name)) {
            *out = i;
            return UF_OK;
        }
    const char *names[64];
    size_t n = 0;
    for (; n < method->n_options && n < 64; n++) names[n] = method->options[n].name;
    const char *nearest = uf_text_nearest(name, names, n);
    const char *reason = uf_method_narrow_reason(method, name);
    if (reason)
        return uf_fail(error, UF_BAD_USAGE, "method '%s' has no option '%s'; %s", method->name, name, reason);
    if (nearest)
        return uf_fail(error, UF_BAD_USAGE, "method '%s' has no option '%s'; did you mean '%s'?",
                       method->name, name, nearest);
    return uf_fail(error, UF_BAD_USAGE, "method '%s' has no option '%s'; see `utfall methods %s`",
                   method->name, name, method->name);
}

/* Replaces a value only once the new one is whole. */
static void replace(struct value *old, struct value *new_value)
{
    clear_value(old);
    *old = *new_value;
    old->set = true;
}

uf_status uf_options_set_list(struct uf_options *options, const char *name, const char *const *items,
                              size_t n_items, struct uf_error *error)
{
    size_t index;
    UF_TRY(find_option(options, name, &index, error));
    const struct uf_option *option = &options->method->options[index];
    if (option->type != UF_OPTION_LIST) {
        if (n_items == 1) return uf_options_set(options, name, items[0], error);
        return uf_fail(error, UF_BAD_USAGE, "option '%s' takes one value, found %zu", name, n_items);
    }
    if (n_items == 0 && option->choices)
        return uf_fail(error, UF_BAD_USAGE,
                       "option '%s': found an empty list, expected one or more of its choices%s%s", name,
                       option->default_text ? ", as " : "", option->default_text ? option->default_text : "");
    struct value value = {0};
    struct uf_buffer joined;
    uf_buffer_init(&joined);
    uf_status status = UF_OK;
    for (size_t i = 0; i < n_items; i++) {
        if (option->choices) UF_TRY_GOTO(check_choice(options->method, option, items[i], error), fail);
        UF_TRY_GOTO(uf_text_list_add(&value.items, items[i], error), fail);
        if (i) uf_buffer_append_char(&joined, ',');
        uf_buffer_append(&joined, items[i]);
    }
    value.text = uf_buffer_take(&joined);
    if (!value.text) {
        status = uf_fail_memory(error);
        goto fail;
    }
    replace(&options->values[index], &value);
    return UF_OK;
fail:
    uf_buffer_clear(&joined);
    clear_value(&value);
    return status;
}

uf_status uf_options_set(struct uf_options *options, const char *name, const char *text,
                         struct uf_error *error)
{
    size_t index;
    UF_TRY(find_option(options, name, &index, error));
    const struct uf_option *option = &options->method->options[index];
    if (option->type == UF_OPTION_LIST) {
        struct uf_text_list items;
        uf_text_list_init(&items);
        uf_status status = uf_text_list_split(&items, text, ',', error);
        if (status == UF_OK)
            status = uf_options_set_list(options, name, (const char *const *)items.items, items.count, error);
        uf_text_list_clear(&items);
        return status;
    }
    struct value value = {0};
    UF_TRY(parse_scalar(options->method, option, text, &value, error));
    value.text = uf_text_copy(text);
    if (!value.text) return uf_fail_memory(error);
    replace(&options->values[index], &value);
    return UF_OK;
}

uf_status uf_options_new(const struct uf_method *method, struct uf_options **out, struct uf_error *error)
{
    struct uf_options *options = calloc(1, sizeof *options);
    if (!options) return uf_fail_memory(error);
    options->method = method;
    options->values = calloc(method->n_options + 1, sizeof *options->values);
    uf_status status = options->values ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < method->n_options && status == UF_OK; i++)
        if (method->options[i].default_text)
            status = uf_options_set(options, method->options[i].name, method->options[i].default_text, error);
    if (status != UF_OK) {
        if (options->values)
            uf_options_free(options);
        else
            free(options);
        return status;
    }
    *out = options;
    return UF_OK;
}

static const struct value *get(const struct uf_options *options, const char *name, enum uf_option_type type)
{
    for (size_t i = 0; i < options->method->n_options; i++) {
        const struct uf_option *option = &options->method->options[i];
        if (strcmp(option->name, name)) continue;
        assert(option->type == type || (type == UF_OPTION_TEXT && (option->type == UF_OPTION_CHOICE ||
                                                                   option->type == UF_OPTION_FILE)));
        (void)type;
        return &options->values[i];
    }
    assert(!"an option that the descriptor does not list");
    static const struct value absent = {0};
    return &absent;
}

bool uf_options_has(const struct uf_options *options, const char *name)
{
    for (size_t i = 0; i < options->method->n_options; i++)
        if (!strcmp(options->method->options[i].name, name)) return true;
    return false;
}

bool uf_options_is_set(const struct uf_options *options, const char *name)
{
    for (size_t i = 0; i < options->method->n_options; i++)
        if (!strcmp(options->method->options[i].name, name)) return options->values[i].set;
    return false;
}

const char *uf_options_text(const struct uf_options *options, const char *name)
{
    return get(options, name, UF_OPTION_TEXT)->text;
}

size_t uf_options_choice(const struct uf_options *options, const char *name)
{
    const struct value *value = get(options, name, UF_OPTION_CHOICE);
    const size_t option = (size_t)(value - options->values);
    for (size_t i = 0; value->text && option < options->method->n_options; i++) {
        const char *choice = options->method->options[option].choices[i];
        if (!choice) break;
        if (!strcmp(choice, value->text)) return i;
    }
    return SIZE_MAX;
}

double uf_options_number(const struct uf_options *options, const char *name)
{
    const struct value *value = get(options, name, UF_OPTION_NUMBER);
    return value->set ? value->number : NAN;
}

size_t uf_options_count(const struct uf_options *options, const char *name)
{
    const struct value *value = get(options, name, UF_OPTION_COUNT);
    return value->set ? value->count : SIZE_MAX;
}

bool uf_options_flag(const struct uf_options *options, const char *name)
{
    return get(options, name, UF_OPTION_FLAG)->flag;
}

uf_period uf_options_period(const struct uf_options *options, const char *name)
{
    return get(options, name, UF_OPTION_PERIOD)->period;
}

const struct uf_text_list *uf_options_list(const struct uf_options *options, const char *name)
{
    return &get(options, name, UF_OPTION_LIST)->items;
}

const char *uf_options_print(const struct uf_options *options, const char *name)
{
    for (size_t i = 0; i < options->method->n_options; i++)
        if (!strcmp(options->method->options[i].name, name))
            return options->values[i].set ? options->values[i].text : NULL;
    return NULL;
}
