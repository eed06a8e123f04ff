//! The names of countries, peoples, capitals, cities and leaders, found in the text.
//!
//! All languages' names are folded (`fold`) and put into one Aho-Corasick automaton. A sentence is folded the same
//! way, every place where a pattern occurs is looked at, and what is no whole word (`affix`), has the wrong case or
//! belongs to another language is left out; of what remains the leftmost longest are the mentions.

mod affix;
mod fold;
mod parse;

use std::{collections::BTreeMap, ops::Range};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use self::{
    affix::Affixes,
    fold::{Folded, Script, Unit},
    parse::Place,
};
use crate::domain::{Country, NameKind};

/// All languages' names in one automaton.
pub struct Lexicon {
    automaton: AhoCorasick,
    /// Entries of pattern `i`: `entries[first[i]..first[i + 1]]`.
    first: Vec<u32>,
    entries: Vec<Entry>,
    languages: BTreeMap<String, Language>,
}

/// A language that has a lexicon.
#[derive(Clone, Copy)]
struct Language {
    /// Its bit in [`Entry::languages`].
    bit: u32,
    /// That of its first name.
    script: Script,
}

/// A name found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the sentence that was searched.
    pub bytes: Range<usize>,
    /// The countries the name may stand for; one, unless the name is ambiguous.
    pub countries: Vec<&'static Country>,
    pub kind: NameKind,
}

/// What a folded string stands for in some languages.
#[derive(Clone, Copy)]
struct Entry {
    /// One bit per language that lists the name so.
    languages: u128,
    /// Bit `i`: the name is written with a capital as its `i`-th character (the first 32 count).
    capitals: u32,
    /// Place in [`Country::all`]; [`NOWHERE`] for a phrase that means no country.
    country: u16,
    kind: NameKind,
    /// Also an ordinary word: no name at the start of a sentence.
    word: bool,
}

const NOWHERE: u16 = u16::MAX;

/// Least letters of a name that counts in a language that does not list it.
const FOREIGN_LETTERS: usize = 5;
/// The same where a character is a syllable or more.
const FOREIGN_IDEOGRAPHS: usize = 3;
/// Least letters of a name that is found in capitals ("TURKEY").
const CAPITALS_LETTERS: usize = 4;
/// Acronyms of fewer letters are not found in a text all in capitals ("TELL US MORE").
const ACRONYM_LETTERS: usize = 4;

impl Lexicon {
    /// Builds the automaton from the bundle's lexicon files: `(language tag, contents)`.
    ///
    /// # Errors
    /// The line that is malformed or names an unknown country.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut languages = BTreeMap::new();
        let mut patterns = Vec::new();
        for (tag, contents) in files {
            let tag = tag.to_ascii_lowercase();
            let next = languages.len() as u32;
            let language = languages.entry(tag.clone()).or_insert(Language {
                bit: next,
                script: script_of(contents),
            });
            let bit = language.bit;
            if bit >= u128::BITS {
                return Err(format!("lexicon {tag}: more than {} languages", u128::BITS));
            }
            parse::each_name(&tag, contents, |name| {
                let entry = |capitals| Entry {
                    languages: 1 << bit,
                    capitals,
                    country: match name.place {
                        Place::Country(index) => index,
                        Place::Nowhere => NOWHERE,
                    },
                    kind: name.kind,
                    word: name.word,
                };
                let named = patterns_of(name.text, &tag);
                patterns.extend(named.map(|(pattern, capitals)| (pattern, entry(capitals))));
            })?;
        }
        Self::build(patterns, languages)
    }

    fn build(
        mut patterns: Vec<(String, Entry)>,
        languages: BTreeMap<String, Language>,
    ) -> Result<Self, String> {
        // Stable: entries of one pattern stay in the order of the files on every start.
        patterns.sort_by(|a, b| a.0.cmp(&b.0));
        let mut first = Vec::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(patterns.len());
        for of_pattern in patterns.chunk_by(|a, b| a.0 == b.0) {
            let begin = entries.len();
            first.push(begin as u32);
            for (_, entry) in of_pattern {
                enter(&mut entries, begin, *entry);
            }
        }
        first.push(entries.len() as u32);
        entries.shrink_to_fit();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .prefilter(false)
            .build(
                patterns
                    .chunk_by(|a, b| a.0 == b.0)
                    .map(|chunk| &chunk[0].0),
            )
            .map_err(|e| format!("lexicons: {e}"))?;
        Ok(Self {
            automaton,
            first,
            entries,
            languages,
        })
    }

    /// The names in `text`, which is written in `language` (BCP-47), left to right, not overlapping.
    pub fn find(&self, text: &str, language: &str) -> Vec<Mention> {
        let language = affix::primary_language(language);
        let search = Search {
            folded: Folded::new(text),
            affixes: Affixes::of(&language),
            language: self.languages.get(&language).copied(),
        };
        let mut found: Vec<Found> = Vec::new();
        for m in self.automaton.find_overlapping_iter(&search.folded.text) {
            let pattern = m.pattern().as_usize();
            let entries = self.first[pattern] as usize..self.first[pattern + 1] as usize;
            found.extend(search.check(m.range(), &self.entries[entries]));
        }
        leftmost_longest(found)
            .into_iter()
            .filter_map(|f| search.mention(f))
            .collect()
    }
}

/// One sentence that is searched.
struct Search {
    folded: Folded,
    affixes: Affixes,
    /// The text's language; `None` if it has no lexicon, so that every language's names count.
    language: Option<Language>,
}

/// A place where a pattern stands as a whole word and means something.
struct Found {
    /// Place in [`Folded::units`].
    units: Range<usize>,
    /// The entries that hold, as places in [`Country::all`] with the kind; empty for a phrase that means no country.
    meanings: Vec<(u16, NameKind)>,
}

impl Search {
    /// What the pattern that stands at `bytes` of the folded text means there, if anything.
    fn check(&self, bytes: Range<usize>, entries: &[Entry]) -> Option<Found> {
        let units = self.folded.units_of(&bytes);
        if units.is_empty() || self.folded.is_address(&units) {
            return None;
        }
        let name = &self.folded.units[units.clone()];
        let meanings = self.meanings(name, &units, entries)?;
        let whole = self.affixes.may_start(&self.folded.units, &units)
            && self.affixes.may_end(&self.folded.units, &units);
        whole.then_some(Found { units, meanings })
    }

    /// The entries of the text's language, or else of the others; `None` if no entry holds.
    fn meanings(
        &self,
        name: &[Unit],
        at: &Range<usize>,
        entries: &[Entry],
    ) -> Option<Vec<(u16, NameKind)>> {
        let own = self
            .language
            .map_or(u128::MAX, |language| 1 << language.bit);
        let foreign = !entries.iter().any(|e| e.languages & own != 0);
        if foreign && (!is_long(name) || self.is_false_friend(name)) {
            return None;
        }
        let holds = |e: &&Entry| {
            let language = if foreign {
                // Adjectives and surnames of one language are words of another.
                let telling = match e.kind {
                    NameKind::Demonym => false,
                    NameKind::Leader => name.iter().any(|u| u.c == ' '),
                    _ => true,
                };
                telling && e.country != NOWHERE
            } else {
                e.languages & own != 0
            };
            language && self.is_spelled(name, at, e)
        };
        let mut meanings = Vec::new();
        let mut any = false;
        for entry in entries.iter().filter(holds) {
            any = true;
            if entry.country == NOWHERE {
                // Where the language is not known, one language's word does not hide another's country.
                if self.language.is_some() {
                    return Some(Vec::new());
                }
                continue;
            }
            meanings.push((entry.country, entry.kind));
        }
        any.then_some(meanings)
    }

    /// True where another language's name is likelier an ordinary word: without capitals nothing tells the Urdu "Medina"
    /// from the Arabic "city".
    fn is_false_friend(&self, name: &[Unit]) -> bool {
        let script = self.language.map(|language| language.script);
        !name.iter().any(Unit::is_cased) && name.iter().any(|u| Some(Script::of(u.c)) == script)
    }

    /// True if the letters have the case in which the entry is written, or are all capitals.
    fn is_spelled(&self, name: &[Unit], at: &Range<usize>, entry: &Entry) -> bool {
        let letters = name.iter().filter(|u| u.is_letter()).count();
        let all_capitals = name.iter().all(|u| u.upper || !u.is_cased());
        let cased = name.iter().any(Unit::is_cased);
        if cased && self.folded.shouting && letters < ACRONYM_LETTERS {
            return false;
        }
        if entry.word && (self.folded.starts_sentence(at.start) || cased && all_capitals) {
            return false;
        }
        if cased && all_capitals && letters >= CAPITALS_LETTERS {
            return true;
        }
        name.iter()
            .take(u32::BITS as usize)
            .enumerate()
            .all(|(i, unit)| {
                let listed = entry.capitals >> i & 1 == 1;
                // Headlines and beginnings of sentences capitalise what is listed in small letters.
                let starts_word = i == 0 || !name[i - 1].is_letter();
                unit.upper == listed || unit.upper && starts_word
            })
    }

    fn mention(&self, found: Found) -> Option<Mention> {
        let kind = found
            .meanings
            .iter()
            .map(|&(_, kind)| kind)
            .min_by_key(|&k| rank(k))?;
        let mut places: Vec<u16> = found.meanings.iter().map(|&(place, _)| place).collect();
        places.sort_unstable();
        places.dedup();
        let first = &self.folded.units[found.units.start];
        let last = &self.folded.units[found.units.end - 1];
        Some(Mention {
            bytes: first.start as usize..last.end as usize,
            countries: places
                .into_iter()
                .filter_map(|place| Country::all().get(usize::from(place)))
                .collect(),
            kind,
        })
    }
}

/// The role that counts when one name has several.
fn rank(kind: NameKind) -> u8 {
    match kind {
        NameKind::Country => 0,
        NameKind::Capital => 1,
        NameKind::City => 2,
        NameKind::Demonym => 3,
        NameKind::Leader => 4,
    }
}

/// Long enough that the same letters in another language are hardly another word.
fn is_long(name: &[Unit]) -> bool {
    let letters = name.iter().filter(|u| u.is_letter()).count();
    let ideographs = name.iter().any(|u| Script::of(u.c).is_syllabic());
    letters
        >= if ideographs {
            FOREIGN_IDEOGRAPHS
        } else {
            FOREIGN_LETTERS
        }
}

/// The script of a lexicon's first name.
fn script_of(contents: &str) -> Script {
    let names = contents.split_once('\t').map_or("", |(_, names)| names);
    let letter = names.chars().find(|&c| fold::is_letter(c));
    Script::of(letter.unwrap_or('\0'))
}

/// From left to right the longest of what begins first; nothing that overlaps it.
fn leftmost_longest(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|f| (f.units.start, std::cmp::Reverse(f.units.end)));
    let mut end = 0;
    found.retain(|f| {
        let free = f.units.start >= end;
        if free {
            end = f.units.end;
        }
        free
    });
    found
}

/// The folded strings under which a name is found, each with the mask of its capitals.
fn patterns_of(name: &str, language: &str) -> impl Iterator<Item = (String, u32)> {
    let folded = Folded::new(name);
    let mut capitals = 0;
    for (i, unit) in folded.units.iter().take(u32::BITS as usize).enumerate() {
        capitals |= u32::from(unit.upper) << i;
    }
    let stem = affix::other_stem(&folded.text, language);
    [Some(folded.text), stem]
        .into_iter()
        .flatten()
        .filter(|pattern| !pattern.trim().is_empty())
        .map(move |pattern| (pattern, capitals))
}

/// Adds an entry to those from `begin` on, or its language to the one of them that says the same.
fn enter(entries: &mut Vec<Entry>, begin: usize, new: Entry) {
    let same = |e: &&mut Entry| {
        (e.capitals, e.country, e.kind, e.word) == (new.capitals, new.country, new.kind, new.word)
    };
    match entries[begin..].iter_mut().find(same) {
        Some(entry) => entry.languages |= new.languages,
        None => entries.push(new),
    }
}

#[cfg(test)]
mod tests;
