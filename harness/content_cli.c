/* content_cli.c: message contents as the command line asks for them. */
#include "cli.h"
#include "content_mime.h"

struct content_ops content_begin(void)
{
    struct content *c = content_new();
    return c ? content_ops(c) : (struct content_ops){0};
}

void content_end(struct content_ops *c)
{
    content_free(c->self);
    *c = (struct content_ops){0};
}
