//! Transfer encodings (RFC 2045 §6), read as leniently as mail clients read them.

use std::borrow::Cow;

use memchr::memchr;

/// How an entity was encoded for transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// 7bit, 8bit, binary and nothing.
    Identity,
    Base64,
    QuotedPrintable,
    Uuencode,
    /// Nobody defined it; read as identity.
    Unknown,
}

impl Encoding {
    /// Reads a `Content-Transfer-Encoding` value: the first word counts, as it does for Outlook, whatever comment or
    /// parameter stands after it.
    pub(crate) fn parse(value: &str) -> Self {
        let word = value.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
        let word = word.split(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | '"' | ',')).next();
        match word.unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" => Self::Identity,
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            "x-uuencode" | "x-uue" | "uuencode" | "uue" => Self::Uuencode,
            _ => Self::Unknown,
        }
    }
}

/// Whether decoding had to be lenient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    Clean,
    Lenient,
}

/// Takes `encoding` off `bytes`.
pub(crate) fn decode(encoding: Encoding, bytes: &[u8]) -> (Cow<'_, [u8]>, Quality) {
    let (decoded, quality) = match encoding {
        Encoding::Identity | Encoding::Unknown => return (Cow::Borrowed(bytes), Quality::Clean),
        Encoding::Base64 => base64(bytes),
        Encoding::QuotedPrintable => quoted_printable(bytes),
        Encoding::Uuencode => uuencode(bytes),
    };
    (Cow::Owned(decoded), quality)
}

/// Marks in [`SEXTETS`].
const PAD: u8 = 64;
const BLANK: u8 = 65;
const JUNK: u8 = 66;

/// The value of each base64 digit (RFC 4648 §4), or a mark.
const SEXTETS: [u8; 256] = {
    let mut table = [JUNK; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < digits.len() {
        table[digits[value] as usize] = value as u8;
        value += 1;
    }
    table[b'=' as usize] = PAD;
    table[b'\r' as usize] = BLANK;
    table[b'\n' as usize] = BLANK;
    table[b' ' as usize] = BLANK;
    table[b'\t' as usize] = BLANK;
    table
};

/// Base64 (RFC 2045 §6.8): bytes outside the alphabet are skipped, and padding ends a group, not the text. After
/// padding, lines that hold anything but base64 are left out: mailing lists put footers there.
pub(crate) fn base64(encoded: &[u8]) -> (Vec<u8>, Quality) {
    let mut decoder = Base64 { decoded: Vec::with_capacity(encoded.len() / 4 * 3 + 3), ..Base64::default() };
    let mut rest = encoded;
    while !rest.is_empty() && !decoder.padded {
        let used = decoder.groups(rest);
        rest = &rest[used..];
        let used = decoder.until_aligned(rest);
        rest = &rest[used..];
    }
    for line in rest.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.iter().all(|byte| SEXTETS[usize::from(*byte)] <= PAD) {
            decoder.lenient |= line.iter().any(|byte| SEXTETS[usize::from(*byte)] < PAD);
            line.iter().for_each(|byte| decoder.push(*byte));
        } else {
            decoder.lenient = true;
        }
    }
    decoder.finish()
}

#[derive(Default)]
struct Base64 {
    decoded: Vec<u8>,
    /// Digits of the group begun, and how many.
    bits: u32,
    digits: u8,
    padded: bool,
    lenient: bool,
}

impl Base64 {
    /// Decodes whole groups while nothing but digits comes; returns the bytes used.
    fn groups(&mut self, rest: &[u8]) -> usize {
        let mut used = 0;
        for group in rest.chunks_exact(4) {
            let [a, b, c, d] = [0, 1, 2, 3].map(|index| SEXTETS[usize::from(group[index])]);
            if (a | b | c | d) >= PAD {
                break;
            }
            let bits = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
            self.decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
            used += 4;
        }
        used
    }

    /// Decodes byte by byte until a group is complete again and the next byte is a digit.
    fn until_aligned(&mut self, rest: &[u8]) -> usize {
        for (index, byte) in rest.iter().enumerate() {
            let aligned = self.digits == 0 && SEXTETS[usize::from(*byte)] < PAD;
            if self.padded || (aligned && index > 0 && rest.len() - index >= 4) {
                return index;
            }
            self.push(*byte);
        }
        rest.len()
    }

    fn push(&mut self, byte: u8) {
        match SEXTETS[usize::from(byte)] {
            PAD => self.pad(),
            BLANK => {}
            JUNK => self.lenient = true,
            sextet => {
                self.bits = self.bits << 6 | u32::from(sextet);
                self.digits += 1;
                if self.digits == 4 {
                    self.decoded.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                    (self.bits, self.digits) = (0, 0);
                }
            }
        }
    }

    fn pad(&mut self) {
        self.padded = true;
        self.flush();
    }

    /// Writes the whole bytes of a group cut short.
    fn flush(&mut self) {
        match self.digits {
            0 => {}
            1 => self.lenient = true,
            2 => self.decoded.push((self.bits >> 4) as u8),
            _ => self.decoded.extend_from_slice(&((self.bits >> 2) as u16).to_be_bytes()),
        }
        (self.bits, self.digits) = (0, 0);
    }

    fn finish(mut self) -> (Vec<u8>, Quality) {
        self.flush();
        (self.decoded, if self.lenient { Quality::Lenient } else { Quality::Clean })
    }
}

/// Quoted-printable (RFC 2045 §6.7): an equals sign that begins nothing stands for itself.
pub(crate) fn quoted_printable(encoded: &[u8]) -> (Vec<u8>, Quality) {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut quality = Quality::Clean;
    for line in encoded.split_inclusive(|byte| *byte == b'\n') {
        let end = line.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
        // Blanks before the line end were added on the way (§6.7 rule 3).
        let line_end: &[u8] = match line {
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            _ => b"",
        };
        let text = &line[..end];
        match text.strip_suffix(b"=") {
            Some(text) => quality = escapes(text, &mut decoded, quality),
            None => {
                quality = escapes(text, &mut decoded, quality);
                decoded.extend_from_slice(line_end);
            }
        }
    }
    (decoded, quality)
}

fn escapes(text: &[u8], decoded: &mut Vec<u8>, mut quality: Quality) -> Quality {
    let mut rest = text;
    while let Some(escape) = memchr(b'=', rest) {
        decoded.extend_from_slice(&rest[..escape]);
        rest = &rest[escape + 1..];
        match rest {
            [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hex(*high) << 4 | hex(*low));
                rest = after;
            }
            _ => {
                decoded.push(b'=');
                quality = Quality::Lenient;
            }
        }
    }
    decoded.extend_from_slice(rest);
    quality
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// Uuencode (POSIX.1-2017, `uuencode`): everything between `begin` and `end`.
pub(crate) fn uuencode(encoded: &[u8]) -> (Vec<u8>, Quality) {
    let mut decoded = Vec::with_capacity(encoded.len() / 4 * 3);
    for line in encoded.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end()) {
        match line {
            b"end" => return (decoded, Quality::Clean),
            [] => {}
            _ if line.starts_with(b"begin ") => {}
            [length, digits @ ..] => {
                uuencoded_line(usize::from(length.wrapping_sub(32) & 63), digits, &mut decoded)
            }
        }
    }
    (decoded, Quality::Lenient)
}

fn uuencoded_line(length: usize, digits: &[u8], decoded: &mut Vec<u8>) {
    let end = decoded.len() + length.min(digits.len().div_ceil(4) * 3);
    for group in digits.chunks(4) {
        let digit = |index: usize| u32::from(group.get(index).unwrap_or(&b' ').wrapping_sub(32) & 63);
        let bits = digit(0) << 18 | digit(1) << 12 | digit(2) << 6 | digit(3);
        decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    decoded.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_the_first_word() {
        for (value, encoding) in [
            ("", Encoding::Identity),
            ("8bit", Encoding::Identity),
            ("BASE64", Encoding::Base64),
            ("base64 (x)", Encoding::Base64),
            ("base64;x", Encoding::Base64),
            ("\"quoted-printable\"", Encoding::QuotedPrintable),
            ("x-uuencode", Encoding::Uuencode),
            ("base65", Encoding::Unknown),
        ] {
            assert_eq!(Encoding::parse(value), encoding, "{value}");
        }
    }

    #[test]
    fn base64_decodes_whatever_stands_between() {
        for (encoded, decoded, quality) in [
            ("aGVsbG8gd29ybGQ=", "hello world", Quality::Clean),
            ("aGVs\r\nbG8g\r\nd29y\r\nbGQ=\r\n", "hello world", Quality::Clean),
            ("aGVsbG8gd29ybGQ", "hello world", Quality::Clean),
            ("aG!VsbG8gd2*9ybGQ=", "hello world", Quality::Lenient),
            ("aGVsbA==bG8gd29ybGQ=", "helllo world", Quality::Lenient),
            ("aGVsbG8=\r\nIHdvcmxk\r\n", "hello world", Quality::Lenient),
            ("aGVsbG8=\r\n____\r\na mailing list\r\n", "hello", Quality::Lenient),
            ("aGVsbG8=a", "hello", Quality::Lenient),
            ("a", "", Quality::Lenient),
            ("====", "", Quality::Clean),
            ("", "", Quality::Clean),
        ] {
            let (bytes, read) = base64(encoded.as_bytes());
            assert_eq!((String::from_utf8_lossy(&bytes).as_ref(), read), (decoded, quality), "{encoded}");
        }
    }

    #[test]
    fn quoted_printable_decodes_whatever_stands_after_equals() {
        for (encoded, decoded, quality) in [
            ("gr=C3=BCn", "grün", Quality::Clean),
            ("gr=c3=bcn", "grün", Quality::Clean),
            ("soft=\r\nbreak", "softbreak", Quality::Clean),
            ("soft=  \r\nbreak", "softbreak", Quality::Clean),
            ("blanks  \r\nend \nlast ", "blanks\r\nend\nlast", Quality::Clean),
            ("a\r\n\r\nb\n\nc", "a\r\n\r\nb\n\nc", Quality::Clean),
            ("a==3Db", "a==b", Quality::Lenient),
            ("a=ZZb", "a=ZZb", Quality::Lenient),
            ("end=", "end", Quality::Clean),
        ] {
            let (bytes, read) = quoted_printable(encoded.as_bytes());
            assert_eq!((String::from_utf8_lossy(&bytes).as_ref(), read), (decoded, quality), "{encoded}");
        }
    }

    #[test]
    fn uuencode_decodes() {
        let encoded = b"begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n";
        assert_eq!(uuencode(encoded), (b"Cat".to_vec(), Quality::Clean));
        assert_eq!(uuencode(b"\xff\xff").0.len(), 3);
    }
}
