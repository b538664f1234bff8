package dev.offshoot.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A record as the ledger keeps it: a link of a chain in which each is sealed with the hash of the
 * one before, so that a later change of any is seen.
 *
 * @param number its place, from 1, without gaps
 * @param previous hash of the link before; {@link #FIRST} where there is none
 * @param hash SHA-256, in hex, of {@code previous}, the number and {@code record}, a line each
 * @param record an {@link AuditRecord} as JSON, the very text that was hashed
 */
public record AuditLine(long number, String previous, String hash, String record) {
  /** Stands for the link before the first. */
  public static final String FIRST = "0".repeat(64);

  /** The next link of a chain. */
  public static AuditLine after(long lastNumber, String lastHash, String record) {
    long number = lastNumber + 1;
    return new AuditLine(number, lastHash, hash(number, lastHash, record), record);
  }

  /** Whether it is as it was sealed. */
  public boolean stillHolds() {
    return hash.equals(hash(number, previous, record));
  }

  private static String hash(long number, String previous, String record) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  "%s\n%d\n%s"
                      .formatted(previous, number, record)
                      .getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
