/* server_dovecot_proxy.c: Dovecot 2.3 as a proxy: its login process speaks with the client until login, and joins the two
 * connections then. Towards the back end it uses STARTTLS. */
#include <stdio.h>
#include <sys/stat.h>

#include "server_kind.h"

/* Values: dir ×3, user, group, user, sysroot ×2, certificate, key, backend port, ports. */
static const char config[] =
    "base_dir = %s/run\nstate_dir = %s/state\nlog_path = %s/log\ninfo_log_path = /dev/null\n"
    "default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %s\n"
    "libexec_dir = %s/usr/lib/dovecot\nmail_plugin_dir = %s/usr/lib/dovecot/modules\n"
    "import_environment = TZ LD_LIBRARY_PATH IMAPDIFF_INSTANCE LD_PRELOAD RELOCATE_FROM RELOCATE_TO\n"
    "protocols = imap\nlisten = 127.0.0.1\nssl = yes\nssl_cert = <%s\nssl_key = <%s\n"
    "disable_plaintext_auth = no\nauth_mechanisms = plain\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nverbose_proctitle = no\n"
    "default_vsz_limit = 1G\n"
    "passdb {\n  driver = static\n  args = proxy=y host=127.0.0.1 port=%d nopassword=y starttls=any-cert\n}\n"
    "service imap-login {\n  chroot =\n  process_limit = 20\n"
    "  inet_listener imap {\n    port = %d\n  }\n  inet_listener imaps {\n    port = %d\n    ssl = yes\n  }\n}\n"
    "service imap-urlauth-login {\n  chroot =\n  process_limit = 1\n}\n"
    "service anvil {\n  chroot =\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\nservice stats {\n  chroot =\n}\n"
    "service ipc {\n  chroot =\n}\n";

static int prepare(const struct server_instance *in, char *err, size_t errlen)
{
    char run[SERVER_PATH];
    if (server_mkdirs(in, (const char *const[]){"run", "state", NULL}, err, errlen) < 0)
        return -1;
    snprintf(run, sizeof run, "%s/run", in->dir);
    chmod(run, 0755); /* or it does so itself, and warns */
    return server_write(in, "dovecot.conf", 0600, err, errlen, config, in->dir, in->dir, in->dir, in->user, in->group, in->user,
                        in->sysroot, in->sysroot, in->certificate, in->key, in->backend_port, in->port, in->tls_port);
}

static void command(const struct server_instance *in, int i, struct server_command *c)
{
    server_dovecot.command(in, i, c);
}

const struct server_kind server_dovecot_proxy = {
    .name = "dovecot-proxy", .probe = "usr/lib/dovecot/imap-login", .login = "%s", .daemons = 1, .proxy = true,
    .prepare = prepare, .command = command,
};
