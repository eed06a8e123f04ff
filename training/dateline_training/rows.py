"""What the stages read: labelled articles and sentences, pairs of sentences, and the test sets."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import pathlib
import re
from dataclasses import asdict, dataclass, field

import zstandard


@dataclass
class Row:
    """A labelled article, or a labelled sentence as an article of one sentence."""

    id: str
    lang: str
    title: str
    sentences: list[str]
    type: str
    mode: str = ""
    also: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    salient: list[int] = field(default_factory=list)
    # Whole articles have salient sentences marked.
    whole: bool = False
    # The English sentence that this one translates or is; "" if it has none.
    english: str = ""
    dev: bool = False


def read_rows(path: pathlib.Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in path.open(encoding="utf-8")]


def write_rows(path: pathlib.Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def articles(folder: pathlib.Path) -> list[Row]:
    """Whole articles from `*.jsonl`."""
    keys = ("id", "lang", "title", "sentences", "type", "mode", "also", "countries", "salient")
    return [
        Row(**{key: record[key] for key in keys}, whole=True)
        for path in sorted(folder.glob("*.jsonl"))
        for record in map(json.loads, path.open(encoding="utf-8"))
    ]


def labelled(path: pathlib.Path) -> list[Row]:
    """Labelled English sentences from a table with the columns id, type, mode, also, countries, text."""

    def split(joined: str) -> list[str]:
        return joined.split("+") if joined else []

    rows = []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        id, kind, mode, also, countries, text = line.split("\t")
        rows.append(Row(id, "en", "", [text], kind, mode, split(also), split(countries), english=text))
    return rows


def pairs(path: pathlib.Path) -> list[tuple[str, str, str]]:
    """`(source, english, other)` of a `parallel/<lang>.tsv.zst`."""
    found = (line.split("\t") for line in unpacked(path).split("\n"))
    return [(p[0], p[1], p[2]) for p in found if len(p) >= 3 and p[1].strip() and p[2].strip()]


def unpacked(path: pathlib.Path) -> str:
    """The text of a `.zst` file."""
    with path.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read().decode()


def languages(data: pathlib.Path) -> list[str]:
    return sorted(path.name.removesuffix(".tsv.zst") for path in (data / "parallel").glob("*.tsv.zst"))


def lexicon(path: pathlib.Path) -> list[tuple[str, str]]:
    """`(country, name)` of every name in a `lexicon_<lang>.tsv`."""
    found = []
    for cells in csv.reader(io.StringIO(path.read_text(encoding="utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE):
        code = cells[0].strip() if cells else ""
        if re.fullmatch("[A-Z]{2}", code):
            found += [(code, name.strip()) for cell in cells[1:] for name in cell.split("|") if name.strip()]
    return found


def lot(text: str, n: int) -> bool:
    """True for one text in `n`, the same ones in every run."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n == 0


def plain(text: str) -> str:
    """The letters and digits of a text, for comparing."""
    return " ".join(re.findall(r"\w+", text.casefold()))


# Scripts without spaces between words (Thai, Lao, Burmese, Khmer, kana, Chinese): a character counts as a word.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def runs(text: str, length: int = 5) -> set[str]:
    """All runs of `length` words."""
    words = UNSPACED.sub(r" \g<0> ", plain(text)).split()
    return {" ".join(words[i : i + length]) for i in range(max(len(words) - length + 1, 1))}
