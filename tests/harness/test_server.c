/* test_server.c: private servers start, answer, tell of their deaths, and leave nothing behind, whoever is killed. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "guardian.h"
#include "server.h"

#define NOBODY 65534

/* --- helpers ------------------------------------------------------------------------------------------------------- */

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Reads until a line begins with `start`; false at the end, or after 10 seconds of silence. */
static bool read_until(int fd, SSL *ssl, const char *start)
{
    char line[4096];
    size_t n = 0;
    for (;;) {
        char c;
        if ((ssl ? SSL_read(ssl, &c, 1) : (int)recv(fd, &c, 1, 0)) != 1)
            return false;
        if (n < sizeof line - 1)
            line[n++] = c;
        if (c != '\n')
            continue;
        line[n] = 0;
        n = 0;
        if (!strncmp(line, start, strlen(start)))
            return true;
        if (line[0] == start[0]) /* the tagged reply is another */
            return false;
    }
}

static bool say(int fd, SSL *ssl, const char *command, const char *reply)
{
    int n = (int)strlen(command);
    int sent = ssl ? SSL_write(ssl, command, n) : (int)send(fd, command, (size_t)n, MSG_NOSIGNAL);
    return sent == n && read_until(fd, ssl, reply);
}

static bool login(const struct server_address *a, const char *user, const char *password, const char *reply)
{
    char command[128];
    snprintf(command, sizeof command, "a LOGIN %s %s\r\n", user, password);
    int fd = connect_to(a->port);
    bool ok = fd >= 0 && read_until(fd, NULL, "* OK") && say(fd, NULL, command, reply);
    close(fd);
    return ok;
}

/* Logs in over TLS, after STARTTLS or at once, and checks the certificate as a client would. */
static bool login_tls(const struct server_address *a, bool starttls)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    int fd = connect_to(starttls ? a->port : a->tls_port);
    bool ok = fd >= 0 && SSL_CTX_load_verify_locations(context, a->certificate, NULL) == 1;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *ssl = SSL_new(context);
    SSL_set1_host(ssl, "localhost");
    SSL_set_fd(ssl, fd);
    if (ok && starttls)
        ok = read_until(fd, NULL, "* OK") && say(fd, NULL, "s STARTTLS\r\n", "s OK");
    ok = ok && SSL_connect(ssl) == 1 && (starttls || read_until(fd, ssl, "* OK")) &&
         say(fd, ssl, "a LOGIN u2 " SERVER_PASSWORD "\r\n", "a OK") && say(fd, ssl, "b SELECT INBOX\r\n", "b OK");
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return ok;
}

/* The text of /proc/PID/NAME, or where that link leads; "" if it is gone. */
static char *read_proc(const char *pid, const char *name, size_t *n)
{
    static char text[65536];
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/%s", pid, name);
    ssize_t got = readlink(path, text, sizeof text - 1);
    if (got < 0) {
        int fd = open(path, O_RDONLY);
        got = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
        close(fd);
    }
    *n = got > 0 ? (size_t)got : 0;
    text[*n] = 0;
    return text;
}

/* A process of the instance in `top` whose name is `name` (any if NULL); 0 if there is none. Dovecot's have no environment left
 * to look at, but work below top. */
static pid_t find_process(const char *top, const char *name)
{
    char mark[512];
    size_t n, length = (size_t)snprintf(mark, sizeof mark, "%s=%s", GUARDIAN_MARK, top) + 1;
    DIR *proc = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *e; !found && (e = readdir(proc));) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        bool ours = !strncmp(read_proc(e->d_name, "cwd", &n), top, strlen(top));
        const char *environment = read_proc(e->d_name, "environ", &n);
        ours = ours || memmem(environment, n, mark, length);
        char *comm = read_proc(e->d_name, "comm", &n);
        comm[strcspn(comm, "\n")] = 0;
        if (ours && (!name || !strcmp(comm, name)))
            found = (pid_t)atoi(e->d_name);
    }
    closedir(proc);
    return found;
}

/* The folder that the guardian made; server_address's dir is below it. */
static void top_of(const char *dir, char top[256])
{
    snprintf(top, 256, "%s", dir);
    *strrchr(top, '/') = 0;
}

static bool is_gone(const char *top)
{
    return access(top, F_OK) < 0 && !find_process(top, NULL);
}

static bool goes_within(const char *top, int ms)
{
    for (; ms > 0 && !is_gone(top); ms -= 10)
        pause_ms(10);
    return is_gone(top);
}

static struct server *start(const char *name)
{
    char err[SERVER_ERROR] = "";
    struct server *s = NULL;
    int result = server_start(name, NULL, &s, err, sizeof err);
    if (result == SERVER_MISSING) {
        print_message("skipped: %s\n", err);
        skip();
    }
    if (result)
        fail_msg("%s: %s", name, err);
    return s;
}

/* --- tests --------------------------------------------------------------------------------------------------------- */

static void each_variant(void **state)
{
    (void)state;
    char top[256];
    size_t n = 0;
    for (const char *name; (name = server_name(n)); n++) {
        struct server *s = start(name);
        const struct server_address *a = server_address(s);
        print_message("%s: started in %d ms\n", a->name, a->start_ms);
        assert_string_equal(a->name, name);
        assert_true(a->port > 10000 && a->tls_port > 10000 && a->port != a->tls_port);
        for (int u = 0; u < SERVER_USERS; u++)
            assert_true(login(a, a->users[u], a->password, "a OK"));
        assert_true(login(a, "u1", "wrong", "a NO"));
        assert_true(login(a, "stranger", a->password, "a NO"));
        assert_true(login_tls(a, false));
        assert_true(login_tls(a, true));
        assert_true(server_alive(s));
        top_of(a->dir, top);
        assert_true(find_process(top, NULL) > 0); /* else is_gone would prove nothing */
        server_stop(s);
        assert_true(is_gone(top));
    }
    assert_int_equal(n, 7); /* Dovecot in five ways, Cyrus in two */
}

static void two_at_once(void **state)
{
    (void)state;
    struct server *a = start("dovecot:sdbox"), *b = start("dovecot:sdbox");
    assert_int_not_equal(server_address(a)->port, server_address(b)->port);
    server_stop(a);
    assert_true(login(server_address(b), "u1", SERVER_PASSWORD, "a OK"));
    assert_true(server_alive(b));
    server_stop(b);
}

static void death_of_a_process(const char *server, const char *process, const char *word)
{
    char top[256], text[8192];
    struct server *s = start(server);
    top_of(server_address(s)->dir, top);
    assert_int_equal(server_obituary(s, 0, text, sizeof text), 0);
    pid_t pid = find_process(top, process);
    assert_true(pid > 0);
    assert_int_equal(kill(pid, SIGSEGV), 0);
    assert_true(server_obituary(s, 5000, text, sizeof text) > 0);
    if (!strstr(text, "signal 11") || !strstr(text, word))
        fail_msg("obituary: %s", text);
    assert_false(server_alive(s));
    server_stop(s);
    assert_true(is_gone(top));
}

static void deaths(void **state)
{
    (void)state;
    death_of_a_process("dovecot", "imap", "imap");
    death_of_a_process("dovecot", "dovecot", "main process");
    death_of_a_process("cyrus", "imapd", "imapd");
    death_of_a_process("cyrus", "master", "main process");
}

/* Waits for guardians that became our children as theirs was killed: none may be left. */
static bool guardians_end(void)
{
    for (int i = 0; i < 500; i++) {
        pid_t got = waitpid(-1, NULL, WNOHANG);
        if (got < 0 && errno == ECHILD)
            return true;
        if (got == 0)
            pause_ms(10);
    }
    return false;
}

/* Runs `name` in a process of its own and ends that with `signal`; nothing may be left. */
static void parent_dies(const char *name, int signal, bool as_nobody)
{
    int ends[2];
    char top[256] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct server *s;
        char err[SERVER_ERROR];
        if (as_nobody && (setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0))
            _exit(1);
        if (server_start(name, NULL, &s, err, sizeof err) < 0)
            snprintf(top, sizeof top, "!%.250s", err);
        else if (!login(server_address(s), "u3", SERVER_PASSWORD, "a OK"))
            snprintf(top, sizeof top, "!no login");
        else
            top_of(server_address(s)->dir, top);
        (void)!write(ends[1], top, strlen(top));
        for (;;)
            pause();
    }
    close(ends[1]);
    ssize_t n = read(ends[0], top, sizeof top - 1);
    close(ends[0]);
    top[n > 0 ? n : 0] = 0;
    bool running = top[0] == '/' && find_process(top, NULL) > 0;
    kill(pid, signal);
    waitpid(pid, NULL, 0);
    if (!running)
        fail_msg("%s: %s", name, top);
    assert_true(goes_within(top, 5000));
    assert_true(guardians_end());
}

static void need_packages(void)
{
    server_stop(start("dovecot"));
}

static void killed_parents(void **state)
{
    (void)state;
    need_packages();
    parent_dies("dovecot", SIGKILL, false);
    parent_dies("dovecot", SIGTERM, false);
    parent_dies("cyrus", SIGKILL, false);
    parent_dies("cyrus", SIGTERM, false);
}

/* Killed at any moment of the start, even before the guardian's first instruction. */
static void killed_while_starting(void **state)
{
    (void)state;
    need_packages();
    char own[] = "/tmp/imapdiff-test-XXXXXX";
    assert_non_null(mkdtemp(own));
    chmod(own, 0755);
    for (int ms = 0; ms < 120; ms += 8) {
        pid_t pid = fork();
        if (pid == 0) {
            struct server *s;
            char err[SERVER_ERROR];
            server_start(ms % 16 ? "dovecot" : "cyrus", &(struct server_options){.run_dir = own}, &s, err, sizeof err);
            for (;;)
                pause();
        }
        pause_ms(ms);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    bool ended = guardians_end(), empty = rmdir(own) == 0;
    guardian_remove(own);
    assert_true(ended);
    assert_true(empty);
    assert_int_equal(find_process(own, NULL), 0);
}

static void ordinary_user(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: all of these tests run as an ordinary user\n");
        skip();
    }
    need_packages();
    parent_dies("dovecot", SIGKILL, true);
    parent_dies("cyrus", SIGTERM, true);
}

/* A guardian that is itself killed: its processes end now or at the next start, which removes the folder too. */
static void killed_guardian(void **state)
{
    (void)state;
    char top[256], text[8192];
    struct server *s = start("cyrus");
    top_of(server_address(s)->dir, top);
    assert_int_equal(kill(server_address(s)->pid, SIGKILL), 0);
    assert_true(server_obituary(s, 3000, text, sizeof text) > 0);
    assert_non_null(strstr(text, "guardian"));
    server_stop(s);
    server_stop(start("dovecot"));
    assert_true(goes_within(top, 2000));
}

/* As root with packages below a folder that only root may enter. */
static void closed_sysroot(void **state)
{
    (void)state;
    char sysroot[256], closed[300], command[1024], err[SERVER_ERROR] = "";
    if (geteuid() != 0) {
        print_message("skipped: an ordinary user reaches what it has unpacked\n");
        skip();
    }
    need_packages();
    assert_true(server_sysroot(sysroot, sizeof sysroot));
    snprintf(closed, sizeof closed, "%s/../closed-%d", sysroot, (int)getpid());
    assert_int_equal(mkdir(closed, 0700), 0);
    snprintf(command, sizeof command, "cp -a %s %s/sysroot", sysroot, closed);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "%s/sysroot", closed);
    struct server *s = NULL;
    int result = server_start("dovecot", &(struct server_options){.sysroot = command}, &s, err, sizeof err);
    bool ok = result == 0 && login(server_address(s), "u1", SERVER_PASSWORD, "a OK");
    char top[256] = "/";
    if (result == 0)
        top_of(server_address(s)->dir, top);
    server_stop(s);
    char probe[1100];
    snprintf(probe, sizeof probe, "%s/usr/lib/dovecot/imap", command);
    bool kept = access(probe, R_OK) == 0; /* the clean-up did not follow the mount */
    guardian_remove(closed);
    assert_true(kept);
    if (result != 0 && strstr(err, "permissions")) { /* no right to mount: then a clear error is all one can have */
        print_message("no mount namespaces here: %s\n", err);
        return;
    }
    assert_true(ok);
    assert_true(is_gone(top));
}

static void names_and_errors(void **state)
{
    (void)state;
    char err[SERVER_ERROR];
    struct server *s = (struct server *)err;
    const struct { const char *name, *hint; } wrong[] = {
        {"dovecto", "dovecot"}, {"dovecot:mdbxo", "dovecot:mdbox"}, {"cyrus:now", "cyrus:immediate"}, {"cirus", "cyrus"},
        {"dovecott:sdbox", "dovecot:sdbox"}, {"", "dovecot:maildir"}, {"exchange", "cyrus:delayed"}, {"dovecot:", "dovecot:mbox"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(server_start(wrong[i].name, NULL, &s, err, sizeof err), SERVER_NO_SUCH);
        assert_null(s);
        if (!strstr(err, wrong[i].hint))
            fail_msg("\"%s\": %s", wrong[i].name, err);
        assert_false(server_is_name(wrong[i].name, err, sizeof err));
    }
    assert_true(server_is_name("dovecot", err, sizeof err));
    assert_true(server_is_name("cyrus:immediate", err, sizeof err));
    assert_null(server_name(1000));

    assert_int_equal(server_start("dovecot", &(struct server_options){.sysroot = "/nonexistent"}, &s, err, sizeof err),
                     SERVER_MISSING);
    assert_non_null(strstr(err, "run `make servers`"));
}

static void impossible_folders(void **state)
{
    (void)state;
    char err[SERVER_ERROR];
    struct server *s;
    need_packages();
    assert_int_equal(server_start("dovecot", &(struct server_options){.run_dir = "/nonexistent/run"}, &s, err, sizeof err),
                     SERVER_FAILED);
    assert_non_null(strstr(err, "/nonexistent/run"));
    char run_dir[128];
    memset(run_dir, 'x', sizeof run_dir);
    run_dir[0] = '/';
    run_dir[sizeof run_dir - 1] = 0;
    assert_int_equal(server_start("dovecot", &(struct server_options){.run_dir = run_dir}, &s, err, sizeof err), SERVER_FAILED);
    assert_non_null(strstr(err, "too long"));
    /* A start that takes too long is given up, and leaves nothing: its folder is the only one in a run_dir of its own. */
    char own[] = "/tmp/imapdiff-test-XXXXXX";
    assert_non_null(mkdtemp(own));
    chmod(own, 0755);
    int result = server_start("cyrus", &(struct server_options){.run_dir = own, .start_timeout_ms = 1}, &s, err, sizeof err);
    bool empty = rmdir(own) == 0;
    assert_int_equal(result, SERVER_FAILED);
    assert_non_null(strstr(err, "not ready"));
    assert_true(empty);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphaned guardians come to us, so that we see them end */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_errors), cmocka_unit_test(each_variant),    cmocka_unit_test(two_at_once),
        cmocka_unit_test(deaths),           cmocka_unit_test(killed_parents),  cmocka_unit_test(ordinary_user),
        cmocka_unit_test(killed_guardian),  cmocka_unit_test(closed_sysroot),  cmocka_unit_test(impossible_folders),
        cmocka_unit_test(killed_while_starting),
    };
    return cmocka_run_group_tests_name("private servers", tests, NULL, NULL);
}
