"""A toy world: invented sentences in four languages, a tiny teacher, and the first stages run over them."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pathlib
import shutil
from collections.abc import Iterator
from typing import ClassVar

import pytest
import torch
import zstandard
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel

from dateline_training import align, distil, finetune, model, prepare, progress, vocabulary
from dateline_training import config as settings
from dateline_training import rows as r

SETTINGS = """
seed = 3
name = "toy"
version = "0.0.1"
own = "own"
threads = 1
device = "cpu"
[prepare]
dev_articles = 6
dev_sentences = 6
[vocabulary]
size = 400
arabic = 200
[align]
pairs = 500
[distil]
minutes = 1000
steps = 80
tokens = 512
rate = 3e-3
[finetune]
minutes = 1000
steps = 450
tokens = 384
rate = 3e-3
anchor = 0.0
window = 128
"""

# Who, in which country; the toy languages have the same order of words.
ACTORS = {"miners": "BR", "students": "FR", "soldiers": "UA", "bakers": "IT", "rebels": "ML", "ministers": "JP"}
DEEDS = {
    "marched against": ("PROTEST", "demo"),
    "bombed quietly": ("ASSAULT", "aerial"),
    "signed with": ("AGREE", ""),
    "painted yellow": ("OTHER", ""),
}
THINGS = ("old harbour", "new railway", "northern bridge", "river market", "stone museum")
PLACES = {"BR": "Brazil", "FR": "France", "UA": "Ukraine", "IT": "Italy", "ML": "Mali", "JP": "Japan"}

# Letters of the toy languages: each English word becomes the word of these letters, written backwards.
ALPHABETS = {
    "ky": "абвгдежзиклмнопрстуфхцчшыэ",
    "ar": "ابتثجحخدذرزسشصضطظعغفقلمنهو",
    "zz": "ŋbʒdəfghijklmnopɣrstuvwxyz",
}


def word(text: str, lang: str) -> str:
    """The word of a toy language for an English one."""
    if lang == "en":
        return text
    letters = ALPHABETS[lang]
    return "".join(letters[ord(c) - ord("a")] if "a" <= c <= "z" else c for c in reversed(text.lower()))


def translate(text: str, lang: str) -> str:
    return " ".join(word(w.rstrip("."), lang) + "." * w.endswith(".") for w in text.split())


def sentence(actor: str, deed: str, thing: str, when: str = "today") -> str:
    return f"The {actor} of {PLACES[ACTORS[actor]]} {deed} the {thing} {when}."


def labelled(ids: str, combinations, when: str) -> list[r.Row]:
    found = []
    for i, (actor, deed, thing) in enumerate(combinations):
        kind, mode = DEEDS[deed]
        text = sentence(actor, deed, thing, when)
        found.append(r.Row(f"{ids}{i}", "en", "", [text], kind, mode, [], [ACTORS[actor]], english=text))
    return found


# Every combination is in one set only, and the sets differ in a phrase besides.
ALL = sorted(itertools.product(ACTORS, DEEDS, THINGS))
WIKI = labelled("W", ALL[0::3], "early on monday morning")
WMT = labelled("M", ALL[1::3], "late in the evening")
TESTS = labelled("T", ALL[2::9], "while nobody in the square was looking")
HELD = labelled("H", ALL[5::9], "before the first snow of winter fell")


def table(rows: list[r.Row]) -> str:
    lines = ["id\ttype\tmode\talso\tcountries\ttext"]
    lines += ["\t".join([row.id, row.type, row.mode, "+".join(row.also), "+".join(row.countries), row.english]) for row in rows]
    return "\n".join(lines) + "\n"


def articles(lang: str, count: int) -> list[dict]:
    """Articles whose first or second sentence tells the deed and whose others are the same background everywhere."""
    found = []
    free = [made for i, made in enumerate(ALL) if i % 3 < 2]
    background = ["Grass grows on the roofs.", "The tide comes twice a day.", "Shops close at noon."]
    for i in range(count):
        actor, deed, thing = free[(7 * i + ord(lang[0])) % len(free)]
        kind, mode = DEEDS[deed]
        at = i % 2
        lines = [*background[:at], sentence(actor, deed, thing, "as neighbours watched"), *background[at:]]
        found.append({
            "id": f"{lang}-{i}", "lang": lang, "title": translate(f"{actor} {deed} {thing}", lang) if i % 6 else "",
            "sentences": [translate(line, lang) for line in lines], "salient": [at], "type": kind, "mode": mode, "also": [],
            "countries": [ACTORS[actor]],
        })  # fmt: skip
    return found


def pairs(path: pathlib.Path, lines: list[tuple[str, str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zstandard.ZstdCompressor().compress("\n".join("\t".join(line) for line in lines).encode()))


def jsonl(path: pathlib.Path, records: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def near_copy(text: str) -> str:
    """A text with its last word changed and a word put in front."""
    return "Yesterday " + text.rsplit(" ", 1)[0] + " elsewhere."


def write_data(folder: pathlib.Path) -> None:
    """All that `prepare` reads, with test sentences hidden in every place where they must not stay."""
    labels = folder / "labels"
    (labels / "events_test").mkdir(parents=True)
    copied = r.Row("C0", "en", "", [TESTS[0].english.upper()], "OTHER", english=TESTS[0].english.upper())
    near = r.Row("C1", "en", "", [near_copy(HELD[0].english)], "OTHER", english=near_copy(HELD[0].english))
    (labels / "wiki_train.tsv").write_text(table([*WIKI, copied]), encoding="utf-8")
    (labels / "wmt_train.tsv").write_text(table([*WMT, near]), encoding="utf-8")
    (labels / "flores.tsv").write_text(table([]), encoding="utf-8")
    (labels / "wmt_test.tsv").write_text(table(TESTS), encoding="utf-8")
    (labels / "wiki_held.tsv").write_text(table(HELD), encoding="utf-8")
    (labels / "events_test/ky.tsv").write_text("".join(f"{row.id}\t{translate(row.english, 'ky')}\n" for row in HELD), encoding="utf-8")
    for lang in ("ky", "ar", "zz"):
        lines = [("opusmt-wmtnews", row.english, translate(row.english, lang)) for row in [*WIKI[::2], *WMT, *TESTS, copied, near]]
        lines += [
            ("opusmt-tatoeba", f"The {thing} is {word}.", translate(f"The {thing} is {word}.", lang))
            for thing in THINGS
            for word in ("big", "small", "cold")
        ]
        lines += [("mozilla-www", place, translate(place, lang)) for place in PLACES.values()]
        # The translation of a test sentence under other English words, and a near copy of a translated test sentence.
        lines.insert(0, ("wmt22-general", "Nobody saw it.", translate(TESTS[1].english, lang)))
        lines.append(("wmt23-general", "Snow came late.", near_copy(translate(HELD[1].english, lang))))
        pairs(folder / f"parallel/{lang}.tsv.zst", lines)
        (folder / "lexicons").mkdir(exist_ok=True)
        (folder / f"lexicons/lexicon_{lang}.tsv").write_text(
            "# a comment\n" + "".join(f"{code}\t{translate(name, lang)}|{translate(name, lang)}x\t\n" for code, name in PLACES.items()),
            encoding="utf-8",
        )
    for lang in ("en", "ky", "ar"):
        jsonl(folder / f"authored/{lang}_a.jsonl", articles(lang, 24))
    stolen = articles("en", 1)[0] | {"id": "en-stolen"}
    stolen["sentences"] = ["Shops close at noon.", near_copy(TESTS[2].english), "The tide comes twice a day."]
    stolen_ky = articles("ky", 1)[0] | {"id": "ky-stolen"}
    stolen_ky["sentences"] = [translate("Shops close at noon.", "ky"), translate(HELD[2].english, "ky")]
    jsonl(folder / "authored/en_b.jsonl", [stolen, stolen_ky])


def write_teacher(folder: pathlib.Path, texts: list[str]) -> None:
    """A BERT of two layers of 32 with random weights, in the layout of the real one."""
    torch.manual_seed(1)
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    shape = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=512, pad_token_id=0, initializer_range=0.2,
    )  # fmt: skip
    BertModel(shape).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.fixture(scope="session", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One thread, products in f32, and the tiny teacher instead of the real one."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("teacher")
    write_teacher(folder, [row.english for row in [*WIKI, *WMT]] * 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        for module in (align, distil):
            patch.setattr(module, "teacher_folder", lambda: folder)
        for module in (model, distil):
            patch.setattr(module, "autocast", lambda device: False)
        yield


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> settings.Config:
    """The toy world after `prepare`, `tokenizer` and `align`."""
    root = tmp_path_factory.mktemp("toy")
    (root / "toy.toml").write_text(SETTINGS)
    (root / "own").mkdir()
    write_data(root / "data")
    own = [article | {"id": f"own-{i}", "title": f"Gulls, part {i}"} for i, article in enumerate(articles("en", 3))]
    jsonl(root / "own/en_own.jsonl", own)
    config = settings.load(root / "toy.toml", root / "data", root / "work")
    prepare.run(config)
    vocabulary.run(config)
    align.run(config)
    return config


class Watched(progress.Clock):
    """A clock that keeps the losses and the weights it began with; after step `stop_at` the run ends as by a signal."""

    made: ClassVar[list[Watched]] = []
    stop_at: int | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.losses, self.first = [], self.step
        self.start = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
        self.made.append(self)

    def tick(self, value: float, tokens: int) -> None:
        super().tick(value, tokens)
        self.losses.append(value)
        if self.step == self.stop_at:
            self.save()
            raise KeyboardInterrupt


def own_folder(toy: settings.Config, folder: pathlib.Path) -> settings.Config:
    shutil.copytree(toy.work, folder)
    return dataclasses.replace(toy, work=folder, distil=dataclasses.replace(toy.distil), finetune=dataclasses.replace(toy.finetune))


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    """Puts the clock that watches into the training stages."""
    for module in (distil, finetune):
        monkeypatch.setattr(module, "Clock", Watched)
    monkeypatch.setattr(Watched, "made", [])
    return Watched


@pytest.fixture(scope="session")
def trained(toy: settings.Config, tmp_path_factory: pytest.TempPathFactory) -> tuple[settings.Config, list[Watched]]:
    """The toy world after `distil` and `finetune`, and the clocks of both."""
    config = own_folder(toy, tmp_path_factory.mktemp("trained") / "work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watched, "made", [])
        for module in (distil, finetune):
            patch.setattr(module, "Clock", Watched)
            module.run(config)
        return config, Watched.made


@pytest.fixture
def copy(toy: settings.Config, tmp_path: pathlib.Path) -> settings.Config:
    """The same in a work folder of its own, for a stage that writes."""
    return own_folder(toy, tmp_path / "work")


@pytest.fixture(scope="session")
def tokenizer(toy: settings.Config) -> Tokenizer:
    return Tokenizer.from_file(str(toy.work / "tokenizer.json"))


@pytest.fixture(scope="session")
def student(toy: settings.Config) -> model.Student:
    torch.manual_seed(2)
    return model.Student(toy.work / "config.json", len(finetune.country_codes(toy))).read(toy.work / "aligned.safetensors").eval()
