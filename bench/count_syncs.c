/* Preloaded into a measured process: counts fsync and fdatasync, and can make each take longer, as slower disks do.
 * COUNT_SYNCS names the file that holds the count, COUNT_SYNCS_DELAY_US the time to add. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t *count;
static useconds_t delay;
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void start(void) {
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    const char *text = getenv("COUNT_SYNCS_DELAY_US"), *path = getenv("COUNT_SYNCS");
    delay = text ? (useconds_t)atoi(text) : 0;
    int file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
    if (file < 0 || ftruncate(file, sizeof *count) != 0) return;
    void *page = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) count = page;
}

static void counted(void) {
    if (count) atomic_fetch_add(count, 1);
    if (delay) usleep(delay);
}

int fsync(int file) {
    counted();
    return real_fsync(file);
}

int fdatasync(int file) {
    counted();
    return real_fdatasync(file);
}
