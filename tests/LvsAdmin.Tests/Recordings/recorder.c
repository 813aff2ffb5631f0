/* Writes the netlink datagrams that a program sends and receives to the file that RECORD names, as lines "> hex" and "< hex".
   Conversations with the controller of generic netlink (message type 16) are left out: they are no part of IPVS.
   Built and used by ./record. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static int controller;

static void record(char direction, const struct msghdr *message, ssize_t length)
{
    const uint8_t *bytes = message->msg_iov[0].iov_base;
    if (length < 16)
        return;
    if (direction == '>')
        controller = bytes[4] == 16 && bytes[5] == 0;
    if (controller)
        return;
    FILE *file = fopen(getenv("RECORD"), "a");
    fprintf(file, "%c ", direction);
    for (ssize_t i = 0; i < length; i++)
        fprintf(file, "%02x", bytes[i]);
    fputc('\n', file);
    fclose(file);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    ssize_t (*real)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
    ssize_t length = real(socket, message, flags);
    record('>', message, length);
    return length;
}

ssize_t recvmsg(int socket, struct msghdr *message, int flags)
{
    ssize_t (*real)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");
    ssize_t length = real(socket, message, flags);
    if (!(flags & MSG_PEEK))
        record('<', message, length);
    return length;
}
