-- Times are microseconds since 1970 (UTC), ids 16 bytes, digests 32 bytes, structured values JSON (shapes in shape.rs).

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mailbox (
    tenant    TEXT NOT NULL,
    id        TEXT NOT NULL,
    name      TEXT NOT NULL,
    addresses TEXT NOT NULL,
    active    INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- kind: mailboxes (owner = tenant), folders (owner = mailbox), items (owner = mailbox, with folder).
CREATE TABLE cursor (
    kind   TEXT NOT NULL,
    owner  TEXT NOT NULL,
    folder TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (kind, owner, folder)
) STRICT, WITHOUT ROWID;

CREATE TABLE watch (
    id      TEXT PRIMARY KEY,
    mailbox TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- state: 0 waiting (not due yet), 1 ready (due), 2 running (leased until), 3 abandoned.
CREATE TABLE job (
    number   INTEGER PRIMARY KEY,
    id       BLOB NOT NULL UNIQUE,
    task     TEXT NOT NULL,
    state    INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    -- Smaller is sooner, within a priority.
    urgency  INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    until    INTEGER,
    -- Asked for once more while it ran: due then.
    again    INTEGER,
    claims   INTEGER NOT NULL DEFAULT 0,
    why      TEXT
) STRICT;
CREATE UNIQUE INDEX job_task ON job (task) WHERE state < 3;
CREATE INDEX job_waiting ON job (due) WHERE state = 0;
CREATE INDEX job_ready ON job (priority, urgency, number) WHERE state = 1;
CREATE INDEX job_ready_due ON job (due) WHERE state = 1;
CREATE INDEX job_running ON job (until) WHERE state = 2;
CREATE INDEX job_abandoned ON job (number) WHERE state = 3;

CREATE TABLE delivery (
    number            INTEGER PRIMARY KEY,
    id                BLOB NOT NULL UNIQUE,
    received          INTEGER NOT NULL,
    direction         TEXT NOT NULL,
    verdict           TEXT,
    quarantined       INTEGER NOT NULL,
    -- When first judged.
    judged            INTEGER,
    -- What searches look into: lower case.
    sender_folded     TEXT NOT NULL,
    subject_folded    TEXT NOT NULL,
    recipients_folded TEXT NOT NULL,
    message_id        TEXT NOT NULL,
    tenant            TEXT NOT NULL,
    mailbox           TEXT NOT NULL,
    item              TEXT NOT NULL,
    digest            BLOB NOT NULL,
    -- Of the judgement that gave the verdict.
    version           TEXT,
    size_bytes        INTEGER NOT NULL,
    fetched           INTEGER NOT NULL,
    subject           TEXT NOT NULL,
    from_name         TEXT NOT NULL,
    from_address      TEXT NOT NULL,
    recipients        TEXT NOT NULL,
    place             TEXT NOT NULL,
    place_on_arrival  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX delivery_target ON delivery (tenant, mailbox, item);
CREATE INDEX delivery_digest ON delivery (digest);
-- Lists and figures: the columns behind the key let both stay in the index.
CREATE INDEX delivery_received ON delivery (received, id, direction, verdict, quarantined, judged);
CREATE INDEX delivery_mailbox ON delivery (mailbox, received);
CREATE INDEX delivery_message_id ON delivery (message_id) WHERE message_id <> '';
CREATE INDEX delivery_from ON delivery (from_address, direction, received);
CREATE INDEX delivery_quarantined ON delivery (received, id) WHERE quarantined = 1;
CREATE INDEX delivery_unjudged ON delivery (number) WHERE verdict IS NULL;

-- Whom the organisation has written to.
CREATE TABLE sent (
    address  TEXT NOT NULL,
    received INTEGER NOT NULL,
    delivery INTEGER NOT NULL REFERENCES delivery (number),
    PRIMARY KEY (address, received, delivery)
) STRICT, WITHOUT ROWID;

CREATE TABLE judgement (
    number       INTEGER PRIMARY KEY,
    digest       BLOB NOT NULL,
    version      TEXT NOT NULL,
    judged       INTEGER NOT NULL,
    verdict      TEXT NOT NULL,
    score        REAL,
    -- The strongest reason's name.
    reason       TEXT,
    observations TEXT NOT NULL,
    judgement    TEXT NOT NULL,
    UNIQUE (digest, version)
) STRICT;

-- version: of the judgement that led to it; NULL when a person wants it.
CREATE TABLE plan (
    number     INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    delivery   BLOB NOT NULL REFERENCES delivery (id),
    version    TEXT,
    verdict    TEXT NOT NULL,
    because    TEXT NOT NULL,
    actor      TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    at         INTEGER NOT NULL,
    open_steps INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX plan_once ON plan (delivery, version) WHERE version IS NOT NULL;
CREATE INDEX plan_delivery ON plan (delivery);
CREATE INDEX plan_open ON plan (number) WHERE open_steps > 0;

-- state: 0 open, 1 done, 2 failed.
CREATE TABLE step (
    plan     INTEGER NOT NULL REFERENCES plan (number),
    position INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    action   TEXT NOT NULL,
    state    INTEGER NOT NULL,
    why      TEXT,
    before   TEXT,
    after    TEXT,
    -- Whether it left the copy elsewhere or marked otherwise than it found it.
    changed  INTEGER,
    ended    INTEGER,
    PRIMARY KEY (plan, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX step_ended ON step (ended, state, kind) WHERE ended IS NOT NULL;

CREATE TABLE audit (
    number     INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    kind       TEXT NOT NULL,
    delivery   BLOB,
    plan       BLOB,
    text       TEXT NOT NULL,
    previous   BLOB NOT NULL,
    hash       BLOB NOT NULL
) STRICT;
CREATE INDEX audit_delivery ON audit (delivery, number) WHERE delivery IS NOT NULL;

-- The newest record's number and hash: cutting off the tail of the log is noticed.
CREATE TABLE audit_head (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (only, number, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE account (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    created       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    account    TEXT NOT NULL,
    csrf       TEXT NOT NULL,
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires);
