//! What scripts do, by the words they cannot do without.

/// Calls that turn a string into something else than text.
const DECODERS: &[&str] = &[
    "atob",
    "unescape",
    "fromcharcode",
    "document.write",
    "eval",
    "decodeuri",
    "parsefromstring",
    "innerhtml",
];

/// Calls that make a file in the browser (HTML smuggling).
const FILE_BUILDERS: &[&str] =
    &["new blob", "new file(", "createobjecturl", "mssaveblob", "mssaveoropenblob", "navigator.mssave"];

/// A literal longer than this is a payload, not a message.
const LONG_LITERAL_BYTES: usize = 200;

/// Whether `script` hands a long string literal to a decoder.
pub(super) fn is_obfuscated(script: &str) -> bool {
    let lower = script.to_ascii_lowercase();
    DECODERS.iter().any(|word| lower.contains(word)) && has_long_literal(script)
}

/// Whether `script` builds a file out of its own text.
pub(super) fn builds_file(script: &str) -> bool {
    let lower = script.to_ascii_lowercase();
    FILE_BUILDERS.iter().any(|word| lower.contains(word))
}

/// A quoted string, or an array of numbers, of more than [`LONG_LITERAL_BYTES`] without a line end.
fn has_long_literal(script: &str) -> bool {
    let quoted = script
        .split(['"', '\'', '`', '\n'])
        .any(|piece| piece.len() > LONG_LITERAL_BYTES && !piece.contains("; ") && !piece.contains("){"));
    let numbers = script.split(['[', ']', '(', ')']).any(|piece| {
        piece.len() > LONG_LITERAL_BYTES
            && piece
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b',' | b' ' | b'x' | b'\n' | b'\r'))
    });
    quoted || numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_in_scripts_are_told() {
        let long = "QUJD".repeat(100);
        let numbers = "65,66,".repeat(100);
        for (script, obfuscated) in [
            (format!("document.write(atob('{long}'))"), true),
            (format!("eval(String.fromCharCode({numbers}67))"), true),
            (format!("var a = '{long}';"), false),
            ("document.write('hello')".to_string(), false),
        ] {
            assert_eq!(is_obfuscated(&script), obfuscated);
        }
        assert!(builds_file("var b = new Blob([data]); URL.createObjectURL(b)"));
    }
}
