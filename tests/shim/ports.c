/* Lets Samba's LDAP server answer on other ports than its own, which are fixed in its code: PORT_OFFSET is added to them.
 * It tells TLS from plain by the port of its socket, so that is shown without the offset. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

static int offset(void) {
    const char *text = getenv("PORT_OFFSET");
    return text ? atoi(text) : 0;
}

static int is_ldap(int port) { return port == 389 || port == 636 || port == 3268 || port == 3269; }

int bind(int fd, const struct sockaddr *address, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t) =
        (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
    if (address->sa_family == AF_INET) {
        struct sockaddr_in moved = *(const struct sockaddr_in *)address;
        if (is_ldap(ntohs(moved.sin_port))) {
            moved.sin_port = htons(ntohs(moved.sin_port) + offset());
            return real(fd, (struct sockaddr *)&moved, sizeof moved);
        }
    }
    return real(fd, address, length);
}

int getsockname(int fd, struct sockaddr *address, socklen_t *length) {
    int (*real)(int, struct sockaddr *, socklen_t *) =
        (int (*)(int, struct sockaddr *, socklen_t *))dlsym(RTLD_NEXT, "getsockname");
    int result = real(fd, address, length);
    if (result == 0 && address && address->sa_family == AF_INET) {
        struct sockaddr_in *shown = (struct sockaddr_in *)address;
        int port = ntohs(shown->sin_port) - offset();
        if (is_ldap(port)) {
            shown->sin_port = htons(port);
        }
    }
    return result;
}
