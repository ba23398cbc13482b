"""What the shipped captures hold: one module a worm, with the captures that fire its rules and their near misses."""
