/* net_fixture.c: see net_fixture.h. */
#include "net_fixture.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char cert_path[4096];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void remove_certificate(void) { unlink(cert_path); }

static void add_name(X509 *x, const char *value) {
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, value);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

const char *fixture_certificate(void) {
    if (cert_path[0])
        return cert_path;
    char exe[3900];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n < 0)
        die("/proc/self/exe");
    exe[n] = 0;
    snprintf(cert_path, sizeof cert_path, "%s-%d.pem", exe, (int)getpid());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"imapdiff test", -1, -1, 0);
    X509_set_issuer_name(x, name);
    add_name(x, "DNS:localhost,IP:127.0.0.1");
    X509_sign(x, key, EVP_sha256());
    FILE *f = fopen(cert_path, "w");
    if (!f || !PEM_write_X509(f, x) || !PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) || fclose(f))
        die(cert_path);
    X509_free(x);
    EVP_PKEY_free(key);
    atexit(remove_certificate);
    return cert_path;
}

void hostile_start(struct hostile *h) {
    int in[2], out[2];
    const char *cert = fixture_certificate();
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        die("pipe");
    memset(h, 0, sizeof *h);
    fflush(NULL);
    h->pid = fork();
    if (h->pid < 0)
        die("fork");
    if (h->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execlp("python3", "python3", "tests/harness/hostile.py", cert, (char *)NULL);
        perror("python3");
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    h->hold = in[1];
    FILE *f = fdopen(out[0], "r");
    char line[100];
    unsigned port;
    while (f && fgets(line, sizeof line, f) && line[0] != '\n' && h->modes < HOSTILE_MODES)
        if (sscanf(line, "%39s %u", h->mode[h->modes].name, &port) == 2)
            h->mode[h->modes++].port = (uint16_t)port;
    fclose(f);
    if (h->modes == 0) {
        fprintf(stderr,
                "tests/harness/hostile.py does not start (run the tests from the repository's top)\n");
        exit(1);
    }
}

uint16_t hostile_port(const struct hostile *h, const char *mode) {
    for (int i = 0; i < h->modes; i++)
        if (strcmp(h->mode[i].name, mode) == 0)
            return h->mode[i].port;
    fprintf(stderr, "hostile.py has no mode %s\n", mode);
    exit(1);
}

void hostile_stop(struct hostile *h, int sig) {
    if (sig)
        kill(h->pid, sig);
    close(h->hold);
    waitpid(h->pid, NULL, 0);
}
