-- An experiment id names one run for ever.
CREATE TABLE experiment (
    id            text PRIMARY KEY,
    workflow_id   text NOT NULL,
    run_id        text NOT NULL,
    parent        text,
    tenant        text NOT NULL,
    goal          text,
    requested_by  text,
    registered_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX experiment_newest ON experiment (registered_at DESC, id);

CREATE TABLE branch (
    experiment    text NOT NULL REFERENCES experiment,
    attempt       integer NOT NULL,
    parent        text NOT NULL,
    provider      text NOT NULL,
    deadline      timestamptz NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    ready_at      timestamptz,
    dropped_at    timestamptz,
    drop_reason   text,
    PRIMARY KEY (experiment, attempt)
);

CREATE INDEX branch_living ON branch (registered_at) WHERE dropped_at IS NULL;

-- A change set without a digest is being written and seen by its writer alone.
CREATE TABLE change_set (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    text UNIQUE CHECK (digest ~ '^[0-9a-f]{64}$'),
    owner     text NOT NULL,
    -- JSON: script, schema changes, rewritten tables, sequences
    content   text,
    frozen_at timestamptz
);

CREATE TABLE changed_table (
    change_set  bigint NOT NULL REFERENCES change_set ON DELETE CASCADE,
    ordinal     integer NOT NULL,
    schema_name text NOT NULL,
    table_name  text NOT NULL,
    -- JSON: columns, key, name and rows in the base
    shape       text NOT NULL,
    inserted    bigint NOT NULL,
    updated     bigint NOT NULL,
    deleted     bigint NOT NULL,
    PRIMARY KEY (change_set, ordinal),
    UNIQUE (change_set, schema_name, table_name)
);

-- Changed rows as gzip of one JSON array a line; first_row is the number of the first of them.
CREATE TABLE row_chunk (
    change_set bigint NOT NULL REFERENCES change_set ON DELETE CASCADE,
    ordinal    integer NOT NULL,
    first_row  bigint NOT NULL,
    lines      bytea NOT NULL,
    PRIMARY KEY (change_set, ordinal, first_row)
);

ALTER TABLE row_chunk ALTER COLUMN lines SET STORAGE EXTERNAL;
