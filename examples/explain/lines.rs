//! Lines of bytes, however long, broken or oddly ended.

use std::io::{self, BufRead, Read};

/// The longest line that is judged, in bytes: the base64 of a body of 190 MB. What is longer is
/// read to its end, thrown away and answered as unusable, so that it costs time but no memory.
pub(crate) const MAX_LINE: usize = 256 << 20;

/// One line of the input.
pub(crate) enum Line<'a> {
    /// Its bytes, without the LF or CR LF at its end.
    Whole(&'a [u8]),
    /// It was longer than [`MAX_LINE`].
    TooLong,
}

/// The lines of an input, in order.
pub(crate) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, buffer: Vec::new() }
    }

    /// The next line. What stands behind the last line end is a line only if it is not empty.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        // One huge line must not keep its memory for all that follow.
        self.buffer.shrink_to(1 << 20);
        let limit = MAX_LINE as u64 + 1;
        if self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(None);
        }
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
            if self.buffer.last() == Some(&b'\r') {
                self.buffer.pop();
            }
        } else if self.buffer.len() > MAX_LINE {
            self.skip_to_line_end()?;
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(Line::Whole(&self.buffer)))
    }

    fn skip_to_line_end(&mut self) -> io::Result<()> {
        loop {
            let held = self.input.fill_buf()?;
            if held.is_empty() {
                return Ok(());
            }
            match held.iter().position(|byte| *byte == b'\n') {
                Some(at) => {
                    self.input.consume(at + 1);
                    return Ok(());
                }
                None => {
                    let length = held.len();
                    self.input.consume(length);
                }
            }
        }
    }
}
