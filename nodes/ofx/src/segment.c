#define _GNU_SOURCE
#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t LARGEST_SEGMENT = (size_t)4 << 30;

bool segment_make(struct segment *segment, size_t bytes, struct fault *fault) {
    int why = 0;
    *segment = (struct segment){.fd = -1};
    if (bytes > LARGEST_SEGMENT)
        return fault_set(fault, "the picture has %zu MiB, and %zu are the most; render smaller.", bytes >> 20, LARGEST_SEGMENT >> 20);
    *segment = (struct segment){.fd = memfd_create("doublure", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    /* Allocated now: a page that is missing later would kill the host. */
    if (segment->fd < 0 || ftruncate(segment->fd, (off_t)bytes) != 0)
        why = errno;
    else
        do
            why = posix_fallocate(segment->fd, 0, (off_t)bytes);
        while (why == EINTR);
    if (why == 0 && fcntl(segment->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        why = errno;
    if (why == 0) {
        segment->at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, segment->fd, 0);
        if (segment->at == MAP_FAILED) {
            why = errno;
            segment->at = NULL;
        }
    }
    segment->bytes = bytes;
    if (why == 0)
        return true;
    segment_free(segment);
    return fault_set(fault, "there is no memory for the picture (%zu MiB: %s); close other programs or render smaller.",
                     bytes >> 20, strerror(why));
}

void segment_free(struct segment *segment) {
    if (segment->at)
        munmap(segment->at, segment->bytes);
    if (segment->fd >= 0)
        close(segment->fd);
    *segment = (struct segment){.fd = -1};
}
