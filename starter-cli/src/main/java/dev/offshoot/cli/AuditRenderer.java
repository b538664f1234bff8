package dev.offshoot.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The audit as a table; pure. */
final class AuditRenderer {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private AuditRenderer() {}

  static List<String> lines(List<AuditEntry> entries, Colour colour) {
    Table table = new Table(5);
    table.row(
        List.of("when", "who", "what", "digest", "detail").stream()
            .map(name -> new Table.Cell(name, colour.faint(name)))
            .toList());
    for (AuditEntry entry : entries) {
      table.row(
          List.of(
              Table.Cell.of(time(entry.at())),
              Table.Cell.of(entry.who()),
              new Table.Cell(entry.what(), colour.strong(entry.what())),
              Table.Cell.of(entry.digest() == null ? "" : ProgressText.shortDigest(entry.digest())),
              Table.Cell.of(entry.detail())));
    }
    return table.lines("");
  }

  static String time(Instant at) {
    return TIME.format(at);
  }
}
