//! A Microsoft 365 tenant to try everything on: Entra, Graph and an SMTP edge in one process, in memory, on loopback.
//!
//! The tenant is reached as the real one is, over HTTPS and SMTP and with the same clients; nothing of it can be
//! called directly. Certificates come from an authority made at start ([`Running::ca_pem`]). What Microsoft's own
//! pages and clients show is followed; where they contradict each other, [`Limits`] and [`NoticeTimes`] can be set.
//!
//! # Control API
//!
//! Under `/sandbox`, JSON in and out, errors as `{"error": "…"}`. People are named by address or id, folders by id,
//! well-known name or path of display names (`Clients/Acme`), items by either id form or `internet_message_id`.
//!
//! | Request | Does |
//! |---|---|
//! | `GET /sandbox/` | tenant id, domains, people, apps with their grants, time |
//! | `GET /sandbox/ca.pem` | the certificate authority |
//! | `POST /sandbox/certificate {names?}` | a server certificate and key signed by it, for receivers of notices |
//! | `POST /sandbox/mail {raw \| raw_base64, to[], from?, ip?, helo?, verdict?, received?}` | delivers a mail as the SMTP edge would; `verdict` as in the field below; answers `{filed[{recipient, mailbox, id, immutable_id, folder, folder_id}]}` |
//! | `GET /sandbox/outbound` | mail that left the organisation |
//! | `GET, PUT, DELETE /sandbox/faults` | the [`Faults`] in force |
//! | `POST /sandbox/consent {client_id, roles?}` | `roles`: a list grants exactly these, `null` takes consent back, left out grants what the app asks for |
//! | `POST /sandbox/apps`, `POST /sandbox/people` | adds or replaces an [`App`] or a [`Person`]; `DELETE /sandbox/people/{who}` |
//! | `POST /sandbox/people/{who}/move {…item, folder}` | a person moves an item |
//! | `POST /sandbox/people/{who}/delete {…item}` | deletes it (Deleted Items, then recoverable) |
//! | `POST /sandbox/people/{who}/mark {…item, isRead?, flag?, categories?}` | reads, flags, categorises |
//! | `POST /sandbox/people/{who}/folder {name, parent?, hidden?}` | makes a folder |
//! | `POST /sandbox/people/{who}/send {to[], cc[]?, bcc[]?, subject, text \| html}` | sends a mail; also `{message}` as Graph's JSON or `{raw_base64}` |
//! | `GET /sandbox/mailboxes`, `/mailboxes/{who}` | counts; every folder, hidden and recoverable ones too, and the rules |
//! | `GET /sandbox/mailboxes/{who}/items?folder=&internet_message_id=&digest=true&skip=` | items |
//! | `GET /sandbox/mailboxes/{who}/history?id=&internet_message_id=` | who did what and when, and how often each item was moved by whom |
//! | `GET /sandbox/mailboxes/{who}/mime?id=` | the bytes |
//! | `POST /sandbox/delta/lose {mailbox?, folders?[], users?, folder_list?}` | delta tokens given out so far become worthless (410) |
//! | `GET /sandbox/subscriptions`, `POST …/expire {id? \| resource?}` | lists; ends |
//! | `POST /sandbox/lifecycle {event, id? \| resource?}` | sends `reauthorizationRequired`, `subscriptionRemoved` or `missed` |
//! | `GET, DELETE /sandbox/counters` | what happened, by name |
//! | `GET, POST /sandbox/clock {advance_s}` | the tenant's time |
//! | `POST /sandbox/sign-ins [{…}]` | rows for `auditLogs/signIns` |
//!
//! # Mail from outside
//!
//! A mail may carry `X-Sandbox-Verdict: SCL=6;SFV=SPM;CAT=SPM;BCL=0;SPF=pass;DKIM=pass;DMARC=fail;ACTION=oreject;
//! COMPAUTH=fail;REASON=000;CTRY=SE;PTR=…;DEST=J` (all keys optional, taken out before filing) to say what the native
//! filter makes of it, or `X-Sandbox-Verdict: keep` when it is a real sample whose own native fields shall stand: then
//! no byte of it is changed. At the SMTP edge `XCLIENT ADDR=192.0.2.7 HELO=mx.sender.example` pretends an origin.
//!
//! # Where it is kinder or poorer than Microsoft
//!
//! Notices may go to plain-HTTP addresses, and only to loopback. There are no notices with resource data, no search
//! folders, and no import or export of items. Bodies are shown as they are, not cleaned of script.

mod clock;
mod control;
mod counters;
mod delivery;
mod directory;
mod entra;
mod faults;
mod graph;
mod id;
mod log;
mod mailbox;
mod mime;
mod notices;
mod rules;
mod running;
mod server;
mod settings;
mod smtp;
mod stamp;
mod throttle;
mod tls;
mod well_known;
mod world;

pub use clock::Clock;
pub use faults::{Faults, NoticeFaults, Slow, Storm};
pub use running::{Running, Sandbox, StartError};
pub use settings::{App, Limits, NoticeTimes, Person, Ports, Tenant};
pub use tls::Issued;
