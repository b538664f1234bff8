package dev.offshoot.neon;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * The project that a parent lives in, and the key to it. Holds a secret: never logged, never sent
 * but to Neon.
 *
 * @param parent name of the parent as configured, for messages
 * @param api address of Neon's API without a slash at its end, {@code https://…/api/v2}
 * @param id the project's
 * @param key API key
 * @param requestsPerSecond how often we ask at most, in the long run
 */
public record NeonProject(String parent, URI api, String id, String key, int requestsPerSecond) {
  /** Neon takes 700 a minute of all that share an account; less than half of it leaves room. */
  public static final int USUAL_REQUESTS = 5;

  /** As Neon's description has it; what goes into a path is nothing else. */
  private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,60}");

  public NeonProject {
    if (!ID.matcher(id).matches()) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%1$s': parents.%1$s.neon.project is not the id of a project (small letters, digits and -, as in shiny-wind-028834)"
              .formatted(parent));
    }
    if (key.isBlank() || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new OffshootException(
          ErrorCode.PARENT_ACCESS_DENIED,
          "parent '%s': there is no usable API key of Neon; set NEON_API_KEY for the worker"
              .formatted(parent));
    }
  }

  /** Whether that may stand in a path as the id of something. */
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "NeonProject[" + parent + ", " + id + "]";
  }
}
