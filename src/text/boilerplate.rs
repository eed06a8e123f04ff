//! What a scraped page holds besides the report: forms, credits, links, captions, sub-headings, repeated titles.
//!
//! Two kinds of signs. *Phrases* ([`phrases`]) are certain: "Your email address will not be published" is never news.
//! *Shapes* are likely: a short line without a full stop among paragraphs is a sub-heading or a caption, but in a text
//! without full stops it may be all there is. So shapes give way where nothing else would be left.

mod phrases;

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use aho_corasick::AhoCorasick;
use unicode_normalization::char::is_combining_mark;

use self::phrases::Place;
use super::sentence::{Piece, is_closer, is_full_stop, is_word_char};

/// One line of the text that holds sentences.
pub(super) struct Paragraph<'a> {
    source: &'a str,
    pieces: &'a [Piece],
    chars: usize,
    words: usize,
    /// Ends with a full stop of some script.
    stopped: bool,
    debris: bool,
}

/// The paragraph that reads like the headline of those after it.
pub(super) fn headline(paragraphs: &[Paragraph<'_>]) -> Option<usize> {
    let mut candidate = None;
    for (at, paragraph) in paragraphs.iter().enumerate().take(HEADLINE_SEARCH) {
        let passed_over = paragraph.debris || (paragraph.is_label() && paragraph.stopped);
        if passed_over && candidate.is_none() {
            continue;
        }
        if !paragraph.is_headline() {
            break;
        }
        candidate = Some(at);
        // "World news" and site names stand above the headline.
        if !paragraph.is_kicker() {
            break;
        }
    }
    // A first line is a headline only if a report follows it: some paragraph must be longer.
    candidate.filter(|&at| {
        let most = paragraphs[at + 1..]
            .iter()
            .filter(|p| !p.debris)
            .map(|p| p.chars)
            .max();
        most.is_some_and(|most| most > paragraphs[at].chars)
            && paragraphs[at].chars >= HEADLINE_MIN_CHARS
    })
}

/// For each piece of the paragraphs whether it is boilerplate. The piece `headline` never is.
/// Unless it is the only piece, some other piece is not boilerplate either.
pub(super) fn flags(
    paragraphs: &[Paragraph<'_>],
    title: &str,
    headline: Option<usize>,
) -> Vec<bool> {
    let title = fold(title);
    let punctuated = is_punctuated(paragraphs, headline);
    let mut seen = HashMap::new();
    for paragraph in paragraphs.iter().filter(|p| p.chars <= CAPTION_CHARS) {
        *seen.entry(paragraph.text()).or_insert(0_usize) += 1;
    }

    let mut repeated = HashSet::new();
    let mut kinds = Vec::new();
    let mut above = headline.is_some();
    for paragraph in paragraphs {
        if headline == Some(kinds.len()) {
            kinds.push(Kind::Title);
            above = false;
            continue;
        }
        let captioned = !paragraph.stopped && seen.get(paragraph.text()).is_some_and(|&n| n > 1);
        let again = paragraph.chars <= CAPTION_CHARS && !repeated.insert(paragraph.text());
        let likely = above
            || captioned
            || again
            || paragraph.is_label()
            || paragraph.is_credit()
            || (punctuated && paragraph.is_subheading())
            || repeats_title(paragraph.text(), &title);
        // What is asked of the line need not be asked again of its only sentence.
        let several = paragraph.pieces.len() > 1;
        kinds.extend(paragraph.sentences().map(|(sentence, chars)| {
            if paragraph.debris || (several && is_debris(sentence, chars)) {
                Kind::Debris
            } else if likely || (several && repeats_title(sentence, &title)) {
                Kind::Likely
            } else {
                Kind::Report
            }
        }));
    }
    let lengths: Vec<usize> = paragraphs
        .iter()
        .flat_map(|p| p.sentences().map(|(_, chars)| chars))
        .collect();
    keep_something(&mut kinds, &lengths);
    kinds
        .into_iter()
        .map(|kind| matches!(kind, Kind::Likely | Kind::Debris))
        .collect()
}

/// Lines among which a headline is looked for.
const HEADLINE_SEARCH: usize = 6;
const HEADLINE_MIN_CHARS: usize = 8;
const HEADLINE_MAX_CHARS: usize = 200;
const HEADLINE_MAX_WORDS: usize = 25;
/// Longest line that is taken for a caption if it occurs twice.
const CAPTION_CHARS: usize = 200;
/// Longest line without a full stop that is taken for a sub-heading.
const SUBHEADING_CHARS: usize = 100;
const SUBHEADING_WORDS: usize = 12;
/// Longest sentence that is searched for phrases: a sentence of the report that quotes one is longer.
const DEBRIS_CHARS: usize = 300;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Title,
    Report,
    /// Boilerplate by its shape; taken back if nothing else is left.
    Likely,
    Debris,
}

impl<'a> Paragraph<'a> {
    /// The paragraph of the neighbouring `pieces` of one line of `source`; there is at least one.
    pub(super) fn new(source: &'a str, pieces: &'a [Piece]) -> Self {
        let mut new = Self {
            source,
            pieces,
            chars: 0,
            words: 0,
            stopped: false,
            debris: false,
        };
        let text = new.text();
        new.chars = pieces[pieces.len() - 1].chars.end - pieces[0].chars.start;
        new.stopped = text
            .trim_end_matches(|c: char| is_closer(c) || c.is_whitespace())
            .ends_with(is_full_stop);
        // Beyond a headline's length the number of words is not asked for.
        new.words = if new.chars <= HEADLINE_MAX_CHARS {
            count_words(text)
        } else {
            usize::MAX
        };
        new.debris = new.is_debris();
        new
    }

    fn text(&self) -> &'a str {
        &self.source[self.pieces[0].bytes.start..self.pieces[self.pieces.len() - 1].bytes.end]
    }

    fn sentences(&self) -> impl Iterator<Item = (&'a str, usize)> + use<'a> {
        let source = self.source;
        self.pieces
            .iter()
            .map(move |p| (&source[p.bytes.clone()], p.chars.len()))
    }

    fn is_headline(&self) -> bool {
        let ends_flat = self
            .text()
            .trim_end_matches(is_closer)
            .ends_with(['.', '。', '۔', '।', '։', '።', '။', '៕', ':', ',', '،']);
        (!ends_flat || self.text().ends_with(".."))
            && self.chars <= HEADLINE_MAX_CHARS
            && self.words <= HEADLINE_MAX_WORDS
            && !self.debris
    }

    /// Too short for a headline that another line could be.
    fn is_kicker(&self) -> bool {
        self.words <= 3
    }

    /// One or two words: "Live.", "متابعة."
    fn is_label(&self) -> bool {
        self.words <= 2 && self.chars <= 20
    }

    fn is_subheading(&self) -> bool {
        !self.stopped
            && self.pieces.len() == 1
            && self.words <= SUBHEADING_WORDS
            && self.chars <= SUBHEADING_CHARS
            && !self.text().ends_with([',', '،', '、', '-', '–', '—'])
    }

    /// "(Photo by ...)", "[Agency/File]", "© ...".
    fn is_credit(&self) -> bool {
        let text = self.text();
        let bracketed = (text.starts_with(['(', '（']) && text.ends_with([')', '）']))
            || (text.starts_with('[') && text.ends_with(']'));
        self.chars <= SUBHEADING_CHARS && ((bracketed && !self.stopped) || text.starts_with('©'))
    }

    fn is_debris(&self) -> bool {
        if self.chars > DEBRIS_CHARS {
            return false;
        }
        let short =
            !self.stopped && self.words <= SUBHEADING_WORDS && self.chars <= SUBHEADING_CHARS;
        is_code(self.text())
            || is_address(self.text(), self.chars)
            || (short && is_byline(self.text()))
            || matches_phrase(self.text(), true, short)
    }
}

/// True for a sentence that a phrase or an address marks.
fn is_debris(sentence: &str, chars: usize) -> bool {
    chars <= DEBRIS_CHARS && (is_address(sentence, chars) || matches_phrase(sentence, false, false))
}

/// Shortcodes, tags and scripts that a scraper left in.
fn is_code(line: &str) -> bool {
    let tag = (line.starts_with('<') && line.ends_with('>'))
        || (line.starts_with("{{") && line.ends_with("}}"));
    let shortcode = line.starts_with('[')
        && line.ends_with(']')
        && line.is_ascii()
        && line.contains(['_', '/', '=']);
    let script =
        line.ends_with([';', '{', '}']) && line.contains(['(', '=']) && line.contains(['{', ')']);
    tag || shortcode || script
}

/// "By Ann Example and Bob Example", "Von Anna Beispiel": capitals only, unlike "Von der Leyen reist".
fn is_byline(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let opens = words.next().is_some_and(|w| {
        matches!(
            w,
            "By" | "BY"
                | "by"
                | "Von"
                | "VON"
                | "Par"
                | "PAR"
                | "Por"
                | "POR"
                | "Oleh"
                | "Di"
                | "Door"
                | "Av"
                | "Af"
                | "Автор"
                | "Від"
        )
    });
    let mut names = 0;
    let all_names = words.all(|word| {
        names += 1;
        word.starts_with(char::is_uppercase)
            || matches!(
                word,
                "and" | "und" | "et" | "y" | "e" | "dan" | "en" | "og" | "och" | "&" | "|"
            )
    });
    opens && all_names && (2..=6).contains(&names)
}

/// Links, e-mail addresses and handles with little around them.
fn is_address(sentence: &str, chars: usize) -> bool {
    if chars > DEBRIS_CHARS || !sentence.contains(['/', '@', '#', '.']) {
        return false;
    }
    let (mut addresses, mut words) = (0, 0);
    for token in sentence.split_whitespace() {
        let bare = token.trim_matches(|c: char| !is_word_char(c) && !matches!(c, '@' | '#' | '/'));
        let link = bare.starts_with("http://")
            || bare.starts_with("https://")
            || bare.starts_with("www.")
            || bare.contains("pic.twitter.com/");
        let mail = bare.contains('@') && (bare.starts_with('@') || bare.contains('.'));
        if link || mail || (bare.starts_with('#') && bare.len() > 1) {
            addresses += 1;
        } else if bare.contains(is_word_char) {
            words += 1;
        }
    }
    addresses > 0 && words <= 3 * addresses && words <= 6
}

/// Likely boilerplate stays if the report would be empty without it, else the longest debris does.
fn keep_something(kinds: &mut [Kind], lengths: &[usize]) {
    if kinds.contains(&Kind::Report) {
        return;
    }
    for weakest in [Kind::Likely, Kind::Debris] {
        let Some(longest) = kinds
            .iter()
            .zip(lengths)
            .filter(|(kind, _)| **kind == weakest)
            .map(|(_, chars)| *chars)
            .max()
        else {
            continue;
        };
        for (kind, &chars) in kinds.iter_mut().zip(lengths) {
            if *kind == weakest && chars * 2 >= longest {
                *kind = Kind::Report;
            }
        }
        return;
    }
}

/// True if most of the text stands in lines that end with a full stop, so that a line without one says something.
fn is_punctuated(paragraphs: &[Paragraph<'_>], headline: Option<usize>) -> bool {
    let (mut stopped, mut all, mut piece) = (0, 0, 0);
    for paragraph in paragraphs {
        if headline != Some(piece) && !paragraph.debris {
            all += paragraph.chars;
            stopped += if paragraph.stopped {
                paragraph.chars
            } else {
                0
            };
        }
        piece += paragraph.pieces.len();
    }
    stopped * 2 >= all && stopped > 0
}

/// True if `sentence` says what the folded `title` says, give or take the name of the site.
fn repeats_title(sentence: &str, title: &str) -> bool {
    if title.is_empty() || sentence.len() > 3 * title.len() + 90 {
        return false;
    }
    let folded = fold(sentence);
    let near = |long: &str, short: &str| {
        short.len() >= 20
            && long.len() <= short.len() + short.len() / 2
            && long
                .strip_prefix(short)
                .is_some_and(|rest| rest.len() <= 30)
    };
    folded == title || near(&folded, title) || near(title, &folded)
}

/// Words as a reader counts them: between spaces, or by the usual length of a word in scripts without spaces.
fn count_words(text: &str) -> usize {
    let (mut spaced, mut ideographs, mut clauses) = (0, 0, 0);
    for token in text.split_whitespace() {
        let mut letters = false;
        for c in token.chars() {
            match c {
                '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => {
                    ideographs += 1
                }
                '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => {
                    clauses += 1
                }
                _ => letters |= is_word_char(c),
            }
        }
        spaced += usize::from(letters);
    }
    spaced + usize::div_ceil(ideographs, 2) + usize::div_ceil(clauses, 4)
}

/// True if a phrase of [`phrases`] stands where it must. `line`: the text is a whole line; `short`: a short one.
fn matches_phrase(text: &str, line: bool, short: bool) -> bool {
    let book = book();
    let words = spell(text);
    if words.is_empty() {
        return false;
    }
    if short || words.len() <= 60 {
        let bare: Vec<&str> = words
            .split(' ')
            .filter(|w| !w.chars().all(|c| c.is_numeric() || c == ':'))
            .collect();
        if book.whole.contains(bare.join(" ").as_str()) {
            return true;
        }
    }
    book.automaton
        .find_overlapping_iter(words.as_str())
        .any(|found| {
            let entry = &book.entries[found.pattern()];
            let at_start = found.start() == 0;
            let borders = entry.unspaced
                || ((at_start || words[..found.start()].ends_with(' '))
                    && (found.end() == words.len() || words[found.end()..].starts_with(' ')));
            let placed = match entry.place {
                Place::Any => true,
                Place::Start => at_start,
                Place::Line => at_start && line && short,
            };
            borders && placed && words[found.end()..].contains(entry.then.as_str())
        })
}

/// The phrases, ready to be searched for.
struct Book {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
    whole: HashSet<String>,
}

struct Entry {
    place: Place,
    /// Written without spaces between words, so that no border can be asked for.
    unspaced: bool,
    /// What must stand anywhere behind; mostly nothing.
    then: String,
}

fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let (mut patterns, mut entries, mut whole) = (Vec::new(), Vec::new(), HashSet::new());
        for (place, phrase) in phrases::placed() {
            let (first, then) = phrase.split_once('…').unwrap_or((phrase, ""));
            let unspaced = first.contains(|c: char| {
                ('\u{e00}'..='\u{edf}').contains(&c) || ('\u{3041}'..='\u{9fff}').contains(&c)
            });
            patterns.push(spell(first));
            entries.push(Entry {
                place,
                unspaced,
                then: spell(then),
            });
        }
        for phrase in phrases::whole() {
            whole.insert(spell(phrase));
        }
        // Fails only on more patterns than 32 bits can number.
        let automaton =
            AhoCorasick::new(patterns).expect("the table of phrases is a small constant");
        Book {
            automaton,
            entries,
            whole,
        }
    })
}

/// The words alone, spelled one way: lower case, one space between, no quotes, no vowel marks of Arabic. Colons are
/// words, since "Photo:" is a credit and "Photo" is not.
fn spell(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let push = |c: char, spelled: &mut String| match c {
        'أ' | 'إ' | 'آ' => spelled.push('ا'),
        'ى' => spelled.push('ي'),
        'ة' => spelled.push('ه'),
        'ı' => spelled.push('i'),
        _ => spelled.push(c),
    };
    let mut gap = false;
    for c in text.chars() {
        if matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{307}') {
            continue;
        }
        let colon = matches!(c, ':' | '：');
        if is_word_char(c) || colon || c == '©' || (!c.is_ascii() && is_combining_mark(c)) {
            if (gap || colon) && !spelled.is_empty() {
                spelled.push(' ');
            }
            gap = colon;
            if c.is_ascii() {
                spelled.push(c.to_ascii_lowercase());
            } else if matches!(c, '\u{590}'..='\u{109f}' | '\u{3000}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}')
            {
                // Scripts without capitals need no look into the table of lower case.
                push(c, &mut spelled);
            } else {
                c.to_lowercase()
                    .filter(|&c| c != '\u{307}')
                    .for_each(|c| push(c, &mut spelled));
            }
        } else if !matches!(c, '\'' | '’' | 'ʼ' | '‘') {
            gap = true;
        }
    }
    spelled
}

/// The letters and digits alone, for comparing titles whatever their case, punctuation and quotes.
fn fold(text: &str) -> String {
    let mut folded = spell(text);
    folded.retain(is_word_char);
    folded
}
