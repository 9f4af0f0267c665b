//! `Received` and `X-Received` (RFC 5321 §4.4) as servers really write them: Postfix, Exim, sendmail, qmail,
//! Exchange and its MAPI submissions, Gmail, Zmailer, fetchmail, and the appliances. Every claim is kept as a
//! claim.
//!
//! A field is a row of clauses (`from`, `by`, `via`, `with`, `id`, `for`), each a few words and comments, and a date
//! behind the last semicolon.

use std::net::IpAddr;

use super::{Hop, Operator, stamp};
use crate::bounds::HOPS_MAX;
use crate::header::lexer::{self, Span};
use crate::{Headers, ip};

/// Bytes looked at of one field: the longest seen in real mail is below 2 KiB.
const FIELD_BYTES_MAX: usize = 8 * 1024;

/// All hops of a header section, newest first, with the delays between them.
pub(crate) fn hops(headers: &Headers) -> Vec<Hop> {
    let fields = headers.iter().filter(|field| is_trace(&field.name)).take(HOPS_MAX);
    let mut hops: Vec<Hop> = fields.map(|field| read(&field.name, &field.value)).collect();
    for newer in 0..hops.len().saturating_sub(1) {
        let since_s =
            |at: jiff::Timestamp| hops[newer + 1].at.map(|before| at.as_second() - before.as_second());
        hops[newer].delay_s = hops[newer].at.and_then(since_s);
    }
    hops
}

/// Whether a field called `name` is a hop.
pub(crate) fn is_trace(name: &str) -> bool {
    name.eq_ignore_ascii_case("received") || name.eq_ignore_ascii_case("x-received")
}

/// Reads one field; never fails, at worst nothing is known of the hop.
pub(crate) fn read(name: &str, value: &str) -> Hop {
    let value = cut(value);
    let (clauses, date) = date_apart(value);
    let clauses = Clauses::read(clauses);
    let (helo, reverse, ip) = sender(&clauses);
    let by = clauses.by.words.first().map(|word| word.trim_end_matches(['.', ',', ';']).to_ascii_lowercase());
    let by = by.map(|host| host.trim_matches(['[', ']']).to_owned()).filter(|host| !host.is_empty());
    // Gmail writes X-Received, with nothing but an address.
    let is_inner_google =
        name.eq_ignore_ascii_case("x-received") && by.as_deref().is_some_and(|by| ip::read(by).is_some());
    Hop {
        operator: if is_inner_google { Operator::Google } else { Operator::of_host(by.as_deref()) },
        by_ip: clauses
            .by
            .comments
            .iter()
            .find_map(|comment| ip::read(comment))
            .or_else(|| by.as_deref().and_then(ip::read)),
        protocol: protocol(&clauses),
        id: clauses.id.words.first().map(|id| id.trim_end_matches(';').to_owned()),
        envelope_to: clauses.r#for.words.iter().find(|word| word.contains('@')).map(|word| address(word)),
        is_authenticated: is_authenticated(&clauses, value),
        at: stamp::read(date),
        delay_s: None,
        helo,
        reverse,
        ip,
        by,
    }
}

fn cut(value: &str) -> &str {
    let end = (0..=value.len().min(FIELD_BYTES_MAX)).rev().find(|end| value.is_char_boundary(*end));
    &value[..end.unwrap_or(0)]
}

/// The clauses and the date. Without a semicolon the date is looked for in everything (some servers forget it).
fn date_apart(value: &str) -> (&str, &str) {
    let spans = lexer::spans(value);
    let in_span = |at: usize| spans.iter().any(|span| span.range().contains(&at));
    match value.rmatch_indices(';').map(|(at, _)| at).take(20).find(|at| !in_span(*at)) {
        Some(at) if !value[at + 1..].trim().is_empty() => (&value[..at], &value[at + 1..]),
        _ => (value, last_words(value)),
    }
}

/// As many words from the end as a date has at most.
fn last_words(value: &str) -> &str {
    let starts = value.rmatch_indices(char::is_whitespace).map(|(at, _)| at);
    starts.take(7).last().map_or(value, |at| &value[at..])
}

/// What stands between two keywords.
#[derive(Default)]
struct Clause<'a> {
    words: Vec<&'a str>,
    comments: Vec<&'a str>,
}

#[derive(Default)]
struct Clauses<'a> {
    /// Before the first keyword: `(qmail 1 invoked from network)`, `(from root@localhost)`.
    head: Clause<'a>,
    from: Clause<'a>,
    by: Clause<'a>,
    via: Clause<'a>,
    with: Clause<'a>,
    id: Clause<'a>,
    r#for: Clause<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    Head,
    From,
    By,
    Via,
    With,
    Id,
    For,
}

impl Keyword {
    fn parse(word: &str) -> Option<Self> {
        const KEYWORDS: [(&str, Keyword); 6] = [
            ("from", Keyword::From),
            ("by", Keyword::By),
            ("via", Keyword::Via),
            ("with", Keyword::With),
            ("id", Keyword::Id),
            ("for", Keyword::For),
        ];
        KEYWORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, keyword)| *keyword)
    }
}

impl<'a> Clauses<'a> {
    fn read(text: &'a str) -> Self {
        let mut clauses = Self::default();
        let mut current = Keyword::Head;
        let mut seen = Vec::new();
        for token in tokens(text) {
            match token {
                Token::Comment(comment) => clauses.clause(current).comments.push(comment),
                Token::Word(word) => {
                    match Keyword::parse(word).filter(|next| may_follow(*next, current, &seen)) {
                        Some(next) => {
                            current = next;
                            seen.push(next);
                        }
                        None => clauses.clause(current).words.push(word),
                    }
                }
            }
        }
        clauses
    }

    fn clause(&mut self, keyword: Keyword) -> &mut Clause<'a> {
        match keyword {
            Keyword::Head => &mut self.head,
            Keyword::From => &mut self.from,
            Keyword::By => &mut self.by,
            Keyword::Via => &mut self.via,
            Keyword::With => &mut self.with,
            Keyword::Id => &mut self.id,
            Keyword::For => &mut self.r#for,
        }
    }
}

/// `from` opens a field only, `by` follows `from`, and a keyword counts once: what a host is called, or `ESMTP with
/// STARTTLS`, starts nothing new.
fn may_follow(next: Keyword, current: Keyword, seen: &[Keyword]) -> bool {
    match next {
        Keyword::From => current == Keyword::Head && seen.is_empty(),
        Keyword::By => matches!(current, Keyword::Head | Keyword::From) && !seen.contains(&Keyword::By),
        _ => !seen.contains(&next),
    }
}

enum Token<'a> {
    Word(&'a str),
    /// Without its parentheses.
    Comment(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for span in lexer::spans(text) {
        let Span::Comment(range) = span else { continue };
        tokens.extend(text[start..range.start].split_whitespace().map(Token::Word));
        tokens.push(Token::Comment(text[range.start + 1..range.end - 1].trim()));
        start = range.end;
    }
    tokens.extend(text[start..].split_whitespace().map(Token::Word));
    tokens
}

/// HELO name, reverse name and address of the sending host.
fn sender(clauses: &Clauses<'_>) -> (Option<String>, Option<String>, Option<IpAddr>) {
    let mut said = Said::default();
    for comment in clauses.from.comments.iter().take(8) {
        said.take(comment);
    }
    let name = clauses.from.words.first().copied().unwrap_or_default();
    // Exim puts the name it verified first and the HELO name into the comment, unless they are the same; qmail
    // always does so.
    let is_verified = said.helo.is_some() || (said.is_address_alone && by_exim(clauses));
    let literal = || clauses.from.words.iter().take(2).find_map(|word| ip::read(word));
    let ip = said.ip.or_else(literal);
    let reverse = said.reverse.or_else(|| is_verified.then(|| host(name)).flatten());
    (said.helo.or_else(|| helo(name)), reverse, ip)
}

fn by_exim(clauses: &Clauses<'_>) -> bool {
    let comments = clauses.with.comments.iter().chain(&clauses.by.comments).chain(&clauses.id.comments);
    comments.take(8).any(|comment| comment.starts_with("Exim"))
}

/// What the comments behind `from` say.
#[derive(Default)]
struct Said {
    helo: Option<String>,
    reverse: Option<String>,
    ip: Option<IpAddr>,
    is_address_alone: bool,
}

impl Said {
    /// `mx.a.example [192.0.2.1]`, `[192.0.2.1] helo=a`, `HELO a`, `root@mx.a.example [192.0.2.1] (may be forged)`,
    /// `[192.0.2.1]:54178 "EHLO a" rhost-flags-OK`. Remarks on TLS hold no address and are passed over.
    fn take(&mut self, comment: &str) {
        let words: Vec<&str> =
            comment.split([' ', '\t', '(', ')', ',']).filter(|w| !w.is_empty()).take(12).collect();
        let greeting = |word: &str| word.eq_ignore_ascii_case("helo") || word.eq_ignore_ascii_case("ehlo");
        let mut names = Vec::new();
        let mut address = None;
        let mut at = 0;
        while at < words.len() {
            let word = words[at].trim_matches('"');
            let named = word.split_once('=').filter(|(key, _)| greeting(key));
            if let Some((_, name)) = named {
                self.helo = self.helo.take().or_else(|| helo(name));
            } else if greeting(word) {
                at += 1;
                self.helo =
                    self.helo.take().or_else(|| words.get(at).and_then(|name| helo(name.trim_matches('"'))));
            } else if let Some(ip) = ip::read(word.rsplit('@').next().unwrap_or(word)) {
                address = address.or(Some(ip));
            } else if address.is_none() {
                names.push(word);
            }
            at += 1;
        }
        if let Some(ip) = address.filter(|_| self.ip.is_none() && is_about_the_sender(comment)) {
            self.ip = Some(ip);
            self.is_address_alone = names.is_empty();
            // Sendmail's word for a reverse name that does not lead back to the address: it proves nothing.
            let is_confirmed = !comment.contains("may be forged");
            let looked_up = || names.first().filter(|_| is_confirmed).and_then(|name| reverse(name));
            self.reverse = self.reverse.take().or_else(looked_up);
        }
    }
}

/// A remark on TLS may hold numbers that look like an address.
fn is_about_the_sender(comment: &str) -> bool {
    let start = comment.get(..6).unwrap_or(comment).to_ascii_lowercase();
    !["using ", "versio", "no cli", "client"].contains(&start.as_str())
}

/// A name from the DNS, with what RFC 1413 (`root@`) put in front of it; `None` for the words that stand for none.
fn reverse(name: &str) -> Option<String> {
    host(name.rsplit('@').next().unwrap_or(name))
}

fn host(name: &str) -> Option<String> {
    let name = name.trim_matches(['[', ']', '"', ';', '<', '>']).trim_end_matches('.').to_ascii_lowercase();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let stands_for_none = matches!(name.as_str(), "" | "unknown" | "unverified" | "may" | "no" | "port");
    (is_name && !stands_for_none && ip::read(&name).is_none()).then_some(name)
}

/// A greeting is whatever the other side said, at most a line of it.
fn helo(name: &str) -> Option<String> {
    let name: String = name.trim_end_matches([';', ',']).chars().take(255).collect();
    (!name.is_empty() && name != "unknown").then_some(name)
}

/// `with`, in upper case, up to the four words of `Microsoft SMTP Server`.
fn protocol(clauses: &Clauses<'_>) -> Option<String> {
    let words = &clauses.with.words;
    let is_microsoft = words.first().is_some_and(|word| word.eq_ignore_ascii_case("microsoft"));
    let taken = if is_microsoft { 3 } else { 1 };
    let protocol = words.iter().take(taken).copied().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
    let protocol = protocol.trim_end_matches([';', ',']).to_owned();
    (!protocol.is_empty()).then_some(protocol)
}

/// RFC 3848 protocol names with an A, and the remark that Postfix and others write.
fn is_authenticated(clauses: &Clauses<'_>, value: &str) -> bool {
    let protocol = clauses.with.words.first().copied().unwrap_or_default().to_ascii_uppercase();
    let registered =
        matches!(protocol.as_str(), "ESMTPA" | "ESMTPSA" | "UTF8SMTPA" | "UTF8SMTPSA" | "LMTPA" | "LMTPSA");
    registered || value.contains("(Authenticated sender:")
}

fn address(word: &str) -> String {
    word.trim_matches(['<', '>', ';', ',']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HELO, reverse, address, by, protocol; `-` for what is missing.
    fn summary(value: &str) -> String {
        let hop = read("Received", value);
        let shown = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let ip = shown(hop.ip.map(|ip| ip.to_string()));
        [shown(hop.helo), shown(hop.reverse), ip, shown(hop.by), shown(hop.protocol)].join(" ")
    }

    #[test]
    fn every_server_is_read() {
        for (server, value, read) in [
            (
                "Postfix",
                "from mx.a.example (unknown [192.0.2.1]) (using TLSv1.2 with cipher X (256/256 bits)) (No client \
                 certificate requested) by b.example (Postfix) with ESMTPS id A1 for <x@b.example>; Tue, 3 Nov 2026 \
                 09:00:00 +0000",
                "mx.a.example - 192.0.2.1 b.example ESMTPS",
            ),
            (
                "Postfix, IPv6",
                "from h (mx.a.example [IPv6:2001:db8::1]) by b.example with ESMTP id 1",
                "h mx.a.example 2001:db8::1 b.example ESMTP",
            ),
            ("Postfix, local", "by b.example (Postfix, from userid 99) id A1", "- - - b.example -"),
            (
                "Exim, HELO equal",
                "from mx.a.example ([192.0.2.1]:4000) by b.example with esmtps (TLS1.2:X:256) (Exim 4.94) id 1",
                "mx.a.example mx.a.example 192.0.2.1 b.example ESMTPS",
            ),
            (
                "Exim, HELO other",
                "from mx.a.example ([192.0.2.1] helo=h) by b.example with esmtp (Exim 4.94) id 1",
                "h mx.a.example 192.0.2.1 b.example ESMTP",
            ),
            (
                "Exim, no reverse",
                "from [192.0.2.1] (helo=h) by b.example with esmtp (Exim 4.94) (envelope-from <x@a.example>) id 1",
                "h - 192.0.2.1 b.example ESMTP",
            ),
            (
                "sendmail, with ident",
                "from h (root@mx.a.example [192.0.2.1]) by b.example (8.11.6/8.11.6) with ESMTP id 1",
                "h mx.a.example 192.0.2.1 b.example ESMTP",
            ),
            (
                "sendmail, unconfirmed reverse name",
                "from h (mx0a-1.pphosted.com [192.0.2.1] (may be forged)) by b.example (8.11.6/8.11.6) with ESMTP id 1",
                "h - 192.0.2.1 b.example ESMTP",
            ),
            (
                "sendmail, local",
                "(from root@localhost) by b.example (8.14.7/8.14.7/Submit) id 1",
                "- - - b.example -",
            ),
            (
                "qmail",
                "from unknown (HELO h) (192.0.2.1) by b.example with SMTP; 3 Nov 2026 09:00:00 -0000",
                "h - 192.0.2.1 b.example SMTP",
            ),
            ("qmail, inside", "(qmail 1 invoked from network); 3 Nov 2026 09:00:00 -0000", "- - - - -"),
            (
                "Zmailer",
                "from mx.a.example ([192.0.2.1]:5 \"EHLO h\" rhost-flags-OK-OK-OK-OK) by b.example with ESMTP id S1",
                "h mx.a.example 192.0.2.1 b.example ESMTP",
            ),
            (
                "Exchange",
                "from mx.a.example (192.0.2.1) by b.example (10.0.0.1) with Microsoft SMTP Server (version=TLS1_2, \
                 cipher=X) id 15.20.1.1 via Frontend Transport; Tue, 3 Nov 2026 09:00:00 +0000",
                "mx.a.example - 192.0.2.1 b.example MICROSOFT SMTP SERVER",
            ),
            (
                "Exchange, submission",
                "from e.b.example ([fe80::1]) by e.b.example ([fe80::1%3]) with mapi id 15.20.1.1",
                "e.b.example - fe80::1 e.b.example MAPI",
            ),
            (
                "Gmail, submission",
                "from [172.16.1.1] (p1.isp.example. [192.0.2.1]) by smtp.gmail.com with ESMTPSA id x.1.2026.11.03",
                "[172.16.1.1] p1.isp.example 192.0.2.1 smtp.gmail.com ESMTPSA",
            ),
            (
                "fetchmail",
                "from h [192.0.2.1] by localhost with IMAP (fetchmail-5.9.0)",
                "h - 192.0.2.1 localhost IMAP",
            ),
            (
                "Mimecast",
                "from mx.a.example (mx.a.example [192.0.2.1]) by relay.mimecast.com with ESMTP with STARTTLS (v) id us-1",
                "mx.a.example mx.a.example 192.0.2.1 relay.mimecast.com ESMTP",
            ),
            ("nested comments", "from h (x (y (z)) [192.0.2.1]) by b.example", "h x 192.0.2.1 b.example -"),
            ("unclosed comment", "from h (x [192.0.2.1] by b.example", "h - - b.example -"),
            ("nothing", "", "- - - - -"),
        ] {
            assert_eq!(summary(value), read, "{server}");
        }
    }

    #[test]
    fn date_recipient_and_sign_in_are_read() {
        let hop = read(
            "Received",
            "from h (h [192.0.2.1]) by b.example (Postfix) with ESMTPSA id A1 for <x@b.example>; Tue, 3 Nov 2026 10:00:00 \
             +0100 (CET)",
        );
        assert_eq!(hop.at, Some("2026-11-03T09:00:00Z".parse().unwrap()));
        assert_eq!(hop.envelope_to.as_deref(), Some("x@b.example"));
        assert_eq!(hop.id.as_deref(), Some("A1"));
        assert!(hop.is_authenticated);
    }

    #[test]
    fn hostile_fields_are_cut() {
        for value in ["é".repeat(20_000), "from ".repeat(20_000), "(".repeat(100_000), ";".repeat(100_000)] {
            read("Received", &value);
        }
    }
}
