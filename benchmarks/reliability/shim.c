/* Counts the calls that change something below a folder; one of them, and all behind it where
   wanted, fails with an error's number, or kills the process where that is 0. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long calls, wanted;
static int error, forever;

void shim_arm(const char *where, long call, int number, int all) {
    strncpy(folder, where, sizeof folder - 1);
    calls = 0, wanted = call, error = number, forever = all;
}

long shim_calls(void) { return calls; }

static int refused(const char *path) {
    if (!folder[0] || strncmp(path, folder, strlen(folder))) return 0;
    calls++;
    if (!wanted || calls < wanted || (calls > wanted && !forever)) return 0;
    if (!error) kill(getpid(), SIGKILL);
    errno = error;
    return 1;
}

static int refused_file(int file) {
    char link[64], path[PATH_MAX];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return refused(path);
}

#define WRAP(type, name, parameters, given, is_refused)                        \
    type name parameters {                                                     \
        static type(*really) parameters;                                       \
        if (!really) really = dlsym(RTLD_NEXT, #name);                         \
        return (is_refused) ? -1 : really given;                               \
    }

WRAP(ssize_t, write, (int f, const void *b, size_t n), (f, b, n), refused_file(f))
WRAP(ssize_t, pwrite, (int f, const void *b, size_t n, off_t o), (f, b, n, o), refused_file(f))
WRAP(ssize_t, pwrite64, (int f, const void *b, size_t n, off64_t o), (f, b, n, o), refused_file(f))
WRAP(int, fsync, (int f), (f), refused_file(f))
WRAP(int, fdatasync, (int f), (f), refused_file(f))
WRAP(int, ftruncate, (int f, off_t n), (f, n), refused_file(f))
WRAP(int, ftruncate64, (int f, off64_t n), (f, n), refused_file(f))
WRAP(int, rename, (const char *a, const char *b), (a, b), refused(b))
WRAP(int, renameat, (int c, const char *a, int d, const char *b), (c, a, d, b), refused(b))
WRAP(int, unlink, (const char *p), (p), refused(p))
WRAP(int, mkdir, (const char *p, mode_t m), (p, m), refused(p))

#define OPEN(name, parameters, given)                                          \
    int name parameters {                                                      \
        static int (*really)();                                                 \
        va_list more;                                                          \
        va_start(more, flags);                                                 \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;              \
        va_end(more);                                                          \
        if (!really) really = (int (*)())dlsym(RTLD_NEXT, #name);              \
        return flags & O_CREAT && refused(path) ? -1 : really given;           \
    }

OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPEN(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode))
