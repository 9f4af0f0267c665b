//! The policy as a table of judgements.

use super::*;
use crate::Verdict;

fn judged(verdict: Verdict) -> Judgement {
    Judgement { verdict, score: 0.5, reasons: Vec::new(), undecided: Vec::new(), version: String::new() }
}

fn mailbox(name: &str) -> MailboxId {
    MailboxId::new(name)
}

fn group(name: &str, members: Members) -> Group {
    Group { name: name.to_owned(), members, mode: Mode::Remediate, table: Table::default() }
}

fn listed(names: &[&str]) -> Members {
    Members::Listed(names.iter().map(|name| mailbox(name)).collect())
}

#[test]
fn the_default_table() {
    use Direction::*;
    use Verdict::*;
    let mark = || Action::Mark("Suspicious".into());
    let rows = [
        (Clean, Inbound, Action::Deliver),
        (Graymail, Inbound, Action::Deliver),
        (Spam, Inbound, Action::Junk),
        (Suspicious, Inbound, mark()),
        (Impersonation, Inbound, Action::Quarantine),
        (Phishing, Inbound, Action::Quarantine),
        (Malware, Inbound, Action::Quarantine),
        (Phishing, Internal, Action::Quarantine),
        (Malware, Internal, Action::Quarantine),
        (Spam, Internal, Action::Deliver),
        (Phishing, Outbound, mark()),
        (Malware, Outbound, mark()),
        (Spam, Outbound, Action::Deliver),
    ];
    for (verdict, direction, action) in rows {
        let plan = Policy::default().plan(&judged(verdict), direction, &mailbox("ann"));
        assert_eq!(plan.actions, [action], "{verdict:?} {direction:?}");
        assert_eq!(plan.verdict, verdict);
    }
}

#[test]
fn the_first_group_with_the_mailbox_decides() {
    let watched = Group { mode: Mode::Monitor, ..group("watched", listed(&["ann"])) };
    let policy =
        Policy::new(Scoring::default(), vec![watched, group("rest", Members::All)]).expect("a sound policy");
    let phishing = judged(Verdict::Phishing);

    let ann = policy.plan(&phishing, Direction::Inbound, &mailbox("ann"));
    assert!(!ann.changes_something());
    assert_eq!(ann.because, "inbound mail judged phishing, group “watched”: monitored only, else quarantine");

    let tom = policy.plan(&phishing, Direction::Inbound, &mailbox("tom"));
    assert_eq!(tom.actions, [Action::Quarantine]);
    assert_eq!(tom.because, "inbound mail judged phishing, group “rest”: quarantine");
}

#[test]
fn an_unsound_policy_says_what_to_do() {
    let cell = |actions| Group {
        table: Table::default().with(Verdict::Spam, Direction::Inbound, actions),
        ..group("all", Members::All)
    };
    let rows = [
        (vec![], "the policy has no mailbox group: add one for all mailboxes"),
        (vec![group(" ", Members::All)], "mailbox group 1 has no name: give it one"),
        (
            vec![group("a", listed(&["x"])), group("A", Members::All)],
            "two mailbox groups are called “A”: rename one",
        ),
        (
            vec![group("a", Members::All), group("b", Members::All)],
            "mailbox group “a” is for all mailboxes, so the groups after it are never reached: put it last",
        ),
        (
            vec![group("a", listed(&["x"]))],
            "the last mailbox group, “a”, lists mailboxes, so others have no policy: end with a group for all",
        ),
        (
            vec![cell(vec![])],
            "group “all”, inbound spam: no action is given: use deliver to leave the mail alone",
        ),
        (
            vec![cell(vec![Action::Deliver, Action::Junk])],
            "group “all”, inbound spam: deliver stands beside other actions: use one or the other",
        ),
        (
            vec![cell(vec![Action::Quarantine, Action::Junk])],
            "group “all”, inbound spam: a copy can be moved to one place only: keep quarantine or junk",
        ),
        (
            vec![cell(vec![Action::Restore])],
            "group “all”, inbound spam: restore undoes an earlier action and cannot stand in a policy: remove it",
        ),
        (
            vec![cell(vec![Action::Mark(" ".into())])],
            "group “all”, inbound spam: a mark is 1 to 60 visible characters: shorten or write one",
        ),
    ];
    for (groups, says) in rows {
        let error = Policy::new(Scoring::default(), groups).expect_err(says);
        assert_eq!(error.to_string(), says);
    }
}
