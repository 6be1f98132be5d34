"""Promises of Subject: what holds an incident open survives as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.subject import Subject

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
LABELS = st.dictionaries(NAMES, st.text(max_size=20), max_size=4).map(lambda found: tuple(sorted(found.items())))


@given(st.from_regex(r"IR-\d\d\.\d", fullmatch=True), LABELS)
def test_the_text_of_a_subject_gives_the_same_subject_whatever_its_labels_hold(trigger, labels):
    subject = Subject(trigger, labels)
    assert Subject.parse(str(subject)) == subject


def test_people_are_shown_the_label_values_only():
    assert Subject.parse('IR-12.1{fstype="",mountpoint="/var"}').shown == "/var"
    assert Subject.parse("IR-04.1").shown == ""


@pytest.mark.parametrize("text", ['IR-1{a="b"', "IR-1{a=b}", '{a="b"}', 'IR-1{a="b"}x'])
def test_what_is_no_subject_is_refused(text):
    with pytest.raises(ValueError, match="not a subject"):
        Subject.parse(text)
