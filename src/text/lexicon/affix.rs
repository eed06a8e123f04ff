//! Whole words: what may stand before and after a name without making it another word.

use std::ops::Range;

use super::fold::{Script, Unit};

/// What the text's language puts before and after names.
pub(super) struct Affixes {
    clitics: bool,
    suffixes: Suffixes,
}

/// What may follow a name within a word.
#[derive(Clone, Copy)]
enum Suffixes {
    None,
    /// Up to [`CHAIN`] of these, one after the other.
    Chain(&'static [&'static str]),
    /// Anything of up to [`TAIL`] letters after a name of [`STEM`] letters: endings of these languages change with the
    /// sound before them in too many ways to list.
    Any,
}

const CHAIN: usize = 4;
const TAIL: usize = 7;
const STEM: usize = 5;
/// Longest run of letters before or after a name that is looked at.
const PREFIX_LETTERS: usize = 4;
const SUFFIX_LETTERS: usize = 14;
/// Katakana and Hangul words of so many characters are found within compounds.
const LONG_KATAKANA: usize = 5;
const LONG_HANGUL: usize = 4;

/// Conjunctions, prepositions and the article, folded; the two-letter `لل` stands for `ل` + `ال`.
const ARABIC: &[&str] = &[
    "و", "ف", "ب", "ل", "ك", "س", "ال", "لل", "وال", "فال", "بال", "كال", "ولل", "فلل", "وب", "ول",
    "وك", "فب", "فل", "وبال", "وكال", "فبال",
];
/// Conjunction, article, prepositions, "that".
const HEBREW: &[char] = &['ו', 'ה', 'ב', 'ל', 'מ', 'ש', 'כ'];
/// Amharic and Tigrinya: of, in, from, to, about, as.
const ETHIOPIC: &[&str] = &[
    "የ",
    "በ",
    "ከ",
    "ለ",
    "ስለ",
    "እንደ",
    "ወደ",
    "የተ",
    "ያለ",
    "እና",
    "ን",
    "ብ",
    "ንብ",
    "ካብ",
    "ናብ",
    "እተ",
    "ኣብ",
];
const ETHIOPIC_AFTER: &[&str] = &[
    "ን",
    "ና",
    "ም",
    "ስ",
    "ው",
    "ዋ",
    "ዎች",
    "ያን",
    "ውያን",
    "ንና",
    "ንም",
    "ዊ",
    "ዊት",
    "እና",
];
/// Stationed in, against, anti-, pro-, living in, visiting, all-.
const HANGUL_BEFORE: &[&str] = &["주", "대", "반", "친", "재", "방", "전", "대한", "옛"];
const HANGUL: &[&str] = &[
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "에게",
    "에겐",
    "엔",
    "에선",
    "로",
    "으로",
    "와",
    "과",
    "도",
    "만",
    "측",
    "군",
    "인",
    "산",
    "발",
    "행",
    "계",
    "령",
    "제",
    "내",
    "식",
    "어",
    "어로",
    "까지",
    "부터",
    "보다",
    "처럼",
    "나",
    "이나",
    "이란",
    "라고",
    "라는",
    "이라는",
    "이라고",
    "라며",
    "이며",
    "며",
    "고",
    "이고",
    "들",
    "끼리",
    "당국",
    "정부",
    "대통령",
    "총리",
    "국민",
    "대사관",
    "대사",
    "외무부",
    "외교부",
    "국방부",
    "의회",
    "법원",
    "경찰",
    "사태",
    "전쟁",
    "전",
    "파",
    "양국",
    "간",
    "등",
    "하고",
    "이자",
    "였다",
    "이었다",
    "이다",
    "한테",
    "마저",
    "조차",
    "뿐",
    "시",
    "주",
    "시내",
    "공항",
    "남부",
    "북부",
    "동부",
    "서부",
    "중부",
    "지역",
    "출신",
    "연방",
    "공화국",
    "제국",
];
const TURKIC_CYRILLIC: &[&str] = &[
    "лар",
    "лер",
    "дар",
    "дер",
    "тар",
    "тер",
    "лор",
    "лөр",
    "дор",
    "дөр",
    "тор",
    "төр",
    "ның",
    "нің",
    "дың",
    "дің",
    "тың",
    "тің",
    "нын",
    "нин",
    "дын",
    "дин",
    "тын",
    "тин",
    "нун",
    "нүн",
    "дун",
    "дүн",
    "тун",
    "түн",
    "ға",
    "ге",
    "қа",
    "ке",
    "га",
    "го",
    "гө",
    "ка",
    "ко",
    "кө",
    "на",
    "не",
    "но",
    "нө",
    "ны",
    "ні",
    "ды",
    "ді",
    "ты",
    "ті",
    "ни",
    "ди",
    "ти",
    "ну",
    "нү",
    "ду",
    "дү",
    "ту",
    "тү",
    "да",
    "де",
    "та",
    "те",
    "до",
    "дө",
    "то",
    "тө",
    "нда",
    "нде",
    "ндо",
    "ндө",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "дон",
    "дөн",
    "тон",
    "төн",
    "мен",
    "бен",
    "пен",
    "менен",
    "лық",
    "лік",
    "дық",
    "дік",
    "тық",
    "тік",
    "лык",
    "лик",
    "дык",
    "дик",
    "тык",
    "тик",
    "лук",
    "лүк",
    "дук",
    "дүк",
    "тук",
    "түк",
    "дағы",
    "дегі",
    "тағы",
    "тегі",
    "дагы",
    "деги",
    "тагы",
    "теги",
    "догу",
    "дөгү",
    "тогу",
    "төгү",
    "ы",
    "і",
];
const TURKIC_LATIN: &[&str] = &[
    "lar", "ler", "lər", "ning", "nin", "nın", "nun", "nün", "nyň", "niň", "yň", "iň", "uň", "üň",
    "in", "ın", "un", "ün", "ga", "ka", "qa", "ni", "nı", "nu", "nü", "ny", "yi", "yı", "yu", "yü",
    "ya", "yə", "ə", "da", "də", "de", "ta", "tə", "te", "nda", "ndə", "dan", "dən", "den", "tan",
    "tən", "ten", "dagi", "daki", "dəki", "däki", "dä", "dän", "gä", "ä", "lı", "li", "lu", "lü",
    "la", "lə", "lıq", "lik", "luq", "lük", "si", "sı", "niki",
];
/// Uzbek, which is written in both.
const UZBEK: &[&str] = &[
    "lar",
    "larning",
    "larga",
    "ning",
    "ni",
    "ga",
    "ka",
    "qa",
    "da",
    "dan",
    "dagi",
    "lik",
    "liklar",
    "cha",
    "niki",
    "лар",
    "нинг",
    "ни",
    "га",
    "ка",
    "қа",
    "да",
    "дан",
    "даги",
    "лик",
    "ликлар",
    "лар",
    "ча",
    "ники",
];
const FINNISH: &[&str] = &[
    "n", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "an", "en", "in", "on",
    "ön", "un", "iin", "seen", "aan", "ään", "na", "nä", "ksi", "a", "ä", "ta", "tä", "t", "ien",
    "iä", "ia", "issa", "issä", "ista", "istä", "kin", "ni",
];
const ESTONIAN: &[&str] = &[
    "s", "st", "sse", "le", "l", "lt", "ga", "na", "ni", "ks", "t", "d", "i", "ta", "gi", "te",
    "de",
];
const HUNGARIAN: &[&str] = &[
    "ban", "ben", "ból", "ből", "ba", "be", "nak", "nek", "val", "vel", "gal", "gel", "kal", "kel",
    "tal", "tel", "on", "en", "ön", "n", "t", "at", "et", "ot", "öt", "i", "ra", "re", "ról",
    "ről", "tól", "től", "hoz", "hez", "höz", "ig", "ért", "ként", "k", "ok", "ek", "nál", "nél",
    "ja", "je", "szal", "zal",
];
const ARMENIAN: &[&str] = &[
    "ի",
    "ից",
    "ին",
    "ն",
    "ը",
    "ով",
    "ում",
    "ներ",
    "ների",
    "ցի",
    "ցիներ",
    "ց",
    "ական",
    "յի",
    "յից",
    "յում",
    "յին",
    "ա",
];
const BENGALI: &[&str] = &[
    "র",
    "ের",
    "\u{9af}\u{9bc}",
    "\u{9af}\u{9bc}ের",
    "কে",
    "তে",
    "ে",
    "রা",
    "দের",
    "ও",
    "ই",
    "টি",
    "এর",
];
const MONGOLIAN: &[&str] = &[
    "ын", "ийн", "н", "д", "т", "аас", "ээс", "оос", "өөс", "ыг", "ийг", "г", "тай", "той", "тэй",
    "аар", "ээр", "оор", "руу", "чууд", "ы", "и", "гийн", "гаас", "ний",
];
const PERSIAN: &[&str] = &["ها", "هاي", "ي", "اي", "هايي", "يها", "يهاي", "ان", "را"];
const SORANI: &[&str] = &[
    "ي",
    "ه",
    "يه",
    "هوه",
    "وه",
    "دا",
    "ش",
    "يش",
    "يهكان",
    "كان",
    "ان",
    "يي",
    "ييهكان",
];
const TAJIK: &[&str] = &["и", "ро", "ҳо", "ҳои", "ву", "у", "ию"];
const KURDISH: &[&str] = &[
    "ê", "yê", "a", "ya", "an", "yan", "î", "ye", "e", "ên", "de",
];
/// Genitive.
const GERMANIC: &[&str] = &["s"];

impl Affixes {
    /// Those of a language as [`primary_language`] gives it.
    pub fn of(language: &str) -> Self {
        let suffixes = match language {
            "kk" | "ky" | "tt" | "ba" => Suffixes::Chain(TURKIC_CYRILLIC),
            "az" | "tk" => Suffixes::Chain(TURKIC_LATIN),
            "uz" => Suffixes::Chain(UZBEK),
            "fi" => Suffixes::Chain(FINNISH),
            "et" => Suffixes::Chain(ESTONIAN),
            "hu" => Suffixes::Chain(HUNGARIAN),
            "hy" => Suffixes::Chain(ARMENIAN),
            "bn" | "as" => Suffixes::Chain(BENGALI),
            "mn" => Suffixes::Chain(MONGOLIAN),
            "fa" => Suffixes::Chain(PERSIAN),
            "ckb" => Suffixes::Chain(SORANI),
            "tg" => Suffixes::Chain(TAJIK),
            "ku" => Suffixes::Chain(KURDISH),
            "de" | "nl" | "sv" | "da" | "nb" | "is" => Suffixes::Chain(GERMANIC),
            "ka" | "ta" | "te" | "kn" | "ml" | "si" | "mr" | "gu" | "ne" | "pa" | "or" => {
                Suffixes::Any
            }
            _ => Suffixes::None,
        };
        // The other languages in Arabic letters write their little words apart.
        let clitics = !matches!(
            language,
            "fa" | "ur" | "ps" | "ckb" | "ug" | "sd" | "ku" | "ks"
        );
        Self { clitics, suffixes }
    }

    /// True if a word may begin at the name's first character.
    pub fn may_start(&self, units: &[Unit], name: &Range<usize>) -> bool {
        let first = units[name.start].c;
        let Some(before) = name.start.checked_sub(1).map(|at| units[at]) else {
            return true;
        };
        if before.c == '_' {
            return false;
        }
        if !units[name.start].is_letter() || !joined(before, first) {
            return true;
        }
        let script = Script::of(first);
        let run: Vec<char> = units[..name.start]
            .iter()
            .rev()
            .take(PREFIX_LETTERS + 1)
            .take_while(|u| joined(**u, first))
            .map(|u| u.c)
            .collect();
        if run.len() > PREFIX_LETTERS {
            return matches!(script, Script::Han | Script::Unspaced)
                || script == Script::Katakana && name.len() >= LONG_KATAKANA;
        }
        let run: String = run.into_iter().rev().collect();
        match script {
            Script::Han | Script::Unspaced => true,
            Script::Katakana => name.len() >= LONG_KATAKANA,
            Script::Arabic => self.clitics && ARABIC.contains(&run.as_str()),
            Script::Hebrew => {
                // A short name after three letters is too easily another word.
                let most = if name.len() < STEM { 2 } else { 3 };
                run.chars().count() <= most && run.chars().all(|c| HEBREW.contains(&c))
            }
            Script::Ethiopic => name.len() > 1 && ETHIOPIC.contains(&run.as_str()),
            Script::Hangul => name.len() > 1 && HANGUL_BEFORE.contains(&run.as_str()),
            _ => false,
        }
    }

    /// True if a word may end at the name's last character, or go on with a suffix.
    pub fn may_end(&self, units: &[Unit], name: &Range<usize>) -> bool {
        let last = units[name.end - 1];
        let Some(&after) = units.get(name.end) else {
            return true;
        };
        if after.c == '_' {
            return false;
        }
        if !last.is_letter() || !joined(after, last.c) {
            return true;
        }
        let script = Script::of(last.c);
        if matches!(script, Script::Han | Script::Unspaced) {
            // A mark would change the last syllable.
            return after.c.is_alphabetic() && !is_dependent(after.c);
        }
        let tail: String = units[name.end..]
            .iter()
            .take(SUFFIX_LETTERS + 1)
            .take_while(|u| joined(**u, last.c))
            .map(|u| u.c)
            .collect();
        let letters = tail.chars().count();
        if letters > SUFFIX_LETTERS {
            return script == Script::Katakana && name.len() >= LONG_KATAKANA;
        }
        match script {
            Script::Katakana => name.len() >= LONG_KATAKANA,
            Script::Hangul => name.len() >= LONG_HANGUL || is_chain(&tail, HANGUL, CHAIN),
            Script::Ethiopic => is_chain(&tail, ETHIOPIC_AFTER, 2),
            _ => match self.suffixes {
                Suffixes::None => false,
                Suffixes::Chain(list) => name.len() >= 3 && is_chain(&tail, list, CHAIN),
                Suffixes::Any => name.len() >= STEM && letters <= TAIL,
            },
        }
    }
}

/// The language subtag that lexicons are named by.
pub(super) fn primary_language(tag: &str) -> String {
    let primary = tag
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let name = match primary.as_str() {
        "no" | "nn" => "nb",
        "tl" => "fil",
        "iw" => "he",
        "in" => "id",
        "prs" | "pes" => "fa",
        "cmn" | "yue" | "wuu" | "zho" => "zh",
        "arb" | "arz" | "ary" | "apc" | "acm" | "ajp" | "aeb" => "ar",
        "bs" | "sh" => "hr",
        "kmr" => "ku",
        "azj" | "azb" => "az",
        "uzn" => "uz",
        "swh" => "sw",
        "zsm" => "ms",
        "als" => "sq",
        "ekk" => "et",
        "lvs" => "lv",
        "khk" => "mn",
        "pbt" => "ps",
        "npi" => "ne",
        _ => return primary,
    };
    name.to_owned()
}

/// The stem to which a language adds its endings or little words, where it is not the name itself.
pub(super) fn other_stem(name: &str, language: &str) -> Option<String> {
    match language {
        // "for" + article + name drops the article's first letter.
        "ar" => name
            .strip_prefix("ال")
            .filter(|rest| rest.chars().count() >= 3)
            .map(|rest| format!("لل{rest}")),
        "ka" => stem_without(name, 'ი'),
        // A final consonant is written with a mark that the next vowel replaces.
        "ta" => stem_without(name, '\u{bcd}'),
        "te" => stem_without(name, '\u{c4d}'),
        "kn" => stem_without(name, '\u{ccd}'),
        "ml" => stem_without(name, '\u{d4d}'),
        "si" => stem_without(name, '\u{dca}'),
        _ => None,
    }
}

fn stem_without(name: &str, ending: char) -> Option<String> {
    let stem = name.strip_suffix(ending)?;
    (stem.chars().count() >= STEM - 1).then(|| stem.to_owned())
}

/// True if `unit` is a letter or mark of the script of `c`, so that the two are of one word.
fn joined(unit: Unit, c: char) -> bool {
    unit.is_letter()
        && (Script::of(unit.c) == Script::of(c) || matches!(unit.c, '\u{300}'..='\u{36f}'))
}

/// Vowel signs that stand on the consonant before them.
fn is_dependent(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '\u{e30}' | '\u{e33}' | '\u{eb0}' | '\u{eb3}')
}

/// True if `tail` is one to `most` of the suffixes, one after the other.
fn is_chain(tail: &str, suffixes: &[&str], most: usize) -> bool {
    // The places that can be reached with so many suffixes; the tail is short, so that this is a few hundred steps.
    let mut reached = vec![0];
    for _ in 0..most {
        let mut next = Vec::new();
        for &at in &reached {
            for suffix in suffixes {
                if tail[at..].starts_with(suffix) {
                    next.push(at + suffix.len());
                }
            }
        }
        if next.contains(&tail.len()) {
            return true;
        }
        next.sort_unstable();
        next.dedup();
        reached = next;
    }
    false
}
