"""What a probe got of late: when that is called lossy, slow or silence."""

from __future__ import annotations

from collectors.line.trouble import Lately, State

QUICK = (0.01,) * 10


def test_one_lost_packet_flips_nothing_and_a_third_of_them_does() -> None:
    lately = Lately()
    assert [lately.burst(at, 10, QUICK[:9]) for at in (1.0, 2.0, 3.0)] == [State.GOOD] * 3
    for at in range(4, 10):
        state = lately.burst(float(at), 10, QUICK[:7])
    assert state is State.LOSSY
    assert lately.loss == 0.3


def test_under_heavy_loss_one_burst_without_an_answer_is_no_silence_yet() -> None:
    lately = Lately()
    for at in range(4):
        lately.burst(float(at), 10, QUICK[:4])
    assert lately.burst(4.0, 10, ()) is State.LOSSY
    assert lately.burst(5.0, 10, ()) is State.SILENT
    assert Lately().burst(0.0, 10, ()) is State.SILENT


def test_what_takes_far_longer_than_usual_is_slow() -> None:
    lately = Lately()
    for at in range(3):
        assert lately.burst(float(at), 10, QUICK) is State.GOOD
    assert lately.burst(3.0, 10, (0.09,) * 10) is State.GOOD, "nine times the usual, and yet quick"
    assert lately.burst(4.0, 10, (0.3,) * 10) is State.SLOW
    assert lately.burst(5.0, 10, QUICK) is State.GOOD


def test_a_connect_says_that_nothing_is_lost_only_after_several() -> None:
    lately = Lately()
    states = [lately.connect(float(at), 1, (0.01,), False) for at in range(6)]
    assert states == [State.UNSURE] * 4 + [State.GOOD] * 2


def test_connects_that_need_a_second_packet_are_loss() -> None:
    lately = Lately()
    for at in range(5):
        lately.connect(float(at), 1, (0.01,), False)
    assert lately.connect(5.0, 2, (0.01,), False) is State.UNSURE
    assert lately.connect(6.0, 1, (1.02,), False) is State.LOSSY
    assert lately.connect(7.0, 2, (), True) is State.REFUSED
    assert lately.connect(8.0, 2, (), False) is State.SILENT


def test_an_outage_that_is_over_is_no_loss() -> None:
    lately = Lately()
    for at in range(4):
        lately.burst(float(at), 30, QUICK * 3)
    assert [lately.burst(at, 30, ()) for at in (4.0, 5.0, 6.0)] == [State.SILENT] * 3
    assert lately.burst(7.0, 30, QUICK * 3) is State.GOOD
    assert lately.loss == 0
    for at in range(5):
        lately.connect(10.0 + at, 1, (0.01,), False)
    assert [lately.connect(at, 2, (), False) for at in (15.0, 16.0, 17.0)] == [State.SILENT] * 3
    assert lately.connect(18.0, 1, (0.01,), False) is State.GOOD


def test_loss_before_an_outage_is_still_loss_after_it() -> None:
    lately = Lately()
    for at in range(4):
        lately.burst(float(at), 10, QUICK[:6])
    assert [lately.burst(at, 10, ()) for at in (4.0, 5.0, 6.0)] == [State.LOSSY, State.SILENT, State.SILENT]
    assert lately.burst(7.0, 10, QUICK[:6]) is State.LOSSY
    assert lately.loss == 0.4


def test_a_service_that_refused_for_a_while_loses_nothing() -> None:
    lately = Lately()
    for at in range(5):
        lately.connect(float(at), 1, (0.01,), False)
    assert [lately.connect(at, 2, (), True) for at in (5.0, 6.0, 7.0)] == [State.REFUSED] * 3
    assert lately.connect(8.0, 1, (0.01,), False) is State.GOOD
    assert lately.loss == 0
