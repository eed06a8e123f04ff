"""Nothing of a test set gets into training; the split is by sentence."""

import dataclasses

import pytest
from conftest import HELD, TESTS, WIKI, WMT, near_copy, table, translate
from conftest import pairs as write_pairs

from dateline_training import prepare
from dateline_training import rows as r

LANGUAGES = ("en", "ky", "ar", "zz")
MADE = ("articles.jsonl", "sentences.jsonl", "pairs.tsv")


@pytest.fixture(scope="module")
def pairs(toy):
    return [line.split("\t") for line in (toy.work / "prepared/pairs.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def articles(toy):
    return r.read_rows(toy.work / "prepared/articles.jsonl")


@pytest.fixture(scope="module")
def sentences(toy):
    return r.read_rows(toy.work / "prepared/sentences.jsonl")


def test_no_test_sentence_nor_its_translation_is_left(toy):
    made = [r.plain((toy.work / "prepared" / name).read_text(encoding="utf-8")) for name in MADE]
    for row in [*TESTS, *HELD]:
        for lang in LANGUAGES:
            text = r.plain(translate(row.english, lang))
            assert not any(text in content for content in made), (lang, text)


def test_no_near_copy_is_left(toy):
    made = [r.plain((toy.work / "prepared" / name).read_text(encoding="utf-8")) for name in MADE]
    # Put into the labels, the articles and the pairs.
    for text in (near_copy(HELD[0].english), near_copy(TESTS[2].english), near_copy(translate(HELD[1].english, "ky"))):
        assert not any(r.plain(text) in content for content in made), text


def test_what_is_no_copy_stays(articles, sentences, pairs):
    assert {row.id for row in articles} >= {f"{lang}-{i}" for lang in ("en", "ky", "ar") for i in range(24)}
    assert {row.english for row in sentences} == {row.english for row in [*WIKI, *WMT]}
    assert {lang for lang, *_ in pairs} == {"ky", "ar", "zz"}


def test_own_articles_are_read(articles):
    assert {row.id for row in articles if row.id.startswith("own-")} == {"own-0", "own-1", "own-2"}


def test_all_translations_fall_on_the_same_side(sentences, pairs):
    sides = {}
    for row in sentences:
        assert sides.setdefault(row.english, row.dev) == row.dev
    assert {True, False} == set(sides.values())
    kept = {r.plain(text) for text, dev in sides.items() if dev}
    assert not [left for _, _, left, _ in pairs if r.plain(left) in kept]


def test_sentences_that_differ_in_signs_fall_on_the_same_side(toy, copy):
    """Nor does such a variant come back through the pairs."""
    dev = next(row for row in r.read_rows(toy.work / "prepared/sentences.jsonl") if row.dev and row.lang == "en")
    variant = dev.english.replace("The", "“The”").replace(".", " !")
    data = copy.work / "data"
    (data / "labels/events_test").mkdir(parents=True)
    (data / "parallel").mkdir()
    (data / "authored").mkdir()
    for name in (*prepare.LABELS, *prepare.TESTS):
        (data / f"labels/{name}.tsv").write_text(table([]))
    (data / "labels/flores.tsv").write_text(table([dev]))
    write_pairs(data / "parallel/ky.tsv.zst", [("flores200", variant, "башка"), ("flores200", "Something else.", "дагы")])
    config = dataclasses.replace(copy, data=data, work=copy.work / "out")
    prepare.run(config)
    text = (config.work / "prepared/pairs.tsv").read_text(encoding="utf-8")
    assert "дагы" in text and "башка" not in text


def test_the_split_is_the_same_in_every_run(toy, copy):
    prepare.run(copy)
    for name in MADE:
        assert (copy.work / "prepared" / name).read_bytes() == (toy.work / "prepared" / name).read_bytes()


def test_pairs_carry_the_worth_of_their_source(pairs):
    worth = {right: int(value) for lang, value, _, right in pairs if lang == "ky"}
    assert worth[translate("Brazil", "ky")] == 3
    assert worth[translate("The old harbour is big.", "ky")] == 2
    assert 0 in worth.values()


@pytest.fixture(scope="module")
def tests(toy):
    return prepare.Tests(toy.data, 0.4)


def test_hold_knows_copies(tests):
    text = TESTS[0].english
    cases = [
        (text, True),
        (text.upper().replace(" ", "  ") + "!!", True),
        ("It was said that " + text, True),
        (near_copy(text), True),
        # The place alone is not the sentence.
        ("The miners of Brazil marched home.", False),
        (WIKI[0].english, False),
        ("", False),
    ]
    assert [tests.hold(text) for text, _ in cases] == [expected for _, expected in cases]
