/* host_tls.c: the TLS side of the served model: given certificate and key, or some made on the fly. */
#include "host_priv.h"

#include "cert.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

static const char *reason(void) {
    unsigned long e = ERR_peek_last_error();
    const char *why = e ? ERR_reason_error_string(e) : NULL;
    return why ? why : "not understood";
}

/* A file that cannot be read is no PEM for another reason than its content. */
static bool readable(const char *path, char *err, size_t errlen) {
    FILE *f = fopen(path, "re");
    if (!f)
        snprintf(err, errlen, "--tls: %s: %s", path, strerror(errno));
    else
        fclose(f);
    return f;
}

static bool given(SSL_CTX *x, const struct host_options *o, char *err, size_t errlen) {
    if (!readable(o->cert, err, errlen) || !readable(o->key, err, errlen))
        return false;
    if (SSL_CTX_use_certificate_chain_file(x, o->cert) != 1) {
        snprintf(err, errlen, "--tls: %s: expected a PEM certificate: %s", o->cert, reason());
        return false;
    }
    if (SSL_CTX_use_PrivateKey_file(x, o->key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(x) != 1) {
        snprintf(err, errlen, "--tls: %s: expected the PEM key of %s: %s", o->key, o->cert, reason());
        return false;
    }
    return true;
}

static bool write_ca(const char *path, X509 *authority, char *err, size_t errlen) {
    FILE *f = fopen(path, "we");
    bool ok = f && PEM_write_X509(f, authority);
    if (f && fclose(f))
        ok = false;
    if (!ok)
        snprintf(err, errlen, "--write-ca: cannot write %s: %s", path, strerror(errno));
    return ok;
}

static bool made(SSL_CTX *x, const struct host_options *o, const char *address, char *err, size_t errlen) {
    X509 *authority, *certificate;
    EVP_PKEY *key;
    if (cert_make(address, &authority, &certificate, &key) != 0) {
        snprintf(err, errlen, "a TLS certificate cannot be made: %s", reason());
        return false;
    }
    bool ok = !o->write_ca || write_ca(o->write_ca, authority, err, errlen);
    if (ok && (SSL_CTX_use_certificate(x, certificate) != 1 || SSL_CTX_use_PrivateKey(x, key) != 1)) {
        snprintf(err, errlen, "TLS cannot be set up: %s", reason());
        ok = false;
    }
    X509_free(authority);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return ok;
}

SSL_CTX *host_tls_new(const struct host_options *o, const char *address, char *err, size_t errlen) {
    ERR_clear_error();
    SSL_CTX *x = SSL_CTX_new(TLS_server_method());
    if (x)
        SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION);
    if (!x)
        snprintf(err, errlen, "TLS cannot be set up: %s", reason());
    else if (o->cert ? given(x, o, err, errlen) : made(x, o, address, err, errlen))
        return x;
    SSL_CTX_free(x);
    return NULL;
}
