package dev.offshoot.domain;

import java.time.Instant;
import java.util.List;

/**
 * What came of making a parent's source copy anew.
 *
 * @param parent name of the parent
 * @param database name of the copy on its server
 * @param refreshedAt as of when it shows the parent; the branch point of experiments from now on
 * @param tables tables restored
 * @param bytes size of the copy
 * @param millis how long it took
 * @param notes what somebody should know of it
 */
public record RefreshReport(
    String parent,
    String database,
    Instant refreshedAt,
    int tables,
    long bytes,
    long millis,
    List<String> notes) {}
