/* server_cyrus.c: Cyrus IMAP 3.6, with delayed or immediate expunging. */
#include <stdio.h>
#include <string.h>

#include "server_kind.h"

static const char *const variants[] = {"delayed", "immediate", NULL};

/* delete_mode stays "delayed" in both variants: it says what becomes of a deleted mailbox's files, which no client sees. */
static const char imapd_conf[] =
    "configdirectory: %s\ndefpartition: default\npartition-default: %s/msg\n"
    "mboxname_lockpath: %s/lock\nproc_path: %s/proc\nidlesocket: %s/socket/idle\nlmtpsocket: %s/socket/lmtp\n"
    "notifysocket: %s/socket/notify\nptscache_db_path: %s/ptclient/ptscache.db\n"
    "cyrus_user: %s\nadmins: cyrus\nservername: localhost\n"
    "sasl_pwcheck_method: auxprop\nsasl_auxprop_plugin: sasldb\nsasl_sasldb_path: %s/sasldb2\nsasl_mech_list: PLAIN LOGIN\n"
    "allowplaintext: yes\nplaintextloginpause: 0\nfailedloginpause: 0\nmaxlogins_per_host: 0\nmaxlogins_per_user: 0\n"
    "altnamespace: yes\nunixhierarchysep: yes\nvirtdomains: off\nautocreate_quota: 0\nquotawarn: 100\n"
    "duplicate_db: skiplist\nskiplist_unsafe: yes\nsearch_engine: none\nconversations: no\n"
    "imapidlepoll: 1\nimapidresponse: yes\nexpunge_mode: %s\n"
    "tls_server_cert: %s\ntls_server_key: %s\ntls_session_timeout: 0\n";

static const char cyrus_conf[] =
    "START {\n  recover cmd=\"%s/usr/lib/cyrus/bin/ctl_cyrusdb -C %s/imapd.conf -r\"\n}\n"
    "SERVICES {\n"
    "  imap cmd=\"%s/usr/lib/cyrus/bin/imapd -C %s/imapd.conf -U 1000\" listen=\"127.0.0.1:%d\" prefork=3 maxchild=400 "
    "maxforkrate=0\n"
    "  imaps cmd=\"%s/usr/lib/cyrus/bin/imapd -C %s/imapd.conf -s -U 1000\" listen=\"127.0.0.1:%d\" prefork=0 maxchild=400\n"
    "}\nEVENTS {\n}\nDAEMON {\n  idled cmd=\"%s/usr/lib/cyrus/bin/idled -C %s/imapd.conf\"\n}\n";

static void set_environment(const struct server_instance *in, struct server_command *c)
{
    server_env(c, "PATH=/usr/bin:/bin");
    server_env(c, "TZ=UTC");
    server_env(c, "LC_ALL=C");
    server_env(c, "HOME=%s", in->dir);
    server_env(c, "LD_LIBRARY_PATH=%s/usr/lib/%s:%s/lib/%s", in->sysroot, in->triplet, in->sysroot, in->triplet);
    server_env(c, "SASL_PATH=%s/usr/lib/%s/sasl2", in->sysroot, in->triplet);
    server_env(c, "LD_PRELOAD=%s/imapdiff/relocate.so", in->sysroot);
    server_env(c, "RELOCATE_NOSYNC=1");
}

/* Users live in a SASL database, so that a wrong password and an unknown user are refused. */
static int add_user(const struct server_instance *in, const char *user, char *err, size_t errlen)
{
    struct server_command c = {0};
    server_arg(&c, "/bin/sh");
    server_arg(&c, "-c");
    server_arg(&c, "echo %s | exec %s/usr/sbin/saslpasswd2 -p -c -f %s/sasldb2 -u localhost %s", SERVER_PASSWORD, in->sysroot,
               in->dir, user);
    set_environment(in, &c);
    if (server_run(in, &c) == 0)
        return 0;
    snprintf(err, errlen, "cyrus: saslpasswd2 failed for %s", user);
    return -1;
}

static int prepare(const struct server_instance *in, char *err, size_t errlen)
{
    static const char *const dirs[] = {"db", "socket", "log.d", "proc", "lock", "msg", "ptclient", "user", "quota", NULL};
    const char *d = in->dir, *r = in->sysroot;
    if (server_mkdirs(in, dirs, err, errlen) < 0)
        return -1;
    for (const char *const *u = (const char *const[]){"cyrus", "u1", "u2", "u3", NULL}; *u; u++)
        if (add_user(in, *u, err, errlen) < 0)
            return -1;
    if (server_write(in, "imapd.conf", 0600, err, errlen, imapd_conf, d, d, d, d, d, d, d, d, in->user, d, in->variant,
                     in->certificate, in->key) < 0)
        return -1;
    return server_write(in, "cyrus.conf", 0600, err, errlen, cyrus_conf, r, d, r, d, in->port, r, d, in->tls_port, r, d);
}

static void command(const struct server_instance *in, int i, struct server_command *c)
{
    (void)i;
    server_arg(c, "%s/usr/lib/cyrus/bin/master", in->sysroot);
    server_arg(c, "-C");
    server_arg(c, "%s/imapd.conf", in->dir);
    server_arg(c, "-M");
    server_arg(c, "%s/cyrus.conf", in->dir);
    server_arg(c, "-p");
    server_arg(c, "%s/master.pid", in->dir);
    set_environment(in, c);
    server_env(c, "RELOCATE_SYSLOG=%s", in->log); /* Cyrus logs to syslog alone */
}

/* An administrator makes the users' INBOXes. */
static int populate(const struct server_instance *in, char *err, size_t errlen)
{
    struct server_probe p;
    if (server_probe_open(&p, in, 10000) < 0) {
        snprintf(err, errlen, "cyrus: no greeting for the administrator");
        return -1;
    }
    int result = server_probe_command(&p, "LOGIN cyrus " SERVER_PASSWORD, err, errlen);
    for (int i = 1; i <= SERVER_USERS && result == 0; i++) {
        char create[64];
        snprintf(create, sizeof create, "CREATE user/u%d", i);
        result = server_probe_command(&p, create, err, errlen);
    }
    server_probe_close(&p);
    return result < 0 ? -1 : server_probe_users(in, err, errlen);
}

static bool is_death(const char *line)
{
    return strstr(line, "signaled to death") || strstr(line, "exited, status") || strstr(line, "Fatal error: ");
}

const struct server_kind server_cyrus = {
    .name = "cyrus", .variants = variants, .probe = "usr/lib/cyrus/bin/imapd", .login = "%s", .daemons = 1,
    .prepare = prepare, .command = command, .populate = populate, .is_death = is_death,
};
