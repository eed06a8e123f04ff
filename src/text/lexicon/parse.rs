//! The lexicon files: a line per country, `alpha2 TAB names TAB demonyms TAB capitals TAB cities TAB leaders`, values
//! joined by `|`. A value with a `~` before it is also an ordinary word of the language. The line of `-` holds phrases
//! in which a country's name means no country ("Indian Ocean") and words that are no names.

use crate::domain::{Country, NameKind};

/// The columns after the country.
const COLUMNS: [NameKind; 5] = [
    NameKind::Country,
    NameKind::Demonym,
    NameKind::Capital,
    NameKind::City,
    NameKind::Leader,
];

/// One value of a file.
pub(super) struct Name<'a> {
    pub text: &'a str,
    pub place: Place,
    pub kind: NameKind,
    /// Written with a `~`.
    pub word: bool,
}

/// What a line is about.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Place in [`Country::all`].
    Country(u16),
    Nowhere,
}

/// Calls `each` with every value of a file.
///
/// # Errors
/// Language, line and what is wrong with it.
pub(super) fn each_name<'a>(
    language: &str,
    contents: &'a str,
    mut each: impl FnMut(Name<'a>),
) -> Result<(), String> {
    for (at, line) in contents.lines().enumerate() {
        let wrong = |what: String| format!("lexicons/{language}.tsv, line {}: {what}", at + 1);
        if line.trim().is_empty() {
            continue;
        }
        let mut cells = line.split('\t');
        let code = cells.next().unwrap_or_default();
        let place = place(code).ok_or_else(|| {
            wrong(format!(
                "{:?} is no country; write its ISO 3166-1 alpha-2 code",
                shown(code)
            ))
        })?;
        let cells: Vec<&str> = cells.collect();
        if cells.is_empty() || cells.len() > COLUMNS.len() {
            return Err(wrong(format!(
                "{} columns after the country; write 1 to {}, with a TAB between them",
                cells.len(),
                COLUMNS.len()
            )));
        }
        for (cell, kind) in cells.into_iter().zip(COLUMNS) {
            for value in cell.split('|').map(str::trim).filter(|v| !v.is_empty()) {
                let (text, word) = match value.strip_prefix('~') {
                    Some(text) => (text, true),
                    None => (value, false),
                };
                if text.is_empty() || text.contains('~') {
                    return Err(wrong("a `~` that stands before no name".to_owned()));
                }
                each(Name {
                    text,
                    place,
                    kind,
                    word,
                });
            }
        }
    }
    Ok(())
}

fn place(code: &str) -> Option<Place> {
    if code == "-" {
        return Some(Place::Nowhere);
    }
    let index = Country::all()
        .binary_search_by_key(&code, |c| c.alpha2)
        .ok()?;
    Some(Place::Country(u16::try_from(index).ok()?))
}

/// As much of a code as an error message should hold.
fn shown(code: &str) -> String {
    code.chars().take(12).collect()
}
