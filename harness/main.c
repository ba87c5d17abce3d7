/* main.c: nothing but main, so that tests can link everything else. */
#include "cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
