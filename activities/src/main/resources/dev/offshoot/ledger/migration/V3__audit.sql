-- What is kept of each experiment that has ended: a chain, each link sealed with the hash of the one before.
CREATE TABLE audit (
    number     bigint PRIMARY KEY CHECK (number > 0),
    experiment text NOT NULL,
    run_id     text NOT NULL,
    closed_at  timestamptz NOT NULL,
    previous   text NOT NULL CHECK (previous ~ '^[0-9a-f]{64}$'),
    hash       text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
    -- JSON, the very text that was hashed
    record     text NOT NULL,
    UNIQUE (experiment, run_id)
);

-- Up to where the old end of the chain is not kept any more.
CREATE TABLE audit_cut (
    number bigint PRIMARY KEY,
    hash   text NOT NULL,
    cut_at timestamptz NOT NULL DEFAULT now()
);
