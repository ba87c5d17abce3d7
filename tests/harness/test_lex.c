/* test_lex.c: `imapdiff lex` as a user sees it: exit status, JSON members, complaints. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lex.h"

static unsigned failed;
static char out[1 << 16], err[4096];

/* Runs lex_main in a child: `args` separated by blanks, `in` as its standard input. Returns the exit status. */
static int run(const char *args, const char *in, size_t n)
{
    char words[256], *argv[16] = {(char *)(uintptr_t)"lex"};
    int argc = 1, status;
    FILE *f[3] = {tmpfile(), tmpfile(), tmpfile()};
    snprintf(words, sizeof words, "%s", args);
    for (char *w = strtok(words, " "); w != NULL; w = strtok(NULL, " "))
        argv[argc++] = w;
    fwrite(in, 1, n, f[0]);
    rewind(f[0]);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            dup2(fileno(f[i]), i);
        status = lex_main(argc, argv);
        fflush(NULL);
        _exit(status);
    }
    waitpid(pid, &status, 0);
    rewind(f[1]);
    rewind(f[2]);
    out[fread(out, 1, sizeof out - 1, f[1])] = 0;
    err[fread(err, 1, sizeof err - 1, f[2])] = 0;
    for (int i = 0; i < 3; i++)
        fclose(f[i]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check(bool ok, int line, const char *what)
{
    if (ok)
        return;
    printf("line %d: %s\n%s%s\n", line, what, out, err);
    failed++;
}
#define RUN(want, args, in) check(run(args, in, sizeof(in) - 1) == want, __LINE__, "exit status of " args)

/* The members of the last output's object are those of `want`, a JSON text; others may be there too. */
static void members(int line, const char *want)
{
    json_error_t e;
    json_t *got = json_loads(out, JSON_ALLOW_NUL, &e), *w = json_loads(want, JSON_ALLOW_NUL, &e), *v;
    const char *k;
    check(got != NULL && w != NULL, line, "one JSON object");
    json_object_foreach(w, k, v) check(json_equal(v, json_object_get(got, k)), line, k);
    json_decref(got);
    json_decref(w);
}
#define MEMBERS(want) members(__LINE__, want)

#define F31 "1234567890123456789012345678901"

static void json(void)
{
    RUN(0, "id --json", "ID (\"name\" \"a\\\"b\" \"os\" NIL)\r\n"); /* ID-3.1-g */
    MEMBERS("{\"verdict\":\"accept\",\"offset\":29,\"rule\":null,\"limits\":[],\"nil\":false,"
            "\"pairs\":[[\"name\",\"a\\\"b\"],[\"os\",null]]}");
    RUN(0, "--json id", "id ({2}\r\n\xff\r \"NIL\")\r\n"); /* T-ID-10; octets as characters */
    MEMBERS("{\"verdict\":\"accept\",\"pairs\":[[\"\\u00ff\\r\",\"NIL\"]]}");
    RUN(0, "id --json", "ID nil\r\n");
    MEMBERS("{\"verdict\":\"accept\",\"nil\":true,\"pairs\":[]}");
    RUN(1, "id --json", "ID (\"" F31 "\" NIL \"a\" NIL \"A\" \"\")\r\n"); /* ID-3.3-d, ID-3.3-l */
    MEMBERS("{\"verdict\":\"accept\",\"limits\":[\"ID-3.3-d\",\"ID-3.3-l\"]}");
    RUN(1, "id --json", "ID (name NIL)\r\n"); /* ID-3.1-f */
    MEMBERS("{\"verdict\":\"reject\",\"offset\":4,\"pairs\":[],\"limits\":[]}");
    RUN(1, "id --json", "ID (\"na");
    MEMBERS("{\"verdict\":\"more\",\"offset\":7}");
    RUN(1, "id --json", "ID NIL\r\nx"); /* one item, then nothing */
    MEMBERS("{\"verdict\":\"reject\",\"offset\":8}");
    RUN(1, "id --json", "ID ({1+}\r\na NIL)\r\n");
    MEMBERS("{\"verdict\":\"reject\",\"offset\":6}");
    RUN(0, "id --json --literals=plus", "ID ({1+}\r\na NIL)\r\n"); /* RFC 7888 */
    RUN(1, "id --literals minus --json", "ID ({4097+}\r\n");
    MEMBERS("{\"verdict\":\"reject\",\"offset\":9}");
    RUN(0, "id-response --json", "* ID ()\r\n"); /* ID-4-c */
    MEMBERS("{\"verdict\":\"accept\",\"nil\":false,\"pairs\":[]}");
    RUN(0, "clientid --json", "CLIENTID UUID x{3+}\r\n"); /* T-CID-7 */
    MEMBERS("{\"verdict\":\"accept\",\"type\":\"UUID\",\"token\":\"x{3+}\",\"offset\":21}");
    RUN(1, "clientid --json", "CLIENTID UUID\r\n"); /* CID-7.2-ex */
    MEMBERS("{\"verdict\":\"reject\",\"offset\":13,\"type\":null,\"token\":null}");
    RUN(0, "clientid --json", "CLIENTID UUID4 x\r\n"); /* T-CID-3: by the prose */
    RUN(1, "clientid --json --reading abnf", "CLIENTID UUID4 x\r\n"); /* T-CID-3: as written */
    MEMBERS("{\"verdict\":\"reject\",\"offset\":13}");
    RUN(0, "command --json", "a1 CLIENTID A \"b\"\r\n");
    MEMBERS("{\"verdict\":\"accept\",\"tag\":\"a1\",\"command\":\"CLIENTID\",\"type\":\"A\",\"token\":\"\\\"b\\\"\"}");
    RUN(0, "command --json", "a SEARCH OR 1:3 NOT FROM \"x\"\r\n");
    MEMBERS("{\"search\":[[\"OR\",[\"SEQUENCE\",\"1:3\"],[\"NOT\",[\"FROM\",\"x\"]]]]}");
    RUN(1, "command --json", "a NOOPS\r\n");
    MEMBERS("{\"verdict\":\"reject\",\"offset\":6,\"rule\":\"command\",\"tag\":\"a\",\"name\":\"NOOPS\"}");
    RUN(0, "response --json --dialect 3501", "* 3 FETCH (UID 7 FLAGS (\\Seen) RFC822 NIL)\r\n");
    MEMBERS("{\"response\":\"FETCH\",\"number\":3,\"items\":[{\"item\":\"UID\",\"value\":7},"
            "{\"item\":\"FLAGS\",\"value\":[\"\\\\Seen\"]},{\"item\":\"RFC822\",\"value\":null}]}");
    RUN(1, "response --json", "* EXPUNGE 4\r\n");
    MEMBERS("{\"verdict\":\"reject\",\"offset\":9,\"clause\":\"T-MAP-1\"}");
    RUN(1, "response --json", "B001 OK \r\n"); /* T-MAP-14 */
    RUN(0, "response --json --dialect 9051", "B001 OK \r\n");
    RUN(1, "response --json", "");
    MEMBERS("{\"verdict\":\"more\",\"offset\":0}");
}

static void people(void)
{
    RUN(1, "id", "ID (name NIL)\r\n");
    check(strstr(out, "reject at octet 4") != NULL && strstr(out, "  ID (name NIL)\\r\\n\n      ^\n") != NULL, __LINE__, "caret");
    RUN(1, "id", "ID (\"\x01\" x)\r\n");
    check(strstr(out, "  ID (\"\\x01\" x)\\r\\n\n             ^\n") != NULL, __LINE__, "caret behind an escaped octet");
    RUN(1, "id", "ID (\"a\" NIL \"a\" NIL)\r\n");
    check(strstr(out, "ID-3.3-l") != NULL, __LINE__, "the broken limit");
    RUN(0, "--help", "");
    check(strstr(out, "usage:") != NULL, __LINE__, "usage");
}

static void usage(void)
{
    static const char *const bad[] = {
        "",           "foo",    "id --dialect 1730", "id --dialect", "id --reading=x", "id --literals both",
        "id --nonse", "id a b", "id /does/not/exist", "id /",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check(run(bad[i], "ID NIL\r\n", 8) == 2, __LINE__, bad[i]);
        check(out[0] == 0 && strchr(err, '\n') != NULL && strchr(err, '\n')[1] == 0, __LINE__, "one line of complaint");
    }
}

int main(void)
{
    json();
    people();
    usage();
    printf("lex: %u failed\n", failed);
    return failed != 0;
}
