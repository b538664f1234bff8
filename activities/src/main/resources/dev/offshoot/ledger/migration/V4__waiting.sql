-- Experiments that wait for room on a parent. One that has not asked for a while has ended without a word.
CREATE TABLE waiting (
    experiment text PRIMARY KEY,
    parent     text NOT NULL,
    tenant     text NOT NULL,
    since      timestamptz NOT NULL DEFAULT now(),
    asked_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX waiting_for ON waiting (parent, since);

-- When a tenant has had its last turn on a parent: among equals the one that waited longest since is next.
CREATE TABLE turn (
    parent text NOT NULL,
    tenant text NOT NULL,
    had_at timestamptz NOT NULL,
    PRIMARY KEY (parent, tenant)
);
