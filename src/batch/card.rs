//! An analysis for people: a card of a few lines.

use std::fmt::Write;

use unicode_normalization::char::is_combining_mark;

use crate::domain::{Analysis, CountryAnswer, EventAnswer, Evidence};

/// How cards look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Columns to wrap at; `None`: lines are not wrapped.
    pub columns: Option<usize>,
    pub colour: bool,
}

/// Columns of the words on the left.
const MARGIN: usize = 12;
/// Narrower than this, wrapped text is no easier to read.
const LEAST_COLUMNS: usize = 40;

/// The card, several lines, each with its line break.
pub fn render(name: &str, analysis: &Analysis, style: Style) -> String {
    let mut card = Card {
        text: String::new(),
        style,
    };
    card.head(name);
    let language = &analysis.language;
    card.row(
        "language",
        &format!("{} {:.2}", language.tag, language.score),
    );
    card.countries(&analysis.countries);
    card.events(&analysis.events);
    if let Some(summary) = &analysis.summary {
        if summary.sentences.is_empty() {
            card.row("summary", "none: no sentence to choose");
        }
        for (i, sentence) in summary.sentences.iter().enumerate() {
            card.row(if i == 0 { "summary" } else { "" }, &sentence.text);
        }
    }
    for answer in &analysis.countries {
        card.evidence(answer.country.alpha2, &answer.evidence);
    }
    for answer in &analysis.events {
        card.evidence(answer.event_type.name(), &answer.evidence);
    }
    card.foot(analysis);
    card.text
}

struct Card {
    text: String,
    style: Style,
}

impl Card {
    fn head(&mut self, name: &str) {
        let name = printable(name);
        let line = self.paint("1", &name);
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn countries(&mut self, answers: &[CountryAnswer]) {
        let name = |a: &CountryAnswer| {
            format!(
                "{} ({}, {}) {:.2}",
                a.country.name, a.country.alpha2, a.country.alpha3, a.score
            )
        };
        let Some((primary, further)) = answers.split_first() else {
            return;
        };
        self.strong_row("country", &name(primary));
        if !further.is_empty() {
            let further: Vec<_> = further.iter().map(name).collect();
            self.row("further", &further.join(", "));
        }
    }

    fn events(&mut self, answers: &[EventAnswer]) {
        let name = |a: &EventAnswer| {
            let mode = a
                .mode
                .map(|m| format!(" / {}", m.name()))
                .unwrap_or_default();
            format!("{}{mode} {:.2}", a.event_type.name(), a.score)
        };
        let Some((primary, further)) = answers.split_first() else {
            return;
        };
        self.strong_row("event", &name(primary));
        if !further.is_empty() {
            let further: Vec<_> = further.iter().map(name).collect();
            self.row("further", &further.join(", "));
        }
        if let Some(class) = primary.quad_class {
            self.row("class", &class.name().replace('_', " "));
        }
    }

    fn evidence(&mut self, label: &str, evidence: &[Evidence]) {
        for (i, evidence) in evidence.iter().enumerate() {
            let mut names: Vec<_> = evidence.names.iter().map(|n| n.text.as_str()).collect();
            names.dedup();
            let names = match names.is_empty() {
                true => String::new(),
                false => format!(" [{}]", names.join(", ")),
            };
            let key = if i == 0 {
                format!("> {label}")
            } else {
                String::new()
            };
            self.row(&key, &format!("{}{names}", evidence.text));
        }
    }

    fn foot(&mut self, analysis: &Analysis) {
        let cut = &analysis.truncation;
        let windows = if cut.windows == 1 {
            "window"
        } else {
            "windows"
        };
        let dropped = match cut.tokens_dropped {
            0 => "nothing cut".to_owned(),
            n => format!("{n} at the end cut"),
        };
        self.row(
            "tokens",
            &format!(
                "{} in {} {windows}, {dropped}",
                cut.tokens_seen, cut.windows
            ),
        );
        for warning in &analysis.warnings {
            self.row(
                "warning",
                &format!("{}: {}", warning.code.name(), warning.message),
            );
        }
        if let Some(t) = &analysis.timings {
            let ms = |d: std::time::Duration| d.as_secs_f64() * 1e3;
            self.row(
                "time",
                &format!(
                    "text {:.1} ms, queue {:.1} ms, model {:.1} ms, tasks {:.1} ms",
                    ms(t.text),
                    ms(t.queue),
                    ms(t.model),
                    ms(t.tasks),
                ),
            );
        }
        let model = &analysis.model;
        self.row(
            "model",
            &format!(
                "{} {}, taxonomy {}",
                model.name, model.version, model.taxonomy_version
            ),
        );
    }

    fn row(&mut self, key: &str, value: &str) {
        self.lines(key, value, "0");
    }

    fn strong_row(&mut self, key: &str, value: &str) {
        self.lines(key, value, "1;32");
    }

    fn lines(&mut self, key: &str, value: &str, paint: &str) {
        let columns = self.style.columns.map(|c| c.max(LEAST_COLUMNS) - MARGIN);
        let mut key = printable(key);
        for line in wrap(&printable(value), columns) {
            let margin = self.paint("2", &format!("  {key:<0$}", MARGIN - 2));
            let line = self.paint(paint, &line);
            // Writing to a string does not fail.
            let _ = writeln!(self.text, "{}", format_args!("{margin}{line}"));
            key.clear();
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.style.colour && code != "0" {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Without control characters: an article must not command the terminal. Right-to-left text stays as it is.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Breaks at spaces; a word wider than a line (or text without spaces) breaks where the line ends.
fn wrap(text: &str, columns: Option<usize>) -> Vec<String> {
    let Some(columns) = columns else {
        return vec![text.to_owned()];
    };
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let wide: usize = word.chars().map(width).sum();
        if used > 0 && used + 1 + wide <= columns {
            line.push(' ');
            used += 1;
        } else if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for c in word.chars() {
            if used + width(c) > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += width(c);
        }
    }
    lines.push(line);
    lines
}

/// Columns of a character on a terminal: the wide blocks of UAX #11, and marks that take no place.
fn width(c: char) -> usize {
    match c {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => 0,
        c if is_combining_mark(c) => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::row::tests::full;

    #[test]
    fn a_card_says_all_that_was_found() {
        let card = render("a.txt", &full("a"), Style::default());
        let lines: Vec<_> = card.lines().collect();
        assert_eq!(
            lines,
            [
                "a.txt",
                "  language  ky 0.10",
                "  country   Kyrgyzstan (KG, KGZ) 0.70",
                "  event     PROTEST / riot 0.33",
                "  further   OTHER 0.25",
                "  class     material conflict",
                "  summary   Riot over.",
                "  > KG      Бишкек calm. [Бишкек]",
                "  > PROTEST Бишкек calm.",
                "  tokens    9 in 1 window, 2 at the end cut",
                "  warning   TRUNCATED: cut",
                "  model     m 1, taxonomy t",
            ]
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_word_is_lost() {
        let texts = [
            "short",
            &"Der Rat tagte am Montag in der Stadt. ".repeat(9),
            &"долгий рассказ о воде ".repeat(9),
            &"水資源について話し合った".repeat(9),
            &"x".repeat(500),
            &"اجتمع المجلس يوم الاثنين ".repeat(9),
            "",
        ];
        for text in texts {
            let lines = wrap(text, Some(30));
            for line in &lines {
                assert!(line.chars().map(width).sum::<usize>() <= 30, "{line}");
            }
            let squeeze = |s: &str| s.split_whitespace().collect::<String>();
            assert_eq!(squeeze(&lines.concat()), squeeze(text));
        }
    }

    #[test]
    fn an_article_cannot_command_the_terminal() {
        let mut analysis = full("a");
        analysis.events[0].evidence[0].text = "a\x1b[31mb\rc".into();
        let card = render("evil\x1b]0;title\x07.txt", &analysis, Style::default());
        assert!(!card.contains(['\x1b', '\r', '\x07']), "{card:?}");
    }

    #[test]
    fn colour_only_when_asked() {
        let style = Style {
            colour: true,
            columns: Some(80),
        };
        assert!(render("a", &full("a"), style).contains("\x1b[1;32mKyrgyzstan"));
        assert!(!render("a", &full("a"), Style::default()).contains('\x1b'));
    }
}
