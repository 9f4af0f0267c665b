//! Query strings and percent signs, read leniently.

use std::borrow::Cow;

/// The raw value of `name` (case ignored) in `query`; `None` when absent or empty. Addresses copied out of HTML keep
/// their `&amp;`, so a parameter may be called `amp;u`.
pub(super) fn raw<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let key = key.strip_prefix("amp;").unwrap_or(key);
        (key.eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
    })
}

/// The value of `name`, percent-decoded. A plus stays a plus: the rewriters encode spaces as `%20`.
pub(super) fn decoded(query: &str, name: &str) -> Option<String> {
    raw(query, name).map(|value| percent_decoded(value).into_owned())
}

/// Percent escapes decoded where they are two hex digits, left alone elsewhere; what is not UTF-8 then becomes
/// U+FFFD.
pub(super) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten().and_then(hex_byte);
        decoded.push(escape.unwrap_or(byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let high = char::from(*digits.first()?).to_digit(16)?;
    let low = char::from(*digits.get(1)?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// The few entities that addresses copied out of HTML keep.
pub(super) fn entities_decoded(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Base64 in either alphabet, padding or none, as UTF-8 text; `None` when it is neither.
pub(super) fn base64_text(text: &str) -> Option<String> {
    String::from_utf8(base64_bytes(text)?).ok()
}

/// Base64 in either alphabet, padding or none.
pub(super) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::GeneralPurpose;
    use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    LENIENT.decode(standard).ok()
}
