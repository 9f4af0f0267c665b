//! Counts for the overview.

use jiff::Timestamp;
use rusqlite::{Connection, Params, params};

use super::fault::{Fault, Outcome};
use super::row::{self, all, scalar, us};
use crate::query::BUCKETS_MAX;
use crate::{Counts, Series};

/// The newest judged copies the times to judgement are taken from; more would not move a percentile.
const SAMPLE: i64 = 10_000;

pub(super) fn counts(db: &Connection, since: Timestamp) -> Outcome<Counts> {
    let since = [us(since)];
    Ok(Counts {
        arrived: number(db, "SELECT count(*) FROM delivery WHERE received >= ?1", since)?,
        judged: number(
            db,
            "SELECT count(*) FROM delivery WHERE received >= ?1 AND verdict IS NOT NULL",
            since,
        )?,
        by_verdict: groups(db, "verdict", since, row::verdict_named)?,
        by_direction: groups(db, "direction", since, row::direction_named)?,
        quarantined: number(
            db,
            "SELECT count(*) FROM delivery WHERE received >= ?1 AND quarantined = 1",
            since,
        )?,
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

fn groups<T>(
    db: &Connection,
    column: &str,
    since: [i64; 1],
    named: fn(&str) -> Outcome<T>,
) -> Outcome<Vec<(T, u64)>> {
    all(
        db,
        &format!(
            "SELECT {column}, count(*) FROM delivery
             WHERE received >= ?1 AND {column} IS NOT NULL GROUP BY {column} ORDER BY count(*) DESC, {column}"
        ),
        since,
        |found| Ok((named(&found.get::<_, String>(0)?)?, row::count(found.get(1)?)?)),
    )
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
