/* fuzz_dictionary.c: prints the dictionary of a fuzzer: `fuzz-dictionary NAME`. Words come from our own tables. */
#include <stdio.h>
#include <string.h>

#include "behaviour.h"
#include "mutate.h"

static void lua(void) {
    static const char *const words[] = {"return ", "behaviour", "scenario", " {", "}", "function(box, by) ", " end", "name = \"a\",",
                                        "point = \"", "cites = \"MAP-3.2-a\",", "play = [=[\n", "]=]", "given = {", "needs = ", "local ", "for ", "while ",
                                        "if ", " then ", "string.rep(", "table.", "#", "..", "nil", "error(", "OK ", "NO ", "BAD ", "BYE ", "C1: ", "S1: ",
                                        "@open C2", "@checkpoint", "  | ", "\\x00", "box:", "--- "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        putchar('"');
        for (const char *z = words[i]; *z; z++)
            if (*z == '"' || *z == '\\' || *z < ' ')
                printf("\\x%02X", (unsigned char)*z);
            else
                putchar(*z);
        puts("\"");
    }
    for (int p = 0; p < POINT_COUNT; p++)
        printf("\"%s\"\n\"%s = \"\n", point_name((enum point)p), point_handler((enum point)p));
    for (int o = 1; o < OP_COUNT; o++)
        printf("\"%s\"\n", op_name((enum op)o));
}

int main(int argc, char **argv) {
    const char *name = argc == 2 ? argv[1] : "";
    char item[64];
    snprintf(item, sizeof item, "%s", strcmp(name, "loop") ? name : "command");
    for (char *c = item; *c; c++)
        *c = *c == '_' ? '-' : *c;
    if (!strcmp(name, "lua"))
        lua();
    else if (lib_item_by_name(item) >= 0)
        mutate_dictionary((enum lib_item)lib_item_by_name(item), stdout);
    else
        for (int i = ITEM_COMMAND; i <= ITEM_RESPONSE; i++)
            mutate_dictionary((enum lib_item)i, stdout);
    return fflush(stdout) != 0;
}
