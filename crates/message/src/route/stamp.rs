//! The date of a trace field: that of RFC 5322, and the other forms servers write.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::mime::date;

/// Reads a date; `None` when it is none.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    date::parse(text).or_else(|| twelve_hours(text)).or_else(|| iso(text))
}

/// `Jul, 25 2002 12:06:11 PM -0200`, of some bulk mailers.
fn twelve_hours(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).take(8).collect();
    let at = words.iter().position(|word| matches!(*word, "AM" | "PM"))?;
    let (clock, rest) = words.get(at.checked_sub(1)?)?.split_once(':')?;
    let hour = clock.parse::<u8>().ok()? % 12 + if words[at] == "PM" { 12 } else { 0 };
    let clock = format!("{hour}:{rest}");
    let day = words[..at - 1].join(" ");
    // Month first or day first: the reader of RFC 5322 takes the month second.
    let swapped = || {
        words
            .get(1)
            .zip(words.first())
            .zip(words.get(2))
            .map(|((day, month), year)| format!("{day} {month} {year}"))
    };
    let zone = words.get(at + 1).copied().unwrap_or_default();
    date::parse(&format!("{day} {clock} {zone}"))
        .or_else(|| date::parse(&format!("{} {clock} {zone}", swapped()?)))
}

/// `2022-10-10 20:23:31.220298648 +0000 UTC m=+1118315.490977699`, of programs written in Go; always UTC there.
fn iso(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let day = words.iter().position(|word| word.len() == 10 && word.as_bytes().get(4) == Some(&b'-'))?;
    let clock = words.get(day + 1)?.split('.').next()?;
    let civil: DateTime = format!("{}T{clock}", words[day]).parse().ok()?;
    jiff::tz::Offset::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, utc) in [
            (" Tue, 9 May 2023 18:13:43 -0300", "2023-05-09T21:13:43Z"),
            ("9 May 2023 18:13:43 -0300 (BRT) (envelope-from <x@a.example>)", "2023-05-09T21:13:43Z"),
            ("27 Mar 2002 05:38:00 -0000", "2002-03-27T05:38:00Z"),
            ("Tue, 31 Jul 2001 04:30 EDT", "2001-07-31T08:30:00Z"),
            ("Tue May  9 18:13:43 2023", "2023-05-09T18:13:43Z"),
            ("25 Jul 2002 12:06:11 PM -0200", "2002-07-25T14:06:11Z"),
            ("Jul, 25 2002 12:06:11 AM -0200", "2002-07-25T02:06:11Z"),
            ("2022-10-10 20:23:31.220298648 +0000 UTC m=+1118315.490977699", "2022-10-10T20:23:31Z"),
        ] {
            assert_eq!(read(text), Some(utc.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for bad in
            ["", "yesterday", "31 Feb 2023 10:00:00 +0000", "9 May 2023 25:00:00", "é é:é PM", "PM", ":1 PM"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
