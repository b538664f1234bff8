package dev.offshoot.sql;

import dev.offshoot.domain.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Values of one of the parent's sequences that nobody but one branch may hand out. Everybody on the
 * server can read where a branch notes its blocks, so a sequence is named by a hash.
 *
 * @param sequence hash of the sequence's name
 * @param before where the sequence stood before: its last value, or the first one to come
 * @param called whether that value had been handed out
 * @param first first value of the block, in the sequence's direction
 * @param last its last value, at which the parent's sequence stands afterwards
 * @param fileNode the sequence's storage then. Whoever sets the sequence back, we too, gives it
 *     another one, so that a block is given back at most once.
 */
public record SequenceBlock(
    String sequence, long before, boolean called, long first, long last, long fileNode) {
  private static final int HASH_CHARACTERS = 20;

  /** How blocks name that sequence. */
  public static String hash(TableName sequence) {
    try {
      byte[] name = (sequence.schema() + "\0" + sequence.name()).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
      return HexFormat.of().formatHex(hash).substring(0, HASH_CHARACTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public boolean isOf(TableName name) {
    return sequence.equals(hash(name));
  }

  /** Whether {@code value} is one of the block's. */
  public boolean holds(long value) {
    return first <= last ? first <= value && value <= last : last <= value && value <= first;
  }
}
