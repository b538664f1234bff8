package dev.offshoot.branch;

/** How the server copies a database; see "CREATE DATABASE" in the Postgres manual. */
public enum CopyMethod {
  /** WAL_LOG for small parents, FILE_COPY for large ones. */
  AUTO,
  /** Block by block through the write-ahead log; no checkpoint; best below about 50 MB. */
  WAL_LOG,
  /** File by file, with two checkpoints. */
  FILE_COPY,
  /** FILE_COPY with {@code file_copy_method = clone}: Postgres 18 on a reflink file system. */
  CLONE
}
