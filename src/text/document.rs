//! An article cut into a title and sentences. Holds places, never copies of the text.

use std::ops::Range;

use super::{
    boilerplate::{self, Paragraph},
    language,
    sentence::{self, Piece},
};
use crate::domain::{Article, Field, Language, Span};

/// What is read of an article.
#[derive(Debug, Clone)]
pub struct Document {
    pub language: Language,
    /// Index into `sentences` of the title, if there is one.
    pub title: Option<usize>,
    /// In reading order. A title the caller gave comes first; a headline found in the text stands where it stood, in
    /// one piece, even if it holds full stops. Of an article with visible text at least one sentence other than the
    /// title is no boilerplate.
    pub sentences: Vec<Sentence>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub field: Field,
    /// Where it stands in the field, without surrounding space; always on character borders.
    pub bytes: Range<usize>,
    /// The same place in code points.
    pub chars: Range<usize>,
    /// Subscribe lines, photo credits, comment forms, repeated titles: kept out of summaries and evidence.
    pub boilerplate: bool,
}

impl Document {
    /// Cuts an article. Time grows with the length of the article only.
    pub fn read(article: &Article) -> Self {
        let language = language::identify(article);
        let text = article.text();
        let mut pieces = sentence::segment(text, &language.tag);
        let given = sentence::whole(article.title());

        let headline = match &given {
            Some(_) => None,
            None => boilerplate::headline(&paragraphs(text, &pieces)),
        };
        let headline = headline.map(|line| join(&mut pieces, line));
        let title = match headline {
            Some(at) => &text[pieces[at].bytes.clone()],
            None => article.title(),
        };
        let flags = boilerplate::flags(&paragraphs(text, &pieces), title, headline);

        let first = given.map(|(bytes, chars)| Sentence {
            field: Field::Title,
            bytes,
            chars,
            boilerplate: false,
        });
        let title = first.as_ref().map(|_| 0).or(headline);
        let body = pieces
            .into_iter()
            .zip(flags)
            .map(|(piece, boilerplate)| Sentence {
                field: Field::Text,
                bytes: piece.bytes,
                chars: piece.chars,
                boilerplate,
            });
        Self {
            language,
            title,
            sentences: first.into_iter().chain(body).collect(),
        }
    }
}

impl Sentence {
    /// The words of the sentence.
    pub fn text<'a>(&self, article: &'a Article) -> &'a str {
        let field = match self.field {
            Field::Title => article.title(),
            Field::Text => article.text(),
        };
        &field[self.bytes.clone()]
    }

    /// The sentence's place in bytes and code points. Costs nothing: both were counted while the text was cut.
    pub fn span(&self, article: &Article) -> Span {
        debug_assert!(article.text().len().max(article.title().len()) >= self.bytes.end);
        Span {
            field: self.field,
            bytes: self.bytes.clone(),
            chars: self.chars.clone(),
        }
    }
}

/// The pieces line by line.
fn paragraphs<'a>(text: &'a str, pieces: &'a [Piece]) -> Vec<Paragraph<'a>> {
    pieces
        .chunk_by(|a, b| a.line == b.line)
        .map(|line| Paragraph::new(text, line))
        .collect()
}

/// Makes one piece of a line's pieces; returns its index.
fn join(pieces: &mut Vec<Piece>, line: usize) -> usize {
    let start = pieces.partition_point(|p| p.line < line);
    let end = pieces.partition_point(|p| p.line <= line);
    let last = pieces[end - 1].clone();
    pieces[start].bytes.end = last.bytes.end;
    pieces[start].chars.end = last.chars.end;
    pieces.drain(start + 1..end);
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Draft, Limits};
    use proptest::prelude::*;

    fn article(title: &str, text: &str) -> Article {
        Article::new(
            Draft {
                title: title.into(),
                text: text.into(),
                ..Draft::default()
            },
            &Limits::default(),
        )
        .unwrap()
    }

    /// One line per sentence: `T` title, `B` boilerplate, `-` report.
    fn read(title: &str, text: &str) -> Vec<(char, String)> {
        let article = article(title, text);
        let document = Document::read(&article);
        let kind = |(i, s): (usize, &Sentence)| match (document.title == Some(i), s.boilerplate) {
            (true, false) => 'T',
            (true, true) => panic!("a title is no boilerplate"),
            (false, true) => 'B',
            (false, false) => '-',
        };
        document
            .sentences
            .iter()
            .enumerate()
            .map(|(i, s)| (kind((i, s)), s.text(&article).to_owned()))
            .collect()
    }

    /// Reads a page whose lines begin with the kind that each of their sentences should get.
    fn check(page: &str) {
        let page: Vec<(char, &str)> = page
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .filter_map(|line| Some((line.chars().next()?, line[1..].trim())))
            .collect();
        let text: Vec<&str> = page.iter().map(|(_, line)| *line).collect();
        let text = text.join("\n\n");
        let got = read("", &text);
        let want = |sentence: &str| {
            page.iter()
                .find(|(_, line)| line.contains(sentence))
                .map(|(kind, _)| *kind)
        };
        for (kind, sentence) in &got {
            assert_eq!(Some(*kind), want(sentence), "{sentence}\n{got:#?}");
        }
        assert!(got.len() >= page.len());
    }

    #[test]
    fn an_english_page() {
        check(
            "B examplebx siteone
             T Ruritania's crowds storm the palace, free the old king
             B [ad_1]
             B By Ann Example and Bob Sample
             - STRELSAU: Crowds stormed the palace of Ruritania on Tuesday and freed the old king. Guards fled.
             B Photo: A. Sample/Example Press
             - The council met at night. “We will not resign,” its speaker A. Hentzau said.
             B The council calls for calm
             - It is open to new elections, but only after the new year, he told reporters on Tuesday.
             B Rupert Hentzau
             - Health officials counted 120 wounded people and no deaths.
             B Rupert Hentzau
             B RURITANIA’S CROWDS STORM THE PALACE, FREE THE OLD KING
             B Read more: The king's long winter
             B https://example.com/story/1
             B Download the Example News mobile application and keep yourself updated.
             B It is not allowed to publish, quote or reproduce the information of the Example agency without consent.
             B Comments: 0
             B Your email address will not be published. Required fields are marked *",
        );
    }

    #[test]
    fn an_arabic_page() {
        check(
            "B متابعة.
             - خرج آلاف المحتجين إلى شوارع العاصمة يوم الخميس، وطالبوا باستقالة الحكومة كلها. ثم عادوا إلى بيوتهم.
             B مئات الجرحى في العاصمة
             - وقالت وزارة الصحة إن مئة وعشرين شخصا أصيبوا بجروح في المواجهات مع الشرطة.
             B اقرأ أيضاً: الملك يعود
             - ولم يصدر أي تعليق من الحكومة حتى مساء اليوم.
             B إعداد: فلان الفلاني
             B تحرير: فلانة الفلانية
             B لن يتم نشر عنوان بريدك الإلكتروني.",
        );
    }

    #[test]
    fn pages_in_other_languages() {
        check(
            "T Тысячи людей вышли на площадь в столице
             - В понедельник тысячи людей вышли на площадь и потребовали отставки правительства страны.
             B Читайте также: Король вернулся
             B Фото: Пример
             - Полиция не вмешивалась, а вечером все разошлись по домам.
             B Подписывайтесь на наш канал в Telegram",
        );
        check(
            "T Binlerce kişi başkentte sokağa çıktı
             - Pazartesi günü binlerce kişi meydana yürüdü ve hükümetin istifasını istedi.
             B Fotoğraf: Örnek Ajansı
             - Polis müdahale etmedi ve akşam herkes evine döndü.
             B E-posta hesabınız yayımlanmayacak.",
        );
        check(
            "T 数千人在首都游行要求政府辞职
             - 周一数千人走上首都街头，要求政府辞职并举行新的选举，警察没有干预。
             B 图片来源：示例社
             - 晚上人群散去，没有人员伤亡的报告，政府至今没有回应。
             B 责任编辑：某某",
        );
        check(
            "T हज़ारों लोग राजधानी की सड़कों पर उतरे
             - सोमवार को हज़ारों लोग राजधानी की सड़कों पर उतरे और सरकार के इस्तीफे की मांग की।
             B यह भी पढ़ें: राजा लौटे
             - पुलिस ने दखल नहीं दिया और शाम को सब घर लौट गए।",
        );
    }

    #[test]
    fn a_given_title_comes_first_and_its_repetition_is_boilerplate() {
        let got = read(
            " Crowds storm “old” palace.. king freed ",
            "CROWDS STORM 'OLD' PALACE.. KING FREED\n\nCrowds stormed the palace on Tuesday. They freed the king.",
        );
        let kinds: String = got.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(got[0].1, "Crowds storm “old” palace.. king freed");
        assert!(kinds.starts_with("TB") && kinds.ends_with("--"), "{got:?}");
        assert!(got.iter().skip(1).all(|(kind, _)| *kind != 'T'));
    }

    #[test]
    fn a_headline_in_the_text_is_one_piece() {
        let got = read(
            "",
            "They freed a prisoner.. riots in the capital \n\nRiots broke out in the capital on Tuesday after crowds had freed a prisoner.",
        );
        assert_eq!(
            got[0],
            ('T', "They freed a prisoner.. riots in the capital".into())
        );
        assert_eq!(got.len(), 2);
    }

    #[test]
    fn a_first_sentence_is_no_headline() {
        for text in [
            "The crowd left. Nobody was hurt.",
            "Police fired into the crowd on Monday.\n\nThe government said nothing at all for three days after the event.",
            "A single line without a full stop",
            "Much longer first line that goes on for a while\n\nshort",
        ] {
            assert!(
                read("", text).iter().all(|(kind, _)| *kind != 'T'),
                "{text}"
            );
        }
    }

    #[test]
    fn something_is_always_left() {
        for text in [
            "Your email address will not be published.",
            "Advertisement\n\nShare\n\nTweet",
            "Crowds storm palace\nKing freed\nGuards flee\nCouncil meets",
            "ผู้ประท้วงหลายพันคนเดินขบวนไปยังรัฐสภา\nตำรวจไม่ได้เข้าแทรกแซง",
            "[ad_1]",
            "https://example.com",
            "🙂",
            "Yes.",
        ] {
            assert!(
                read("", text).iter().any(|(kind, _)| *kind == '-'),
                "{text}"
            );
            assert!(
                read("A title", text).iter().any(|(kind, _)| *kind == '-'),
                "{text}"
            );
            assert!(
                read(text, text).iter().any(|(kind, _)| *kind == '-'),
                "{text}"
            );
        }
    }

    #[test]
    fn lines_without_full_stops_are_kept_where_the_text_has_none() {
        let list = "Crowds storm the palace of the king\nThe old king is free after years in jail\nGuards flee to the hills at night";
        assert_eq!(
            read("", list)
                .iter()
                .filter(|(kind, _)| *kind == 'B')
                .count(),
            0
        );
    }

    #[test]
    fn reports_that_sound_like_boilerplate_stay() {
        let reports = [
            "By Tuesday the army had left the town and its people came back.",
            "Von der Leyen reiste am Montag nach Kiew und sprach mit dem Präsidenten.",
            "Share prices fell by three percent on Monday.",
            "The new privacy policy of the network angered its users.",
            "Published on Tuesday, the report names three ministers.",
            "Photos show the burnt palace.",
            "Reuters reported that the king was free.",
            "وقالت وكالة رويترز إن الملك عاد إلى القصر مساء اليوم.",
        ];
        for report in reports {
            let text = format!(
                "The first paragraph says what happened in the town.\n\n{report}\n\nThe last one says what comes next."
            );
            assert_eq!(
                read("", &text)
                    .iter()
                    .map(|(kind, _)| *kind)
                    .collect::<String>(),
                "---",
                "{report}"
            );
        }
    }

    #[test]
    fn spans_count_bytes_and_code_points() {
        let article = article("Größe", "Ärger 🙂 dort.\n\nÖl fließt.");
        let document = Document::read(&article);
        for sentence in &document.sentences {
            let span = sentence.span(&article);
            let field = if span.field == Field::Title {
                article.title()
            } else {
                article.text()
            };
            let by_chars: String = field
                .chars()
                .skip(span.chars.start)
                .take(span.chars.len())
                .collect();
            assert_eq!(by_chars, sentence.text(&article));
            assert_eq!(by_chars, field[span.bytes]);
        }
        assert_eq!(document.sentences.len(), 3);
    }

    #[test]
    fn the_longest_texts_take_no_longer_than_their_length_asks() {
        for unit in [
            "a\n",
            ".,",
            "word",
            "Share\n",
            "Read more: x\n",
            "A line of news that ends. ",
            "\n",
            "photo: a ",
        ] {
            let article = article(
                "A title that is here",
                &(unit.repeat(256 * 1024 / unit.len() - 1) + "x"),
            );
            let start = std::time::Instant::now();
            Document::read(&article);
            assert!(
                start.elapsed().as_millis() < 3000,
                "{unit:?} took {:?}",
                start.elapsed()
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn any_article_keeps_the_laws(title in "(\\PC{0,30}|[ \\n]*)", lines in prop::collection::vec("\\PC{0,40}|[A-Z][a-z ]{0,50}[.!?]?|Share|Photo: [a-z]+|\\[ad_1\\]", 1..12)) {
            let text = lines.join("\n");
            let Ok(article) = Article::new(Draft { title, text, ..Draft::default() }, &Limits::default()) else { return Ok(()) };
            let document = Document::read(&article);
            let report = |(i, s): (usize, &Sentence)| !s.boilerplate && document.title != Some(i);
            prop_assert!(document.sentences.iter().enumerate().any(report), "something is left");
            let mut end = 0;
            for (i, sentence) in document.sentences.iter().enumerate() {
                let span = sentence.span(&article);
                prop_assert!(!span.bytes.is_empty() && sentence.text(&article).chars().count() == span.chars.len());
                if sentence.field == Field::Title {
                    prop_assert_eq!(i, 0);
                } else {
                    prop_assert!(span.bytes.start >= end);
                    end = span.bytes.end;
                }
            }
        }
    }
}
