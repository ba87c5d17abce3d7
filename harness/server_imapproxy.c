/* server_imapproxy.c: up-imapproxy, which keeps connections to the back end for users who come again. It has no TLS towards its
 * clients, and uses it towards the server where told so. */
#include <stdio.h>

#include "server_kind.h"

/* Values: backend port, port, user, group, dir ×2. */
static const char config[] =
    "server_hostname 127.0.0.1\nserver_port %d\nlisten_address 127.0.0.1\nlisten_port %d\nconnect_retries 10\nconnect_delay 1\n"
    "cache_size 256\ncache_expiration_time 300\nproc_username %s\nproc_groupname %s\n"
    "stat_filename %s/pimpstats\nprotocol_log_filename %s/protocol.log\nsyslog_facility LOG_MAIL\n"
    "send_tcp_keepalives no\nenable_select_cache no\nforeground_mode yes\nforce_tls no\nenable_admin_commands no\n";

static int prepare(const struct server_instance *in, char *err, size_t errlen)
{
    return server_write(in, "imapproxy.conf", 0600, err, errlen, config, in->backend_port, in->port, in->user, in->group, in->dir,
                        in->dir);
}

static void command(const struct server_instance *in, int i, struct server_command *c)
{
    (void)i;
    server_arg(c, "%s/usr/sbin/imapproxyd", in->sysroot);
    server_arg(c, "-f");
    server_arg(c, "%s/imapproxy.conf", in->dir);
    server_env(c, "PATH=/usr/bin:/bin");
    server_env(c, "TZ=UTC");
    server_env(c, "LD_LIBRARY_PATH=%s/usr/lib/%s:%s/lib/%s", in->sysroot, in->triplet, in->sysroot, in->triplet);
    server_env(c, "LD_PRELOAD=%s/imapdiff/relocate.so", in->sysroot);
    server_env(c, "RELOCATE_NOGROUPS=1");
    server_env(c, "RELOCATE_SYSLOG=%s", in->log); /* it logs to syslog alone */
}

const struct server_kind server_imapproxy = {
    .name = "imapproxy", .probe = "usr/sbin/imapproxyd", .login = "%s", .daemons = 1, .proxy = true,
    .prepare = prepare, .command = command,
};
