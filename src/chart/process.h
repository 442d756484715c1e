// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_PROCESS_H
#define UTFALL_CHART_PROCESS_H
/* Running a program without a shell: argument vector, working directory, standard error captured; several at
 * a time. */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/text.h>

struct uf_process {
    /* in */
    const char *const *arguments; /* NULL-terminated; [0] is the program, looked up on PATH */
    const char *directory;
    /* out */
    int start_error; /* errno when it could not be started; 0: it ran */
    bool timed_out;
    int wait_status;         /* as waitpid gives it */
    struct uf_buffer errors; /* what it wrote to standard error, at most 8 KiB; to be cleared */
};

/* Runs all, at most `at_once` at a time; standard input and output are /dev/null, the locale is C.UTF-8. A
 * program that runs longer than `seconds` is killed. The failure of a program is told in its struct;
 * UF_IO_FAILED only when the system gives no pipe. */
uf_status uf_processes_run(struct uf_process *processes, size_t n, int at_once, int seconds,
                           struct uf_error *error);
#endif
