//! Lines of any length from a stream, in bounded memory.

use std::io::{self, BufRead, ErrorKind};

/// The lines of a stream that are not blank. A line over the bound is skipped over, not held in memory.
pub struct Lines<R> {
    input: R,
    most: usize,
    number: u64,
    offset: u64,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1, blank lines counted.
    pub number: u64,
    /// Bytes of the stream up to the end of the line.
    pub end: u64,
    /// Without the line break and, on the first line, without a byte order mark.
    pub bytes: Result<Vec<u8>, TooLong>,
}

/// A line over the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// Bytes that would have been accepted.
    pub most: usize,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `most` bytes each.
    pub fn new(input: R, most: usize) -> Self {
        Self {
            input,
            most,
            number: 0,
            offset: 0,
        }
    }

    /// The next line, blank or not.
    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let start = self.offset;
        let mut bytes = Ok(Vec::new());
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if chunk.is_empty() && self.offset == start {
                return Ok(None);
            }
            let newline = chunk.iter().position(|&b| b == b'\n');
            let part = &chunk[..newline.unwrap_or(chunk.len())];
            bytes = grow(bytes, part, self.most);
            let taken = part.len() + usize::from(newline.is_some());
            self.input.consume(taken);
            self.offset += taken as u64;
            if newline.is_some() || taken == 0 {
                break;
            }
        }
        self.number += 1;
        if self.number == 1
            && let Ok(bytes) = &mut bytes
            && bytes.starts_with(b"\xef\xbb\xbf")
        {
            bytes.drain(..3);
        }
        Ok(Some(Line {
            number: self.number,
            end: self.offset,
            bytes,
        }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line().transpose()? {
                Ok(Line { bytes: Ok(b), .. }) if b.trim_ascii().is_empty() => {}
                line => return Some(line),
            }
        }
    }
}

fn grow(held: Result<Vec<u8>, TooLong>, part: &[u8], most: usize) -> Result<Vec<u8>, TooLong> {
    let mut held = held?;
    if held.len() + part.len() > most {
        return Err(TooLong { most });
    }
    held.extend_from_slice(part);
    Ok(held)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    fn read(input: &[u8], most: usize, buffer: usize) -> Vec<(u64, u64, Result<String, TooLong>)> {
        Lines::new(BufReader::with_capacity(buffer, input), most)
            .map(|line| {
                let line = line.unwrap();
                let text = line.bytes.map(|b| String::from_utf8(b).unwrap());
                (line.number, line.end, text)
            })
            .collect()
    }

    #[test]
    fn gives_the_same_lines_whatever_the_buffer() {
        let input = b"\xef\xbb\xbfone\n\n  \t\r\ntwo\r\nthree is too long\nlast";
        let expected = vec![
            (1, 7, Ok("one".to_owned())),
            (4, 18, Ok("two\r".to_owned())),
            (5, 36, Err(TooLong { most: 6 })),
            (6, 40, Ok("last".to_owned())),
        ];
        for buffer in [1, 2, 3, 7, 64] {
            assert_eq!(read(input, 6, buffer), expected, "buffer of {buffer}");
        }
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert_eq!(read(b"", 5, 4), []);
        assert_eq!(read(b"\n\n", 5, 4), []);
        // A last line with its line break is not followed by another line.
        assert_eq!(read(b"a\n", 5, 4).len(), 1);
    }

    #[test]
    fn an_endless_line_is_never_held() {
        // 1 GiB in one line, through a 64 KiB buffer.
        let endless = BufReader::with_capacity(1 << 16, io::repeat(b'x').take(1 << 30));
        let lines: Vec<_> = Lines::new(endless, 1000)
            .collect::<io::Result<_>>()
            .unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].bytes, Err(TooLong { most: 1000 }));
        assert_eq!(lines[0].end, 1 << 30);
    }
}
