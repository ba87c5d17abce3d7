/* server_nginx.c: nginx's mail proxy. It asks an HTTP server who may log in and where to; here that is nginx itself, which says
 * yes to all and names the back end. The capabilities are those that nginx shows where none are configured. */
#include <stdio.h>

#include "server_kind.h"

/* Values: sysroot, dir ×2, user line, dir ×6, backend port, dir, certificate, key, port, tls port. */
static const char config[] =
    "load_module %s/usr/lib/nginx/modules/ngx_mail_module.so;\n"
    "error_log %s/log notice;\npid %s/nginx.pid;\ndaemon off;\nworker_processes 1;\nevents { worker_connections 256; }\n"
    "http {\n  access_log off;\n  client_body_temp_path %s/tmp;\n  proxy_temp_path %s/tmp;\n  fastcgi_temp_path %s/tmp;\n"
    "  uwsgi_temp_path %s/tmp;\n  scgi_temp_path %s/tmp;\n"
    "  server {\n    listen unix:%s/auth;\n    location / {\n      add_header Auth-Status OK;\n"
    "      add_header Auth-Server 127.0.0.1;\n      add_header Auth-Port %d;\n      return 200;\n    }\n  }\n}\n"
    "mail {\n  auth_http unix:%s/auth:/;\n  ssl_certificate %s;\n  ssl_certificate_key %s;\n"
    "  server {\n    listen 127.0.0.1:%d;\n    protocol imap;\n    starttls on;\n  }\n"
    "  server {\n    listen 127.0.0.1:%d ssl;\n    protocol imap;\n  }\n}\n";

static int prepare(const struct server_instance *in, char *err, size_t errlen)
{
    const char *d = in->dir;
    if (server_mkdirs(in, (const char *const[]){"tmp", NULL}, err, errlen) < 0)
        return -1;
    return server_write(in, "nginx.conf", 0600, err, errlen, config, in->sysroot, d, d, d, d, d, d, d, d, in->backend_port, d,
                        in->certificate, in->key, in->port, in->tls_port);
}

static void command(const struct server_instance *in, int i, struct server_command *c)
{
    (void)i;
    server_arg(c, "%s/usr/sbin/nginx", in->sysroot);
    server_arg(c, "-p");
    server_arg(c, "%s", in->dir);
    server_arg(c, "-e");
    server_arg(c, "%s/log", in->dir);
    server_arg(c, "-c");
    server_arg(c, "%s/nginx.conf", in->dir);
    server_env(c, "PATH=/usr/bin:/bin");
    server_env(c, "TZ=UTC");
    server_env(c, "LD_LIBRARY_PATH=%s/usr/lib/%s:%s/lib/%s", in->sysroot, in->triplet, in->sysroot, in->triplet);
}

const struct server_kind server_nginx = {
    .name = "nginx", .probe = "usr/sbin/nginx", .login = "%s", .daemons = 1, .proxy = true,
    .prepare = prepare, .command = command,
};
