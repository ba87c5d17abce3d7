/* library_crash.c: where a library died, and the way past a crash in this process.
 *
 * The place is the innermost function of the stack that is neither the C library's nor the C++ runtime's:
 * equal places are one crash, whatever octets led there.
 */
#include "library_priv.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define FRAMES 32

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
#define FATAL ((int)(sizeof fatal / sizeof fatal[0]))
static struct sigaction before[FATAL];
static sigjmp_buf past;
static volatile bool armed;
static unsigned crashes;
static char here[LIB_PLACE];

const struct library *volatile library_reading;
static const struct library *asked;

static const char *file_base(const void *at) {
    Dl_info d;
    return dladdr(at, &d) ? d.dli_fbase : NULL;
}

void crash_prepare(const struct library *l) {
    void *frame[2];
    if (!asked)
        backtrace(frame, 2); /* loads what it needs, which a dying process cannot */
    asked = l;
}

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_runtime(const char *file) {
    static const char *const runtimes[] = {"libc.so",  "libm.so", "libstdc++", "libgcc_s",  "libpthread",
                                           "ld-linux", "libasan", "libubsan",  "linux-vdso"};
    for (size_t i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
        if (strncmp(last_part(file), runtimes[i], strlen(runtimes[i])) == 0)
            return true;
    return false;
}

/* Is the address in the plug-in or in this program? Behind their frames stands who asked the library. */
static bool is_ours(const char *at) {
    const char *base = file_base(at);
    return base && (base == file_base((const void *)(uintptr_t)asked->parse) ||
                    base == file_base((const void *)(uintptr_t)is_ours));
}

/* Appends a symbol, or libetpan+0x511bd; a second one behind a colon. false: the address is in no file, or in
 * a runtime's. */
static bool name_place(const char *at, char *to, size_t n) {
    Dl_info d;
    if (!dladdr(at, &d) || is_runtime(d.dli_fname))
        return false;
    const char *file = last_part(d.dli_fname);
    size_t len = strlen(to);
    if (d.dli_sname)
        snprintf(to + len, n - len, "%s%s", len ? ":" : "", d.dli_sname);
    else
        snprintf(to + len, n - len, "%s%.*s+0x%zx", len ? ":" : "", (int)strcspn(file, "."), file,
                 (size_t)(at - (const char *)d.dli_fbase));
    return true;
}

static char *pc_of(void *context) {
#if defined(__x86_64__)
    return (char *)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (char *)((const ucontext_t *)context)->uc_mcontext.pc;
#else
    (void)context;
    return NULL;
#endif
}

/* It jumped to where no code is: who called stands on the stack, unless that is gone too. */
static char *caller_of(void *context) {
#if defined(__x86_64__)
    return *(char **)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RSP] - 1;
#else
    (void)context;
    return NULL;
#endif
}

void crash_place(void *context, char *to, size_t n) {
    void *frame[FRAMES];
    int frames = backtrace(frame, FRAMES), from = 0, names = 0;
    char *pc = pc_of(context), *ours = NULL, *at[FRAMES + 2];
    int k = 0;
    while (from < frames && frame[from] != pc)
        from++;
    at[k++] = pc;
    if (!file_base(pc))
        at[k++] = caller_of(context);
    for (int i = from + 1; i < frames; i++)
        at[k++] = (char *)frame[i] - 1;
    to[0] = 0;
    for (int i = 0; i < k && names < 2 && !ours; i++)
        if (is_ours(at[i]))
            ours = at[i];
        else
            names += name_place(at[i], to, n);
    if (!names && ours) /* a plug-in that is the parser itself */
        name_place(ours, to, n);
}

/* ---- in this process --------------------------------------------------------------------------------- */

static void as_before(void) {
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal[i], &before[i], NULL);
}

static void caught(int sig, siginfo_t *info, void *context) {
    (void)info;
    if (armed || library_limits.noted)
        crash_place(context, here, sizeof here);
    if (armed)
        siglongjmp(past, sig);
    as_before(); /* the engine's to tell: a fault comes again, a signal that was raised does not */
    if (library_limits.noted)
        memcpy(library_limits.noted, here, sizeof here);
    if (sig == SIGABRT)
        raise(sig);
}

/* From the first time on. */
static void catch_crashes(void) {
    static uint8_t stack[65536]; /* a handler must run when the stack is used up */
    static bool catching;
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, now;
    /* No mask is changed, so that none has to be saved before each question. */
    struct sigaction a = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    if (catching)
        return;
    catching = true;
    if (sigaltstack(NULL, &now) == 0 && now.ss_flags & SS_DISABLE)
        sigaltstack(&alternate, NULL);
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal[i], &a, &before[i]);
}

void crash_note(const struct library *l) {
    crash_prepare(l);
    catch_crashes();
}

/* Has a child died here before? */
static bool confirmed(const char *place, bool add) {
    static char known[32][LIB_PLACE];
    static unsigned n;
    for (unsigned i = 0; i < n; i++)
        if (!strcmp(known[i], place))
            return true;
    if (add && n < sizeof known / sizeof *known)
        memcpy(known[n++], place, LIB_PLACE);
    return false;
}

/* Asks a child, which no earlier crash has spoiled: there the crash comes again, or it is one of this
 * process's state. Behind another crash that may be what that left behind: unless the place is known, the
 * process ends, for the engine to begin anew. */
static void confirm(int i, const struct library *l, enum lib_item item, const uint8_t *p, size_t n, int sig,
                    struct lib_answer *a) {
    char place[LIB_PLACE];
    memcpy(place, here, sizeof place);
    a->verdict = LIB_PASS;
    a->canon.len = a->used = 0;
    library_child_ask(i, l, item, p, n, a);
    if (a->verdict == LIB_CRASH)
        confirmed(a->place, true);
    else if (a->verdict < LIB_CRASH && crashes > 0 && !confirmed(place, false)) {
        as_before();
        abort();
    } else if (a->verdict < LIB_CRASH) {
        a->verdict = LIB_CRASH;
        memcpy(a->place, place, sizeof place);
        snprintf(a->why, sizeof a->why, "SIG%s, behind earlier inputs alone", sigabbrev_np(sig));
    }
    crashes++;
    char err[100];
    library_child_start(i, l, err,
                        sizeof err); /* the next one, before another input can spoil what it is forked from */
}

void crash_guarded(int i, const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
                   struct lib_answer *a) {
    crash_note(l);
    library_reading = l;
    armed = true;
    int sig = sigsetjmp(past, 0);
    if (sig == 0)
        l->parse(item, p, n, a);
    armed = false;
    library_reading = NULL;
    if (sig != 0)
        confirm(i, l, item, p, n, sig, a);
}
