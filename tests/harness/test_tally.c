/* test_tally.c: what a tally keeps: counts and shortest inputs of several processes, a kill in the middle, a
 * full disk, damaged files.
 */
#include "tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static char folder[100];
static int make_folder(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "build/tests/tally.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}
static int remove_folder(void **state) {
    (void)state;
    char command[140];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void take_all(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item, (void)p, (void)n;
    a->verdict = LIB_ACCEPT;
}
static const struct library takes_all = {.name = "takes-all", .items = 31, .parse = take_all},
                            second = {.name = "dir/second.so", .items = 31, .parse = take_all};

static bool add(struct tally *t, const struct library *l, const char *text, char *err, size_t errlen) {
    static uint8_t canon[LIB_CANON];
    struct reference r = {.canon = {canon, sizeof canon, 0}};
    const struct lex_options o = reference_options(l);
    struct difference d;
    reference_answer(ITEM_ID, (const uint8_t *)text, strlen(text), &o, &r);
    assert_true(compare(l, ITEM_ID, (const uint8_t *)text, strlen(text), &r, &d));
    return tally_add(t, l, ITEM_ID, &d, (const uint8_t *)text, strlen(text), err, errlen);
}

static struct fold v[100];
static const struct fold *find(int n, const char *library, enum cause c) {
    for (int i = 0; i < n; i++)
        if (!strcmp(v[i].library, library) && v[i].cause == c)
            return &v[i];
    return NULL;
}

static void counts_add_up(void **state) {
    (void)state;
    char err[300];
    uint64_t executed;
    for (int k = 0; k < 3; k++) { /* three processes, one after the other */
        pid_t pid = fork();
        if (pid == 0) {
            struct tally *t = tally_open(folder, err, sizeof err);
            bool ok = t != NULL;
            for (int i = 0; ok && i < 5; i++)
                ok = add(t, &takes_all, "ID (\"name\")\r\n", err, sizeof err) &&
                     add(t, &second, "ID NIL x\r\n", err, sizeof err);
            tally_executed(t, 100);
            tally_close(t);
            _exit(ok ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
    int n = tally_read(folder, v, 100, &executed, err, sizeof err);
    assert_string_equal(err, "");
    assert_int_equal(n, 2);
    assert_int_equal(executed, 300);
    const struct fold *f = find(n, "takes-all", CAUSE_ODD_COUNT);
    assert_non_null(f);
    assert_int_equal(f->count, 15);
    assert_int_equal(f->part, PART_TAKES);
    assert_int_equal(f->shortest, strlen("ID (\"\")\r\n")); /* it was made short */
    struct stat st;
    assert_int_equal(stat(f->input, &st), 0);
    assert_int_equal(st.st_size, f->shortest);
    assert_non_null(find(n, "dir/second.so", CAUSE_TRAILING_OCTETS));
}

/* Crashes in two places are two kinds, each with an input of its own. */
static void places_are_apart(void **state) {
    (void)state;
    char err[300] = "";
    uint64_t executed;
    struct tally *t = tally_open(folder, err, sizeof err);
    assert_non_null(t);
    for (int i = 0; i < 4; i++) {
        struct difference d = {
            .part = PART_FAULT, .causes = 1, .cause = {CAUSE_ATOM}, .answer = {.verdict = LIB_CRASH}};
        const char *input = i % 2 ? "ID (x\r\n" : "ID (x y\r\n";
        strcpy(d.answer.place, i % 2 ? "read_list:read_line" : "read_word:read_line");
        assert_true(
            tally_add(t, &takes_all, ITEM_ID, &d, (const uint8_t *)input, strlen(input), err, sizeof err));
    }
    tally_close(t);
    int n = tally_read(folder, v, 100, &executed, err, sizeof err);
    assert_int_equal(n, 2);
    for (int i = 0; i < n; i++) {
        assert_int_equal(v[i].count, 2);
        assert_string_equal(v[i].place, i ? "read_word:read_line" : "read_list:read_line");
        assert_int_equal(v[i].shortest, strlen(i ? "ID (x y\r\n" : "ID (x\r\n"));
    }
}

/* Killed while it writes, again and again: all that was counted before is there, and the files are whole. */
static void survives_a_kill(void **state) {
    (void)state;
    char err[300];
    uint64_t executed, counted = 0;
    for (int k = 0; k < 10; k++) {
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct tally *t = tally_open(folder, err, sizeof err);
            char text[300];
            for (int i = 0;; i++) { /* ever shorter, so that inputs are written all the time */
                int width = 200 - i % 190;
                snprintf(text, sizeof text, "ID (%0*d \"\")\r\n", width, i);
                if (!t || !add(t, i % 2 ? &takes_all : &second, text, err, sizeof err))
                    _exit(1);
                tally_executed(t, 1);
                if (i == 50 && write(ready[1], "x", 1) != 1)
                    _exit(1);
            }
        }
        char c;
        assert_int_equal(read(ready[0], &c, 1), 1);
        usleep((useconds_t)(k * 700));
        kill(pid, SIGKILL);
        int status;
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status));
        close(ready[0]);
        close(ready[1]);
        counted += 51;
    }
    struct tally *t = tally_open(folder, err, sizeof err); /* leftovers of the dead go */
    tally_close(t);
    int n = tally_read(folder, v, 100, &executed, err, sizeof err);
    assert_string_equal(err, "");
    assert_int_equal(n, 2);
    assert_true(v[0].count + v[1].count >= counted);
    assert_true(executed >= counted - 10);
    char command[200];
    snprintf(command, sizeof command, "! ls -A %s | grep -q '^\\.new'", folder);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < n; i++) { /* what is there is a whole input of that fold */
        char text[300];
        int fd = open(v[i].input, O_RDONLY);
        ssize_t len = read(fd, text, sizeof text - 1);
        close(fd);
        assert_true(len > 0);
        text[len] = '\0';
        assert_memory_equal(text, "ID (", 4);
    }
}

/* No file may grow: as on a full disk. */
static void full_disk(void **state) {
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        char err[300] = "";
        struct tally *t = tally_open(folder, err, sizeof err);
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_FSIZE, &none);
        int told = 0;
        for (int i = 0; i < 1000; i++)
            told += !add(t, &takes_all, "ID (a \"\")\r\n", err, sizeof err);
        _exit(t && told == 1 && strstr(err, folder) && strstr(err, strerror(EFBIG)) ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    char err[300];
    uint64_t executed;
    int n = tally_read(folder, v, 100, &executed, err, sizeof err);
    assert_int_equal(n, 1);
    assert_int_equal(v[0].count, 1000); /* counting went on */
    assert_string_equal(v[0].input, "");
    pid = fork();
    if (pid == 0) { /* not even the counts */
        struct rlimit none = {0, 0};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &none);
        _exit(!tally_open(folder, err, sizeof err) && strstr(err, folder) ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void wrong_folders(void **state) {
    (void)state;
    char err[300] = "", path[200];
    uint64_t executed;
    assert_null(tally_open("/proc/no/such", err, sizeof err));
    assert_non_null(strstr(err, "/proc/no/such"));
    assert_int_equal(tally_read("/no/such", v, 100, &executed, err, sizeof err), -1);
    assert_non_null(strstr(err, "/no/such"));
    snprintf(path, sizeof path, "%s/file", folder);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_null(tally_open(path, err, sizeof err));
    assert_non_null(strstr(err, path));
}

static void damaged_files_are_named(void **state) {
    (void)state;
    char err[700], path[200];
    uint64_t executed;
    struct tally *t = tally_open(folder, err, sizeof err);
    add(t, &takes_all, "ID (a \"\")\r\n", err, sizeof err);
    add(t, &takes_all, "ID (\"a\")\r\n", err, sizeof err);
    tally_close(t);
    snprintf(path, sizeof path, "%s/counts.%ld", folder, (long)getpid());
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < 400); /* no longer than it needs to be */
    assert_int_equal(truncate(path, st.st_size - 40), 0);
    char other[200];
    snprintf(other, sizeof other, "%s/counts.7", folder);
    int fd = open(other, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "what is this? it is no tally at all, or is it one", 49), 49);
    close(fd);
    int n = tally_read(folder, v, 100, &executed, err, sizeof err);
    assert_int_equal(n, 1); /* the record that is whole */
    assert_non_null(strstr(err, path));
    assert_non_null(strstr(err, "cut off"));
    assert_non_null(strstr(err, other));
    assert_non_null(strstr(err, "no tally"));
}

static void printed(void **state) {
    (void)state;
    char err[300];
    uint64_t executed;
    struct tally *t = tally_open(folder, err, sizeof err);
    add(t, &takes_all, "ID (a \"\")\r\n", err, sizeof err);
    add(t, &takes_all, "ID (\"\x80\" NIL)\r\n", err, sizeof err);
    add(t, &second, "ID (a \"\")\r\n", err, sizeof err);
    tally_executed(t, 3);
    int n = tally_read(folder, v, 100, &executed, err, sizeof err);
    tally_close(t);
    assert_int_equal(n, 3);
    v[1].known = true;
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    tally_grid(f, v, n, executed, false);
    fclose(f);
    const char *known = strstr(text, "known by a profile"), *new = strstr(text, "\nnew\n");
    assert_true(known && new);
    assert_non_null(strstr(text, "3 inputs compared, 3 kinds"));
    assert_non_null(strstr(known, "ID-3.1-f")); /* the clause that decides */
    assert_non_null(strstr(text, "library wrong"));
    assert_non_null(strstr(text, "\\x80"));
    free(text);
    f = open_memstream(&text, &len);
    assert_true(tally_json(f, v, n, executed));
    fclose(f);
    json_t *j = json_loads(text, 0, NULL);
    assert_non_null(j);
    assert_int_equal(json_array_size(json_object_get(j, "disagreements")), 3);
    json_decref(j);
    free(text);
    f = fopen("/dev/full", "w");
    assert_false(tally_json(f, v, n, executed));
    fclose(f);
}

int main(void) {
    library_register(&takes_all);
    library_register(&second);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_add_up, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(places_are_apart, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(survives_a_kill, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(full_disk, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(wrong_folders, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(damaged_files_are_named, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(printed, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
