package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.OffshootJson;
import org.jspecify.annotations.Nullable;

/**
 * A link of the chain as a line of a file: {@code
 * {"number":1,"previous":"…","hash":"…","record":…}} with the record last and as it was hashed, so
 * that anybody can hash it again.
 */
final class AuditFile {
  private static final String RECORD = ",\"record\":";

  private AuditFile() {}

  static String written(AuditLine line) {
    return "{\"number\":%d,\"previous\":\"%s\",\"hash\":\"%s\"%s%s}"
        .formatted(line.number(), line.previous(), line.hash(), RECORD, line.record());
  }

  /**
   * @throws CliException if it is no such line
   */
  static AuditLine read(String text, String where) {
    int record = text.indexOf(RECORD);
    if (record < 0 || !text.endsWith("}")) {
      throw notALine(where, null);
    }
    try {
      JsonNode head = OffshootJson.mapper().readTree(text.substring(0, record) + "}");
      return new AuditLine(
          head.path("number").asLong(),
          head.path("previous").asText(),
          head.path("hash").asText(),
          text.substring(record + RECORD.length(), text.length() - 1));
    } catch (JsonProcessingException e) {
      throw notALine(where, e);
    }
  }

  private static CliException notALine(String where, @Nullable Exception e) {
    return new CliException(
        ExitCode.USAGE,
        where + " is no line of an audit export",
        "give a file that ./offshoot audit export has printed, unchanged",
        e);
  }
}
