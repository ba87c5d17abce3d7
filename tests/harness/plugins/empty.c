/* empty.c: a shared object that is no plug-in. */
int nothing_is_registered;
