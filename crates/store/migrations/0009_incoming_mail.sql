-- How far the mail that comes back has been read, by whom.

CREATE TABLE mail_cursors (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    -- Which mailbox it is: UIDs of another one mean nothing. Empty before the first look.
    mailbox TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (data_center, reader)
);

-- Where new mail is told of.
CREATE TABLE mail_hooks (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    -- Shown; the URL itself is a secret.
    host TEXT NOT NULL,
    -- Sealed.
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    -- Why the last delivery failed, and since when they do.
    failure TEXT,
    failing_since BIGINT
);
