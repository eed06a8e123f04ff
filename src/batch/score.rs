//! The job `dateline score`: JSON Lines in, JSON Lines out, one row per row, in order.
//!
//! Rows are matched by position: ids may repeat or be absent. Blank lines are no rows. A row that cannot be read or
//! analysed becomes an error row, and the job goes on. Each row is written whole as soon as those before it are, so
//! that a job that is killed leaves complete rows. Memory is bounded by [`Question::in_flight`] rows.

use std::{
    fmt,
    io::{self, BufRead, Write},
    ops::ControlFlow,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    Question, Reader,
    fault::Fault,
    lines::{Line, Lines, TooLong},
    pipeline,
    record::{BadRecord, Record},
    row,
};
use crate::domain::Limits;

/// How far a job is, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    pub rows_in: u64,
    /// Error rows included.
    pub rows_out: u64,
    /// Error rows.
    pub failed: u64,
    /// Bytes of the input whose rows are written.
    pub bytes: u64,
    pub elapsed: Duration,
}

/// Why a job ended before its input did.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    #[error("reading rows")]
    Read(#[source] io::Error),
    #[error("writing rows")]
    Write(#[source] io::Error),
}

/// Runs the job; `progress` is called after every row. The report is true whether or not the job came to its end.
pub async fn score<R, W>(
    input: R,
    mut output: W,
    analyze: impl Reader,
    question: &Question,
    mut progress: impl FnMut(&Report),
) -> (Report, Result<(), ScoreError>)
where
    R: BufRead + Send + 'static,
    W: Write,
{
    let started = Instant::now();
    let mut report = Report::default();
    // Few, for a line may be large; the pipeline holds what is worked on.
    let (tx, rx) = mpsc::channel(4);
    let most = line_bytes(&question.limits);
    let reader = thread::spawn(move || -> io::Result<()> {
        for line in Lines::new(input, most) {
            let line = line?;
            if tx.blocking_send(((line.number, line.end), line)).is_err() {
                break; // the writer has failed
            }
        }
        Ok(())
    });
    let mut rows_in = 0;
    let work = |line: Line| {
        rows_in += 1;
        answer(line, analyze.clone(), question.clone())
    };
    let written = pipeline::in_order(rx, question.in_flight, work, |(number, end), answer| {
        let answer =
            answer.unwrap_or_else(|_| Answer::fault(&Value::Null, Fault::broken(), number));
        output.write_all(answer.row.as_bytes())?;
        output.flush()?;
        report.rows_out += 1;
        report.failed += u64::from(answer.failed);
        report.bytes = end;
        report.rows_in = report.rows_out;
        report.elapsed = started.elapsed();
        progress(&report);
        Ok(ControlFlow::Continue(()))
    })
    .await;
    report.rows_in = rows_in;
    report.elapsed = started.elapsed();
    if let Err(error) = written {
        // The reader may be waiting for input that never comes; it ends with the process.
        return (report, Err(ScoreError::Write(error)));
    }
    let read = match reader.join() {
        Ok(read) => read,
        Err(_) => Err(io::Error::other("the reader broke down")),
    };
    (report, read.map_err(ScoreError::Read))
}

/// Most bytes of a line: the text with every byte escaped (`\u001f`), and room for the other fields.
pub fn line_bytes(limits: &Limits) -> usize {
    limits.text_bytes * 6 + 64 * 1024
}

/// A row of the output with its line break.
struct Answer {
    row: String,
    failed: bool,
}

impl Answer {
    fn fault(id: &Value, fault: Fault, line: u64) -> Self {
        let fault = fault.at(format_args!("line {line}"));
        let mut row = row::line(id, Err(&fault));
        row.push('\n');
        Self { row, failed: true }
    }
}

async fn answer(line: Line, analyze: impl Reader, question: Question) -> Answer {
    let number = line.number;
    let record = match read(line, &question.limits) {
        Ok(record) => record,
        Err(BadRecord { id, fault }) => return Answer::fault(&id, fault, number),
    };
    let id = record.id.clone();
    let analysis = match question.request(record) {
        Ok(request) => analyze(request).await.map_err(Fault::from),
        Err(fault) => Err(fault),
    };
    match analysis {
        Ok(analysis) => {
            let mut row = row::line(&id, Ok(&analysis));
            row.push('\n');
            Answer { row, failed: false }
        }
        Err(fault) => Answer::fault(&id, fault, number),
    }
}

fn read(line: Line, limits: &Limits) -> Result<Record, BadRecord> {
    match line.bytes {
        Ok(bytes) => Record::from_json(&bytes, limits),
        Err(TooLong { most }) => Err(BadRecord {
            id: Value::Null,
            fault: Fault::invalid(format!(
                "has more than {most} bytes; shorten the text or raise --max-text-bytes"
            )),
        }),
    }
}

impl Report {
    /// Rows written per second.
    pub fn rate(&self) -> f64 {
        self.rows_out as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rows: {} in, {} out, {} failed; {:.2} s, {:.1} articles/s",
            self.rows_in,
            self.rows_out,
            self.failed,
            self.elapsed.as_secs_f64(),
            self.rate(),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Cursor,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
    };

    use serde_json::json;

    use super::*;
    use crate::{
        analyzer::AnalyzeError,
        batch::row::tests::full,
        domain::{Analysis, Options, Request, Task},
    };

    fn question() -> Question {
        Question {
            limits: Limits::default(),
            tasks: Task::ALL.to_vec(),
            options: Options::default(),
            in_flight: 8,
        }
    }

    /// Answers after a while that is shorter for later articles; fails or panics where the text says so.
    async fn fake(request: Request) -> Result<Analysis, AnalyzeError> {
        let article = request.article;
        let wait = 5u64.saturating_sub(article.text().len() as u64 % 6);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match article.text() {
            "full" => Err(AnalyzeError::QueueFull),
            "late" => Err(AnalyzeError::DeadlineExceeded),
            text => {
                assert_ne!(text, "panic", "meant to fail");
                Ok(full(article.id()))
            }
        }
    }

    async fn run(input: impl Into<Vec<u8>>) -> (Vec<Value>, Report) {
        let mut out = Vec::new();
        let input = Cursor::new(input.into());
        let (report, result) = score(input, &mut out, fake, &question(), |_| {}).await;
        result.unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        let rows = text.lines().map(|l| serde_json::from_str(l).unwrap());
        (rows.collect(), report)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_row_is_answered_once_and_in_order() {
        let mut input = String::new();
        for i in 0..500 {
            let text = "x".repeat(1 + i % 13);
            input.push_str(&json!({"id": i, "text": text}).to_string());
            input.push('\n');
        }
        let (rows, report) = run(input.clone()).await;
        let ids: Vec<_> = rows.iter().map(|r| r["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, (0..500).collect::<Vec<_>>());
        assert_eq!(
            (report.rows_in, report.rows_out, report.failed),
            (500, 500, 0)
        );
        assert_eq!(report.bytes, input.len() as u64);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_bad_row_becomes_an_error_row_and_the_job_goes_on() {
        struct Case {
            line: Vec<u8>,
            id: Value,
            /// Code and field; `None` for a row that is analysed.
            error: Option<(&'static str, Value)>,
        }
        let null = || Value::Null;
        let bad = |line: &[u8], id, field| Case {
            line: line.to_vec(),
            id,
            error: Some(("INVALID_ARGUMENT", field)),
        };
        let good = |line: String, id| Case {
            line: line.into_bytes(),
            id,
            error: None,
        };
        let failing = |line: &[u8], code, id| Case {
            line: line.to_vec(),
            id,
            error: Some((code, null())),
        };
        let huge_id = json!({"id": "i".repeat(1 << 20), "text": "x"}).to_string();
        let long_line = json!({"id": "l", "text": "x".repeat(2 << 20)}).to_string();
        let long_text = json!({"id": "t", "text": "x".repeat(300 << 10)}).to_string();
        let cases = [
            bad(b"{\"id\":\"a\",\"text\":\"\xff\"}", null(), null()),
            bad(b"{not json", null(), null()),
            bad(b"[1,2]", null(), null()),
            bad(b"{\"id\":\"b\"}", json!("b"), json!("text")),
            bad(b"{\"id\":\"c\",\"text\":\"\"}", json!("c"), json!("text")),
            bad(
                b"{\"id\":\"d\",\"text\":\" \\n\\t\"}",
                json!("d"),
                json!("text"),
            ),
            // Zero-width and bidi marks alone are no text.
            bad(
                "{\"id\":\"e\",\"text\":\"\u{200b}\u{202e}\u{2066}\"}".as_bytes(),
                json!("e"),
                json!("text"),
            ),
            bad(b"{\"id\":\"f\",\"text\":5}", json!("f"), json!("text")),
            bad(
                b"{\"id\":\"g\",\"text\":\"x\",\"title\":[]}",
                json!("g"),
                json!("title"),
            ),
            bad(
                b"{\"id\":\"h\",\"text\":\"x\",\"language\":\"not a tag\"}",
                json!("h"),
                json!("language"),
            ),
            bad(huge_id.as_bytes(), null(), json!("id")),
            bad(long_line.as_bytes(), null(), null()),
            bad(long_text.as_bytes(), json!("t"), json!("text")),
            failing(
                b"{\"id\":1,\"text\":\"full\"}",
                "RESOURCE_EXHAUSTED",
                json!(1),
            ),
            failing(
                b"{\"id\":2,\"text\":\"late\"}",
                "DEADLINE_EXCEEDED",
                json!(2),
            ),
            // A panic takes the id with it, never the row.
            failing(b"{\"id\":3,\"text\":\"panic\"}", "INTERNAL", null()),
            good(
                json!({"id": "same", "text": "one"}).to_string(),
                json!("same"),
            ),
            good(
                json!({"id": "same", "text": "two"}).to_string(),
                json!("same"),
            ),
            good(
                json!({"text": "no id", "unknown": {"deep": []}}).to_string(),
                null(),
            ),
            good(
                json!({"id": "w", "text": "x".repeat(200_000)}).to_string(),
                json!("w"),
            ),
            good(
                json!({"id": "emoji", "text": "🔥🚒🏚️"}).to_string(),
                json!("emoji"),
            ),
            good(
                json!({"id": "mixed", "text": "Бишкек بيشكيك 比什凯克 Bishkek"}).to_string(),
                json!("mixed"),
            ),
        ];
        let mut input = Vec::new();
        for case in &cases {
            // Blank lines are no rows but count as lines.
            input.extend_from_slice(b"\n");
            input.extend_from_slice(&case.line);
            input.extend_from_slice(b"\r\n");
        }
        let (rows, report) = run(input).await;
        assert_eq!(rows.len(), cases.len());
        for (i, (row, case)) in rows.iter().zip(&cases).enumerate() {
            assert_eq!(row["id"], case.id, "row {i}");
            match &case.error {
                None => assert!(row.get("error").is_none(), "row {i}: {row}"),
                Some((code, field)) => {
                    assert_eq!(row["error"]["code"], *code, "row {i}: {row}");
                    assert_eq!(row["error"]["field"], *field, "row {i}: {row}");
                    let message = row["error"]["message"].as_str().unwrap();
                    let place = format!("line {}: ", 2 * i + 2);
                    assert!(message.starts_with(&place), "row {i}: {message}");
                    assert!(message.len() < 300, "row {i}: {message}");
                }
            }
        }
        let failed = cases.iter().filter(|c| c.error.is_some()).count() as u64;
        let all = cases.len() as u64;
        assert_eq!(
            (report.rows_in, report.rows_out, report.failed),
            (all, all, failed)
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn never_more_in_flight_than_asked() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let (now, peak) = (running.clone(), most.clone());
        let counting = move |request: Request| {
            let (now, peak) = (now.clone(), peak.clone());
            async move {
                peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                tokio::time::sleep(Duration::from_millis(1)).await;
                now.fetch_sub(1, SeqCst);
                Ok(full(request.article.id()))
            }
        };
        let input = Cursor::new("{\"text\":\"x\"}\n".repeat(200));
        let (report, result) = score(input, io::sink(), counting, &question(), |_| {}).await;
        result.unwrap();
        assert_eq!(report.rows_out, 200);
        assert!((2..=8).contains(&most.load(SeqCst)), "{most:?}");
    }

    #[tokio::test]
    async fn nothing_in_nothing_out() {
        let (rows, report) = run("\n \n").await;
        assert_eq!((rows.len(), report.rows_in, report.rows_out), (0, 0, 0));
    }

    /// Writes that end after some bytes, as on a full disk.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self
                .0
                .checked_sub(bytes.len())
                .ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_failed_write_ends_the_job_with_in_over_out() {
        let input = Cursor::new("{\"text\":\"x\"}\n".repeat(100));
        let (report, result) = score(input, Full(3000), fake, &question(), |_| {}).await;
        assert!(matches!(result, Err(ScoreError::Write(_))));
        assert!(report.rows_in > report.rows_out, "{report:?}");
    }

    /// A reader that fails after its bytes, as a broken disk does.
    struct Broken(Cursor<Vec<u8>>);

    impl io::Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match io::Read::read(&mut self.0, buffer)? {
                0 => Err(io::Error::other("broken")),
                n => Ok(n),
            }
        }
    }

    #[tokio::test]
    async fn a_failed_read_answers_what_was_read_and_says_so() {
        let input = io::BufReader::new(Broken(Cursor::new(b"{\"text\":\"x\"}\n".repeat(10))));
        let mut out = Vec::new();
        let (report, result) = score(input, &mut out, fake, &question(), |_| {}).await;
        assert!(matches!(result, Err(ScoreError::Read(_))));
        assert_eq!(report.rows_out, 10);
        assert_eq!(out.iter().filter(|&&b| b == b'\n').count(), 10);
    }
}
