"""Reading and comparing texts."""

import pytest

from dateline_training import rows as r


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Miners,\tagain!", "the miners again"),
        ("STRASSE straße", "strasse strasse"),
        ("«Привет», сказал он.", "привет сказал он"),
        ("15.5 %", "15 5"),
        ("—…!", ""),
    ],
)
def test_plain_keeps_letters_and_digits(text, expected):
    assert r.plain(text) == expected


def test_runs_are_all_sequences_of_five_words():
    assert r.runs("One, two three four five six!") == {"one two three four five", "two three four five six"}
    # A shorter text is one run.
    assert r.runs("One two") == {"one two"}


def test_a_character_is_a_word_where_words_are_not_spaced():
    assert r.runs("工人们在巴西") == {"工 人 们 在 巴", "人 们 在 巴 西"}
    # Korean puts spaces.
    assert r.runs("브라질 광부들이") == {"브라질 광부들이"}


def test_the_lexicon_is_every_name_beside_its_country(tmp_path):
    path = tmp_path / "lexicon_xx.tsv"
    path.write_text('# remark\n-\tnowhere\nBR\tBrazil| Brasil \tBrazilian\t\t|\n\nabc\tno\nFR\t"France\n', encoding="utf-8")
    assert r.lexicon(path) == [("BR", "Brazil"), ("BR", "Brasil"), ("BR", "Brazilian"), ("FR", '"France')]


def test_the_lot_falls_the_same_way_and_about_once_in_n():
    texts = [f"text {i}" for i in range(2000)]
    drawn = [r.lot(text, 10) for text in texts]
    assert drawn == [r.lot(text, 10) for text in texts]
    assert 150 < sum(drawn) < 250


def test_rows_survive_the_file(tmp_path):
    rows = [r.Row("1", "ar", "عنوان", ["جملة", "b"], "AID", "", ["AGREE"], ["IQ"], [1], True, "", True)]
    r.write_rows(tmp_path / "rows.jsonl", rows)
    assert r.read_rows(tmp_path / "rows.jsonl") == rows


def test_labelled_reads_joined_columns(tmp_path):
    (tmp_path / "t.tsv").write_text("id\ttype\tmode\talso\tcountries\ttext\nA\tAID\t\tAGREE+CONSULT\tIQ+TR\tSome text.\n", encoding="utf-8")
    (row,) = r.labelled(tmp_path / "t.tsv")
    assert (row.also, row.countries, row.sentences, row.english) == (["AGREE", "CONSULT"], ["IQ", "TR"], ["Some text."], "Some text.")
