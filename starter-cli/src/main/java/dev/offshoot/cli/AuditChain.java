package dev.offshoot.cli;

import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.AuditSeal;
import org.jspecify.annotations.Nullable;

/** Follows a chain of audit records link by link and finds where it is broken. */
final class AuditChain {
  private final @Nullable AuditSeal expected;
  private AuditSeal last = new AuditSeal(0, AuditLine.FIRST);
  private @Nullable AuditSeal first;
  private boolean expectedSeen;
  private long records;
  private @Nullable String problem;

  /**
   * @param expected a link that must be there; absent if none is known
   */
  AuditChain(@Nullable AuditSeal expected) {
    this.expected = expected;
  }

  /**
   * What came of it.
   *
   * @param records how many there are
   * @param last the newest
   * @param problem where it is broken; absent if it is whole
   */
  record Verdict(long records, @Nullable AuditSeal last, @Nullable String problem) {}

  /** The records before are not kept any more; heard before the first link. */
  void startsAfter(@Nullable AuditSeal cut) {
    if (records == 0 && cut != null) {
      last = cut;
      first = cut;
    }
  }

  void add(AuditLine line) {
    records++;
    AuditSeal seal = new AuditSeal(line.number(), line.hash());
    if (line.number() != last.number() + 1) {
      broken("record %d is followed by %d".formatted(last.number(), line.number()));
    } else if (!line.previous().equals(last.hash())) {
      broken(
          "record %d does not follow record %d: one of the two was put in another's place"
              .formatted(line.number(), last.number()));
    } else if (!line.stillHolds()) {
      broken("record %d was changed after it had been written".formatted(line.number()));
    }
    if (expected != null && line.number() == expected.number()) {
      expectedSeen = true;
      if (!line.hash().equals(expected.hash())) {
        broken("record %d has another hash than was noted".formatted(line.number()));
      }
    }
    last = seal;
  }

  Verdict end() {
    if (expected != null && !expectedSeen && !isCutOff(expected)) {
      broken("record %d is not there any more".formatted(expected.number()));
    }
    return new Verdict(records, records == 0 ? null : last, problem);
  }

  /** What was noted may be older than what is kept. */
  private boolean isCutOff(AuditSeal noted) {
    return first != null && noted.number() <= first.number();
  }

  /** The first place counts: what comes after follows from it. */
  private void broken(String where) {
    if (problem == null) {
      problem = where;
    }
  }
}
