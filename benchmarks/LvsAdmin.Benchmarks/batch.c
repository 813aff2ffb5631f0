/*
 * The bare cost of restoring a table by netlink: what a C program needs that sends the same batched messages as LvsAdmin and waits for their
 * acknowledgements, without building objects or checking values.
 *
 *   batch SERVICES SERVERS      prints the microseconds that it took
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 128 };

static char buffer[128 * 1024];
static size_t used;
static int fd, pending;
static unsigned short family;
static unsigned int sequence;

static struct nlattr *open_attribute(unsigned short type)
{
    struct nlattr *attribute = (struct nlattr *)(buffer + used);
    attribute->nla_type = type;
    used += NLA_HDRLEN;
    return attribute;
}

static void close_attribute(struct nlattr *attribute)
{
    attribute->nla_len = (unsigned short)(buffer + used - (char *)attribute);
    while (used % NLA_ALIGNTO != 0)
        buffer[used++] = 0;
}

static void put(unsigned short type, const void *value, size_t length)
{
    struct nlattr *attribute = open_attribute(type);
    memcpy(buffer + used, value, length);
    used += length;
    close_attribute(attribute);
}

static void put32(unsigned short type, unsigned int value) { put(type, &value, sizeof value); }
static void put16(unsigned short type, unsigned short value) { put(type, &value, sizeof value); }

static struct nlmsghdr *open_message(unsigned short type, unsigned char command)
{
    struct nlmsghdr *message = (struct nlmsghdr *)(buffer + used);
    struct genlmsghdr *generic = NLMSG_DATA(message);
    memset(message, 0, NLMSG_HDRLEN + GENL_HDRLEN);
    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    message->nlmsg_seq = ++sequence;
    generic->cmd = command;
    generic->version = 1;
    used += NLMSG_HDRLEN + GENL_HDRLEN;
    return message;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Sends what there is and takes all acknowledgements; the family's number, if that was asked for. */
static void flush_messages(void)
{
    static char answer[64 * 1024];
    if (used > 0 && send(fd, buffer, used, 0) < 0)
        fail("send");
    used = 0;
    while (pending > 0) {
        int length = (int)recv(fd, answer, sizeof answer, 0);
        if (length < 0)
            fail("recv");
        for (struct nlmsghdr *message = (struct nlmsghdr *)answer; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
            if (message->nlmsg_type == NLMSG_ERROR) {
                int error = ((struct nlmsgerr *)NLMSG_DATA(message))->error;
                if (error != 0) {
                    fprintf(stderr, "the kernel answers %s\n", strerror(-error));
                    exit(1);
                }
                pending--;
            } else if (message->nlmsg_type == GENL_ID_CTRL) {
                char *end = (char *)message + message->nlmsg_len;
                char *at = (char *)NLMSG_DATA(message) + GENL_HDRLEN;
                while (at + NLA_HDRLEN <= end) {
                    struct nlattr *attribute = (struct nlattr *)at;
                    if (attribute->nla_type == CTRL_ATTR_FAMILY_ID)
                        memcpy(&family, at + NLA_HDRLEN, sizeof family);
                    at += NLA_ALIGN(attribute->nla_len);
                }
            }
        }
    }
}

static void close_message(struct nlmsghdr *message)
{
    message->nlmsg_len = (unsigned int)(buffer + used - (char *)message);
    if (++pending == BATCH)
        flush_messages();
}

static void put_address(unsigned short type, unsigned int address)
{
    unsigned int bytes[4] = { htonl(address), 0, 0, 0 };
    put(type, bytes, sizeof bytes);
}

static void put_service(unsigned int address)
{
    put16(IPVS_SVC_ATTR_AF, AF_INET);
    put16(IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
    put_address(IPVS_SVC_ATTR_ADDR, address);
    put16(IPVS_SVC_ATTR_PORT, htons(80));
}

int main(int count, char **arguments)
{
    struct sockaddr_nl address = { .nl_family = AF_NETLINK };
    struct ip_vs_flags flags = { 0, ~0u };
    struct timespec begin, end;
    if (count != 3)
        return 2;
    int services = atoi(arguments[1]), servers = atoi(arguments[2]);
    fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("socket");

    struct nlmsghdr *message = open_message(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
    put(CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof IPVS_GENL_NAME);
    close_message(message);
    flush_messages();

    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int service = 0; service < services; service++) {
        unsigned int vip = 0x0a010000u + (unsigned int)service;
        message = open_message(family, IPVS_CMD_NEW_SERVICE);
        struct nlattr *nest = open_attribute(IPVS_CMD_ATTR_SERVICE);
        put_service(vip);
        put(IPVS_SVC_ATTR_SCHED_NAME, "wlc", 4);
        put(IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
        put32(IPVS_SVC_ATTR_TIMEOUT, 0);
        put32(IPVS_SVC_ATTR_NETMASK, ~0u);
        close_attribute(nest);
        close_message(message);
        for (int server = 0; server < servers; server++) {
            message = open_message(family, IPVS_CMD_NEW_DEST);
            nest = open_attribute(IPVS_CMD_ATTR_SERVICE);
            put_service(vip);
            close_attribute(nest);
            nest = open_attribute(IPVS_CMD_ATTR_DEST);
            put_address(IPVS_DEST_ATTR_ADDR, 0x0a020001u + (unsigned int)server);
            put16(IPVS_DEST_ATTR_PORT, htons(80));
            put32(IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_DROUTE);
            put32(IPVS_DEST_ATTR_WEIGHT, 1);
            put32(IPVS_DEST_ATTR_U_THRESH, 0);
            put32(IPVS_DEST_ATTR_L_THRESH, 0);
            close_attribute(nest);
            close_message(message);
        }
    }
    flush_messages();
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%ld\n", (end.tv_sec - begin.tv_sec) * 1000000L + (end.tv_nsec - begin.tv_nsec) / 1000);
    return 0;
}
