/* nearest.h: how far a word is from one that exists, for errors that name the nearest. */
#ifndef NEAREST_H
#define NEAREST_H

/* Edit distance times NEAREST_EDIT: an edit inserts, deletes or replaces an octet, or swaps two neighbours. A letter in other
 * case costs 1, so that of two ids that differ in case alone the right one is nearer. Words longer than 60 octets count as 60:
 * time and room are bounded. 0: equal, as far as they were compared. */
#define NEAREST_EDIT 64
unsigned nearest_distance(const char *a, const char *b);

#endif
