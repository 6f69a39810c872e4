/* Preloaded into a server: records what it does to the files below a folder, so that a test can rebuild the folder
 * as a disk would have kept it had the power failed at any moment.
 *
 * CARILLON_RECORD_FOLDER  the folder, as an absolute path without links
 * CARILLON_RECORD_LOG     the file to append records to; it must lie elsewhere
 *
 * A record is a header and `length` bytes, appended by one write, so that the log is one order of all threads' doings.
 * A change is recorded after it was made and before the caller goes on; a sync when it begins and when it has
 * succeeded. What is written through a mapping is not seen (SQLite maps only its -shm file, which no crash keeps).
 * System calls are made directly: nothing here needs the functions that it replaces.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPENED = 1, WRITTEN, TRUNCATED, SYNC_BEGUN, SYNCED, REMOVED, RENAMED, LINKED };

struct header {
    uint32_t kind;
    uint32_t handle; /* which opening of a file; never used twice */
    uint64_t at;     /* WRITTEN: the offset; TRUNCATED: the size; OPENED: 1 if emptied */
    uint64_t length; /* of what follows: WRITTEN: the bytes; OPENED, REMOVED, RENAMED, LINKED: the path in the folder */
};

#define DESCRIPTORS 4096
static _Atomic uint32_t handles[DESCRIPTORS]; /* 0: not below the folder */
static _Atomic uint32_t last_handle;
static char folder[PATH_MAX];
static size_t folder_length;
static int log_descriptor = -1;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("CARILLON_RECORD_FOLDER"), *log = getenv("CARILLON_RECORD_LOG");
    if (!name || !log || strlen(name) >= sizeof folder) return;
    strcpy(folder, name);
    folder_length = strlen(folder);
    log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void record(enum kind kind, uint32_t handle, uint64_t at, const void *bytes, size_t length) {
    int before = errno;
    struct header header = { kind, handle, at, length };
    struct iovec parts[] = { { &header, sizeof header }, { (void *)bytes, length } };
    /* A log with a hole would prove nothing. */
    if (syscall(SYS_writev, log_descriptor, parts, 2) != (long)(sizeof header + length)) abort();
    errno = before;
}

static uint32_t handle_of(int descriptor) {
    return descriptor >= 0 && descriptor < DESCRIPTORS ? handles[descriptor] : 0;
}

/* The path within the folder: "" for the folder itself, NULL for what lies elsewhere. */
static const char *within(int base, const char *path) {
    if (log_descriptor < 0 || !path || (base != AT_FDCWD && path[0] != '/')) return NULL;
    if (strncmp(path, folder, folder_length) != 0) return NULL;
    if (path[folder_length] == '\0') return "";
    return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

static int opened(int base, const char *path, int flags, mode_t mode) {
    int descriptor = (int)syscall(SYS_openat, base, path, flags, mode);
    const char *name = within(base, path);
    if (name && descriptor >= 0) {
        if (descriptor >= DESCRIPTORS) abort();
        uint32_t handle = ++last_handle;
        handles[descriptor] = handle;
        record(OPENED, handle, (flags & O_TRUNC) != 0, name, strlen(name));
    }
    return descriptor;
}

#define MODE(flags, last) ({ \
    va_list rest; \
    va_start(rest, last); \
    mode_t mode = (flags) & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    mode; })

int open(const char *path, int flags, ...) { return opened(AT_FDCWD, path, flags, MODE(flags, flags)); }
int open64(const char *path, int flags, ...) { return opened(AT_FDCWD, path, flags, MODE(flags, flags)); }
int openat(int base, const char *path, int flags, ...) { return opened(base, path, flags, MODE(flags, flags)); }
int openat64(int base, const char *path, int flags, ...) { return opened(base, path, flags, MODE(flags, flags)); }

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < DESCRIPTORS) handles[descriptor] = 0;
    return (int)syscall(SYS_close, descriptor);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    uint32_t handle = handle_of(descriptor);
    ssize_t written = syscall(SYS_write, descriptor, bytes, length);
    if (handle && written > 0) {
        /* Where it ended: right for appending descriptors too. */
        uint64_t end = (uint64_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
        record(WRITTEN, handle, end - (uint64_t)written, bytes, (size_t)written);
    }
    return written;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, length, offset);
    uint32_t handle = handle_of(descriptor);
    if (handle && written > 0) record(WRITTEN, handle, (uint64_t)offset, bytes, (size_t)written);
    return written;
}
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    return pwrite64(descriptor, bytes, length, offset);
}

int ftruncate64(int descriptor, off64_t size) {
    int result = (int)syscall(SYS_ftruncate, descriptor, size);
    uint32_t handle = handle_of(descriptor);
    if (handle && result == 0) record(TRUNCATED, handle, (uint64_t)size, NULL, 0);
    return result;
}
int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

static int synced(long call, int descriptor) {
    uint32_t handle = handle_of(descriptor);
    if (handle) record(SYNC_BEGUN, handle, 0, NULL, 0);
    int result = (int)syscall(call, descriptor);
    if (handle && result == 0) record(SYNCED, handle, 0, NULL, 0);
    return result;
}
int fsync(int descriptor) { return synced(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return synced(SYS_fdatasync, descriptor); }

static int removed(int base, const char *path, int flags) {
    int result = (int)syscall(SYS_unlinkat, base, path, flags);
    const char *name = within(base, path);
    if (name && result == 0) record(REMOVED, 0, 0, name, strlen(name));
    return result;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int base, const char *path, int flags) { return removed(base, path, flags); }

/* Both names with a zero byte between them. A file that comes from elsewhere or goes there is not expected. */
static void record_both(enum kind kind, const char *from, const char *to) {
    if (!from && !to) return;
    if (!from || !to) abort();
    size_t first = strlen(from) + 1, second = strlen(to);
    char both[2 * PATH_MAX];
    if (first + second > sizeof both) abort();
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    record(kind, 0, 0, both, first + second);
}

int renameat(int from_base, const char *from, int to_base, const char *to) {
    int result = (int)syscall(SYS_renameat, from_base, from, to_base, to);
    if (result == 0) record_both(RENAMED, within(from_base, from), within(to_base, to));
    return result;
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int linkat(int from_base, const char *from, int to_base, const char *to, int flags) {
    int result = (int)syscall(SYS_linkat, from_base, from, to_base, to, flags);
    if (result == 0) record_both(LINKED, within(from_base, from), within(to_base, to));
    return result;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
