//! A quirk of mail-auth 0.13: with relaxed body canonicalisation (RFC 6376 §3.4.4) it keeps last lines that hold nothing
//! but blanks, which the RFC has taken away, and so says `fail` of sound messages. Versions from 0.15 are right.

/// The message with its last lines of blanks cut off; `None` when it has none, so that there is nothing to try again.
/// What the RFC hashes is the same for both.
pub(super) fn without_blank_last_lines(bytes: &[u8], body_offset: usize) -> Option<Vec<u8>> {
    let (header, body) = bytes.split_at_checked(body_offset)?;
    let text = body.trim_ascii_end();
    let tail = &body[text.len()..];
    // Blanks behind the last text are no matter; those on lines of their own are.
    let lines = if text.is_empty() { tail } else { &tail[tail.iter().position(|byte| *byte == b'\n')?..] };
    if !lines.iter().any(|byte| matches!(byte, b' ' | b'\t')) {
        return None;
    }
    let end: &[u8] = if text.is_empty() { b"" } else { b"\r\n" };
    Some([header, text, end].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_last_lines_of_blanks_are_cut() {
        for (body, cut) in [
            ("text\r\n \r\n", Some("text\r\n")),
            ("text \r\n\t \r\n\r\n", Some("text\r\n")),
            (" \r\n", Some("")),
            ("text\r\n", None),
            ("text  \r\n", None),
            ("text\r\n\r\n\r\n", None),
            ("text", None),
            ("", None),
        ] {
            let message = format!("A: b\r\n\r\n{body}");
            let expected = cut.map(|cut| format!("A: b\r\n\r\n{cut}").into_bytes());
            assert_eq!(without_blank_last_lines(message.as_bytes(), 8), expected, "{body:?}");
        }
        assert_eq!(without_blank_last_lines(b"short", 8), None);
    }
}
