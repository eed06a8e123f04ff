"""Inputs, batches, heads, and what they learn."""

import dataclasses
import random
from collections import Counter

import pytest
import torch
from conftest import own_folder, translate

from dateline_training import finetune
from dateline_training import rows as r
from dateline_training.model import EVENTS, MODE_NAMES, OTHER, Student
from dateline_training.vocabulary import CLOSE, OPEN, PAD

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def shape(toy, tokenizer):
    return finetune.Shaper(tokenizer, finetune.country_codes(toy), 160)


@pytest.fixture(scope="module")
def articles(toy):
    return r.read_rows(toy.work / "prepared/articles.jsonl")


def article(sentences: list[str], title: str = "The old harbour", **others) -> r.Row:
    return r.Row("a", "en", title, sentences, "PROTEST", "demo", ["AGREE"], ["BR", "FR"], [1], True, **others)


def test_an_input_has_the_shape_that_the_engine_builds(shape, tokenizer):
    example = shape(article(["Grass grows.", "Miners of Brazil."]))
    title, one, two = (tokenizer.encode(t, add_special_tokens=False).ids for t in ("The old harbour", "Grass grows.", "Miners of Brazil."))
    opened, closed = tokenizer.token_to_id(OPEN), tokenizer.token_to_id(CLOSE)
    assert example.ids == [opened, *title, closed, *one, *two, closed]
    assert [(example.ids[a:b], salient) for a, b, salient in example.spans] == [(one, False), (two, True)]
    assert (EVENTS[example.event], MODE_NAMES[example.mode], [EVENTS[i] for i in example.also]) == ("PROTEST", "demo", ["AGREE"])
    assert [shape_code(shape, i) for i in example.countries] == ["BR", "FR"]
    assert shape(article(["Grass grows."], title="")).ids == [opened, *one, closed]


def shape_code(shape: finetune.Shaper, index: int) -> str:
    return {i: code for code, i in shape.countries.items()}[index]


def test_an_input_never_exceeds_its_window(shape):
    for count in (1, 5, 40):
        for title in ("", "The stone museum", "The stone museum " * 40):
            example = shape(article(["The northern bridge of Italy."] * count, title=title))
            assert len(example.ids) <= shape.window
            assert all(0 < a < b < len(example.ids) for a, b, _ in example.spans)


def test_a_sentence_without_tokens_hides_none_behind_it(shape):
    example = shape(article(["\u0640", "Miners of Brazil.", "Grass grows."]))
    assert len(example.spans) == 2 and example.spans[0][2]


def test_the_lead_alone_marks_no_summary(shape):
    example = shape(article(["Grass grows.", "Miners of Brazil."]), title=False, sentences=1)
    assert example.spans == [] and example.event == EVENTS.index("PROTEST")


def test_a_row_alone_equals_the_row_in_a_batch(shape, student, articles, tokenizer):
    """In f32: `offline` turns bf16 off."""
    examples = [shape(row) for row in articles[:9]] + [shape(article(["Shops."], title=""))]
    assert len({len(example.ids) for example in examples}) > 3
    pad = tokenizer.token_to_id(PAD)
    with torch.no_grad():
        student.heads["pool"].weight.normal_()
        together = finetune.forward(student, examples, pad, CPU)
        at = 0
        for b, example in enumerate(examples):
            alone = finetune.forward(student, [example], pad, CPU)
            n = len(example.spans)
            for name, value in alone.items():
                expected = together[name][at : at + n] if name == "salience" else together[name][b : b + 1]
                torch.testing.assert_close(value, expected, atol=1e-5, rtol=1e-5, msg=f"{name} of {b}")
            at += n
        assert at == len(together["salience"])


def test_salience_reads_the_mean_of_its_sentence(shape, student, articles, tokenizer):
    example = shape(next(row for row in articles if row.title))
    with torch.no_grad():
        ids = torch.tensor([example.ids])
        states = student.states(ids, torch.ones_like(ids, dtype=torch.bool))[0]
        expected = [student.heads["salience"](states[a:b].mean(0)).item() for a, b, _ in example.spans]
        found = finetune.forward(student, [example], tokenizer.token_to_id(PAD), CPU)["salience"]
    assert found.tolist() == pytest.approx(expected, abs=1e-5)


class Recorder:
    """A source of examples of stated lengths that remembers what it gave."""

    def __init__(self, lengths: list[int]):
        self.generator, self.lengths, self.given = random.Random(4), lengths, []

    def make(self, kind: int) -> finetune.Example:
        length = max(1, round(self.lengths[kind] * self.generator.uniform(0.5, 1.5)))
        example = finetune.Example([kind] * length, [], 0, [], -1, [])
        self.given.append(example)
        return example

    def article(self):
        return self.make(0)

    def joined(self):
        return self.make(1)

    def sentence(self):
        return self.make(2)

    def place(self):
        return self.make(3)


def rounds(config, lengths, count):
    """`(given, batches)` of each round: a round ends when all that was drawn is out."""
    source = Recorder(lengths)
    stream = finetune.batches(source, config)
    for _ in range(count):
        source.given = []
        made = [next(stream)]
        while sum(map(len, made)) < len(source.given):
            made.append(next(stream))
        yield source.given, made


def test_a_round_gives_every_drawn_example_once(toy):
    for given, made in rounds(toy, [60, 30, 15, 3], 3):
        out = [id(example) for batch in made for example in batch]
        assert sorted(out) == sorted(map(id, given))


def test_a_batch_exceeds_its_tokens_only_by_a_single_row(toy):
    # Some rows are longer than a whole batch may be.
    config = dataclasses.replace(toy, finetune=dataclasses.replace(toy.finetune, tokens=80))
    single = 0
    for _, made in rounds(config, [70, 30, 15, 3], 3):
        for batch in made:
            padded = len(batch) * max(len(example.ids) for example in batch)
            assert padded <= 80 or len(batch) == 1
            single += padded > 80
    assert single


def test_tokens_come_near_the_asked_shares(toy):
    """From the second round on, when the lengths are known."""
    tokens: Counter[int] = Counter()
    for n, (given, _) in enumerate(rounds(toy, [180, 70, 35, 4], 12)):
        if n:
            for example in given:
                tokens[example.ids[0]] += len(example.ids)
    total = sum(tokens.values())
    for kind, share in enumerate(toy.finetune.mix):
        assert tokens[kind] / total == pytest.approx(share, rel=0.15), kind


def test_the_source_draws_nothing_of_the_development_rows(toy, shape):
    source = finetune.Source(toy, shape, random.Random(1))
    assert not any(row.dev for row in [*source.articles, *source.english, *source.foreign])
    other = sum(
        source.foreign[source.foreign_weights.index(w)].type == "OTHER"
        for w in source.generator.choices(source.foreign_weights, cum_weights=source.foreign_weights, k=4000)
    )
    assert other / 4000 == pytest.approx(0.3, abs=0.05)
    place = source.place()
    assert place.place and place.event == OTHER and len(place.countries) == 1


def test_the_loss_of_a_right_answer_is_less(shape, articles):
    batch = [shape(row) for row in articles[:4]] + [shape(r.Row("", "", "", ["Mali"], "OTHER", countries=["ML"]))]
    batch[-1].place = True
    spans = [salient for example in batch for *_, salient in example.spans]

    def logits(right: float) -> dict[str, torch.Tensor]:
        out = {
            "event": torch.zeros(5, len(EVENTS)),
            "mode": torch.zeros(5, len(MODE_NAMES)),
            "country": torch.full((5, len(shape.countries)), -right),
        }
        for b, example in enumerate(batch):
            out["event"][b, example.event] = right
            out["mode"][b, example.mode] = right if example.mode >= 0 else 0.0
            out["country"][b, example.countries] = right
        return out | {"salience": torch.tensor([right if salient else -right for salient in spans])}

    values = [finetune.loss(logits(right), batch, 0.0).item() for right in (-2.0, 0.0, 2.0, 8.0)]
    assert values == sorted(values, reverse=True) and values[-1] < 0.1
    # The event of a bare name of a place counts for nothing.
    other = logits(8.0)
    other["event"][-1] = torch.randn(len(EVENTS))
    assert finetune.loss(other, batch, 0.0).item() == pytest.approx(values[-1])


def test_further_types_share_the_target(shape):
    batch = [shape(article(["Grass grows."], title=""))]
    out = {"mode": torch.zeros(1, len(MODE_NAMES)), "country": torch.zeros(1, len(shape.countries)), "salience": torch.zeros(1)}
    event = torch.zeros(1, len(EVENTS), requires_grad=True)
    finetune.loss(out | {"event": event}, batch, 0.0).backward()
    # The gradient is the softmax less the target.
    target = 1 / len(EVENTS) - event.grad[0]
    assert target[EVENTS.index("PROTEST")].item() == pytest.approx(0.85)
    assert target[EVENTS.index("AGREE")].item() == pytest.approx(0.15)


def test_measure_by_hand(shape, student, articles, tokenizer, monkeypatch):
    """Every second event is right, every country, and one of two salient sentences."""
    rows = [
        dataclasses.replace(
            row, title="", sentences=["Shops.", "Tide.", "Roofs."], type="PROTEST", countries=["BR"], mode="", salient=[0, 2]
        )
        for row in articles[:4]
    ]
    examples = [shape(row) for row in rows]

    def forward(student, batch, pad, device):
        event = torch.zeros(len(batch), len(EVENTS))
        event[torch.arange(len(batch)), [(0 if b % 2 else EVENTS.index("PROTEST")) for b in range(len(batch))]] = 1.0
        country = torch.zeros(len(batch), len(shape.countries))
        country[:, shape.countries["BR"]] = 1.0
        salience = torch.cat([torch.tensor([3.0, 2.0, 1.0]) for _ in batch])
        return {"event": event, "country": country, "mode": torch.zeros(len(batch), len(MODE_NAMES)), "salience": salience}

    monkeypatch.setattr(finetune, "forward", forward)
    found = finetune.measure(student, examples, tokenizer.token_to_id(PAD), CPU)
    assert found == {"event": 0.5, "not_other": 0.5, "country": 1.0, "overlap": 0.5}


def test_the_loss_falls_and_the_heads_learn_the_rule(trained, tokenizer):
    """The deed tells the type and the place the country, in languages without a labelled English twin in the batch too."""
    config, clocks = trained
    losses = clocks[1].losses
    assert len(losses) == config.finetune.steps
    assert sum(losses[-10:]) < 0.5 * sum(losses[:10])
    codes = finetune.country_codes(config)
    torch.manual_seed(5)
    fresh = Student(config.work / "config.json", len(codes)).read(config.work / "distilled.safetensors")
    learned = Student(config.work / "config.json", len(codes)).read(config.work / "finetuned.safetensors")
    shape = finetune.Shaper(tokenizer, codes, config.finetune.window)
    dev = [shape(row) for row in r.read_rows(config.work / "prepared/sentences.jsonl") if row.dev]
    before, after = (finetune.measure(one, dev, tokenizer.token_to_id(PAD), CPU) for one in (fresh, learned))
    # One type in four and one country in six is right by chance; no two toy vocabularies are quite the same.
    assert before["event"] < 0.5 and before["country"] < 0.5
    assert after["event"] > 0.8 and after["country"] > 0.6


def test_a_stopped_run_goes_on_where_it_stopped(trained, tmp_path, watched, monkeypatch):
    config = own_folder(trained[0], tmp_path / "work")
    (config.work / "finetune.pt").unlink(missing_ok=True)
    config.finetune.steps, config.finetune.anchor = 8, 0.3
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(watched, "stop_at", 4)
        finetune.run(config)
    finetune.run(config)
    stopped, resumed = watched.made
    assert (stopped.step, resumed.first, resumed.step) == (4, 4, 8)
    for name, tensor in stopped.model.state_dict().items():
        assert torch.equal(tensor, resumed.start[name]), name


def test_names_of_all_lexicons_are_drawn(toy, shape):
    source = finetune.Source(toy, shape, random.Random(1))
    assert ("BR", translate("Brazil", "zz")) in source.names and ("JP", translate("Japan", "ar")) in source.names
