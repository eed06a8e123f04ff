//! The binary from the outside: arguments, files, standard streams, exit codes.
//!
//! Exit codes: 0 all went well; 1 an article, a row or a call failed; 2 the flags, the settings or the model are wrong.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

/// A word of the articles below that no message may hold.
const SECRET: &str = "Quillfeather";

/// The binary without any setting from outside.
fn dateline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.env_clear();
    command
}

fn run(args: &[&str]) -> Output {
    run_with(args, b"")
}

/// Runs the binary with bytes on its standard input.
fn run_with(args: &[&str], input: &[u8]) -> Output {
    let mut child = dateline()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // On a thread of its own: the child may fill its output before it has read its input.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn wrong_flags_end_with_2_and_name_flag_and_mend() {
    struct Case {
        args: &'static [&'static str],
        env: Option<(&'static str, &'static str)>,
        says: &'static [&'static str],
    }
    let case = |args, env, says| Case { args, env, says };
    let cases = [
        case(
            &["analyze", "--sentences", "0"],
            None,
            &["--sentences", "1 to 10"],
        ),
        case(
            &["analyze", "--sentences", "1000"],
            None,
            &["--sentences", "1 to 10"],
        ),
        case(
            &["analyze", "--max-chars", "5"],
            None,
            &["--max-chars", "40"],
        ),
        case(
            &["analyze", "--min-score", "2"],
            None,
            &["--min-score", "0 to 1"],
        ),
        case(
            &["analyze", "--tasks", "weather"],
            None,
            &["--tasks", "summary"],
        ),
        case(&["analyze", "--threads", "0"], None, &["--threads", "1 to"]),
        case(
            &["analyze", "--device", "tpu"],
            None,
            &["--device", "cuda:N"],
        ),
        case(
            &["analyze", "--precision", "int4"],
            None,
            &["--precision", "int8"],
        ),
        case(
            &["analyze", "--model", "hf:nothing"],
            None,
            &["--model", "hf:ORG/NAME"],
        ),
        case(
            &["labels", "--log", "dateline=loud"],
            None,
            &["--log", "debug"],
        ),
        case(
            &["serve", "--address", "nowhere"],
            None,
            &["--address", "HOST:PORT"],
        ),
        case(
            &["health", "--timeout", "0"],
            None,
            &["--timeout", "seconds"],
        ),
        case(&["guess"], None, &["guess"]),
        // The same through the twins.
        case(
            &["analyze"],
            Some(("DATELINE_SENTENCES", "0")),
            &["--sentences", "1 to 10"],
        ),
        case(
            &["analyze"],
            Some(("DATELINE_THREADS", "many")),
            &["--threads"],
        ),
        case(
            &["analyze"],
            Some(("DATELINE_PRECISION", "half")),
            &["--precision", "f32"],
        ),
        case(
            &["labels"],
            Some(("DATELINE_LOG_FORMAT", "xml")),
            &["--log-format", "json"],
        ),
    ];
    for case in cases {
        let output = dateline()
            .args(case.args)
            .envs(case.env)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let message = stderr(&output);
        assert_eq!(code(&output), 2, "{:?}: {message}", case.args);
        assert_eq!(stdout(&output), "", "{:?}", case.args);
        for words in case.says {
            assert!(
                message.contains(words),
                "{:?} {words}: {message}",
                case.args
            );
        }
    }
}

#[test]
fn a_model_that_is_none_ends_with_2_and_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("no-such-bundle");
    let none = none.to_str().unwrap();
    for command in [
        &["model"][..],
        &["analyze"],
        &["score", "-", "-"],
        &["serve", "--address", "127.0.0.1:0"],
    ] {
        let output = run(&[command, &["--model", none]].concat());
        assert_eq!(code(&output), 2, "{command:?}: {}", stderr(&output));
        assert!(
            stderr(&output).contains("no-such-bundle"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn json_logs_hold_the_last_words_too() {
    for (filter, is_json) in [("info", true), ("off", false)] {
        let args = [
            "model",
            "--model",
            "no-such-bundle",
            "--log-format",
            "json",
            "--log",
            filter,
        ];
        let output = run(&args);
        assert_eq!(code(&output), 2);
        let line = stderr(&output).trim_end();
        assert!(line.contains("no-such-bundle"), "{line}");
        assert_eq!(
            serde_json::from_str::<Value>(line).is_ok(),
            is_json,
            "{line}"
        );
    }
}

#[test]
fn score_refuses_to_empty_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let rows = write(folder.path(), "rows.jsonl", "{\"text\":\"x\"}\n");
    let around = format!("{}/./rows.jsonl", folder.path().display());
    for out in [&rows, &around] {
        let output = run(&["score", &rows, out]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("same file"), "{}", stderr(&output));
    }
    assert_eq!(fs::read_to_string(&rows).unwrap(), "{\"text\":\"x\"}\n");
}

#[test]
fn score_without_its_input_creates_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    let none = folder.path().join("none.jsonl");
    let output = run(&["score", none.to_str().unwrap(), out.to_str().unwrap()]);
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output).contains("none.jsonl"),
        "{}",
        stderr(&output)
    );
    assert!(!out.exists());
}

#[test]
fn labels_need_no_model() {
    let text = run(&["labels"]);
    assert_eq!(code(&text), 0);
    assert!(stdout(&text).contains("PROTEST") && stdout(&text).contains("Kyrgyzstan"));
    let labels: Value = serde_json::from_slice(&run(&["labels", "--json"]).stdout).unwrap();
    assert_eq!(labels["event_types"].as_array().unwrap().len(), 23);
    // A flag through its twin.
    let twin = dateline()
        .arg("labels")
        .env("DATELINE_JSON", "1")
        .output()
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&twin.stdout).unwrap(),
        labels
    );
    let off = dateline()
        .arg("labels")
        .env("DATELINE_JSON", "false")
        .output()
        .unwrap();
    assert_eq!(off.stdout, text.stdout);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = dateline()
        .args(["labels", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(code(&output), 0);
}

#[test]
fn health_fails_where_nothing_listens() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let output = run(&["health", "--address", &address]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains(&address), "{}", stderr(&output));
}

#[test]
fn serve_says_that_its_address_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--address", &address]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("--address"), "{}", stderr(&output));
}

/// What needs the embedded model.
#[cfg(feature = "embedded")]
mod with_model {
    use super::*;

    const TITLE: &str = "Crowds march in Bishkek over heating prices";
    const TEXT: &str = "BISHKEK. Thousands of people marched through the centre of Bishkek on Saturday to protest \
        against a rise in heating prices.\n\
        Police closed two streets but did not intervene, Quillfeather of the organisers' council said.\n\
        Kyrgyzstan's energy ministry announced the new prices last week.\n\
        The demonstrators want the decision to be withdrawn before the winter.\n";
    const ARABIC: &str = "تظاهر آلاف الأشخاص في وسط القاهرة يوم الجمعة احتجاجا على ارتفاع أسعار الخبز. \
        وقالت الشرطة المصرية إن المسيرة انتهت من دون حوادث.";

    fn rows(output: &Output) -> Vec<Value> {
        stdout(output)
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    }

    fn article(id: Value) -> Value {
        json!({"id": id, "title": TITLE, "text": TEXT})
    }

    fn lines(rows: &[Value]) -> String {
        rows.iter().map(|r| format!("{r}\n")).collect()
    }

    fn keys(value: &Value) -> Vec<&str> {
        value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    }

    /// The words between the offsets are the words of the sentence, in bytes and in code points.
    fn assert_place(place: &Value, field: &str) {
        let at = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
        let text = place["text"].as_str().unwrap();
        assert_eq!(&field[at("byte_start")..at("byte_end")], text);
        let (start, end) = (at("char_start"), at("char_end"));
        assert_eq!(
            field
                .chars()
                .skip(start)
                .take(end - start)
                .collect::<String>(),
            text
        );
    }

    fn assert_row(row: &Value, title: &str, text: &str) {
        let expected = [
            "countries",
            "events",
            "id",
            "language",
            "model",
            "summary",
            "truncation",
            "warnings",
        ];
        assert_eq!(keys(row), expected, "{row}");
        assert_eq!(keys(&row["language"]), ["score", "tag"]);
        assert_eq!(
            keys(&row["truncation"]),
            ["tokens_dropped", "tokens_seen", "windows"]
        );
        assert_eq!(keys(&row["model"]), ["name", "taxonomy_version", "version"]);
        assert!(
            !row["events"].as_array().unwrap().is_empty(),
            "events are never empty: {row}"
        );
        for label in ["countries", "events"] {
            for (i, answer) in row[label].as_array().unwrap().iter().enumerate() {
                assert_eq!(answer["primary"], json!(i == 0), "{row}");
                let score = answer["score"].as_f64().unwrap();
                assert!((0.0..=1.0).contains(&score), "{row}");
                for evidence in answer["evidence"].as_array().unwrap() {
                    let field = match evidence["field"].as_str() {
                        Some("title") => title,
                        Some("text") => text,
                        other => panic!("{other:?}"),
                    };
                    assert_place(evidence, field);
                    for name in evidence["names"].as_array().unwrap() {
                        assert_place(name, field);
                    }
                }
            }
        }
        for sentence in row["summary"]["sentences"].as_array().unwrap() {
            assert_place(sentence, text);
        }
    }

    #[test]
    fn a_row_has_the_documented_shape() {
        let input = [
            article(json!("a")),
            json!({"id": 7, "text": ARABIC, "language": "ar"}),
        ];
        let output = run_with(&["score", "-", "-"], lines(&input).as_bytes());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let rows = rows(&output);
        assert_eq!(rows.len(), 2);
        assert_row(&rows[0], TITLE, TEXT);
        assert_row(&rows[1], "", ARABIC);
        assert_eq!(rows[0]["id"], json!("a"));
        assert_eq!(rows[1]["id"], json!(7));
        assert_eq!(rows[0]["countries"][0]["alpha2"], "KG");
        assert_eq!(rows[1]["countries"][0]["alpha2"], "EG");
        assert_eq!(rows[1]["language"], json!({"tag": "ar", "score": 1.0}));
        let summary = rows[0]["summary"]["text"].as_str().unwrap();
        assert!(!summary.is_empty() && !summary.contains(TITLE), "{summary}");
        let end = stderr(&output).lines().last().unwrap();
        assert!(
            end.contains("2 in, 2 out, 0 failed") && end.contains("articles/s"),
            "{end}"
        );
    }

    #[test]
    fn rows_in_are_rows_out_in_order_whatever_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        let mut input = Vec::new();
        let mut expected = Vec::new();
        let mut add = |line: &[u8], id: Value, field: Option<Option<&str>>| {
            input.extend_from_slice(line);
            input.push(b'\n');
            expected.push((id, field.map(|f| f.map(str::to_owned))));
        };
        let good = |id: Value, text: &str| json!({"id": id, "text": text}).to_string();
        for i in 0..40 {
            let text = format!("{} {}", TEXT.repeat(1 + i % 7), i);
            add(good(json!(i), &text).as_bytes(), json!(i), None);
        }
        add(
            b"{\"id\":\"u\",\"text\":\"Quillfeather \xff\"}",
            Value::Null,
            Some(None),
        );
        add(b"{\"text\":\"Quillfeather", Value::Null, Some(None));
        add(b"\"Quillfeather\"", Value::Null, Some(None));
        add(b"{\"id\":\"m\"}", json!("m"), Some(Some("text")));
        add(
            b"{\"id\":\"e\",\"text\":\"  \"}",
            json!("e"),
            Some(Some("text")),
        );
        add(
            good(json!("z"), "\u{200b}\u{200f}\u{202e}").as_bytes(),
            json!("z"),
            Some(Some("text")),
        );
        add(
            b"{\"id\":\"t\",\"text\":[\"Quillfeather\"]}",
            json!("t"),
            Some(Some("text")),
        );
        let huge_id = good(json!("i".repeat(1 << 20)), TEXT);
        add(huge_id.as_bytes(), Value::Null, Some(Some("id")));
        let too_long = good(json!("long"), &"Quillfeather ".repeat(30_000));
        add(too_long.as_bytes(), json!("long"), Some(Some("text")));
        let endless = good(json!("endless"), &"x".repeat(3 << 20));
        add(endless.as_bytes(), Value::Null, Some(None));
        let word = good(json!("word"), &"x".repeat(300_000));
        add(word.as_bytes(), json!("word"), Some(Some("text")));
        // The same id twice, one endless word, emoji, many scripts, bidi marks inside words.
        add(good(json!("same"), TEXT).as_bytes(), json!("same"), None);
        add(good(json!("same"), ARABIC).as_bytes(), json!("same"), None);
        add(
            good(json!("word"), &"x".repeat(250_000)).as_bytes(),
            json!("word"),
            None,
        );
        add(
            good(json!("emoji"), "🔥🚒🏚️ 👩‍👩‍👧 🇰🇬").as_bytes(),
            json!("emoji"),
            None,
        );
        let mixed = "Бишкек بيشكيك 比什凯克 บิชเคก ბიშკეკი बिश्केक Bishkek";
        add(good(json!("mixed"), mixed).as_bytes(), json!("mixed"), None);
        let marks = TEXT.replace(' ', " \u{200f}\u{2066}\u{200d}");
        add(
            good(json!("marks"), &marks).as_bytes(),
            json!("marks"),
            None,
        );
        add(
            br#"{"text":"A short note.","extra":{"any":[1]}}"#,
            Value::Null,
            None,
        );

        let path = write(folder.path(), "in.jsonl", &input);
        let out = folder.path().join("out.jsonl");
        // Few tokens: the endless word fills all that are read.
        let args = [
            "score",
            &path,
            out.to_str().unwrap(),
            "--max-tokens",
            "2048",
        ];
        let output = run(&args);
        // In = out, so the job went well although rows failed.
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(!stderr(&output).contains(SECRET), "{}", stderr(&output));
        let text = fs::read_to_string(&out).unwrap();
        let rows: Vec<Value> = text
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(rows.len(), expected.len());
        for (i, (row, (id, field))) in rows.iter().zip(&expected).enumerate() {
            assert_eq!(&row["id"], id, "row {i}");
            assert_eq!(
                row.get("error").is_some(),
                field.is_some(),
                "row {i}: {}",
                row["error"]
            );
            if let Some(field) = field {
                assert_eq!(row["error"]["code"], "INVALID_ARGUMENT", "row {i}");
                assert_eq!(row["error"]["field"].as_str(), field.as_deref(), "row {i}");
                let message = row["error"]["message"].as_str().unwrap();
                assert!(
                    message.contains(&format!("line {}", i + 1)),
                    "row {i}: {message}"
                );
                assert!(!message.contains(SECRET), "row {i}: {message}");
            }
        }
        let failed = expected.iter().filter(|(_, f)| f.is_some()).count();
        let all = expected.len();
        let end = format!("{all} in, {all} out, {failed} failed");
        assert!(stderr(&output).contains(&end), "{}", stderr(&output));
        let strict = run(&[&args[..], &["--fail-on-error"]].concat());
        assert_eq!(code(&strict), 1);
    }

    #[test]
    fn a_row_alone_equals_the_row_among_others() {
        let alone = run_with(
            &["score", "-", "-"],
            lines(&[article(json!("a"))]).as_bytes(),
        );
        let mut many: Vec<_> = (0..30)
            .map(|i| json!({"id": i, "text": ARABIC.repeat(1 + i % 5)}))
            .collect();
        many.insert(11, article(json!("a")));
        let among = run_with(&["score", "-", "-"], lines(&many).as_bytes());
        assert_eq!(code(&among), 0, "{}", stderr(&among));
        assert_eq!(
            stdout(&among).lines().nth(11),
            stdout(&alone).lines().next()
        );
    }

    #[test]
    fn analyze_reads_text_html_and_json_and_prints_cards() {
        let folder = tempfile::tempdir().unwrap();
        let text = write(folder.path(), "a.txt", format!("{TITLE}\n\n{TEXT}"));
        let html = write(
            folder.path(),
            "b.html",
            format!(
                "<!DOCTYPE html><title>x</title><script>var tracker=1</script><h1>{TITLE}</h1><p>{TEXT}</p>"
            ),
        );
        let json = write(folder.path(), "c.json", article(json!("my-id")).to_string());
        let output = run(&["analyze", &text, &html, &json]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let cards = stdout(&output);
        for name in [&text, &html, &json] {
            assert!(cards.contains(name.as_str()), "{cards}");
        }
        assert_eq!(cards.matches("Kyrgyzstan (KG, KGZ)").count(), 3, "{cards}");
        for word in ["language", "event", "summary", "tokens", "model"] {
            assert!(
                cards.matches(&format!("  {word}")).count() >= 3,
                "{word}: {cards}"
            );
        }
        assert!(
            !cards.contains("tracker") && !cards.contains('<'),
            "{cards}"
        );
        // No colours into a pipe.
        assert!(!cards.contains('\x1b'));

        let output = run(&["analyze", "--json", &text, &html, &json]);
        let rows = rows(&output);
        let ids: Vec<_> = rows.iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [text.as_str(), &html, "my-id"]);
        assert_row(&rows[2], TITLE, TEXT);
        // The same article by `score`: the same row, bit for bit.
        let scored = run_with(
            &["score", "-", "-"],
            lines(&[article(json!("my-id"))]).as_bytes(),
        );
        assert_eq!(
            stdout(&scored).lines().next(),
            stdout(&output).lines().nth(2)
        );
    }

    #[test]
    fn analyze_reads_standard_input() {
        let plain = run_with(&["analyze", "--json"], TEXT.as_bytes());
        assert_eq!(rows(&plain)[0]["id"], "-");
        let dash = run_with(&["analyze", "--json", "-"], TEXT.as_bytes());
        assert_eq!(plain.stdout, dash.stdout);
        let json = run_with(
            &["analyze", "--json", "-"],
            article(json!(5)).to_string().as_bytes(),
        );
        assert_eq!(rows(&json)[0]["id"], json!(5));
        let empty = run_with(&["analyze"], b"");
        assert_eq!(code(&empty), 1);
        assert!(
            stderr(&empty).contains("text is empty"),
            "{}",
            stderr(&empty)
        );
    }

    #[test]
    fn a_bad_file_is_told_and_the_others_still_run() {
        let folder = tempfile::tempdir().unwrap();
        let good = write(folder.path(), "good.txt", TEXT);
        let latin = write(folder.path(), "latin.txt", b"Quillfeather caf\xe9");
        let empty = write(folder.path(), "empty.txt", "");
        let marks = write(folder.path(), "marks.txt", "\u{feff}\u{200b}\u{202e}\n");
        let broken = write(folder.path(), "broken.json", "{\"text\": \"Quillfeather");
        let long = write(folder.path(), "long.txt", "Quillfeather ".repeat(30_000));
        let missing = folder
            .path()
            .join("missing.txt")
            .to_str()
            .unwrap()
            .to_owned();
        let directory = folder.path().to_str().unwrap().to_owned();
        let complaints = [
            (&latin, "not UTF-8 at byte 16"),
            (&empty, "text is empty"),
            (&marks, "text is empty"),
            (&broken, "not valid JSON"),
            (&long, "at most 262144"),
            (&missing, "cannot be read"),
            (&directory, "directory"),
        ];
        let mut files = vec!["analyze", "--json"];
        files.extend(complaints.iter().map(|(file, _)| file.as_str()));
        files.push(&good);
        let output = run(&files);
        assert_eq!(code(&output), 1);
        let messages = stderr(&output);
        for (file, complaint) in complaints {
            let line = messages.lines().find(|l| l.contains(&format!("{file}: ")));
            assert!(
                line.is_some_and(|l| l.contains(complaint)),
                "{file} {complaint}: {messages}"
            );
        }
        assert!(!messages.contains(SECRET), "{messages}");
        // One row per file, in order; the good one last.
        let rows = rows(&output);
        assert_eq!(rows.len(), 8);
        assert!(rows[..7].iter().all(|r| r["error"]["message"].is_string()));
        assert!(rows[7].get("error").is_none());
    }

    #[test]
    fn options_do_what_they_say() {
        let ask = |flags: &[&str]| {
            let output = run_with(&[&["analyze", "--json"], flags].concat(), TEXT.as_bytes());
            assert_eq!(code(&output), 0, "{}", stderr(&output));
            rows(&output).remove(0)
        };
        let sentences = |row: &Value| row["summary"]["sentences"].as_array().unwrap().len();
        assert_eq!(sentences(&ask(&["--sentences", "1"])), 1);
        assert!(sentences(&ask(&[])) <= 3);
        let short = ask(&["--max-chars", "80"]);
        let chars = short["summary"]["text"].as_str().unwrap().chars().count();
        // One sentence may be longer than the budget: a summary is never empty for that.
        assert!(chars <= 80 || sentences(&short) == 1, "{short}");
        assert!(sentences(&short) >= 1, "{short}");
        assert_eq!(
            ask(&["--min-score", "1"])["events"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let bare = ask(&["--no-evidence"]);
        for answer in bare["countries"]
            .as_array()
            .unwrap()
            .iter()
            .chain(bare["events"].as_array().unwrap())
        {
            assert_eq!(answer["evidence"], json!([]));
        }
        let summary = ask(&["--tasks", "summary", "--timings"]);
        assert_eq!(
            (&summary["events"], &summary["countries"]),
            (&json!([]), &json!([]))
        );
        assert!(summary["timings"]["model_ms"].is_number());
        assert_eq!(ask(&["--tasks", "event,country"])["summary"], Value::Null);
    }

    #[test]
    fn a_killed_reader_ends_the_job() {
        let mut child = dateline()
            .args(["score", "-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        stdin
            .write_all(lines(&[article(json!(1))]).as_bytes())
            .unwrap();
        // A row comes as soon as it is ready, not at the end of the input.
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        assert!(first.starts_with("{\"id\":1,"));
        drop(out);
        // The input stays open: the job must not wait for more of it.
        stdin
            .write_all(lines(&[article(json!(2))]).as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 1);
        assert!(!stderr(&output).contains(SECRET));
        drop(stdin);
    }

    #[test]
    fn model_prints_card_and_manifest() {
        let card = run(&["model"]);
        assert_eq!(code(&card), 0, "{}", stderr(&card));
        let manifest: Value = serde_json::from_slice(&run(&["model", "--json"]).stdout).unwrap();
        let name = manifest["name"].as_str().unwrap();
        assert!(stdout(&card).contains(name));
        assert!(manifest["files"]["model.safetensors"].is_string());
    }

    /// A server that ends with the test.
    struct Server(Child);

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[cfg(unix)]
    #[test]
    fn serve_tells_when_it_is_ready_answers_health_and_ends_on_sigterm() {
        let child = dateline()
            .args(["serve", "--address", "127.0.0.1:0", "--log-format", "json"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut server = Server(child);
        let mut log = BufReader::new(server.0.stderr.take().unwrap());
        let ready = loop {
            let mut line = String::new();
            assert_ne!(
                log.read_line(&mut line).unwrap(),
                0,
                "ended before it was ready"
            );
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["message"]
                .as_str()
                .is_some_and(|m| m.contains("ready in"))
            {
                break line;
            }
        };
        let address = ready["address"].as_str().unwrap();
        let model = ready["model"].as_str().unwrap();
        let message = ready["message"].as_str().unwrap();
        assert!(message.starts_with(&format!(
            "dateline {} serving {model} ",
            env!("CARGO_PKG_VERSION")
        )));
        assert!(ready["ready_ms"].as_f64().unwrap() > 0.0);

        let health = run(&["health", "--address", address]);
        assert_eq!(
            (code(&health), stdout(&health)),
            (0, "serving\n"),
            "{}",
            stderr(&health)
        );

        let id = server.0.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        log.read_to_string(&mut rest).unwrap();
        assert!(server.0.wait().unwrap().success(), "{rest}");
        assert_eq!(code(&run(&["health", "--address", address])), 1);
    }

    /// Damage that a copy or a download can do to a bundle.
    #[test]
    fn a_damaged_bundle_ends_with_2_and_names_the_file() {
        let manifest: Value = serde_json::from_slice(&run(&["model", "--json"]).stdout).unwrap();
        let bundles = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models");
        let bundle = fs::read_dir(bundles)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| {
                let text = fs::read(path.join("manifest.json")).unwrap_or_default();
                serde_json::from_slice::<Value>(&text).is_ok_and(|m| m["name"] == manifest["name"])
            })
            .unwrap();
        let copy = || {
            let folder = tempfile::tempdir().unwrap();
            for name in manifest["files"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .chain(["manifest.json"])
            {
                let target = folder.path().join(name);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::copy(bundle.join(name), target).unwrap();
            }
            folder
        };
        type Damage = fn(&Path);
        let damages: [(&str, Damage); 4] = [
            ("model.safetensors", |file| {
                let bytes = fs::read(file).unwrap();
                fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
            }),
            ("tokenizer.json", |file| fs::write(file, "{}").unwrap()),
            ("config.json", |file| fs::remove_file(file).unwrap()),
            ("manifest.json", |file| fs::write(file, "{").unwrap()),
        ];
        let whole = copy();
        let output = run(&["model", "--model", whole.path().to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        for (name, damage) in damages {
            let folder = copy();
            damage(&folder.path().join(name));
            let output = run_with(
                &["analyze", "--model", folder.path().to_str().unwrap()],
                TEXT.as_bytes(),
            );
            assert_eq!(code(&output), 2, "{name}: {}", stderr(&output));
            assert!(
                stderr(&output).contains(name),
                "{name}: {}",
                stderr(&output)
            );
            assert_eq!(stdout(&output), "");
        }
    }
}
