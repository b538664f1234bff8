package dev.offshoot.worker.crash;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.AuditRecord;
import dev.offshoot.domain.OffshootJson;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the ledger's audit says of experiments that have ended. */
final class AuditedEndings {
  private final Map<String, List<AuditRecord>> records = new HashMap<>();

  private AuditedEndings() {}

  static AuditedEndings read(CrashWorld world) throws SQLException {
    AuditedEndings endings = new AuditedEndings();
    try (Connection superuser = world.superuser("ledger");
        Statement statement = superuser.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT record FROM offshoot_ledger.audit ORDER BY number")) {
      while (rows.next()) {
        AuditRecord record = OffshootJson.mapper().readValue(rows.getString(1), AuditRecord.class);
        endings.records.computeIfAbsent(record.experiment(), any -> new ArrayList<>()).add(record);
      }
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
    return endings;
  }

  /** Such as {@code MERGED by WORKFLOW}, sorted. */
  List<String> of(String experiment) {
    return records.getOrDefault(experiment, List.of()).stream()
        .map(record -> "%s by %s".formatted(record.outcome().outcome(), record.writtenBy()))
        .sorted()
        .toList();
  }
}
