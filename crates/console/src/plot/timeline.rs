//! Counts by verdict over time, as two stacks back to back: threats upwards, everything else downwards, each with its
//! own scale. Threats are rare; on one scale nobody would see them.

use jiff::{SignedDuration, Timestamp};
use store::Series;
use verdict::Verdict;

use crate::view::{self, VERDICTS};

/// The drawing, in units of its own view box.
pub(crate) struct Timeline {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Where the two stacks meet.
    pub(crate) axis: f64,
    pub(crate) bars: Vec<Bar>,
    /// One column over the whole height for each bucket, carrying the tooltip.
    pub(crate) columns: Vec<Column>,
    /// Labels of time, evenly spread, from the left.
    pub(crate) ticks: Vec<String>,
    pub(crate) threats_max: u64,
    pub(crate) rest_max: u64,
    pub(crate) empty: bool,
    /// The table behind it.
    pub(crate) rows: Vec<TableRow>,
    pub(crate) heads: Vec<&'static str>,
}

pub(crate) struct Bar {
    pub(crate) class: &'static str,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
}

pub(crate) struct Column {
    pub(crate) x: String,
    pub(crate) width: String,
    pub(crate) title: String,
}

pub(crate) struct TableRow {
    pub(crate) time: String,
    pub(crate) counts: Vec<u64>,
}

const WIDTH: u32 = 960;
const HEIGHT: u32 = 174;
const UP: f64 = 92.0;
const DOWN: f64 = 80.0;
const TICKS: usize = 6;

/// Draws `series` over the span it was counted for.
pub(crate) fn timeline(series: &Series, since: Timestamp, span: SignedDuration) -> Timeline {
    let buckets = series.buckets.len().max(1);
    let step = f64::from(WIDTH) / buckets as f64;
    let threats_max = largest(series, true);
    let rest_max = largest(series, false);
    let mut bars = Vec::new();
    for (index, bucket) in series.buckets.iter().enumerate() {
        let x = index as f64 * step;
        bars.extend(stack(bucket, true, x, step, UP / threats_max.max(1) as f64));
        bars.extend(stack(bucket, false, x, step, DOWN / rest_max.max(1) as f64));
    }
    let start =
        |index: usize| since + span * i32::try_from(index).unwrap_or(0) / i32::try_from(buckets).unwrap_or(1);
    let label = |index: usize| label(start(index), span);
    Timeline {
        width: WIDTH,
        height: HEIGHT,
        axis: UP,
        bars,
        columns: (0..series.buckets.len())
            .map(|index| Column {
                x: units(index as f64 * step),
                width: units(step),
                title: title(&label(index), &series.buckets[index]),
            })
            .collect(),
        ticks: (0..TICKS).map(|tick| tick * buckets / TICKS).map(label).collect(),
        threats_max,
        rest_max,
        empty: threats_max + rest_max == 0,
        rows: (0..series.buckets.len())
            .filter(|index| total(&series.buckets[*index], |_| true) > 0)
            .map(|index| TableRow {
                time: label(index),
                counts: VERDICTS.map(|verdict| total(&series.buckets[index], |each| each == verdict)).into(),
            })
            .collect(),
        heads: VERDICTS.map(view::verdict_label).into(),
    }
}

type Bucket = [(Verdict, u64)];

/// One stack, the gravest next to the axis.
fn stack(bucket: &Bucket, threats: bool, x: f64, step: f64, scale: f64) -> Vec<Bar> {
    let mut reached = 0.0;
    let order = VERDICTS.into_iter().filter(|verdict| view::is_threat(*verdict) == threats);
    let counts = order.map(|verdict| (verdict, total(bucket, |each| each == verdict)));
    counts
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| {
            let height = (count as f64 * scale).max(1.0);
            let y = if threats { UP - reached - height } else { UP + 1.0 + reached };
            reached += height;
            Bar {
                class: verdict.as_str(),
                x: units(x + step * 0.1),
                y: units(y),
                width: units(step * 0.8),
                height: units(height),
            }
        })
        .collect()
}

fn largest(series: &Series, threats: bool) -> u64 {
    let totals =
        series.buckets.iter().map(|bucket| total(bucket, |verdict| view::is_threat(verdict) == threats));
    totals.max().unwrap_or(0)
}

fn total(bucket: &Bucket, counts: impl Fn(Verdict) -> bool) -> u64 {
    bucket.iter().filter(|(verdict, _)| counts(*verdict)).map(|(_, count)| count).sum()
}

fn label(at: Timestamp, span: SignedDuration) -> String {
    let format = if span > SignedDuration::from_hours(48) { "%d %b %H:%M" } else { "%H:%M" };
    at.strftime(format).to_string()
}

fn title(time: &str, bucket: &Bucket) -> String {
    let counted = |verdict| (verdict, total(bucket, |each| each == verdict));
    let lines = VERDICTS.map(counted).into_iter().filter(|(_, count)| *count > 0);
    let lines: Vec<_> = lines
        .map(|(verdict, count)| format!("{} {}", view::number(count), view::verdict_label(verdict)))
        .collect();
    if lines.is_empty() {
        format!("{time} UTC: nothing")
    } else {
        format!("{time} UTC\n{}", lines.join("\n"))
    }
}

/// A length with one digit after the point.
fn units(length: f64) -> String {
    format!("{length:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(buckets: Vec<Vec<(Verdict, u64)>>) -> Timeline {
        timeline(&Series { buckets }, Timestamp::UNIX_EPOCH, SignedDuration::from_hours(24))
    }

    #[test]
    fn nothing_is_drawn_for_nothing() {
        let plot = drawn(vec![vec![], vec![]]);
        assert!(plot.empty && plot.bars.is_empty() && plot.rows.is_empty());
        assert_eq!(plot.columns[1].title, "12:00 UTC: nothing");
        assert!(drawn(vec![]).empty);
    }

    #[test]
    fn threats_go_up_and_the_rest_down() {
        let plot = drawn(vec![vec![(Verdict::Phishing, 1), (Verdict::Clean, 400)]]);
        let y = |class| {
            plot.bars.iter().find(|bar| bar.class == class).expect("a bar").y.parse::<f64>().expect("units")
        };
        assert!(y("phishing") < plot.axis);
        assert!(y("clean") > plot.axis);
        assert_eq!(plot.columns[0].title, "00:00 UTC\n1 Phishing\n400 Clean");
        assert_eq!(plot.rows[0].counts, [0, 1, 0, 0, 0, 0, 400]);
    }
}
