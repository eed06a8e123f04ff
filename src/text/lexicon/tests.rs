use std::{collections::BTreeSet, fs, path::Path, sync::LazyLock};

use proptest::prelude::*;

use super::*;

static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/dateline-mini/lexicons");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "tsv"))
        .map(|path| {
            let tag = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (tag, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
});

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::new(FILES.iter().map(|(t, c)| (t.as_str(), c.as_str()))).unwrap());

/// The names found as `name=codes`, joined by spaces.
fn found(text: &str, language: &str) -> String {
    let shown = LEXICON.find(text, language).into_iter().map(|m| {
        let codes: Vec<_> = m.countries.iter().map(|c| c.alpha2).collect();
        format!("{}={}", &text[m.bytes], codes.join("/"))
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// Runs every case and prints all that fail.
fn check(cases: &[(&str, &str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|&(language, text, expected)| (language, text, expected, found(text, language)))
        .filter(|(_, _, expected, found)| expected != found)
        .map(|(language, text, expected, found)| {
            format!("{language}: {text}\n  expected {expected}\n  found    {found}")
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn finds_names_in_many_languages_and_scripts() {
    check(&[
        (
            "en",
            "Protests in Bishkek shook Kyrgyzstan.",
            "Bishkek=KG Kyrgyzstan=KG",
        ),
        (
            "ar",
            "خرج الآلاف في شوارع بيشكيك عاصمة قرغيزستان",
            "بيشكيك=KG قرغيزستان=KG",
        ),
        (
            "ru",
            "Беспорядки в Бишкеке, столице Киргизии",
            "Бишкеке=KG Киргизии=KG",
        ),
        ("uk", "Вибухи в Харкові та Києві", "Харкові=UA Києві=UA"),
        (
            "ky",
            "Кыргызстандын борбору Бишкекте митинг өттү",
            "Кыргызстан=KG Бишкек=KG",
        ),
        (
            "kk",
            "Қазақстандағы наразылық Алматыда басталды",
            "Қазақстан=KZ Алматы=KZ",
        ),
        (
            "uz",
            "Toshkentda O‘zbekiston prezidenti gapirdi",
            "Toshkent=UZ O‘zbekiston=UZ",
        ),
        (
            "tr",
            "Rusya'nın başkenti Moskova'da toplandılar",
            "Rusya=RU Moskova=RU",
        ),
        ("fa", "اعتراضات در تهران پایتخت ایران", "تهران=IR ایران=IR"),
        (
            "he",
            "הפגנה גדולה בירושלים ומחאה ברוסיה",
            "ירושלים=IL רוסיה=RU",
        ),
        ("ur", "پاکستان کے شہر لاہور میں دھماکہ", "پاکستان=PK لاہور=PK"),
        ("hi", "भारत और पाकिस्तान के बीच बातचीत", "भारत=IN पाकिस्तान=PK"),
        ("bn", "ঢাকায় বিক্ষোভ, ভারতের উদ্বেগ", "ঢাকায়=BD ভারত=IN"),
        (
            "zh",
            "俄罗斯总统普京在莫斯科会见记者",
            "俄罗斯=RU 普京=RU 莫斯科=RU",
        ),
        ("ja", "ロシアとウクライナの戦争", "ロシア=RU ウクライナ=UA"),
        (
            "ko",
            "러시아는 우크라이나를 공격했다",
            "러시아=RU 우크라이나=UA",
        ),
        ("th", "การประท้วงในประเทศรัสเซีย", "รัสเซีย=RU"),
        ("am", "በኢትዮጵያ እና በኬንያ መካከል", "በኢትዮጵያ=ET ኬንያ=KE"),
        (
            "vi",
            "Biểu tình lớn tại Nga và Ukraine",
            "Nga=RU Ukraine=UA",
        ),
        ("cs", "Protesty v Rusku a ve Francii", "Rusku=RU Francii=FR"),
        ("hu", "Tüntetés Oroszországban", "Oroszország=RU"),
        ("el", "Διαδηλώσεις στην Ουκρανία", "Ουκρανία=UA"),
        ("ka", "აქცია უკრაინაში", "უკრაინა=UA"),
    ]);
}

#[test]
fn little_words_before_and_after_are_no_part_of_the_name() {
    check(&[
        (
            "ar",
            "زار الوفد كازاخستان وقيرغيزستان",
            "كازاخستان=KZ قيرغيزستان=KG",
        ),
        ("ar", "منح جوائز للكازاخستانيين", "للكازاخستانيين=KZ"),
        ("ar", "قدمت مساعدات للسودان وللأردن", "للسودان=SD للأردن=JO"),
        ("ar", "وبروسيا وفرنسا", "روسيا=RU فرنسا=FR"),
        // A letter that is no clitic makes another word.
        ("ar", "عروسيا", ""),
        ("he", "שבישראל ומהונגריה", "ישראל=IL הונגריה=HU"),
        ("ko", "한국에서 만난 러시아군", "한국=KR 러시아군=RU"),
        ("ko", "인도적 지원", ""),
        ("kk", "Ресейге барды", "Ресей=RU"),
        ("am", "የኬንያን መንግስት", "የኬንያ=KE"),
        (
            "en",
            "Russia's army and the Russian-led bloc",
            "Russia=RU Russian=RU",
        ),
        ("en", "Russia’s", "Russia=RU"),
        ("fr", "l'Ukraine et d’Iran", "Ukraine=UA Iran=IR"),
        // Persian joins its plural with a zero-width non-joiner.
        (
            "fa",
            "افغان\u{200c}ها در ایران",
            "افغان\u{200c}ها=AF ایران=IR",
        ),
    ]);
}

#[test]
fn one_letter_written_in_two_ways_is_one_letter() {
    check(&[
        ("ar", "احتجاجات في ألماتا", "ألماتا=KZ"),
        ("ar", "احتجاجات في آلماتا", "آلماتا=KZ"),
        ("ar", "احتجاجات في ألما آتا", "ألما آتا=KZ"),
        ("ar", "احتجاجات في آلما اتا", "آلما اتا=KZ"),
        ("ar", "في كازاخســتان", "كازاخســتان=KZ"),
        ("ar", "في كازاخستانَ", "كازاخستانَ=KZ"),
        // Decomposed: e + acute.
        ("fr", "le Be\u{301}nin", "Be\u{301}nin=BJ"),
        (
            "hi",
            "अफ\u{93c}ग\u{93c}ानिस्तान में",
            "अफ\u{93c}ग\u{93c}ानिस्तान=AF",
        ),
        (
            "ko",
            "\u{1105}\u{1165}\u{1109}\u{1175}\u{110b}\u{1161}",
            "\u{1105}\u{1165}\u{1109}\u{1175}\u{110b}\u{1161}=RU",
        ),
        ("ja", "ＵＳＡとロシア", "ＵＳＡ=US ロシア=RU"),
        ("en", "South\n  Korea", "South\n  Korea=KR"),
        (
            "uz",
            "Oʻzbekiston, O'zbekiston",
            "Oʻzbekiston=UZ O'zbekiston=UZ",
        ),
    ]);
}

#[test]
fn case_tells_names_from_words() {
    check(&[
        ("en", "a roast turkey on fine china", ""),
        ("en", "Turkey and China met", "Turkey=TR China=CN"),
        (
            "en",
            "BISHKEK: Protesters in RUSSIA",
            "BISHKEK=KG RUSSIA=RU",
        ),
        ("en", "tell us more about US troops", "US=US"),
        ("en", "TELL US MORE ABOUT IT NOW", ""),
        (
            "fr",
            "Américains et américains",
            "Américains=US américains=US",
        ),
        (
            "de",
            "die russische Armee. Russische Soldaten",
            "russische=RU Russische=RU",
        ),
        // "Of that" begins the sentence; in the middle a capital makes it Togo.
        ("ru", "Того и гляди, президент Того уедет", "Того=TG"),
        ("tr", "Mali tablo açıklandı; ordu Mali'de", "Mali=ML"),
    ]);
}

#[test]
fn whole_words_only_and_the_longest_wins() {
    check(&[
        (
            "en",
            "Roman ruins, Indiana and Nigerians",
            "Indiana=US Nigerians=NG",
        ),
        (
            "en",
            "North Korea and South Korea",
            "North Korea=KP South Korea=KR",
        ),
        (
            "en",
            "Papua New Guinea, Guinea-Bissau, Equatorial Guinea, Guinea",
            "Papua New Guinea=PG Guinea-Bissau=GW Equatorial Guinea=GQ Guinea=GN",
        ),
        (
            "en",
            "New Mexico, Northern Ireland, American Samoa",
            "New Mexico=US Northern Ireland=GB American Samoa=AS",
        ),
        (
            "en",
            "the Republic of the Congo and the Democratic Republic of the Congo",
            "Republic of the Congo=CG Democratic Republic of the Congo=CD",
        ),
        ("en", "New England and the Indian Ocean, South America", ""),
        ("en", "Michael Jordan visited Jordan", "Jordan=JO"),
        ("zh", "印度洋 印度 印度尼西亚", "印度=IN 印度尼西亚=ID"),
        (
            "ja",
            "アメリカンフットボール、インドネシア",
            "インドネシア=ID",
        ),
        (
            "en",
            "see https://example.org/Russia-today or www.Ukraine.example, mail Iran@example.org, ask @Israel",
            "",
        ),
        ("en", "file_Russia Russia_file", ""),
    ]);
}

#[test]
fn ambiguous_names_give_all_their_countries() {
    check(&[
        ("en", "Georgia votes", "Georgia=GE/US"),
        ("en", "Congo and Korea", "Congo=CD/CG Korea=KP/KR"),
        ("en", "Dominican officials", "Dominican=DM/DO"),
        ("ar", "وصل إلى عمان", "عمان=JO/OM"),
        ("ar", "سلطنة عمان", "سلطنة عمان=OM"),
        ("ar", "دعم مالي كبير من وزارة المالية لمؤسسات مالية", ""),
        ("ar", "انقلاب في مالي", "في مالي=ML"),
        ("ar", "الأردن وتشاد", "الأردن=JO تشاد=TD"),
        ("fr", "la Chine", "Chine=CN"),
    ]);
}

#[test]
fn a_language_knows_its_own_names_best() {
    check(&[
        // Not in the English lexicon, but long enough to be no English word.
        ("en", "the paper Rossiyskaya wrote of Россия", "Россия=RU"),
        // Basque has no lexicon, so that every language's names count.
        ("eu", "Errusia ez, Russia bai", "Russia=RU"),
        // "City" in Arabic is Medina in Urdu; "how" is no capital.
        ("ar", "كيف وصلوا إلى مدينة كبيرة", ""),
        ("ur", "وہ مدینہ منورہ پہنچے", "مدینہ منورہ=SA"),
        // A Slavic word of four letters is no country in Dutch.
        ("nl", "hij is mali", ""),
    ]);
    assert_eq!(found("Россия", "ru-RU"), found("Россия", "RU"));
}

#[test]
fn kinds_follow_the_columns() {
    let kind = |text: &str| LEXICON.find(text, "en").first().map(|m| m.kind);
    assert_eq!(kind("Russia"), Some(NameKind::Country));
    assert_eq!(kind("the Russians"), Some(NameKind::Demonym));
    assert_eq!(kind("in Moscow"), Some(NameKind::Capital));
    assert_eq!(kind("in Belgorod"), Some(NameKind::City));
    assert_eq!(kind("the Kremlin"), Some(NameKind::Leader));
    // Both a country and its capital.
    assert_eq!(kind("Singapore"), Some(NameKind::Country));
}

#[test]
fn every_english_name_and_demonym_is_found() {
    let (_, english) = FILES.iter().find(|(tag, _)| tag == "en").unwrap();
    let mut missing = BTreeSet::new();
    let mut countries = BTreeSet::new();
    parse::each_name("en", english, |name| {
        let Place::Country(place) = name.place else {
            return;
        };
        let country = &Country::all()[usize::from(place)];
        if !matches!(name.kind, NameKind::Country | NameKind::Demonym) {
            return;
        }
        countries.insert(country.alpha2);
        let text = format!("Yesterday {} said on Monday", name.text);
        let found = LEXICON
            .find(&text, "en")
            .iter()
            .any(|m| m.countries.contains(&country));
        if !found {
            missing.insert(format!("{} {}", country.alpha2, name.text));
        }
    })
    .unwrap();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(countries.len() >= 240, "{}", countries.len());
}

#[test]
fn every_countrys_short_name_is_found_in_english() {
    for country in Country::all() {
        let text = format!("{} said on Monday", country.name);
        let found = LEXICON
            .find(&text, "en")
            .iter()
            .any(|m| m.countries.contains(&country));
        // Uninhabited islands whose names nobody writes in full.
        let silent = [
            "BV", "CC", "HM", "SJ", "TF", "UM", "GG", "JE", "GS", "CX", "PM", "WF", "BL", "MF",
        ];
        assert!(found || silent.contains(&country.alpha2), "{country:?}");
    }
}

#[test]
fn says_which_line_of_which_file_is_wrong() {
    let error = |contents: &str| Lexicon::new([("xx", contents)]).err().unwrap_or_default();
    for (contents, says) in [
        ("KG\tKyrgyzstan\nQQ\tNowhere", "lexicons/xx.tsv, line 2"),
        ("KG", "line 1"),
        ("KG\ta\tb\tc\td\te\tf", "line 1: 6 columns"),
        ("\n\nKG\t~", "line 3"),
    ] {
        assert!(
            error(contents).contains(says),
            "{contents:?}: {}",
            error(contents)
        );
    }
    assert_eq!(error(""), "");
    assert_eq!(error("KG\tKyrgyzstan\t\t\t\t\n"), "");
}

#[test]
fn long_input_takes_linear_time() {
    let began = std::time::Instant::now();
    for piece in [
        "Russia ",
        "a@b://www.",
        "لل",
        "ا",
        "\u{301}",
        "한",
        "ア",
        "中国",
        "South ",
        "ন্",
        "x",
        "ΐ",
    ] {
        let text = piece.repeat(256 * 1024 / piece.len());
        for language in ["en", "ar", "ko", "ta", "und"] {
            LEXICON.find(&text, language);
        }
    }
    // 60 texts of 256 KiB: milliseconds each, minutes if anything were quadratic.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[test]
fn what_is_taken_for_plain_is_so_in_unicode() {
    use unicode_normalization::{IsNormalized, char as unicode, is_nfc_quick};
    for c in ('\0'..=char::MAX).filter(|&c| fold::is_plain(c)) {
        assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
        let mut first = None;
        unicode::decompose_canonical(c, |part| {
            first.get_or_insert(part);
        });
        let first = first.unwrap();
        assert_eq!(unicode::canonical_combining_class(first), 0, "{c:?}");
        assert_eq!(
            is_nfc_quick(std::iter::once(first)),
            IsNormalized::Yes,
            "{c:?}"
        );
    }
}

/// What holds of every answer.
fn assert_lawful(text: &str, language: &str) -> Result<(), TestCaseError> {
    let mut end = 0;
    for m in LEXICON.find(text, language) {
        prop_assert!(m.bytes.start >= end && m.bytes.start < m.bytes.end, "{m:?}");
        prop_assert!(text.get(m.bytes.clone()).is_some(), "{m:?}");
        prop_assert!(!m.countries.is_empty(), "{m:?}");
        end = m.bytes.end;
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_gives_lawful_mentions(text in "\\PC*", language in "[a-z]{2,3}(-[A-Z]{2})?") {
        assert_lawful(&text, &language)?;
    }

    /// Names between marks, joiners, clitics and pieces of names.
    #[test]
    fn names_among_marks_give_lawful_mentions(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Russia", "South", " ", "Korea", "كازاخستان", "و", "لل", "\u{64b}", "\u{301}", "\u{200c}", "\u{200b}",
                "한국", "에서", "\u{1105}", "\u{1161}", "中国", "ロシア", "ー", "ไทย", "\u{e31}", "ישראל", "ב", "@", "://",
                "_", "-", "İ", "ΐ", "ﷺ", "🇷🇺", "\u{fe0f}", "রাশিয়া", "\u{9be}", "র", "Ош", "те", "\n", ".", "US",
            ]),
            0..40,
        ),
        language in prop::sample::select(vec!["en", "ar", "ko", "zh", "bn", "ta", "he", "und", ""]),
    ) {
        assert_lawful(&pieces.concat(), language)?;
    }
}
