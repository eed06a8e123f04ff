//! Text to sentences: where each one begins and ends, in bytes and code points of the original string.
//!
//! The Unicode rules (UAX 29) propose the breaks. They know every script's full stop but no words, so breaks after
//! titles, initials and ordinals are taken back, and breaks that news text needs are added: the `.,` that scrapers
//! leave between paragraphs, a missing space after a full stop, a digit that opens a sentence, Thai's spaces.

use std::{collections::HashSet, ops::Range, sync::OnceLock};

use icu_segmenter::{SentenceSegmenter, options::SentenceBreakInvariantOptions};

/// A sentence found. Never empty; holds at least one letter or digit unless the whole text has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Without surrounding space, on character borders.
    pub bytes: Range<usize>,
    /// The same place in code points.
    pub chars: Range<usize>,
    /// Number of the line that holds it; pieces of one line are neighbours.
    pub line: usize,
}

/// Cuts `text`, which is written in `language` (BCP-47). Time grows with the length of the text only.
///
/// Pieces ascend, do not overlap, and hold every letter and digit of the text.
pub(super) fn segment(text: &str, language: &str) -> Vec<Piece> {
    let language = Habits::of(language);
    let mut places = Vec::new();
    let mut start = 0;
    let mut number = 0;
    // Line breaks end a sentence always: paragraphs, headings and list items of scraped pages lack full stops.
    for line in text.split(is_line_break) {
        let before = places.len();
        cut_line(line, start, language, &mut places);
        places[before..]
            .iter_mut()
            .for_each(|p: &mut Place| p.line = number);
        number += usize::from(places.len() > before);
        start += line.len();
        start += text[start..].chars().next().map_or(0, char::len_utf8);
    }
    if places.is_empty() {
        // Only signs and pictures; still something that a reader sees.
        let bytes = trim(text, 0..text.len());
        if !bytes.is_empty() {
            places.push(Place { bytes, line: 0 });
        }
    }
    count_chars(text, places)
}

/// The place of the whole of `text` without surrounding space: bytes and code points.
pub(super) fn whole(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let bytes = trim(text, 0..text.len());
    let start = text[..bytes.start].chars().count();
    let chars = start..start + text[bytes.clone()].chars().count();
    (!bytes.is_empty()).then_some((bytes, chars))
}

/// True for a mark that ends a sentence in some script.
pub(super) fn is_full_stop(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '‼'
            | '‽'
            | '⁇'
            | '⁈'
            | '⁉'
            | '؟'
            | '۔'
            | '؞'
            | '।'
            | '॥'
            | '。'
            | '！'
            | '？'
            | '．'
            | '｡'
            | '።'
            | '፧'
            | '፨'
            | '။'
            | '។'
            | '៕'
            | '։'
            | '՞'
            | '՜'
            | '།'
            | '༎'
            | '\u{37e}'
            | '׃'
            | '᠃'
            | '꓿'
    )
}

/// True for quotes and brackets that stay with the sentence they close. Straight and opening quotes are among them:
/// German closes with “, and scraped text uses one sign for both.
pub(super) fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '’'
            | '‘'
            | '”'
            | '“'
            | '»'
            | '«'
            | '›'
            | '‹'
            | ')'
            | ']'
            | '}'
            | '」'
            | '』'
            | '】'
            | '》'
            | '〉'
            | '）'
            | '］'
            | '〕'
            | '＂'
            | '*'
    )
}

/// Letters and digits: `char::is_alphanumeric`, whose table search outside ASCII would be most of the time spent on an
/// Arabic article, with the commonest ranges asked first.
pub(super) fn is_word_char(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{400}'..='\u{481}'
        | '\u{620}'..='\u{657}'
        | '\u{905}'..='\u{939}'
        | '\u{e01}'..='\u{e30}'
        | '\u{3041}'..='\u{3096}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => true,
        '\u{60c}' | '\u{2000}'..='\u{206f}' => false,
        _ => c.is_alphanumeric(),
    }
}

struct Place {
    bytes: Range<usize>,
    line: usize,
}

/// What a language's writing asks of the cutter.
#[derive(Clone, Copy)]
struct Habits {
    /// "5. März", "II. Dünya Savaşı": a full stop makes a number an ordinal.
    dotted_ordinals: bool,
    /// The semicolon asks a question.
    greek: bool,
}

impl Habits {
    fn of(language: &str) -> Self {
        let primary = language
            .split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        Self {
            dotted_ordinals: matches!(
                primary.as_str(),
                "de" | "da"
                    | "nb"
                    | "nn"
                    | "no"
                    | "fi"
                    | "is"
                    | "et"
                    | "lv"
                    | "cs"
                    | "sk"
                    | "sl"
                    | "hr"
                    | "bs"
                    | "sr"
                    | "hu"
                    | "tr"
                    | "az"
                    | "pl"
                    | "eu"
                    | "lb"
            ),
            greek: primary == "el",
        }
    }
}

fn cut_line(line: &str, offset: usize, habits: Habits, places: &mut Vec<Place>) {
    if line.is_empty() {
        return;
    }
    let mut breaks = added_breaks(line, habits);
    let proposals =
        SentenceSegmenter::new(SentenceBreakInvariantOptions::default()).segment_str(line);
    breaks.extend(
        proposals
            .filter(|&at| at > 0 && at < line.len())
            .filter(|&at| !goes_on(line, at, habits))
            .map(|at| past_closers(line, at)),
    );
    breaks.push(line.len());
    breaks.sort_unstable();

    let mut start = 0;
    for end in breaks {
        if end <= start {
            continue;
        }
        let piece = trim_separators(line, trim(line, start..end));
        start = end;
        // Stray commas, stars and rules belong to no sentence.
        if line[piece.clone()].contains(is_word_char) {
            cut_at_spaces(line, piece, |bytes| {
                places.push(Place {
                    bytes: bytes.start + offset..bytes.end + offset,
                    line: 0,
                });
            });
        }
    }
}

/// Breaks that the Unicode rules do not propose.
fn added_breaks(line: &str, habits: Habits) -> Vec<usize> {
    let mut breaks = Vec::new();
    for (at, c) in line.char_indices() {
        let end = at + c.len_utf8();
        match c {
            '.' | '۔' | '。' | '؟' | '।' => breaks.extend(break_after_stop(line, at, end)),
            // Followed by a capital it ends a sentence, else it is a pause.
            '…' => {
                let after = skip_closers(&line[end..]);
                if after.starts_with(char::is_whitespace)
                    && first_letter(after).is_some_and(char::is_uppercase)
                {
                    breaks.push(line.len() - after.len());
                }
            }
            '។' | '៕' | '\u{37e}' | '༎' => breaks.push(end),
            // Typed for U+1362, as keyboards without it do.
            '፡' if line[..at].ends_with('፡') => breaks.push(end),
            // One shad ends a phrase; with a space it is the nearest thing to a full stop.
            '།' if line[end..].starts_with([' ', '།']) => breaks.push(end),
            ';' if habits.greek && line[end..].starts_with(char::is_whitespace) => breaks.push(end),
            _ => {}
        }
    }
    breaks
}

/// The break that the full stop at `at..end` makes where the Unicode rules see none.
fn break_after_stop(line: &str, at: usize, end: usize) -> Option<usize> {
    let after = skip_closers(&line[end..]);
    let closed = line.len() - after.len();
    let spaced = after.trim_start_matches([' ', '\u{a0}']);
    let word = word_before(line, at);
    let dot = line[at..].starts_with('.');
    if let Some(rest) = spaced.strip_prefix([',', '،']) {
        // `.,` stands between the paragraphs of some scraped pages; "Inc., said" and "3.,5" are not that.
        let cased = word
            .text
            .contains(|c: char| c.is_lowercase() || c.is_uppercase());
        let long =
            word.text.chars().nth(if cased { 4 } else { 1 }).is_some() || word.text.is_empty();
        let opens = first_letter(rest).is_none_or(|c| !c.is_lowercase())
            && !rest.starts_with(|c: char| c.is_ascii_digit());
        return (opens && long && !(dot && is_abbreviation(word.text))).then_some(closed);
    }
    if !dot || line[..at].ends_with('.') || line[end..].starts_with('.') {
        return None;
    }
    let next = spaced.trim_start_matches(['"', '“', '«', '„', '(']);
    if after.starts_with(char::is_whitespace) && next.starts_with(|c: char| c.is_numeric()) {
        // "... in 2020. 5 people ..." but "No. 5", "Jan. 5", "5. 10. 2020".
        let is_year = word.text.len() == 4 && word.text.bytes().all(|b| b.is_ascii_digit());
        let is_word =
            word.text.chars().nth(3).is_some() && word.text.chars().all(char::is_alphabetic);
        let abbreviates = is_abbreviation(word.text) || takes_number(word.text);
        return ((is_year || is_word) && !abbreviates).then_some(closed);
    }
    // "... parliament.The ...": the scraper lost a line break.
    let mut next = line[end..].chars();
    let glued = next.next().is_some_and(char::is_uppercase)
        && next.next().is_some_and(char::is_lowercase)
        && next
            .take(24)
            .find(|c| !c.is_alphabetic())
            .is_some_and(|c| c.is_whitespace() || c == ',')
        && word.text.chars().nth(3).is_some()
        && word.text.chars().all(char::is_lowercase);
    glued.then_some(end)
}

/// True if the sentence goes on over the break that the Unicode rules propose at `at`.
fn goes_on(line: &str, at: usize, habits: Habits) -> bool {
    let before = line[..at].trim_end();
    let bare = before.trim_end_matches(is_closer);
    let Some(stop) = bare.chars().next_back() else {
        return false;
    };
    let after = &line[at..];
    if !is_full_stop(stop) {
        return false;
    }
    // "“Why?” he asked", "Yahoo! said".
    if first_letter(after).is_some_and(char::is_lowercase) {
        return true;
    }
    // 「...。」と述べた: the particle after the quote goes on.
    if before.ends_with(['」', '』']) && after.starts_with(is_hiragana_or_comma) {
        return true;
    }
    // "(U.S.) President" goes on; a quote that closes after a full stop ends the sentence.
    let quoted = !before[bare.len()..].chars().all(|c| matches!(c, ')' | ']'));
    if stop != '.' || bare.ends_with("..") || quoted {
        return false;
    }
    word_before(line, bare.len() - 1).goes_on(next_word(after), habits)
}

/// The word in front of a full stop.
struct Word<'a> {
    /// With inner dots ("U.S"); at most 24 code points of it.
    text: &'a str,
    opens_line: bool,
    /// The character in front of the word.
    before: Option<char>,
}

/// Most code points of a word that are looked at, so that time stays linear whatever the text.
const WORD_CHARS: usize = 24;

fn word_before(line: &str, dot: usize) -> Word<'_> {
    let head = &line[..dot];
    let start = head
        .char_indices()
        .rev()
        .take(WORD_CHARS)
        .take_while(|(_, c)| is_word_char(*c) || *c == '.')
        .last()
        .map_or(dot, |(at, _)| at);
    let text = head[start..].trim_start_matches('.');
    let front = head[..start]
        .chars()
        .rev()
        .take(4)
        .find(|c| !c.is_whitespace());
    Word {
        text,
        opens_line: front.is_none(),
        before: front,
    }
}

impl Word<'_> {
    /// True if the sentence goes on after this word's full stop and `next`.
    fn goes_on(&self, next: Next<'_>, habits: Habits) -> bool {
        let mut letters = self.text.chars();
        let (first, second) = (letters.next(), letters.next());
        if self.text.chars().all(|c| c.is_ascii_digit()) && !self.text.is_empty() {
            return self.is_ordinal(next, habits);
        }
        if takes_number(self.text) && next.number {
            return true;
        }
        match (first, second) {
            // "2019 г. Москва ..." ends more often than it goes on; "в г. Бишкек" goes on.
            (Some('г' | 'р'), None) => !self.before.is_some_and(char::is_numeric),
            // "A. Atambayev", "د. أحمد"; "Plan B. The ..." ends.
            (Some(c), None) if c.is_uppercase() || is_semitic(c) => !next.opens_sentence,
            _ if names_a_person_or_place(self.text) => true,
            _ if self.text.contains('.') => {
                !next.opens_sentence && is_dotted(self.text) && !often_ends(self.text)
            }
            _ => habits.dotted_ordinals && is_roman(self.text) && !next.opens_sentence,
        }
    }

    fn is_ordinal(&self, next: Next<'_>, habits: Habits) -> bool {
        let day =
            self.text.len() <= 2 && self.text.parse::<u8>().is_ok_and(|n| (1..=31).contains(&n));
        if self.opens_line {
            // "1. The first point": the number belongs to what follows.
            return self.text.len() <= 3;
        }
        // "3:2." is a score.
        let alone = !matches!(self.before, Some(':' | ',' | '/' | '-' | '–' | '.'));
        day && alone
            && (GERMAN_MONTHS.contains(&next.word)
                || (habits.dotted_ordinals && !next.opens_sentence))
    }
}

/// The word after a full stop.
#[derive(Clone, Copy)]
struct Next<'a> {
    word: &'a str,
    number: bool,
    /// A word that rarely stands after a name's initial and often opens a sentence.
    opens_sentence: bool,
}

fn next_word(after: &str) -> Next<'_> {
    let start = after
        .char_indices()
        .take(6)
        .find(|(_, c)| is_word_char(*c))
        .map_or(after.len(), |(at, _)| at);
    let rest = &after[start..];
    let end = rest
        .char_indices()
        .take(WORD_CHARS)
        .find(|(_, c)| !is_word_char(*c))
        .map(|(at, _)| at);
    let word = end.map_or(if rest.len() <= WORD_CHARS { rest } else { "" }, |end| {
        &rest[..end]
    });
    // "J. A. Smith": the A is an initial.
    let initial = rest[word.len()..].starts_with('.');
    Next {
        word,
        number: rest.starts_with(char::is_numeric),
        opens_sentence: !initial && words().openers.contains(word),
    }
}

fn is_abbreviation(word: &str) -> bool {
    let single = word.chars().nth(1).is_none();
    (single && word.chars().any(|c| c.is_uppercase() || is_semitic(c)))
        || is_dotted(word)
        || names_a_person_or_place(word)
        || words().endings.contains(word)
}

/// "U.S", "e.g", "т.д": short parts between dots.
fn is_dotted(word: &str) -> bool {
    word.contains('.')
        && word
            .split('.')
            .all(|part| part.chars().nth(3).is_none() && part.chars().all(char::is_alphabetic))
}

fn names_a_person_or_place(word: &str) -> bool {
    words().prefixes.contains(word)
}

fn takes_number(word: &str) -> bool {
    words().counters.contains(word)
}

fn often_ends(word: &str) -> bool {
    words().endings.contains(word)
}

fn is_roman(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 6
        && word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L'))
}

/// Arabic and Hebrew letters: scripts without capitals whose single letters abbreviate titles.
fn is_semitic(c: char) -> bool {
    matches!(c, '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}')
}

fn is_hiragana_or_comma(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '、' | '，')
}

/// The first letter of what follows a break, over opening quotes, brackets and dashes; `None` if a digit comes first.
fn first_letter(after: &str) -> Option<char> {
    after
        .chars()
        .take(6)
        .find(|c| is_word_char(*c))
        .filter(|c| c.is_alphabetic())
}

fn skip_closers(after: &str) -> &str {
    after.trim_start_matches(is_closer)
}

/// Moves a break behind quotes and brackets that a space separated from their sentence: `... ended. ” The next`.
fn past_closers(line: &str, mut at: usize) -> usize {
    // 。“ and 。「 open the next sentence: without a space between, the Unicode rules take the quote for a closing one.
    if let Some(before) =
        line[..at].strip_suffix(['「', '『', '【', '《', '〈', '（', '(', '[', '„'])
    {
        return before.len();
    }
    if let Some(before) = line[..at].strip_suffix(['“', '‘'])
        && before.ends_with(['。', '！', '？'])
    {
        return before.len();
    }
    let mut rest = line[at..].chars();
    while let Some(c) = rest.next() {
        let stands_free = rest
            .clone()
            .next()
            .is_none_or(|next| next.is_whitespace() || is_closer(next));
        if !(is_closer(c) && c != '*' && stands_free) {
            break;
        }
        at = line.len() - rest.as_str().len();
    }
    at
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Space, controls and marks without ink, unless they count as letters (Hangul fillers): no letter may get lost.
fn is_blank(c: char) -> bool {
    let inkless = c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    inkless && !c.is_alphanumeric()
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = text[range.clone()].trim_start_matches(is_blank);
    let start = range.end - piece.len();
    start..start + piece.trim_end_matches(is_blank).len()
}

/// Drops the comma that `.,` leaves in front of a sentence.
fn trim_separators(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = text[range.clone()]
        .trim_start_matches(|c| is_blank(c) || matches!(c, ',' | '،' | '、' | ';' | '؛'));
    range.end - piece.len()..range.end
}

/// Least code points of a piece of Thai or Lao, which mark no sentences but put a space between clauses.
const CLAUSE_CHARS: usize = 60;

fn cut_at_spaces(line: &str, piece: Range<usize>, mut push: impl FnMut(Range<usize>)) {
    let text = &line[piece.clone()];
    let is_thai_or_lao = |c: char| matches!(c, '\u{e00}'..='\u{eff}');
    if text.len() < 2 * 3 * CLAUSE_CHARS || !text.chars().take(200).any(is_thai_or_lao) {
        return push(piece);
    }
    let total = text.chars().count();
    if text.chars().filter(|&c| is_thai_or_lao(c)).count() * 2 < total {
        return push(piece);
    }
    let (mut start, mut chars, mut left) = (0, 0, total);
    for (at, c) in text.char_indices() {
        // The rest must be long enough to stand alone.
        if c == ' '
            && chars >= CLAUSE_CHARS
            && left >= CLAUSE_CHARS
            && text[start..at].contains(is_word_char)
        {
            let cut = trim(text, start..at);
            push(piece.start + cut.start..piece.start + cut.end);
            (start, chars) = (at, 0);
        }
        chars += 1;
        left -= 1;
    }
    let rest = trim(text, start..text.len());
    if text[rest.clone()].contains(is_word_char) {
        push(piece.start + rest.start..piece.start + rest.end);
    }
}

/// Code points of all places in one walk over the text.
fn count_chars(text: &str, places: Vec<Place>) -> Vec<Piece> {
    let (mut byte, mut char) = (0, 0);
    let mut advance = |to: usize| {
        char += text[byte..to].chars().count();
        byte = to;
        char
    };
    places
        .into_iter()
        .map(|Place { bytes, line }| {
            let chars = advance(bytes.start)..advance(bytes.end);
            Piece { bytes, chars, line }
        })
        .collect()
}

struct Words {
    prefixes: HashSet<&'static str>,
    counters: HashSet<&'static str>,
    endings: HashSet<&'static str>,
    openers: HashSet<&'static str>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let set = |text: &'static str| text.split_whitespace().collect();
        Words {
            prefixes: set(PREFIXES),
            counters: set(COUNTERS),
            endings: set(ENDINGS),
            openers: set(OPENERS),
        }
    })
}

/// Abbreviations in front of a name: a sentence does not end after them. Written as they are in running text: "Sen."
/// abbreviates senator, "sen." ends a Turkish sentence.
const PREFIXES: &str = "
    Mr Mrs Ms Mx Dr dr Prof prof Rev Fr Hon Sen Rep Gov Gen Lt Col Maj Capt Cpt Cmdr Cdr Adm Sgt Cpl Pvt Pte Supt Det Insp
    Pres Amb Atty Messrs Mmes St Ste Mt Ft vs cf Cf eg ie approx e.g i.e v.Chr n.Chr Brig Cllr Sr.Gen Lt.Col Lt.Gen Maj.Gen
    Hr Fr Frl Dipl Ing bzw bspw z.B Z.B d.h u.a o.ä evtl ggf inkl sog vgl Vgl ca Ca Abs Hrsg Gebr Mag Univ
    M MM Mme Mmes Mlle Me Mgr Pr Vve env
    Sr Sra Srta D Dª Da Dña Lic Ing Gral Cnel Tte Pdte Excmo Excma Ud Uds Av Avda Sto Sta p.ej
    Dra Exmo Exma Eng Engª Profª Gal Cap Cel Pe
    Sig Sigg Sig.ra Dott Dott.ssa Avv On Mons Geom Arch Rag
    Dhr Mevr Drs Mw bijv o.a m.b.t d.w.z
    ul al pl św inż hab mgr red gen płk mjr kpt por ks np tzw m.in im ob
    ул пр просп пер пл пос им т.н т.е т.к проф акад доц ген полк кап лейт адм гр тов г-н г-жа св см ср обл др.наук
    вул просп ім акад
    Av Doç Yrd Öğr Alb Yzb Org Tuğg Tümg Korg Sn Bn vb.gibi örn
    JUDr MUDr PhDr RNDr Bc Mgr tzv např resp
    Dl Dna str.
    डॉ प्रो श्री पं सं
    ผศ รศ ศ ดร พล.อ พล.ต.อ น.ส
    θεσ κ κα κ.κ
    Bpk Ibu Jl Jln Drs Kol Letjen Mayjen Brigjen Jenderal.Purn H Hj
    Đ TP ThS TS GS PGS
";

/// Abbreviations in front of a number.
const COUNTERS: &str = "
    No no Nos nos Nr nr Num num Art art Arts Fig fig Vol vol p pp P S s Sec sec Ch ch Para para Par par Rs Tk Jan Feb Mar
    Apr Jun Jul Aug Sep Sept Oct Nov Dec jan feb mar apr Okt Dez Mai janv févr avr juil sept oct nov déc ene abr ago dic
    núm Núm nº Nº rozdz poz str стр с ст рис гл п пп см № тел tel Tel бл кв д z Bl Ziff Abs Kap Aufl
";

/// Dotted abbreviations that end a sentence as often as not: a capital after them opens the next.
const ENDINGS: &str = "etc Inc Ltd Corp Co Bros Jr Esq Bhd Pty usw u.s.w т.д т.п др и.др т.ч н.э itd itp vb vs.vb etc.e гг тыс млн млрд руб долл S.A S.L";

/// Words that open sentences, with their capital. They end a sentence even after an initial or "U.S.".
const OPENERS: &str = "
    The A An In On At By It He She They We You But And Or For From To This That These Those There His Her Its Their Our
    After Before When While As If So However Meanwhile Since Not What Who Many Some Most All Both Earlier Later According
    Officials Police Last Under With
    Der Die Das Ein Eine Er Sie Es Wir Ich Im Am An Auf Bei Nach Doch Und Aber Mit Zum Zur Dort Damit Auch Dabei Dann Seit Laut
    Le La Les Il Elle Ils Elles Un Une Des Ce Cette Ces En Dans Mais Et Selon Pour Après On Son Sa Ses
    El Los Las Una Lo Según Pero Por Para Su Sus Este Esta También
    O Os As Em Ele Ela Um Uma Não No Na Segundo
    Il Gli Lo Una Nel Nella Secondo Ma
    В На Он Она Они Это По Но И С За Как При Об О Также По-прежнему Однако После Его Её Их Мы Я
    У Вони Він Вона Це Та Але За
    Bu Bir Ve Ancak Ayrıca O Onun
    De Het Een Hij Zij Ze
    Na W Po To Jest Nie
    Ini Itu Dia Pada Di Namun Menurut
";

const GERMAN_MONTHS: &[&str] = &[
    "Januar",
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
        segment(text, language)
            .into_iter()
            .map(|p| &text[p.bytes])
            .collect()
    }

    /// Each case is a language and its sentences; `|` marks the only places where the text may be cut.
    #[test]
    fn cuts_where_a_reader_would() {
        let cases = [
            // Titles, initials, acronyms.
            (
                "en",
                "Mr. Smith met Dr. J. K. Brown in St. Petersburg. |They spoke.",
            ),
            (
                "en",
                "A. Bekov was freed. |He left with U.S. President Roe. |It was 5 p.m. when they met.",
            ),
            ("en", "He lives in the U.S. |The other one does not."),
            (
                "en",
                "Sen. Doe, who leads Acme Inc., said no. |Nobody agreed.",
            ),
            (
                "en",
                "The envoy of the bloc (U.N.) Ann Roe spoke. |Later she left.",
            ),
            ("en", "See No. 5 and vol. 3, p. 12. |That is all."),
            ("de", "Am 5. März sprach Dr. Müller z.B. über Öl. |Er ging."),
            ("de", "Die 3. Armee kam am 12. Mai. |Es war spät."),
            (
                "ru",
                "Он живёт на ул. Ленина в г. Бишкек. |А. В. Иванов уехал и т.д. |Потом вернулся.",
            ),
            (
                "tr",
                "II. Dünya Savaşı bitti. |Prof. Kaya konuştu. |Sen de gel.",
            ),
            ("ar", "التقى د. أحمد بالوزير. |ثم غادر."),
            ("fr", "M. Dupont et Mme. Martin sont partis. |Il pleut."),
            ("es", "El Sr. Ruiz y la Dra. Paz llegaron. |Hablaron."),
            // Numbers.
            (
                "en",
                "It rose 3.5 percent to 1.2 million. |Nine people came.",
            ),
            ("en", "The mine closed in 2020. |5 people stayed."),
            ("en", "1. The first point is short."),
            // Quotes, brackets, ellipses.
            ("en", "“We won.” |She smiled. |“Why?” he asked."),
            ("en", "\"He left.\" |(Nobody saw him.) |So it ended."),
            ("en", "It is over. ” |The next day came."),
            ("en", "Well... maybe not. |Wait… |Then it came."),
            ("en", "Yahoo! said it would. |Nobody cared!"),
            // The scraper lost a line break.
            (
                "en",
                "They stormed the parliament.|The police fled. |Mail bob@example.com now.",
            ),
            // Full stops of other scripts.
            ("ar", "ماذا حدث؟ |لا أحد يعلم."),
            ("ur", "وزیر نے کہا ہے۔ |وہ چلے گئے۔"),
            ("hi", "वह दिल्ली गए। |फिर लौटे।"),
            ("zh", "他走了。|“我们赢了！”|他说：“好。”|真的？|是的。"),
            (
                "ja",
                "「私は行く。」と述べた。|「なぜ？」と記者が聞いた。|雨が降った。",
            ),
            ("my", "သူသွားသည်။ |မိုးရွာသည်။"),
            ("am", "እሱ ሄደ። |ዝናብ ዘነበ።"),
            ("hy", "Նա գնաց։ |Անձրև եկավ։"),
            ("km", "គាត់ទៅហើយ។ |ភ្លៀងធ្លាក់។"),
            ("bo", "ཁོང་ཕེབས་སོང་། |ཆར་པ་བབས།"),
            ("el", "Τι έγινε; |Κανείς δεν ξέρει."),
            ("th", "เขาไปแล้ว ฝนตกหนัก"),
        ];
        let mut wrong = Vec::new();
        for (language, marked) in cases {
            let text = marked.replace('|', "");
            let want: Vec<&str> = marked.split('|').map(str::trim).collect();
            let got = cut(&text, language);
            if got != want {
                wrong.push((language, got.join(" | "), want));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn the_separator_of_scraped_text_ends_a_sentence() {
        let text =
            "اقتحم المحتجون المبنى., وقال الوزير: \"لن نرحل\"., ثم هدأت المدينة. , وعاد الناس.";
        let want = [
            "اقتحم المحتجون المبنى.",
            "وقال الوزير: \"لن نرحل\".",
            "ثم هدأت المدينة.",
            "وعاد الناس.",
        ];
        assert_eq!(cut(text, "ar"), want);
        assert_eq!(
            cut("The group was formed (Example)., Roe told us.", "en").len(),
            2
        );
        assert_eq!(
            cut(
                "Acme Co., Ltd. and Roe Jr., the heir, met at 5 a.m., sources say.",
                "en"
            )
            .len(),
            1
        );
    }

    #[test]
    fn line_breaks_end_sentences() {
        assert_eq!(
            cut("One line\r\nand another\u{2028}third\n\n\n.,\n", "en"),
            ["One line", "and another", "third"]
        );
        let lines: Vec<usize> = segment("A b. C d.\n\nE f.", "en")
            .iter()
            .map(|p| p.line)
            .collect();
        assert_eq!(lines, [0, 0, 1]);
    }

    #[test]
    fn thai_is_cut_at_spaces_into_clauses() {
        let clause = "ผู้ประท้วงหลายพันคนเดินขบวนไปยังรัฐสภา";
        let text = [clause; 12].join(" ");
        let pieces = segment(&text, "th");
        assert!(pieces.len() >= 4, "{}", pieces.len());
        assert!(
            pieces
                .iter()
                .all(|p| p.chars.len() >= CLAUSE_CHARS - 1 && p.chars.len() <= 3 * CLAUSE_CHARS)
        );
    }

    #[test]
    fn signs_alone_are_one_sentence() {
        assert_eq!(cut(" 🙂 🙂\n", "und"), ["🙂 🙂"]);
        assert!(cut(" \u{200b}\n", "und").is_empty());
    }

    #[test]
    fn the_short_way_to_letters_is_right() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_word_char(c), c.is_alphanumeric(), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn time_is_linear_in_the_worst_texts() {
        for unit in [
            "a. ", "A. ", ".,", "\n", "a\n", "1. ", ". 1", "\"", "(", "ก ", "。", "a", " ",
            "\u{200b}", "… A", "?\" ",
        ] {
            let text = unit.repeat(256 * 1024 / unit.len());
            let start = std::time::Instant::now();
            segment(&text, "de");
            // A hundred times what it takes; quadratic time takes minutes.
            assert!(
                start.elapsed().as_millis() < 2000,
                "{unit:?} took {:?}",
                start.elapsed()
            );
        }
    }

    fn keeps_the_laws(text: &str, language: &str) -> Result<(), TestCaseError> {
        let pieces = segment(text, language);
        let mut letters = 0;
        let mut end = 0;
        for piece in &pieces {
            prop_assert!(piece.bytes.start >= end, "ascending and disjoint");
            end = piece.bytes.end;
            // Fails on a range that is not on character borders.
            let words = text.get(piece.bytes.clone());
            prop_assert!(
                words.is_some_and(|w| !w.is_empty() && w == w.trim()),
                "whole characters, trimmed"
            );
            let words = words.unwrap_or_default();
            letters += words.chars().filter(|c| c.is_alphanumeric()).count();
            prop_assert_eq!(piece.chars.start, text[..piece.bytes.start].chars().count());
            prop_assert_eq!(piece.chars.len(), words.chars().count());
        }
        prop_assert_eq!(
            letters,
            text.chars().filter(|c| c.is_alphanumeric()).count(),
            "nothing is lost"
        );
        prop_assert!(pieces.windows(2).all(|p| p[0].line <= p[1].line));
        Ok(())
    }

    /// Words, stops, spaces and quotes of many scripts, in any order.
    fn mixed() -> impl Strategy<Value = String> {
        let parts: Vec<&'static str> = "Mr|A|U.S|г|т.д|parliament|The|مظاهرات|د|北京|です|ภาษาไทยยาวมากมากมาก|नमस्ते|ဗမာ|አማርኛ|5|2020|3.5|.|..|…|.,|!|?|؟|۔|।|。|！|።|։|།|។|,|،|;|\"|”|“|»|)|(|」|「| |  |\n|\r\n|\t|\u{200b}|\u{a0}|\u{2028}|\u{3164}|\u{301}|🙂|-|*|#"
            .split('|')
            .collect();
        prop::collection::vec(prop::sample::select(parts), 0..60).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn any_text_keeps_the_laws(text in any::<String>()) {
            keeps_the_laws(&text, "und")?;
        }

        #[test]
        fn mixed_scripts_keep_the_laws(text in mixed(), language in prop::sample::select(vec!["de", "en", "el", "th", "ar"])) {
            keeps_the_laws(&text, language)?;
        }
    }
}
