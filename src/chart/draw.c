// SPDX-License-Identifier: GPL-3.0-or-later
/* Prepared charts → pictures: runs gnuplot, checks what it wrote, finishes SVG and PDF. */
#include "base/fail.h"
#include "chart/process.h"
#include "chart/svg.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utfall/chart.h>
#include <utfall/file.h>
#include <utfall/text.h>

enum { MOST_SECONDS = 60, MOST_WORDS = 400, N_FORMATS = 4 };

static const struct {
    unsigned format;
    const char *ending;
} formats[N_FORMATS] = {
    {UF_CHART_SVG, ".svg"}, {UF_CHART_PNG, ".png"}, {UF_CHART_PDF, ".pdf"}, {UF_CHART_EMF, ".emf"}};

static char *file_of(const struct uf_chart *chart, const char *ending)
{
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, chart->name);
    uf_buffer_append(&name, ending);
    char *file = uf_buffer_take(&name), *path = file ? uf_path_join(chart->directory, file) : NULL;
    free(file);
    return path;
}

static void remove_pictures(const struct uf_chart *chart)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        char *path = chart->formats & formats[i].format ? file_of(chart, formats[i].ending) : NULL;
        if (path) unlink(path);
        free(path);
    }
}

/* What gnuplot complained of, on one line. It repeats the whole command before it says what is wrong: the end
 * is what matters. */
static void flatten(struct uf_buffer *errors)
{
    size_t n = 0;
    for (size_t i = 0; i < errors->length; i++) {
        bool blank = isspace((unsigned char)errors->data[i]) != 0;
        if (blank && (n == 0 || errors->data[n - 1] == ' ')) continue;
        errors->data[n++] = blank ? ' ' : errors->data[i];
    }
    if (n > 0 && errors->data[n - 1] == ' ') n--;
    size_t first = n > MOST_WORDS ? n - MOST_WORDS : 0;
    while (first < n && ((unsigned char)errors->data[first] & 0xC0) == 0x80) first++; /* not amid a letter */
    n -= first;
    if (errors->data) {
        memmove(errors->data, errors->data + first, n);
        errors->data[n] = '\0';
    }
    errors->length = n;
}

static uf_status judge(const struct uf_chart *chart, struct uf_process *process, struct uf_error *error)
{
    flatten(&process->errors);
    const char *words = process->errors.data ? process->errors.data : "";
    if (process->start_error)
        return uf_fail(
            error, UF_IO_FAILED,
            "the program '%s', which draws the charts, cannot be started: %s. Install it (Debian: apt "
            "install gnuplot-nox); data, script and alt text of the chart '%s' are written",
            chart->gnuplot, strerror(process->start_error), chart->name);
    if (process->timed_out)
        return uf_fail(error, UF_IO_FAILED, "'%s' was stopped after %d seconds at the chart '%s'",
                       chart->gnuplot, MOST_SECONDS, chart->name);
    if (!WIFEXITED(process->wait_status) || WEXITSTATUS(process->wait_status) != 0)
        return uf_fail(error, UF_IO_FAILED, "'%s' failed at the chart '%s': %s", chart->gnuplot, chart->name,
                       *words ? words : "it said nothing");
    return UF_OK;
}

/* gnuplot's pdf terminal stamps the time; the same number of characters keeps the offsets in the file right. */
static uf_status finish_pdf(const char *path, char *bytes, size_t length, struct uf_error *error)
{
    static const char key[] = "/CreationDate (D:", fixed[] = "19700101000000";
    for (char *p = bytes; (size_t)(p - bytes) + sizeof key + sizeof fixed < length; p++)
        if (memcmp(p, key, sizeof key - 1) == 0) {
            memcpy(p + sizeof key - 1, fixed, sizeof fixed - 1);
            return uf_file_write(path, bytes, length, error);
        }
    return UF_OK;
}

static uf_status finish_svg(struct uf_chart *chart, const char *path, const char *bytes,
                            struct uf_error *error)
{
    char *svg = NULL;
    UF_TRY(uf_svg_finish(bytes, chart->name, chart->title, chart->alt_text, &svg, error));
    struct uf_buffer file;
    uf_buffer_init(&file);
    uf_buffer_append(&file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    uf_buffer_append(&file, svg);
    uf_status status =
        file.failed ? uf_fail_memory(error) : uf_file_write(path, file.data, file.length, error);
    uf_buffer_clear(&file);
    if (status == UF_OK)
        chart->svg = svg;
    else
        free(svg);
    return status;
}

static uf_status finish_format(struct uf_chart *chart, size_t i, struct uf_error *error)
{
    char *path = file_of(chart, formats[i].ending), *bytes = NULL;
    size_t length = 0;
    if (!path) return uf_fail_memory(error);
    uf_status status = UF_OK;
    if (!uf_file_exists(path))
        status = uf_fail(error, UF_IO_FAILED, "'%s' did not write the picture '%s'", chart->gnuplot, path);
    if (status == UF_OK) status = uf_file_read(path, 0, &bytes, &length, error);
    if (status == UF_OK && length == 0)
        status = uf_fail(error, UF_IO_FAILED, "'%s' left the picture '%s' empty", chart->gnuplot, path);
    if (status == UF_OK && formats[i].format == UF_CHART_SVG) status = finish_svg(chart, path, bytes, error);
    if (status == UF_OK && formats[i].format == UF_CHART_PDF) status = finish_pdf(path, bytes, length, error);
    free(bytes);
    free(path);
    return status;
}

static uf_status finish(struct uf_chart *chart, struct uf_process *process, struct uf_error *error)
{
    uf_status status = judge(chart, process, error);
    for (size_t i = 0; status == UF_OK && i < N_FORMATS; i++)
        if (chart->formats & formats[i].format) status = finish_format(chart, i, error);
    chart->drawn = status == UF_OK;
    if (chart->drawn) return UF_OK;
    free(chart->svg);
    chart->svg = NULL;
    remove_pictures(chart);
    return status;
}

struct command {
    const char *arguments[4];
    char *script;
};

uf_status uf_charts_draw(struct uf_chart *charts, size_t n_charts, int processes, struct uf_error *error)
{
    struct uf_process *runs = calloc(n_charts + 1, sizeof *runs);
    struct command *commands = calloc(n_charts + 1, sizeof *commands);
    size_t *chart_of = calloc(n_charts + 1, sizeof *chart_of), n = 0;
    uf_status status = runs && commands && chart_of ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; status == UF_OK && i < n_charts; i++) {
        if (charts[i].drawn) continue;
        struct uf_buffer script;
        uf_buffer_init(&script);
        uf_buffer_append(&script, charts[i].name);
        uf_buffer_append(&script, ".gp");
        commands[n].script = uf_buffer_take(&script);
        if (!commands[n].script) status = uf_fail_memory(error);
        /* -d: the user's own ~/.gnuplot must not change a report */
        commands[n].arguments[0] = charts[i].gnuplot;
        commands[n].arguments[1] = "-d";
        commands[n].arguments[2] = commands[n].script;
        runs[n] = (struct uf_process){.arguments = commands[n].arguments, .directory = charts[i].directory};
        chart_of[n++] = i;
    }
    if (status == UF_OK) status = uf_processes_run(runs, n, processes, MOST_SECONDS, error);
    bool ran = status == UF_OK;
    for (size_t k = 0; k < n && runs; k++) {
        if (ran) {
            uf_status one = finish(&charts[chart_of[k]], &runs[k], status == UF_OK ? error : NULL);
            if (status == UF_OK) status = one;
        }
        uf_buffer_clear(&runs[k].errors);
        free(commands[k].script);
    }
    free(runs);
    free(commands);
    free(chart_of);
    return status;
}
