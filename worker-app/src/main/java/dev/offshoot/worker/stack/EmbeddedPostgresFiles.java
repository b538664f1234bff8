package dev.offshoot.worker.stack;

/** What the embedded Postgres server reads in its data folder. */
final class EmbeddedPostgresFiles {
  /**
   * Written at every start, so that a new version of Offshoot can change it.
   *
   * <p>Errors and warnings of sessions stay out of the log (LOG ranks above ERROR there), and so do
   * statements: they would carry rows and passwords into it, and an experiment could fill the disk
   * with them. Sessions get their errors themselves.
   */
  private static final String SETTINGS =
      """
      # Written by Offshoot at every start: changes made here are lost. Use ALTER SYSTEM.
      max_connections = 200
      password_encryption = 'scram-sha-256'
      fsync = on
      synchronous_commit = on
      full_page_writes = on
      log_min_messages = log
      log_min_error_statement = panic
      log_line_prefix = '%m [%p] %q%u@%d '
      log_timezone = 'UTC'
      timezone = 'UTC'
      datestyle = 'iso, mdy'
      lc_messages = 'C'
      lc_monetary = 'C'
      lc_numeric = 'C'
      lc_time = 'C'
      default_text_search_config = 'pg_catalog.english'
      """;

  /** For a server whose folder is deleted with it: a later line of the file counts. */
  private static final String FORGETFUL =
      """
      fsync = off
      synchronous_commit = off
      full_page_writes = off
      """;

  /**
   * Who may come in. A branch is owned by, and named like, a role; the agent's role and the
   * worker's reading role are members of it or have a branch of their own name. Replication is
   * matched by no line, so nobody may.
   */
  static final String ACCESS =
      """
      # Written by Offshoot at every start: changes made here are lost.
      # TYPE DATABASE  USER         ADDRESS       METHOD
      host   sameuser  /^offshoot_  127.0.0.1/32  scram-sha-256
      host   samerole  /^offshoot_  127.0.0.1/32  scram-sha-256
      host   all       /^offshoot_  all           reject
      host   all       all          127.0.0.1/32  scram-sha-256
      """;

  private EmbeddedPostgresFiles() {}

  /**
   * Its settings.
   *
   * @param temporary whether its folder is deleted with it
   */
  static String settings(boolean temporary) {
    return temporary ? SETTINGS + FORGETFUL : SETTINGS;
  }
}
