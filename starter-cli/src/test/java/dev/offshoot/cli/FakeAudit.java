package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.activity.AuditActivities;
import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.AuditPage;
import dev.offshoot.domain.AuditSeal;
import dev.offshoot.domain.OffshootJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chain of audit records in memory, of which a page holds three. */
final class FakeAudit implements AuditActivities {
  private static final int PAGE = 3;
  private final List<AuditLine> lines = new ArrayList<>();

  @Override
  public synchronized AuditSeal keepAudit(KeepAudit request) {
    try {
      AuditLine last = lines.isEmpty() ? null : lines.get(lines.size() - 1);
      AuditLine line =
          AuditLine.after(
              last == null ? 0 : last.number(),
              last == null ? AuditLine.FIRST : last.hash(),
              OffshootJson.mapper().writeValueAsString(request.record()));
      lines.add(line);
      return new AuditSeal(line.number(), line.hash());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  synchronized AuditPage page(@Nullable Long from) {
    int begin = from == null ? 0 : (int) (from - 1);
    int end = Math.min(begin + PAGE, lines.size());
    return new AuditPage(
        List.copyOf(lines.subList(Math.min(begin, end), end)),
        end < lines.size() ? (long) end + 1 : null,
        null);
  }

  /** Somebody with a right to write the ledger changes a record. */
  synchronized void forge(int index, String from, String to) {
    AuditLine line = lines.get(index);
    lines.set(
        index,
        new AuditLine(
            line.number(), line.previous(), line.hash(), line.record().replace(from, to)));
  }
}
