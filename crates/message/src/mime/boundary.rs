//! Cutting a multipart body at its delimiter lines (RFC 2046 §5.1.1).

use memchr::memmem;

/// A multipart body, cut.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut<'a> {
    pub(crate) preamble: &'a [u8],
    pub(crate) parts: Vec<&'a [u8]>,
    /// Whether the closing delimiter came.
    pub(crate) closed: bool,
    /// Whether parts came after the closing delimiter; some readers show them, others stop.
    pub(crate) goes_on: bool,
    /// Whether more parts were there than `parts_max`.
    pub(crate) bounded: bool,
}

/// Cuts `body` at the lines that hold `--boundary` and nothing else but blanks: not in the middle of a line, not
/// where the line goes on (`--BNDX`). At most `parts_max` parts are cut.
pub(crate) fn cut<'a>(body: &'a [u8], boundary: &str, parts_max: usize) -> Cut<'a> {
    let needle = [b"--", boundary.as_bytes()].concat();
    let mut cut = Cut { preamble: body, ..Cut::default() };
    // Where the part being read began; `None` in the preamble and after the closing delimiter.
    let mut open: Option<usize> = None;
    let mut seen = false;
    for at in memmem::find_iter(body, &needle) {
        let Some(delimiter) = delimiter(body, at, needle.len()) else { continue };
        if open.is_some_and(|start| start > at) {
            continue;
        }
        match open {
            Some(start) => cut.parts.push(without_line_end(&body[start..at])),
            None if !seen => cut.preamble = without_line_end(&body[..at]),
            None => {}
        }
        if cut.parts.len() == parts_max {
            cut.bounded = true;
            return cut;
        }
        seen = true;
        cut.goes_on |= cut.closed && !delimiter.closing;
        cut.closed |= delimiter.closing;
        open = (!delimiter.closing).then_some(delimiter.end);
    }
    if let Some(start) = open {
        cut.parts.push(&body[start..]);
        cut.closed = false;
    }
    cut
}

struct Delimiter {
    /// After its line end.
    end: usize,
    closing: bool,
}

/// The delimiter whose text stands at `at`, if it is one.
fn delimiter(body: &[u8], at: usize, length: usize) -> Option<Delimiter> {
    let at_line_start = at == 0 || body[at - 1] == b'\n';
    if !at_line_start {
        return None;
    }
    let rest = &body[at + length..];
    let (rest, closing) = match rest.strip_prefix(b"--") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    let end = body.len() - rest.len() + blanks;
    match rest.get(blanks) {
        None => Some(Delimiter { end, closing }),
        Some(b'\n') => Some(Delimiter { end: end + 1, closing }),
        Some(_) => None,
    }
}

/// The line end in front of a delimiter belongs to the delimiter.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// The boundary that `body` seems to use though nothing declares it: the first line that starts with two dashes and
/// is followed by a MIME field.
pub(crate) fn guess(body: &[u8]) -> Option<String> {
    let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let following = lines.clone().skip(1);
    let mut pairs = lines.zip(following);
    let (line, _) =
        pairs.find(|(line, next)| line.len() > 2 && line.starts_with(b"--") && is_mime_field(next))?;
    std::str::from_utf8(&line[2..]).ok().map(str::to_string)
}

fn is_mime_field(line: &[u8]) -> bool {
    line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-")) && line.contains(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_cut_at_whole_lines() {
        let rows: [(&str, &str, &[&str], &str); 12] = [
            ("pre\n--B\none\n--B\ntwo\n--B--\npost", "pre", &["one", "two"], "closed"),
            ("pre\r\n--B\r\none\r\n--B--\r\n", "pre", &["one"], "closed"),
            ("--B \t\none\n--B--", "", &["one"], "closed"),
            ("--B\n\n--B--", "", &[""], "closed"),
            ("--B\n--B--", "", &[""], "closed"),
            ("--B\none", "", &["one"], "open"),
            ("--B\na --B\nb\n--B--", "", &["a --B\nb"], "closed"),
            ("--B\na\r--B\nb\n--B--", "", &["a\r--B\nb"], "closed"),
            ("--B\none\n--BX\n--B--", "", &["one\n--BX"], "closed"),
            ("--B\none\n--B--\n--B\ntwo\n--B--", "", &["one", "two"], "goes on"),
            ("no delimiter", "no delimiter", &[], "open"),
            ("", "", &[], "open"),
        ];
        for (body, preamble, parts, end) in rows {
            let cut = cut(body.as_bytes(), "B", 100);
            let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
            assert_eq!((cut.preamble, &cut.parts), (preamble.as_bytes(), &parts), "{body:?}");
            let read_end = if cut.goes_on {
                "goes on"
            } else if cut.closed {
                "closed"
            } else {
                "open"
            };
            assert_eq!(read_end, end, "{body:?}");
        }
    }

    #[test]
    fn parts_are_bounded() {
        let body = "--B\n".repeat(50);
        let cut = cut(body.as_bytes(), "B", 10);
        assert_eq!((cut.parts.len(), cut.bounded), (10, true));
    }

    #[test]
    fn an_undeclared_boundary_is_found() {
        assert_eq!(guess(b"text\r\n--x\r\nContent-Type: text/html\r\n\r\n"), Some("x".to_string()));
        assert_eq!(guess(b"-- \nsignature"), None);
    }
}
