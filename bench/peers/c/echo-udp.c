/* UDP echo server, one thread, blocking: a batch of datagrams in one call each way (recvmmsg, sendmmsg). */
#include "listen.h"

enum { BATCH = 64, LARGEST = 64 * 1024 };

int main(int count, char **words) {
    struct options options = parse(count, words, LARGEST);
    int fd = bound_socket(&options, SOCK_DGRAM);
    char *memory = malloc((size_t)BATCH * (size_t)options.buffer);
    static struct mmsghdr messages[BATCH];
    static struct iovec pieces[BATCH];
    static struct sockaddr_storage senders[BATCH];
    if (memory == NULL)
        fail("malloc");
    for (int i = 0; i < BATCH; i++) {
        pieces[i].iov_base = memory + (size_t)i * (size_t)options.buffer;
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &senders[i];
    }
    ready();

    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            pieces[i].iov_len = (size_t)options.buffer;
            messages[i].msg_hdr.msg_namelen = sizeof senders[i];
        }
        int got = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
        if (got < 0) {
            if (errno == EINTR || errno == ECONNREFUSED)
                continue;
            fail("recvmmsg");
        }
        for (int i = 0; i < got; i++)
            pieces[i].iov_len = messages[i].msg_len;
        for (int done = 0; done < got;) {
            int sent = sendmmsg(fd, messages + done, (unsigned)(got - done), 0);
            done += sent > 0 ? sent : 1; /* a datagram that cannot be sent is lost, as datagrams may be */
        }
    }
}
