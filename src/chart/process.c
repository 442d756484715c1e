// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/process.h"

#include "base/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MOST_AT_ONCE = 64, MOST_ERRORS = 8192 };

struct running {
    struct uf_process *process;
    pid_t pid;
    int errors; /* the reading end of its standard error */
    double deadline;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Our environment with LC_ALL=C.UTF-8: a script must read the same everywhere. The strings are borrowed. */
static char **environment_for_child(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t n = 0, m = 0;
    while (environ && environ[n]) n++;
    char **copy = calloc(n + 2, sizeof *copy);
    if (!copy) return NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0) copy[m++] = environ[i];
    copy[m] = locale;
    return copy;
}

/* Between fork and exec only what is safe there. A failure is told through the pipe `told`, which a
 * successful exec closes. */
static _Noreturn void become(const struct uf_process *process, char **environment, int errors, int told)
{
    int null = open("/dev/null", O_RDWR);
    environ = environment;
    if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(errors, 2) >= 0 &&
        chdir(process->directory) == 0)
        execvp(process->arguments[0], (char *const *)process->arguments);
    int code = errno;
    ssize_t written = write(told, &code, sizeof code);
    (void)written; /* nobody is left to tell */
    _exit(127);
}

static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0) return false;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0) return true;
    close(ends[0]);
    close(ends[1]);
    return false;
}

static pid_t wait_for(pid_t pid, int *wait_status)
{
    pid_t waited;
    while ((waited = waitpid(pid, wait_status, 0)) < 0 && errno == EINTR) continue;
    return waited;
}

static uf_status start(struct uf_process *process, char **environment, int seconds, struct running *out,
                       struct uf_error *error)
{
    int errors[2], told[2];
    if (!make_pipe(errors)) return uf_fail(error, UF_IO_FAILED, "no pipe for a program: %s", strerror(errno));
    if (!make_pipe(told)) {
        int code = errno;
        close(errors[0]);
        close(errors[1]);
        return uf_fail(error, UF_IO_FAILED, "no pipe for a program: %s", strerror(code));
    }
    pid_t pid = fork();
    if (pid == 0) become(process, environment, errors[1], told[1]);
    int code = pid < 0 ? errno : 0;
    close(errors[1]);
    close(told[1]);
    if (pid > 0) {
        ssize_t got;
        int child_code = 0;
        while ((got = read(told[0], &child_code, sizeof child_code)) < 0 && errno == EINTR) continue;
        if (got == (ssize_t)sizeof child_code) {
            code = child_code;
            int ignored;
            wait_for(pid, &ignored);
            pid = -1;
        }
    }
    close(told[0]);
    if (pid < 0) close(errors[0]);
    process->start_error = code;
    *out = (struct running){.process = process, .pid = pid, .errors = errors[0], .deadline = now() + seconds};
    return UF_OK;
}

/* Reads what is there; true at the end of the stream, when the program is gone. */
static bool take_errors(struct running *running)
{
    char bytes[1024];
    ssize_t got = read(running->errors, bytes, sizeof bytes);
    if (got < 0) return errno != EINTR && errno != EAGAIN;
    struct uf_buffer *errors = &running->process->errors;
    if (got > 0 && errors->length < MOST_ERRORS) uf_buffer_append_bytes(errors, bytes, (size_t)got);
    return got == 0;
}

static void finish(struct running *running)
{
    close(running->errors);
    if (wait_for(running->pid, &running->process->wait_status) < 0) running->process->wait_status = -1;
}

static void kill_late(struct running *running, size_t n)
{
    double time = now();
    for (size_t i = 0; i < n; i++)
        if (!running[i].process->timed_out && time > running[i].deadline) {
            running[i].process->timed_out = true;
            kill(running[i].pid, SIGKILL);
        }
}

uf_status uf_processes_run(struct uf_process *processes, size_t n, int at_once, int seconds,
                           struct uf_error *error)
{
    struct running running[MOST_AT_ONCE];
    struct pollfd polled[MOST_AT_ONCE];
    size_t most = at_once < 1              ? 1
                  : at_once > MOST_AT_ONCE ? MOST_AT_ONCE
                                           : (size_t)at_once,
           n_running = 0, next = 0;
    uf_status status = UF_OK;
    char **environment = environment_for_child();
    if (!environment) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        uf_buffer_init(&processes[i].errors);
        processes[i].start_error = ECANCELED; /* until it is tried */
        processes[i].timed_out = false;
        processes[i].wait_status = 0;
    }
    while (n_running > 0 || (next < n && status == UF_OK)) {
        while (n_running < most && next < n && status == UF_OK) {
            status = start(&processes[next++], environment, seconds, &running[n_running], error);
            if (status == UF_OK && running[n_running].pid > 0) n_running++;
        }
        if (n_running == 0) continue;
        for (size_t i = 0; i < n_running; i++)
            polled[i] = (struct pollfd){.fd = running[i].errors, .events = POLLIN};
        if (poll(polled, (nfds_t)n_running, 200) > 0)
            for (size_t i = n_running; i-- > 0;) {
                if (!polled[i].revents || !take_errors(&running[i])) continue;
                finish(&running[i]);
                int ended = running[i].process->wait_status;
                running[i] = running[--n_running];
                /* Ctrl-C reaches the whole group: what it ended is not to be followed by the next one. */
                if (status == UF_OK && WIFSIGNALED(ended) && WTERMSIG(ended) == SIGINT)
                    status = uf_fail(error, UF_INTERRUPTED, "interrupted while drawing charts");
            }
        kill_late(running, n_running);
    }
    free(environment);
    return status;
}
