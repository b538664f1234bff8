package dev.offshoot.client;

import dev.offshoot.domain.ExperimentId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

/**
 * Ids for experiments whose caller named none: the day, so that people find them, and six random
 * characters without look-alikes, like {@code 20261125-k3f9x2}.
 */
public final class NewExperimentId {
  private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
  private static final int RANDOM_CHARACTERS = 6;
  private static final SecureRandom RANDOM = new SecureRandom();

  private NewExperimentId() {}

  public static ExperimentId today(Clock clock) {
    StringBuilder id = new StringBuilder();
    id.append(LocalDate.now(clock).format(DateTimeFormatter.BASIC_ISO_DATE)).append('-');
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
      id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return new ExperimentId(id.toString());
  }
}
