-- What happened. Rows are only ever added; each carries the hash of the one before.

CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    who_kind TEXT NOT NULL,
    who_name TEXT NOT NULL,
    -- For filters; always what the name folds to.
    who_folded TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_folded TEXT NOT NULL,
    changes TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_at ON audit (at, sequence);
CREATE INDEX audit_who ON audit (who_folded, sequence);
CREATE INDEX audit_action ON audit (action, sequence);
CREATE INDEX audit_subject ON audit (subject_folded, sequence);

-- The end of the chain, and the key of its hashes.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sealed_key TEXT,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    mac TEXT NOT NULL
);

INSERT INTO audit_head (id, sealed_key, sequence, hash, mac) VALUES (1, NULL, 0, '', '');
