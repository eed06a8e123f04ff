//! The job `dateline analyze`: files in, cards or rows out, in the order of the files.

use std::{
    io::{self, Write},
    ops::ControlFlow,
    thread,
};

use tokio::sync::mpsc;

use super::{
    Question, Reader,
    card::{self, Style},
    fault::Fault,
    file::{self, Source},
    pipeline,
    record::{BadRecord, Record},
    row,
};
use crate::domain::Analysis;

/// What is printed for each article.
#[derive(Debug, Clone, Copy)]
pub enum Format {
    /// A card for people. A file that fails prints none.
    Cards(Style),
    /// A row as in `dateline score`. A file that fails prints an error row.
    Rows,
}

/// Runs the job and says how many files failed; `complain` gets the reason of each, with the file's name.
///
/// # Errors
/// Writing failed.
pub async fn analyze(
    sources: Vec<Source>,
    mut output: impl Write,
    format: Format,
    analyze: impl Reader,
    question: &Question,
    mut complain: impl FnMut(&Fault),
) -> io::Result<u64> {
    let (tx, rx) = mpsc::channel(2);
    let limits = question.limits;
    thread::spawn(move || {
        for source in sources {
            let record = file::read(&source, &limits);
            if tx.blocking_send((source, record)).is_err() {
                break; // the writer has failed
            }
        }
    });
    let work =
        |record: Result<Record, BadRecord>| answer(record, analyze.clone(), question.clone());
    let mut failed = 0;
    pipeline::in_order(rx, question.in_flight, work, |source, answer| {
        let (id, answer) = answer.unwrap_or_else(|_| (source.name().into(), Err(Fault::broken())));
        let answer = answer.map_err(|fault| fault.at(source.name()));
        if let Err(fault) = &answer {
            failed += 1;
            complain(fault);
        }
        match (format, &answer) {
            (Format::Rows, _) => writeln!(output, "{}", row::line(&id, answer.as_ref()))?,
            (Format::Cards(style), Ok(analysis)) => {
                writeln!(output, "{}", card::render(&source.name(), analysis, style))?;
            }
            (Format::Cards(_), Err(_)) => {}
        }
        output.flush()?;
        Ok(ControlFlow::Continue(()))
    })
    .await?;
    Ok(failed)
}

async fn answer(
    record: Result<Record, BadRecord>,
    analyze: impl Reader,
    question: Question,
) -> (serde_json::Value, Result<Analysis, Fault>) {
    let record = match record {
        Ok(record) => record,
        Err(BadRecord { id, fault }) => return (id, Err(fault)),
    };
    let id = record.id.clone();
    let analysis = match question.request(record) {
        Ok(request) => analyze(request).await.map_err(Fault::from),
        Err(fault) => Err(fault),
    };
    (id, analysis)
}
