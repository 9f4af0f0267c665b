//! Counts as figures and shares.

use store::Counts;

use crate::view::{self, VERDICTS};

/// A number with its name and where it leads.
pub(crate) struct Figure {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) note: String,
    pub(crate) href: &'static str,
    pub(crate) state: &'static str,
}

pub(crate) fn figures(counts: &Counts) -> Vec<Figure> {
    let open = counts.arrived.saturating_sub(counts.judged);
    let judged = if open == 0 { "every one of them".into() } else { format!("{} to go", view::number(open)) };
    let (median, slowest) = match counts.judged_after_ms {
        Some((median, slowest)) => (view::span(median), format!("99 % within {}", view::span(slowest))),
        None => ("–".into(), "nothing judged yet".into()),
    };
    let failed = match counts.actions_failed {
        0 => "no action failed".into(),
        failed => format!("{} failed", view::counted(failed as usize, "action", "actions")),
    };
    let directions = counts.by_direction.iter().filter(|(_, count)| *count > 0);
    let directions: Vec<_> = directions
        .map(|(direction, count)| format!("{} {}", view::number(*count), direction.as_str()))
        .collect();
    vec![
        figure("Arrived", view::number(counts.arrived), directions.join(" · "), "/messages"),
        figure("Judged", view::number(counts.judged), judged, "/messages"),
        figure("Quarantined", view::number(counts.quarantined), failed, "/quarantine")
            .troubled(counts.actions_failed > 0),
        figure("Put back", view::number(counts.restored), "released or undone".into(), "/audit"),
        figure("Time to verdict", median, slowest, "/health"),
    ]
}

fn figure(label: &'static str, value: String, note: String, href: &'static str) -> Figure {
    Figure { label, value, note, href, state: "plain" }
}

impl Figure {
    fn troubled(self, troubled: bool) -> Self {
        Self { state: if troubled { "bad" } else { "plain" }, ..self }
    }
}

/// A verdict's part of everything judged.
pub(crate) struct Share {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
    pub(crate) count: String,
    /// Width of its bar out of 100; at least 1 when there is any.
    pub(crate) width: String,
    pub(crate) percent: String,
}

pub(crate) fn shares(counts: &Counts) -> Vec<Share> {
    let counted =
        |verdict| counts.by_verdict.iter().filter(move |(each, _)| *each == verdict).map(|(_, n)| n).sum();
    let all: u64 = counts.by_verdict.iter().map(|(_, count)| count).sum();
    VERDICTS
        .map(|verdict| {
            let count: u64 = counted(verdict);
            let percent = 100.0 * count as f64 / all.max(1) as f64;
            Share {
                class: verdict.as_str(),
                label: view::verdict_label(verdict),
                count: view::number(count),
                width: format!("{:.1}", if count == 0 { 0.0 } else { percent.max(1.0) }),
                percent: format!("{percent:.1} %"),
            }
        })
        .into()
}

#[cfg(test)]
mod tests {
    use verdict::Verdict;

    use super::*;

    #[test]
    fn shares_are_of_everything_judged() {
        let counts =
            Counts { by_verdict: vec![(Verdict::Clean, 999), (Verdict::Malware, 1)], ..Counts::default() };
        let shares = shares(&counts);
        let of = |class| shares.iter().find(|share| share.class == class).expect("a share");
        assert_eq!(of("clean").percent, "99.9 %");
        assert_eq!(of("malware").width, "1.0");
        assert_eq!(of("spam").width, "0.0");
    }

    #[test]
    fn what_is_not_judged_yet_is_said() {
        let figures = figures(&Counts { arrived: 5, judged: 3, ..Counts::default() });
        assert_eq!(figures[1].note, "2 to go");
        assert_eq!(figures[4].value, "–");
    }
}
