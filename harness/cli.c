/* cli.c: imapdiff's commands. */
#include "cli.h"

#include "author.h"
#include "check.h"
#include "check_shrink.h"
#include "diff.h"
#include "learn.h"
#include "lex.h"
#include "names.h"

#include <errno.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*main)(int argc, char **argv);
    const char *words, *what;
} commands[] = {
    {"check", check_main, "TARGET...", "drive programs and judge every response"},
    {"diff", diff_main, "LIBRARY... | SERVER SERVER...", "parsers beside the grammar, or servers: where they part, and why"},
    {"learn", learn_main, "TARGET -o NAME.lua", "a server's practices as a Lua behaviour; how well it predicts the server"},
    {"replay", replay_main, "FILE [TARGET]", "run a trace's commands again: does its finding come back?"},
    {"shrink", shrink_main, "FILE [TARGET]", "a trace made as small as its finding allows; its rate"},
    {"serve", serve_main, "", "the model as a server, for clients"},
    {"clients", clients_main, "-- COMMAND...", "a mail client's command under each behaviour in turn"},
    {"between", between_main, "--front URL --listen ADDR:PORT", "a proxy under test, with us on both sides"},
    {"explain", explain_main, "CLAUSE|FILE", "a clause in words, or a trace judged again without a server"},
    {"lex", lex_main, "id|id-response|clientid|command|response [FILE]",
     "one item: verdict, tree, broken rule or limit"},
    {"new", new_main, "behaviour|scenario|profile NAME", "a commented Lua file to begin with"},
    {"try", try_main, "FILE [TARGET]", "a Lua file at work: its answers beside the others', judged"},
    {"list", list_main, "[targets|proxies|behaviours|scenarios|choices|clauses|causes]",
     "what there is"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void short_help(FILE *out) {
    fputs("imapdiff: a model and judge of IMAP's ID, CLIENTID and multi-accessed mailboxes (RFC 2971, "
          "2180)\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  imapdiff %-8s %-48s %s\n", commands[i].name, commands[i].words, commands[i].what);
    fputs("\nTARGET is model, model:BEHAVIOUR, dovecot[:maildir|sdbox|mdbox|mbox], "
          "cyrus[:delayed|immediate], or\n"
          "imap://user:password@host:port/, imaps://..., imap+starttls://...\n",
          out);
}

static void help(void) {
    short_help(stdout);
    fputs(
        "\ncheck options:\n"
        "  --time 30s           how long (s, m, h, ms); default 30s on servers\n"
        "  --programs N         how many generated programs; default 2000 on model\n"
        "  --seed N             the same seed gives the same programs; default 1\n"
        "  --clients N          sessions of one program, at most\n"
        "  --scenario GLOB|FILE scenarios whose name matches, or of a file or folder of yours; none: "
        "--scenario ''\n"
        "  --profile FILE       an earlier --json=FILE: its findings are known and fail nothing\n"
        "  --json[=FILE] --junit[=FILE] --tap[=FILE]   for machines; to standard output by default\n"
        "  --report DIR         a page with grid, findings, traces as charts\n"
        "  --deadline 20s       for one reply; a server that is silent longer three times in a row ends the "
        "run\n"
        "  --pause 500ms        what a session is not told of within it, at a checkpoint, is late\n"
        "  --strict             DEVIATES fails the run too\n"
        "  --shrink             make the traces of findings that fail the run small, and measure their rate\n"
        "  --first              stop at the first finding that fails the run\n"
        "  --reach              a choice point's context that was neither reached nor has a reason fails the "
        "run\n"
        "  --resume DIR         go on with the run whose traces are in DIR: its seed, counts and findings\n"
        "  --user NAME:PASSWORD one more user (URL targets)\n"
        "  --allow-inbox        programs may use INBOX (URL targets; it must be empty)\n"
        "  --behaviours DIR     more Lua behaviours for the judge to know\n"
        "  --print-programs FILE   write the programs that were sent\n"
        "  --quiet              no progress, only what fails\n"
        "diff and learn options, for servers: --programs N (default 300), --seed, --clients, --scenario, --shrink, --deadline,\n"
        "                       --pause, --user, --allow-inbox, --behaviours, --quiet as of check; the programs use what all\n"
        "                       offer. `dovecot` and `cyrus` are servers only beside one: dovecot:maildir cyrus. diff: --json;\n"
        "                       exit status 1 says that they part\n"
        "  -o NAME.lua          learn: where the behaviour NAME goes; its run, a profile for check, goes to NAME.json\n"
        "diff options, for libraries:\n"
        "  --time 10s           how long inputs are made, behind the corpus; 0: the corpus alone\n"
        "  --inputs N           how many are made; the same seed makes the same\n"
        "  --seed N\n"
        "  --item NAME          id, id-response, clientid, command or response alone\n"
        "  --corpus DIR         inputs to begin with, one in a file; default: corpus/ beside lua/\n"
        "  --profile FILE       more of what is known, as lua/profile/LIBRARY.lua\n"
        "  --json[=FILE]        for machines\n"
        "  --out DIR            where inputs and counts are kept; runs that share it add up\n"
        "serve options:\n"
        "  --behaviour NAME|FILE,...   how it behaves where the documents leave a choice; faults too;\n"
        "                       all: each connection meets another that breaks no rule; its greeting names it\n"
        "  --behaviours DIR     more Lua behaviours that may be named\n"
        "  --listen ADDR:PORT   in clear, with STARTTLS; default 127.0.0.1:1143; port 0 is any free one\n"
        "  --listen-tls ADDR:PORT   TLS from the first octet on; default the port 1993, or any free one with "
        "--listen\n"
        "  --tls CERT KEY       PEM files; default: made on the fly\n"
        "  --write-ca FILE      writes the authority that signed the certificate made on the fly\n"
        "  --mail DIR|FILE      the first user's mail: a Maildir with its folders, or an mbox file\n"
        "  --user NAME:PASSWORD instead of u1, u2 and u3, whose password is pw; repeat for more\n"
        "  --fixture FILE.lua   users, mailboxes and messages from a file (lua/API.md, lua/fixture/)\n"
        "  --without NAME,...   capabilities that it lacks: ID, CLIENTID, IDLE, UNSELECT, MOVE, NAMESPACE, ENABLE\n"
        "  --clientid RULE      who may log in, by CLIENTID; repeat: require, one-user, "
        "allow=USER:TYPE:TOKEN,\n"
        "                       revoke=TYPE:TOKEN, license=TOKEN; a refusal reads like a wrong password's\n"
        "  --report FILE        judges the clients; written at the end; 1 is the exit status if one broke a "
        "MUST\n"
        "  --id-log FILE        who clients say they are, each once\n"
        "  --seed N             UIDVALIDITY is drawn from it, and the order of --behaviour all\n"
        "clients options, before --:\n"
        "  --behaviour GLOB     those whose name matches; default: none chosen, then each that breaks no "
        "rule\n"
        "  --behaviours DIR     more of them\n"
        "  --faults             those with a fault instead\n"
        "  --calm               no other client expunges, brings, deletes and renames meanwhile; one run\n"
        "  --time 30s           for one run of the command; each behaviour has two, the second one is calm\n"
        "  --archive            the client keeps mail that others delete: what it has beyond the server's is no fault\n"
        "  --jobs N             that many behaviours at once (1)\n"
        "  --mail DIR|FILE      what is served, as above\n"
        "  --out DIR            where logs, reports and the client's folder go; it is made; default build/out/clients-...\n"
        "  COMMAND's words may name {host} {port} {tls-port} {user} {password} {ca} {dir}; its environment "
        "has\n"
        "  IMAPDIFF_HOST and so on. Maildirs below {dir} are compared with the mail that is on the server.\n"
        "between options; or, instead of --front and --listen, names of private proxies: nginx, perdition, imapproxy,\n"
        "dovecot-proxy\n"
        "  --front URL          where the proxy is; its user and password are the back end's; default u1:pw\n"
        "  --listen ADDR:PORT   where the back end is, in clear with STARTTLS; the proxy connects to it\n"
        "  --listen-tls ADDR:PORT   the same, TLS from the first octet on; default: any free port\n"
        "  --tls CERT KEY, --write-ca FILE   the back end's certificate, as above\n"
        "  --wait 20s           until the proxy greets\n"
        "  --deadline 20s       for one reply\n"
        "  --json[=FILE]        for machines\n"
        "  --strict             DEVIATES fails the run too\n"
        "  --quiet              does not say where the back end is\n"
        "replay options:\n"
        "  --times N            how often; prints the rate\n"
        "shrink options:\n"
        "  --tries N --times N  programs tried (600), runs of the result that measure its rate (10)\n"
        "  -o FILE              where to; default: FILE.min.trace\n"
        "lex reads one item with its CRLF, from FILE or standard input; id and clientid are commands without their tag\n"
        "new options:\n"
        "  --point POINT        the choice point of a behaviour (imapdiff list choices); default "
        "delete.in_use\n"
        "  -o FILE              where to; default: NAME.lua here\n"
        "try options:\n"
        "  --programs N --seed N   of the closed loop: a behaviour as a server, judged; 300, 1\n"
        "\nExit status: 0 nothing fails the run, 1 findings that do, 2 wrong usage, input, or output that "
        "cannot be written,\n"
        "3 the target could not be reached or died and no finding explains it, or a signal ended the run before one.\n"
        "Environment: IMAPDIFF_LUA, IMAPDIFF_SYSROOT, NO_COLOR\n",
        stdout);
}

static int unknown(const char *word) {
    const char *known[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        known[i] = commands[i].name;
    cli_error("unknown command `%s`%s; see imapdiff --help", word, names_hint(word, known, COMMANDS).text);
    return EXIT_USAGE;
}

/* Output that could not be written (a full disk) is an error of its own. */
static int finish(int status) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno == EPIPE) /* the reader had enough */
            return status;
        cli_error("cannot write to standard output: %m");
        return status == EXIT_FINDINGS ? status : EXIT_USAGE;
    }
    return status;
}

int cli_main(int argc, char **argv) {
    if (argc < 2) {
        short_help(stdout);
        fputs("\nimapdiff --help says more.\n", stdout);
        return finish(EXIT_CLEAN);
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        help();
        return finish(EXIT_CLEAN);
    }
    if (!strcmp(argv[1], "--version")) {
        printf("imapdiff %s\n", IMAPDIFF_VERSION);
        return finish(EXIT_CLEAN);
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name)) {
            if (argc == 3 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"))) {
                help();
                return finish(EXIT_CLEAN);
            }
            return finish(commands[i].main(argc - 1, argv + 1));
        }
    return unknown(argv[1]);
}
