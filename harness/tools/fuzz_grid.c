/* fuzz_grid.c: `fuzz-grid FOLDER`: the grid library x cause of what fuzzers folded into a folder (tally.h). */
#include <stdlib.h>
#include <unistd.h>

#include "tally.h"

#define FOLDS 4096

int main(int argc, char **argv) {
    static struct fold v[FOLDS];
    char err[400] = "";
    uint64_t executed = 0;
    int n = argc == 2 ? tally_read(argv[1], v, FOLDS, &executed, err, sizeof err) : -1;
    if (n < 0 || err[0])
        fprintf(stderr, "fuzz-grid: %s\n", argc == 2 ? err : "usage: fuzz-grid FOLDER");
    if (n < 0)
        return 2;
    tally_grid(stdout, v, n, executed, isatty(1) && !getenv("NO_COLOR"));
    return fflush(stdout) != 0;
}
