//! One SMTP session without IO: bytes in, replies out (RFC 5321, RFC 3207, RFC 6531, RFC 1870, RFC 3030).
//!
//! `XCLIENT ADDR=… NAME=… HELO=…` lets a test pretend the mail came from elsewhere.

use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

use smtp_proto::request::receiver::{BdatReceiver, DataReceiver};
use smtp_proto::{Error, Request};

use crate::delivery::Arrival;
use crate::world::World;

/// Exchange Online's largest message.
const SIZE_MAX: usize = 150 * 1024 * 1024;
/// Exchange Online's limit for recipients of one mail.
const RECIPIENTS_MAX: usize = 1000;
/// RFC 5321 §4.5.3.1.4 asks for 512; extensions want more.
const LINE_MAX: usize = 4096;
/// Mistakes after which the session is closed.
const ERRORS_MAX: usize = 20;

/// What the connection has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Continue,
    StartTls,
    Quit,
}

enum Receiving {
    Commands,
    Data(DataReceiver),
    Chunk { receiver: BdatReceiver, last: bool },
}

#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
    bytes: Vec<u8>,
}

pub(super) struct Session {
    world: Arc<World>,
    client_ip: IpAddr,
    helo: String,
    greeted: bool,
    secure: bool,
    line: Vec<u8>,
    receiving: Receiving,
    envelope: Envelope,
    errors: usize,
}

impl Session {
    pub(super) fn new(world: Arc<World>, client_ip: IpAddr) -> Self {
        Self {
            world,
            client_ip,
            helo: String::new(),
            greeted: false,
            secure: false,
            line: Vec::new(),
            receiving: Receiving::Commands,
            envelope: Envelope::default(),
            errors: 0,
        }
    }

    fn host(&self) -> String {
        let domain = self.world.settings.domains.first().map_or("tenant.example", String::as_str);
        format!("{}.mail.protection.outlook.com", domain.replace('.', "-"))
    }

    pub(super) fn greeting(&self) -> String {
        format!("220 {} Microsoft ESMTP MAIL Service ready\r\n", self.host())
    }

    /// TLS is on: everything said before is forgotten (RFC 3207 §4.2).
    pub(super) fn secured(&mut self) {
        self.secure = true;
        self.greeted = false;
        self.line.clear();
        self.envelope = Envelope::default();
    }

    /// Takes what came and answers it.
    pub(super) fn ingest(&mut self, bytes: &[u8]) -> (String, Step) {
        let mut replies = String::new();
        let mut rest = bytes.iter();
        while !rest.as_slice().is_empty() {
            let step = match &mut self.receiving {
                Receiving::Commands => self.command_bytes(&mut rest, &mut replies),
                Receiving::Data(receiver) => {
                    let done = receiver.ingest(&mut rest, &mut self.envelope.bytes);
                    self.after_data(done, &mut replies);
                    Step::Continue
                }
                Receiving::Chunk { receiver, last } => {
                    let done = receiver.ingest(&mut rest, &mut self.envelope.bytes);
                    let last = *last;
                    self.after_chunk(done, last, &mut replies);
                    Step::Continue
                }
            };
            if step != Step::Continue {
                return (replies, step);
            }
        }
        (replies, Step::Continue)
    }

    fn after_data(&mut self, done: bool, replies: &mut String) {
        // Beyond the limit bytes are read but not kept.
        if self.envelope.bytes.len() > SIZE_MAX {
            self.envelope.bytes.truncate(SIZE_MAX + 1);
        }
        if done {
            self.receiving = Receiving::Commands;
            self.deliver(replies);
        }
    }

    fn after_chunk(&mut self, done: bool, last: bool, replies: &mut String) {
        if !done {
            return;
        }
        self.receiving = Receiving::Commands;
        if last {
            self.deliver(replies);
        } else {
            replies.push_str("250 2.1.5 Chunk received OK\r\n");
        }
    }

    /// Collects one line, at most `LINE_MAX` bytes, and carries it out.
    fn command_bytes(&mut self, rest: &mut std::slice::Iter<'_, u8>, replies: &mut String) -> Step {
        for byte in rest.by_ref() {
            if self.line.len() < LINE_MAX {
                self.line.push(*byte);
            }
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                if line.len() >= LINE_MAX {
                    return self.mistake(replies, "500 5.5.2 Line too long");
                }
                return self.command(&line, replies);
            }
        }
        Step::Continue
    }

    fn mistake(&mut self, replies: &mut String, reply: &str) -> Step {
        self.errors += 1;
        replies.push_str(reply);
        replies.push_str("\r\n");
        if self.errors < ERRORS_MAX {
            return Step::Continue;
        }
        replies.push_str("421 4.7.0 Too many errors on this connection, closing transmission channel\r\n");
        Step::Quit
    }

    fn command(&mut self, line: &[u8], replies: &mut String) -> Step {
        if line.len() >= 7 && line[..7].eq_ignore_ascii_case(b"XCLIENT") {
            return self.pretend(&String::from_utf8_lossy(&line[7..]), replies);
        }
        match Request::parse(&mut line.iter()) {
            Ok(request) => self.request(request.into_owned(), replies),
            Err(Error::UnknownCommand | Error::InvalidResponse { .. }) => {
                self.mistake(replies, "500 5.3.3 Unrecognized command")
            }
            Err(Error::InvalidSenderAddress) => self.mistake(replies, "501 5.1.7 Invalid sender address"),
            Err(Error::InvalidRecipientAddress) => {
                self.mistake(replies, "501 5.1.3 Invalid recipient address")
            }
            Err(Error::SyntaxError { syntax }) => {
                self.mistake(replies, &format!("501 5.5.4 Syntax: {syntax}"))
            }
            Err(_) => self.mistake(replies, "501 5.5.4 Invalid arguments"),
        }
    }

    fn request(&mut self, request: Request<String>, replies: &mut String) -> Step {
        match request {
            Request::Ehlo { host } => self.greet(host, true, replies),
            Request::Helo { host } => self.greet(host, false, replies),
            Request::Mail { from } => return self.mail(from, replies),
            Request::Rcpt { to } => return self.recipient(to.address, replies),
            Request::Data if self.envelope.to.is_empty() => {
                return self.mistake(replies, "503 5.5.2 Need rcpt command");
            }
            Request::Data => {
                self.receiving = Receiving::Data(DataReceiver::new());
                replies.push_str("354 Start mail input; end with <CRLF>.<CRLF>\r\n");
            }
            Request::Bdat { .. } if self.envelope.to.is_empty() => {
                return self.mistake(replies, "503 5.5.2 Need rcpt command");
            }
            Request::Bdat { chunk_size, .. }
                if self.envelope.bytes.len().saturating_add(chunk_size) > SIZE_MAX =>
            {
                replies.push_str(TOO_BIG);
                return Step::Quit;
            }
            Request::Bdat { chunk_size, is_last } => {
                let receiver = BdatReceiver::new(chunk_size, is_last);
                self.receiving = Receiving::Chunk { receiver, last: is_last };
                if chunk_size == 0 {
                    self.after_chunk(true, is_last, replies);
                }
            }
            Request::StartTls if self.secure => return self.mistake(replies, "503 5.5.2 Already in TLS"),
            Request::StartTls => {
                replies.push_str("220 2.0.0 SMTP server ready\r\n");
                return Step::StartTls;
            }
            Request::Rset => {
                self.envelope = Envelope::default();
                replies.push_str("250 2.0.0 Resetting\r\n");
            }
            Request::Noop { .. } => replies.push_str("250 2.0.0 OK\r\n"),
            Request::Vrfy { .. } => replies.push_str("252 2.1.5 Cannot VRFY user\r\n"),
            Request::Quit => {
                replies.push_str("221 2.0.0 Service closing transmission channel\r\n");
                return Step::Quit;
            }
            _ => return self.mistake(replies, "502 5.3.3 Command not implemented"),
        }
        Step::Continue
    }

    fn greet(&mut self, host: String, extended: bool, replies: &mut String) {
        if self.helo.is_empty() || !self.greeted {
            self.helo = host;
        }
        self.greeted = true;
        self.envelope = Envelope::default();
        let hello = format!("{} Hello [{}]", self.host(), self.client_ip);
        if !extended {
            let _ = write!(replies, "250 {hello}\r\n");
            return;
        }
        let size = format!("SIZE {SIZE_MAX}");
        let mut lines = vec![hello.as_str(), &size, "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"];
        if !self.secure {
            lines.push("STARTTLS");
        }
        lines.extend(["8BITMIME", "CHUNKING", "SMTPUTF8", "XCLIENT ADDR NAME HELO"]);
        let last = lines.len() - 1;
        for (at, line) in lines.iter().enumerate() {
            let _ = write!(replies, "250{}{line}\r\n", if at == last { ' ' } else { '-' });
        }
    }

    /// `ADDR`, `NAME` and `HELO` of the pretended client; the greeting must be said again.
    fn pretend(&mut self, attributes: &str, replies: &mut String) -> Step {
        for attribute in attributes.split_whitespace() {
            let Some((name, value)) = attribute.split_once('=') else {
                return self.mistake(replies, "501 5.5.4 Bad XCLIENT attribute");
            };
            match name.to_ascii_uppercase().as_str() {
                "ADDR" => {
                    let address =
                        value.strip_prefix("IPV6:").or_else(|| value.strip_prefix("ipv6:")).unwrap_or(value);
                    match address.parse() {
                        Ok(address) => self.client_ip = address,
                        Err(_) => return self.mistake(replies, "501 5.5.4 Bad XCLIENT address"),
                    }
                }
                "HELO" => {
                    self.helo = value.to_owned();
                    self.greeted = true;
                }
                "NAME" => {}
                _ => return self.mistake(replies, "501 5.5.4 Unknown XCLIENT attribute"),
            }
        }
        replies.push_str(&self.greeting());
        Step::Continue
    }

    fn mail(&mut self, from: smtp_proto::MailFrom<String>, replies: &mut String) -> Step {
        if !self.greeted {
            return self.mistake(replies, "503 5.5.2 Send hello first");
        }
        if self.envelope.from.is_some() {
            return self.mistake(replies, "503 5.5.2 Sender already specified");
        }
        if from.size > SIZE_MAX {
            return self.mistake(replies, TOO_BIG.trim_end());
        }
        self.envelope.from = Some(from.address);
        replies.push_str("250 2.1.0 Sender OK\r\n");
        Step::Continue
    }

    fn recipient(&mut self, address: String, replies: &mut String) -> Step {
        if self.envelope.from.is_none() {
            return self.mistake(replies, "503 5.5.2 Need mail command");
        }
        if self.envelope.to.len() >= RECIPIENTS_MAX {
            replies.push_str("452 4.5.3 Too many recipients\r\n");
            return Step::Continue;
        }
        if !self.world.is_own(&address) {
            return self
                .mistake(replies, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain");
        }
        if self.world.recipient(&address).is_none() {
            self.world.counters.one("smtp.unknown_recipient");
            return self.mistake(replies, "550 5.4.1 Recipient address rejected: Access denied.");
        }
        self.envelope.to.push(address);
        replies.push_str("250 2.1.5 Recipient OK\r\n");
        Step::Continue
    }

    fn deliver(&mut self, replies: &mut String) {
        let Envelope { from, to, bytes } = std::mem::take(&mut self.envelope);
        if bytes.len() > SIZE_MAX {
            self.world.counters.one("smtp.too_big");
            replies.push_str(TOO_BIG);
            return;
        }
        if self.world.faults.smtp_refuses() {
            self.world.counters.one("smtp.refused_by_fault");
            replies.push_str("451 4.7.500 Server busy. Please try again later\r\n");
            return;
        }
        let arrival = Arrival {
            from: from.unwrap_or_default(),
            to,
            bytes,
            client_ip: self.client_ip,
            helo: self.helo.clone(),
            verdict: None,
            received: None,
        };
        self.world.counters.one("smtp.accepted");
        let filed = self.world.deliver(arrival);
        let id = filed.first().map_or(0, |copy| copy.item);
        let _ = write!(
            replies,
            "250 2.6.0 <{id}@{}> [InternalId={id}] Queued mail for delivery\r\n",
            self.host()
        );
    }
}

const TOO_BIG: &str = "552 5.3.4 Message size exceeds fixed maximum message size\r\n";
