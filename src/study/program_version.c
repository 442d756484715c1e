// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/program_version.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utfall/text.h>

#include "base/fail.h"

extern char **environ;

static bool start(const char *program, int output, pid_t *out)
{
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) return false;
    char *const argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "--version", NULL};
    bool started = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
                   posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                   posix_spawnp(out, program, &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return started;
}

static size_t read_all(int input, char *buffer, size_t size)
{
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(input, buffer + used, size - used);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        used += (size_t)got;
    }
    return used;
}

uf_status program_version(const char *program, char **out, struct uf_error *error)
{
    int ends[2];
    *out = NULL;
    if (pipe(ends) != 0) return uf_fail(error, UF_IO_FAILED, "cannot make a pipe: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    pid_t child;
    bool started = start(program, ends[1], &child);
    close(ends[1]);
    char text[256];
    size_t used = started ? read_all(ends[0], text, sizeof text - 1) : 0;
    close(ends[0]);
    int code = 0;
    while (started && waitpid(child, &code, 0) < 0 && errno == EINTR) continue;
    text[used] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    if (!started || !text[0] || !uf_text_is_utf8(text, strlen(text))) return UF_OK;
    *out = uf_text_copy(text);
    return *out ? UF_OK : uf_fail_memory(error);
}
