package dev.offshoot.domain;

import java.util.List;

/**
 * Where to look for what a session changed.
 *
 * @param tables object ids, equal in base and branch, of the tables whose rows may differ
 * @param writtenRows what the server counted in each table that was written
 */
public record Touched(List<Long> tables, List<WrittenRows> writtenRows) {
  public static final Touched NOTHING = new Touched(List.of(), List.of());
}
