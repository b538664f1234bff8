package dev.offshoot.changelog;

/**
 * What key capture keeps in a branch: a schema of the reader's with a log, the function that writes
 * it, and how the triggers stood that call it. The experiment's role has no right on any of it.
 *
 * <p>The function must not disturb the experiment's statements, whatever these have done to the
 * table before: it looks columns up by number when it runs, and notes that the whole table must be
 * compared where it cannot say the keys. It runs nobody's code but the server's: only output
 * functions of the server's own types, under settings of its own.
 */
final class CaptureSchema {
  static final String NAME = "offshoot_capture";

  /** Begins the names of our triggers. */
  static final String TRIGGER = "offshoot_capture_";

  static final String OLD_ROWS = "offshoot old rows";
  static final String NEW_ROWS = "offshoot new rows";

  /**
   * Unlogged: what a crash takes from it is missed when it is held against the server's counters.
   * {@code keys} holds a text for each row, or is null where the whole table must be compared.
   */
  static final String TABLES =
      """
      CREATE SCHEMA offshoot_capture;
      CREATE UNLOGGED TABLE offshoot_capture.log (
        rel oid NOT NULL, gone bigint NOT NULL, come bigint NOT NULL, keys text[]);
      ALTER TABLE offshoot_capture.log ALTER keys SET STORAGE EXTERNAL
      """;

  /**
   * Keys of old and new rows come in the same order, so that a statement which changes no key is
   * seen to have equal lists and needs one of them. Lists beyond some length would take too much
   * memory of the server; their keys are noted one by one.
   */
  static final String FUNCTION =
      """
      CREATE FUNCTION offshoot_capture.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path TO pg_catalog, pg_temp
      SET DateStyle TO 'ISO, MDY' SET TimeZone TO 'UTC' SET extra_float_digits TO 1
      SET bytea_output TO 'hex' SET jit TO off
      AS $function$
      #variable_conflict use_column
      DECLARE
        offshoot_key text;
        offshoot_few boolean := true;
        offshoot_gone text[];
        offshoot_come text[];
      BEGIN
        SELECT CASE
            WHEN count(*) < cardinality(TG_ARGV[0]::smallint[]) THEN NULL
            WHEN count(*) = 1 THEN
              format('CASE WHEN t.%1$I IS NOT NULL THEN format(''%%s'', t.%1$I) END',
                min(a.attname::text))
            ELSE
              format('CASE WHEN num_nulls(%s) = 0 THEN format(''%%s'', ARRAY[%s]) END',
                string_agg(format('t.%I', a.attname), ', '),
                string_agg(format('format(''%%s'', t.%I)', a.attname), ', ' ORDER BY k.place))
          END INTO offshoot_key
        FROM unnest(TG_ARGV[0]::smallint[], TG_ARGV[1]::oid[])
          WITH ORDINALITY AS k (number, type, place)
        JOIN pg_attribute AS a
          ON a.attrelid = TG_RELID AND a.attnum = k.number AND a.atttypid = k.type
          AND NOT a.attisdropped;
        IF offshoot_key IS NULL THEN
          INSERT INTO offshoot_capture.log VALUES (TG_RELID, 0, 0, NULL);
          RETURN NULL;
        END IF;
        IF TG_OP <> 'INSERT' THEN
          SELECT count(*) <= 200000 INTO offshoot_few
          FROM (SELECT FROM "offshoot old rows" LIMIT 200001) AS t;
        END IF;
        IF TG_OP <> 'DELETE' AND offshoot_few THEN
          SELECT count(*) <= 200000 INTO offshoot_few
          FROM (SELECT FROM "offshoot new rows" LIMIT 200001) AS t;
        END IF;
        IF NOT offshoot_few THEN
          IF TG_OP <> 'INSERT' THEN
            EXECUTE format(
              'INSERT INTO offshoot_capture.log SELECT $1, 1, 0, ARRAY[%s] FROM "offshoot old rows" AS t',
              offshoot_key) USING TG_RELID;
          END IF;
          IF TG_OP <> 'DELETE' THEN
            EXECUTE format(
              'INSERT INTO offshoot_capture.log SELECT $1, 0, 1, ARRAY[%s] FROM "offshoot new rows" AS t',
              offshoot_key) USING TG_RELID;
          END IF;
          RETURN NULL;
        END IF;
        IF TG_OP <> 'INSERT' THEN
          EXECUTE format('SELECT array_agg(%s) FROM "offshoot old rows" AS t', offshoot_key)
            INTO offshoot_gone;
        END IF;
        IF TG_OP <> 'DELETE' THEN
          EXECUTE format('SELECT array_agg(%s) FROM "offshoot new rows" AS t', offshoot_key)
            INTO offshoot_come;
        END IF;
        IF offshoot_gone = offshoot_come THEN
          INSERT INTO offshoot_capture.log VALUES (
            TG_RELID, cardinality(offshoot_gone), cardinality(offshoot_come), offshoot_gone);
        ELSE
          IF offshoot_gone IS NOT NULL THEN
            INSERT INTO offshoot_capture.log VALUES (
              TG_RELID, cardinality(offshoot_gone), 0, offshoot_gone);
          END IF;
          IF offshoot_come IS NOT NULL THEN
            INSERT INTO offshoot_capture.log VALUES (
              TG_RELID, 0, cardinality(offshoot_come), offshoot_come);
          END IF;
        END IF;
        RETURN NULL;
      END
      $function$
      """;

  /** Whatever happens to a trigger, its row in the catalog is not this one any more. */
  static final String INSTALLED =
      """
      CREATE TABLE offshoot_capture.installed AS
      SELECT t.oid AS trigger, t.xmin AS version, t.ctid AS place
      FROM pg_trigger AS t WHERE t.tgfoid = 'offshoot_capture.note'::regproc
      """;

  /** Default privileges of the parent's owner are the reader's too and may have let others in. */
  static final String OTHERS =
      """
      SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', what,
        CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
      FROM (
        SELECT 'SCHEMA offshoot_capture' AS what, coalesce(nspacl, acldefault('n', nspowner)) AS acl
        FROM pg_namespace WHERE nspname = 'offshoot_capture'
        UNION ALL
        SELECT 'TABLE offshoot_capture.' || relname, coalesce(relacl, acldefault('r', relowner))
        FROM pg_class
        WHERE relnamespace = 'offshoot_capture'::regnamespace AND relkind = 'r'
        UNION ALL
        SELECT 'FUNCTION offshoot_capture.note()', coalesce(proacl, acldefault('f', proowner))
        FROM pg_proc WHERE oid = 'offshoot_capture.note'::regproc
      ) AS ours, aclexplode(acl) AS a
      WHERE a.grantee = 0 OR pg_get_userbyid(a.grantee) <> current_user
      """;

  /** Which its default privileges may have taken from the owner, too. */
  static final String OWN =
      """
      GRANT ALL ON SCHEMA offshoot_capture TO current_user;
      GRANT ALL ON ALL TABLES IN SCHEMA offshoot_capture TO current_user;
      GRANT ALL ON FUNCTION offshoot_capture.note() TO current_user
      """;

  private CaptureSchema() {}
}
