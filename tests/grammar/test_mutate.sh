#!/bin/sh
# test_mutate.sh: one in twenty of `make mutate`'s mutants, the same each time; the proof must notice each.
exec python3 mk/mutate.py --percent 5 --seed 2971
