/* server_perdition.c: Perdition, an IMAP proxy that pipes after login; TLS by STARTTLS on both sides. Capabilities, greeting and
 * texts are those that it comes with. */
#include <stdio.h>

#include "server_kind.h"

/* Values: port, backend port, certificate, key, user, group. An empty map library: all users are on one server. */
static const char config[] =
    "protocol IMAP4\nbind_address 127.0.0.1:%d\nno_lookup\nmap_library \"\"\noutgoing_server 127.0.0.1:%d\n"
    "ssl_mode tls_all\nssl_cert_file %s\nssl_key_file %s\nssl_no_cert_verify\nssl_no_cn_verify\n"
    "username %s\ngroup %s\npid_file \"\"\nquiet\n";

static int prepare(const struct server_instance *in, char *err, size_t errlen)
{
    return server_write(in, "perdition.conf", 0600, err, errlen, config, in->port, in->backend_port, in->certificate, in->key,
                        in->user, in->group);
}

static void command(const struct server_instance *in, int i, struct server_command *c)
{
    (void)i;
    server_arg(c, "%s/usr/sbin/perdition", in->sysroot);
    server_arg(c, "-f");
    server_arg(c, "%s/perdition.conf", in->dir);
    server_arg(c, "--no_daemon");
    server_arg(c, "--log_facility");
    server_arg(c, "-"); /* to standard output, our log */
    server_env(c, "PATH=/usr/bin:/bin");
    server_env(c, "TZ=UTC");
    server_env(c, "LD_LIBRARY_PATH=%s/usr/lib/%s:%s/lib/%s:%s/usr/lib", in->sysroot, in->triplet, in->sysroot, in->triplet,
               in->sysroot);
}

const struct server_kind server_perdition = {
    .name = "perdition", .probe = "usr/sbin/perdition", .login = "%s", .daemons = 1, .proxy = true,
    .prepare = prepare, .command = command,
};
