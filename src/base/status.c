// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_code;
} statuses[] = {
    [UF_OK] = {"done", 0},
    [UF_CHECK_FAILED] = {"check failed", 1},
    [UF_BAD_USAGE] = {"bad usage", 2},
    [UF_BAD_INPUT] = {"bad input", 3},
    [UF_NOT_IDENTIFIED] = {"not identified", 4},
    [UF_REFUSED_DISCLOSURE] = {"refused by disclosure control", 5},
    [UF_IO_FAILED] = {"input/output failed", 6},
    [UF_NO_MEMORY] = {"out of memory", 70},
    [UF_INTERRUPTED] = {"interrupted", 130},
    [UF_INTERNAL] = {"internal error", 70},
};

void uf_error_clear(struct uf_error *error)
{
    if (!error) return;
    error->status = UF_OK;
    error->message[0] = '\0';
    error->file[0] = '\0';
    error->line = error->column = 0;
}

size_t uf_error_format(const struct uf_error *error, char *buffer, size_t size)
{
    int length;
    if (!*error->file)
        length = snprintf(buffer, size, "%s", error->message);
    else if (!error->line)
        length = snprintf(buffer, size, "%s: %s", error->file, error->message);
    else if (!error->column)
        length = snprintf(buffer, size, "%s:%zu: %s", error->file, error->line, error->message);
    else
        length =
            snprintf(buffer, size, "%s:%zu:%zu: %s", error->file, error->line, error->column, error->message);
    return length < 0 ? 0 : (size_t)length;
}

int uf_status_exit_code(uf_status status)
{
    return (size_t)status < sizeof statuses / sizeof *statuses ? statuses[status].exit_code : 70;
}

const char *uf_status_name(uf_status status)
{
    return (size_t)status < sizeof statuses / sizeof *statuses ? statuses[status].name : "internal error";
}

/* A message cut by the buffer must not end inside a UTF-8 sequence. */
static void cut_to_whole_characters(char *text, size_t capacity)
{
    size_t length = strlen(text);
    if (length + 1 < capacity) return;
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t expected = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < expected) text[start - 1] = '\0';
}

static void fill(struct uf_error *error, uf_status status, const char *file, size_t line, size_t column,
                 const char *format, va_list arguments)
{
    if (!error) return;
    char message[UF_ERROR_MESSAGE_SIZE]; /* the arguments may point into the error itself */
    vsnprintf(message, sizeof message, format, arguments);
    cut_to_whole_characters(message, sizeof message);
    char place[UF_ERROR_FILE_SIZE] = "";
    if (file) snprintf(place, sizeof place, "%s", file);
    cut_to_whole_characters(place, sizeof place);
    memcpy(error->message, message, sizeof message);
    memcpy(error->file, place, sizeof place);
    error->status = status;
    error->line = line;
    error->column = column;
}

uf_status(uf_fail)(struct uf_error *error, uf_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, NULL, 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

uf_status(uf_fail_at)(struct uf_error *error, uf_status status, const char *file, size_t line, size_t column,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, file, line, column, format, arguments);
    va_end(arguments);
    return status;
}

uf_status(uf_fail_memory)(struct uf_error *error)
{
    return uf_fail(error, UF_NO_MEMORY, "there is not enough memory");
}
