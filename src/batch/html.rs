//! A web page to a title and plain text.

use html2text::{config, render::TextDecorator};

use super::fault::Fault;

/// What is read of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The only `<h1>`, else the `<title>`, else empty.
    pub title: String,
    /// One line per block; links, emphasis and pictures leave only their words.
    pub text: String,
}

/// Lines are never wrapped: a break would end a sentence.
const WIDTH: usize = 1 << 30;

/// Elements inside each other: pages stay below a hundred, and the time to strip one grows with the square of this.
const MOST_NESTED: usize = 2048;

/// Elements without an end tag, or whose end tag may be left out (HTML, 13.1.2): they do not nest in themselves.
const LOOSE: [&str; 29] = [
    "area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img", "input",
    "li", "link", "meta", "option", "p", "param", "path", "source", "tbody", "td", "tfoot", "th",
    "thead", "tr", "track", "wbr",
];

/// Strips a page. If it marks exactly one `<article>`, only that is read.
///
/// # Errors
/// Markup that is nested too deep or cannot be rendered.
pub fn read(html: &str) -> Result<Page, Fault> {
    // Positions in the lower-case copy are positions in the page: only ASCII changes.
    let lower = html.to_ascii_lowercase();
    if nesting(&lower) > MOST_NESTED {
        return Err(Fault::invalid(format!(
            "is HTML nested more than {MOST_NESTED} deep; send its text"
        )));
    }
    let only = |name| {
        let mut found = elements(&lower, name);
        found
            .next()
            .filter(|_| found.next().is_none())
            .map(|range| &html[range])
    };
    let first_title = elements(&lower, "title").next().map(|range| &html[range]);
    let title = match only("h1").or(first_title) {
        Some(inner) => one_line(&strip(inner)?),
        None => String::new(),
    };
    let text = strip(only("article").unwrap_or(html))?;
    Ok(Page { title, text })
}

/// The insides of the elements of one name, where they stand. Good for elements that are not nested in themselves.
fn elements<'a>(
    lower: &'a str,
    name: &'a str,
) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let open = from + lower[from..].find('<')?;
            from = open + 1;
            let Some(rest) = lower[from..].strip_prefix(name) else {
                continue;
            };
            if !rest.starts_with(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace()) {
                continue;
            }
            let start = from + lower[from..].find('>')? + 1;
            let end = start + lower[start..].find(&format!("</{name}"))?;
            from = end;
            return Some(start..end);
        }
    })
}

/// The most elements that stand inside each other, by their tags alone.
fn nesting(lower: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    for tag in lower.split('<').skip(1) {
        let (closing, name) = match tag.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, tag),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let name = &name[..end.unwrap_or(name.len())];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || LOOSE.contains(&name) {
            continue;
        }
        if closing {
            depth = depth.saturating_sub(1);
        } else {
            depth += 1;
            most = most.max(depth);
        }
    }
    most
}

fn strip(html: &str) -> Result<String, Fault> {
    config::with_decorator(Bare)
        .raw_mode(true)
        .link_footnotes(false)
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH)
        // The error might quote the page.
        .map_err(|_| Fault::invalid("is HTML that cannot be stripped; send its text"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds nothing to the words of a page.
struct Bare;

impl TextDecorator for Bare {
    type Annotation = ();

    fn decorate_link_start(&mut self, _url: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        String::new()
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    /// Without the picture's description: it would run into the sentence beside it.
    fn decorate_image(&mut self, _src: &str, _title: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        String::new()
    }

    fn unordered_item_prefix(&self) -> String {
        String::new()
    }

    fn ordered_item_prefix(&self, _number: i64) -> String {
        String::new()
    }

    fn make_subblock_decorator(&self) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_stays_on_one_line_and_tags_leave_no_trace() {
        let long =
            "The council of the valley met again on Monday to speak about water. ".repeat(20);
        let html = format!(
            "<!DOCTYPE html><html><head><title>Site | Water</title><style>p{{}}</style><script>x()</script></head>\
             <body><h1>Water <em>talks</em></h1><p>{long}</p>\
             <p>A <a href=\"http://example.org/\">linked</a> <b>bold</b> word &amp; more.<img src=\"x.png\" alt=\"seen\"></p>\
             <ul><li>first</li><li>second</li></ul><hr><table><tr><td>cell</td></tr></table></body></html>"
        );
        let page = read(&html).unwrap();
        assert_eq!(page.title, "Water talks");
        assert!(page.text.contains(long.trim_end()), "{}", page.text);
        assert!(
            page.text.contains("A linked bold word & more."),
            "{}",
            page.text
        );
        for trace in ["http", "[", "*", "seen", "x()", "p{", "─", "|"] {
            assert!(!page.text.contains(trace), "{trace} in {}", page.text);
        }
        let lines: Vec<_> = page
            .text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        assert_eq!(lines.len(), 6, "{lines:?}");
        assert_eq!(lines[3..], ["first", "second", "cell"]);
    }

    #[test]
    fn the_title_is_the_only_h1_or_else_the_title() {
        let cases = [
            ("<title>T</title><h1 class=a>H</h1>", "H"),
            ("<title>T &amp; U</title><h1>H</h1><h1>I</h1>", "T & U"),
            ("<TITLE>\n T\n U </TITLE><p>x", "T U"),
            ("<header>x</header><p>y", ""),
            ("<h1>unclosed", ""),
            ("<title>", ""),
        ];
        for (html, title) in cases {
            assert_eq!(read(html).unwrap().title, title, "{html}");
        }
    }

    #[test]
    fn reads_the_one_article_of_a_page() {
        let one =
            read("<body><nav>Menu</nav><article><p>Body.</p></article><p>Footer</p>").unwrap();
        assert_eq!(one.text.trim(), "Body.");
        let two = read("<article>One.</article><article>Two.</article>").unwrap();
        assert!(two.text.contains("One.") && two.text.contains("Two."));
    }

    #[test]
    fn hostile_markup_ends() {
        let deep = read(&"<div>".repeat(1_000_000)).unwrap_err();
        assert!(deep.message.contains("nested"), "{}", deep.message);
        let nested = "<div>".repeat(1000) + "x" + &"</div>".repeat(1000);
        assert_eq!(read(&nested).unwrap().text.trim(), "x");
        // Long, but flat: paragraphs and items need no end tags.
        let flat = "<p>word<br><li>word<span>s</span>".repeat(20_000);
        assert!(read(&flat).is_ok());
        for html in [
            "",
            "<",
            "<h1",
            "<h1>é<",
            "</h1><h1>",
            "<article",
            "\u{0}<p>\u{130}<h1>x</h1>",
        ] {
            assert!(read(html).is_ok(), "{html:?}");
        }
    }
}
