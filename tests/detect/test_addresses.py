"""The interval cells of address-only rules against the obvious model: ask every range."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vids.engine.detect.addresses import Cells

RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5)), max_size=20)


@settings(deadline=None)
@given(RANGES)
def test_cells(ranges):
    cells = Cells()
    for low, length, owner in ranges:
        cells.add(low, low + length, owner)
    cells.build()
    for value in range(125):
        model = sorted({owner for low, length, owner in ranges if low <= value <= low + length})
        assert cells.find(value) == model


def test_the_whole_address_space():
    cells = Cells()
    cells.add(0, 2**128 - 1, 7)
    cells.build()
    assert cells.find(0) == [7]
    assert cells.find(2**128 - 1) == [7]
