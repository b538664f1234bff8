-- Whether there is, or was before the old end was cut off, an audit record of the run that registered the experiment.
ALTER TABLE experiment ADD COLUMN audited boolean NOT NULL DEFAULT false;
UPDATE experiment AS e SET audited = true
WHERE EXISTS (SELECT FROM audit AS a WHERE a.experiment = e.id AND a.run_id = e.run_id)
   OR e.registered_at < (SELECT max(cut_at) FROM audit_cut)
      AND NOT EXISTS (SELECT FROM audit AS a WHERE a.experiment = e.id)
      AND NOT EXISTS (SELECT FROM branch AS b WHERE b.experiment = e.id AND b.dropped_at IS NULL);
CREATE INDEX ON experiment (id) WHERE NOT audited;
