//! Dates of header fields (RFC 5322 §3.3 and its obsolete forms §4.3), read as leniently as real mail needs.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads a date; comments, a wrong or absent weekday, two-digit years, absent seconds and zone names are taken.
/// `None` when it is no date.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.split('(').next().unwrap_or_default();
    let mut words = text.split([' ', '\t', ',', '-']).filter(|word| !word.is_empty()).peekable();
    if words.peek()?.starts_with(|c: char| c.is_ascii_alphabetic()) {
        words.next();
    }
    // `2 Oct 2024` as the RFC has it, or `Oct 2 10:00:00 2024` as asctime writes it.
    let (first, second) = (words.next()?, words.next()?);
    let (day, month) = match month(second) {
        Some(month) => (first, month),
        None => (second, month(first)?),
    };
    let third = words.next()?;
    let (year, time) = match third.contains(':') {
        true => (None, third),
        false => (Some(third), words.next()?),
    };
    let zone_at = zone_start(text);
    let year = match year {
        Some(year) => year,
        None => words.find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?,
    };
    timestamp(day.parse().ok()?, month, full_year(year)?, time, zone_at)
}

fn timestamp(day: i8, month: i8, year: i16, time: &str, offset_s: i32) -> Option<Timestamp> {
    let mut clock = time.split([':', '.']).map(|number| number.parse::<i8>().ok());
    let hour = clock.next()??;
    let minute = clock.next().unwrap_or(Some(0))?;
    // Leap seconds are read as the second before.
    let second = clock.next().flatten().unwrap_or(0).min(59);
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Offset::from_seconds(offset_s).ok()?.to_timestamp(civil).ok()
}

/// The month by its first three letters.
fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.get(..3)?;
    (1..).zip(MONTHS).find(|(_, name)| start.eq_ignore_ascii_case(name)).map(|(number, _)| number)
}

/// Two- and three-digit years as RFC 5322 §4.3 counts them.
fn full_year(word: &str) -> Option<i16> {
    let year: i16 = word.parse().ok()?;
    match word.len() {
        1 | 2 if year < 50 => Some(year + 2000),
        1..=3 => Some(year + 1900),
        _ => Some(year),
    }
}

/// Zone names (RFC 5322 §4.3) and their offsets in hours.
const ZONES: &[(&str, i32)] = &[
    ("cdt", -5),
    ("cest", 2),
    ("cet", 1),
    ("cst", -6),
    ("edt", -4),
    ("est", -5),
    ("jst", 9),
    ("mdt", -6),
    ("mst", -7),
    ("pdt", -7),
    ("pst", -8),
];

/// The offset of the zone at the end, in seconds; unknown zones are UTC (RFC 5322 §4.3).
fn zone_start(text: &str) -> i32 {
    let zone = text.split_whitespace().rev().find(|word| {
        word.starts_with(['+', '-']) || word.chars().all(|character| character.is_ascii_alphabetic())
    });
    let Some(zone) = zone else { return 0 };
    if let Some(digits) = zone.strip_prefix(['+', '-']) {
        let sign = if zone.starts_with('-') { -1 } else { 1 };
        let digits: String = digits.chars().filter(char::is_ascii_digit).take(4).collect();
        let (hours, minutes) = digits.split_at(digits.len().min(2));
        let number = |digits: &str| digits.parse::<i32>().unwrap_or(0);
        return sign * (number(hours) * 3600 + number(minutes) * 60);
    }
    let name = zone.to_ascii_lowercase();
    ZONES.iter().find(|(known, _)| *known == name).map_or(0, |(_, hours)| hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_written() {
        for (text, utc) in [
            ("Tue, 24 Nov 2026 06:48:13 +0000", "2026-11-24T06:48:13Z"),
            ("Tue, 24 Nov 2026 06:48:13 +0530 (IST)", "2026-11-24T01:18:13Z"),
            ("24 Nov 2026 06:48 -0800", "2026-11-24T14:48:00Z"),
            ("Mon, 24 Nov 26 06:48:13 GMT", "2026-11-24T06:48:13Z"),
            ("Fri,  1 Feb 02 10:00:00 EST", "2002-02-01T15:00:00Z"),
            ("Tue Nov 24 06:48:13 2026", "2026-11-24T06:48:13Z"),
            ("Tue Nov 24 06:48:13 EST 2026", "2026-11-24T11:48:13Z"),
            ("24-Nov-2026 06:48:13", "2026-11-24T06:48:13Z"),
            ("Tue, 24 November 2026 06:48:60 Z", "2026-11-24T06:48:59Z"),
            ("Sun, 1 Jan 95 00:00:00 +0100", "1994-12-31T23:00:00Z"),
        ] {
            assert_eq!(parse(text).map(|at| at.to_string()).as_deref(), Some(utc), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "now", "Tue, 32 Nov 2026 00:00:00 +0000", "24 Foo 2026 00:00", "24 Nov", "24 Nov 2026 25:00"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
