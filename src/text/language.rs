//! Which language an article is written in.
//!
//! A script that one language owns decides at once. Languages that share a script are told apart by letters of their
//! own (Kyrgyz ң without қ), and by the short words every sentence holds ("kwa", "dhe", "waxaa"), with `whatlang`'s
//! trigrams as a further vote: it knows 70 languages, but not Kyrgyz, Kazakh, Pashto, Hausa, Swahili or Somali.

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use whatlang::{Detector, Lang};

use super::sentence::is_word_char;
use crate::domain::{Article, Language};

/// The language the caller gave, as given, or else the one the title and the beginning of the text are written in.
///
/// `score` says how clear the choice was, 0..1: the share of letters in the deciding script, times, where several
/// languages share it, how far the signs of the language stand out. It orders guesses; it is no calibrated
/// probability. Without any letter the answer is `und` with 0.
pub fn identify(article: &Article) -> Language {
    if let Some(tag) = article.language() {
        return Language {
            tag: tag.to_owned(),
            score: 1.0,
            given: true,
        };
    }
    // Forms and links at the very end of a page are often in another language than the report, so the beginning decides.
    let head = |text: &str, chars: usize| -> String { text.chars().take(chars).collect() };
    let sample = format!(
        "{}\n{}",
        head(article.title(), TITLE_CHARS),
        head(article.text(), TEXT_CHARS)
    );
    let (tag, score) = detect(&sample);
    Language {
        tag: tag.to_owned(),
        score: score.clamp(0.0, 1.0),
        given: false,
    }
}

/// How much is read: enough for certainty, and constant on long texts.
const TITLE_CHARS: usize = 300;
const TEXT_CHARS: usize = 2500;

type Guess = (&'static str, f32);

/// Language and score of a sample.
fn detect(sample: &str) -> Guess {
    let letters = Letters::count(sample);
    let Some((script, count)) = letters.main() else {
        return ("und", 0.0);
    };
    let share = count as f32 / letters.total as f32;
    let (tag, score) = match script {
        Script::Latin => latin(sample),
        Script::Cyrillic => cyrillic(sample, count),
        Script::Arabic => arabic(sample, count),
        Script::Devanagari => devanagari(sample),
        Script::Hebrew => hebrew(sample),
        Script::Ethiopic => (
            if letters.tigrinya_signs(sample) {
                "ti"
            } else {
                "am"
            },
            1.0,
        ),
        Script::Bengali => (
            if sample.contains(['ৰ', 'ৱ']) {
                "as"
            } else {
                "bn"
            },
            1.0,
        ),
        // Japanese mixes kana among its Han characters, Korean writes Hangul beside them, Chinese neither.
        Script::Han if letters.of(Script::Kana) * 20 > count => ("ja", 1.0),
        Script::Han if letters.of(Script::Hangul) * 5 > count => ("ko", 1.0),
        Script::Han => ("zh", 1.0),
        Script::Kana => ("ja", 1.0),
        Script::Hangul => ("ko", 1.0),
        Script::Own(tag) => (tag, 1.0),
    };
    (tag, score * share)
}

/// A writing system, as far as languages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Hebrew,
    Ethiopic,
    Bengali,
    Han,
    Kana,
    Hangul,
    /// A script that writes one language of the news.
    Own(&'static str),
}

fn script_of(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z'
        | 'A'..='Z'
        | '\u{c0}'..='\u{24f}'
        | '\u{250}'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => Script::Cyrillic,
        '\u{620}'..='\u{64a}'
        | '\u{66e}'..='\u{6d5}'
        | '\u{6ee}'..='\u{6ff}'
        | '\u{750}'..='\u{77f}'
        | '\u{8a0}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' => Script::Arabic,
        '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}' => Script::Devanagari,
        '\u{5d0}'..='\u{5f2}' => Script::Hebrew,
        '\u{1200}'..='\u{139f}' | '\u{2d80}'..='\u{2ddf}' => Script::Ethiopic,
        '\u{980}'..='\u{9fe}' => Script::Bengali,
        '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Script::Han,
        '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => Script::Kana,
        '\u{1100}'..='\u{11ff}'
        | '\u{3130}'..='\u{318f}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' => Script::Hangul,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Own("el"),
        '\u{531}'..='\u{588}' => Script::Own("hy"),
        '\u{780}'..='\u{7b1}' => Script::Own("dv"),
        '\u{7c0}'..='\u{7ff}' => Script::Own("nqo"),
        '\u{a00}'..='\u{a7f}' => Script::Own("pa"),
        '\u{a80}'..='\u{aff}' => Script::Own("gu"),
        '\u{b00}'..='\u{b7f}' => Script::Own("or"),
        '\u{b80}'..='\u{bff}' => Script::Own("ta"),
        '\u{c00}'..='\u{c7f}' => Script::Own("te"),
        '\u{c80}'..='\u{cff}' => Script::Own("kn"),
        '\u{d00}'..='\u{d7f}' => Script::Own("ml"),
        '\u{d80}'..='\u{dff}' => Script::Own("si"),
        '\u{e01}'..='\u{e4e}' => Script::Own("th"),
        '\u{e81}'..='\u{edf}' => Script::Own("lo"),
        '\u{f40}'..='\u{fbc}' => Script::Own("bo"),
        '\u{1000}'..='\u{109f}' | '\u{aa60}'..='\u{aa7f}' => Script::Own("my"),
        '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => Script::Own("ka"),
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Script::Own("chr"),
        '\u{1780}'..='\u{17d3}' => Script::Own("km"),
        '\u{1820}'..='\u{18aa}' => Script::Own("mn"),
        '\u{2d30}'..='\u{2d7f}' => Script::Own("zgh"),
        _ => return None,
    })
}

/// Letters per script.
struct Letters {
    counts: Vec<(Script, usize)>,
    total: usize,
}

impl Letters {
    fn count(sample: &str) -> Self {
        let mut new = Self {
            counts: Vec::new(),
            total: 0,
        };
        for script in sample.chars().filter_map(script_of) {
            new.total += 1;
            match new.counts.iter_mut().find(|(s, _)| *s == script) {
                Some((_, n)) => *n += 1,
                None => new.counts.push((script, 1)),
            }
        }
        new
    }

    fn of(&self, script: Script) -> usize {
        self.counts
            .iter()
            .find(|(s, _)| *s == script)
            .map_or(0, |(_, n)| *n)
    }

    /// The script of the most letters. One ideograph says as much as about three letters.
    fn main(&self) -> Option<(Script, usize)> {
        let weight = |(script, n): &(Script, usize)| {
            if matches!(script, Script::Han | Script::Kana | Script::Hangul) {
                n * 3
            } else {
                *n
            }
        };
        let mut main = self.counts.iter().copied().max_by_key(weight)?;
        // Han and kana are one text of Japanese.
        match main.0 {
            Script::Kana => main.1 += self.of(Script::Han),
            Script::Han => main.1 += self.of(Script::Kana),
            _ => {}
        }
        Some(main)
    }

    /// Tigrinya writes ኣ where Amharic writes አ, and has ቐ and ኸ of its own.
    fn tigrinya_signs(&self, sample: &str) -> bool {
        let count = |set: &[char]| sample.chars().filter(|c| set.contains(c)).count();
        count(&['ኣ', 'ቐ', 'ቕ', 'ዅ']) > count(&['አ'])
    }
}

/// Kazakh, Kyrgyz, Mongolian and others by letters, the Slavic languages by letters and trigrams.
fn cyrillic(sample: &str, letters: usize) -> Guess {
    let text = sample.to_lowercase();
    let share = shares(&text, letters);
    // A headline may lack the letters.
    let kyrgyz = text
        .split(|c: char| !is_word_char(c))
        .filter(|w| KYRGYZ_WORDS.contains(w))
        .count();
    // A foreign name in a Russian text holds a letter or two; a text of the language holds one in thirty.
    let (own, much) = (0.002, 0.012);
    let rules: [(&str, bool); 14] = [
        ("sah", share("ҕҥ") > own && share("өүһ") > own),
        ("ba", share("ҡҙҫ") > much),
        ("cv", share("ӑӗҫӳ") > much),
        ("os", share("ӕ") > much),
        ("ce", share("ӏ") > much),
        ("kk", share("ұ") > own && share("қғәңі") > much),
        (
            "kk",
            share("қғәңөүұ") > much && share("і") > much && share("ӣӯҷҳў") == 0.0,
        ),
        ("tg", share("ӣӯҷ") > own && share("ғқҳӣӯҷ") > much),
        (
            "uz",
            share("ў") > own && share("қғҳў") > much && share("і") < much,
        ),
        ("tt", share("әҗ") > much && share("қғі") < much),
        // Kyrgyz may go without its ң for a paragraph, not without its short words.
        (
            "mn",
            share("өү") > 2.0 * much && share("ңқғәі") < own && kyrgyz < 2,
        ),
        (
            "ky",
            (share("ңөү") > 2.0 * much || kyrgyz >= 2) && share("қғұіәһ") < own,
        ),
        (
            "mk",
            share("ѓќѕ") > own
                || (share("ј") > much
                    && share("њљџ") > 0.0
                    && share("ђћ") == 0.0
                    && whatlang(sample) == Some("mk")),
        ),
        ("sr", share("ђћ") > own || share("јњљ") > much),
    ];
    if let Some((tag, _)) = rules.iter().find(|(_, holds)| *holds) {
        return (tag, 1.0);
    }
    let rules: [(&str, bool); 6] = [
        ("be", share("ў") > own && share("і") > much),
        ("uk", share("їєґ") > own && share("ыэ") < own),
        ("uk", share("і") > much && share("ыэё") == 0.0),
        (
            "be",
            share("і") > much && share("ы") > own && share("и") == 0.0,
        ),
        ("ru", share("ыэё") > own && share("іў") < own),
        ("bg", share("ъ") > own && share("ыэё") == 0.0),
    ];
    if let Some((tag, _)) = rules.iter().find(|(_, holds)| *holds) {
        return (tag, 0.97);
    }
    let slavic = [
        Lang::Rus,
        Lang::Ukr,
        Lang::Bel,
        Lang::Bul,
        Lang::Srp,
        Lang::Mkd,
    ];
    vote(sample, &slavic).map_or(("ru", 0.2), |(tag, score)| (tag, score.min(0.9)))
}

const KYRGYZ_WORDS: &[&str] = &[
    "жана",
    "менен",
    "деп",
    "боюнча",
    "үчүн",
    "болгон",
    "деген",
    "кийин",
    "айтты",
    "билдирди",
];

/// What share of the `letters` of `text` the letters of a set make.
fn shares(text: &str, letters: usize) -> impl Fn(&str) -> f32 {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
    }
    move |set| {
        set.chars().filter_map(|c| counts.get(&c)).sum::<usize>() as f32 / letters.max(1) as f32
    }
}

/// Letters tell most languages of the Arabic script; short words tell Persian from Arabic.
fn arabic(sample: &str, letters: usize) -> Guess {
    let share = shares(sample, letters);
    let much = 0.01;
    let own: [(&'static str, f32); 5] = [
        ("ug", share("ۇۋۈېڭ")),
        ("ckb", share("ڕڵێۆ")),
        ("ps", share("ښځڼټډړۍڅږ")),
        ("sd", share("ڄڃٻڀٺٿڏڊڍڙڦڳڱڻ")),
        ("ur", share("ٹڈڑےںہھ")),
    ];
    let best = own
        .iter()
        .copied()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, share)| *share > much);
    if let Some((tag, share)) = best {
        return (tag, (0.6 + share * 10.0).min(1.0));
    }
    let words = |list: &str| {
        let list: HashSet<&str> = list.split_whitespace().collect();
        sample
            .split(|c: char| !is_word_char(c))
            .filter(|w| list.contains(w))
            .count() as f32
    };
    let persian = words("در به از که این را است با برای آن شد می های کرد شده بود هم تا یک خود")
        + 100.0 * share("پچژگ")
        + 20.0 * share("کی");
    let arabic =
        words("في من على إلى أن التي الذي عن إن كما بعد قد لا ما هذا هذه كان وقد وقال مع بين")
            + 100.0 * share("ةىأإئ");
    let clear = (persian - arabic).abs() / (persian + arabic).max(1.0);
    (
        if persian > arabic { "fa" } else { "ar" },
        0.5 + 0.5 * clear,
    )
}

fn devanagari(sample: &str) -> Guess {
    let count = |list: &[&str]| {
        sample
            .split(|c: char| c.is_whitespace() || c == '।' || c == ',')
            .filter(|w| list.contains(w))
            .count()
    };
    let own = [
        (
            "hi",
            count(&[
                "है",
                "हैं",
                "के",
                "में",
                "की",
                "और",
                "ने",
                "से",
                "को",
                "का",
                "कि",
                "पर",
                "था",
                "इस",
            ]),
        ),
        (
            "mr",
            count(&[
                "आहे",
                "आहेत",
                "आणि",
                "या",
                "होते",
                "होता",
                "यांनी",
                "केली",
                "केले",
                "नाही",
                "असे",
                "मध्ये",
            ]),
        ),
        (
            "ne",
            count(&[
                "छ",
                "छन्",
                "गरेको",
                "भएको",
                "र",
                "मा",
                "पनि",
                "गर्ने",
                "थियो",
                "हो",
                "छैन",
                "भने",
            ]),
        ),
    ];
    let all: usize = own.iter().map(|(_, n)| n).sum();
    match own.iter().max_by_key(|(_, n)| *n) {
        Some((tag, n)) if *n > 0 => (tag, 0.5 + 0.5 * *n as f32 / all as f32),
        _ => vote(sample, &[Lang::Hin, Lang::Mar, Lang::Nep]).unwrap_or(("hi", 0.3)),
    }
}

fn hebrew(sample: &str) -> Guess {
    // Yiddish writes digraphs and pointed vowels that Hebrew news does not.
    if sample.contains(['װ', 'ױ', 'ײ']) {
        return ("yi", 0.95);
    }
    vote(sample, &[Lang::Heb, Lang::Yid]).map_or(("he", 0.5), |(tag, score)| (tag, score.max(0.8)))
}

/// Function words first, trigrams as a further vote.
fn latin(sample: &str) -> Guess {
    let text = sample.to_lowercase();
    let mut hits = [0_usize; FUNCTION_WORDS.len()];
    let mut tokens = 0;
    for token in
        text.split(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '’' | 'ʻ' | '‘' | 'ʼ')))
    {
        tokens += usize::from(!token.is_empty());
        for &language in function_words().get(token).map_or(&[][..], Vec::as_slice) {
            hits[language] += 1;
        }
    }
    let letters = own_letters(&text);
    let share = |(&(tag, _), hits): (&(&'static str, &str), usize)| {
        (
            tag,
            hits as f32 / tokens.max(1) as f32 + if letters == Some(tag) { 0.2 } else { 0.0 },
        )
    };
    let mut ranked: Vec<Guess> = FUNCTION_WORDS
        .iter()
        .zip(hits)
        .map(share)
        .filter(|(_, share)| *share > 0.0)
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    if let [(tag, best), rest @ ..] = ranked.as_slice()
        && tokens >= 40
        && *best >= 0.2
        && rest.first().is_none_or(|(_, second)| second * 2.0 < *best)
    {
        return (tag, 1.0);
    }

    let trigrams = detector().detect(beginning(sample));
    let trigrams = trigrams.and_then(|info| Some((bcp47(info.lang())?, info.confidence() as f32)));
    for (tag, score) in &mut ranked {
        *score += trigrams
            .filter(|(t, _)| t == tag)
            .map_or(0.0, |(_, confidence)| 0.03 + 0.09 * confidence);
    }
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    match (ranked.as_slice(), letters, trigrams) {
        ([(tag, best), rest @ ..], ..) if *best >= 0.08 => {
            let second = rest.first().map_or(0.0, |(_, score)| *score);
            let margin = ((best - second) / best * 2.0).min(1.0);
            (tag, 0.3 + 0.7 * margin * (best / 0.2).min(1.0))
        }
        (_, Some(tag), _) => (tag, 0.7),
        // Hardly a known word: names, a code, or a language outside the table.
        (_, _, Some((tag, score))) => (tag, 0.5 * score),
        ([(tag, best), ..], ..) => (tag, *best),
        _ => ("und", 0.0),
    }
}

/// A Latin language known by a letter of its own.
fn own_letters(text: &str) -> Option<&'static str> {
    let share = shares(text, text.chars().filter(|&c| is_word_char(c)).count());
    let often = |set: &str| share(set) * 60.0 >= 1.0;
    let uzbek = || {
        ["o'", "o‘", "oʻ", "o’", "g'", "g‘", "gʻ", "g’"]
            .iter()
            .map(|s| text.matches(s).count())
            .sum::<usize>()
    };
    if often("ə") {
        Some("az")
    } else if share("q") > 0.005 && share("çñàèé") == 0.0 && uzbek() * 100 >= text.len() {
        Some("uz")
    } else if often("ğı") && share("ýə") == 0.0 {
        Some("tr")
    } else if often("ơưạếộấầệợ") {
        Some("vi")
    } else if often("ħġċ") {
        Some("mt")
    } else if often("ðþ") {
        Some("is")
    } else if often("ɗƙɓ") {
        Some("ha")
    } else {
        None
    }
}

/// What `whatlang` says, unasked of Latin and Esperanto: no news is written in them, but short headlines look alike.
fn detector() -> &'static Detector {
    static DETECTOR: OnceLock<Detector> = OnceLock::new();
    DETECTOR.get_or_init(|| Detector::with_denylist(vec![Lang::Lat, Lang::Epo]))
}

fn whatlang(sample: &str) -> Option<&'static str> {
    detector().detect_lang(beginning(sample)).and_then(bcp47)
}

fn vote(sample: &str, among: &[Lang]) -> Option<Guess> {
    let info = Detector::with_allowlist(among.to_vec()).detect(beginning(sample))?;
    Some((bcp47(info.lang())?, info.confidence() as f32))
}

/// Trigrams are certain after a few sentences and cost more than all the rest.
fn beginning(sample: &str) -> &str {
    &sample[..sample
        .char_indices()
        .nth(TRIGRAM_CHARS)
        .map_or(sample.len(), |(at, _)| at)]
}

const TRIGRAM_CHARS: usize = 800;

/// ISO 639-1 for `whatlang`'s ISO 639-3. Malay and Indonesian are one here: news in both is read alike.
fn bcp47(language: Lang) -> Option<&'static str> {
    CODES
        .iter()
        .find(|(code, _)| *code == language.code())
        .map(|(_, tag)| *tag)
}

#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("epo", "eo"), ("eng", "en"), ("rus", "ru"), ("cmn", "zh"), ("spa", "es"), ("por", "pt"), ("ita", "it"), ("ben", "bn"), ("fra", "fr"), ("deu", "de"),
    ("ukr", "uk"), ("kat", "ka"), ("ara", "ar"), ("hin", "hi"), ("jpn", "ja"), ("heb", "he"), ("yid", "yi"), ("pol", "pl"), ("amh", "am"), ("jav", "jv"),
    ("kor", "ko"), ("nob", "nb"), ("dan", "da"), ("swe", "sv"), ("fin", "fi"), ("tur", "tr"), ("nld", "nl"), ("hun", "hu"), ("ces", "cs"), ("ell", "el"),
    ("bul", "bg"), ("bel", "be"), ("mar", "mr"), ("kan", "kn"), ("ron", "ro"), ("slv", "sl"), ("hrv", "hr"), ("srp", "sr"), ("mkd", "mk"), ("lit", "lt"),
    ("lav", "lv"), ("est", "et"), ("tam", "ta"), ("vie", "vi"), ("urd", "ur"), ("tha", "th"), ("guj", "gu"), ("uzb", "uz"), ("pan", "pa"), ("aze", "az"),
    ("ind", "id"), ("tel", "te"), ("pes", "fa"), ("mal", "ml"), ("ori", "or"), ("mya", "my"), ("nep", "ne"), ("sin", "si"), ("khm", "km"), ("tuk", "tk"),
    ("aka", "ak"), ("zul", "zu"), ("sna", "sn"), ("afr", "af"), ("lat", "la"), ("slk", "sk"), ("cat", "ca"), ("tgl", "tl"), ("hye", "hy"), ("cym", "cy"),
];

/// Function words by token: indices into [`FUNCTION_WORDS`].
fn function_words() -> &'static HashMap<&'static str, Vec<usize>> {
    static INDEX: OnceLock<HashMap<&'static str, Vec<usize>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: HashMap<&str, Vec<usize>> = HashMap::new();
        for (language, (_, words)) in FUNCTION_WORDS.iter().enumerate() {
            for word in words.split_whitespace() {
                index.entry(word).or_default().push(language);
            }
        }
        index
    })
}

/// The commonest short words of news in each language of the Latin script.
#[rustfmt::skip]
const FUNCTION_WORDS: [(&str, &str); 46] = [
    ("en", "the of and to in a that for on was is with said by at from as it he after his has have were are an who their its be this"),
    ("fr", "le la les de des du et en un une à dans que qui pour par sur est au aux avec pas ont été ce cette il son se plus"),
    ("de", "der die das und in den von zu mit im des dem ein eine auf für nicht ist sich auch wurde haben nach bei am aus als es sind werden"),
    ("es", "el la los las de y en que del un una por con para se su al como más no fue ha lo sus este tras desde"),
    ("pt", "o a os as de e do da em no na dos das que um uma por com para não ao se mais foi pelo pela são também nos nas"),
    ("it", "il lo la i gli le di e che in del della dei delle un una per con da è sono non si alla al nel nella più ha anche dal"),
    ("nl", "de het een van en in is op te dat voor met die zijn niet aan door bij er ook naar om heeft werd uit wordt hebben"),
    ("sv", "och i att det som en på är av för med den till har inte om ett de han från vid efter var sig kan"),
    ("da", "og i at det som en på er af for med den til har ikke om et de han fra ved efter blev sig også der mod"),
    ("nb", "og i at det som en på er av for med den til har ikke om et de han fra ved etter ble seg også mot"),
    ("is", "og að í á sem er var við um með til en það fyrir af hefur ekki verið eru því hann frá"),
    ("fi", "ja on ei että se oli myös mukaan kun ovat hän mutta sekä tai joka ovat jo vain kertoi ole olivat jälkeen"),
    ("et", "ja on ei et see oli ka kui mis ning oma aga ta või kes pärast eest selle ole siis"),
    ("lv", "un ir ka no ar par uz tas arī kas bija pie pēc tika bet lai kā gan vai"),
    ("lt", "ir kad į iš su yra buvo tai jis kaip bet apie nuo po dėl už kuris bus taip jau"),
    ("pl", "i w na z się że do nie to jest o jak po za od przez przy dla oraz są był było co który które jego"),
    ("cs", "a v se na je že s z do o to i jsou jeho po za pro podle by ale ve jako při byl který která uvedl"),
    ("sk", "a v sa na je že s z do o to aj sú jeho po za pre podľa by ale vo ako pri bol ktorý ktorá uviedol"),
    ("sl", "in je v na da se za so z pa po ki bi kot tudi s ali do od ter pri bil bila"),
    ("hr", "i u je na se da su za od s koji koja nije o što kako iz bi će ali do te nakon rekao također"),
    ("hu", "a az és hogy nem egy is volt meg ez szerint de csak már mint után el még ki ezt között"),
    ("ro", "și de în a la cu din pe că nu care un o pentru este au sunt mai prin fost după fi al ale lui"),
    ("sq", "dhe të e në një për me nga që i është se ka më do janë u kjo ky por si nuk ishte"),
    ("tr", "ve bir bu için ile da de olarak çok daha olan gibi sonra kadar ancak ise ne o dedi ya en var yeni etti"),
    ("az", "və bir bu üçün ilə də da olan ki daha kimi sonra o edib olub isə bildirib ən çox həm"),
    ("uz", "va bu bir bilan uchun ham da edi deb bo'lgan haqida keyin bo'yicha lekin shu esa o'z yil mumkin"),
    ("tk", "we bu bir bilen üçin hem da şu hakda boldy soň diýip ýyl öz türkmenistanyň etmek bolan"),
    ("ku", "û li di ku de bi ji ev ew jî bo re ya yên yê wê ser xwe kir tê"),
    ("id", "yang dan di untuk dengan dari pada ini itu dalam akan tidak oleh telah juga ke tersebut karena adalah menjadi saat para ada telah kepada"),
    ("tl", "ang ng sa na mga ay at si ni nang para niya ito kay hindi naman rin ko pa siya kung may"),
    ("vi", "của và là các có trong được cho với một những người không đã này đến tại khi từ về"),
    ("sw", "ya na wa kwa ni katika la za kuwa huo hiyo huyo kwamba cha pia baada watu hilo hii alisema wake ambao bila"),
    ("ha", "da na a ya ta ba su cewa don kuma an sun wani wata daga cikin amma shi ne ce wannan mutane bayan kan"),
    ("so", "oo iyo in ka ku ay waxaa ee la uu waa ah u si kala ayaa soo aan laga lagu inuu sheegay kale"),
    ("yo", "ni ti ń sí àwọn ó pé náà fún wọn láti nínú bí kò gbogbo rẹ̀ ìjọba tó"),
    ("ig", "na nke ndị bụ ka ya dị maka site ọ n'ime ahụ gọọmentị nwere ha onye mmadụ"),
    ("rw", "mu ku ya na ko yo ba ry bya cyangwa kandi ni muri avuga abantu umwe uyu nyuma"),
    ("zu", "ukuthi futhi ngoba kodwa lapho uma abantu kanye yakhe ngo wathi emva manje lokhu"),
    ("af", "die en van in is het dat vir met nie op te sê was om hulle ook deur wat aan ná"),
    ("ca", "el la els les de i que en un una per amb del dels al no és ha va més seva aquest són també"),
    ("gl", "o a os as de e do da en no na dos das que un unha por con para non ao máis foi unhas polo pola tamén"),
    ("eu", "eta da du ez dute bat izan egin dira ere zuen duten zen baina dituzte arte berri hau"),
    ("ga", "an na agus ar a go i bhí tá le ag do sé leis atá chun bhfuil seo sin ó faoi"),
    ("cy", "y yn a i o ar mae ei wedi gan fod oedd bod am ac yr eu hynny ond"),
    ("mt", "il ta li u fi ma għal minn tal fil biex kien qal mill jew lil hu"),
    ("ht", "ak nan yon pou ki sou pa te yo la gen se kap moun li peyi"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Draft, Limits};

    fn of(draft: Draft) -> Language {
        identify(&Article::new(draft, &Limits::default()).unwrap())
    }

    fn tag(text: &str) -> String {
        of(Draft {
            text: text.into(),
            ..Draft::default()
        })
        .tag
    }

    #[rustfmt::skip]
    const SAMPLES: &[(&str, &str)] = &[
        ("en", "Thousands of people marched to the parliament on Monday and asked the president to resign."),
        ("de", "Tausende Menschen zogen am Montag vor das Parlament und forderten den Rücktritt der Regierung."),
        ("fr", "Des milliers de personnes ont marché lundi vers le parlement pour demander la démission du président."),
        ("es", "Miles de personas marcharon el lunes hacia el parlamento para pedir la renuncia del presidente."),
        ("pt", "Milhares de pessoas marcharam na segunda-feira até o parlamento para pedir a renúncia do presidente."),
        ("it", "Migliaia di persone hanno marciato lunedì verso il parlamento per chiedere le dimissioni del presidente."),
        ("nl", "Duizenden mensen trokken maandag naar het parlement en eisten het aftreden van de regering."),
        ("sv", "Tusentals människor gick på måndagen till parlamentet och krävde att regeringen ska avgå."),
        ("pl", "Tysiące ludzi przeszły w poniedziałek pod parlament i zażądały dymisji rządu, który nie odpowiedział."),
        ("cs", "Tisíce lidí v pondělí pochodovaly k parlamentu a požadovaly, aby vláda odstoupila, uvedl mluvčí."),
        ("ro", "Mii de oameni au mers luni la parlament și au cerut demisia președintelui, care nu a răspuns."),
        ("hu", "Több ezer ember vonult hétfőn a parlament elé, és azt követelte, hogy a kormány mondjon le."),
        ("fi", "Tuhannet ihmiset marssivat maanantaina parlamentille ja vaativat, että hallitus eroaa."),
        ("tr", "Binlerce kişi pazartesi günü meclise yürüdü ve cumhurbaşkanının istifa etmesi için çağrıda bulundu."),
        ("az", "Minlərlə insan bazar ertəsi parlamentə yürüş etdi və prezidentin istefasını tələb etdi."),
        ("uz", "Minglab odamlar dushanba kuni parlamentga yurish qildi va prezidentning iste'fosini talab qildi, deb xabar berdi o'zbek matbuoti."),
        ("id", "Ribuan orang berjalan ke gedung parlemen pada hari Senin untuk menuntut presiden yang telah terpilih itu mundur."),
        ("id", "Beribu-ribu orang berarak ke parlimen pada hari Isnin untuk menuntut presiden itu meletak jawatan dan tidak kembali."),
        ("tl", "Libu-libong tao ang nagmartsa noong Lunes patungo sa parlamento upang hilingin ang pagbibitiw ng pangulo."),
        ("vi", "Hàng nghìn người đã tuần hành đến quốc hội vào thứ Hai để yêu cầu tổng thống từ chức."),
        ("sw", "Maelfu ya watu waliandamana kuelekea bungeni siku ya Jumatatu na kudai kwamba rais ajiuzulu kwa sababu ya uchaguzi huo."),
        ("ha", "Dubban mutane sun yi zanga-zanga a ranar Litinin don neman shugaban kasa ya yi murabus, amma an hana su shiga majalisa."),
        ("so", "Kumanaan qof ayaa Isniintii u socday baarlamaanka iyagoo dalbanaya in madaxweynuhu uu is casilo, waxaana la sheegay in ay jiraan dhaawacyo."),
        ("sq", "Mijëra njerëz marshuan të hënën drejt parlamentit dhe kërkuan që presidenti të japë dorëheqjen për shkak të zgjedhjeve."),
        ("ru", "Тысячи людей вышли в понедельник к парламенту и потребовали отставки президента, сообщили очевидцы."),
        ("uk", "Тисячі людей вийшли в понеділок до парламенту й вимагали відставки президента, повідомили її очевидці."),
        ("be", "Тысячы людзей выйшлі ў панядзелак да парламента і запатрабавалі адстаўкі прэзідэнта."),
        ("bg", "Хиляди хора излязоха в понеделник пред парламента и поискаха оставката на президента, съобщи полицията. Според тях изборът е бил незаконен."),
        ("sr", "Хиљаде људи изашле су у понедељак пред парламент и тражиле оставку председника, јавља полиција."),
        // A paragraph without a single ң.
        ("ky", "Жолугушууга эки өлкөнүн министрлери менен адистер катышты. Сүйлөшүү жайкы суу боюнча болуп, кийинки күнү улантылат."),
        ("ky", "Миңдеген адамдар дүйшөмбү күнү парламентке чыгып, президенттин кызматтан кетишин талап кылышты. Өлкөдө тынчтык керек."),
        ("kk", "Мыңдаған адам дүйсенбі күні парламентке шығып, президенттің отставкаға кетуін талап етті. Қала тұрғындары үйлерінде қалды."),
        ("tg", "Ҳазорҳо нафар рӯзи душанбе ба назди парлумон рафтанд ва истеъфои раисҷумҳурро талаб карданд, гуфтанд шоҳидон дар ҷойи ҳодиса."),
        ("mn", "Мянга мянган хүн даваа гарагт парламентын өмнө цугларч, ерөнхийлөгчийг огцрохыг шаардлаа."),
        ("tt", "Меңләгән кеше дүшәмбе көнне парламентка чыгып, президентның отставкасын таләп итте. Шәһәрдә җыен булды."),
        ("uz", "Минглаб одамлар душанба куни парламентга юриш қилди ва президентнинг истеъфосини талаб қилди, деди ўзбек матбуоти."),
        ("ar", "خرج آلاف الأشخاص يوم الاثنين إلى البرلمان وطالبوا باستقالة الرئيس على خلفية نتائج الانتخابات."),
        ("fa", "هزاران نفر روز دوشنبه به سوی پارلمان رفتند و خواستار استعفای رئیس جمهور شدند که این را رد کرده است."),
        ("ur", "ہزاروں افراد پیر کو پارلیمنٹ کی طرف مارچ کرتے ہوئے صدر کے استعفے کا مطالبہ کر رہے تھے۔"),
        ("ps", "په زرګونو خلک د دوشنبې په ورځ د پارلمان پر لور لاړل او د ولسمشر د استعفا غوښتنه یې وکړه، ځینې ټپيان شول."),
        ("ckb", "هەزاران کەس ڕۆژی دووشەممە بەرەو پەرلەمان ڕۆیشتن و داوای دەستلەکارکێشانەوەی سەرۆکیان کرد، گوتیان ئێمە ناچین بۆ ماڵ."),
        ("ug", "مىڭلىغان كىشى دۈشەنبە كۈنى پارلامېنتقا يۈرۈش قىلىپ، پرېزىدېنتنىڭ ئىستېپا بېرىشىنى تەلەپ قىلدى."),
        ("he", "אלפי אנשים צעדו ביום שני אל הפרלמנט ודרשו את התפטרות הנשיא."),
        ("hi", "हज़ारों लोग सोमवार को संसद की ओर गए और राष्ट्रपति के इस्तीफे की मांग की है।"),
        ("mr", "हजारो लोक सोमवारी संसदेकडे गेले आणि राष्ट्रपतींच्या राजीनाम्याची मागणी केली आहे."),
        ("ne", "हजारौं मानिसहरू सोमबार संसदतर्फ गए र राष्ट्रपतिको राजीनामा माग गरेको छ।"),
        ("bn", "হাজার হাজার মানুষ সোমবার সংসদের দিকে মিছিল করে রাষ্ট্রপতির পদত্যাগ দাবি করেছে।"),
        ("ta", "ஆயிரக்கணக்கான மக்கள் திங்கட்கிழமை நாடாளுமன்றத்தை நோக்கிச் சென்றனர்."),
        ("zh", "数千人周一走向议会，要求总统辞职。"),
        ("ja", "数千人が月曜日に議会へ行進し、大統領の辞任を求めた。"),
        ("ko", "수천 명이 월요일 국회로 행진하며 대통령의 사임을 요구했다."),
        ("th", "ผู้คนหลายพันคนเดินขบวนไปยังรัฐสภาเมื่อวันจันทร์"),
        ("my", "လူထောင်ပေါင်းများစွာ တနင်္လာနေ့က လွှတ်တော်သို့ ချီတက်ခဲ့ကြသည်။"),
        ("km", "មនុស្សរាប់ពាន់នាក់បានដើរទៅកាន់សភានៅថ្ងៃច័ន្ទ។"),
        ("am", "በሺዎች የሚቆጠሩ ሰዎች ሰኞ ዕለት ወደ ፓርላማ ሄዱ። አዲስ ምርጫ ጠየቁ።"),
        ("ka", "ათასობით ადამიანი ორშაბათს პარლამენტთან შეიკრიბა."),
        ("hy", "Հազարավոր մարդիկ երկուշաբթի օրը գնացին խորհրդարան։"),
        ("el", "Χιλιάδες άνθρωποι βάδισαν τη Δευτέρα προς το κοινοβούλιο."),
    ];

    #[test]
    fn tells_the_languages_of_single_sentences() {
        let wrong: Vec<_> = SAMPLES
            .iter()
            .map(|(want, text)| (*want, tag(text), *text))
            .filter(|(want, got, _)| want != got)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn scores_are_shares() {
        for (_, text) in SAMPLES {
            let language = of(Draft {
                text: (*text).into(),
                ..Draft::default()
            });
            assert!(
                (0.05..=1.0).contains(&language.score) && !language.given,
                "{language:?}"
            );
        }
    }

    #[test]
    fn a_given_language_is_kept() {
        let language = of(Draft {
            text: "Hello there.".into(),
            language: "ky-Arab".into(),
            ..Draft::default()
        });
        assert_eq!(
            (language.tag.as_str(), language.score, language.given),
            ("ky-Arab", 1.0, true)
        );
    }

    #[test]
    fn without_letters_the_language_is_undetermined() {
        for text in ["🙂 🙂", "12.5 + 3", "???"] {
            let language = of(Draft {
                text: text.into(),
                ..Draft::default()
            });
            assert_eq!((language.tag.as_str(), language.score), ("und", 0.0));
        }
    }

    #[test]
    fn a_foreign_name_does_not_decide() {
        assert_eq!(
            tag(
                "Лидер партии Өмүрбек Бабанов заявил во вторник, что его сторонники выйдут на площадь, если власти не объявят новые выборы. Премьер-министр отказался это обсуждать и уехал из города, сообщили очевидцы."
            ),
            "ru"
        );
        assert_eq!(
            tag("The paper 人民日报 said on Monday that the talks with the government are over."),
            "en"
        );
    }

    #[test]
    fn a_long_text_is_read_at_its_beginning() {
        let text = "The president of the country said on Monday that he will resign. ".repeat(60)
            + &"Он живёт в городе. ".repeat(7000);
        assert_eq!(tag(&text), "en");
    }
}
