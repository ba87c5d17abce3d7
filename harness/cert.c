/* cert.c: an authority that signs one certificate, as clients want it: they refuse an authority's own for a
 * server. */
#include "cert.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define VALID_SECONDS (30L * 24 * 3600)

static bool extend(X509 *cert, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = e && X509_add_ext(cert, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}

static X509 *begin(const char *name, EVP_PKEY *key) {
    X509 *cert = X509_new();
    uint64_t serial = 1;
    if (!cert || RAND_bytes((unsigned char *)&serial, sizeof serial) != 1) {
        X509_free(cert);
        return NULL;
    }
    bool ok = X509_set_version(cert, X509_VERSION_3) &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1 | 1) &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -3600) &&
              X509_gmtime_adj(X509_getm_notAfter(cert), VALID_SECONDS) && X509_set_pubkey(cert, key) &&
              X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                                         (const unsigned char *)name, -1, -1, 0);
    if (ok)
        return cert;
    X509_free(cert);
    return NULL;
}

static bool sign(X509 *cert, X509 *issuer, EVP_PKEY *key) {
    return X509_set_issuer_name(cert, X509_get_subject_name(issuer)) && X509_sign(cert, key, EVP_sha256());
}

static bool is_address(const char *host) {
    uint8_t some[16];
    return inet_pton(AF_INET, host, some) == 1 || inet_pton(AF_INET6, host, some) == 1;
}

static bool names(X509 *cert, X509 *issuer, const char *host) {
    char text[400] = "DNS:localhost,IP:127.0.0.1,IP:::1";
    size_t n = strlen(text);
    if (host && *host && strlen(host) < 250)
        snprintf(text + n, sizeof text - n, ",%s:%s", is_address(host) ? "IP" : "DNS", host);
    return extend(cert, issuer, NID_subject_alt_name, text);
}

int cert_make(const char *host, X509 **authority, X509 **certificate, EVP_PKEY **key) {
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    *key = EVP_EC_gen("P-256");
    *authority = pair ? begin("imapdiff test authority", pair) : NULL;
    *certificate = *key ? begin("localhost", *key) : NULL;
    X509 *a = *authority, *c = *certificate;
    bool ok = a && c && extend(a, a, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
              extend(a, a, NID_key_usage, "critical,keyCertSign,cRLSign") &&
              extend(a, a, NID_subject_key_identifier, "hash") && sign(a, a, pair) &&
              extend(c, a, NID_basic_constraints, "critical,CA:FALSE") &&
              extend(c, a, NID_key_usage, "critical,digitalSignature") &&
              extend(c, a, NID_ext_key_usage, "serverAuth") && names(c, a, host) && sign(c, a, pair);
    EVP_PKEY_free(pair);
    if (ok)
        return 0;
    X509_free(a);
    X509_free(c);
    EVP_PKEY_free(*key);
    *authority = *certificate = NULL;
    *key = NULL;
    return -1;
}
