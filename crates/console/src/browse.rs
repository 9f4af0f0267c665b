//! Filters of message lists as they stand in a URL: the page, the live bar and the API read the same ones.

use jiff::{SignedDuration, Timestamp};
use message::Direction;
use store::{DeliveryId, Filter};
use uuid::Uuid;

use crate::form::Fields;
use crate::refusal::Refusal;
use crate::view::{self, DIRECTIONS};

/// Rows of a page of a list.
pub(crate) const ROWS: usize = 50;

/// Spans of time people pick from, by their word in the URL.
pub(crate) const SPANS: [(&str, &str, SignedDuration); 4] = [
    ("1h", "1 hour", SignedDuration::from_hours(1)),
    ("24h", "24 hours", SignedDuration::from_hours(24)),
    ("7d", "7 days", SignedDuration::from_hours(7 * 24)),
    ("30d", "30 days", SignedDuration::from_hours(30 * 24)),
];

/// The span called `word`.
pub(crate) fn span(word: &str) -> Option<SignedDuration> {
    SPANS.iter().find(|(name, _, _)| *name == word).map(|(_, _, span)| *span)
}

/// Reads a filter. A value nobody can mean is refused with what would do, rather than ignored: a list that silently
/// shows more than was asked for misleads.
pub(crate) fn filter(fields: &Fields, now: Timestamp) -> Result<Filter, Refusal> {
    let text = |name: &str| fields.text(name).map(str::to_owned);
    Ok(Filter {
        sender: text("sender"),
        subject: text("subject"),
        recipient: text("recipient"),
        message_id: text("message_id"),
        anything: text("anything"),
        verdicts: given(fields, "verdict").map(verdict).collect::<Result<_, _>>()?,
        direction: given(fields, "direction").next().map(direction).transpose()?,
        quarantined: given(fields, "quarantined").next().map(yes).transpose()?.unwrap_or(false),
        since: given(fields, "since").next().map(|word| since(word, now)).transpose()?,
        before: given(fields, "before").next().map(delivery).transpose()?,
        limit: given(fields, "limit").next().map(limit).transpose()?.unwrap_or(ROWS),
    })
}

/// The filter as it is written in a URL, without the place in the list.
pub(crate) fn query(fields: &Fields) -> String {
    const KEPT: [&str; 9] = [
        "anything",
        "sender",
        "subject",
        "recipient",
        "message_id",
        "verdict",
        "direction",
        "quarantined",
        "since",
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        given(fields, name).for_each(|value| {
            query.append_pair(name, value);
        });
    }
    query.finish()
}

fn given<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.all(name).map(str::trim).filter(|value| !value.is_empty())
}

fn verdict(name: &str) -> Result<verdict::Verdict, Refusal> {
    verdict::Verdict::parse(name).ok_or_else(|| {
        let known = view::VERDICTS.map(verdict::Verdict::as_str).join(", ");
        Refusal::Bad(format!("No verdict is called “{}”; there are {known}.", view::one_line(name, 40)))
    })
}

fn direction(name: &str) -> Result<Direction, Refusal> {
    let found = DIRECTIONS.into_iter().find(|direction| direction.as_str() == name);
    found.ok_or_else(|| Refusal::Bad("A direction is inbound, outbound or internal.".into()))
}

fn yes(word: &str) -> Result<bool, Refusal> {
    match word {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Refusal::Bad("`quarantined` is true or false.".into())),
    }
}

fn since(word: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    let ago = span(word).map(|span| now - span);
    ago.or_else(|| word.parse().ok()).ok_or_else(|| {
        Refusal::Bad("`since` is 1h, 24h, 7d, 30d, or a time like 2026-11-24T08:00:00Z.".into())
    })
}

fn delivery(text: &str) -> Result<DeliveryId, Refusal> {
    let id = Uuid::parse_str(text).map(DeliveryId);
    id.map_err(|_| Refusal::Bad("`before` is the `next` of the page before.".into()))
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let rows = text.parse().ok().filter(|rows| (1..=500).contains(rows));
    rows.ok_or_else(|| Refusal::Bad("`limit` is a number from 1 to 500.".into()))
}

#[cfg(test)]
mod tests {
    use verdict::Verdict;

    use super::*;

    fn read(query: &str) -> Result<Filter, Refusal> {
        filter(&Fields::parse(query.as_bytes()), Timestamp::UNIX_EPOCH + SignedDuration::from_hours(48))
    }

    #[test]
    fn every_field_of_a_filter_has_its_place_in_the_url() {
        let filter = read(
            "sender=ann&subject=invoice&recipient=bo&message_id=%3Cm%40example.com%3E&anything=x&verdict=spam\
             &verdict=malware&direction=inbound&quarantined=true&since=24h&limit=7\
             &before=018f0000-0000-7000-8000-000000000000",
        )
        .expect("a filter");
        assert_eq!(filter.sender.as_deref(), Some("ann"));
        assert_eq!(filter.message_id.as_deref(), Some("<m@example.com>"));
        assert_eq!(filter.verdicts, [Verdict::Spam, Verdict::Malware]);
        assert_eq!(filter.direction, Some(Direction::Inbound));
        assert!(filter.quarantined);
        assert_eq!(filter.since, Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24)));
        assert_eq!(filter.limit, 7);
        assert!(filter.before.is_some());
    }

    #[test]
    fn nothing_given_means_everything() {
        assert_eq!(
            read("verdict=&direction=&since=").expect("a filter"),
            Filter { limit: ROWS, ..Filter::default() }
        );
    }

    #[test]
    fn what_nobody_can_mean_is_refused() {
        for query in [
            "verdict=evil",
            "direction=up",
            "quarantined=maybe",
            "since=soon",
            "before=1",
            "limit=0",
            "limit=501",
        ] {
            assert!(matches!(read(query), Err(Refusal::Bad(_))), "{query}");
        }
    }

    #[test]
    fn the_url_keeps_the_filter_and_drops_the_place() {
        let fields = Fields::parse(b"verdict=spam&verdict=phishing&anything=a+b&before=x&note=y");
        assert_eq!(query(&fields), "anything=a+b&verdict=spam&verdict=phishing");
    }
}
