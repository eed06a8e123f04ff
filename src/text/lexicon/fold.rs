//! One spelling for all the ways to write the same letters, with the way back to the bytes of the original.

use std::ops::Range;

use unicode_normalization::{
    IsNormalized, UnicodeNormalization,
    char::{
        canonical_combining_class, decompose_canonical, decompose_compatible, is_combining_mark,
    },
    is_nfc_quick,
};

/// A folded text.
pub(super) struct Folded {
    /// In small letters, composed (NFC), without vowel signs of Arabic and Hebrew, with plain quotes and hyphens.
    pub text: String,
    /// Its characters in order.
    pub units: Vec<Unit>,
    /// All letters that have a case are capitals, as in some headlines.
    pub shouting: bool,
    /// Places in `units` of web and mail addresses and of @names, in order.
    addresses: Vec<Range<usize>>,
}

/// One character of a folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub c: char,
    /// The original was a capital.
    pub upper: bool,
    /// First byte in the folded text.
    pub at: u32,
    /// First byte in the original.
    pub start: u32,
    /// Byte after the last in the original.
    pub end: u32,
}

/// Capitals without any small letter that make a text a shout rather than an acronym.
const SHOUT: usize = 8;
/// How far back the beginning of a sentence is looked for.
const LOOK_BACK: usize = 16;

impl Unit {
    /// A letter or a mark that belongs to one.
    pub fn is_letter(&self) -> bool {
        is_letter(self.c)
    }

    /// A letter that could have been a capital.
    pub fn is_cased(&self) -> bool {
        // Georgian has small letters only, but for its headlines' sake Unicode pairs them with capitals.
        self.upper || self.c.is_lowercase() && Script::of(self.c) != Script::Georgian
    }
}

impl Folded {
    /// Folds a text. Linear in its length; holds about 20 bytes per character.
    pub fn new(text: &str) -> Self {
        let mut folded = Folded {
            text: String::with_capacity(text.len()),
            units: Vec::with_capacity(text.len()),
            shouting: false,
            addresses: Vec::new(),
        };
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            let mut end = start + c.len_utf8();
            while chars.peek().is_some_and(|&(_, next)| joins_previous(next)) {
                end += chars.next().map_or(0, |(_, next)| next.len_utf8());
            }
            folded.push_cluster(&text[start..end], start, end, c);
        }
        let upper = folded.units.iter().filter(|u| u.upper).count();
        folded.shouting = upper >= SHOUT && !folded.units.iter().any(|u| u.is_cased() && !u.upper);
        folded.addresses = addresses(&folded.units);
        folded
    }

    /// The characters of a range of bytes of the folded text.
    pub fn units_of(&self, bytes: &Range<usize>) -> Range<usize> {
        let place = |byte: usize| self.units.partition_point(|u| (u.at as usize) < byte);
        place(bytes.start)..place(bytes.end)
    }

    /// True within an address or an @name.
    pub fn is_address(&self, units: &Range<usize>) -> bool {
        let at = self.addresses.partition_point(|a| a.end <= units.start);
        self.addresses.get(at).is_some_and(|a| a.start < units.end)
    }

    /// True if the word that begins at `unit` begins a sentence.
    pub fn starts_sentence(&self, unit: usize) -> bool {
        for u in self.units[..unit].iter().rev().take(LOOK_BACK) {
            if matches!(
                u.c,
                '.' | '!' | '?' | '…' | ':' | '•' | '*' | '¿' | '¡' | '|'
            ) {
                return true;
            }
            if u.c.is_alphanumeric() || u.c == ',' {
                return false;
            }
        }
        unit <= LOOK_BACK
    }

    /// Adds one character with the marks that follow it.
    fn push_cluster(&mut self, cluster: &str, start: usize, end: usize, first: char) {
        let alone = cluster.len() == first.len_utf8();
        if alone && (is_plain(first) || is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes) {
            return self.push(first, start, end);
        }
        for c in cluster.nfc() {
            self.push(c, start, end);
        }
    }

    fn push(&mut self, c: char, start: usize, end: usize) {
        match c {
            // Arabic letters as glyphs, from old typesetting.
            '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => {
                decompose_compatible(c, |part| self.push_folded(part, start, end));
            }
            _ => self.push_folded(c, start, end),
        }
    }

    fn push_folded(&mut self, c: char, start: usize, end: usize) {
        let Some(folded) = fold(c) else { return };
        // A run of spaces and line ends is one space.
        if folded == ' ' && self.units.last().is_some_and(|u| u.c == ' ') {
            return;
        }
        self.units.push(Unit {
            c: folded,
            upper: c.is_uppercase(),
            at: offset(self.text.len()),
            start: offset(start),
            end: offset(end),
        });
        self.text.push(folded);
    }
}

/// Offsets fit: articles are limited to far less than 4 GiB.
fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// A letter or a mark that belongs to one.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c) && !matches!(c, '\u{20d0}'..='\u{20ff}')
}

/// Letters that are composed already and never join what stands before them: most of most texts, so that the tables of
/// Unicode need not be asked (they are two thirds of the time that folding takes).
pub(super) fn is_plain(c: char) -> bool {
    matches!(c,
        '\0'..='\u{2ff}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{531}'..='\u{586}' | '\u{5d0}'..='\u{5ea}'
        | '\u{620}'..='\u{64a}' | '\u{904}'..='\u{928}' | '\u{985}'..='\u{9b9}' | '\u{e01}'..='\u{e30}'
        | '\u{10d0}'..='\u{10ff}' | '\u{1200}'..='\u{135a}' | '\u{1e00}'..='\u{1e99}' | '\u{1ea0}'..='\u{1ef9}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// True if composing may change `c` together with what stands before it.
fn joins_previous(c: char) -> bool {
    if is_plain(c) {
        return false;
    }
    let mut first = None;
    decompose_canonical(c, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) != 0
        || is_nfc_quick(std::iter::once(first)) != IsNormalized::Yes
}

/// The folded character, or `None` where nothing stays.
fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(if c.is_ascii_whitespace() || c.is_ascii_control() {
            ' '
        } else {
            c.to_ascii_lowercase()
        });
    }
    let folded = match c {
        // Arabic vowel signs, Koranic marks, tatweel; Hebrew points; invisible format characters.
        '\u{610}'..='\u{61a}'
        | '\u{640}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}'
        | '\u{6e8}'
        | '\u{6ea}'..='\u{6ed}'
        | '\u{591}'..='\u{5bd}'
        | '\u{5bf}'
        | '\u{5c1}'
        | '\u{5c2}'
        | '\u{5c4}'
        | '\u{5c5}'
        | '\u{5c7}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200d}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => return None,
        // The zero-width non-joiner parts the words of a compound, as the space that is often typed instead.
        '\u{200c}' => ' ',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ة' | 'ۃ' | 'ہ' | 'ۀ' | 'ۂ' | 'ھ' | 'ە' => 'ه',
        '’' | '‘' | '‛' | 'ʼ' | 'ʻ' | 'ʹ' | 'ʾ' | 'ʿ' | '´' | '′' | '՚' | '׳' | '＇' => {
            '\''
        }
        '“' | '”' | '„' | '״' | '″' | '＂' => '"',
        '‐' | '‑' | '‒' | '–' | '−' | '־' | '－' => '-',
        '・' | '･' | '•' | '‧' | '∙' => '·',
        'İ' | 'ı' => 'i',
        'ё' | 'Ё' => 'е',
        // Greek loses its accents in capitals.
        'ά' | 'Ά' => 'α',
        'έ' | 'Έ' => 'ε',
        'ή' | 'Ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' | 'Ί' | 'Ϊ' => 'ι',
        'ό' | 'Ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' | 'Ύ' | 'Ϋ' => 'υ',
        'ώ' | 'Ώ' => 'ω',
        'ς' => 'σ',
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?.to_ascii_lowercase(),
        _ if c.is_whitespace() || c.is_control() => ' ',
        // The first character of the small form stands for all.
        _ => c.to_lowercase().next().unwrap_or(c),
    };
    Some(folded)
}

/// A script as far as matching cares; the others are told apart by their block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Georgian,
    Ethiopic,
    Hangul,
    Katakana,
    Hiragana,
    Han,
    /// Thai, Lao, Khmer, Burmese, Tibetan: no spaces between words.
    Unspaced,
    Other(u32),
}

impl Script {
    pub fn of(c: char) -> Self {
        match c {
            '\0'..='\u{2ff}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2c60}'..='\u{2c7f}'
            | '\u{a720}'..='\u{a7ff}' => Script::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => {
                Script::Cyrillic
            }
            '\u{590}'..='\u{5ff}' => Script::Hebrew,
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{8ff}' => Script::Arabic,
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' | '\u{2d00}'..='\u{2d2f}' => {
                Script::Georgian
            }
            '\u{1200}'..='\u{139f}' | '\u{2d80}'..='\u{2ddf}' | '\u{ab00}'..='\u{ab2f}' => {
                Script::Ethiopic
            }
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => {
                Script::Hangul
            }
            '\u{30a0}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => {
                Script::Katakana
            }
            '\u{3040}'..='\u{309f}' => Script::Hiragana,
            '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}' => Script::Han,
            '\u{e00}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{19e0}'..='\u{19ff}'
            | '\u{a9e0}'..='\u{a9ff}'
            | '\u{aa60}'..='\u{aa7f}' => Script::Unspaced,
            // Blocks of the Indic scripts are 128 characters each.
            _ => Script::Other(u32::from(c) >> 7),
        }
    }

    /// A character says as much as a syllable.
    pub fn is_syllabic(self) -> bool {
        matches!(self, Script::Han | Script::Hangul | Script::Ethiopic)
    }
}

/// Web and mail addresses and @names.
fn addresses(units: &[Unit]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let is_url = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '(' | ')');
    let mut i = 0;
    while i < units.len() {
        let is_url_start = starts_with(&units[i..], "://") || starts_with(&units[i..], "www.");
        if !is_url_start && units[i].c != '@' {
            i += 1;
            continue;
        }
        // Every step back stays behind the address before, so that the whole is linear.
        let floor = found.last().map_or(0, |f| f.end);
        let back = units[floor..i]
            .iter()
            .rev()
            .take_while(|u| is_name(u.c))
            .count();
        let mut end = i + 1;
        while units.get(end).is_some_and(|u| {
            if is_url_start {
                is_url(u.c)
            } else {
                is_name(u.c)
            }
        }) {
            end += 1;
        }
        found.push(i - back..end);
        i = end;
    }
    found
}

fn starts_with(units: &[Unit], text: &str) -> bool {
    let mut units = units.iter();
    text.chars().all(|c| units.next().is_some_and(|u| u.c == c))
}
