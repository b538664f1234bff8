-- A revert is an experiment without a branch. While one is under way no other begins.
CREATE TABLE revert (
    experiment    text PRIMARY KEY REFERENCES experiment,
    reverts       text NOT NULL,
    deadline      timestamptz NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    outcome       text
);

CREATE INDEX revert_of ON revert (reverts);
