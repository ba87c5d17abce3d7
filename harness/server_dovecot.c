/* server_dovecot.c: Dovecot 2.3, in each of its own mailbox formats.
 *
 * Its mailbox list index (on by default) is off, since it shows open sessions stale lists: after RENAME x y, DELETE y,
 * CREATE z, their LIST does not hold z, for seconds and in the session that created z too. That is one finding, which would
 * hide others; the variant "listindex" is maildir with the index, as Dovecot comes.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "server_kind.h"

static const char *const variants[] = {"maildir", "sdbox", "mdbox", "mbox", "listindex", NULL};

static const char *mail_location(const char *variant)
{
    if (!strcmp(variant, "sdbox"))
        return "sdbox:~/sdbox";
    if (!strcmp(variant, "mdbox"))
        return "mdbox:~/mdbox";
    if (!strcmp(variant, "mbox"))
        return "mbox:~/mail:INBOX=~/inbox";
    return "maildir:~/Maildir";
}

/* Values: dir ×3, user, group, user, sysroot ×2, certificate, key, list index, mail_location, dir, user, group, dir, ports.
 * mail_fsync: nothing here has to survive a crash of the machine. mailbox_idle_check_interval: inotify tells changes at
 * once; where it is used up (many instances), polling each second does. Three unknown commands before LOGIN end a
 * connection; that has no setting. The first passdb (it asks nobody, but not to delay) and the closed
 * anvil-auth-penalty: else a refused login takes 0.5 seconds and the next ones from the same address up to 15. */
static const char config[] =
    "base_dir = %s/run\nstate_dir = %s/state\nlog_path = %s/log\ninfo_log_path = /dev/null\nlog_timestamp = \"%%H:%%M:%%S \"\n"
    "default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %s\n"
    "libexec_dir = %s/usr/lib/dovecot\nmail_plugin_dir = %s/usr/lib/dovecot/modules\n"
    "import_environment = TZ LD_LIBRARY_PATH IMAPDIFF_INSTANCE LD_PRELOAD RELOCATE_FROM RELOCATE_TO\n"
    "protocols = imap\nlisten = 127.0.0.1\nssl = yes\nssl_cert = <%s\nssl_key = <%s\n"
    "disable_plaintext_auth = no\nauth_mechanisms = plain login\nauth_failure_delay = 0\nauth_cache_size = 1M\n"
    "first_valid_uid = 1\nfirst_valid_gid = 1\n"
    "mailbox_list_index = %s\nmail_location = %s\nmail_fsync = never\nmailbox_idle_check_interval = 1 s\n"
    "mail_max_userip_connections = 0\nverbose_proctitle = no\nimap_idle_notify_interval = 2 mins\n"
    "default_vsz_limit = 1G\n"
    "passdb {\n  driver = static\n  args = noauthenticate=y nodelay=y\n}\n"
    "passdb {\n  driver = passwd-file\n  args = scheme=plain username_format=%%u %s/passwd\n}\n"
    "userdb {\n  driver = static\n  args = uid=%s gid=%s home=%s/mail/%%u\n}\n"
    "service imap-login {\n  chroot =\n  service_count = 0\n  client_limit = 1000\n  process_min_avail = 1\n"
    "  process_limit = 4\n"
    "  inet_listener imap {\n    port = %d\n  }\n  inet_listener imaps {\n    port = %d\n    ssl = yes\n  }\n}\n"
    "service imap-urlauth-login {\n  chroot =\n  process_limit = 1\n}\n"
    "service imap {\n  service_count = 0\n  client_limit = 1\n  process_limit = 400\n  process_min_avail = 2\n}\n"
    "service anvil {\n  chroot =\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\nservice stats {\n  chroot =\n}\n"
    "service auth {\n  client_limit = 8000\n}\n";

static int prepare(const struct server_instance *in, char *err, size_t errlen)
{
    static const char *const dirs[] = {"run", "state", "mail", NULL};
    if (server_mkdirs(in, dirs, err, errlen) < 0)
        return -1;
    char run[SERVER_PATH];
    snprintf(run, sizeof run, "%s/run", in->dir);
    chmod(run, 0755); /* or it does so itself, and warns */
    for (int i = 1; i <= SERVER_USERS; i++) {
        char home[64];
        snprintf(home, sizeof home, "mail/u%d", i);
        if (server_mkdirs(in, (const char *const[]){home, NULL}, err, errlen) < 0)
            return -1;
    }
    if (server_write(in, "passwd", 0600, err, errlen, "u1:%s\nu2:%s\nu3:%s\n", SERVER_PASSWORD, SERVER_PASSWORD,
                     SERVER_PASSWORD) < 0)
        return -1;
    return server_write(in, "dovecot.conf", 0600, err, errlen, config, in->dir, in->dir, in->dir, in->user, in->group,
                        in->user, in->sysroot, in->sysroot, in->certificate, in->key, strcmp(in->variant, "listindex") ? "no" : "yes",
                        mail_location(in->variant), in->dir,
                        in->user, in->group, in->dir, in->port, in->tls_port);
}

/* `dovecot` would run /usr/bin/doveconf to read its configuration; so we run the unpacked doveconf, which runs dovecot. */
static void command(const struct server_instance *in, int i, struct server_command *c)
{
    (void)i;
    server_arg(c, "%s/usr/bin/doveconf", in->sysroot);
    server_arg(c, "-f");
    server_arg(c, "service=master");
    server_arg(c, "-c");
    server_arg(c, "%s/dovecot.conf", in->dir);
    server_arg(c, "-m");
    server_arg(c, "master");
    server_arg(c, "-e");
    server_arg(c, "%s/usr/sbin/dovecot", in->sysroot);
    server_arg(c, "-F");
    server_arg(c, "-c");
    server_arg(c, "%s/dovecot.conf", in->dir);
    server_env(c, "PATH=/usr/bin:/bin");
    server_env(c, "TZ=UTC");
    server_env(c, "LC_ALL=C");
    server_env(c, "HOME=%s", in->dir);
    /* The folder of the TLS module has no setting. */
    server_env(c, "LD_PRELOAD=%s/imapdiff/relocate.so", in->sysroot);
    server_env(c, "RELOCATE_FROM=/usr/lib/dovecot/modules");
    server_env(c, "RELOCATE_TO=%s/usr/lib/dovecot/modules", in->sysroot);
    server_env(c, "LD_LIBRARY_PATH=%s/usr/lib/dovecot:%s/usr/lib/dovecot/modules:%s/usr/lib/dovecot/modules/old-stats:"
                  "%s/usr/lib/%s:%s/lib/%s",
               in->sysroot, in->sysroot, in->sysroot, in->sysroot, in->triplet, in->sysroot, in->triplet);
}

/* "service(imap): child 17 killed with signal 6", "Panic: file x.c: assertion failed". */
static bool is_death(const char *line)
{
    return strstr(line, " killed with signal ") || strstr(line, "Panic: ") || strstr(line, " returned error ");
}

const struct server_kind server_dovecot = {
    .name = "dovecot", .variants = variants, .probe = "usr/lib/dovecot/imap", .login = "%s", .daemons = 1,
    .prepare = prepare, .command = command, .populate = server_probe_users, .is_death = is_death,
};
