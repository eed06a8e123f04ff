//! The files of a job; `-` is standard input or output.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

/// Why a job cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error("IN and OUT are the same file {}; name another OUT", .0.display())]
    Same(PathBuf),
    #[error("{} cannot be opened", path.display())]
    Open {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
}

/// The rows to read, and how many bytes they have if that is known.
pub struct Input {
    pub rows: Box<dyn BufRead + Send>,
    pub bytes: Option<u64>,
}

/// Opens the input of a job, and refuses an output that is the same file: opening it would empty the input.
///
/// # Errors
/// The same file twice; an input that is missing, a directory or not readable.
pub fn input(path: &Path, output: &Path) -> Result<Input, StreamError> {
    let open = |error| StreamError::Open {
        path: path.to_owned(),
        error,
    };
    let seen = if is_standard(path) {
        Path::new("/dev/stdin")
    } else {
        path
    };
    if !is_standard(output) && is_same(seen, output) {
        return Err(StreamError::Same(output.to_owned()));
    }
    if is_standard(path) {
        return Ok(Input {
            rows: Box::new(BufReader::new(io::stdin())),
            bytes: None,
        });
    }
    let file = File::open(path).map_err(open)?;
    let about = file.metadata().map_err(open)?;
    if about.is_dir() {
        return Err(open(io::ErrorKind::IsADirectory.into()));
    }
    Ok(Input {
        rows: Box::new(BufReader::with_capacity(1 << 16, file)),
        bytes: about.is_file().then_some(about.len()),
    })
}

/// Opens the output of a job; a file that exists is overwritten.
///
/// # Errors
/// The file cannot be written.
pub fn output(path: &Path) -> Result<Box<dyn Write>, StreamError> {
    if is_standard(path) {
        return Ok(Box::new(io::stdout()));
    }
    match File::create(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(StreamError::Open {
            path: path.to_owned(),
            error,
        }),
    }
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Two names of one regular file: links and `..` included.
fn is_same(a: &Path, b: &Path) -> bool {
    let (Ok(about_a), Ok(about_b)) = (fs::metadata(a), fs::metadata(b)) else {
        return false; // what does not exist is not emptied
    };
    if !about_a.is_file() || !about_b.is_file() {
        return false; // such as a terminal or /dev/null, on both sides
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (about_a.dev(), about_a.ino()) == (about_b.dev(), about_b.ino())
    }
    #[cfg(not(unix))]
    {
        matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_to_empty_its_own_input() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        fs::write(&path, "{}").unwrap();
        let around = folder.path().join(".").join("rows.jsonl");
        let mut others = vec![path.clone(), around];
        #[cfg(unix)]
        {
            let (hard, soft) = (folder.path().join("hard"), folder.path().join("soft"));
            fs::hard_link(&path, &hard).unwrap();
            std::os::unix::fs::symlink(&path, &soft).unwrap();
            others.extend([hard, soft]);
        }
        for other in others {
            assert!(
                matches!(input(&path, &other), Err(StreamError::Same(_))),
                "{other:?}"
            );
        }
        assert_eq!(
            input(&path, &folder.path().join("new")).unwrap().bytes,
            Some(2)
        );
        assert_eq!(fs::read(&path).unwrap(), b"{}");
    }

    #[test]
    fn says_which_file_cannot_be_opened() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        for bad in [folder.path().to_owned(), folder.path().join("none")] {
            let error = input(&bad, &out).map(|_| ()).unwrap_err();
            assert!(
                error.to_string().contains(&bad.display().to_string()),
                "{error}"
            );
        }
        assert!(output(&folder.path().join("no/folder")).is_err());
    }
}
