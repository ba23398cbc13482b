"""Fuzz targets: each takes any bytes, makes hostile traffic or text of them, and says what must hold whatever they are.

An application protocol is a target as soon as it stands in vids/engine/proto/table.py (application.py). Any other
target is one file here, named as the target, that ends with `TARGET = Target(...)`, and one line in table.py, which
names the rooms of vids whose coverage guides the fuzzer. `check` is called with each input and raises where something
does not hold (target.py); `seeds` returns what the fuzzer begins with, made of pcaps/ and rules/ (corpus.py). Nothing
else is needed: tools/fuzz.py runs it, guided and at random, and a finding becomes one line of tests/test_fuzz.py.
"""
