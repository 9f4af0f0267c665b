//! Counts for the overview.

use jiff::Timestamp;
use message::Direction;
use rusqlite::{Connection, Params, params};
use verdict::Verdict;

use super::fault::{Fault, Outcome};
use super::row::{self, all, one, scalar, us};
use crate::query::BUCKETS_MAX;
use crate::{Counts, Series};

/// The newest judged copies the times to judgement are taken from; more would not move a percentile.
const SAMPLE: i64 = 10_000;

pub(super) fn counts(db: &Connection, since: Timestamp) -> Outcome<Counts> {
    let since = [us(since)];
    let (totals, by_verdict, by_direction) = copies(db, since)?;
    let [arrived, judged, quarantined] = totals;
    Ok(Counts {
        arrived,
        judged,
        by_verdict,
        by_direction,
        quarantined,
        restored: number(
            db,
            "SELECT count(*) FROM step WHERE ended >= ?1 AND state = 1 AND kind = 'restore'",
            since,
        )?,
        actions_failed: number(db, "SELECT count(*) FROM step WHERE ended >= ?1 AND state = 2", since)?,
        judged_after_ms: judged_after_ms(db, since)?,
    })
}

fn number(db: &Connection, sql: &str, params: impl Params) -> Outcome<u64> {
    row::count(scalar(db, sql, params)?.unwrap_or(0))
}

/// Arrived, judged, quarantined; then each verdict and each direction that occurs, most first.
type Copies = ([u64; 3], Vec<(Verdict, u64)>, Vec<(Direction, u64)>);

/// One walk through the index gives every figure about copies; grouping would sort all of them.
fn copies(db: &Connection, since: [i64; 1]) -> Outcome<Copies> {
    let verdicts = row::VERDICTS.iter().map(|verdict| filtered("verdict", row::verdict_name(*verdict)));
    let directions = row::DIRECTIONS.iter().map(|direction| filtered("direction", direction.as_str()));
    let columns: Vec<String> = verdicts.chain(directions).collect();
    let sql = format!(
        "SELECT count(*), count(verdict), count(*) FILTER (WHERE quarantined = 1), {}
         FROM delivery WHERE received >= ?1",
        columns.join(", ")
    );
    let found = one(db, &sql, since, |found| {
        let numbers = (0..columns.len() + 3).map(|column| row::count(found.get(column)?));
        numbers.collect::<Outcome<Vec<u64>>>()
    })?;
    let mut numbers = found.unwrap_or_default().into_iter();
    let totals = std::array::from_fn(|_| numbers.next().unwrap_or(0));
    Ok((totals, occurring(&row::VERDICTS, &mut numbers), occurring(&row::DIRECTIONS, &mut numbers)))
}

/// The names are ours, never a message's.
fn filtered(column: &str, name: &str) -> String {
    format!("count(*) FILTER (WHERE {column} = '{name}')")
}

fn occurring<K: Copy>(keys: &[K], numbers: &mut impl Iterator<Item = u64>) -> Vec<(K, u64)> {
    let mut counted: Vec<(K, u64)> =
        keys.iter().copied().zip(numbers).filter(|(_, number)| *number > 0).collect();
    counted.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    counted
}

/// Median and 99th percentile (nearest rank) of received to judged.
fn judged_after_ms(db: &Connection, since: [i64; 1]) -> Outcome<Option<(u64, u64)>> {
    let mut waits = all(
        db,
        "SELECT judged - received FROM delivery WHERE received >= ?1 AND judged IS NOT NULL
         ORDER BY received DESC LIMIT ?2",
        [since[0], SAMPLE],
        |found| Ok(u64::try_from(found.get::<_, i64>(0)?).unwrap_or(0) / 1000),
    )?;
    waits.sort_unstable();
    let rank = |percent: usize| waits.get((waits.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    Ok(rank(50).zip(rank(99)))
}

/// Judged copies by verdict, in equal buckets of when they were received.
pub(super) fn series(db: &Connection, since: Timestamp, until: Timestamp, buckets: usize) -> Outcome<Series> {
    let (since, span) = (us(since), us(until).saturating_sub(us(since)));
    if span <= 0 || buckets == 0 || buckets > BUCKETS_MAX {
        return Err(Fault::Misused(format!(
            "a series needs a span of time and 1 to {BUCKETS_MAX} buckets, not {buckets} over {span} µs"
        )));
    }
    let mut series = Series { buckets: vec![Vec::new(); buckets] };
    // Divided before it is multiplied in floating point: µs times buckets can pass 64 bits.
    let counted = all(
        db,
        "SELECT CAST((received - ?1) * 1.0 / ?2 * ?3 AS INTEGER) AS bucket, verdict, count(*) FROM delivery
         WHERE received >= ?1 AND received < ?1 + ?2 AND verdict IS NOT NULL GROUP BY bucket, verdict",
        params![since, span, row::stored_limit(buckets)],
        |found| {
            let verdict = row::verdict_named(&found.get::<_, String>(1)?)?;
            Ok((row::count(found.get(0)?)?, verdict, row::count(found.get(2)?)?))
        },
    )?;
    for (bucket, verdict, number) in counted {
        let bucket = usize::try_from(bucket).unwrap_or(usize::MAX).min(buckets - 1);
        series.buckets[bucket].push((verdict, number));
    }
    Ok(series)
}
